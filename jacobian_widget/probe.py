"""One forward and batched VJPs: from probe directions to Gram matrices and to the Fisher trace, token by token."""

from __future__ import annotations

import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from jacobian_widget import forward, memory
from jacobian_widget import model as adapter
from jacobian_widget.check import check
from jacobian_widget.forward import Graph, Head
from jacobian_widget.scopes import Direction, cotangents

Progress = Callable[[int, int], None]
"""Called with the VJPs taken and the VJPs wanted, at every block of every pass; what it raises ends the computation."""

_DENSE_BELOW = 256
_KEPT = 96
"""VJPs kept for later Grams; with more, only those of the newest question stay."""
_WASTE = 2
"""A graph of a longer text is used as long as what it computes for the later tokens is less than this many VJPs: about
what a forward pass of one's own costs."""


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


_probes: weakref.WeakKeyDictionary[torch.nn.Module, weakref.WeakSet[Probe]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


class Probe:
    """One prediction: the graph that leads to it, and the VJPs taken on it.

    The graphs of a model's probes are shared where one text begins with the other, and kept while they fit into half
    of the memory that may be used; a probe whose graph was released runs its forward pass again if asked for more.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        ids: Sequence[int],
        at: int,
        *,
        probes: int,
        max_memory: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Find or make the graph, and evaluate the head.

        Args:
            model: a causal LM of `transformers`.
            ids: `[n]` with BOS, up to the predicting position or further.
            at: index of the predicting position.
            probes: how many VJPs are to come first.
            max_memory: bytes above the loaded model; None for 70 % of what is free.
            progress: see `Progress`; for the forward pass.

        Raises:
            UnsupportedModelError, NonFiniteError: see `check.check`.
            TooLargeError: no way of computing it fits into memory.
        """
        self.model = model
        self.ids = tuple(ids)
        self.at = at
        self.max_memory = max_memory
        self.n_vjps = 0
        self.n_forwards = 0
        self.expected = 0
        """VJPs that the caller is going to ask for, for the total that `progress` is told."""
        self.used = 0.0
        self.lock = threading.RLock()
        self._graph: Graph | None = None
        self._head: Head | None = None
        self._vjps: Tensor | None = None  # [m, end, d_in], of the directions below
        self._directions: tuple[Direction, ...] = ()
        check(model, self.ids)
        with self._held(probes, progress) as graph:
            self.x = graph.x.detach()[0, : at + 1]  # [end, d_in]
            if self._head is None:
                self._head = forward.head_at(model, graph, [at])

    @property
    def graph(self) -> Graph | None:
        """The graph in use; None after it was released."""
        return self._graph

    @property
    def y(self) -> Tensor:
        """`[d]`, the final hidden state at the predicting position."""
        assert self._head is not None
        return self._head.y.detach()[0]

    @property
    def z(self) -> Tensor:
        """`[V]`, logits at the predicting position."""
        assert self._head is not None
        return self._head.z.detach()[0]

    def release(self) -> None:
        """Drop the graph and the VJPs kept for later directions."""
        with self.lock:
            self._graph = self._vjps = None
            self._directions = ()

    @contextmanager
    def _held(self, vjps: int, progress: Progress | None) -> Iterator[Graph]:
        """A graph for `vjps` VJPs, for one computation; the graphs that are too many are released after it."""
        with self.lock:
            self.used = time.monotonic()
            self._graph = self._find(vjps) or self._run(vjps, progress)
            yield self._graph
        _release(self.model, self._budget)

    def _find(self, vjps: int) -> Graph | None:
        """The shortest graph at hand that serves this prediction for no more than the price of a new one."""
        need = self.ids[: self.at + 1]
        with _guard:
            others = _probes.setdefault(self.model, weakref.WeakSet())
            others.add(self)
            graphs = [probe.graph for probe in others]
        batched = vjps > _WASTE and self._ways(vjps)[0].batched
        suited = (
            graph
            for graph in graphs
            if graph is not None
            and graph.ids[: len(need)] == need
            and vjps * (len(graph) - len(need)) <= _WASTE * len(graph)
            and graph.way.batched >= batched
        )
        return min(suited, key=len, default=None)

    def _ways(self, vjps: int) -> list[forward.Way]:
        need = self.ids[: self.at + 1]
        return [plan.way for plan in memory.plans(self.model, need, vjps, self.max_memory)]

    def _run(self, vjps: int, progress: Progress | None, ways: Sequence[forward.Way] = ()) -> Graph:
        """A graph of one's own, in the first way that memory allows."""
        need = self.ids[: self.at + 1]
        for way in ways or self._ways(vjps):
            try:
                graph, head = forward.run(
                    self.model, need, self.at, way=way, interrupt=_asking(progress, self.n_vjps, self.expected)
                )
            except Exception as error:
                if not memory.is_out_of_memory(error):
                    raise
                _release(self.model, 0)
                continue
            self.n_forwards += 1
            self._head = self._head or head
            return graph
        raise memory.TooLargeError(memory.too_large(self.model, need, self.max_memory))

    @property
    def _budget(self) -> float:
        return 0.5 * memory.allowed(adapter.input_device(self.model), self.max_memory)

    @torch.inference_mode(False)
    @torch.enable_grad()
    def gram(self, directions: Sequence[Direction], progress: Progress | None = None) -> GramBlock:
        """Grams of `directions`; VJPs that this probe already took are not taken again.

        Args:
            directions: `[m]`, in the order of the result.
            progress: see `Progress`.
        """
        with self.lock:
            new = tuple(d for d in directions if d not in self._directions)
            if new:
                v = self.directions(new)
                g = torch.cat(list(self._vjp(v, progress)))  # [m', end, d_in]
                self._vjps = g if self._vjps is None else torch.cat([self._vjps, g])
                self._directions += new
            n, m = len(self.ids), len(directions)
            gram = torch.zeros(n, m, m, dtype=torch.float32)
            signed = torch.zeros(n, m, dtype=torch.float32)
            if m:
                assert self._vjps is not None
                if len(self._directions) > _KEPT or self._vjps.nbytes > self._budget:
                    self._vjps = self._vjps[[self._directions.index(d) for d in directions]]
                    self._directions = tuple(directions)
                rows = [self._directions.index(d) for d in directions]
                for start in range(0, self.at + 1, 256):
                    part = slice(start, min(start + 256, self.at + 1))
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
        with self.lock:
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
        head = self._head
        assert head is not None
        wide = torch.promote_types(head.y.dtype, torch.float32)
        if not len(u):
            return self.y.new_zeros(0, len(self.y), dtype=wide)
        u, size = _unit_size(u)
        (v,) = torch.autograd.grad(head.z, head.y, u[:, None].to(head.z), retain_graph=True, is_grads_batched=True)
        return v[:, 0].to(wide) * size.to(wide)

    def _fisher_product(self, p: Tensor) -> Callable[[Tensor], Tensor]:
        """`w [d, k] -> F w [d, k]`, from products with the head alone."""
        head = self._head
        assert head is not None
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
        """`J_tᵀ v_i` in batches `[k, end, d_in]`, for the tokens up to the predicting position."""
        end, start, size = self.at + 1, 0, 0
        total = max(self.expected, self.n_vjps + len(v))
        with self._held(len(v), progress):
            while start < len(v):
                if progress:
                    progress(self.n_vjps, total)
                assert self._graph is not None
                graph = self._graph
                size = size or memory.batch(self.model, graph, len(v), self.max_memory)
                part, scale = _unit_size(v[start : start + size])
                started = time.perf_counter()
                asking = graph.gate.asking(_asking(progress, self.n_vjps, total))
                try:
                    with graph.lock, asking, forward.backward_of(self.model, graph):
                        g = _grad(graph, self.at, part.to(graph.y.dtype))
                except RuntimeError as error:
                    if graph.gate.raised is error:
                        raise
                    self._recover(error, graph, len(part), progress)
                    size = 1
                    continue
                if not bool(torch.isfinite(g).all()):
                    raise adapter.nonfinite("the backward pass", self.model)
                memory.took(self.model, len(graph), len(part), time.perf_counter() - started)
                self.n_vjps += len(part)
                start += len(part)
                yield g[:, :end].to(scale) * scale[:, :, None]
            if progress:
                progress(self.n_vjps, total)

    def _recover(self, error: RuntimeError, graph: Graph, size: int, progress: Progress | None) -> None:
        """After a failed backward pass of `size` probes: room for smaller ones, or the error."""
        full = memory.is_out_of_memory(error)
        if size > 1:
            if full:
                _release(self.model, 0)
            return  # else an operation of this architecture has no batching rule
        if not full:
            raise error
        if graph.way.checkpointed:
            raise memory.TooLargeError(memory.too_large(self.model, self.ids, self.max_memory)) from error
        self._graph = None
        _release(self.model, 0)
        self._graph = self._run(1, progress, [forward.Way(checkpointed=True)])


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


def _asking(progress: Progress | None, done: int, total: int) -> forward.Interrupt | None:
    return None if progress is None else lambda: progress(done, max(total, done))


def _release(model: torch.nn.Module, budget: float) -> None:
    """Release the graphs that were not used for longest, until the others fit into `budget` bytes."""
    with _guard:
        probes = sorted(_probes.get(model, ()), key=lambda probe: probe.used, reverse=True)
    kept: dict[int, float] = {}
    for i, probe in enumerate(probes):
        graph = probe.graph
        if graph is None:
            continue
        kept[id(graph)] = memory.graph_bytes(model, graph)
        # The newest stays in any case; one that is busy in another thread keeps its graph until it is done.
        if i > 0 and sum(kept.values()) > budget and probe.lock.acquire(blocking=False):
            try:
                probe.release()
            finally:
                probe.lock.release()


def _grad(graph: Graph, at: int, v: Tensor) -> Tensor:
    """`[k, n, d_in]`."""
    y = graph.y[at]
    if len(v) == 1:
        (g,) = torch.autograd.grad(y, graph.x, v[0], retain_graph=True)
        return g
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There is a performance drop")
        (g,) = torch.autograd.grad(y, graph.x, v, retain_graph=True, is_grads_batched=True)
    return g[:, 0]


def _unit_size(rows: Tensor) -> tuple[Tensor, Tensor]:
    """`rows` `[k, ·]` divided by powers of two `[k, 1]` near their largest entries, so that float16 can hold them."""
    largest = rows.abs().amax(-1, keepdim=True).clamp(min=torch.finfo(rows.dtype).tiny)
    size = torch.exp2(largest.log2().floor())
    return rows / size, size


def _wide(tensor: Tensor) -> Tensor:
    return tensor.detach().to(torch.float32 if tensor.device.type == "mps" else torch.float64)
