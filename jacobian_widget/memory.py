"""What a computation will take in bytes and seconds, measured on a few tokens, and the way that fits."""

from __future__ import annotations

import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import torch
from torch import Tensor

from jacobian_widget import forward, quantised
from jacobian_widget import model as adapter
from jacobian_widget.forward import Graph, Way

_SAMPLE = 48
_ROWS = {"cpu": 1200}
_ROWS_ON_ACCELERATOR = 32768
_BATCH = 32
_BATCH_ON_ACCELERATOR = 64
_HEAD_COPIES = 256
"""Rows of logits that are there at once while eigen-directions are searched: 64 columns in a few forms."""
_BATCH_RECOMPUTED = 8
_BATCH_RECOMPUTED_ON_ACCELERATOR = 32
_PRODUCTS_UP_TO = 128
"""Tokens up to which attention by matrix products is the faster way on CUDA."""
_SHARE_OF_FREE = 0.7
_VJP_OF_FORWARD = 0.75
"""A VJP's time as a share of the forward pass that saves for it, few tokens on a CPU: it finds the memory there."""
_ATTENTION_BACKWARD = 4
"""A VJP's time in fused attention as a multiple of the forward pass's: five products for two, less well fused."""
_ROWS_TIMED = 128
_FULL = ("allocate memory", "out of memory", "_ALLOC_FAILED")
"""In the messages of the allocators and the libraries that have no error type of their own for it."""
_WAYS = (Way(batched=True), Way(), Way(checkpointed=True))


class TooLargeError(MemoryError):
    """The computation does not fit into memory in any way; the message says what would."""


@dataclass(frozen=True)
class Plan:
    """One way to do a computation, and what it is expected to take."""

    way: Way
    graph: int
    """Bytes that the graph holds until it is released."""
    working: int
    """Further bytes while a batch of probes is on its way."""
    seconds: float
    """For the forward pass and all VJPs."""

    @property
    def bytes(self) -> int:
        """Peak above the loaded model."""
        return self.graph + self.working


@dataclass
class _Cost:
    """A model's appetite. Graph bytes are `linear[way]·n + quadratic[way]·n²`."""

    linear: dict[Way, float]
    quadratic: dict[Way, float]
    blocks: int
    row: int
    """Bytes of one hidden state."""
    growth: float
    """Arithmetic of attention relative to that of the weights in a forward pass, per token."""
    call: float
    """Seconds that a pass takes at least: on accelerators, short ones are as long as it takes to ask for them."""
    seconds: float
    """Further ones per token and VJP, where attention costs nothing."""
    vjp_row: int
    """Bytes of one token's VJP."""
    logits: int
    """Bytes of one row of logits in float64."""
    unpacked: int
    """Bytes of weights that are dequantised for each call; a graph keeps them all."""
    shares: dict[torch.device, float]
    """Where a graph lies: the share of its bytes on each device."""
    place: tuple[torch.device, torch.dtype]
    """Of the embeddings when all this was measured."""
    alone: bool = False
    """Whether probes must be taken one by one: an operation has no batching rule and no replacement for one."""

    @property
    def device(self) -> torch.device:
        """Where most of a graph lies."""
        return max(self.shares, key=self.shares.__getitem__)

    def graph(self, way: Way, n: int) -> float:
        plain = Way(batched=way.batched)
        whole = self.linear[plain] * n + self.quadratic[plain] * n * n + self.unpacked
        return self.blocks * self.row * n + whole / self.blocks if way.checkpointed else whole

    def working(self, way: Way, n: int) -> float:
        plain = Way(batched=way.batched)
        return 1.5 * (self.linear[plain] * n + self.quadratic[plain] * n * n) / self.blocks + 2 * self.row * n

    def around(self, n: int, vjps: int) -> float:
        """Bytes beside the passes: VJPs kept for Grams, twice while they are joined, and products with the head."""
        return 2 * vjps * n * self.vjp_row + min(4 * vjps, _HEAD_COPIES) * self.logits

    def work(self, n: int, vjps: int, forwards: int = 0) -> float:
        """In tokens of one VJP in which attention costs nothing."""
        return n * (vjps * (1 + _ATTENTION_BACKWARD * self.growth * n) + forwards * (1 + self.growth * n))

    def time(self, n: int, vjps: int, size: int, *, recomputed: bool) -> float:
        batches = -(-vjps // size)
        forwards = 1 + (batches if recomputed else 0)
        return self.call * (forwards + batches) + self.seconds * self.work(n, vjps, forwards)


_costs: weakref.WeakKeyDictionary[torch.nn.Module, _Cost] = weakref.WeakKeyDictionary()


def plans(model: torch.nn.Module, ids: Sequence[int], vjps: int, max_memory: int | None = None) -> Iterator[Plan]:
    """The ways to take `vjps` VJPs of the text `ids` that fit into memory, the fastest first.

    Args:
        model: a causal LM that passed `check.check`.
        ids: `[n]`.
        vjps: how many probes there will be.
        max_memory: bytes above the loaded model; None for 70 % of what is free.

    Raises:
        TooLargeError: none fits; the message says how many tokens would.
    """
    n, cost = len(ids), _cost(model, ids)
    limit = allowed(model, max_memory)
    found, away = False, adapter.offloaded(model)
    ways: Sequence[Way] = _WAYS
    if cost.device.type == "cuda" and n > _PRODUCTS_UP_TO:
        ways = sorted(_WAYS, key=lambda way: (way.checkpointed, way.batched))
    for way in ways:
        if (way.batched and _batch(cost, Way(batched=True), n, vjps, limit) == 1) or (away and not way.checkpointed):
            continue
        graph, each, around = cost.graph(way, n), cost.working(way, n), cost.around(n, vjps)
        if graph + each + around <= limit:
            found = True
            size = _batch(cost, way, n, vjps, limit)
            seconds = cost.time(n, vjps, size, recomputed=way.checkpointed)
            yield Plan(way, int(graph), int(each * size + around), seconds)
    if not found:
        raise TooLargeError(too_large(model, ids, max_memory))


def batch(model: torch.nn.Module, graph: Graph, vjps: int, max_memory: int | None = None) -> int:
    """How many of `vjps` probes go into one backward pass of `graph`."""
    n, cost = len(graph), _cost(model, graph.ids)
    limit = allowed(model, max_memory)
    if max_memory is None:
        limit += cost.graph(graph.way, n)  # it is there already
    return _batch(cost, graph.way, n, vjps, limit)


def too_large(model: torch.nn.Module, ids: Sequence[int], max_memory: int | None = None) -> str:
    """What to say when nothing fits: how much is needed, how much there is, how many tokens would fit."""
    n, cost = len(ids), _cost(model, ids)
    limit = allowed(model, max_memory)

    def needs(k: int) -> float:
        return cost.graph(_WAYS[-1], k) + cost.working(_WAYS[-1], k) + cost.around(k, 1)

    places = " and ".join(str(device) for device in cost.shares)
    fits = next((k for k in range(n - 1, 0, -max(1, n // 64)) if needs(k) <= limit), 0)
    return (
        f"{n} tokens of {adapter.model_name(model)} need about {gib(needs(n))} even when every block is computed again "
        f"for each backward pass; {gib(limit)} may be used on {places}. About {fits} tokens would fit: shorten the "
        "text, free memory, or give max_memory=… in bytes."
    )


def graph_bytes(model: torch.nn.Module, graph: Graph) -> float:
    """What `graph` holds, by estimate."""
    return _cost(model, graph.ids).graph(graph.way, len(graph))


def free(device: torch.device) -> int:
    """Bytes that can still be allocated on `device`."""
    if device.type == "cuda":
        available, whole = torch.cuda.mem_get_info(device)
        reserved = torch.cuda.memory_reserved(device)
        fraction = getattr(torch.cuda, "get_per_process_memory_fraction", None)  # older torch does not tell
        if fraction is not None:
            available = min(available, int(fraction(device) * whole) - reserved)
        return max(0, available) + reserved - int(torch.cuda.memory_allocated(device))
    available = int(psutil.virtual_memory().available)
    limit, used = (_number(Path("/sys/fs/cgroup") / name) for name in ("memory.max", "memory.current"))
    return available if limit is None or used is None else min(available, max(0, limit - used))


def took(model: torch.nn.Module, n: int, vjps: int, seconds: float) -> None:
    """Note how long `vjps` VJPs of `n` tokens really took, for the next estimate."""
    cost = _costs.get(model)
    if cost is None:
        return
    work = cost.work(n, vjps)
    if cost.call > cost.seconds * work:
        cost.call = 0.5 * cost.call + 0.5 * max(0.0, seconds - cost.seconds * work)
    else:
        cost.seconds = 0.5 * cost.seconds + 0.5 * max(0.0, seconds - cost.call) / work


def unbatchable(model: torch.nn.Module) -> None:
    """Note that a batch of probes failed in a backward pass of `model` where one alone did not."""
    cost = _costs.get(model)
    if cost is not None:
        cost.alone = True


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` is how torch says that memory is full, on an accelerator or on the CPU."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or (
        isinstance(error, RuntimeError) and any(text in str(error) for text in _FULL)
    )


def gib(count: float) -> str:
    """`count` bytes, for people."""
    return f"{count / 2**30:.1f} GiB" if count >= 2**29 else f"{max(1, round(count / 2**20))} MiB"


def allowed(model: torch.nn.Module, max_memory: int | None = None) -> float:
    """Bytes that graphs of `model` may take: `max_memory`, or as many as leave 30 % of what is free on each device."""
    if max_memory is not None:
        return max_memory
    cost = _costs.get(model)
    shares = {adapter.input_device(model): 1.0} if cost is None else cost.shares
    return min(_SHARE_OF_FREE * free(device) / share for device, share in shares.items())


def _batch(cost: _Cost, way: Way, n: int, vjps: int, limit: float) -> int:
    kind = cost.device.type
    if cost.alone:
        most = 1
    elif way.checkpointed:  # the blocks are computed again once for all of them
        most = _BATCH_RECOMPUTED if kind == "cpu" else _BATCH_RECOMPUTED_ON_ACCELERATOR
    elif way.batched or kind == "cuda":
        rows = _ROWS.get(kind, _ROWS_ON_ACCELERATOR) // n
        most = max(1, min(rows, _BATCH if kind == "cpu" else _BATCH_ON_ACCELERATOR))
    else:
        most = 1
    return int(max(1, min(most, vjps, (limit - cost.graph(way, n) - cost.around(n, vjps)) / cost.working(way, n))))


def _cost(model: torch.nn.Module, ids: Sequence[int]) -> _Cost:
    with adapter.model_lock(model):
        cost = _costs.get(model)
        if cost is None or cost.place != _place(model):
            cost = _costs[model] = _measure(model, ids)
        return cost


def _place(model: torch.nn.Module) -> tuple[torch.device, torch.dtype]:
    return adapter.input_device(model), adapter.input_embeddings(model).weight.dtype


def _measure(model: torch.nn.Module, ids: Sequence[int]) -> _Cost:
    """Two short passes of each kind, counted by what autograd saves."""
    longest = min(_SAMPLE, adapter.context_limit(model) or _SAMPLE)
    lengths = (max(1, longest // 3), longest)
    call, seconds = 0.0, float("inf")
    linear, quadratic = {}, {}
    for way in (Way(), Way(batched=True)):
        each = []
        for n in lengths:
            sample = (list(ids) * (n // len(ids) + 1))[:n]
            started = time.perf_counter()
            graph, saved = _saved(model, partial(_graph, model, sample, way))
            each.append(sum(saved.values()) / n)
            if n == longest:
                seconds = min(seconds, _VJP_OF_FORWARD * (time.perf_counter() - started) / n)
        quadratic[way] = max(0.0, (each[1] - each[0]) / max(1, lengths[1] - lengths[0]))
        linear[way] = max(0.0, each[1] - quadratic[way] * longest)
    if all(device.type != "cpu" for device in saved):
        call, seconds = _pace(model, graph)
    blocks, width = len(adapter.blocks(model)), graph.y.shape[1]
    weights = sum(p.numel() for p in model.parameters())
    row = width * graph.y.element_size()
    unpacked = sum(p.numel() for p in model.parameters() if quantised.is_packed(p)) * graph.y.element_size()
    return _Cost(
        linear=linear,
        quadratic=quadratic,
        blocks=max(1, blocks),
        row=row,
        growth=blocks * width / max(1, weights),
        call=call,
        seconds=seconds,
        vjp_row=graph.x.shape[-1] * max(4, graph.x.element_size()),
        logits=8 * adapter.target_count(model),
        unpacked=unpacked,
        shares={device: count / sum(saved.values()) for device, count in saved.items() if count}
        or {graph.x.device: 1.0},
        place=_place(model),
    )


def _pace(model: torch.nn.Module, graph: Graph) -> tuple[float, float]:
    """Seconds of a pass over however few tokens, and the further ones for each token."""
    x = graph.x.detach()

    def seconds(rows: int) -> float:
        started = time.perf_counter()
        float(forward.hidden(model, graph, x.expand(rows, -1, -1)).sum())  # waits for the result
        return time.perf_counter() - started

    few = min(seconds(1) for _ in range(3))
    rows = 8
    while (many := min(seconds(rows) for _ in range(2))) < 2 * few and rows < _ROWS_TIMED:
        rows *= 2
    return 2 * few, many / (rows * len(graph))  # a backward pass asks for twice as much


def _graph(model: torch.nn.Module, ids: Sequence[int], way: Way) -> Graph:
    graph, _ = forward.run(model, ids, 0, way=way)
    return graph


def _saved(model: torch.nn.Module, run: Callable[[], Graph]) -> tuple[Graph, Counter[torch.device]]:
    """`run()`, and the bytes that autograd saved meanwhile on each device: parameters left out, each storage once."""
    weights = (*model.parameters(), *model.buffers())
    own = {w.untyped_storage().data_ptr() for w in weights if not quantised.is_packed(w)}
    unpacked = {shape for w in weights if quantised.is_packed(w) for shape in (tuple(w.shape), tuple(w.shape)[::-1])}
    sizes: dict[tuple[torch.device, int], int] = {}

    def pack(tensor: Tensor) -> Tensor | None:
        # No backward follows, and weights that were brought in or dequantised for a call are not to stay.
        if isinstance(tensor, torch.nn.Parameter) or isinstance(tensor._base, torch.nn.Parameter):  # noqa: SLF001
            return None
        if quantised.is_packed(tensor) or tuple(tensor.shape) in unpacked:
            return None
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            sizes[tensor.device, storage.data_ptr()] = storage.nbytes()
        # Held, so that no other storage gets its address; off the graph, as an operation that keeps its own output
        # would hold itself, and the whole graph with it, for ever.
        return tensor.detach()

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        graph = run()
    saved: Counter[torch.device] = Counter()
    for (device, _), size in sizes.items():
        saved[device] += size
    return graph, saved


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
