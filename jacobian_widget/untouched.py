"""Passes run beside the user's model, which is left as it is; and it is noticed when the user changes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from jacobian_widget import model as adapter
from jacobian_widget.twin import Twin

process_switch = threading.RLock()
"""Held while a flag of the whole process is not as it was found."""


class ModelChangedError(RuntimeError):
    """The model is no longer the one that a result was computed with."""


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
    weights = [
        (id(parameter), parameter._version, parameter.device, parameter.dtype)  # noqa: SLF001
        for parameter in adapter.parameters(model)
    ]
    return hash((tuple(modules), tuple(weights), getattr(model.config, "_attn_implementation", None)))


@contextmanager
def undisturbed(model: torch.nn.Module) -> Iterator[Any]:
    """A twin of `model` to run in its place, for one pass: in evaluation mode, with frozen weights, not compiled."""
    twin = Twin(model)
    try:
        with _eager(model):
            yield twin.model
    finally:
        twin.forget()


@contextmanager
def _eager(model: torch.nn.Module) -> Iterator[None]:
    """`transformers` compiles flex_attention by itself, and that fails under hooks on saved tensors."""
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
