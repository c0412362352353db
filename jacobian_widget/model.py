"""The one file that knows how a `transformers` causal LM is built: embeddings in, final hidden state and head out."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

MATH_ATTENTION_BYTES = 2 << 30
"""Attention weights of all layers up to this size are kept, so that the backward of many probes can be batched."""


class UnsupportedModelError(ValueError):
    """The model is not a causal LM whose logits this package can derive from its final hidden state."""


class NonFiniteError(ArithmeticError):
    """NaN or infinity appeared in a forward or backward pass."""


@dataclass(frozen=True)
class Forward:
    """One forward pass, with its graph, cut in two at the final hidden state."""

    x: Tensor
    """`[n, d_in]`, what the model received as `inputs_embeds`; a leaf that requires grad."""
    y: Tensor
    """`[d]`, input of the output-embedding module at the predicting position; a function of `x`."""
    y_leaf: Tensor
    """`[d]`, the same values, cut off from `x`."""
    z: Tensor
    """`[V]`, logits with all that the model does after the matrix product; a function of `y_leaf`."""
    batchable: bool
    """Whether every operation of the graph `x -> y` is expected to have a batching rule."""


_locks: weakref.WeakKeyDictionary[torch.nn.Module, threading.RLock] = weakref.WeakKeyDictionary()
_checked: weakref.WeakSet[torch.nn.Module] = weakref.WeakSet()
_guard = threading.Lock()
_attention_switch = threading.RLock()


def check_kind(model: torch.nn.Module) -> None:
    """Refuse what can be told from the model's kind alone; `forward` checks the rest.

    Raises:
        TypeError: not a model of `transformers`.
        UnsupportedModelError: an encoder-decoder model, or one without input or output embeddings.
    """
    if not isinstance(model, torch.nn.Module) or not hasattr(model, "config"):
        raise TypeError(f"model must be a causal LM of transformers (a torch module with a config), got {type(model)}.")
    if getattr(model.config, "is_encoder_decoder", False):
        raise UnsupportedModelError(
            f"{type(model).__name__} is an encoder-decoder model; load a causal LM (AutoModelForCausalLM)."
        )
    _embeddings(model)
    _head(model)


def model_lock(model: torch.nn.Module) -> threading.RLock:
    """The lock that every use of `model` by this package holds."""
    with _guard:
        return _locks.setdefault(model, threading.RLock())


def model_name(model: torch.nn.Module) -> str:
    """A short name to show: the last part of the checkpoint's name, else the class."""
    name = str(getattr(getattr(model, "config", None), "name_or_path", "") or "")
    return name.rstrip("/").replace("\\", "/").split("/")[-1] or type(model).__name__


def vocabulary_size(model: torch.nn.Module) -> int:
    """Number of ids the embedding takes."""
    return int(_embeddings(model).weight.shape[0])


def hidden_size(model: torch.nn.Module) -> int:
    """`d`, the size of the final hidden state."""
    weight: Any = _head(model).weight
    return int(weight.shape[-1])


def target_count(model: torch.nn.Module) -> int:
    """Number of ids that have a logit; may differ from the number of embeddings."""
    weight: Any = _head(model).weight
    return int(weight.shape[0])


def bos_id(model: torch.nn.Module) -> int | None:
    """The BOS id that the model's configuration names, or None."""
    config = getattr(model, "config", None)
    value = getattr(config, "bos_token_id", None)
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return None if value is None else int(value)


def context_limit(model: torch.nn.Module) -> int | None:
    """The longest input the model's positions allow, or None where it states none (recurrent models)."""
    config: Any = getattr(model, "config", None)
    text_config = config.get_text_config() if hasattr(config, "get_text_config") else config
    value = getattr(text_config, "max_position_embeddings", None)
    return value if isinstance(value, int) and value > 0 else None


def forward(model: torch.nn.Module, ids: Sequence[int], at: int, *, probes: int = 1) -> Forward:
    """Run `model` on `ids` once and keep the graph that leads to position `at`.

    Args:
        model: a causal LM; it is left exactly as found (mode, `requires_grad`, hooks, device).
        ids: `[n]` token ids, BOS tokens included.
        at: index of the predicting position.
        probes: how many VJPs the caller will take. For more than one, attention is computed by plain matrix
            products while its weights fit `MATH_ATTENTION_BYTES`: fused attention has no batching rule for its
            backward (pytorch/pytorch#117016).

    Raises:
        UnsupportedModelError: the model is not a causal LM of `transformers`, attends to later tokens, or its
            logits are not a function of the final hidden state.
        NonFiniteError: hidden state or logits hold NaN.
    """
    with model_lock(model):
        check(model, ids)
        result = _forward(model, ids, at, batch=probes > 1)
    # -inf is a legal logit: some models mask the padding of their vocabulary with it.
    bad = not bool(torch.isfinite(result.y).all()) or bool(torch.isnan(result.z).any() | (result.z == torch.inf).any())
    if bad:
        raise nonfinite("the model's forward pass", model)
    return result


def nonfinite(where: str, model: torch.nn.Module) -> NonFiniteError:
    """The error for NaN or infinity met in `where`."""
    attention = getattr(getattr(model, "config", None), "_attn_implementation", None)
    dtype = _embeddings(model).weight.dtype
    return NonFiniteError(
        f"NaN or infinity in {where} of {type(model).__name__} (weights {dtype}, attention {attention!r}). "
        "Load the model in torch.float32 or torch.bfloat16, or with attn_implementation='eager', and try again."
    )


def _forward(model: torch.nn.Module, ids: Sequence[int], at: int, *, batch: bool) -> Forward:
    embeddings, head = _embeddings(model), _head(model)
    cut: list[tuple[Tensor, Tensor]] = []
    thread = threading.get_ident()

    def at_position(_: torch.nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if threading.get_ident() != thread:
            return None  # somebody else's call of the same model
        hidden = args[0]
        if hidden.dim() != 3 or hidden.shape[1] != len(ids):
            raise UnsupportedModelError(
                f"{type(model).__name__}: the output embedding received a tensor of shape {tuple(hidden.shape)} "
                f"for {len(ids)} tokens; expected [1, {len(ids)}, d]."
            )
        y = hidden[0, at]
        y_leaf = y.detach().requires_grad_()
        cut.append((y, y_leaf))
        return (y_leaf[None, None], *args[1:])

    math_attention = batch and _attention_bytes(model, len(ids)) <= MATH_ATTENTION_BYTES
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(undisturbed(model))
        if math_attention:
            stack.enter_context(_attention_switch)  # the flags below are the whole process's
            stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        weight = embeddings.weight
        x = embeddings(torch.tensor([list(ids)], device=weight.device)).detach().requires_grad_()
        stack.callback(head.register_forward_pre_hook(at_position).remove)
        output = model(inputs_embeds=x, use_cache=False)
        logits = getattr(output, "logits", None)
        if len(cut) != 1 or logits is None or tuple(logits.shape[:2]) != (1, 1):
            raise UnsupportedModelError(
                f"{type(model).__name__} does not turn one final hidden state into one row of logits through its "
                f"output embedding (called {len(cut)} times, logits {None if logits is None else tuple(logits.shape)})."
            )
        y, y_leaf = cut[0]
        return Forward(x=x, y=y, y_leaf=y_leaf, z=logits[0, 0], batchable=math_attention)


@contextmanager
def undisturbed(model: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode and frozen parameters inside; every module and parameter as before afterwards."""
    training = [module for module in model.modules() if module.training]
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    try:
        for module in training:
            module.training = False
        for parameter in learning:
            parameter.requires_grad_(False)
        yield
    finally:
        for module in training:
            module.training = True
        for parameter in learning:
            parameter.requires_grad_(True)


def check(model: torch.nn.Module, ids: Sequence[int]) -> None:
    """Once per model, on a few of `ids`: our logits are the model's own, and no later token has an influence.

    Raises:
        UnsupportedModelError: one of the two does not hold; the message says which.
        NonFiniteError: the model's logits hold NaN.
    """
    check_kind(model)
    with model_lock(model):
        if model not in _checked:
            _check(model, ids)
            _checked.add(model)


def _check(model: torch.nn.Module, ids: Sequence[int]) -> None:
    sample = (list(ids) * 8)[: min(8, context_limit(model) or 8)]
    at = len(sample) // 2
    try:
        with torch.inference_mode(False), torch.no_grad(), undisturbed(model):
            device = _embeddings(model).weight.device
            own = model(input_ids=torch.tensor([sample], device=device), use_cache=False).logits[0, at].detach()
        ours = _forward(model, sample, at, batch=False)
    except (TypeError, AttributeError, NotImplementedError) as error:
        raise UnsupportedModelError(
            f"{type(model).__name__} does not run as a causal LM on input ids and on input embeddings: {error}"
        ) from error
    finite = torch.isfinite(own)
    if not bool(finite.any()) or bool(torch.isnan(own).any()):
        raise nonfinite("the model's forward pass", model)
    tolerance = 1e-2 if own.dtype in (torch.float16, torch.bfloat16) else 1e-4
    error_size = (ours.z.detach() - own)[finite].abs().max()
    if not bool(error_size <= tolerance * own[finite].abs().max().clamp(min=1e-3)):
        raise UnsupportedModelError(
            f"{type(model).__name__}: logits derived from the final hidden state differ from the model's own by "
            f"{float(error_size):.3g}; its scores would be wrong."
        )
    (gradient,) = torch.autograd.grad(ours.y.sum() + (ours.y * ours.y).sum(), ours.x)
    if bool((gradient[0, at + 1 :] != 0).any()):
        raise UnsupportedModelError(
            f"{type(model).__name__} is not causal: later tokens change the hidden state of earlier ones. "
            "Load a causal LM (AutoModelForCausalLM); encoders and bidirectional models have no next-token prediction."
        )


def _embeddings(model: torch.nn.Module) -> Any:
    get = getattr(model, "get_input_embeddings", None)
    module = get() if callable(get) else None
    if module is None or not hasattr(module, "weight"):
        raise UnsupportedModelError(f"{type(model).__name__} has no input embeddings to take gradients at.")
    return module


def _head(model: torch.nn.Module) -> torch.nn.Module:
    get = getattr(model, "get_output_embeddings", None)
    module = get() if callable(get) else None
    if not isinstance(module, torch.nn.Module):
        raise UnsupportedModelError(
            f"{type(model).__name__} has no output embedding (language-model head). Load it with AutoModelForCausalLM."
        )
    return module


def _attention_bytes(model: torch.nn.Module, n: int) -> int:
    config: Any = model.config
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    heads = getattr(config, "num_attention_heads", None) or 1
    layers = getattr(config, "num_hidden_layers", None) or 1
    heads = max(heads) if isinstance(heads, (list, tuple)) else heads
    size: int = _embeddings(model).weight.element_size()
    return int(heads) * int(layers) * n * n * size
