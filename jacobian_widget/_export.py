"""One HTML file that holds a widget as it is: no kernel, no network. Mirror: `js/panels/save-page.ts`."""

from __future__ import annotations

import base64
import json
import operator
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from jacobian_widget import _wire
from jacobian_widget._static_html import static_html
from jacobian_widget.picture import picture_of
from jacobian_widget.written import readable

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution

Positions: TypeAlias = "Literal['all'] | Sequence[int | None]"

TEMPLATE: Final = Path(__file__).parent / "static" / "page.html"
NOTE: Final = "Static picture: for the rest, this page needs JavaScript."
LEFT_OUT: Final = frozenset({"query", "matches", "status", "cancelled", "retries", "panels", "panel_run", "answers"})
"""Traits that say nothing about the result."""
_HARMLESS: Final = str.maketrans("<>&", ",.:")
"""Digits of base 85 that mean something in HTML."""


def html_page(
    traits: Mapping[str, Any],
    attribution: Attribution,
    question: Mapping[str, Any],
    *,
    code: Mapping[str, str],
    further: Iterable[Attribution] = (),
    title: str | None = None,
) -> str:
    """The page.

    Args:
        traits: the widget's, as they travel to the browser.
        attribution: the result in `traits["basis"]`.
        question: what is asked of it, for the picture that is seen without JavaScript.
        code: `_esm` and `panels`.
        further: results at other positions, to be opened by a click.
        title: of the page; None for the question, and a heading that stays true when another is asked.
    """
    asks = f"{picture_of(attribution, **question).question} · {attribution.model}"
    heading = f"What moved a prediction of {attribution.model}" if title is None else title
    parts = {
        "TITLE": escape(readable(asks if title is None else title)),
        "HEADING": escape(readable(heading)),
        "STATIC": _classed(
            static_html(
                attribution.source, attribution, dict(question), note=NOTE, hidden=traits.get("guess") == "hidden"
            )
        ),
        "SAVED": archive({"traits": saved_traits(traits, further), "code": dict(code)}),
    }
    template = re.sub(r"^ +", "", TEMPLATE.read_text("utf-8"), flags=re.MULTILINE)
    return re.sub(r"%%(\w+)%%", lambda match: parts[match[1]], template)


def saved_traits(traits: Mapping[str, Any], further: Iterable[Attribution] = ()) -> dict[str, Any]:
    """Those of the widget's `traits` that a page keeps, and in `_further` the results at other positions."""
    kept = {name: traits[name] for name in (*_wire.WISH, *_wire.ANSWER) if name not in LEFT_OUT and name in traits}
    return {
        **kept,
        "panel": "",
        "status": {"state": "saved"},
        "_further": [_wire.pack_basis(a) for a in further],
    }


def write_page(page: str, path: str | PathLike[str]) -> None:
    """Write it as UTF-8.

    Raises:
        ValueError: the path does not end in .html.
    """
    check_path(path)
    Path(path).write_text(page, "utf-8")


def check_path(path: str | PathLike[str]) -> None:
    """Refuse a path that does not end in .html, or lies in no folder.

    Raises:
        ValueError: it does not end so.
        FileNotFoundError: its folder is not there.
    """
    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"a page is written to a file that ends in .html; got {str(path)!r}.")
    if not Path(path).absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(Path(path).parent)!r} for {Path(path).name}; make it first.")


def check_positions(positions: Any) -> Positions | None:
    """The positions that a page is asked to hold, before it is known of which text.

    Raises:
        ValueError: they are neither "all", nor a list, nor None.
        TypeError: one is no whole number.
    """
    if positions is None:
        return None
    if isinstance(positions, str) and positions == "all":
        return "all"
    if not isinstance(positions, (list, tuple, range)):
        said = f'positions is "all", a list of token indices, or None; got {positions!r}.'
        raise ValueError(said)  # noqa: TRY004 - the wrong word is as likely as the wrong type
    return [None if k is None else operator.index(k) for k in positions]


def chosen_positions(positions: object, count: int, check: Callable[[object], int | None]) -> list[int | None]:
    """The positions that `to_html` was asked to hold, each once and counted from the start.

    Raises:
        ValueError, TypeError: one is out of range, or nothing stands before it.
    """
    wanted = check_positions(positions)
    if wanted is None:
        return []
    if wanted != "all":
        return list(dict.fromkeys(check(k) for k in wanted))
    try:
        first = [check(0)]
    except ValueError:
        first = []  # nothing stands before it
    return [*first, *range(1, count), None]


def _classed(still: str) -> str:
    """Its spans with classes for styles: a page may have a style sheet, and many spans look the same."""
    names: dict[str, str] = {}

    def classed(found: re.Match[str]) -> str:
        return f"<span class={names.setdefault(found[1], f's{len(names)}')}>"

    text = re.sub(r'<span style="([^"]*)">', classed, still)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    return f"<style>{rules}</style>{text}"


def archive(value: Any) -> str:
    """`value` as JSON, and its bytes behind that, deflated and in base 85 together.

    First the length of the JSON (UTF-8) in 4 bytes, little-endian, then the JSON, then the bytes of which it says
    begin and length. Five digits are four bytes, the most significant first; the first character of all says how many
    bytes at the end only fill the last four.
    """
    binary = bytearray()
    text = json.dumps(_packed(value, binary), ensure_ascii=False, separators=(",", ":")).encode()
    # Raw is what the browser's DecompressionStream reads; the parts are so unlike that small blocks are shorter.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, memLevel=6)
    whole = len(text).to_bytes(4, "little") + text + bytes(binary)
    packed = deflate.compress(whole) + deflate.flush()
    return str(-len(packed) % 4) + base64.b85encode(packed, pad=True).decode().translate(_HARMLESS)


def _packed(value: Any, binary: bytearray) -> Any:
    if isinstance(value, Mapping):
        return {key: _packed(inner, binary) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(inner, binary) for inner in value]
    return {"$bytes": _put(bytes(value), binary)} if isinstance(value, (bytes, memoryview)) else value


def _put(raw: bytes, binary: bytearray) -> list[int]:
    binary += raw
    return [len(binary) - len(raw), len(raw)]
