"""The self-check, once per model: our logits are the model's own, and no later token has an influence."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import torch

from jacobian_widget import forward
from jacobian_widget import model as adapter
from jacobian_widget.model import UnsupportedModelError

_checked: weakref.WeakSet[torch.nn.Module] = weakref.WeakSet()


def check(model: torch.nn.Module, ids: Sequence[int]) -> None:
    """Refuse a model whose scores would be wrong, on a few of `ids`.

    Raises:
        UnsupportedModelError: the model is not a causal LM of `transformers`, attends to later tokens, or its logits
            do not follow from the final hidden state as this package reads it; the message says which.
        NonFiniteError: the model's logits hold NaN.
    """
    adapter.check_kind(model)
    with adapter.model_lock(model):
        if model not in _checked:
            _check(model, ids)
            _checked.add(model)


def _check(model: torch.nn.Module, ids: Sequence[int]) -> None:
    sample = (list(ids) * 8)[: min(8, adapter.context_limit(model) or 8)]
    at = len(sample) // 2
    try:
        with torch.no_grad(), torch.inference_mode(False), forward.undisturbed(model):
            inputs = torch.tensor([sample], device=adapter.input_device(model))
            own = model(input_ids=inputs, use_cache=False).logits[0].detach()  # [n, V]
        graph, head = forward.run(model, sample, at)
        again = forward.head_at(model, graph, range(len(sample)))
    except (TypeError, AttributeError, NotImplementedError) as error:
        raise UnsupportedModelError(
            f"{type(model).__name__} does not run as a causal LM on input ids and on input embeddings: {error}"
        ) from error
    finite = torch.isfinite(own)
    if not bool(finite.any()) or bool(torch.isnan(own).any()):
        raise adapter.nonfinite("the model's forward pass", model)
    tolerance = 1e-2 if own.dtype in (torch.float16, torch.bfloat16) else 1e-4
    bound = tolerance * own[finite].abs().max().clamp(min=1e-3)
    for z, rows in ((head.z, slice(at, at + 1)), (again.z, slice(None))):
        error_size = (z.detach().to(own.device) - own[rows])[finite[rows]].abs().max()
        if not bool(error_size <= bound):
            raise UnsupportedModelError(
                f"{type(model).__name__}: logits derived from the final hidden state differ from the model's own by "
                f"{float(error_size):.3g}; its scores would be wrong."
            )
    y = graph.y[at]
    (gradient,) = torch.autograd.grad(y.sum() + (y * y).sum(), graph.x)
    if bool((gradient[0, at + 1 :] != 0).any()):
        raise UnsupportedModelError(
            f"{type(model).__name__} is not causal: later tokens change the hidden state of earlier ones. "
            "Load a causal LM (AutoModelForCausalLM); encoders and bidirectional models have no next-token prediction."
        )
