"""The exercises of the first notebook: to read a picture, and its numbers."""

from __future__ import annotations

import numpy as np

from jacobian_widget.attribution import Attribution
from jacobian_widget.labels import visible
from jacobian_widget.lessons import exercise, expect, read_number, read_token


@exercise
def first(answer: object, a: Attribution) -> str:
    """The token with the highest Semantic score, by its text or index."""
    scores = a.scores("semantic")
    token = read_token(answer, a.tokens)
    rank = 1 + int((scores > scores[token]).sum())
    expect(token < a.end, "this is the token explained, or one after it. What comes before it?")
    expect(rank == 1, f"{visible(a.tokens[token])} is number {rank} of {a.end}. Look for the strongest colour.")
    return f"{visible(a.tokens[token])} has the highest score, {scores[token]:.1f} logits per unit embedding norm."


@exercise
def second(answer: object, a: Attribution) -> str:
    """The share of the Semantic influence that the strongest three tokens hold together: 0 to 1, or in percent."""
    shares, _ = a.shares("semantic")
    largest = np.sort(shares)[::-1][:3].astype(float)
    value = read_number(answer)
    value = value / 100 if value > 1 else value
    expect(abs(value - largest[0]) > 0.005, "this is the share of the strongest alone; add those of the next two.")
    expect(abs(value - largest.sum()) <= 0.02, "point at each of the strongest three to read its share, and add them.")
    return f"{largest.sum():.0%}: shares are of the squared scores, so they add up."
