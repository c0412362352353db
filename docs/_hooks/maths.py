"""Formulas as MathML, made at build time: no script draws them, and no machine is asked for one."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from math_core import LatexToMathML

# As pymdownx.arithmatex marks them with `generic: true`.
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    return FORMULA.sub(_mathml, html)


def _mathml(found: re.Match[str]) -> str:
    block = found[2] == "["
    # What is no formula raises, and so ends the build.
    formula = LatexToMathML().convert_with_local_state(unescape(found[3]).strip(), displaystyle=block)
    return f'<div class="formula" tabindex="0">{formula}</div>' if block else formula
