"""The exercises of the lesson on the three scopes: what each depends on, and what a score promises."""

from __future__ import annotations

from typing import Final

import numpy as np

from jacobian_widget.attribution import Attribution
from jacobian_widget.lessons import exercise, expect, expect_close, read_choices, read_numbers

SCOPES: Final = ("semantic", "fisher", "temperature")
TARGET: Final = " spring"
NUDGED: Final = " warm"
NUDGE: Final = 0.001


@exercise
def first(answer: object, a: Attribution) -> str:
    """The scopes whose scores stay as they are when another target is chosen."""
    named = read_choices(answer, SCOPES)
    one, other = (c.id for c in a.predictions[:2])
    stay = {s for s in SCOPES if np.array_equal(a.scores(s, target=one), a.scores(s, target=other))}
    expect(not named - stay, "one of these asks about one token's logit, so it changes with the token. Try it above.")
    expect(named == stay, "there is one more that asks about no token in particular.")
    return "they ask about the whole prediction and about the model's confidence, whichever token you have in mind."


@exercise
def second(answer: object, a: Attribution) -> str:
    """How far a nudge of ` warm` by 0.001 can move the logit of ` spring`, to first order."""
    score = float(a.scores("semantic", target=TARGET)[a.tokens.index(NUDGED)])
    hint = f"the score says how far the logit moves per unit; the nudge has the length {NUDGE}."
    value = expect_close(answer, NUDGE * score, hint, rtol=0.02)
    return f"{value:.4f} logits: the score {score:.2f} times the length of the nudge."


@exercise
def third(answer: object, a: Attribution) -> str:
    """The Semantic scores of all tokens for ` spring`, computed by the reader."""
    expected = a.scores("semantic", target=TARGET)
    values = read_numbers(answer, len(expected))
    for wrong, hint in (
        (expected**2, "these are the squares: take the root."),
        (a.scores("semantic", target=TARGET, signed=True), "this is gradient × input; take the gradient's norm."),
        (a.scores("log_probability", target=TARGET), "this is the gradient of log p; take that of the logit."),
        (a.scores("temperature"), "this is the gradient of β; take that of the logit."),
    ):
        expect(not np.allclose(values, wrong, rtol=0.02, atol=1e-4), hint)
    expect((values >= 0).all(), "a norm is never below zero: take the gradient's norm over the last axis.")
    hint = "take the gradient of the logit of ' spring' with respect to x, and its norm for each token."
    expect(np.allclose(values, expected, rtol=0.02, atol=1e-3), hint)
    return "one backward pass gives every token's score: that is the whole Semantic scope."
