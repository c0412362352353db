"""The guide for contributors: its worked example runs, and a scope of one's own scores what it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from brute_force import BruteForce
from tiny_models import ids, tiny

from jacobian_widget import SCOPES, Attribution, JacobianWidget, Scope, attribute, scopes
from jacobian_widget.baselines import path_gradient

GUIDE = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
TARGETS = set(re.findall(r"^([\w-]+):", (Path(__file__).parents[1] / "Makefile").read_text(), re.MULTILINE))
OWN = replace(SCOPES["entropy"], name="own", title="Of one's own", quantity=scopes.entropy)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def scopes_as_before() -> Iterator[None]:
    known = dict(SCOPES)
    yield
    for name in set(SCOPES) - set(known):
        del scopes._known[name]


def example() -> dict[str, Any]:
    """What the blocks of Python define, run one after the other."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(compile(block, "CONTRIBUTING.md", "exec"), names)  # noqa: S102 - our own text
    return names


def test_the_worked_example_runs_and_reaches_the_widget() -> None:
    names = example()
    a, w = names["a"], names["w"]
    assert "margin" in SCOPES
    assert isinstance(a, Attribution)
    assert "margin" in a.to_dataframe()
    assert "What moved the lead of the likeliest token?" in a.to_markdown("margin")
    assert isinstance(w, JacobianWidget)
    np.testing.assert_allclose(w.scores, a.scores("margin"), rtol=1e-4)
    assert ["margin", None] in w.basis["directions"]  # the Grams that a view needs
    bundle = w._repr_mimebundle_()
    assert bundle is not None
    assert "Margin" in bundle[0]["text/html"]
    assert [name for name in bundle[0] if "widget-view" in name] == []  # it would draw another scope
    w.scope = "semantic"
    bundle = w._repr_mimebundle_()
    assert bundle is not None
    assert [name for name in bundle[0] if "widget-view" in name] != []


@pytest.mark.parametrize("kind", ["gpt2", "gemma2"])
def test_a_quantity_of_the_logits_scores_as_the_dense_jacobian_says(kind: str) -> None:
    def varentropy(z: torch.Tensor) -> torch.Tensor:
        log_p = z.log_softmax(-1)
        return (log_p.exp() * (log_p + scopes.quantity_of("own", z)) ** 2).sum()

    def entropy(z: torch.Tensor) -> torch.Tensor:
        log_p = z.log_softmax(-1)
        return -(log_p.exp() * log_p).sum()

    scopes.register(replace(OWN, quantity=entropy))
    scopes.register(replace(OWN, name="varentropy", quantity=varentropy))  # type: ignore[arg-type]
    truth = BruteForce(tiny(kind), ids(), 5, n_bos=1)
    a = attribute(tiny(kind), input_ids=ids(), position=5, n_bos=1)
    np.testing.assert_allclose(a.scores("own"), a.scores("entropy"), rtol=1e-5)
    z = truth.z.clone().requires_grad_()
    (u,) = torch.autograd.grad(varentropy(z), z)
    np.testing.assert_allclose(a.scores("varentropy"), truth.of(u).numpy(), rtol=1e-4, atol=1e-7)
    before = a.n_vjps
    alone = attribute(tiny(kind), input_ids=ids(), position=5, n_bos=1, scopes=["varentropy"])
    assert alone.n_vjps == 1
    np.testing.assert_allclose(alone.scores("varentropy"), a.scores("varentropy"), rtol=1e-5)
    own, builtin = (path_gradient(a, scope, steps=2) for scope in ("own", "entropy"))
    np.testing.assert_allclose(own.integrated_gradients, builtin.integrated_gradients, rtol=1e-4, atol=1e-7)
    assert own.difference == pytest.approx(builtin.difference)
    assert a.n_vjps == before


def test_saved_results_keep_it(tmp_path: Path) -> None:
    scopes.register(replace(OWN, quantity=partial(torch.norm, dim=-1)))
    a = attribute(tiny("llama"), input_ids=ids())
    a.save(tmp_path / "a.npz")
    np.testing.assert_array_equal(Attribution.load(tmp_path / "a.npz").scores("own"), a.scores("own"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "fisher"}, "cannot be called 'fisher'"),
        ({"name": "logit"}, "cannot be called 'logit'"),
        ({"name": "my scope"}, "cannot be called 'my scope'"),
        ({"quantity": None}, "needs a quantity"),
        ({"needs_target": True}, "no target or foil"),
    ],
)
def test_what_cannot_be_registered(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scopes.register(replace(OWN, **change))
    assert "own" not in SCOPES
    with pytest.raises(TypeError, match="got dict"):
        scopes.register({})  # type: ignore[arg-type]


def test_a_scope_of_ones_own_can_be_registered_anew() -> None:
    found = []
    for factor in (1, 3):  # as when a cell is run again after an edit
        scopes.register(replace(OWN, quantity=lambda z, factor=factor: factor * z.logsumexp(-1)))
        found.append(attribute(tiny("gpt2"), input_ids=ids(), scopes=["own"]).scores("own"))
    np.testing.assert_allclose(found[1], 3 * found[0], rtol=1e-4)


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (lambda z: z, "one number"),
        (lambda z: 1.0, "one number"),
        (lambda z: z.detach().sum(), "one number"),
        (lambda z: (z.sum() - z.sum()).sqrt(), "NaN or infinity"),
    ],
)
def test_a_quantity_that_is_none_is_named(quantity: Any, message: str) -> None:
    scopes.register(replace(OWN, quantity=quantity))
    with pytest.raises(ValueError, match=rf"'own' .*{message}"):
        attribute(tiny("gpt2"), input_ids=ids(), scopes=["own"])


def test_the_guide_names_what_is_there() -> None:
    assert set(re.findall(r"`make ([\w-]+)", GUIDE)) <= TARGETS
    root = Path(__file__).parents[1]
    for path in re.findall(r"`((?:tests|js|jacobian_widget)/[\w./-]*\w|[\w-]+\.(?:toml|txt|md))`", GUIDE):
        assert (root / path).exists(), path
    assert set(SCOPES) == {"semantic", "fisher", "temperature", "contrast", "log_probability", "entropy"}
    assert isinstance(SCOPES["fisher"], Scope)
