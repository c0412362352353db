"""Targets beyond one token: sets of tokens, spans, directions of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from brute_force import BruteForce
from tiny_models import ARCHITECTURES, ids, tiny

from jacobian_widget import Attribution, attribute

TEXT = ids(8)


@pytest.fixture(scope="module", params=["llama", "gemma2"])
def pair(request: pytest.FixtureRequest) -> tuple[Attribution, BruteForce]:
    model = tiny(request.param)
    return attribute(model, input_ids=TEXT, position=6, n_bos=1), BruteForce(model, TEXT, 6, n_bos=1)


def padded(scores: torch.Tensor) -> np.ndarray[Any, Any]:
    return np.pad(scores.numpy(), (0, len(TEXT) - len(scores)))[: len(TEXT)]


def share(truth: BruteForce, tokens: list[int]) -> torch.Tensor:
    """`p / Σ p` on `tokens`, 0 elsewhere."""
    w = torch.zeros_like(truth.p)
    w[tokens] = truth.p[tokens] / truth.p[tokens].sum()
    return w


def test_a_set_is_explained_by_its_summed_probability(pair: tuple[Attribution, BruteForce]) -> None:
    a, truth = pair
    tokens, others = [5, 17, 60], [9, 17]
    w, u = share(truth, tokens), share(truth, others)
    for scope, foil, direction in (
        ("log_probability", None, w - truth.p),
        ("semantic", None, w),
        ("contrast", others, w - u),
    ):
        want = padded(truth.of(direction))
        np.testing.assert_allclose(a.scores(scope, target=tokens, foil=foil), want, rtol=1e-4, atol=1e-7)
    # Of the gradient of log Σ p itself, not of our formula for it.
    leaf = truth.z.clone().requires_grad_()
    leaf.log_softmax(-1)[tokens].logsumexp(0).backward()
    want = padded(truth.of(leaf.grad))
    np.testing.assert_allclose(a.scores("log_probability", target=tokens), want, rtol=1e-4, atol=1e-7)


def test_a_set_of_known_targets_needs_no_vjp() -> None:
    a = attribute(tiny("llama"), input_ids=TEXT)
    known, before = [c.id for c in a.predictions[:3]], a.n_vjps
    scores = a.scores("log_probability", target=known)
    assert a.n_vjps == before
    np.testing.assert_array_equal(a.scores("log_probability", target=[known[0], *known]), scores)
    np.testing.assert_array_equal(a.scores(target=known[:1]), a.scores(target=known[0]))


def test_a_set_in_a_saved_result(tmp_path: Any) -> None:
    a = attribute(tiny("llama"), input_ids=TEXT)
    known = [c.id for c in a.predictions[:3]]
    a.save(tmp_path / "a.npz")
    loaded = Attribution.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(loaded.scores(target=known), a.scores(target=known))


@pytest.mark.parametrize("kind", ARCHITECTURES)
@pytest.mark.parametrize(("start", "stop"), [(3, 7), (1, 2), (5, 8)])
def test_a_span_is_the_sum_of_its_log_probabilities(kind: str, start: int, stop: int) -> None:
    model = tiny(kind, dtype=torch.float64)
    a = attribute(model, input_ids=TEXT, position=2, scopes=("semantic",))
    x = model.get_input_embeddings()(torch.tensor([TEXT])).detach().requires_grad_()
    log_p = model(inputs_embeds=x, use_cache=False).logits[0].log_softmax(-1)
    (g,) = torch.autograd.grad(sum(log_p[i - 1, TEXT[i]] for i in range(start, stop)), x)
    scores = a.scores(span=(start, stop))
    np.testing.assert_allclose(scores, g[0].norm(dim=-1).numpy(), rtol=1e-5, atol=1e-9)
    assert (scores[: stop - 1] > 0).all()
    assert not scores[stop - 1 :].any()


def test_a_span_of_one_token_is_its_log_probability() -> None:
    model = tiny("gpt2")
    a = attribute(model, input_ids=TEXT, position=5, n_bos=1)
    np.testing.assert_allclose(a.scores(span=(5, 6)), a.scores("log_probability"), rtol=1e-5)
    shares, bos = a.shares(span=(5, 6))
    want, want_bos = a.shares("log_probability")
    np.testing.assert_allclose(shares, want, rtol=1e-5)
    assert bos == pytest.approx(want_bos, rel=1e-5)


def test_a_direction_of_ones_own() -> None:
    model = tiny("llama")
    a = attribute(model, input_ids=TEXT, position=6, scopes=("temperature",))
    y = a._session.probe.y
    np.testing.assert_allclose(a.scores(v=y / y.norm()), a.scores("temperature"), rtol=1e-5)
    np.testing.assert_allclose(a.scores(v=lambda y: y.norm()), a.scores("temperature"), rtol=1e-5)
    head = model.get_output_embeddings()
    np.testing.assert_allclose(a.scores(v=lambda y: head(y)[17]), a.scores("semantic", target=17), rtol=1e-5)
    groups = a.scores(v=y, granularity="token")
    np.testing.assert_allclose(groups, a.scores(v=y), rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"target": []}, ValueError, "at least one"),
        ({"target": [5, 101]}, ValueError, "101"),
        ({"span": (0, 3)}, ValueError, "1 <= start"),
        ({"span": (3, 3)}, ValueError, "start < stop"),
        ({"span": (3, 9)}, ValueError, "<= 8"),
        ({"span": 3}, TypeError, "pair"),
        ({"span": (2, 3), "target": 5}, ValueError, "either v, or span"),
        ({"v": [1.0, 2.0]}, ValueError, "32 finite numbers"),
        ({"v": torch.full((32,), torch.nan)}, ValueError, "finite"),
        ({"v": lambda y: y}, ValueError, "one number"),
        ({"v": lambda y: torch.tensor(1.0)}, ValueError, "depends on it"),
        ({"v": torch.ones(32), "span": (2, 3)}, ValueError, "either v, or span"),
    ],
)
def test_bad_targets(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    a = attribute(tiny("llama"), input_ids=TEXT, position=6)
    with pytest.raises(error, match=message):
        a.scores(**arguments)
