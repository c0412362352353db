"""Series to try the view on: a chaotic one and a random one, as comma-separated whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from jacobian_widget.ids import integer

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOW: Final = 150
HIGH: Final = 850
"""Three digits, and room on both sides, so that what is predicted need not pile up at an edge."""
_TRANSIENT: Final = 10.0

_Point = tuple[float, float, float]


def lorenz(n: int, *, step: float = 0.04, seed: int = 0, low: int = LOW, high: int = HIGH) -> str:
    """`n` values of the Lorenz system's `x`, `step` apart, scaled to whole numbers from `low` to `high`.

    `ẋ = 10 (y − x)`, `ẏ = x (28 − z) − y`, `ż = x y − 8/3 z` (Lorenz 1963), by fourth-order Runge–Kutta, from a start
    drawn by `seed` and after the transient.

    Raises:
        ValueError: fewer than two values, a step that is not above 0, or `low` not below `high`.
    """
    count = _count(n)
    if not step > 0:
        raise ValueError(f"step is {step}; pass a time above 0.")
    inner = max(1, int(np.ceil(step / 0.01)))
    dt = step / inner
    x, y, z = np.random.default_rng(seed).normal(size=3).tolist()
    point = (x + 1, y + 1, z + 25)
    for _ in range(int(_TRANSIENT / dt)):
        point = _advanced(point, dt)
    values = np.empty(count)
    for i in range(count):
        values[i] = point[0]
        for _ in range(inner):
            point = _advanced(point, dt)
    return _written(values, low, high)


def brownian(n: int, *, seed: int = 0, low: int = LOW, high: int = HIGH) -> str:
    """`n` values of a Brownian motion (summed normal steps), scaled to whole numbers from `low` to `high`.

    Raises:
        ValueError: fewer than two values, or `low` not below `high`.
    """
    return _written(np.cumsum(np.random.default_rng(seed).normal(size=_count(n))), low, high)


def _advanced(point: _Point, dt: float) -> _Point:
    a = _slope(point)
    b = _slope(_along(point, a, dt / 2))
    c = _slope(_along(point, b, dt / 2))
    d = _slope(_along(point, c, dt))
    x, y, z = (p + dt / 6 * (i + 2 * j + 2 * k + m) for p, i, j, k, m in zip(point, a, b, c, d, strict=True))
    return x, y, z


def _along(point: _Point, slope: _Point, dt: float) -> _Point:
    return point[0] + dt * slope[0], point[1] + dt * slope[1], point[2] + dt * slope[2]


def _slope(point: _Point) -> _Point:
    x, y, z = point
    return 10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z


def _count(n: int) -> int:
    count = integer(n, "n", "a whole number of values, 2 or more")
    if count < 2:
        raise ValueError(f"n is {count}; a series has 2 values or more.")
    return count


def _written(values: NDArray[np.float64], low: int, high: int) -> str:
    if not low < high:
        raise ValueError(f"low is {low} and high is {high}; low must be below high.")
    least, most = values.min(), values.max()
    scaled = np.rint(low + (high - low) * (values - least) / (most - least)).astype(int)
    return ",".join(map(str, scaled))
