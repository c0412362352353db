"""Deletion and insertion curves: what a prediction loses when the top tokens of a ranking are taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jacobian_widget.ablation import Ablator, Progress
from jacobian_widget.attribution import Attribution, Floats

FRACTIONS: Final = (0.05, 0.1, 0.2)
"""Of the tokens before the prediction, as in *Jacobian Scopes* (arXiv 2601.16407)."""
_ROUNDING: Final = 1e-9
"""So that 0.29 of 100 tokens are 29 of them."""


def deletion(
    a: Attribution, order: Sequence[int], fractions: Sequence[float], ablator: Ablator, *, keep: bool = False
) -> Floats:
    """The deletion curve of one ranking, `log p_ablated(i*) − log p(i*)` in nats.

    Args:
        a: the prediction.
        order: the indices `0 … a.end - 1`, the most important first.
        fractions: `[k]`, of the tokens before the prediction; the top `max(1, int(n·f))` are ablated.
        ablator: of the same prediction; it names the ablation and `i*`.
        keep: ablate all but the top instead: the insertion curve.

    Returns:
        float32 `[k]`.

    Raises:
        ValueError: an order or fractions that are none, or an ablator of another prediction.
    """
    if ablator.end != a.end or ablator.source.ids[: a.end] != a.source.ids[: a.end]:
        raise ValueError("the ablator is of another prediction; make it from a.source and a.position.")
    curve: Floats = deletions(ablator, [order], fractions, keep=keep)[0]
    return curve


def deletions(
    ablator: Ablator,
    orders: Sequence[Sequence[int]],
    fractions: Sequence[float],
    *,
    keep: bool = False,
    progress: Progress | None = None,
) -> Floats:
    """The curves of many rankings `[len(orders), len(fractions)]`, each set of tokens ablated once, in batches.

    Arguments as in `deletion`, `progress` as in `Ablator.effects`.
    """
    check_fractions(fractions)
    sets: dict[frozenset[int], int] = {}
    places: list[int] = []
    for order in orders:
        if sorted(order) != list(range(ablator.end)):
            raise ValueError(f"an order holds each index from 0 to {ablator.end - 1} once; got {list(order)!r:.200}.")
        places += [sets.setdefault(frozenset(order[:count]), len(sets)) for count in counts(len(order), fractions)]
    effects = ablator.effects([sorted(chosen) for chosen in sets], keep=keep, progress=progress)
    return effects.delta_log_p[places].reshape(len(orders), len(fractions))


def counts(n: int, fractions: Sequence[float]) -> list[int]:
    """How many of `n` tokens are ablated at each of `fractions`: `max(1, int(n·f))`."""
    return [max(1, int(n * f + _ROUNDING)) for f in fractions]


def aopc(fractions: Sequence[float], deltas: ArrayLike, *, per_width: bool = False) -> NDArray[np.float64]:
    """Area over the perturbation curve `[…]` of `deltas` `[…, k]` at `fractions` `[k]`: the trapezoid rule.

    Args:
        fractions: ascending.
        deltas: in nats.
        per_width: divide by the width of the fractions, so that the unit is nats. *Jacobian Scopes* does not.
    """
    f, y = np.asarray(fractions, np.float64), np.asarray(deltas, np.float64)
    area: NDArray[np.float64] = ((y[..., 1:] + y[..., :-1]) / 2 * np.diff(f)).sum(-1)
    return area / (f[-1] - f[0]) if per_width else area


def check_fractions(fractions: Sequence[float]) -> tuple[float, ...]:
    """`fractions` as a tuple.

    Raises:
        ValueError: fewer than two, not ascending, or not above 0 and up to 1.
    """
    found = tuple(float(f) for f in fractions)
    if len(found) < 2 or not all(0 < f <= 1 for f in found) or list(found) != sorted(set(found)):
        raise ValueError(f"fractions are two or more ascending numbers above 0 and up to 1, got {fractions!r}.")
    return found
