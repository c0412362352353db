"""A result's numbers in as few bits as its pictures need. Mirror: `js/wire.ts`, which only reads them.

Each direction has a step: a part of the smallest maximum among the pictures it takes part in. Numbers are rounded to
whole steps, and each token is a record of whole bytes. A record is a sequence of runs: 5 bits for the width of the
run's numbers, then the numbers in two's complement, the most significant bit first, and zero bits to the next byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from jacobian_widget import scopes

if TYPE_CHECKING:
    from jacobian_widget.attribution import Basis, Fisher

PART: Final = 2.0**-14
"""A step, in maxima of a picture. No score of the demo model is then off by more than 7e-5 of the maximum."""
_SIGNED_PART: Final = 2.0**-18
"""Finer, as the signed products of a group cancel: 1e-4 of what is left of them, unless that is less than a tenth."""
_SMALLEST: Final = 2.0**-10
"""A picture below this part of its directions' own is rounding of the Gram's float32, and asks for no finer step."""
_PIVOT: Final = 1e-6
"""Below this part of its diagonal entry, what is left of it is rounding of the Gram's float32."""
_WIDTH: Final = 5
_LARGEST: Final = 2**29
_BLOCK: Final = 256

Combination = Mapping[int, float]


def pack_basis_arrays(basis: Basis) -> dict[str, Any]:
    """Keys `gram`, `gram_bos`, `gram_steps`, `signed` and `signed_steps`.

    For the Grams it is the Cholesky factor `L` of each, `G = L Lᵀ`, whose row `i`, of `i + 1` numbers, is one run in
    steps `gram_steps[i]`. An error of `L` is one of a score, not of its square, so Contrast keeps its digits: a
    difference of two rows cancels nothing that a difference of two large squares does. `signed` has one run a token.
    """
    m = len(basis.directions)
    bos = np.sqrt(np.maximum(_diagonal(basis.gram_bos[None], m)[0], 0))
    norms = _steps(basis.directions, lambda c: float(basis.squares(c)[0].max(initial=0)) ** 0.5, PART, bos)
    products = _steps(basis.directions, lambda c: float(np.abs(basis.products(c)).max(initial=0)), _SIGNED_PART)
    runs = range(1, m + 1)
    by_entry = np.repeat(norms, runs)
    grams = {
        key: pack_runs(cholesky(gram.astype(np.float64), m) / by_entry, runs)
        for key, gram in (("gram", basis.gram), ("gram_bos", basis.gram_bos[None]))
    }
    signed = pack_runs(basis.signed / np.array(products), [m])
    return {**grams, "gram_steps": norms, "signed": signed, "signed_steps": products}


def pack_fisher_arrays(fisher: Fisher) -> dict[str, Any]:
    """Keys `spectrum` with one run a token, `remainder`, `standard_error`, and `step`, that of all three."""
    r = fisher.spectrum.shape[1]
    smallest = float((fisher.spectrum[:, 0] if r else fisher.remainder).max(initial=0))
    step = _short(PART * smallest / (r + 1) ** 0.5)  # the errors of as many add up
    arrays = {name: getattr(fisher, name).reshape(len(fisher.spectrum), -1) for name in FISHER_ARRAYS}
    return {**{name: pack_runs(values / step, [values.shape[1]]) for name, values in arrays.items()}, "step": step}


FISHER_ARRAYS: Final = ("spectrum", "remainder", "standard_error")


def pack_runs(values: NDArray[np.floating[Any]], runs: Sequence[int]) -> bytes:
    """Rounded `values` `[T, Σ runs]` as `T` records."""
    if not values.size:
        return b""
    whole = np.clip(np.rint(values), -_LARGEST, _LARGEST).astype(np.int32)
    begins = np.cumsum([0, *runs[:-1]])
    # A negative number needs as many bits as its complement, and both one for the sign.
    largest = np.maximum.reduceat(np.maximum(whole, ~whole), begins, axis=1)  # [T, runs]
    widths = np.where(np.bitwise_or.reduceat(whole, begins, axis=1) != 0, np.frexp(largest.astype(float))[1] + 1, 0)
    fields = np.insert(whole, begins, widths.astype(np.int32), axis=1)  # a run's width before its numbers
    each = np.insert(np.repeat(widths, runs, axis=1), begins, _WIDTH, axis=1)  # the width of each field
    return b"".join(_records(fields[t : t + _BLOCK], each[t : t + _BLOCK]) for t in range(0, len(fields), _BLOCK))


def _records(fields: NDArray[np.int32], widths: NDArray[np.int_]) -> bytes:
    places = np.arange(int(widths.max(initial=0)), dtype=np.int32)[::-1]
    bits = (fields[:, :, None] >> places & 1).astype(np.uint8)
    kept = places < widths[:, :, None]
    end = np.arange(7) < (-widths.sum(1) % 8)[:, None]
    count = len(fields)
    padded = np.concatenate([bits.reshape(count, -1), np.zeros((count, 7), np.uint8)], 1)
    return np.packbits(padded[np.concatenate([kept.reshape(count, -1), end], 1)]).tobytes()


def check_runs(raw: bytes, count: int, runs: Sequence[int]) -> None:
    """Whether `raw` may be what `pack_runs` wrote of `[count, Σ runs]`: every such `raw` can be read.

    Raises:
        ValueError: its length is another.
    """
    at, end, padded = 0, 8 * len(raw), raw + b"\0\0"
    for _ in range(count if sum(runs) else 0):
        for size in runs:
            two = padded[at >> 3] << 8 | padded[(at >> 3) + 1]
            at += _WIDTH + size * (two >> 16 - _WIDTH - (at & 7) & 2**_WIDTH - 1)
            if at > end:
                raise ValueError(f"{len(raw)} bytes are too few for {count} records")
        at += -at % 8
    if at != end:
        raise ValueError(f"{len(raw)} bytes are not those of {count} records")


def cholesky(gram: NDArray[np.float64], m: int) -> NDArray[np.float64]:
    """Lower triangles `L` with `L Lᵀ = G`, both `[T, m(m+1)/2]`; a pivot that is only rounding counts as zero."""
    at = [[i * (i + 1) // 2 + k for k in range(i + 1)] for i in range(m)]
    factor = np.zeros_like(gram)
    for j in range(m):
        diagonal = gram[:, at[j][j]]
        left = diagonal - (factor[:, at[j][:j]] ** 2).sum(1)
        root = np.sqrt(np.where(left > _PIVOT * diagonal, left, 0.0))
        factor[:, at[j][j]] = root
        for i in range(j + 1, m):
            rest = gram[:, at[i][j]] - (factor[:, at[i][:j]] * factor[:, at[j][:j]]).sum(1)
            np.divide(rest, root, out=factor[:, at[i][j]], where=root > 0)
    return factor


def _diagonal(gram: NDArray[np.float32], m: int) -> NDArray[np.float32]:
    return gram[:, [i * (i + 3) // 2 for i in range(m)]]


def _steps(
    directions: Sequence[scopes.Direction],
    largest: Callable[[Combination], float],
    part: float,
    bos: Sequence[float] | NDArray[np.float32] = (),
) -> list[float]:
    """The step of each direction; `largest` is the maximum of a picture, `bos` what must fit beside it."""
    least = [largest({i: 1.0}) for i in range(len(directions))]
    floors = [_SMALLEST * top for top in least]
    for picture in _pictures(directions):
        top = largest(picture)
        for i in picture:
            least[i] = min(least[i], max(top, floors[i]))
    for i, top in enumerate(bos):
        least[i] = max(least[i], _SMALLEST * float(top))
    return [_short(part * top) for top in least]


def _pictures(directions: Sequence[scopes.Direction]) -> list[Combination]:
    """Those of more than one direction."""
    targets = list(dict.fromkeys(k for _, k in directions if k is not None))
    semantic = (scopes.combination("semantic", {k: 1.0}, None, directions) for k in targets)
    contrast = (scopes.combination("contrast", {a: 1.0}, {b: 1.0}, directions) for a, b in combinations(targets, 2))
    return [picture for picture in chain(semantic, contrast) if picture and len(picture) > 1]


def _short(step: float) -> float:
    """Few digits in JSON, and the same number in both languages."""
    return float(f"{step:.3g}") or 1.0
