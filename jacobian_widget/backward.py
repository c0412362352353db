"""VJPs of one text: graphs shared between its positions, batches that fit, recovery when memory is full."""

from __future__ import annotations

import math
import threading
import time
import traceback
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from jacobian_widget import forward, memory
from jacobian_widget import model as adapter
from jacobian_widget.check import check
from jacobian_widget.forward import Graph, Head, Way
from jacobian_widget.untouched import ModelChangedError, refuse_changed, state_of

Progress = Callable[[int, int], None]
"""Called with the VJPs taken and the VJPs wanted, at every block of every pass; what it raises ends the computation."""

_ROWS_MOVED = {"cpu": 512}
_ROWS_MOVED_ON_ACCELERATOR = 16384
_WASTE = 2
"""A graph of a longer text is used as long as what it computes for the later tokens costs less than this many of its
VJPs: about what a forward pass of one's own costs."""


class Backward:
    """Backward passes from the final hidden states of `ids` to their input embeddings.

    The graphs of a model are shared where one text begins with the other, and kept while they fit into half of the
    memory that may be used. Where a graph was released, the forward pass runs again when it is asked for more.
    """

    def __init__(self, model: torch.nn.Module, ids: Sequence[int], *, max_memory: int | None = None) -> None:
        """Nothing is computed yet.

        Args:
            model: a causal LM of `transformers`.
            ids: `[n]` with BOS, up to the last predicting position.
            max_memory: bytes above the loaded model; None for 70 % of what is free.

        Raises:
            UnsupportedModelError, NonFiniteError: see `check.check`.
        """
        check(model, ids)
        self.model = model
        self.ids = tuple(ids)
        self.max_memory = max_memory
        self.n_vjps = 0
        self.n_forwards = 0
        self.expected = 0
        """VJPs that the caller is going to ask for, for the total that `progress` is told."""
        self.used = 0.0
        self.lock = threading.RLock()
        self.graph: Graph | None = None
        """The graph in use; None before the first pass and after it was released."""
        self._head: Head | None = None
        self._model_state: int | None = None
        self._full: set[Way] = set()  # memory was full in these ways

    def start(self, vjps: int, progress: Progress | None = None) -> tuple[Tensor, Head]:
        """`x` `[n, d_in]` and the head at the last position, on a graph for `vjps` VJPs.

        Raises:
            NonFiniteError: hidden states or logits hold NaN.
            TooLargeError: no way of computing it fits into memory.
        """
        with self._held(vjps, progress) as graph:
            n = len(self.ids)
            return graph.x.detach()[0, :n], self._head or forward.head_at(self.model, graph, [n - 1])

    def heads(self, positions: Sequence[int], progress: Progress | None = None) -> Head:
        """The head at `positions`.

        Raises:
            NonFiniteError, TooLargeError: see `start`.
        """
        with self._held(len(positions), progress) as graph:
            return forward.head_at(self.model, graph, positions)

    def vjps(self, v: Tensor, at: Sequence[int], progress: Progress | None = None) -> Iterator[Tensor]:
        """`J_tᵀ v_i` for each `v_i` at its own position, in batches `[k, n, d_in]` on the device of the embeddings.

        Args:
            v: `[m, d]`, float32 or wider.
            at: `[m]`, the position whose hidden state each `v_i` belongs to.
            progress: see `Progress`.

        Raises:
            NonFiniteError: NaN or infinity in a backward pass.
            TooLargeError: memory was full, and also with each block computed again.
        """
        start, size, alone = 0, 0, False
        total = max(self.expected, self.n_vjps + len(v))
        with self._held(len(v), progress):
            while start < len(v):
                if progress:
                    progress(self.n_vjps, total)
                assert self.graph is not None
                size = size or memory.batch(self.model, self.graph, len(v), self.max_memory)
                part, rows = v[start : start + size], list(at[start : start + size])
                try:
                    g = self._pass(self.graph, _spread(part, rows), sorted(set(rows)), progress, total)
                except (RuntimeError, MemoryError) as error:
                    size = self._smaller(error, self.graph, len(part))
                    alone = size == 1 and not memory.is_out_of_memory(error)
                else:
                    start += len(part)
                    if alone:
                        memory.unbatchable(self.model)
                    yield g
                    continue
                if size == 0:
                    self._recompute(progress)
            if progress:
                progress(self.n_vjps, total)

    def vjp_of_sum(self, v: Tensor, at: Sequence[int], progress: Progress | None = None) -> Tensor:
        """`Σ_i J_{t,i}ᵀ v_i` `[n, d_in]` for `v` `[r, d]` at the positions `at` `[r]`, ascending: one VJP.

        Raises:
            NonFiniteError, TooLargeError: see `vjps`.
        """
        with self._held(1, progress):
            while True:
                assert self.graph is not None
                try:
                    return self._pass(self.graph, v[None], list(at), progress, self.n_vjps + 1)[0]
                except (RuntimeError, MemoryError) as error:
                    self._smaller(error, self.graph, 1)
                self._recompute(progress)

    def responses(self, steps: Tensor, progress: Progress | None = None) -> Tensor:
        """How `y` at the last position answers to small steps of the embeddings along `steps` `[k, n, d_in]`: `[k, d]`.

        Finite differences, `k` forward passes without a graph: rough, and the length of an answer has no meaning.
        """
        with self._held(1, progress) as graph:
            n = len(self.ids)
            x, y = graph.x.detach()[:, :n], graph.y.detach()[n - 1]
            length = torch.finfo(x.dtype).eps ** 0.5 * x.float().norm()
            size = steps.flatten(1).float().norm(dim=1).clamp(min=torch.finfo(torch.float32).tiny)
            steps = steps * (length / size)[:, None, None]
            moved: list[Tensor] = []
            start, rows = 0, max(1, _ROWS_MOVED.get(x.device.type, _ROWS_MOVED_ON_ACCELERATOR) // n)
            while start < len(steps):
                part = steps[start : start + rows]
                try:
                    with graph.gate.asking(forward.telling(progress, self.n_vjps, self.expected)):
                        moved.append(forward.hidden(self.model, graph, x + part.to(x)))
                except (RuntimeError, MemoryError) as error:
                    if rows == 1 or graph.gate.raised or not memory.is_out_of_memory(error):
                        raise
                    rows //= 2
                else:
                    start += len(part)
            return (torch.cat(moved) - y).float()

    def same_model(self) -> None:
        """Make sure that the model is as it was when this was first asked.

        Raises:
            ModelChangedError: it is not.
        """
        if self._model_state is None:
            self._model_state = state_of(self.model)
        since = "since the computation of this result began"
        what = "what is asked for would mix two models. Compute the result again."
        refuse_changed(self.model, self._model_state, since, what)

    def release(self) -> None:
        """Drop the graph."""
        with self.lock:
            self.graph = None

    @contextmanager
    def told(self) -> Iterator[None]:
        """Where memory is full inside, a `TooLargeError` says what would fit; other errors may mean a changed model."""
        try:
            yield
        except (memory.TooLargeError, ModelChangedError):
            raise
        except (RuntimeError, MemoryError) as error:
            if not memory.is_out_of_memory(error):
                self.same_model()  # autograd refuses weights that changed since its forward pass
                raise
            raise self._too_large(error) from error

    @property
    def budget(self) -> float:
        """Bytes that graphs and VJPs may hold between computations."""
        return 0.5 * memory.allowed(self.model, self.max_memory)

    def _pass(self, graph: Graph, v: Tensor, rows: list[int], progress: Progress | None, total: int) -> Tensor:
        """`[k, n, d_in]` for the cotangents `v` `[k, r, d]` of the hidden states at `rows` `[r]`."""
        part, scale = unit_size(v.flatten(1))
        part = part.reshape(v.shape).to(graph.y.dtype)
        started = time.perf_counter()
        asking = graph.gate.asking(forward.telling(progress, self.n_vjps, total))
        with graph.lock, asking, forward.backward_of(self.model, graph):
            y = graph.y[rows[0] : rows[0] + 1] if len(rows) == 1 else graph.y[rows]
            if len(v) == 1:
                (g,) = torch.autograd.grad(y, graph.x, part[0], retain_graph=True)
            else:
                with warnings.catch_warnings():
                    warnings.filterwarnings("ignore", message="There is a performance drop")
                    (g,) = torch.autograd.grad(y, graph.x, part, retain_graph=True, is_grads_batched=True)
                g = g[:, 0]
        if not bool(torch.isfinite(g).all()):
            raise adapter.nonfinite("the backward pass", self.model)
        memory.took(self.model, len(graph), len(v), time.perf_counter() - started)
        self.n_vjps += len(v)
        return g[:, : len(self.ids)].to(scale.dtype) * scale[:, :, None].to(g.device)

    @contextmanager
    def _held(self, vjps: int, progress: Progress | None) -> Iterator[Graph]:
        """A graph for `vjps` VJPs, for one computation; the graphs that are too many are released after it."""
        with self.lock, self.told():
            self.used = time.monotonic()
            self.same_model()
            self.graph = self._find(vjps) or self._run(vjps, progress)
            yield self.graph
            self.same_model()
        _release(self, self.budget)

    def _find(self, vjps: int) -> Graph | None:
        """The shortest graph at hand that serves this text for no more than the price of a new one."""
        with _guard:
            others = _in_use.setdefault(self.model, weakref.WeakSet())
            others.add(self)
            graphs = [other.graph for other in others]
        n = len(self.ids)
        suited = [
            graph
            for graph in graphs
            if graph is not None
            and graph.model_state == self._model_state
            and graph.ids[:n] == self.ids
            and vjps * (len(graph) - n) <= _WASTE * len(graph)
        ]
        if suited and vjps > _WASTE and self._batched(vjps):
            suited = [graph for graph in suited if graph.way.batched]
        return min(suited, key=len, default=None)

    def _batched(self, vjps: int) -> bool:
        """Whether a new graph for `vjps` VJPs would be a batched one."""
        try:
            return any(way.batched for way in self._ways(vjps)[:1])
        except memory.TooLargeError:
            return False

    def _ways_making_room(self, vjps: int) -> list[Way]:
        """As `_ways`, without the graphs of other results where they stand in the way of the fastest."""
        try:
            ways = self._ways(vjps)
        except memory.TooLargeError:
            ways = []
        if not ways or ways[0].checkpointed:
            _release(self, 0)
            ways = self._ways(vjps)
        return ways

    def _ways(self, vjps: int) -> list[Way]:
        plans = memory.plans(self.model, self.ids, vjps, self.max_memory)
        return [plan.way for plan in plans if plan.way not in self._full]

    def _run(self, vjps: int, progress: Progress | None, ways: Sequence[Way] = ()) -> Graph:
        """A graph of one's own, in the first way that memory allows."""
        gate = forward.Gate()
        if not ways:
            ways = self._ways_making_room(vjps)
        for way in ways:
            try:
                with gate.asking(forward.telling(progress, self.n_vjps, self.expected)):
                    graph, head = forward.run(self.model, self.ids, len(self.ids) - 1, way=way, interrupt=gate)
            except Exception as error:
                if gate.raised or not memory.is_out_of_memory(error):
                    raise
                self._full.add(way)
                _release(self, 0)
                continue
            self.n_forwards += 1
            self._head = head
            return graph
        raise self._too_large()

    def _smaller(self, error: Exception, graph: Graph, size: int) -> int:
        """How many probes to try after a backward pass of `size` failed: 0 for one on a checkpointed graph."""
        if graph.gate.raised:
            raise error
        full = memory.is_out_of_memory(error)
        if size > 1:
            if not full:
                return 1  # an operation of this architecture has no batching rule
            _release(self, 0)
            return size // 2
        if not full:
            raise error
        if graph.way.checkpointed:
            raise self._too_large(error) from error
        return 0

    def _too_large(self, error: BaseException | None = None) -> memory.TooLargeError:
        self.release()
        traceback.clear_frames(error.__traceback__ if error else None)  # they hold what is too large
        return memory.TooLargeError(memory.too_large(self.model, self.ids, self.max_memory))

    def _recompute(self, progress: Progress | None) -> None:
        """Take a checkpointed graph instead. Not while an error is handled: its traceback holds the graph there was."""
        self._full |= {Way(batched=True), Way()}
        self.graph = None
        _release(self, 0)
        self.graph = self._run(1, progress, [Way(checkpointed=True)])


_in_use: weakref.WeakKeyDictionary[torch.nn.Module, weakref.WeakSet[Backward]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def unit_size(rows: Tensor) -> tuple[Tensor, Tensor]:
    """`rows` `[k, ·]` divided by powers of two `[k, 1]` near their largest entries, so that float16 can hold them."""
    largest = torch.linalg.vector_norm(rows, math.inf, -1, keepdim=True).clamp(min=torch.finfo(rows.dtype).tiny)
    size = torch.exp2(largest.log2().floor())
    return rows / size, size


def _spread(v: Tensor, at: Sequence[int]) -> Tensor:
    """`[k, r, d]` from `v` `[k, d]`: row `i` in the slot of its position `at[i]`, of the `r` that there are."""
    slots = {position: slot for slot, position in enumerate(sorted(set(at)))}
    spread = v.new_zeros(len(v), len(slots), v.shape[1])
    spread[torch.arange(len(v)), torch.tensor([slots[position] for position in at])] = v
    return spread


def _release(keeper: Backward, budget: float) -> None:
    """Release the graphs that were not used for longest, until the others and the keeper's fit into `budget` bytes."""
    model = keeper.model
    with _guard:
        holders = sorted(_in_use.get(model, ()), key=lambda holder: (holder is keeper, holder.used), reverse=True)
    kept: dict[int, float] = {}
    for i, holder in enumerate(holders):
        graph = holder.graph
        if graph is None:
            continue
        kept[id(graph)] = memory.graph_bytes(model, graph)
        # The keeper's stays in any case; one that is busy in another thread keeps its graph until it is done.
        if i > 0 and sum(kept.values()) > budget and holder.lock.acquire(blocking=False):
            try:
                holder.release()
            finally:
                holder.lock.release()
