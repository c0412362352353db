"""The Fisher trace of every token from few VJPs, with its standard error: products with `F` in, scores out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from jacobian_widget.scopes import wide

N_EIGEN = 8
N_STEERED = 8
N_PROBES = 16
_FEWEST = 8
"""Random directions from which a standard error can be told."""
MAX_PROBES = 128
RTOL = 0.05

Product = Callable[[Tensor], Tensor]
"""`w` `[d, k]` to `F w` `[d, k]`, both float32 on one device."""

_COLUMNS = 64
"""Columns of one product with `F`, so that no `[V, d]` is ever built."""
BLOCK = 16
"""Directions at least that the search for eigenpairs takes at a time."""
_DENSE_BELOW = 256
_EIGEN_TOLERANCE = 1e-4
_NOISE = 1e-5
"""Lengths below this share of what they were computed from are rounding."""


@dataclass(frozen=True)
class FisherBlock:
    """`tr(J_tᵀ F J_t)` split into the top `r` eigen-directions of `F` and the rest."""

    spectrum: Tensor
    """`[n, r]` float32, `λ_i ‖J_tᵀu_i‖²`, largest `λ` first."""
    remainder: Tensor
    """`[n]` float32, unbiased estimate of the rest; zero when there is none."""
    standard_error: Tensor
    """`[n]` float32, of `remainder`; zero when `exact`."""
    eigenvalues: Tensor
    """`[r]` float32, nats per squared unit of `y`."""
    trace: float
    """`tr F`."""
    dimension: int
    exact: bool
    n_probes: int
    """Random directions taken, the standard error is that of their mean; when `exact`, the last ones, orthogonal."""
    n_steered: int
    """Directions taken beside the eigen-directions and the random ones; their part of `remainder` has no error."""
    rtol: float
    """Largest standard error as a share of the score, among the half of the tokens with the highest scores."""

    @property
    def n_directions(self) -> int:
        """VJPs taken."""
        return self.spectrum.shape[1] + self.n_steered + self.n_probes


def planned(
    d: int, n_eigen: int, n_probes: int, tokens: int, rtol: float | None, *, steer: bool = True
) -> tuple[int, int, int]:
    """Eigen-directions, steered and random ones that `estimate` begins with; all `d` eigen-directions if that is less.

    Few tokens need few directions: no more than one steered for each and, where `rtol` can ask for more, two random.
    """
    steered = min(N_STEERED, n_eigen) if steer and n_probes else 0
    if n_eigen + 2 * steered + n_probes >= d:  # a steered direction takes a forward pass as well
        return d, 0, 0
    return n_eigen, min(steered, tokens), n_probes if rtol is None else min(n_probes, max(_FEWEST, 2 * tokens))


def estimate(
    product: Product,
    sample: Callable[[int], Tensor],
    squares: Callable[[Tensor], Tensor],
    d: int,
    n: int,
    *,
    respond: Callable[[Tensor, int], Tensor] | None = None,
    start: Tensor | None = None,
    n_eigen: int = N_EIGEN,
    n_probes: int = N_PROBES,
    rtol: float | None = None,
    max_probes: int = MAX_PROBES,
    skip: int = 0,
    seed: int = 0,
    device: torch.device | str = "cpu",
    check: Callable[[], None] | None = None,
) -> Iterator[FisherBlock]:
    """Fisher scores that grow more certain.

    `F = Σ_i λ_i u_i u_iᵀ + Σ_j v_j v_jᵀ + R`. The top `n_eigen` eigenpairs come first. The steered directions `v_j`
    are `N_STEERED` more, or one for each token that counts if these are fewer: `F y`, with `y = Σ_t w_t J_t J_tᵀ u_i`
    scaled so that `yᵀ F y = 1` and made conjugate to each other. That is one step of a power iteration towards the few
    directions to which most tokens' influence on `y` is confined, so what it leaves varies little (as in Hutch++:
    Meyer, Musco, Musco and Woodruff 2021, arXiv 2010.09649). `R` is a Schur complement of `F`, positive, and takes
    random vectors `s` of covariance `F` to `s − Σ_j v_j y_jᵀ s` of covariance `R`: the mean of their squares is
    unbiased (Hutchinson 1990), whatever the directions before. Exact, with all `d` eigen-directions, where that costs
    less; and exact without sampling, as soon as no more directions than random ones are left.

    Args:
        product: see `Product`.
        sample: `k` to `k` independent random vectors `[k, d]` of mean 0 and covariance `F`, float32 on `device`.
        squares: directions `[k, d]` to `‖J_tᵀ v_i‖²` `[n, k]`, float32 on the CPU; what it raises ends the estimate.
        d: size of `y`.
        n: tokens.
        respond: weights `w` `[n]` on the CPU, and `k`, to `Σ_t w_t J_t J_tᵀ v_i` `[k, d]`, `v_i` the first `k`
            directions of the one call of `squares` so far. It may be rough: it chooses directions, and no choice
            makes the estimate wrong. None for no steered directions.
        start: see `top_eigenpairs`.
        n_eigen: top eigen-directions, `r`.
        n_probes: random directions of the first result; 0 for the eigen-directions alone. With `rtol`, no more than
            two for each token that counts, or eight.
        rtol: take more random directions until the standard error of every token in the upper half by score is at
            most this share of its score. None for no more.
        max_probes: random directions at most.
        skip: tokens at the start that do not count for `rtol`; they take no part in the steering either.
        seed: of the start of the search for eigenpairs.
        device: where `product` works.
        check: called between products with `F`; what it raises ends the estimate.

    Yields:
        Results, each better than the one before; `rtol` of the last says what was reached.
    """
    r, steered, wanted = planned(d, n_eigen, n_probes, n - skip, rtol, steer=respond is not None)
    rows = slice(skip, None)
    apply = _in_columns(product, check or (lambda: None))
    values, u = top_eigenpairs(apply, d, r, torch.Generator().manual_seed(seed), device, start)  # [r], [d, r]
    spectrum = squares((u * values.sqrt()).T.float())  # [n, r]
    base = FisherBlock(
        spectrum=spectrum,
        remainder=torch.zeros(len(spectrum)),
        standard_error=torch.zeros(len(spectrum)),
        eigenvalues=values.float().cpu(),
        trace=float(values.sum()),
        dimension=d,
        exact=r == d,
        n_probes=0,
        n_steered=0,
        rtol=0.0 if r == d else math.inf,
    )
    if r == d or n_probes == 0:
        yield base
        return
    y = v = u[:, :0]
    if respond is not None and steered:
        y, v = _conjugate(apply, values[0], u, respond(_weights(spectrum, rows), steered).to(u).T)
        base = replace(base, trace=base.trace + float(v.square().sum()), n_steered=v.shape[1])
    samples, lengths = spectrum[:, :0], values[:0]
    first = v.shape[1]  # the steered directions share the first batch of VJPs with the random ones
    wanted, left = min(wanted, max_probes), d - r - v.shape[1]
    while True:
        s = sample(wanted - samples.shape[1]).T.to(u)  # [d, k]
        rest = s - u @ (u.T @ s)
        rest = rest - v @ (y.T @ rest)
        rest = rest - u @ (u.T @ rest)
        rest = torch.where(rest.norm(dim=0) > _NOISE * s.norm(dim=0), rest, 0)
        taken = squares(torch.cat([v[:, :first], rest], 1).T.float())
        base = replace(base, remainder=base.remainder + taken[:, :first].sum(-1))
        samples = torch.cat([samples, taken[:, first:]], 1)
        first = 0
        lengths = torch.cat([lengths, rest.square().sum(0)])
        k = samples.shape[1]
        error = samples.std(-1) / k**0.5 if k > 1 else torch.full((len(samples),), math.inf)
        remainder = base.remainder + samples.mean(-1)
        reached = _relative(error[rows], (spectrum.sum(-1) + remainder)[rows])
        yield replace(
            base,
            remainder=remainder,
            standard_error=error,
            trace=base.trace + float(lengths.mean()),
            n_probes=k,
            rtol=reached,
        )
        if rtol is None or reached <= rtol or k >= max_probes:
            return
        # The standard error falls as 1/√k; a tenth more, because it is itself an estimate.
        wanted = min(max(k + 4, math.ceil(k * min(1.1 * (reached / rtol) ** 2, 2))), max_probes)
        if wanted - k >= left:
            rest = _rest(apply, u * values.sqrt(), v)
            yield replace(
                base,
                remainder=base.remainder + squares(rest[:, :left].T.float()).sum(-1),
                trace=base.trace + float(rest.square().sum()),
                exact=True,
                n_probes=left,
                rtol=0.0,
            )
            return


def top_eigenpairs(
    product: Product,
    d: int,
    r: int,
    generator: torch.Generator,
    device: torch.device | str,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """The `r` largest eigenvalues `[r]` and eigenvectors `[d, r]` of a symmetric positive matrix given by products.

    Block Krylov with full reorthogonalisation and Rayleigh-Ritz (Musco and Musco 2015, arXiv 1504.05477), until the
    residuals are small or no more than the noise of `product`. On `device`, in float64 where it has that, whatever
    its float32 products are rounded to; a small or almost full problem is solved densely. No eigenvalue is negative.

    The search begins with random directions, and with those of `start` `[d, k]` in place of the first: where they lie
    near the eigenvectors, it ends sooner. At least two are random, so that nothing is missed that `start` cannot reach.
    """
    dtype = torch.float32 if torch.device(device).type == "mps" else torch.float64
    apply = _in_columns(product, lambda: None)
    block: Tensor | None = None
    if d > _DENSE_BELOW and 3 * r < d:
        block = torch.randn(d, max(r, BLOCK), generator=generator).to(device, dtype)
        if start is not None:
            k = min(start.shape[1], block.shape[1] - 2)
            block[:, :k] = start[:, :k].to(block)
    basis = images = torch.zeros(d, 0, device=device, dtype=dtype)
    while block is not None:
        block = _orthonormal(block, basis)
        if basis.shape[1] + block.shape[1] > d // 2:
            break
        basis, images = torch.cat([basis, block], 1), torch.cat([images, apply(block)], 1)
        inner = basis.T @ images
        values, small = _eigh(inner)
        values, small = values[:r], small[:, :r]
        vectors = basis @ small
        residual = (images @ small - vectors * values).norm(dim=0).max()
        # What is not symmetric is noise, seen in as many dimensions as the basis has of the `d` there are.
        noise = ((inner - inner.T) @ small).norm(dim=0).max() * (d / (2 * len(inner))) ** 0.5
        if bool(residual <= torch.maximum(_EIGEN_TOLERANCE * values[0], noise)):
            return values, vectors
        block = images[:, -block.shape[1] :] if block.shape[1] else None
    values, vectors = _eigh(apply(torch.eye(d, device=device, dtype=dtype)))
    return values[:r], vectors[:, :r]


def _conjugate(product: Product, largest: Tensor, u: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """`y` `[d, k]` combined so that `yᵀ F y = 1` and `uᵀ y = 0`, and `v = F y`; rounding is left out."""
    y = _orthonormal(torch.nan_to_num(y, 0, 0, 0), u)
    images = product(y)
    values, vectors = _eigh(y.T @ images)
    some = values > 1e-6 * largest  # its own rounding is relative to the whole of F
    vectors = vectors[:, some] / values[some].sqrt()
    return y @ vectors, images @ vectors


def _rest(product: Product, *parts: Tensor) -> Tensor:
    """Orthogonal directions `[d, d]`, longest first, whose outer products add up to `F` less those of `parts`."""
    rest = product(torch.eye(len(parts[0]), device=parts[0].device, dtype=parts[0].dtype))
    for part in parts:
        rest = rest - part @ part.T
    values, vectors = _eigh(rest)
    return vectors * values.sqrt()


def _orthonormal(block: Tensor, basis: Tensor) -> Tensor:
    """An orthonormal basis `[d, k']` of what the columns of `block` `[d, k]` add to an orthonormal `basis` `[d, b]`."""
    block = block / block.norm(dim=0).clamp(min=torch.finfo(block.dtype).tiny)
    for _ in range(2):
        block = block - basis @ (basis.T @ block)
        block, triangle = torch.linalg.qr(block)
        block = block[:, triangle.diagonal().abs() > _NOISE]
    return block


def _eigh(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues, largest first, and eigenvectors of a positive matrix; solved in float64 where there is one."""
    exact = wide(matrix)
    values, vectors = torch.linalg.eigh((exact + exact.T) / 2)
    return values.flip(0).clamp(min=0).to(matrix), vectors.flip(1).to(matrix)


def _in_columns(product: Product, check: Callable[[], None]) -> Product:
    def apply(w: Tensor) -> Tensor:
        parts = [w[:, :0]]
        for columns in torch.split(w, _COLUMNS, dim=1) if w.shape[1] else ():
            check()
            parts.append(product(columns.float()).to(w))
        return torch.cat(parts, 1)

    return apply


def _weights(spectrum: Tensor, rows: slice) -> Tensor:
    """`1 / score` of the tokens `rows`, so that each has its say; at most a thousand times the smallest of them."""
    score = spectrum.sum(-1)
    weights = torch.zeros_like(score)
    if not len(score[rows]):
        return weights
    weights[rows] = torch.where(score > 0, 1 / score.clamp(min=1e-3 * float(score[rows].max())), 0)[rows]
    return weights


def _relative(error: Tensor, score: Tensor) -> float:
    """The largest error as a share of the score, among the upper half of the tokens that have one."""
    some = score > 0
    if not bool(some.any()):
        return 0.0
    upper = score >= score[some].median()
    return float((error[upper] / score[upper]).max())
