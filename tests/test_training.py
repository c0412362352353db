"""A cell trains the model while it is being explained: its gradients are whole, and no result mixes two models."""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest
import torch
from test_faults import WAYS, go
from test_widget_faults import Nth
from tiny_models import ids, tiny
from tiny_tokenizer import byte_tokenizer
from together import at_once

from jacobian_widget import JacobianWidget, ModelChangedError, attribute
from jacobian_widget.ablation import Ablator
from jacobian_widget.batch import Question, attribute_batch
from jacobian_widget.forward import Gate
from jacobian_widget.passes import batchable
from jacobian_widget.tokens import from_ids

TEXT = "The cat sat"


def learner() -> Any:
    """With dropout."""
    return tiny("gpt2", vocab_size=300).train()


def loss_of(model: Any) -> torch.Tensor:
    torch.manual_seed(0)  # of the dropout
    text = torch.tensor([ids(6)])
    return model(text, labels=text).loss


def gradients(model: Any) -> dict[str, torch.Tensor]:
    found = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    return found


def in_place(model: Any) -> None:
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(1.001)


def fused(model: Any) -> None:
    """Such steps leave the versions of the weights as they are."""
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True).step()
    model.zero_grad()


STEPS = [in_place, fused]


def test_steps_of_another_model_do_not_count() -> None:
    """Nor that it is gone."""
    model = learner()
    a = attribute(model, input_ids=ids(6), scopes=("semantic",))
    other = learner()
    fused(other)
    before = a.scores("semantic", target=50)
    del other
    gc.collect()
    want = attribute(model, input_ids=ids(6), target=51).scores("semantic", target=51)
    np.testing.assert_allclose(a.scores("semantic", target=51), want, rtol=1e-4)
    assert before.any()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_gradients_are_whole_at_every_block(way: Any) -> None:
    """A forward pass at one block, its backward at the next."""
    model = learner()
    loss = loss_of(model)
    loss.backward()
    want, scores = gradients(model), go(model, way, ids(5))
    waiting: list[torch.Tensor] = []
    calls: list[int] = []

    def train() -> None:
        if waiting:
            waiting.pop().backward()
            torch.testing.assert_close(gradients(model), want)
        waiting.append(loss_of(model))
        torch.testing.assert_close(waiting[0], loss)

    def progress(done: int, total: int) -> None:
        calls.append(done)
        at_once(train)

    np.testing.assert_allclose(go(model, way, ids(5), progress=progress), scores, rtol=1e-5)
    assert len(calls) >= 4 * len(model.transformer.h)
    train()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_step_of_the_weights_at_any_block_is_noticed(way: Any, step: Callable[[Any], None]) -> None:
    calls: list[int] = []
    go(learner(), way, ids(5), progress=lambda done, _: calls.append(done))
    for at in range(len(calls)):
        model, done = learner(), count()
        go(model, way, ids(5))

        def progress(*_: int, at: int = at, model: Any = model, done: Any = done) -> None:
            if next(done) == at:
                at_once(lambda: step(model))

        with pytest.raises(ModelChangedError, match="Compute the result again"):
            go(model, way, ids(5), progress=progress)
        changed = learner()
        step(changed)
        np.testing.assert_allclose(go(model, way, ids(5)), go(changed, way, ids(5)), rtol=1e-5)


def test_the_widget_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = learner()
    nth = Nth(monkeypatch, lambda: at_once(lambda: fused(model)))
    w = JacobianWidget(model, byte_tokenizer(), TEXT)
    for n in count(1):
        w.scores  # noqa: B018 - waits
        nth.n, nth.count = n, 0
        w.text = TEXT[: 5 + n % 6]
        got = w.scores
        assert w.status["state"] == "ready"
        if nth.count < n:
            break
        np.testing.assert_allclose(got, attribute(model, byte_tokenizer(), w.text).scores(), rtol=1e-5)
    assert n > 4 * len(model.transformer.h)
    w.close()


def test_the_widget_gives_up_on_a_model_that_never_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    model = learner()
    w = JacobianWidget(model, byte_tokenizer(), TEXT)
    picture = w.attribution and w.basis
    with pytest.MonkeyPatch.context() as patch:
        inner = JacobianWidget._progress
        patch.setattr(JacobianWidget, "_progress", lambda w, *rest: (in_place(model), inner(w, *rest)))
        w.text = "The hat"
        with pytest.raises(ModelChangedError):
            w.attribution  # noqa: B018 - waits
        assert w.status["state"] == "error"
        assert "has changed since the computation of this result began" in w.status["message"]
        assert (w.basis, w.text) == (picture, "The hat")
    w.set_state({"retries": w.retries + 1})
    np.testing.assert_allclose(w.scores, attribute(model, byte_tokenizer(), "The hat").scores(), rtol=1e-5)
    w.close()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", ["ablations", "batches"])
def test_many_texts_never_mix_models(way: str, step: Callable[[Any], None]) -> None:
    source, sets = from_ids(ids(9)), [[i] for i in range(8)]
    questions = [Question(from_ids(ids(n))) for n in (5, 7)]
    for at in range(100):
        model, done = tiny("llama"), count()
        Ablator(model, source).effects(sets)  # and what is tried once for each model
        assert batchable(model)

        def progress(*_: int, at: int = at, model: Any = model, done: Any = done) -> None:
            if next(done) == at:
                step(model)

        gate = Gate()
        try:
            if way == "ablations":
                Ablator(model, source).effects(sets, progress=progress)
            else:
                with gate.asking(progress):
                    list(attribute_batch(model, None, questions, scopes=["semantic"], gate=gate))
        except ModelChangedError:
            continue
        break
    assert next(done) <= at + (way == "ablations")  # the step came behind the last pass, or not at all
    assert at >= 2 * len(model.model.layers)
