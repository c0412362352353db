"""Gradient × input and path gradients, against plain autograd on the model's own logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from test_model_untouched import state
from tiny_models import ids, tiny
from torch import Tensor

from jacobian_widget import attribute
from jacobian_widget.baselines import gradient_x_input, path_gradient

TEXT = ids(7)
QUANTITIES: dict[str, Callable[[Tensor], Tensor]] = {
    "semantic": lambda z: z[17],
    "log_probability": lambda z: z.log_softmax(-1)[17],
    "contrast": lambda z: z[17] - z[42],
    "entropy": lambda z: -(z.softmax(-1) * z.log_softmax(-1)).sum(),
}


def embedded(model: Any, n_bos: int) -> Tensor:
    return model.get_input_embeddings()(torch.tensor([[1] * n_bos + TEXT])).detach()


def gradient(model: Any, x: Tensor, f: Callable[[Tensor], Tensor], at: int) -> tuple[float, Tensor]:
    x = x.detach().requires_grad_()
    value = f(model(inputs_embeds=x, use_cache=False).logits[0, at])
    (g,) = torch.autograd.grad(value, x)
    return value.item(), g[0]


@pytest.mark.parametrize("scope", QUANTITIES)
def test_gradient_x_input(scope: str) -> None:
    model = tiny("gemma2", dtype=torch.float64)
    a = attribute(model, input_ids=TEXT, position=5, n_bos=1, scopes=("semantic",))
    x = embedded(model, 1)
    _, g = gradient(model, x, QUANTITIES[scope], at=5)
    for norm, want in ((False, (g * x[0]).sum(-1)), (True, (g * x[0]).norm(dim=-1))):
        got = gradient_x_input(a, scope, target=17, foil=42, norm=norm)
        np.testing.assert_allclose(got[:5], want[1:6], rtol=1e-5)
        assert not got[5:].any()


@pytest.mark.parametrize("scope", QUANTITIES)
def test_signed_scores_are_gradient_x_input(scope: str) -> None:
    model = tiny("gemma2", dtype=torch.float64)
    a = attribute(model, input_ids=TEXT, position=5, n_bos=1, scopes=(scope,), target=17, foil=42)
    x = embedded(model, 1)
    _, g = gradient(model, x, QUANTITIES[scope], at=5)
    want = np.append((g * x[0]).sum(-1)[1:6], [0, 0])
    assert (want < 0).any()
    assert (want > 0).any()
    got = a.scores(scope, target=17, foil=42, signed=True)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7 * np.abs(want).max())
    pattern = r"#\d+ #\d+"
    pairs = a.scores(scope, target=17, foil=42, signed=True, granularity="regex", pattern=pattern)
    starts = a.source.groups("regex", pattern)
    assert 1 < len(starts) < len(TEXT)
    np.testing.assert_allclose(pairs, np.add.reduceat(want, starts), rtol=1e-5, atol=1e-7 * np.abs(want).max())


@pytest.mark.parametrize("start", ["zero", "mean", "bos"])
@pytest.mark.parametrize("scope", QUANTITIES)
def test_path_gradients_are_averages_along_the_path(scope: str, start: str) -> None:
    model = tiny("qwen3", dtype=torch.float64)
    before = state(model)
    a = attribute(model, input_ids=TEXT, n_bos=1, scopes=("semantic",))
    path = path_gradient(a, scope, target=17, foil=42, start=start, steps=3)
    x = embedded(model, 1)
    weight = model.get_input_embeddings().weight.detach()
    begin = x.clone()
    begin[:, 1:] = {"zero": torch.zeros_like(weight[0]), "mean": weight.mean(0), "bos": weight[1]}[start]
    f = QUANTITIES[scope]
    mean = sum(gradient(model, begin + part * (x - begin), f, -1)[1] for part in (1 / 6, 1 / 2, 5 / 6)) / 3
    np.testing.assert_allclose(path.norms, mean.norm(dim=-1)[1:], rtol=1e-4)
    np.testing.assert_allclose(path.integrated_gradients, (mean * (x - begin)[0]).sum(-1)[1:], rtol=1e-3, atol=1e-6)
    want = gradient(model, x, f, -1)[0] - gradient(model, begin, f, -1)[0]
    assert path.difference == pytest.approx(want, rel=1e-5, abs=1e-7)
    assert path.start == start
    assert state(model) == before


def test_integrated_gradients_add_up() -> None:
    a = attribute(tiny("llama"), input_ids=TEXT, n_bos=1, scopes=("semantic",))
    errors = []
    for steps in (4, 256):
        path = path_gradient(a, "log_probability", start="bos", steps=steps)
        errors.append(abs(path.integrated_gradients.sum() - path.difference))
    assert errors[1] < 0.1 * errors[0]
    assert errors[1] < 0.01 * abs(path.difference)


def test_progress_and_cancel() -> None:
    a, told = attribute(tiny("llama"), input_ids=TEXT, scopes=("semantic",)), []
    path_gradient(a, steps=3, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        path_gradient(a, steps=3, progress=stop)


def test_a_token_against_itself() -> None:
    a = attribute(tiny("llama"), input_ids=TEXT, scopes=("semantic",))
    assert not gradient_x_input(a, "contrast", target=5, foil=5).any()
    assert not path_gradient(a, "contrast", target=5, foil=5, steps=2).norms.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scope": "fisher"}, "semantic"),
        ({"scope": "temperature"}, "no path"),
        ({"scope": "logit"}, "unknown scope"),
        ({"start": "pad"}, "'zero', 'mean' or 'bos'"),
        ({"steps": 0}, "at least 1"),
        ({"target": 101}, "101"),
    ],
)
def test_bad_input(arguments: dict[str, Any], message: str) -> None:
    a = attribute(tiny("llama"), input_ids=TEXT, scopes=("semantic",))
    with pytest.raises(ValueError, match=message):
        path_gradient(a, **arguments)


def test_without_a_model() -> None:
    a = attribute(tiny("llama"), input_ids=TEXT, scopes=("semantic",)).detached()
    with pytest.raises(ValueError, match="model is not at hand"):
        gradient_x_input(a)
