"""Whether a model takes values off autograd's graph and puts them back: its gradients then need not be its slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from jacobian_widget import forward
from jacobian_widget import model as adapter
from jacobian_widget.forward import Graph

_EXITS = {torch.Tensor.detach, torch.Tensor.detach_, torch.detach, torch.Tensor.data.__get__}  # type: ignore[attr-defined]


def leaves_graph(model: torch.nn.Module, graph: Graph) -> bool:
    """Whether a value that depends on `x` is computed off the graph and then used on it.

    Choices made off the graph (the experts of a token, the keys of a sparse attention) do not count: they reach the
    graph as indices and masks, whose slope is zero.
    """
    x = graph.x.detach().requires_grad_()
    ids = torch.tensor([graph.ids], device=adapter.input_device(model))
    watch = _Watch()
    unsaved = torch.autograd.graph.saved_tensors_hooks(_nothing, _nothing)  # no backward follows
    with forward.surroundings(model, forward.Way()) as twin:
        forward.embedding(twin, x)
        with unsaved, watch:
            twin(input_ids=ids, use_cache=False)
    return watch.found


def _nothing(_: Any) -> Any:
    return None


class _Watch(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.found: bool = False
        self._off: dict[int, Tensor] = {}
        """Values that depend on `x` and are off the graph, by identity."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        inputs = list(_sources(func, args, kwargs))
        on = any(value.requires_grad for value in inputs)
        off = any(id(value) in self._off and not value.requires_grad for value in inputs)
        leaving = func in _EXITS or not torch.is_grad_enabled()
        output = func(*args, **kwargs)
        if off or (on and leaving):
            for value in _tensors((args[0] if func is torch.Tensor.__setitem__ else output,)):
                if value.requires_grad and not leaving:
                    self.found = True
                elif value.is_floating_point():
                    self._off[id(value)] = value
        return output


def _tensors(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors(value)


def _sources(func: Callable[..., Any], args: Any, kwargs: Any) -> Iterator[Tensor]:
    """The tensors whose values, not only their shapes, go into the output."""
    name = getattr(func, "__name__", "")
    if name.endswith("_as"):
        return _tensors(args[:1])
    return iter(()) if name.endswith("_like") or name.startswith("new_") else _tensors((*args, *kwargs.values()))
