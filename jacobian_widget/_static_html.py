"""The picture without JavaScript, for saved notebooks where widgets do not run (GitHub, nbviewer, nbconvert)."""

from __future__ import annotations

import unicodedata
import warnings
from html import escape
from typing import TYPE_CHECKING, Any

from jacobian_widget.scopes import SCOPES
from jacobian_widget.tokens import Tokens, visible

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution

_INK = "33,102,172"
_ACCENT = "#b35806"
_NOTE = "Static picture. Run the cell in Jupyter for the interactive one."
_QUIET = "color:gray;font:12.5px system-ui,sans-serif"


def static_html(source: Tokens, attribution: Attribution | None, question: dict[str, Any]) -> str:
    """One `<div>` with inline styles: question, text coloured by influence, legend. All token text is escaped.

    Args:
        source: the tokens.
        attribution: their scores, or None when there are none yet: the text then stays plain.
        question: keyword arguments of `Attribution.scores`.
    """
    if attribution is None:
        return _frame("", _text(source, ["" for _ in source.ids], None), "Not computed yet. " + _NOTE)
    scope = SCOPES[question["scope"]]
    granularity = question.get("granularity", "token")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores = attribution.scores(**{**question, "granularity": granularity})
    except ValueError:  # this scope, target or rank is still on its way
        return static_html(source, None, question)
    highest = float(scores.max(initial=0.0))
    starts = [*source.groups(granularity), len(source)]
    styles = [""] * len(source)
    for group, score in enumerate(scores):
        weight = float(score) / highest if highest > 0 else 0.0
        style = (
            f"background:rgba({_INK},{0.58 * weight:.3f});box-shadow:inset 0 -{4 * weight:.1f}px rgba({_INK},.85)"
            if weight > 0
            else ""
        )
        for token in range(starts[group], starts[group + 1]):
            styles[token] = style if token < attribution.end else "opacity:.55"
    legend = f"0 to {highest:.3g} {scope.unit} · {attribution.model} · {_NOTE}"
    return _frame(_sentence(attribution, question), _text(source, styles, attribution.position), legend)


def _sentence(attribution: Attribution, question: dict[str, Any]) -> str:
    target = question.get("target")
    target = attribution.default_target if target is None else target
    foil = question.get("foil")
    foil = attribution.foil_of(target) if foil is None else foil
    labels = {c.id: c.label for c in attribution.predictions}
    a, b = (f"<b>{escape(labels.get(k, f'#{k}'))}</b>" for k in (target, foil))
    return {
        "semantic": f"What moved the logit of {a}?",
        "log_probability": f"What moved the probability of {a}?",
        "contrast": f"Why {a} rather than {b}?",
        "fisher": "What moved the whole prediction?",
        "temperature": "What moved the model’s confidence?",
        "entropy": "What moved its uncertainty?",
    }[question["scope"]]


def _text(source: Tokens, styles: list[str], position: int | None) -> str:
    if position is not None:
        styles = [*styles[:position], f"outline:2px solid {_ACCENT};border-radius:3px", *styles[position + 1 :]]
    spans = []
    for piece, style in zip(source.pieces, styles, strict=True):
        shown = escape("".join(_readable(c) for c in piece) if piece.strip("\n") else "↵" * len(piece) + piece)
        spans.append(f'<span style="{style}">{shown}</span>' if style else f"<span>{shown}</span>")
    return "".join(spans)


def _readable(character: str) -> str:
    """Control and format characters written out: they could hide or reorder what stands beside them."""
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in "\n\t\u200c\u200d"
    return visible(character) if hidden else character


def _frame(question: str, text: str, legend: str) -> str:
    head = f'<div style="font:15px system-ui,sans-serif;margin-bottom:8px">{question}</div>' if question else ""
    return (
        f'<div style="max-width:860px">{head}'
        f'<div style="white-space:pre-wrap;overflow-wrap:anywhere;font:17px/2 Georgia,serif">{text}</div>'
        f'<div style="{_QUIET};margin-top:8px">{escape(legend)}</div></div>'
    )
