"""The user's model is left exactly as found, also after an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from tiny_models import half_trained, ids, tiny

from jacobian_widget import ModelChangedError, attribute, memory


def state(model: Any) -> list[object]:
    return [
        [
            (name, module.training, len(module._forward_hooks), len(module._forward_pre_hooks))
            for name, module in model.named_modules()
        ],
        [(name, p.requires_grad, p.grad, p.device, p.dtype, p.data_ptr()) for name, p in model.named_parameters()],
        dict(model.config.to_dict()),
    ]


@pytest.fixture
def model() -> Any:
    return half_trained()


def test_after_a_result(model: Any) -> None:
    before, random = state(model), torch.random.get_rng_state()
    a = attribute(model, input_ids=ids())
    a.scores("semantic", target=50)
    assert state(model) == before
    assert torch.equal(torch.random.get_rng_state(), random)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("failing_at", range(8))
def test_after_an_exception_wherever_progress_is_told(model: Any, failing_at: int) -> None:
    before, calls = state(model), []

    def progress(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) > failing_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attribute(model, input_ids=ids(), progress=progress)
    assert state(model) == before
    assert attribute(model, input_ids=ids()).scores().any()


def test_after_an_exception_inside_the_model(model: Any) -> None:
    attribute(model, input_ids=ids())
    before = state(model)
    inner = model.transformer.h[1].forward
    model.transformer.h[1].forward = lambda *args, **kwargs: 1 / 0
    with pytest.raises(ZeroDivisionError):
        attribute(model, input_ids=ids())
    model.transformer.h[1].forward = inner
    assert state(model) == before


def test_dropout_is_off_and_the_callers_grad_mode_does_not_matter(model: Any) -> None:
    want = attribute(model, input_ids=ids()).scores()
    with torch.no_grad():
        assert (attribute(model, input_ids=ids()).scores() == want).all()
    with torch.inference_mode():
        assert (attribute(model, input_ids=ids()).scores() == want).all()


def change_weights(model: Any) -> None:
    with torch.no_grad():
        model.transformer.h[0].mlp.c_fc.weight.mul_(1.5)


def change_hooks(model: Any) -> None:
    def longer(_: Any, __: Any, output: Any) -> Any:  # a tuple in transformers 4
        return (output[0] * 1.5, *output[1:]) if isinstance(output, tuple) else output * 1.5

    model.transformer.h[0].register_forward_hook(longer)


@pytest.mark.parametrize("change", [change_weights, change_hooks])
def test_a_model_that_the_user_changes_is_noticed(change: Callable[[Any], None]) -> None:
    """A graph at hand belongs to the old model, and a result must not mix the two."""
    model = tiny("gpt2")
    old = attribute(model, input_ids=ids(9), scopes=("semantic",))
    change(model)
    new = attribute(model, input_ids=ids(9), position=8, scopes=("semantic",))
    fresh_model = tiny("gpt2")
    change(fresh_model)
    fresh = attribute(fresh_model, input_ids=ids(9), position=8, scopes=("semantic",))
    torch.testing.assert_close(torch.tensor(new.scores()), torch.tensor(fresh.scores()))
    assert old.scores().any()
    with pytest.raises(ModelChangedError, match="Compute the result again"):
        old.scores("semantic", target=50)


def test_graphs_that_are_too_many_are_released_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    first = attribute(model, input_ids=ids(), scopes=("semantic",))
    monkeypatch.setattr(memory, "graph_bytes", lambda model, graph: 1e15)
    second = attribute(model, input_ids=ids(9), scopes=("semantic",))
    assert first._session.probe.backward.graph is None
    assert second._session.probe.backward.graph is not None
    fresh = attribute(model, input_ids=ids(), target=50)
    torch.testing.assert_close(
        torch.tensor(first.scores("semantic", target=50)), torch.tensor(fresh.scores("semantic", target=50))
    )
