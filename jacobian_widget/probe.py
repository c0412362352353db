"""One prediction: from probe directions to Gram matrices and to the Fisher trace, token by token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from jacobian_widget import fisher
from jacobian_widget.backward import Backward, Progress, unit_size
from jacobian_widget.fisher import FisherBlock
from jacobian_widget.forward import Head
from jacobian_widget.scopes import Direction, cotangents, wide

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
        self.x, self.head = self.backward.start(probes, progress)
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
        with self._lock, self.backward.told():
            new = tuple(d for d in directions if d not in self._directions)
            if new:
                self.backward.same_model()  # first: the head's graph holds the weights as well
                v = self.directions(new)
                g = torch.cat(list(self.vjps(v, progress)))  # [m', n, d_in]
                self._vjps = g if self._vjps is None else torch.cat([self._vjps, g])
                self._directions += new
            if not directions:
                n = len(self.ids)
                return GramBlock((), torch.zeros(n, 0, 0), torch.zeros(n, 0))
            assert self._vjps is not None
            if len(self._directions) > _KEPT or self._vjps.nbytes > self.backward.budget:
                self._vjps = self._vjps[[self._directions.index(d) for d in directions]]
                self._directions = tuple(directions)
            rows = [self._directions.index(d) for d in directions]
            return gram_block(directions, self._vjps, rows, self.x)

    def norms(self, v: Tensor, progress: Progress | None = None) -> Tensor:
        """`‖J_tᵀ v_i‖²` `[n, k]` float32 for any directions `v` `[k, d]`; the VJPs are not kept."""
        squares = torch.zeros(len(self.ids), len(v), dtype=torch.float32)
        done = 0
        for g in self.vjps(v, progress):
            squares[:, done : done + len(g)] = g.square().sum(-1).T.float().cpu()
            done += len(g)
        return squares

    def directions(self, directions: Sequence[Direction]) -> Tensor:
        """`v` `[m, d]` of each direction, in float32 or the wider dtype of `y`."""
        v = self.head_vjp(cotangents(directions, self.z))
        for i, (kind, _) in enumerate(directions):
            if kind == "temperature":
                v[i] = unit(self.y, v.dtype)
        return v

    def fisher(
        self,
        n_eigen: int = fisher.N_EIGEN,
        n_probes: int = fisher.N_PROBES,
        *,
        rtol: float | None = None,
        max_probes: int = fisher.MAX_PROBES,
        steer: bool = True,
        skip: int = 0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Iterator[FisherBlock]:
        """Fisher scores that grow more certain.

        Args:
            n_eigen: top eigen-directions.
            n_probes: see `fisher.estimate`.
            rtol: see `fisher.estimate`.
            max_probes: random directions at most.
            steer: whether to take the steered directions, at the price of as many forward passes.
            skip: tokens at the start (BOS) that do not count for `rtol`.
            seed: of the random directions.
            progress: see `Progress`.
        """
        with self._lock, self.backward.told(), torch.inference_mode(False), torch.enable_grad():
            self.backward.same_model()
            generator = torch.Generator().manual_seed(seed)
            # float64: where one token has nearly all the probability, F is what is left after a cancellation.
            p = torch.softmax(wide(self.z), -1)  # [V]
            root = p.sqrt()
            first: list[Tensor] = []

            def signed(k: int) -> Tensor:
                signs = torch.randint(0, 2, (k, len(p)), generator=generator).to(p) * 2 - 1
                return root * signs - p * (signs @ root)[:, None]  # [k, V]; Zᵀ gives it the covariance F

            # √p_i Zᵀ(e_i − p) of the likeliest tokens: F is the sum of the outer products of all.
            top = p.topk(min(fisher.BLOCK, len(p)))
            likeliest = -p.repeat(len(top.indices), 1)
            likeliest[torch.arange(len(likeliest)), top.indices] += 1
            likeliest *= top.values.sqrt()[:, None]
            # The head is read once for both.
            drawn = self.head_vjp(torch.cat([likeliest, signed(n_probes)]))
            start, ready = drawn[: len(likeliest)], drawn[len(likeliest) :]

            def sample(k: int) -> Tensor:
                nonlocal ready
                given, ready = ready[:k], ready[k:]
                return torch.cat([given, self.head_vjp(signed(k - len(given)))]).float()

            def squares(v: Tensor) -> Tensor:
                kept = 0 if first else fisher.N_STEERED
                parts = [torch.zeros(len(self.ids), 0)]
                for g in self.vjps(v, progress):
                    parts.append(g.square().sum(-1).T.float().cpu())
                    if kept > 0:
                        first.append(g[:kept].clone())  # not a view, which would hold the whole batch
                        kept -= len(g)
                return torch.cat(parts, 1)

            def respond(weights: Tensor, k: int) -> Tensor:
                g = torch.cat(first)[:k]
                return self.backward.responses(weights.to(g)[:, None] * g, progress)

            yield from fisher.estimate(
                self._fisher_product(p),
                sample,
                squares,
                len(self.y),
                len(self.ids),
                respond=respond if steer else None,
                start=start.T,
                n_eigen=n_eigen,
                n_probes=n_probes,
                rtol=rtol,
                max_probes=max_probes,
                skip=skip,
                seed=seed,
                device=self.y.device,
                check=None if progress is None else lambda: progress(self.n_vjps, self.backward.expected),
            )

    def head_vjp(self, u: Tensor) -> Tensor:
        """`Zᵀu` `[k, d]` for `u` `[k, V]`, through the model's own head; float32 or the wider dtype of `y`."""
        head = self.head
        dtype = torch.promote_types(head.y.dtype, torch.float32)
        if not len(u):
            return self.y.new_zeros(0, len(self.y), dtype=dtype)
        u, size = unit_size(u)
        (v,) = torch.autograd.grad(head.z, head.y, u[:, None].to(head.z), retain_graph=True, is_grads_batched=True)
        return v[:, 0].to(dtype) * size.to(v.device, dtype)

    def _fisher_product(self, p: Tensor) -> Callable[[Tensor], Tensor]:
        """`w [d, k] -> F w [d, k]`, from products with the head alone."""
        head = self.head
        # Zᵀu is linear in u, so its own VJP is Z w: forward mode without a forward-mode rule for every head.
        u = torch.zeros_like(head.z, requires_grad=True)
        (zu,) = torch.autograd.grad(head.z, head.y, u, create_graph=True)

        def product(w: Tensor) -> Tensor:
            # Contiguous: batched products of a transposed matrix copy the head for every column.
            w_rows = w.T.to(zu).contiguous()[:, None]
            (zw,) = torch.autograd.grad(zu, u, w_rows, retain_graph=True, is_grads_batched=True)
            zw = wide(zw)[:, 0]
            weighted = zw - (zw @ p)[:, None]
            weighted *= p
            return self.head_vjp(weighted).to(w.dtype).T

        return product

    def vjps(self, v: Tensor, progress: Progress | None = None) -> Iterator[Tensor]:
        """`J_tᵀ v_i` in batches `[k, n, d_in]`, for directions `v` `[m, d]`."""
        return self.backward.vjps(v, [len(self.ids) - 1] * len(v), progress)


def gram_block(directions: Sequence[Direction], vjps: Tensor, rows: Sequence[int], x: Tensor) -> GramBlock:
    """The inner products of the VJPs `rows` of `vjps` `[·, n, d_in]`, and theirs with `x` `[n, d_in]`.

    In float64 where the device has it, a part of the tokens at a time.
    """
    n, m = len(x), len(rows)
    gram = torch.zeros(n, m, m, dtype=torch.float32)
    signed = torch.zeros(n, m, dtype=torch.float32)
    for start in range(0, n, 256):
        part = slice(start, min(start + 256, n))
        g = wide(vjps[rows, part]).transpose(0, 1)  # [t, m, d_in]
        gram[part] = (g @ g.mT).to("cpu", torch.float32)
        signed[part] = (g @ wide(x[part])[:, :, None])[..., 0].to("cpu", torch.float32)
    return GramBlock(tuple(directions), gram, signed)


def unit(y: Tensor, dtype: torch.dtype) -> Tensor:
    """`ŷ = y / ‖y‖` `[d]`, the direction of the Temperature scope."""
    return torch.nn.functional.normalize(y.to(dtype), dim=-1, eps=0)


def rows_vjp(head: Head, u: Tensor) -> Tensor:
    """`Z_iᵀ u_i` `[k, d]` for `u` `[k, V]`, each row at its own position; float32 or the wider dtype of `y`."""
    dtype = torch.promote_types(head.y.dtype, torch.float32)
    u, size = unit_size(u)
    (v,) = torch.autograd.grad(head.z, head.y, u.to(head.z), retain_graph=True)
    return v.to(dtype) * size.to(v.device, dtype)
