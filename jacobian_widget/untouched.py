"""The user's model is left as it was found, and it is noticed when the user changes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from jacobian_widget import model as adapter
from jacobian_widget import quantised

process_switch = threading.RLock()
"""Held while a flag of the whole process is not as it was found."""


class ModelChangedError(RuntimeError):
    """The model is no longer the one that a result was computed with."""


def state_of(model: torch.nn.Module) -> int:
    """A number that changes with the weights (but for edits through `.data`), their place, hooks and attention."""
    with adapter.model_lock(model):  # passes of this package put hooks of their own
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
def undisturbed(model: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode and frozen parameters inside, nothing compiled; every module and parameter as before afterwards.

    States that a module keeps from call to call are dropped where they belong to a graph made inside.
    """
    modules = adapter.modules(model)
    states = [(module.__dict__, dict(module.__dict__)) for module in modules]
    flags = [(module, "training") for module in modules if module.training]
    flags += [(module, quantised.PACKS) for module in modules if getattr(module, quantised.PACKS, False)]
    learning = [parameter for parameter in adapter.parameters(model) if parameter.requires_grad]
    away = _offloaded_parameters(modules)
    try:
        for module, flag in flags:
            setattr(module, flag, False)
        for parameter in learning:
            parameter.requires_grad_(False)
        with _eager(model):
            yield
    finally:
        for module, name, parameter in away:
            setattr(module, name, parameter)  # accelerate put others in its place
        for module, flag in flags:
            setattr(module, flag, True)
        for parameter in learning:
            parameter.requires_grad_(True)
        for now, before in states:
            _drop_graphs(now, before)


def _drop_graphs(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Undo what a module kept of a graph made meanwhile."""
    for name, value in now.items():
        if isinstance(value, Tensor) and value.grad_fn is not None and value is not before.get(name):
            now[name] = before.get(name)


def _offloaded_parameters(modules: list[torch.nn.Module]) -> list[tuple[torch.nn.Module, str, torch.nn.Parameter]]:
    return [
        (module, name, parameter)
        for module in modules
        for name, parameter in module._parameters.items()  # noqa: SLF001 - named_parameters takes far longer
        if parameter is not None and parameter.device.type == "meta"
    ]


@contextmanager
def _eager(model: torch.nn.Module) -> Iterator[None]:
    """What `torch.compile` compiled runs as it was written, where the hooks of a pass are seen.

    `transformers` compiles flex_attention by itself, and that fails under hooks on saved tensors.
    """
    compiled = (
        module._compiled_call_impl is not None or hasattr(module.forward, "_torchdynamo_orig_callable")  # noqa: SLF001
        for module in adapter.modules(model)
    )
    if getattr(model.config, "_attn_implementation", None) != "flex_attention" and not any(compiled):
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
