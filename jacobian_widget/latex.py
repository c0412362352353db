"""A picture as LaTeX that compiles anywhere: xcolor only, lines that break, every character safe."""

from __future__ import annotations

import math
from typing import Final

import regex

from jacobian_widget.picture import Picture, Piece
from jacobian_widget.written import footnote, legend

_HEAD: Final = r"""% Needs \usepackage{xcolor} in the preamble. pdfLaTeX, LuaLaTeX and XeLaTeX all read it.
\begingroup
\definecolor{jwink}{HTML}{2166AC}\definecolor{jwagainst}{HTML}{B2182B}\definecolor{jwring}{HTML}{B35806}%
\def\jwcode#1{\mbox{\ttfamily\scriptsize U+#1}}%
\def\jwu#1#2{\ifdefined\Umathchar\iffontchar\font"#1 #2\else\jwcode{#1}\fi\else\jwcode{#1}\fi}%
\def\jwink#1#2{{\fboxsep0pt\colorbox{jwink!#1!white}{\strut#2}}}%
\def\jwagainst#1#2{{\fboxsep0pt\colorbox{jwagainst!#1!white}{\strut#2}}}%
\def\jwring#1{{\fboxsep0pt\fcolorbox{jwring}{white}{\strut#1}}}%
\def\jwmay{\hskip0pt\relax}%
\def\jwline{\leavevmode\\\relax}%
\setlength{\parindent}{0pt}\raggedright
"""
_MAX_INK: Final = 58
_RUN: Final = 12
"""Characters in one box: a longer run without a space may break between boxes."""
_CODE_WIDTH: Final = 6
_ASCII: Final = {
    **{c: "\\" + c for c in "#$%&_{}"},
    **{c: "{" + c + "}" for c in "-,'`[]*?!/\"=:;@"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "\u00a0": "~",
    "␣": r"\textvisiblespace{}",
    "↵": r"$\hookleftarrow$",
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "β": r"$\beta$",
    "⁻": r"\textsuperscript{$-$}",
    **{c: rf"\textsuperscript{{{i}}}" for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "\ufe0e": "",
    "\ufe0f": "",
}
_KNOWN: Final = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ–—‘’“”…")
"""Characters beyond ASCII that every engine and encoding prints."""
_SPACE: Final = regex.compile(r"\p{Zs}")
_CODED: Final = regex.compile(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]")


def to_latex(picture: Picture) -> str:
    """A block to paste into a document: the question, the coloured text, the colour bar with its numbers.

    Characters that the font does not have, or that pdfLaTeX cannot read, print as their code point, `U+732B`.
    """
    low, top = legend(picture)
    body = "".join(_piece(picture, i) for i in range(len(picture.pieces)))
    steps = [round(_MAX_INK * k / 7) for k in range(8)]
    bar = "".join(rf"\jwink{{{step}}}{{\hspace{{0.8em}}}}" for step in steps)
    if picture.signed:
        bar = "".join(rf"\jwagainst{{{step}}}{{\hspace{{0.8em}}}}" for step in reversed(steps)) + bar
    return (
        f"{_HEAD}{{\\small {escape(picture.question)}}}\\par\\smallskip\n{body}\\par\\smallskip\n"
        f"{{\\footnotesize {escape(low)} {bar} {escape(top)}\\\\{{}}{escape(footnote(picture))}\\par}}\n\\endgroup\n"
    )


def escape(text: str) -> str:
    """LaTeX that prints `text` in one line."""
    return "".join(_character(c) for c in text)


def _character(c: str) -> str:
    if c in _ASCII:
        return _ASCII[c]
    if c in _KNOWN or " " <= c <= "~":
        return c
    code = f"{ord(c):04X}"
    if c == "\n":
        return r"\jwline{}"
    if c == "\t" or _SPACE.match(c):
        return " "
    return rf"\jwcode{{{code}}}" if _CODED.match(c) else rf"\jwu{{{code}}}{{{c}}}"


def _piece(picture: Picture, i: int) -> str:
    piece = picture.pieces[i]
    shown = regex.split(r"([ \t]+|\n)", piece.text)
    return "".join(_part(part, piece, ring=i == picture.explained) for part in shown if part)


def _part(part: str, piece: Piece, *, ring: bool) -> str:
    if part == "\n":
        return "\\jwline{}\n"
    if not part.strip(" \t"):
        # TeX takes several spaces for one, and drops them where a line begins.
        return " " if part == " " else rf"\hspace*{{{0.33 * len(part):.2f}em}}"
    ink = math.floor(_MAX_INK * piece.weight + 0.5)
    boxes = _boxes(part)
    if ring:
        boxes = [rf"\jwring{{{box}}}" for box in boxes]
    elif ink > 0:
        name = "jwagainst" if (piece.score or 0.0) < 0 else "jwink"
        boxes = [rf"\{name}{{{ink}}}{{{box}}}" for box in boxes]
    # TeX reads lines of limited length.
    return "\\jwmay{}%\n".join(boxes)


def _boxes(part: str) -> list[str]:
    boxes, room = [""], _RUN
    for c in part:
        shown = _character(c)
        width = _CODE_WIDTH if shown.startswith(("\\jwu{", "\\jwcode{")) else 1
        if room < width and boxes[-1]:
            boxes.append("")
            room = _RUN
        boxes[-1] += shown
        room -= width
    return boxes
