"""The exercises of the lesson on faithfulness."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from jacobian_widget.ablation import ABLATIONS
from jacobian_widget.attribution import DegenerateScopeWarning
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.lessons import exercise, expect, read_choice, read_token
from jacobian_widget.ranks import order
from jacobian_widget.scopes import SCOPES, check_scope

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution
    from jacobian_widget.leave_one_out import LeaveOneOut

_NEARLY = 0.02


@exercise
def first(answer: object, a: Attribution, effects: LeaveOneOut) -> str:
    """The scope whose order of the tokens agrees best with leave-one-out, on this text."""
    scope = check_scope(read_choice(answer, SCOPES))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateScopeWarning)
        agreement = {name: effects.spearman(a.scores(name)) for name in SCOPES}
    best = max(agreement, key=lambda name: agreement[name])
    expect(
        agreement[scope] >= agreement[best] - _NEARLY,
        f"{SCOPES[scope].title} has a rank correlation of {agreement[scope]:.2f}; another scope has a higher one. "
        "effects.spearman(a.scores(scope)) gives it.",
    )
    worst = min(agreement, key=lambda name: agreement[name])
    return (
        f"{SCOPES[best].title} agrees best here, with {agreement[best]:.2f}; {SCOPES[worst].title} has "
        f"{agreement[worst]:.2f}. On another text the order is another: choose a scope by its question."
    )


@exercise
def second(answer: object, a: Attribution, effects: LeaveOneOut) -> str:
    """The token that gains second most places from the ranking by Semantic score to that by leave-one-out."""
    token = read_token(answer, a.tokens)
    expect(token < a.end, "choose a token before the prediction.")
    by_score, by_kl = (np.argsort(order(x[: a.end])) for x in (a.scores("semantic"), effects.kl))
    gained = by_score - by_kl
    most = int(gained.argmax())
    expect(token != most, f"{a.tokens[most]!r} gains most, as said. Which token comes after it?")
    expect(
        gained[token] == np.delete(gained, most).max(),
        f"{a.tokens[token]!r} is number {by_score[token] + 1} by the Semantic score and number {by_kl[token] + 1} "
        "by leave-one-out; another token gains more places. Rank both columns of the table, highest first.",
    )
    return (
        f"{a.tokens[token]!r} is number {by_score[token] + 1} of {a.end} by the Semantic score and number "
        f"{by_kl[token] + 1} by leave-one-out (KL {effects.kl[token]:.2f} nats). A small change of it would do "
        "little; but to take it away is not a small change: the words around it no longer make the same sentence."
    )


@exercise
def third(answer: object, a: Attribution) -> str:
    """An ablation under which another token than with zeroed embeddings matters most."""
    ablation = read_choice(answer, ABLATIONS)
    zero, other = (leave_one_out(a, ablation=name).kl[: a.end] for name in ("zero", ablation))
    before, now = int(zero.argmax()), int(other.argmax())
    expect(
        before != now,
        f"with {ablation!r}, too, {a.tokens[now]!r} comes first. Try the others: {', '.join(ABLATIONS)}.",
    )
    return (
        f"With 'zero', {a.tokens[before]!r} matters most ({zero[before]:.1f} nats), with {ablation!r} it is "
        f"{a.tokens[now]!r} ({other[now]:.1f}). An effect without the name of its ablation says little."
    )
