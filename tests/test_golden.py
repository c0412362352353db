"""The demo model against the reference scores of the paper's own implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jacobian_widget import Attribution, attribute

GOLDEN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "golden/smollm2.json").read_text("utf-8"))
SCOPES = {
    "semantic": {"scope": "semantic"},
    "temperature": {"scope": "temperature"},
    "fisher_rank1": {"scope": "fisher", "rank": 1},
    "fisher_rank16": {"scope": "fisher", "rank": 16},
}


@pytest.fixture(scope="module", params=GOLDEN)
def prompt(request: pytest.FixtureRequest, demo: tuple[Any, Any]) -> tuple[dict[str, Any], Attribution]:
    golden = GOLDEN[request.param]
    return golden, attribute(*demo, golden["text"], position=-1, n_bos=golden["n_bos"], n_eigen=16)


def test_tokens(prompt: tuple[dict[str, Any], Attribution]) -> None:
    golden, a = prompt
    assert a.input_ids == golden["input_ids"]
    assert "".join(a.tokens) == golden["text"]


@pytest.mark.parametrize("name", SCOPES)
def test_scores(prompt: tuple[dict[str, Any], Attribution], name: str) -> None:
    golden, a = prompt
    scores = a.scores(**SCOPES[name])
    assert scores[-1] == 0
    np.testing.assert_allclose(scores[:-1], golden[name], rtol=1e-3)


def test_the_capital_of_france(demo: tuple[Any, Any]) -> None:
    a = attribute(*demo, "The capital of France is", scopes=("semantic",))
    assert a.n_vjps == 1
    assert (a.predictions[0].token, round(a.predictions[0].p, 2)) == (" Paris", 0.77)
    paris = a.scores("semantic", target=" Paris")
    np.testing.assert_array_equal(paris, a.scores("semantic"))
    london = a.scores("semantic", target=" London")
    assert (paris != london).all()
    np.testing.assert_allclose(london, a.scores("semantic", target=a.resolve(" London")))


def test_fisher_estimate_against_the_exact_trace(demo: tuple[Any, Any]) -> None:
    text = GOLDEN["capital"]["text"]
    exact, estimate = (
        attribute(*demo, text, position=-1, n_bos=2, scopes=("fisher",), exact_fisher=flag) for flag in (True, False)
    )
    want, got = exact.scores("fisher")[:-1], estimate.scores("fisher")[:-1]
    assert (abs(got - want) / want).mean() < 0.06
    assert (abs(got - want) < 3 * estimate.standard_error("fisher")[:-1]).all()
    np.testing.assert_allclose(estimate.scores("fisher", rank=8), exact.scores("fisher", rank=8), rtol=1e-3)
