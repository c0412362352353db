"""One prediction: from probe directions to Gram matrices and to the Fisher trace, token by token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from jacobian_widget.backward import Backward, Progress, unit_size
from jacobian_widget.scopes import Direction, cotangents

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


class Probe:
    """One prediction: its final hidden state, its logits, and the VJPs taken on it."""

    def __init__(
        self,
        model: torch.nn.Module,
        ids: Sequence[int],
        *,
        probes: int,
        max_memory: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Find or make the graph, and evaluate the head.

        Args:
            model: a causal LM of `transformers`.
            ids: `[n]` with BOS, up to the predicting position.
            probes: how many VJPs are to come first.
            max_memory: bytes above the loaded model; None for 70 % of what is free.
            progress: see `Progress`; for the forward pass.

        Raises:
            UnsupportedModelError, NonFiniteError: see `check.check`.
            TooLargeError: no way of computing it fits into memory.
        """
        self.backward = Backward(model, ids, max_memory=max_memory)
        self.ids = self.backward.ids
        self.x, self.head = self.backward.start(probes, len(ids) - 1, progress)
        self._lock = threading.RLock()
        self._vjps: Tensor | None = None  # [m, n, d_in], of the directions below
        self._directions: tuple[Direction, ...] = ()

    @property
    def n_vjps(self) -> int:
        """VJPs taken so far."""
        return self.backward.n_vjps

    @property
    def y(self) -> Tensor:
        """`[d]`, the final hidden state at the predicting position."""
        return self.head.y.detach()[0]

    @property
    def z(self) -> Tensor:
        """`[V]`, logits at the predicting position."""
        return self.head.z.detach()[0]

    @torch.inference_mode(False)
    @torch.enable_grad()
    def gram(self, directions: Sequence[Direction], progress: Progress | None = None) -> GramBlock:
        """Grams of `directions`; VJPs that this probe already took are not taken again.

        Args:
            directions: `[m]`, in the order of the result.
            progress: see `Progress`.
        """
        with self._lock:
            new = tuple(d for d in directions if d not in self._directions)
            if new:
                v = self.directions(new)
                g = torch.cat(list(self._vjp(v, progress)))  # [m', n, d_in]
                self._vjps = g if self._vjps is None else torch.cat([self._vjps, g])
                self._directions += new
            n, m = len(self.ids), len(directions)
            gram = torch.zeros(n, m, m, dtype=torch.float32)
            signed = torch.zeros(n, m, dtype=torch.float32)
            if m:
                assert self._vjps is not None
                if len(self._directions) > _KEPT or self._vjps.nbytes > self.backward.budget:
                    self._vjps = self._vjps[[self._directions.index(d) for d in directions]]
                    self._directions = tuple(directions)
                rows = [self._directions.index(d) for d in directions]
                for start in range(0, n, 256):
                    part = slice(start, min(start + 256, n))
                    g = _wide(self._vjps[rows, part]).transpose(0, 1)  # [t, m, d_in]
                    gram[part] = (g @ g.mT).to("cpu", torch.float32)
                    signed[part] = (g @ _wide(self.x[part])[:, :, None])[..., 0].to("cpu", torch.float32)
            return GramBlock(tuple(directions), gram, signed)

    def directions(self, directions: Sequence[Direction]) -> Tensor:
        """`v` `[m, d]` of each direction, in float32 or the wider dtype of `y`."""
        v = self.head_vjp(cotangents(directions, self.z))
        for i, (kind, _) in enumerate(directions):
            if kind == "temperature":
                v[i] = self.y.to(v) / self.y.to(v).norm()
        return v

    @torch.inference_mode(False)
    @torch.enable_grad()
    def fisher(self, n_eigen: int, n_probes: int, *, seed: int = 0, progress: Progress | None = None) -> FisherBlock:
        """Fisher scores from the top `n_eigen` eigen-directions of `F` and `n_probes` Hutchinson probes of the rest.

        `F = F_r + L Lᵀ` and, for random signs `ω`, `E‖J_tᵀ L ω‖² = tr(J_tᵀ L Lᵀ J_t)` (Hutchinson 1990). Exact, with
        no probes, when `n_eigen + n_probes >= d`.
        """
        with self._lock:
            d = len(self.y)
            exact = n_eigen + n_probes >= d or n_probes == 0
            r = d if n_eigen + n_probes >= d else n_eigen
            generator = torch.Generator().manual_seed(seed)
            # float64: where one token has nearly all the probability, F is what is left after a cancellation.
            p = torch.softmax(_wide(self.z), -1)  # [V]
            values, vectors = top_eigenpairs(self._fisher_product(p), d, r, generator, self.y)
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
                squares[:, done : done + len(g)] = g.float().square().sum(-1).T.cpu()
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
        head = self.head
        wide = torch.promote_types(head.y.dtype, torch.float32)
        if not len(u):
            return self.y.new_zeros(0, len(self.y), dtype=wide)
        u, size = unit_size(u)
        (v,) = torch.autograd.grad(head.z, head.y, u[:, None].to(head.z), retain_graph=True, is_grads_batched=True)
        return v[:, 0].to(wide) * size.to(wide)

    def _fisher_product(self, p: Tensor) -> Callable[[Tensor], Tensor]:
        """`w [d, k] -> F w [d, k]`, from products with the head alone."""
        head = self.head
        # Zᵀu is linear in u, so its own VJP is Z w: forward mode without a forward-mode rule for every head.
        u = torch.zeros_like(head.z, requires_grad=True)
        (zu,) = torch.autograd.grad(head.z, head.y, u, create_graph=True)

        def product(w: Tensor) -> Tensor:
            (zw,) = torch.autograd.grad(zu, u, w.T[:, None].to(zu), retain_graph=True, is_grads_batched=True)
            zw = _wide(zw)[:, 0]
            weighted = p * (zw - (zw @ p)[:, None])
            return self.head_vjp(weighted).to(w.dtype).T

        return product

    def _vjp(self, v: Tensor, progress: Progress | None) -> Iterator[Tensor]:
        return self.backward.vjps(v, [len(self.ids) - 1] * len(v), progress)


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


def _wide(tensor: Tensor) -> Tensor:
    return tensor.detach().to(torch.float32 if tensor.device.type == "mps" else torch.float64)
