"""Passes run on a twin of the model: it runs whatever stands in the user's, in evaluation mode, and leaves no trace."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from functools import partial
from types import MethodType
from typing import Any

import numpy as np
import pytest
import torch
from test_faults import WAYS, go
from test_model_untouched import state
from tiny_models import half_trained, ids, tiny
from torch.nn.utils import prune

from jacobian_widget import UnsupportedModelError, attribute, forward
from jacobian_widget.twin import Twin


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_users_model_is_as_it_was_at_every_block(way: Any) -> None:
    model = half_trained()
    before, calls = state(model), []

    def progress(done: int, total: int) -> None:
        assert state(model) == before
        assert not any("forward" in module.__dict__ for module in model.modules())
        calls.append(done)

    go(model, way, ids(5), progress=progress)
    assert len(calls) >= 4 * len(model.transformer.h)


def test_weights_and_buffers_are_the_users() -> None:
    model = tiny("gpt2", tie_word_embeddings=True).train()
    twin = Twin(model).model
    assert type(twin) is type(model)
    pairs = list(zip(model.named_parameters(), twin.named_parameters(), strict=True))
    assert all(a == b and p.data_ptr() == q.data_ptr() and not q.requires_grad for (a, p), (b, q) in pairs)
    assert all(own is other for own, other in zip(model.buffers(), twin.buffers(), strict=True))
    assert twin.lm_head.weight is twin.transformer.wte.weight
    assert not any(module.training for module in twin.modules())
    assert not {id(module) for module in twin.modules()} & {id(module) for module in model.modules()}


class Helper:
    """Stands in for a module's forward, as instruments do."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.module, self.inner, self.me = module, module.forward, self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.inner(*args, **kwargs)

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self.inner(*args, **kwargs)


def by_closure(module: Any) -> None:
    inner = module.forward
    module.forward = lambda *args, **kwargs: inner(*args, **kwargs)  # noqa: PLW0108 - a closure is what is tested


def by_default(module: Any) -> None:
    inner = module.forward
    module.forward = lambda *args, inner=inner, **kwargs: inner(*args, **kwargs)


def by_recursion(module: Any) -> None:
    inner = module.forward

    def run(*args: Any, deep: int = 2, **kwargs: Any) -> Any:
        return run(*args, deep=deep - 1, **kwargs) if deep else inner(*args, **kwargs)

    module.forward = run


def by_method_of_a_closure(module: Any) -> None:
    inner = module.forward

    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        assert not self.mlp.training
        return inner(*args, **kwargs)

    module.forward = MethodType(run, module)


def by_object(module: Any) -> None:
    module.forward = Helper(module)


def by_wrapped_object(module: Any) -> None:
    helper = Helper(module)
    module.forward = lambda *args, **kwargs: helper(*args, **kwargs)  # noqa: PLW0108 - as above


def by_list(module: Any) -> None:
    steps = [module.forward]
    module.forward = lambda *args, **kwargs: steps[0](*args, **kwargs)  # noqa: PLW0108 - as above


def by_own_method(module: Any) -> None:
    helper = Helper(module)
    helper.go = helper.run
    module.forward = helper.go


def by_partial(module: Any) -> None:
    module.forward = partial(lambda inner, *args, **kwargs: inner(*args, **kwargs), module.forward)


def by_keyword(module: Any) -> None:
    module.forward = partial(lambda *args, inner, **kwargs: inner(*args, **kwargs), inner=module.forward)


def by_helper(module: Any) -> None:
    module.forward = Helper(module).run


def by_kept_method(module: Any) -> None:
    module.old = {"forward": module.forward}
    module.forward = lambda *args, **kwargs: module.old["forward"](*args, **kwargs)  # noqa: PLW0108 - as above


def by_hidden_list(module: Any) -> None:
    module.others = [module.attn, module.mlp]
    run = type(module).forward

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        assert self.others[0] is self.attn
        assert not self.others[1].training
        return run(self, *args, **kwargs)

    module.forward = forward.__get__(module)


@pytest.mark.parametrize(
    "wrap",
    [
        *(by_closure, by_default, by_recursion, by_partial, by_keyword, by_helper, by_kept_method, by_hidden_list),
        *(by_method_of_a_closure, by_object, by_wrapped_object, by_list, by_own_method),
    ],
)
def test_forwards_that_were_replaced_run_without_dropout(wrap: Callable[[Any], None]) -> None:
    want = attribute(tiny("gpt2"), input_ids=ids()).scores()
    model = tiny("gpt2").train()
    for block in model.transformer.h:
        wrap(block)
    before = [dict(block.__dict__) for block in model.transformer.h]
    got = attribute(model, input_ids=ids()).scores()
    np.testing.assert_allclose(got, want, rtol=1e-5)
    assert [dict(block.__dict__) for block in model.transformer.h] == before


FORWARDS: dict[int, Any] = {}
"""What a notebook keeps in a global of its own."""


def by_global(module: Any) -> None:
    FORWARDS[module.number] = module.forward
    module.forward = partial(lambda number, *args, **kwargs: FORWARDS[number](*args, **kwargs), module.number)


def by_adapter(module: Any) -> None:
    module.mlp.adapter = torch.nn.Dropout(0.5).eval()
    module.mlp.register_forward_hook(lambda mlp, _, output: mlp.adapter(output))


@pytest.mark.parametrize("wrap", [by_global, by_adapter])
def test_what_would_run_with_dropout_is_refused(wrap: Callable[[Any], None]) -> None:
    want = attribute(tiny("gpt2"), input_ids=ids()).scores()
    model = tiny("gpt2")
    for number, block in enumerate(model.transformer.h):
        block.number = number
        wrap(block)
    before = dict(torch.nn.modules.module._global_forward_pre_hooks)
    np.testing.assert_allclose(attribute(model, input_ids=ids()).scores(), want, rtol=1e-5)
    model.train()
    with pytest.raises(UnsupportedModelError, match=r"is in training mode.*Call model\.eval\(\) first"):
        attribute(model, input_ids=ids())
    assert dict(torch.nn.modules.module._global_forward_pre_hooks) == before
    model.eval()
    np.testing.assert_allclose(attribute(model, input_ids=ids()).scores(), want, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:.*deprecated")
def test_torchscript_is_refused_where_it_would_be_random() -> None:
    model = tiny("gpt2")
    model.transformer.drop = torch.jit.trace(torch.nn.Dropout(0.5), torch.ones(1), check_trace=False)
    with pytest.raises(UnsupportedModelError, match="TorchScript"):
        attribute(model.train(), input_ids=ids())


class Recorder(torch.nn.Module):
    """A module whose method is a hook of another."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))
        self.dropout = torch.nn.Dropout(0.9)

    def hook(self, _: object, __: object, output: torch.Tensor) -> torch.Tensor:
        return self.dropout(output) * self.scale


def test_hooks_are_called() -> None:
    want = attribute(tiny("gpt2"), input_ids=ids()).scores()
    model, seen = tiny("gpt2"), []
    model.recorder = Recorder()
    model.transformer.wte.register_forward_hook(model.recorder.hook)
    block = model.transformer.h[0]
    block.register_forward_pre_hook(lambda module, args, kwargs: seen.append((module, "before")), with_kwargs=True)
    block.register_forward_hook(lambda module, _, output: seen.append((module, "after")))
    block.register_full_backward_hook(lambda module, *_: seen.append((module, "back")))
    model.train()
    np.testing.assert_allclose(attribute(model, input_ids=ids()).scores(), want, rtol=1e-5)
    assert set(seen) == {(block, "before"), (block, "after"), (block, "back")}


def pruned() -> Any:
    model = tiny("llama")
    for block in model.model.layers:
        prune.l1_unstructured(block.mlp.up_proj, "weight", 0.5)
        with torch.no_grad():
            block.mlp.up_proj.weight_orig.mul_(-2)  # not masked before the next call
    return model


def test_weights_that_a_hook_makes() -> None:
    """Pruning puts masked weights into a module before each call."""
    model, want = pruned(), pruned()
    for block in want.model.layers:
        prune.remove(block.mlp.up_proj, "weight")
    masked = model.model.layers[0].mlp.up_proj.weight
    got = attribute(model, input_ids=ids()).scores()
    np.testing.assert_allclose(got, attribute(want, input_ids=ids()).scores(), rtol=1e-5)
    assert model.model.layers[0].mlp.up_proj.weight is masked


def test_weights_that_a_model_rescales_by_itself() -> None:
    """RWKV divides weights in place at its first run in evaluation mode, and multiplies them again for training."""
    model = tiny("rwkv", num_hidden_layers=3, rescale_every=1)
    fresh = {name: p.clone() for name, p in model.named_parameters()}
    want = attribute(model, input_ids=ids()).scores()
    for name, p in model.named_parameters():
        assert torch.equal(p, fresh[name])
    with torch.no_grad():
        model(torch.tensor([ids()]))  # now they are divided, by the model itself
    assert any(not torch.equal(p, fresh[name]) for name, p in model.named_parameters())
    # Halved hidden states are as large as before beside all but the ε of a layer norm.
    np.testing.assert_allclose(attribute(model, input_ids=ids()).scores(), want, rtol=1e-3)
    model.train()
    np.testing.assert_allclose(attribute(model, input_ids=ids()).scores(), want, rtol=1e-3)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("wrap", [None, by_closure, by_helper])
def test_no_graph_stays(way: Any, wrap: Callable[[Any], None] | None) -> None:
    """Also where the twin's modules lead back to themselves, and only the garbage collector ends them."""
    model = tiny("llama")
    for module in () if wrap is None else (model, model.model.layers[0]):
        wrap(module)
    go(model, way, ids(5))
    gc.collect()
    gc.disable()
    try:
        graph, head = forward.run(model, ids(5), 3, way=way)
        kept, leaf = weakref.ref(graph), weakref.ref(graph.x)
        del graph, head
        assert kept() is None
        assert leaf() is None
    finally:
        gc.enable()


class Dequantised(torch.nn.Parameter):
    """As packages have them, with a method."""

    def plain(self) -> torch.Tensor:
        return self * 1


def test_weights_of_a_type_of_their_own() -> None:
    model = tiny("llama")
    want = attribute(model, input_ids=ids()).scores()
    layer = model.model.layers[0].mlp.up_proj
    layer.weight = Dequantised(layer.weight.detach())
    layer.forward = lambda x: torch.nn.functional.linear(x, layer.weight.plain())
    np.testing.assert_allclose(attribute(model, input_ids=ids()).scores(), want, rtol=1e-5)
