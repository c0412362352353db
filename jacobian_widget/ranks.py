"""Ranks of scores: the order that a ranking follows, and how far two of them agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def order(values: ArrayLike) -> list[int]:
    """Indices from the highest value to the lowest; of equal values the earlier first.

    Args:
        values: `[n]`, finite.
    """
    found: list[int] = np.argsort(-np.asarray(values, np.float64), kind="stable").tolist()
    return found


def ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Ranks `[n]` from 1 for the lowest; equal values share the mean of theirs."""
    _, which, counts = np.unique(np.asarray(values, np.float64), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: NDArray[np.float64] = (last - (counts - 1) / 2)[which]
    return shared


def spearman(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's rank correlation of `a` `[n]` and `b` `[n]`, ties at their mean rank.

    NaN where there is none to speak of: fewer than two values, or all of one side equal.

    Raises:
        ValueError: the two have different lengths.
    """
    x, y = ranks(a), ranks(b)
    if x.shape != y.shape:
        raise ValueError(f"spearman needs two sequences of one length, got {len(x)} and {len(y)} values.")
    if len(x) < 2:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    length = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / length if length > 0 else float("nan")


def percentile(values: ArrayLike, of: int) -> float:
    """The share of the other values that are below `values[of]`, 0 to 100; equal ones count half.

    100 is the highest of all, 50 what a random one has on average. NaN where there are no others.

    Raises:
        IndexError: `values` `[n]` have no index `of`.
    """
    known = np.asarray(values, np.float64)
    below, equal = float((known < known[of]).sum()), float((known == known[of]).sum()) - 1
    return 100 * (below + equal / 2) / (len(known) - 1) if len(known) > 1 else float("nan")
