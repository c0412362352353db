"""Scores against a dense float64 Jacobian, on architectures that differ in their heads, norms and mixers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from brute_force import BruteForce
from tiny_models import ARCHITECTURES, ids, tiny

from jacobian_widget import SCOPES, Attribution, attribute

POSITION, TARGET, FOIL = 5, 17, 42


@cache
def reference(kind: str) -> BruteForce:
    return BruteForce(tiny(kind), ids(), POSITION, n_bos=1)


@cache
def whole_basis(kind: str) -> Attribution:
    return attribute(tiny(kind), input_ids=ids(), position=POSITION, n_bos=1, target=TARGET, foil=FOIL)


def expected(truth: BruteForce, scope: str) -> np.ndarray:
    arguments = {"contrast": (TARGET, FOIL), "semantic": (TARGET,), "log_probability": (TARGET,)}.get(scope, ())
    return getattr(truth, scope)(*arguments).numpy()


def scored(a: Attribution, scope: str) -> np.ndarray:
    target = {"target": TARGET} if SCOPES[scope].needs_target else {}
    foil = {"foil": FOIL} if SCOPES[scope].needs_foil else {}
    return a.scores(scope, **target, **foil)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_float32_scores_equal_the_float64_jacobian(kind: str, scope: str) -> None:
    want = expected(reference(kind), scope)
    got = scored(whole_basis(kind), scope)
    assert got.dtype == np.float32
    assert got.shape == (len(ids()),)
    assert want[:POSITION].min() > 0
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6 * want.max())


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("kind", ["llama", "gemma2", "mamba"])
def test_float64_model_to_the_last_float32_digit(kind: str, scope: str) -> None:
    model = tiny(kind).double()
    a = attribute(model, input_ids=ids(), position=POSITION, n_bos=1, target=TARGET, foil=FOIL)
    want = expected(reference(kind), scope)
    np.testing.assert_allclose(scored(a, scope), want, rtol=2e-6 if scope != "fisher" else 1e-5, atol=1e-7 * want.max())


@pytest.mark.parametrize("scope", SCOPES)
def test_one_scope_alone_takes_only_its_vjps_and_scores_the_same(scope: str) -> None:
    model = tiny("gemma2")
    alone = attribute(model, input_ids=ids(), position=POSITION, n_bos=1, scopes=(scope,), target=TARGET, foil=FOIL)
    wanted = {"contrast": 2, "fisher": 32}.get(scope, 1)
    assert alone.n_vjps == wanted
    np.testing.assert_allclose(scored(alone, scope), scored(whole_basis("gemma2"), scope), rtol=1e-4)
    assert alone.n_vjps == wanted


def test_finite_differences() -> None:
    truth = reference("gpt2")
    a = whole_basis("gpt2")
    token, epsilon = 2, 1e-5
    gradient = truth.J[TARGET, truth.n_bos + token]
    step = torch.zeros_like(truth.x)
    step[0, truth.n_bos + token] = epsilon * gradient / gradient.norm()
    slope = (truth.logits(truth.x + step) - truth.logits(truth.x - step)).detach()[TARGET] / (2 * epsilon)
    assert a.scores("semantic", target=TARGET)[token] == pytest.approx(float(slope), rel=1e-4)


def test_fisher_is_the_expected_divergence_under_noise() -> None:
    truth = reference("llama")
    generator = torch.Generator().manual_seed(0)
    token, epsilon, draws = 3, 3e-4, 4000
    noise = epsilon * torch.randn(draws, truth.x.shape[-1], generator=generator, dtype=torch.float64)
    x = truth.x.repeat(draws, 1, 1)
    x[:, truth.n_bos + token] += noise
    with torch.no_grad():
        log_q = truth.model(inputs_embeds=x, use_cache=False).logits[:, truth.at].log_softmax(-1)
    divergence = (truth.p * (truth.p.log() - log_q)).sum(-1).mean()
    score = whole_basis("llama").scores("fisher")[token]
    assert float(divergence) == pytest.approx(epsilon**2 / 2 * score, rel=0.05)


def test_fisher_ranks_grow_to_the_trace() -> None:
    a = whole_basis("phi")
    assert a.fisher is not None
    assert a.fisher.exact
    ranks = np.stack([a.scores("fisher", rank=k) for k in (1, 2, 8, 32)])
    assert (np.diff(ranks, axis=0) >= 0).all()
    np.testing.assert_allclose(ranks[-1], a.scores("fisher"), rtol=1e-6)
    truth = reference("phi")
    head = truth.model.get_output_embeddings().weight.detach()
    fisher = head.T @ (torch.diag(truth.p) - torch.outer(truth.p, truth.p)) @ head  # [d, d]
    values, vectors = torch.linalg.eigh(fisher)
    seen: list[torch.Tensor] = []

    def hidden(x: torch.Tensor) -> torch.Tensor:
        handle = truth.model.get_output_embeddings().register_forward_pre_hook(lambda _, args: seen.append(args[0]))
        truth.logits(x)
        handle.remove()
        return seen[-1][0, truth.at]

    jacobian = torch.autograd.functional.jacobian(hidden, truth.x)[:, 0, truth.n_bos :]  # [d, T, d_in]
    rank1 = values[-1] * torch.einsum("d,dti->ti", vectors[:, -1], jacobian).square().sum(-1)
    np.testing.assert_allclose(ranks[0], rank1.numpy(), rtol=1e-4, atol=1e-8)


def test_fisher_estimate_is_unbiased_and_its_error_honest() -> None:
    model = tiny("llama", hidden_size=320, head_dim=80)
    exact = attribute(model, input_ids=ids(6), scopes=("fisher",), exact_fisher=True)
    assert exact.n_vjps == 320
    assert not exact.standard_error().any()
    want = exact.scores("fisher")
    seeds = 40
    runs = [
        attribute(model, input_ids=ids(6), scopes=("fisher",), n_eigen=8, n_probes=12, rtol=None, seed=seed)
        for seed in range(seeds)
    ]
    got = np.stack([a.scores("fisher") for a in runs])
    errors = np.stack([a.standard_error("fisher") for a in runs])
    assert 20 < runs[0].n_vjps == runs[0].fisher.n_directions <= 28
    spread_of_mean = got.std(0, ddof=1) / seeds**0.5
    assert (abs(got.mean(0) - want) < 4 * spread_of_mean).all()
    # Steered, a model this small leaves hardly more to chance than the rounding of float32.
    assert (abs(got - want) < 2 * errors + 1e-4 * want).mean() > 0.85
    assert (errors < 0.01 * want).mean() > 0.95
    assert runs[0].fisher is not None
    captured = runs[0].fisher.captured
    assert 0 < captured[0] < captured[-1] < 1
    assert exact.fisher is not None
    np.testing.assert_allclose(captured, exact.fisher.captured[:8], rtol=0.1)
    assert exact.fisher.captured[-1] == pytest.approx(1)
    np.testing.assert_allclose(runs[0].scores("fisher", rank=8), exact.scores("fisher", rank=8), rtol=2e-3)


@pytest.mark.parametrize(("dtype", "gain", "tolerance"), [(torch.float16, 8, 0.01), (torch.bfloat16, 4, 0.15)])
def test_half_precision_also_where_the_prediction_is_certain(dtype: torch.dtype, gain: int, tolerance: float) -> None:
    """Against the same rounded weights in float64; bfloat16 is limited by the rounding of its logits."""
    model, wide = tiny("gpt2", dtype=dtype), tiny("gpt2", dtype=dtype).double()
    with torch.no_grad():
        for m in (model, wide):
            m.transformer.ln_f.weight.mul_(gain)
    a, b = (attribute(m, input_ids=ids()) for m in (model, wide))
    assert b.predictions[0].p > 1 - 1e-8
    for scope in SCOPES:
        if scope != "contrast":
            np.testing.assert_allclose(a.scores(scope), b.scores(scope), rtol=tolerance, err_msg=scope)
