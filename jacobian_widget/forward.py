"""One forward pass: the graph from input embeddings to final hidden states, and the head apart from it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.checkpoint import checkpoint as recomputed
from torch.utils.checkpoint import set_checkpoint_early_stop

from jacobian_widget import model as adapter
from jacobian_widget import quantised
from jacobian_widget.model import UnsupportedModelError, model_lock
from jacobian_widget.untouched import eager, forward_of, process_switch, state_of, undisturbed

Interrupt = Callable[[], None]
"""Called at every block of the model, forward and backward; what it raises ends the pass."""


@dataclass(frozen=True)
class Way:
    """How a forward pass keeps its graph."""

    batched: bool = False
    """Attention by plain matrix products, whose backward can be batched over probes. Fused attention has no batching
    rule for its backward (pytorch/pytorch#117016): torch takes the probes one by one there, which only pays on CUDA."""
    checkpointed: bool = False
    """Keep only the input of each block, and compute its inside again in every backward."""


@dataclass(frozen=True)
class Head:
    """The model from final hidden states to logits, with its own graph."""

    y: Tensor
    """`[k, d]`, inputs of the output-embedding module at `k` positions; leaves that require grad."""
    z: Tensor
    """`[k, V]`, logits with all that the model does after the matrix product; a function of `y`."""


class Gate:
    """Stands at every block, and holds nothing of the graph: the graph's own hooks hold it."""

    def __init__(self) -> None:
        self.interrupt: Interrupt | None = None
        self.raised = False
        """Whether `interrupt` ended the last pass. Not what it raised: a traceback would keep the graph alive."""

    def __call__(self, _: object = None) -> None:
        if self.interrupt is not None:
            try:
                self.interrupt()
            except BaseException:
                self.raised = True
                raise

    @contextmanager
    def asking(self, interrupt: Interrupt | None) -> Iterator[None]:
        """`interrupt` is called inside."""
        before, self.interrupt, self.raised = self.interrupt, interrupt, False
        try:
            yield
        finally:
            self.interrupt = before


def telling(progress: Callable[[int, int], None] | None, done: int, total: int) -> Interrupt | None:
    """`progress(done, total)` at every block."""
    return None if progress is None else lambda: progress(done, max(total, done))


class Graph:
    """The graph of one forward pass, from `x` to `y`. It serves every position of its tokens."""

    def __init__(self, ids: Sequence[int], x: Tensor, way: Way) -> None:
        self.ids = tuple(ids)
        self.way = way
        self.x = x
        """`[1, n, d_in]`, what the input embeddings returned; a leaf that requires grad."""
        self.y: Tensor = x
        """`[n, d]`, inputs of the output-embedding module; a function of `x`."""
        self.model_state = 0
        """`state_of` the model when the graph was made."""
        self.gate = Gate()
        self.lock = threading.RLock()
        self.body: Any = None
        """What `model.base_model` returned, cut to its first token and off the graph."""

    def __len__(self) -> int:
        return len(self.ids)


def run(
    model: torch.nn.Module,
    ids: Sequence[int],
    at: int,
    *,
    x: Tensor | None = None,
    way: Way | None = None,
    interrupt: Interrupt | None = None,
) -> tuple[Graph, Head]:
    """Run `model` once and keep the graph; the head is evaluated at one position.

    Args:
        model: a causal LM; it is left exactly as found (mode, `requires_grad`, hooks, device).
        ids: `[n]` token ids, BOS tokens included.
        at: index of the predicting position whose logits are wanted.
        x: `[n, d_in]`, embeddings in place of those of `ids`.
        way: what the graph keeps.
        interrupt: see `Interrupt`; only for this pass.

    Raises:
        UnsupportedModelError: the logits are not a function of input embeddings and of the final hidden state.
        NonFiniteError: hidden states or logits hold NaN.
    """
    way = way or Way()
    state = state_of(model)
    with model_lock(model), surroundings(model, way) as twin, ExitStack() as stack:
        tokens = torch.tensor([list(ids)], device=adapter.input_device(twin))
        own = adapter.input_embeddings(twin)(tokens)
        x = (own if x is None else x[None].to(own)).detach().requires_grad_()
        graph = Graph(ids, x, way)
        graph.model_state = state
        seen: list[Tensor] = []
        body = adapter.body(twin)
        stack.enter_context(graph.gate.asking(interrupt))
        stack.enter_context(watched(graph.gate, way, adapter.blocks(twin)))
        if adapter.offloaded(twin):
            # A block that stops where all is there again would not send its last weights back.
            stack.enter_context(process_switch)
            stack.enter_context(set_checkpoint_early_stop(enable=False))
        if body is not twin:
            body.register_forward_hook(_keep_first_row(graph))
        head = at_head(twin, lambda hidden: _rows(model, hidden, seen, len(ids), at))
        embedded = embedding(twin, x)
        logits = getattr(twin(input_ids=tokens, use_cache=False), "logits", None)
        z = _one_call(model, head, logits, 1)
        if not embedded:
            raise UnsupportedModelError(
                f"{type(model).__name__} does not hand its {len(ids)} token ids to its input embeddings as they are, "
                "so no score could be given to a token."
            )
        graph.y = seen[0]
    _finite(model, head[0], z)
    return graph, Head(head[0], z)


def hidden(model: torch.nn.Module, graph: Graph, x: Tensor) -> Tensor:
    """`[k, d]`, the final hidden states at the last position for embeddings `x` `[k, n, d_in]`, without a graph."""
    tokens = torch.tensor([graph.ids[: x.shape[1]]] * len(x), device=adapter.input_device(model))
    last: list[Tensor] = []

    def none(hidden: Tensor) -> Tensor:
        last.append(hidden[:, -1])
        return last[0][:0]  # no logits are wanted, and the head of a small model is a good part of it

    with model_lock(model), surroundings(model, Way()) as twin, torch.no_grad():
        at_head(twin, none)
        embedding(twin, x)
        with watched(graph.gate, Way(), adapter.blocks(twin)):
            twin(input_ids=tokens, use_cache=False)
    return last[0]


def head_at(model: torch.nn.Module, graph: Graph, positions: Sequence[int]) -> Head:
    """Logits at `positions`, without the blocks: everything after them runs on the hidden states of `graph`.

    Raises:
        NonFiniteError: hidden states or logits hold NaN.
    """
    y = graph.y.detach()[list(positions)].requires_grad_()
    first = torch.tensor([graph.ids[:1]], device=adapter.input_device(model))
    with model_lock(model), surroundings(model, Way()) as twin:
        head = at_head(twin, lambda _: y)
        if graph.body is not None:
            with forward_of(adapter.body(twin), lambda *_, **__: graph.body):
                logits = getattr(twin(input_ids=first, use_cache=False), "logits", None)
        if not head:  # no body apart from the head: a pass of one token
            logits = getattr(twin(input_ids=first, use_cache=False), "logits", None)
        z = _one_call(model, head, logits, len(positions))
    _finite(model, y, z)
    return Head(y, z)


@contextmanager
def surroundings(model: torch.nn.Module, way: Way) -> Iterator[Any]:
    """What a forward pass runs in.

    Yields the model's twin: hooks and forwards that a pass puts there are seen by nobody else.
    """
    with _switched(way), undisturbed(model) as twin:
        yield twin


@contextmanager
def _switched(way: Way) -> Iterator[None]:
    """Torch's switches of a pass; blocks that are computed again must find them as they were."""
    with torch.inference_mode(False), torch.enable_grad(), ExitStack() as stack:
        if way.batched:
            stack.enter_context(process_switch)
            stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        yield


@contextmanager
def backward_of(model: torch.nn.Module, graph: Graph) -> Iterator[None]:
    """What a backward pass of `graph` must run in: blocks that are computed again must find what they found before.

    Autograd would pass an accelerator's part to a thread of its own, and the gate would be passed there: beyond the
    reach of Ctrl-C, and where whoever is told of progress cannot tell that it is inside the computation.

    Raises:
        UnsupportedModelError: the weights were packed since.
    """
    quantised.refuse_packed(model)
    with ExitStack() as stack:
        if graph.way.checkpointed:
            stack.enter_context(model_lock(model))
            stack.enter_context(_switched(graph.way))
            stack.enter_context(eager(model))
        stack.enter_context(torch.autograd.set_multithreading_enabled(False))  # last: inference_mode sets it too
        yield


def embedding(twin: torch.nn.Module, x: Tensor, ids: Tensor | None = None) -> list[Tensor]:
    """From here on input embeddings return `x` `[k, n, d_in]` for `ids` `[k, n]`; gives what they would have returned.

    The model is given ids, not `inputs_embeds`: some models need the ids elsewhere too (embeddings of every layer,
    hashed n-grams, experts chosen by id), and then take `inputs_embeds` for another text or not at all. What depends
    on ids in such a way is held fixed.
    """
    replaced: list[Tensor] = []

    def hook(_: torch.nn.Module, args: tuple[Any, ...], output: Tensor) -> Tensor | None:
        if output.shape not in (x.shape, x.transpose(0, 1).shape):
            return None
        replaced.append(output)
        # Some put positions before the rows of the batch: of a square one the shape does not tell.
        turned = output.shape != x.shape
        if ids is not None and args and x.shape[0] == x.shape[1] and not torch.equal(args[0], ids):
            turned = torch.equal(args[0], ids.T)
        return (x.transpose(0, 1) if turned else x).clone()  # a copy, as some models scale it in place

    adapter.input_embeddings(twin).register_forward_hook(hook)
    return replaced


def at_head(twin: torch.nn.Module, replace: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """From here on `replace(hidden)` `[k, d]` is what the output embedding receives; gives what was put there."""
    put: list[Tensor] = []

    def hook(_: torch.nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        rows = replace(args[0])
        put.append(rows)
        return (rows[None], *args[1:])

    adapter.head(twin).register_forward_pre_hook(hook)
    return put


def _rows(model: torch.nn.Module, hidden: Tensor, seen: list[Tensor], n: int, at: int) -> Tensor:
    if hidden.dim() != 3 or hidden.shape[1] != n:
        raise UnsupportedModelError(
            f"{type(model).__name__}: the output embedding received a tensor of shape {tuple(hidden.shape)} "
            f"for {n} tokens; expected [1, {n}, d]."
        )
    seen.append(hidden[0])
    return hidden[0, at : at + 1].detach().requires_grad_()


def _one_call(model: torch.nn.Module, put: list[Tensor], logits: Tensor | None, rows: int) -> Tensor:
    if len(put) != 1 or logits is None or tuple(logits.shape[:2]) != (1, rows):
        raise UnsupportedModelError(
            f"{type(model).__name__} does not turn one final hidden state into one row of logits through its "
            f"output embedding (called {len(put)} times, logits {None if logits is None else tuple(logits.shape)})."
        )
    return logits[0]


def _finite(model: torch.nn.Module, y: Tensor, z: Tensor) -> None:
    # -inf is a legal logit: some models mask the padding of their vocabulary with it.
    if not bool(torch.isfinite(y).all()) or bool(torch.isnan(z).any() | (z == torch.inf).any()):
        raise adapter.nonfinite("the model's forward pass", model)


def _keep_first_row(graph: Graph) -> Callable[..., None]:
    """A hook that remembers the body's output, cut to one token and off the graph, for `head_at`."""

    def hook(_: torch.nn.Module, __: object, output: Any) -> None:
        if isinstance(output, tuple) and output and isinstance(output[0], Tensor):
            graph.body = (output[0][:, :1].detach(), *(None for _ in output[1:]))
        elif isinstance(getattr(output, "last_hidden_state", None), Tensor):
            kept = copy.copy(output)
            for name in list(kept):
                kept[name] = output[name][:, :1].detach() if name == "last_hidden_state" else None
            graph.body = kept

    return hook


@contextmanager
def watched(gate: Gate, way: Way, blocks: Sequence[torch.nn.Module]) -> Iterator[None]:
    """Each block passes the gate, forward and backward; checkpointed if that is the way."""

    def guarded(forward: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            gate()
            if way.checkpointed:
                output = recomputed(forward, *args, use_reentrant=False, preserve_rng_state=False, **kwargs)
            else:
                output = forward(*args, **kwargs)
            hidden = output[0] if isinstance(output, tuple) and output else output
            if isinstance(hidden, Tensor) and hidden.requires_grad:
                hidden.register_hook(gate)  # type: ignore[no-untyped-call]
            return output

        return call

    with ExitStack() as stack:
        for block in blocks:
            stack.enter_context(forward_of(block, guarded(block.forward)))
        yield
