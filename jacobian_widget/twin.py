"""The twin of a model: modules of its own over the same weights, so that a pass never touches what the user holds."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from jacobian_widget import model as adapter
from jacobian_widget import quantised
from jacobian_widget.model import UnsupportedModelError

_PARTS = ("_parameters", "_buffers", "_modules")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_MARKS = (
    "_non_persistent_buffers_set",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks_with_kwargs",
)
"""Of a module, what is changed in place: the twin has its own."""
_OF_TORCH = frozenset(torch.nn.Module().__dict__)
_PLAIN = (bool, int, float, str, type(None))
_LONG = 1000
"""Lists and dicts beyond are data, and not searched."""


class Twin:
    """A model that shares weights and buffers with the user's, is in evaluation mode, and takes no gradients for them.

    What a module keeps beside them is the user's own object, but for what leads back to a module or a weight: methods,
    partial functions, closures, callable objects, lists, tuples and dicts are remade. What was compiled runs as it was
    written. Hooks that are functions, or methods of other objects, look at a model from outside: they are called as
    they are, with the user's module. Hooks that are objects, as those of pruning, make a module what it is: they get
    the twin's.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        """Costs some microseconds for each module.

        Args:
            model: the user's. Nothing of it is changed, then or later.

        Raises:
            UnsupportedModelError: TorchScript in training mode, of which no twin can be made.
        """
        self._pairs: list[tuple[torch.nn.Module, torch.nn.Module]] = []
        for module in adapter.modules(model):
            if not isinstance(module, torch.jit.ScriptModule):
                self._pairs.append((module, object.__new__(type(module))))
            elif module.training:
                raise _in_training(model, module)
        self._instead: dict[int, Any] = {id(own): twin for own, twin in self._pairs}
        for parameter in adapter.parameters(model):
            if parameter.requires_grad:
                self._instead[id(parameter)] = _frozen(parameter)
        self._foreign = False
        """Whether code of the user's stands in a module: it may lead to modules that are not the twin's."""
        for own, twin in self._pairs:
            self._fill(own, twin.__dict__)
        self._own = model
        self.model: Any = self._instead.get(id(model), model)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See that none of the user's modules runs in this thread in training mode.

        Raises:
            UnsupportedModelError: one is about to.
        """
        training = {id(own): own for own, _ in self._pairs if own.training} if self._foreign else {}
        if not training:
            yield
            return
        thread = threading.get_ident()

        def refuse(module: torch.nn.Module, _: object) -> None:
            if id(module) in training and threading.get_ident() == thread:
                raise _in_training(self._own, module)

        handle = register_module_forward_pre_hook(refuse)
        try:
            yield
        finally:
            handle.remove()

    def forget(self) -> None:
        """Drop what belongs to a graph: the hooks of the pass, and what modules keep from call to call."""
        for own, twin in self._pairs:
            kept = twin.__dict__
            for name in _HOOKS:
                users = own.__dict__[name]
                if len(kept[name]) > len(users):
                    kept[name] = OrderedDict((key, hook) for key, hook in kept[name].items() if key in users)
            for name, value in kept.items():
                if name not in _OF_TORCH and isinstance(value, torch.Tensor) and value.grad_fn is not None:
                    kept[name] = own.__dict__.get(name)

    def _fill(self, module: torch.nn.Module, twin: dict[str, Any]) -> None:
        twin.update(module.__dict__)
        for name in _PARTS:
            twin[name] = {key: self._instead.get(id(part), part) for key, part in list(twin[name].items())}
        for name in _HOOKS:
            hooks, twin[name] = list(twin[name].items()), OrderedDict()
            for key, hook in hooks:
                twin[name][key] = self._hook(hook, module)
        for name in _MARKS:
            twin[name] = twin[name].copy() if twin[name] else type(twin[name])()  # to copy none takes longer
        twin["training"] = not twin.get(adapter.RESCALED, True)
        twin["_compiled_call_impl"] = None
        if quantised.PACKS in twin:
            twin[quantised.PACKS] = False
        for name, value in list(twin.items()):
            if name not in _OF_TORCH and type(value) not in _PLAIN:
                twin[name] = self._turned(value)
        self._foreign = self._foreign or "forward" in twin

    def _hook(self, hook: Any, own: torch.nn.Module) -> Any:
        self._foreign = True
        owner = self._instead.get(id(hook.__self__)) if isinstance(hook, MethodType) else None
        if owner is not None:
            return MethodType(hook.__func__, owner)
        if isinstance(hook, (FunctionType, MethodType, partial)):
            return lambda _, *given: hook(own, *given)
        return hook

    def _turned(self, value: Any) -> Any:
        """`value`, or the same with twins in the place of modules and weights."""
        if type(value) in (list, tuple):
            return self._remade(value, value, type(value))
        if type(value) in (dict, OrderedDict):
            return self._remade(value, value.values(), lambda turned: type(value)(zip(value, turned, strict=True)))
        known = self._instead.get(id(value))
        return self._called(value) if known is None else known

    def _called(self, value: Any) -> Any:
        if isinstance(value, MethodType):
            function, owner = self._turned(value.__func__), self._object(value.__self__)
            same = function is value.__func__ and owner is value.__self__
            return value if same else MethodType(function, owner)
        if type(value) is partial:
            return self._partial(value)
        if isinstance(value, FunctionType):
            compiled = getattr(value, "_torchdynamo_orig_callable", None)
            return self._function(value) if compiled is None else self._turned(compiled)
        return self._object(value) if callable(value) else value

    def _remade(self, value: Any, parts: Iterable[Any], make: Any) -> Any:
        if len(value) > _LONG or type(next(iter(parts), None)) in _PLAIN or id(value) in self._instead:
            return self._instead.get(id(value), value)
        self._instead[id(value)] = value  # it may lead to itself
        turned = [self._turned(part) for part in parts]
        if all(a is b for a, b in zip(turned, parts, strict=True)):
            return value
        made = self._instead[id(value)] = make(turned)
        return made

    def _object(self, value: Any) -> Any:
        """An object that stands in for a module's forward, or whose method does, turned."""
        known = self._instead.get(id(value))
        if known is not None or not hasattr(value, "__dict__") or isinstance(value, (type, torch.nn.Module)):
            return value if known is None else known
        try:
            made = copy.copy(value)
            parts = list(vars(made).items())
        except Exception:  # noqa: BLE001 - of a class that is not to be copied
            return value
        if made is value:
            return value
        self._instead[id(value)] = made  # it may lead to itself
        vars(made).update({name: self._turned(part) for name, part in parts})
        if all(vars(made)[name] is part for name, part in parts):
            self._instead[id(value)] = value
        return self._instead[id(value)]

    def _partial(self, value: partial[Any]) -> Any:
        function, args = self._turned(value.func), [self._turned(arg) for arg in value.args]
        keywords = {name: self._turned(arg) for name, arg in value.keywords.items()}
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
        defaults = [(default, self._turned(default)) for default in value.__defaults__ or ()]
        named = [(default, self._turned(default)) for default in names.values()]
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
        turned = self._turned(held)
        return None if held is of else cell if turned is held else CellType(turned)


def _frozen(parameter: torch.nn.Parameter) -> torch.nn.Parameter:
    """The same weights, for which no gradients are taken."""
    alias = torch.nn.Parameter(parameter.detach(), requires_grad=False)
    if type(alias) is not type(parameter):
        alias.__class__ = type(parameter)
    alias.__dict__.update(parameter.__dict__)
    return alias


def _in_training(model: torch.nn.Module, module: torch.nn.Module) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"{type(model).__name__} is in training mode, and something in it (a replaced forward, a hook, TorchScript) "
        f"runs its {type(module).__name__} as it is: scores would be random. Call model.eval() first."
    )
