"""Identities that hold whatever the model: causality, linearity, additivity, invariance."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from tiny_models import ARCHITECTURES, ids, tiny

from jacobian_widget import SCOPES, DegenerateScopeWarning, attribute
from jacobian_widget.explain import read_tokens, stream
from jacobian_widget.probe import Probe
from jacobian_widget.session import FisherOptions


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_later_tokens_change_nothing(kind: str) -> None:
    model, first = tiny(kind), ids(8)
    second = [*first[:5], *ids(3, seed=9)]
    a, b = (attribute(model, input_ids=text, position=4, target=7) for text in (first, second))
    for scope in SCOPES:
        target = {"target": 7} if SCOPES[scope].needs_target else {}
        foil = {"foil": 8} if SCOPES[scope].needs_foil else {}
        scores = a.scores(scope, **target, **foil)
        assert not scores[4:].any()
        assert (scores[:4] > 0).all()
        np.testing.assert_array_equal(scores, b.scores(scope, **target, **foil))


def test_scores_of_a_combination_follow_from_the_grams() -> None:
    directions = [("log_probability", 5), ("log_probability", 9), ("mean", None), ("temperature", None)]
    probe = Probe(tiny("qwen3"), ids(), probes=4)
    block = probe.gram(directions)
    c = torch.tensor([0.7, -1.3, 2.0, 0.4])
    v = c @ probe.directions(directions)
    graph = probe.backward.graph
    (g,) = torch.autograd.grad(graph.y[6], graph.x, v, retain_graph=True)
    torch.testing.assert_close((c @ block.gram @ c).sqrt(), g[0].norm(dim=-1), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(block.signed @ c, (g * graph.x).sum(-1)[0], rtol=1e-4, atol=1e-4)


def test_confident_predictions_keep_their_digits() -> None:
    """`Z[k] − Σ p Z` of a token with p ≈ 1 is a tiny difference of large vectors."""
    models = tiny("llama"), tiny("llama").double()
    with torch.no_grad():
        for model in models:
            model.get_output_embeddings().weight.mul_(110)
    a, truth = (attribute(model, input_ids=ids()) for model in models)
    assert 0.99 < truth.predictions[0].p < 1 - 1e-6
    np.testing.assert_allclose(a.scores("log_probability"), truth.scores("log_probability"), rtol=1e-4)
    np.testing.assert_allclose(a.scores("entropy"), truth.scores("entropy"), rtol=1e-4)


def test_groups_are_jointly_perturbed_tokens() -> None:
    a = attribute(tiny("gpt2"), input_ids=ids(9))
    a = type(a)(**{**a.__dict__, "source": with_words(a.source)})
    starts = a.source.groups("word")
    assert 1 < len(starts) < 9
    for scope in ("semantic", "fisher"):
        tokens, groups = a.scores(scope).astype(np.float64), a.scores(scope, granularity="word")
        power = 1 if scope == "fisher" else 2
        sums = np.add.reduceat(tokens**power, starts) ** (1 / power)
        np.testing.assert_allclose(groups, sums, rtol=1e-6)
        shares, bos = a.shares(scope, granularity="word")
        assert shares.sum() + bos == pytest.approx(1, abs=1e-6)


def with_words(source):  # noqa: ANN001, ANN201 - Tokens
    pieces = ("One", " wo", "rd", ",", " an", "oth", "er", " en", "d")
    return type(source)(**{**source.__dict__, "pieces": pieces, "text": "".join(pieces)})


def fold_gain(model):  # noqa: ANN001, ANN201 - a Llama
    norm, head = model.model.norm, model.get_output_embeddings()
    with torch.no_grad():
        head.weight = torch.nn.Parameter(head.weight * norm.weight)
        norm.weight.fill_(1.0)
    return model


def test_folding_the_final_gain_changes_temperature_alone() -> None:
    plain, folded = tiny("llama", dtype=torch.float64), fold_gain(tiny("llama", dtype=torch.float64))
    a, b = (attribute(m, input_ids=ids(), target=17, foil=42) for m in (plain, folded))
    for scope in ("semantic", "log_probability", "contrast", "fisher", "entropy"):
        np.testing.assert_allclose(a.scores(scope), b.scores(scope), rtol=1e-5)
    assert not a.degenerate
    assert b.degenerate
    with pytest.warns(DegenerateScopeWarning, match="Entropy"):
        scores = b.scores("temperature")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert scores.max() < 1e-3 * a.scores("temperature").max()


def test_input_ids_and_bos() -> None:
    model = tiny("llama")
    a = attribute(model, input_ids=ids(), n_bos=2)
    assert a.input_ids == ids()
    shares, bos = a.shares("semantic")
    assert 0 < bos < 1
    assert shares.sum() + bos == pytest.approx(1, abs=1e-6)
    with_bos = attribute(model, input_ids=[1, 1, *ids()])
    np.testing.assert_allclose(a.scores(), with_bos.scores()[2:], rtol=1e-5)


@pytest.mark.parametrize("first", [None, *SCOPES])
def test_results_grow_and_end_the_same_whichever_scope_comes_first(first: str | None) -> None:
    model, told = tiny("llama", hidden_size=64, head_dim=16), []
    source = read_tokens(model, None, None, input_ids=ids())
    options = {"fisher_options": FisherOptions(n_eigen=6, n_probes=6), "n_targets": 4, "position": None}
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    steps = list(stream(model, None, source, first=first, progress=progress, **options))
    assert [a.complete for a in steps] == [False] * (len(steps) - 1) + [True]
    if first is not None:
        assert steps[0].scores(first).any()
        assert steps[0].n_vjps == steps[-1].n_vjps
        assert min(done for done, _ in told if done) <= 9
    whole = attribute(model, input_ids=ids(), n_eigen=6, n_probes=6, n_targets=4)
    for scope in SCOPES:
        np.testing.assert_allclose(steps[-1].scores(scope), whole.scores(scope), rtol=1e-4)
    assert told[-1][0] == told[-1][1] == steps[-1].n_vjps
