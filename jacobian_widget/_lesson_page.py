"""`export_lesson()`: a notebook as one HTML file in which every widget lives, without a kernel or a network."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Final

from jacobian_widget import _export
from jacobian_widget._bundle import one_module, view_code
from jacobian_widget._export import Positions, archive
from jacobian_widget._panels import panels_code
from jacobian_widget.fisher import RTOL

try:
    from jacobian_widget._lesson_cells import Cells
    from jacobian_widget._lesson_clean import Addresses
    from jacobian_widget._lesson_record import FISHER, TARGETS
    from jacobian_widget._lesson_run import executed, stored
    from jacobian_widget._lesson_text import plain
except ModuleNotFoundError as error:
    missing = f"a lesson's page needs {error.name}. Run: pip install 'jacobian-widget[lessons]'"
    raise ModuleNotFoundError(missing) from error

_STATIC: Final = Path(__file__).parent / "static"
_ABOUT: Final = """\
<details class="jw-lesson-about"><summary>This page works by itself</summary>
<p>It needs no notebook and no network. In a picture, point at a word, switch the scope or choose another target%s.
To run the code, or to have an exercise checked, open the notebook: %s.</p>
%s</details>"""
_CLICK: Final = ", or click a word to ask about that one"
_HELD: Final = f"""\
<p>Each picture as it first appears is what the notebook computes. The others, for the words that you click, were
computed with less effort: {TARGETS} targets, and Fisher to within some {100 * (FISHER.rtol or 0):.0f} % where the
notebook says {100 * RTOL:.0f} %.</p>
"""


@dataclass(frozen=True)
class LessonParts:
    """A lesson's page in parts, for a page that has a frame of its own.

    Put `body` and `style` into it; `saved` as the text of `<script type="text/plain" id="jw-lesson-saved">`; and
    `script` behind both. The widgets' code is looked for in `globalThis.jacobianCode`, a function that returns `code`
    or a promise of it, so that many pages can share one file; else in `<script type="text/plain" id="jw-lesson-code">`,
    with `packed_code` as its text.

    Attributes:
        title: the first heading, as plain text; it stands in the body, too.
        body: HTML, one element of class `jw-lesson`. Headings have ids, unique among themselves. Each living widget has
            a place of class `jw-lesson-widget`, with a picture for those without JavaScript.
        style: a style sheet; all its rules begin with `.jw-lesson`. Colours come from `currentColor`.
        saved: the traits of all widgets, as `_export.archive` packs them; printable ASCII without `<`, `>` and `&`.
        script: the script, the same for all lessons.
        code: `_esm` and `panels`, the same for all lessons.
        widgets: how many there are.
    """

    title: str
    body: str
    style: str
    saved: str
    script: str
    code: Mapping[str, str]
    widgets: int

    @property
    def packed_code(self) -> str:
        """`code` as the script finds it in the page itself."""
        return archive(dict(self.code))


def export_lesson(
    notebook: str | PathLike[str],
    path: str | PathLike[str] | None = None,
    *,
    positions: Positions | None = "all",
    instructor: bool = False,
    execute: bool = True,
    progress: bool = True,
    links: Callable[[str], str | None] | None = None,
) -> str | None:
    """Make a notebook one HTML file in which its widgets work without a kernel and without a network.

    The notebook is run here, and is itself not changed. Its text, formulas, code and outputs come into the page; of
    outputs that are interactive otherwise, only what needs no script. Exercises are shown, but not checked.

    Further positions are computed with fewer targets and a rougher estimate of Fisher than in a notebook; the page says
    so. In a text of 30 tokens they take the demo model one to three seconds each on one core.

    Args:
        notebook: its path.
        path: where to write the page, ending in .html; None to get it as text.
        positions: which tokens of each widget's text can be opened with a click: "all", a list of their indices (None
            in it for the next token), or None for no others than the one in the picture.
        instructor: whether cells with the tag "instructor" are run and shown.
        execute: False takes outputs and widgets as they are stored, at one position each; nothing is run.
        progress: say on the standard error what is being done.
        links: from an address in the text that is relative to the notebook, such as `2-contrast.ipynb`, to one that
            the page can lead to; None for what it cannot. Without it, none is kept, and its words stay.

    Returns:
        The page, if there is no `path`.

    Raises:
        RuntimeError: a cell failed, or a widget in it; the message names the cell.
        ValueError, TypeError: a path that does not end in .html, or no notebook; a position that is none.
        FileNotFoundError: there is no such notebook.
        ImportError: what the extra "lessons" installs is missing.
    """
    if path is not None:
        _export.check_path(path)
    parts = lesson_parts(
        notebook, positions=positions, instructor=instructor, execute=execute, progress=progress, links=links
    )
    page = _page(parts)
    if path is None:
        return page
    _export.write_page(page, path)
    return None


def lesson_parts(
    notebook: str | PathLike[str],
    *,
    positions: Positions | None = "all",
    instructor: bool = False,
    execute: bool = True,
    progress: bool = True,
    links: Callable[[str], str | None] | None = None,
) -> LessonParts:
    """The parts of the page that `export_lesson` makes, for a page of one's own.

    Args:
        notebook: as for `export_lesson`, like what is not named here.
        positions: the same.
        instructor: the same.
        execute: the same.
        progress: the same.
        links: the same.

    Raises:
        RuntimeError, ValueError, TypeError, FileNotFoundError, ImportError: as `export_lesson`.
    """
    source = Path(notebook)
    wanted = _export.check_positions(positions)
    with _Said(shown=progress) as say:
        if execute:
            found = executed(source, wanted, say, instructor=instructor)
        else:
            found = stored(source, instructor=instructor)
    click, held = (_CLICK, _HELD) if execute and wanted is not None else ("", "")
    about = _ABOUT % (click, f"<code>{escape(source.name)}</code>", held)
    cells = Cells(found, source.name, Addresses(source.resolve().parent, links or (lambda _: None)), about)
    body = cells.html()
    heading = re.search(r"<h[1-6][^>]*>(.*?)</h[1-6]>", body, re.DOTALL)
    return LessonParts(
        title=plain(heading[1]) if heading else source.stem,
        body=body,
        style=(_STATIC / "lesson.css").read_text("utf-8"),
        saved=archive({"widgets": cells.widgets}),
        script=_script(),
        code={"_esm": one_module(*view_code()), "panels": panels_code()},
        widgets=len(cells.widgets),
    )


def _page(parts: LessonParts) -> str:
    digest = base64.b64encode(hashlib.sha256(parts.script.encode()).digest()).decode()
    inserted = {
        "TITLE": escape(parts.title),
        "STYLE": parts.style,
        "BODY": parts.body,
        "SAVED": parts.saved,
        "CODE": parts.packed_code,
        "SCRIPT": parts.script,
        "DIGEST": digest,
    }
    template = (_STATIC / "lesson.html").read_text("utf-8")
    return re.sub(r"%%(\w+)%%", lambda match: inserted[match[1]], template)


def _script() -> str:
    """That of the page, with what it shares with the page of a single widget."""
    (shared,) = re.findall(r"// <shared>[^\n]*\n(.*?)\n *// </shared>", _export.TEMPLATE.read_text("utf-8"), re.DOTALL)
    own = (_STATIC / "lesson.js").read_text("utf-8")
    return own.replace("  // %%SHARED%%\n", f"{shared}\n")


class _Said:
    """One line that says what is being done."""

    def __init__(self, *, shown: bool) -> None:
        self._shown, self._length = shown, 0

    def __enter__(self) -> Callable[[str], None]:
        return self._say

    def __exit__(self, *_: object) -> None:
        if self._length:
            sys.stderr.write("\n")

    def _say(self, words: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r{words.ljust(self._length)}")
            sys.stderr.flush()
            self._length = len(words)
