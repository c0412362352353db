"""A cell trains the model while it is being explained: its gradients are whole, and no result mixes two models."""

from __future__ import annotations

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


def step(model: Any) -> None:
    """In place, as optimizers do."""
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(1.001)


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


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_step_of_the_weights_at_any_block_is_noticed(way: Any) -> None:
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
    nth = Nth(monkeypatch, lambda: at_once(lambda: step(model)))
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
        patch.setattr(JacobianWidget, "_progress", lambda w, *rest: (step(model), inner(w, *rest)))
        w.text = "The hat"
        with pytest.raises(ModelChangedError):
            w.attribution  # noqa: B018 - waits
        assert w.status["state"] == "error"
        assert "has changed since the computation of this result began" in w.status["message"]
        assert (w.basis, w.text) == (picture, "The hat")
    w.set_state({"retries": w.retries + 1})
    np.testing.assert_allclose(w.scores, attribute(model, byte_tokenizer(), "The hat").scores(), rtol=1e-5)
    w.close()
