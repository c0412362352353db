"""Passes run beside the user's model, which is left as it is; and it is noticed when the user changes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils.weak import WeakTensorKeyDictionary

from jacobian_widget import model as adapter
from jacobian_widget.twin import Twin

process_switch = threading.RLock()
"""Held while a flag of the whole process is not as it was found."""


class ModelChangedError(RuntimeError):
    """The model is no longer the one that a result was computed with."""


_steps: Any = WeakTensorKeyDictionary()
"""How often an optimizer began or ended a step of a parameter. Fused ones do not count versions."""
_guard = threading.Lock()


def _stepped(optimizer: torch.optim.Optimizer, *_: object) -> None:
    with _guard:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                _steps[parameter] = _steps.get(parameter, 0) + 1


register_optimizer_step_pre_hook(_stepped)
register_optimizer_step_post_hook(_stepped)


def state_of(model: torch.nn.Module) -> int:
    """A number that changes with the weights (but for edits through `.data`), their place, hooks and attention."""
    modules = [
        (
            tuple(module._forward_hooks),  # noqa: SLF001 - torch has no other way to see them
            tuple(module._forward_pre_hooks),  # noqa: SLF001
            id(module.__dict__.get("forward")),
            str(module.__dict__.get("_active_adapter")),
            module.__dict__.get("_disable_adapters"),
        )
        for module in adapter.modules(model)
    ]
    parameters = adapter.parameters(model)
    weights = [(id(p), p._version, p.device, p.dtype) for p in parameters]  # noqa: SLF001 - as above
    with _guard:
        steps = [(i, count) for i, p in enumerate(parameters) if (count := _steps.get(p, 0))] if _steps else []
    return hash((tuple(modules), tuple(weights), tuple(steps), getattr(model.config, "_attn_implementation", None)))


def refuse_changed(model: torch.nn.Module, state: int, since: str, what: str) -> None:
    """Make sure that `state_of` the model is `state` still; `since` when, and `what` the mixture would be.

    Raises:
        ModelChangedError: it is not.
    """
    if state_of(model) != state:
        raise ModelChangedError(
            f"{adapter.model_name(model)} has changed {since} (weights, hooks, adapters or attention): {what}"
        )


@contextmanager
def undisturbed(model: torch.nn.Module) -> Iterator[Any]:
    """A twin of `model` to run in its place, for one pass: in evaluation mode, with frozen weights, not compiled."""
    twin = Twin(model)
    try:
        with eager(model), twin.alone():
            yield twin.model
    finally:
        twin.forget()


@contextmanager
def eager(model: torch.nn.Module) -> Iterator[None]:
    """`transformers` compiles flex_attention by itself, which fails under hooks on saved tensors: not inside."""
    if getattr(model.config, "_attn_implementation", None) != "flex_attention":
        yield
        return
    with process_switch, torch.compiler.set_stance("force_eager"):
        yield


@contextmanager
def forward_of(module: torch.nn.Module, forward: Callable[..., Any]) -> Iterator[None]:
    """`module.forward` is `forward` inside, and what it was before afterwards."""
    own = module.__dict__.get("forward")
    module.forward = forward
    try:
        yield
    finally:
        if own is None:
            del module.forward
        else:
            module.forward = own
