"""One forward and batched VJPs: from probe directions to Gram matrices and to the Fisher trace, token by token."""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from jacobian_widget import model as adapter
from jacobian_widget.scopes import Direction, cotangents

Progress = Callable[[int, int], None]
"""Called between batches of probes with the VJPs taken and the VJPs wanted; what it raises ends the computation."""

_ROWS = {"cpu": 1200}
_ROWS_ON_ACCELERATOR = 32768
_DENSE_BELOW = 256
_KEPT = 96
"""VJPs kept for later Grams; with more, only those of the newest question stay."""


@dataclass(frozen=True)
class GramBlock:
    """Inner products of the VJPs of `m` directions."""

    directions: tuple[Direction, ...]
    gram: Tensor
    """`[n, m, m]` float32, `G_t[i, j] = ⟨J_tᵀv_i, J_tᵀv_j⟩`, for every input token, BOS included."""
    signed: Tensor
    """`[n, m]` float32, `⟨J_tᵀv_i, x_t⟩`."""


@dataclass(frozen=True)
class FisherBlock:
    """`tr(J_tᵀ F J_t)` split into the top `r` eigen-directions of `F` and the rest."""

    spectrum: Tensor
    """`[n, r]` float32, `λ_i ‖J_tᵀu_i‖²`, largest `λ` first."""
    remainder: Tensor
    """`[n]` float32, unbiased estimate of the rest; zero when `exact`."""
    standard_error: Tensor
    """`[n]` float32, of `remainder`; zero when `exact`."""
    eigenvalues: Tensor
    """`[r]` float32, nats per squared unit of `y`."""
    trace: float
    """`tr F`."""
    dimension: int
    exact: bool


_holders: weakref.WeakKeyDictionary[torch.nn.Module, weakref.ref[Probe]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


class Probe:
    """The graph of one forward pass and the VJPs taken on it.

    At most one probe per model holds a graph: a newer one takes the older one's away, and the older one runs its
    forward pass again if it is asked for more.
    """

    def __init__(self, model: torch.nn.Module, ids: Sequence[int], at: int, *, probes: int) -> None:
        """Run the forward pass. `ids` `[n]` with BOS, `at` the predicting position, `probes` the VJPs to come."""
        self.model = model
        self.ids = tuple(ids)
        self.at = at
        self.n_vjps = 0
        self.expected = 0
        """VJPs that the caller is going to ask for, for the total that `progress` is told."""
        self.lock = threading.RLock()
        self._forward: adapter.Forward | None = None
        self._vjps: Tensor | None = None  # [m, end, d_in], of the directions below
        self._directions: tuple[Direction, ...] = ()
        self._run(probes)

    @property
    def forward(self) -> adapter.Forward:
        """The forward pass, run again if its graph was taken away."""
        return self._forward or self._run(2)

    def release(self) -> None:
        """Drop the graph and the VJPs kept for later directions."""
        with self.lock:
            self._forward = self._vjps = None
            self._directions = ()

    def _run(self, probes: int) -> adapter.Forward:
        with _guard:
            holder = _holders.get(self.model)
            _holders[self.model] = weakref.ref(self)
        other = holder() if holder else None
        # A probe busy in another thread keeps its graph until it is done.
        if other is not None and other is not self and other.lock.acquire(blocking=False):
            try:
                other.release()
            finally:
                other.lock.release()
        self._forward = adapter.forward(self.model, self.ids, self.at, probes=probes)
        return self._forward

    @contextmanager
    def _held(self) -> Iterator[adapter.Forward]:
        """The forward pass, for one computation; given up after it if a newer probe has come meanwhile."""
        with self.lock:
            try:
                yield self.forward
            finally:
                holder = _holders.get(self.model)
                if holder is not None and holder() is not self:
                    self.release()

    @torch.inference_mode(False)
    @torch.enable_grad()
    def gram(self, directions: Sequence[Direction], progress: Progress | None = None) -> GramBlock:
        """Grams of `directions`; VJPs that this probe already took are not taken again.

        Args:
            directions: `[m]`, in the order of the result.
            progress: see `Progress`.
        """
        with self._held() as forward:
            new = tuple(d for d in directions if d not in self._directions)
            if new:
                v = self.directions(new)
                g = torch.cat(list(self._vjp(v, progress)))  # [m', end, d_in]
                self._vjps = g if self._vjps is None else torch.cat([self._vjps, g])
                self._directions += new
            n, m = len(self.ids), len(directions)
            if len(self._directions) > _KEPT and self._vjps is not None:
                self._vjps = self._vjps[[self._directions.index(d) for d in directions]]
                self._directions = tuple(directions)
            gram = torch.zeros(n, m, m, dtype=torch.float32)
            signed = torch.zeros(n, m, dtype=torch.float32)
            if m:
                assert self._vjps is not None
                rows = [self._directions.index(d) for d in directions]
                x = forward.x[0]
                for start in range(0, self.at + 1, 256):
                    part = slice(start, min(start + 256, self.at + 1))
                    g = _wide(self._vjps[rows, part]).transpose(0, 1)  # [t, m, d_in]
                    gram[part] = (g @ g.mT).to("cpu", torch.float32)
                    signed[part] = (g @ _wide(x[part])[:, :, None])[..., 0].to("cpu", torch.float32)
            return GramBlock(tuple(directions), gram, signed)

    def directions(self, directions: Sequence[Direction]) -> Tensor:
        """`v` `[m, d]` of each direction, in float32 or the wider dtype of `y`."""
        forward = self.forward
        y = forward.y_leaf.detach()
        v = self.head_vjp(cotangents(directions, forward.z))
        for i, (kind, _) in enumerate(directions):
            if kind == "temperature":
                v[i] = y.to(v) / y.to(v).norm()
        return v

    @torch.inference_mode(False)
    @torch.enable_grad()
    def fisher(self, n_eigen: int, n_probes: int, *, seed: int = 0, progress: Progress | None = None) -> FisherBlock:
        """Fisher scores from the top `n_eigen` eigen-directions of `F` and `n_probes` Hutchinson probes of the rest.

        `F = F_r + L Lᵀ` and, for random signs `ω`, `E‖J_tᵀ L ω‖² = tr(J_tᵀ L Lᵀ J_t)` (Hutchinson 1990). Exact, with
        no probes, when `n_eigen + n_probes >= d`.
        """
        with self._held() as forward:
            d = forward.y.shape[0]
            exact = n_eigen + n_probes >= d or n_probes == 0
            r = d if n_eigen + n_probes >= d else n_eigen
            generator = torch.Generator().manual_seed(seed)
            # float64: where one token has nearly all the probability, F is what is left after a cancellation.
            p = torch.softmax(_wide(forward.z), -1)  # [V]
            values, vectors = top_eigenpairs(self._fisher_product(p), d, r, generator, forward.y)
            v = vectors * values.clamp(min=0).sqrt()  # [d, r]
            parts = [v.T]
            trace = float(values.sum())
            if not exact:
                signs = torch.randint(0, 2, (n_probes, len(p)), generator=generator).to(p) * 2 - 1
                root = p.sqrt()
                u = root * signs - p * (signs @ root)[:, None]
                rest = self.head_vjp(u).float()  # [n_probes, d], covariance F
                rest = rest - (rest @ vectors) @ vectors.T
                trace += float(rest.square().sum(-1).mean())
                parts.append(rest)
            squares = torch.zeros(len(self.ids), r + (0 if exact else n_probes), dtype=torch.float32)
            done = 0
            for g in self._vjp(torch.cat(parts), progress):
                squares[: self.at + 1, done : done + len(g)] = g.float().square().sum(-1).T.cpu()
                done += len(g)
            samples = squares[:, r:]
            zero = torch.zeros(len(self.ids), dtype=torch.float32)
            return FisherBlock(
                spectrum=squares[:, :r].contiguous(),
                remainder=zero if exact else samples.mean(-1),
                standard_error=zero if exact or n_probes < 2 else samples.std(-1) / n_probes**0.5,
                eigenvalues=values.float().cpu(),
                trace=trace,
                dimension=d,
                exact=r == d,
            )

    def head_vjp(self, u: Tensor) -> Tensor:
        """`Zᵀu` `[k, d]` for `u` `[k, V]`, through the model's own head; float32 or the wider dtype of `y`."""
        forward = self.forward
        wide = torch.promote_types(forward.y.dtype, torch.float32)
        if not len(u):
            return forward.y.new_zeros(0, forward.y.shape[0], dtype=wide)
        u, size = _unit_size(u)
        (v,) = torch.autograd.grad(forward.z, forward.y_leaf, u.to(forward.z), retain_graph=True, is_grads_batched=True)
        return v.to(wide) * size.to(wide)

    def _fisher_product(self, p: Tensor) -> Callable[[Tensor], Tensor]:
        """`w [d, k] -> F w [d, k]`, from products with the head alone."""
        forward = self.forward
        # Zᵀu is linear in u, so its own VJP is Z w: forward mode without a forward-mode rule for every head.
        u = torch.zeros_like(forward.z, requires_grad=True)
        (zu,) = torch.autograd.grad(forward.z, forward.y_leaf, u, create_graph=True)

        def product(w: Tensor) -> Tensor:
            (zw,) = torch.autograd.grad(zu, u, w.T.to(zu), retain_graph=True, is_grads_batched=True)
            zw = _wide(zw)
            weighted = p * (zw - (zw @ p)[:, None])
            return self.head_vjp(weighted).to(w.dtype).T

        return product

    def _vjp(self, v: Tensor, progress: Progress | None) -> Iterator[Tensor]:
        """`J_tᵀ v_i` in batches `[k, end, d_in]`, for the tokens up to the predicting position."""
        forward = self.forward
        end = self.at + 1
        rows = _ROWS.get(v.device.type, _ROWS_ON_ACCELERATOR)
        size = max(1, min(32, rows // max(1, len(self.ids)))) if forward.batchable else 1
        total = max(self.expected, self.n_vjps + len(v))
        start = 0
        while start < len(v):
            if progress:
                progress(self.n_vjps, total)
            batch, scale = _unit_size(v[start : start + size])
            try:
                g = _grad(forward, batch.to(forward.y.dtype))
            except RuntimeError as error:
                if len(batch) == 1 or isinstance(error, torch.OutOfMemoryError):
                    raise
                size = 1  # an operation of this architecture has no batching rule
                continue
            if not bool(torch.isfinite(g).all()):
                raise adapter.nonfinite("the backward pass", self.model)
            self.n_vjps += len(batch)
            start += len(batch)
            yield g[:, :end].to(scale) * scale[:, :, None]
        if progress:
            progress(self.n_vjps, total)


def top_eigenpairs(
    product: Callable[[Tensor], Tensor], d: int, r: int, generator: torch.Generator, like: Tensor
) -> tuple[Tensor, Tensor]:
    """The `r` largest eigenvalues `[r]` and eigenvectors `[d, r]` of a symmetric positive matrix given by products.

    Block Krylov with full reorthogonalisation and Rayleigh-Ritz (Musco and Musco 2015, arXiv 1504.05477), in float32
    on the device of `like`; a small or almost full problem is solved densely there.
    """
    if d <= _DENSE_BELOW or 3 * r >= d:
        matrix = product(torch.eye(d, device=like.device, dtype=torch.float32))
        values, vectors = torch.linalg.eigh(_wide(matrix + matrix.T) / 2)
        return values.flip(0)[:r].float(), vectors.flip(1)[:, :r].float()
    block = torch.linalg.qr(torch.randn(d, r + 8, generator=generator, dtype=torch.float32).to(like.device)).Q
    basis, images = block, product(block)
    while True:
        values, small = torch.linalg.eigh(_wide(basis.T @ images))
        values, small = values.flip(0)[:r].float(), small.flip(1)[:, :r].float()
        vectors = basis @ small
        residual = (images @ small - vectors * values).norm(dim=0).max()
        if bool(residual <= 1e-5 * values[0]) or basis.shape[1] + block.shape[1] > d:
            return values, vectors
        block = images[:, -block.shape[1] :]
        for _ in range(2):
            block = block - basis @ (basis.T @ block)
        block = torch.linalg.qr(block).Q
        block = torch.linalg.qr(block - basis @ (basis.T @ block)).Q
        basis, images = torch.cat([basis, block], 1), torch.cat([images, product(block)], 1)


def _grad(forward: adapter.Forward, v: Tensor) -> Tensor:
    """`[k, n, d_in]`."""
    if len(v) == 1:
        (g,) = torch.autograd.grad(forward.y, forward.x, v[0], retain_graph=True)
        return g
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There is a performance drop")
        (g,) = torch.autograd.grad(forward.y, forward.x, v, retain_graph=True, is_grads_batched=True)
    return g[:, 0]


def _unit_size(rows: Tensor) -> tuple[Tensor, Tensor]:
    """`rows` `[k, ·]` divided by powers of two `[k, 1]` near their largest entries, so that float16 can hold them."""
    largest = rows.abs().amax(-1, keepdim=True).clamp(min=torch.finfo(rows.dtype).tiny)
    size = torch.exp2(largest.log2().floor())
    return rows / size, size


def _wide(tensor: Tensor) -> Tensor:
    return tensor.detach().to(torch.float32 if tensor.device.type == "mps" else torch.float64)
