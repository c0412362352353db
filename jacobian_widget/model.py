"""The one file that knows how a `transformers` causal LM is built: embeddings in, final hidden state and head out."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import torch


class UnsupportedModelError(ValueError):
    """The model is not a causal LM whose logits this package can derive from its final hidden state."""


class NonFiniteError(ArithmeticError):
    """NaN or infinity appeared in a forward or backward pass."""


RESCALED = "layers_are_rescaled"
"""The attribute of RWKV that tells whether its weights are divided by powers of two. In training mode they should not
be, in evaluation mode they should, and where they are not as they should be its forward pass changes them in place."""

_locks: weakref.WeakKeyDictionary[torch.nn.Module, threading.RLock] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def check_kind(model: torch.nn.Module) -> None:
    """Refuse what can be told from the model's kind alone; `check.check` finds the rest.

    Raises:
        TypeError: not a model of `transformers`.
        UnsupportedModelError: an encoder-decoder model, or one without input or output embeddings.
    """
    if not isinstance(model, torch.nn.Module) or not hasattr(model, "config"):
        inner = getattr(getattr(model, "module", None), "config", None)
        advice = "" if inner is None else " Pass the model that it wraps, model.module."
        raise TypeError(
            f"model must be a causal LM of transformers (a torch module with a config), got {type(model)}.{advice}"
        )
    if getattr(model.config, "is_encoder_decoder", False):
        raise UnsupportedModelError(
            f"{type(model).__name__} is an encoder-decoder model; load a causal LM (AutoModelForCausalLM)."
        )
    input_embeddings(model)
    head(model)
    if any(parameter.is_inference() for parameter in parameters(model)):
        raise UnsupportedModelError(
            f"{type(model).__name__} was loaded under torch.inference_mode(), so torch takes no gradients through it. "
            "Load it outside; calling this package inside is fine."
        )


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
    return _size(input_embeddings(model), "num_embeddings", 0)


def hidden_size(model: torch.nn.Module) -> int:
    """`d`, the size of the final hidden state."""
    return _size(head(model), "in_features", -1)


def target_count(model: torch.nn.Module) -> int:
    """Number of ids that have a logit; may differ from the number of embeddings."""
    return _size(head(model), "out_features", 0)


def bos_id(model: torch.nn.Module) -> int | None:
    """The BOS id that the model's configuration names, or None."""
    config = getattr(model, "config", None)
    value = getattr(config, "bos_token_id", None)
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return None if value is None else int(value)


def text_config(model: torch.nn.Module) -> Any:
    """The configuration of the language model, which is a part of that of one that also sees or hears."""
    config: Any = getattr(model, "config", None)
    return config.get_text_config() if hasattr(config, "get_text_config") else config


def context_limit(model: torch.nn.Module) -> int | None:
    """The longest input the model's positions allow, or None where it states none (recurrent models)."""
    value = getattr(text_config(model), "max_position_embeddings", None)
    return value if isinstance(value, int) and value > 0 else None


def nonfinite(where: str, model: torch.nn.Module) -> NonFiniteError:
    """The error for NaN or infinity met in `where`."""
    attention = getattr(getattr(model, "config", None), "_attn_implementation", None)
    dtype = input_embeddings(model).weight.dtype
    return NonFiniteError(
        f"NaN or infinity in {where} of {type(model).__name__} (weights {dtype}, attention {attention!r}). "
        "Load the model in torch.float32 or torch.bfloat16, or with attn_implementation='eager', and try again."
    )


def input_embeddings(model: torch.nn.Module) -> Any:
    """The module that turns ids into `x`."""
    get = getattr(model, "get_input_embeddings", None)
    module = get() if callable(get) else None
    if module is None or not hasattr(module, "weight"):
        raise UnsupportedModelError(f"{type(model).__name__} has no single table of input embeddings.")
    return module


def head(model: torch.nn.Module) -> torch.nn.Module:
    """The output-embedding (unembedding) module, whose input is `y`."""
    get = getattr(model, "get_output_embeddings", None)
    module = get() if callable(get) else None
    if not isinstance(module, torch.nn.Module):
        raise UnsupportedModelError(
            f"{type(model).__name__} has no output embedding (language-model head). Load it with AutoModelForCausalLM."
        )
    return module


def input_device(model: torch.nn.Module) -> torch.device:
    """Where the input embedding runs; its weights may lie elsewhere until then."""
    module = input_embeddings(model)
    device: torch.device = module.weight.device
    if device.type == "meta":  # offloaded by accelerate, whose hook brings it in for each call
        hook = getattr(module, "_hf_hook", None)
        executions = (getattr(part, "execution_device", None) for part in (hook, *getattr(hook, "hooks", ())))
        device = torch.device(next((place for place in executions if place is not None), "cpu"))
    return device


def offloaded(model: torch.nn.Module) -> bool:
    """Whether accelerate brings weights in for each call: a graph that is kept would hold them all."""
    return any(parameter.device.type == "meta" for parameter in parameters(model))


def modules(model: torch.nn.Module) -> list[torch.nn.Module]:
    """`model.modules()`, without the names that torch makes up for each: they take as long as a few blocks on a GPU."""
    found: dict[torch.nn.Module, None] = {}
    waiting: list[torch.nn.Module | None] = [model]
    while waiting:
        module = waiting.pop()
        if module is not None and module not in found:
            found[module] = None
            waiting.extend(module._modules.values())  # noqa: SLF001 - named_children makes sets of them
    return list(found)


def parameters(model: torch.nn.Module) -> list[torch.nn.Parameter]:
    """`model.parameters()`, in the same way."""
    owned = (module._parameters.values() for module in modules(model))  # noqa: SLF001 - as above
    return list({id(weight): weight for weights in owned for weight in weights if weight is not None}.values())


def body(model: torch.nn.Module) -> torch.nn.Module:
    """The model without its head, where `transformers` tells them apart; else the model itself."""
    unwrapped = getattr(model, "get_base_model", None)  # of PEFT
    model = unwrapped() if callable(unwrapped) else model
    module: Any = getattr(model, "base_model", model)
    return module if isinstance(module, torch.nn.Module) else model


def blocks(model: torch.nn.Module) -> list[torch.nn.Module]:
    """The layers of the model, in order: its largest list of modules. Empty where it has none."""
    lists = [m for m in model.modules() if isinstance(m, (torch.nn.ModuleList, torch.nn.Sequential))]
    if not lists:
        return []
    return list(max(lists, key=lambda m: sum(p.numel() for p in m.parameters())).children())


def _size(module: Any, name: str, axis: int) -> int:
    """A side of the module's weight matrix; `name` says it where the weights are packed."""
    weight: Any = getattr(module, "weight", None)
    plain = isinstance(weight, torch.Tensor) and weight.dim() == 2 and weight.is_floating_point()
    return int(weight.shape[axis] if plain or not hasattr(module, name) else getattr(module, name))
