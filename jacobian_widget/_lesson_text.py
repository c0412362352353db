"""The text of a lesson as HTML: Markdown, formulas as MathML, code with its words told apart."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any, Final

from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from jacobian_widget._lesson_clean import Addresses, clean, slug

_PLACE: Final = re.compile("\ue000([0-9]{1,6})\ue001")
"""Where a formula goes once the text around it is clean."""
_NO_PLACE: Final = str.maketrans("", "", "\ue000\ue001")
_TABLE: Final = re.compile(r"<table\b.*?</table>", re.DOTALL)
_HEADING: Final = re.compile(r'<h([1-6])((?: [\w-]+="[^"]*")*)>(.*?)</h\1>', re.DOTALL)
_TAG: Final = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_OWN_IDS: Final = ("jw-lesson-saved", "jw-lesson-code")
"""What the script of a page looks for."""


def markdown(source: str, addresses: Addresses, attachments: dict[str, Any] | None = None) -> str:
    """`source` as HTML; images that are attached to the cell come into it."""
    renderer = _Renderer(attachments or {})
    html = clean(MarkdownWithMath(renderer=renderer).render(source.translate(_NO_PLACE)), addresses)

    def typed(found: re.Match[str]) -> str:
        return escape(renderer.kept[int(found[1])][0])

    def formula(found: re.Match[str]) -> str:
        return renderer.kept[int(found[1])][1]

    # In the words of an image a formula stays as it was typed.
    html = _TAG.sub(lambda tag: _PLACE.sub(typed, tag[0]), html)
    return _PLACE.sub(formula, _TABLE.sub(r'<div class="jw-lesson-scroll" tabindex="0">\g<0></div>', html))


def mathml(tex: str, *, display: bool) -> str:
    """A formula as MathML; as it was typed where it is none."""
    try:
        formula = LatexToMathML(annotation=True).convert_with_local_state(tex.strip(), displaystyle=display)
    except LatexError:
        mark = "$$" if display else "$"
        formula = f"<code>{escape(mark + tex + mark)}</code>"
    return f'<span class="jw-lesson-formula" tabindex="0">{formula}</span>' if display else formula


def code(source: str, language: str = "python") -> str:
    """Lines of code in `<pre>`, each kind of word in a `span` of a class of Pygments."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    marked = highlight(source.strip("\n"), lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    return f'<pre class="jw-lesson-code"><code>{marked}</code></pre>'


def plain(html: str) -> str:
    """The words of clean HTML; of a formula, as it was typed."""
    html = re.sub(r"<math.*?<annotation[^>]*>(.*?)</annotation>.*?</math>", r"\1", html, flags=re.DOTALL)
    return unescape(_TAG.sub("", html)).strip()


def headed(html: str) -> str:
    """The whole text with an id on each heading, for links to it, and with no level of headings left out."""
    taken: set[str] = set(_OWN_IDS)
    above: list[str] = []

    def named(found: re.Match[str]) -> str:
        stem = slug(plain(found[3])) or "part"
        name, n = stem, 1
        while name in taken:
            n += 1
            name = f"{stem}-{n}"
        taken.add(name)
        while above and above[-1] >= found[1]:
            above.pop()
        above.append(found[1])
        return f'<h{len(above)} id="{escape(name)}"{found[2]}>{found[3]}</h{len(above)}>'

    return _HEADING.sub(named, html)


class _Renderer(IPythonRenderer):
    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.kept: list[tuple[str, str]] = []

    def _kept(self, typed: str, html: str) -> str:
        self.kept.append((typed, html))
        return f"\ue000{len(self.kept) - 1}\ue001"

    def inline_math(self, body: str) -> str:
        return self._kept(body, mathml(body, display=False))

    def block_math(self, body: str) -> str:
        return self._kept(body, mathml(body, display=True))

    def latex_environment(self, name: str, body: str) -> str:
        return self._kept(body, mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True))

    def block_code(self, code_: str, info: str | None = None) -> str:
        return self._kept(code_, code(code_, (info or "text").split()[0] if (info or "").strip() else "text"))
