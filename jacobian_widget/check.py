"""The self-check, once per model: our logits are the model's own, our gradients their slopes, no later token counts."""

from __future__ import annotations

import statistics
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from jacobian_widget import forward, memory, quantised
from jacobian_widget import model as adapter
from jacobian_widget.forward import Graph, Head, Way
from jacobian_widget.graph_exits import leaves_graph
from jacobian_widget.model import NonFiniteError, UnsupportedModelError
from jacobian_widget.untouched import undisturbed

_STEPS = (0.1, 0.03, 0.01, 0.003, 0.001, 0.0003)
"""How far embeddings are moved to measure a slope, as a share of their own length."""
_MIXTURES = 4
_LOGIT_ERROR = 1e-4
_SLOPE_ERROR = 0.02
"""Both are allowed to be larger where numbers are coarser than float32, see `_resolution`."""

_checked: weakref.WeakSet[torch.nn.Module] = weakref.WeakSet()


def check(model: torch.nn.Module, ids: Sequence[int]) -> None:
    """Refuse a model whose scores would be wrong, on a few of `ids`.

    Raises:
        UnsupportedModelError: the model is not a causal LM of `transformers`, attends to later tokens, its logits do
            not follow from the final hidden state as this package reads it, or its gradients are not the slopes of its
            logits; the message says which.
        NonFiniteError: the model's logits hold NaN.
    """
    adapter.check_kind(model)
    quantised.refuse_packed(model)
    with adapter.model_lock(model):
        if model not in _checked:
            _check(model, ids)
            _checked.add(model)


def _check(model: torch.nn.Module, ids: Sequence[int]) -> None:
    sample = (list(ids) * 8)[: min(8, adapter.context_limit(model) or 8)]
    at = len(sample) // 2
    with _refusing(model):
        own = _own_logits(model, [sample])[0]  # [n, V]
    if not bool(torch.isfinite(own).any()) or bool(torch.isnan(own).any()):
        raise adapter.nonfinite("the model's forward pass", model)
    with _refusing(model):
        way = Way(checkpointed=adapter.offloaded(model) or quantised.unpacks(model))
        graph, head = forward.run(model, sample, at, way=way)
        again = forward.head_at(model, graph, range(len(sample)))
        _same_logits(model, own, at, graph, head, again)
        _causal(model, graph, at)
        with forward.surroundings(model, Way()) as twin:
            quantised.check_layers(twin, graph.y)
        if leaves_graph(model, graph):
            _slopes(model, graph, at, head)


def _resolution(*tensors: Tensor) -> float:
    """Relative spacing of numbers in the coarsest of `tensors`."""
    return max(torch.finfo(tensor.dtype).eps for tensor in tensors)


def _same_logits(model: torch.nn.Module, own: Tensor, at: int, graph: Graph, head: Head, again: Head) -> None:
    finite = torch.isfinite(own)
    tolerance = max(_LOGIT_ERROR, 8 * _resolution(own, graph.x, graph.y))
    bound = tolerance * own[finite].abs().max().clamp(min=1e-3)
    for z, rows in ((head.z, slice(at, at + 1)), (again.z, slice(None))):
        error_size = (z.detach().to(own.device) - own[rows])[finite[rows]].abs().max()
        if not bool(error_size <= bound):
            raise UnsupportedModelError(
                f"{type(model).__name__}: logits derived from the final hidden state differ from the model's own by "
                f"{float(error_size):.3g}; its scores would be wrong."
            )


def _causal(model: torch.nn.Module, graph: Graph, at: int) -> None:
    y = graph.y[at]
    with forward.backward_of(model, graph):
        (gradient,) = torch.autograd.grad(y.sum() + (y * y).sum(), graph.x, retain_graph=True)
    if bool((gradient[0, at + 1 :] != 0).any()):
        raise UnsupportedModelError(
            f"{type(model).__name__} is not causal: later tokens change the hidden state of earlier ones. "
            "Load a causal LM (AutoModelForCausalLM); encoders and bidirectional models have no next-token prediction."
        )


def _slopes(model: torch.nn.Module, graph: Graph, at: int, head: Head) -> None:
    """Compare gradients with finite differences, where autograd does not vouch for them.

    Large steps leave the linear range and small ones drown in rounding, so of the steps two have to agree.
    """
    errors = [sorted(_slope_errors(model, graph, at, head, seed))[1] for seed in range(_MIXTURES)]
    error_size = statistics.median(errors)
    rounding = quantised.SLOPE_ERROR if getattr(model, "is_quantized", False) else 0
    if not error_size <= max(_SLOPE_ERROR, rounding, 6 * _resolution(head.z, graph.x, graph.y)):
        raise UnsupportedModelError(
            f"{type(model).__name__}: part of it runs without gradients, so that those it gives differ from the slopes "
            f"of its logits by {error_size:.0%}; its scores would be wrong."
        )


def _slope_errors(model: torch.nn.Module, graph: Graph, at: int, head: Head, seed: int) -> list[float]:
    """Relative errors of the slope of one random mixture of logits, along its gradient, at each of `_STEPS`."""
    logits = head.z[0]
    finite = torch.isfinite(logits.detach())
    mixture = torch.randn(len(logits), generator=torch.Generator().manual_seed(seed)).to(logits.device) * finite  # [V]
    (v,) = torch.autograd.grad(torch.where(finite, logits, 0).float() @ mixture, head.y, retain_graph=True)  # [1, d]
    with forward.backward_of(model, graph):
        (gradient,) = torch.autograd.grad(graph.y[at], graph.x, v[0].to(graph.y), retain_graph=True)
    gradient, x = gradient[:, : at + 1].float(), graph.x.detach()[:, : at + 1].float()  # [1, at + 1, d_in]
    # Each token moves in proportion to its own length: beside a long embedding, a short one has no room.
    move = gradient * x.square().sum(-1, keepdim=True)
    move = move * (x.norm() / move.norm().clamp(min=torch.finfo(move.dtype).tiny))
    signed = [sign * step for step in _STEPS for sign in (1, -1)]
    moved = torch.cat([x + share * move for share in signed]).to(graph.x.dtype)  # [2s, n, d_in]
    rows = _own_logits(model, [graph.ids[: at + 1]] * len(moved), moved)[:, at].float()  # [2s, V]
    values = torch.where(finite, rows, 0).double() @ mixture.double()  # [2s]
    expected = float((gradient * move).sum())
    if not expected:
        return [torch.inf] * len(_STEPS)
    slopes = [float(values[2 * i] - values[2 * i + 1]) / (2 * step) for i, step in enumerate(_STEPS)]
    return [abs(slope / expected - 1) for slope in slopes]


def _own_logits(model: torch.nn.Module, ids: Sequence[Sequence[int]], x: Tensor | None = None) -> Tensor:
    """The model's own logits `[k, n, V]` of `k` rows of ids, with `x` `[k, n, d_in]` for embeddings if given."""
    with torch.inference_mode(False), torch.no_grad(), undisturbed(model) as twin:
        inputs = torch.tensor([list(row) for row in ids], device=adapter.input_device(twin))
        if x is not None:
            forward.embedding(twin, x)
        return twin(input_ids=inputs, use_cache=False).logits.detach()  # type: ignore[no-any-return]


@contextmanager
def _refusing(model: torch.nn.Module) -> Iterator[None]:
    """What a model raises on eight plain token ids is a reason to refuse it, unless memory is full."""
    try:
        yield
    except (UnsupportedModelError, NonFiniteError):
        raise
    except Exception as error:
        if memory.is_out_of_memory(error):
            raise
        raise UnsupportedModelError(
            f"{type(model).__name__} does not run on token ids alone, or not with gradients: "
            f"{type(error).__name__}: {error}"
        ) from error
