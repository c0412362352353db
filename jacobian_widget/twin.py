"""The twin of a model: modules of its own over the same weights, so that a pass never touches what the user holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

import torch

from jacobian_widget import model as adapter
from jacobian_widget import quantised

_PARTS = ("_parameters", "_buffers", "_modules")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_MARKS = (
    "_non_persistent_buffers_set",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks_with_kwargs",
)
"""Of a module, what is changed in place: the twin has its own."""
_OF_TORCH = frozenset(torch.nn.Module().__dict__)
_PLAIN = (bool, int, float, str, type(None))


class Twin:
    """A model that shares weights and buffers with the user's, is in evaluation mode, and takes no gradients for them.

    What a module keeps beside them is the user's own object, but for what leads back to a module or a weight: bound
    methods, partial functions, closures, lists, tuples and dicts are remade. What was compiled runs as it was written.
    Hooks that are functions, or methods of other objects, look at a model from outside: they are called as they are,
    with the user's module. Hooks that are objects, as those of pruning, make a module what it is: they get the twin's.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        """Costs some microseconds for each module.

        Args:
            model: the user's. Nothing of it is changed, then or later.
        """
        self._pairs = [
            (module, object.__new__(type(module)))
            for module in adapter.modules(model)
            if not isinstance(module, torch.jit.ScriptModule)  # not made of Python objects
        ]
        self._instead: dict[int, Any] = {id(own): twin for own, twin in self._pairs}
        for parameter in adapter.parameters(model):
            if parameter.requires_grad:
                self._instead[id(parameter)] = _frozen(parameter)
        for own, twin in self._pairs:
            self._fill(own, twin.__dict__)
        self.model: Any = self._instead.get(id(model), model)

    def forget(self) -> None:
        """Drop what modules keep from call to call, where it belongs to a graph."""
        for own, twin in self._pairs:
            kept = twin.__dict__
            for name, value in kept.items():
                if name not in _OF_TORCH and isinstance(value, torch.Tensor) and value.grad_fn is not None:
                    kept[name] = own.__dict__.get(name)

    def _fill(self, module: torch.nn.Module, twin: dict[str, Any]) -> None:
        own = module.__dict__
        twin.update(own)
        for name in _PARTS:
            twin[name] = {key: self._instead.get(id(part), part) for key, part in own[name].items()}
        for name in _HOOKS:
            twin[name] = OrderedDict((key, self._hook(hook, module)) for key, hook in own[name].items())
        for name in _MARKS:
            twin[name] = own[name].copy()
        twin["training"] = not own.get(adapter.RESCALED, True)
        twin["_compiled_call_impl"] = None
        if quantised.PACKS in twin:
            twin[quantised.PACKS] = False
        for name, value in own.items():
            if name not in _OF_TORCH and type(value) not in _PLAIN:
                twin[name] = self._turned(value)

    def _turned(self, value: Any) -> Any:
        """`value`, or the same with twins in the place of modules and weights."""
        if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
            return self._remade(value, value, type(value))
        if type(value) in (dict, OrderedDict):
            return self._remade(value, value.values(), lambda turned: type(value)(zip(value, turned, strict=True)))
        return self._called(value)

    def _remade(self, value: Any, parts: Iterable[Any], make: Any) -> Any:
        first = next(iter(parts), None)
        if type(first) in _PLAIN:
            return value
        turned = [self._called(part) for part in parts]
        return make(turned) if any(a is not b for a, b in zip(turned, parts, strict=True)) else value

    def _called(self, value: Any) -> Any:
        """A module, a weight, or something that can be called, turned."""
        known = self._instead.get(id(value))
        if known is not None:
            return known
        if isinstance(value, MethodType):
            owner = self._owner(value.__self__)
            return value if owner is value.__self__ else MethodType(value.__func__, owner)
        if type(value) is partial:
            return self._partial(value)
        if isinstance(value, FunctionType):
            compiled = getattr(value, "_torchdynamo_orig_callable", None)
            return self._function(value) if compiled is None else self._called(compiled)
        return value

    def _hook(self, hook: Any, own: torch.nn.Module) -> Any:
        owner = self._instead.get(id(hook.__self__)) if isinstance(hook, MethodType) else None
        if owner is not None:
            return MethodType(hook.__func__, owner)
        if isinstance(hook, (FunctionType, MethodType, partial)):
            return lambda _, *given: hook(own, *given)
        return hook

    def _owner(self, value: Any) -> Any:
        """An object whose method stands in for a module's, turned."""
        known = self._instead.get(id(value))
        if known is not None or not hasattr(value, "__dict__") or isinstance(value, (type, torch.nn.Module)):
            return value if known is None else known
        self._instead[id(value)] = value  # it may lead to itself
        turned = {name: self._turned(part) for name, part in value.__dict__.items()}
        if all(turned[name] is part for name, part in value.__dict__.items()):
            return value
        made = self._instead[id(value)] = object.__new__(type(value))
        made.__dict__.update(turned)
        return made

    def _partial(self, value: partial[Any]) -> Any:
        function, args = self._called(value.func), [self._called(arg) for arg in value.args]
        keywords = {name: self._called(arg) for name, arg in value.keywords.items()}
        before = (value.func, *value.args, *value.keywords.values())
        if all(a is b for a, b in zip((function, *args, *keywords.values()), before, strict=True)):
            return value
        turned = partial(function, *args, **keywords)
        turned.__dict__.update(value.__dict__)
        return turned

    def _function(self, value: FunctionType) -> Any:
        self._instead[id(value)] = value  # it may lead to itself
        names = value.__kwdefaults__ or {}
        cells = [(cell, self._cell(cell, value)) for cell in value.__closure__ or ()]
        defaults = [(default, self._called(default)) for default in value.__defaults__ or ()]
        named = [(default, self._called(default)) for default in names.values()]
        if all(now is before for before, now in (*cells, *defaults, *named) if now is not None):
            return value
        closure = tuple(now or CellType() for _, now in cells)
        made = FunctionType(
            value.__code__,
            value.__globals__,
            value.__name__,
            tuple(now for _, now in defaults) or None,
            closure if value.__closure__ else None,
        )
        for cell, (_, now) in zip(closure, cells, strict=True):
            if now is None:
                cell.cell_contents = made
        made.__kwdefaults__ = dict(zip(names, (now for _, now in named), strict=True)) or None
        made.__dict__.update(value.__dict__)
        self._instead[id(value)] = made
        return made

    def _cell(self, cell: CellType, of: FunctionType) -> CellType | None:
        """The same cell, or one for what is turned; None where it holds the function itself."""
        try:
            held = cell.cell_contents
        except ValueError:  # nothing is in it yet
            return cell
        turned = self._called(held)
        return None if held is of else cell if turned is held else CellType(turned)


def _frozen(parameter: torch.nn.Parameter) -> torch.nn.Parameter:
    """The same weights, for which no gradients are taken."""
    alias = torch.nn.Parameter(parameter.detach(), requires_grad=False)
    alias.__dict__.update(parameter.__dict__)
    return alias
