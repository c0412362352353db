"""The picture without JavaScript, for saved notebooks where widgets do not run (GitHub, nbviewer, nbconvert)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from jacobian_widget.picture import Picture, Piece, picture_of
from jacobian_widget.tokens import Tokens
from jacobian_widget.written import footnote, legend, readable

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution

_INK = "#2166ac"
_AGAINST = "#b2182b"
_ACCENT = "#b35806"
RUN_IT = "Run the cell in Jupyter for the interactive one."
_NOTE = f"Static picture. {RUN_IT}"
_GUESS = "Your guess first: which words moved it? Then open the picture."
_MAX_INK = 0.58
_SHADES = 32
"""Neighbours of one shade share a span: each span costs a notebook some hundred bytes."""


def static_html(
    source: Tokens,
    attribution: Attribution | None,
    question: dict[str, Any],
    *,
    note: str = _NOTE,
    hidden: bool = False,
) -> str:
    """One `<div>` with inline styles: question, text coloured by influence, legend. All token text is escaped.

    Args:
        source: the tokens.
        attribution: their scores, or None when there are none yet: the text then stays plain.
        question: keyword arguments of `picture_of`.
        note: what to say about it.
        hidden: whether the colours are folded away, for a reader who is to guess first.
    """
    if attribution is None:
        return _frame("", _shown(source.text), f"Not computed yet. {note}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = picture_of(attribution, **question)
    except ValueError:  # this scope, target or rank is still on its way
        return static_html(source, None, question, note=note)
    return folded(picture, note) if hidden else still(picture, note)


def still(picture: Picture, note: str) -> str:
    """The `<div>` of one picture. Mirror: `js/panels/written-html.ts`."""
    return _frame(escape(readable(picture.question)), _text(picture, _style), _legend(picture, note))


def folded(picture: Picture, note: str) -> str:
    """The text without colours, and below it the picture, which a reader opens."""
    plain = _frame(escape(readable(picture.question)), _text(picture, lambda _: ""), _GUESS)
    coloured = _frame("", _text(picture, _style), _legend(picture, note))
    summary = '<summary style="cursor:pointer;font:13px system-ui,sans-serif;margin:8px 0">Show the picture</summary>'
    return f"{plain}<details>{summary}{coloured}</details>"


def _legend(picture: Picture, note: str) -> str:
    low, top = legend(picture)
    return f"{low} to {top} · {footnote(picture)} · {note}"


def _text(picture: Picture, style_of: Callable[[Piece], str]) -> str:
    spans: list[tuple[str, str]] = []
    for i, piece in enumerate(picture.pieces):
        style = f"outline:2px solid {_ACCENT};border-radius:3px" if i == picture.explained else style_of(piece)
        if spans and style == spans[-1][1]:
            spans[-1] = (spans[-1][0] + _shown(piece.text), style)
        else:
            spans.append((_shown(piece.text), style))
    return "".join(f'<span style="{style}">{shown}</span>' if style else shown for shown, style in spans)


def _style(piece: Piece) -> str:
    if piece.score is None:
        return "opacity:.6"
    shade = math.floor(_SHADES * piece.weight + 0.5) / _SHADES
    if not shade:
        return ""
    ink = _AGAINST if piece.score < 0 else _INK
    bar = math.floor(4 * shade + 0.5)
    under = f";border-bottom:{bar}px solid {ink}" if bar else ""
    return f"background:{ink}{math.floor(255 * _MAX_INK * shade + 0.5):02x}{under}"


def _shown(text: str) -> str:
    """A piece of nothing but line ends would have no width."""
    return escape(readable(text) if text.strip("\n") else "↵" * len(text) + text)


def _frame(question: str, text: str, legend: str) -> str:
    head = f'<div style="font:15px system-ui,sans-serif;margin-bottom:8px">{question}</div>' if question else ""
    return (
        f'<div style="max-width:860px;overflow-wrap:anywhere">{head}'
        f'<div style="white-space:pre-wrap;font:17px/2 system-ui,sans-serif">{text}</div>'
        '<div style="opacity:.75;font:12.5px system-ui,sans-serif;margin-top:8px">'
        f"{escape(readable(legend))}</div></div>"
    )
