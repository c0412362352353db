"""Scores of a scope of which a quarter is confirmed by leave-one-out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_ablation import TEXT
from test_model_untouched import state
from tiny_models import half_trained, tiny

from jacobian_widget import attribute
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.verified import screened, verify


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("gemma2", dtype=torch.float64)


def by_turns(by_scope: list[int]) -> list[int]:
    """The highest, the nearest, the second highest, the second nearest … each token once."""
    nearest = range(len(by_scope) - 1, -1, -1)
    return list(dict.fromkeys(t for pair in zip(by_scope, nearest, strict=True) for t in pair))


@given(st.lists(st.floats(0, 10, width=16), max_size=30), st.floats(0.01, 1))
def test_the_screen_takes_the_highest_and_the_nearest_by_turns(scores: list[float], share: float) -> None:
    by_scope = sorted(range(len(scores)), key=lambda t: -scores[t])
    assert screened(scores, share) == by_turns(by_scope)[: math.ceil(share * len(scores) - 1e-9)]


def test_rounding_adds_no_token() -> None:
    assert 0.07 * 100 > 7
    assert len(screened(range(100), 0.07)) == 7
    assert len(screened(range(101), 0.07)) == 8


@pytest.mark.parametrize("position", [None, 9])
@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 1])
@pytest.mark.parametrize("scope", ["semantic", "temperature", "fisher"])
def test_what_is_screened_is_confirmed(model: Any, scope: str, share: float, position: int | None) -> None:
    a = attribute(model, input_ids=TEXT, position=position, n_bos=1, scopes=(scope,))
    whole, found = leave_one_out(a, ablation="mean"), verify(a, scope, share=share, ablation="mean")
    scores = a.scores(scope)
    np.testing.assert_array_equal(found.scores, scores)
    count = math.ceil(share * a.end)
    by_scope = sorted(range(a.end), key=lambda t: -scores[t])
    top = by_turns(by_scope)[:count]
    rest = [t for t in by_scope if t not in top]
    assert np.flatnonzero(found.confirmed).tolist() == sorted(top)
    np.testing.assert_allclose(found.kl[top], whole.kl[top], atol=1e-6)
    np.testing.assert_allclose(found.delta_log_p[top], whole.delta_log_p[top], atol=1e-6)
    assert np.isnan(found.kl[~found.confirmed]).all()
    assert np.isnan(found.delta_log_p[~found.confirmed]).all()
    assert found.ranking == [*sorted(top, key=lambda t: -whole.kl[t]), *rest]
    assert (found.scope, found.ablation, found.share, found.target) == (scope, "mean", share, a.default_target)


def test_a_target_and_a_foil(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, scopes=("semantic",))
    found = verify(a, "contrast", target=17, foil=42)
    np.testing.assert_array_equal(found.scores, a.scores("contrast", target=17, foil=42))
    assert found.target == 17
    want = leave_one_out(a, target=17).delta_log_p
    np.testing.assert_allclose(found.delta_log_p[found.confirmed], want[found.confirmed], atol=1e-6)


def test_one_token_and_none(model: Any) -> None:
    one = verify(attribute(model, input_ids=TEXT[:1], scopes=("semantic",)))
    assert one.confirmed.tolist() == [True]
    assert one.ranking == [0]
    none = verify(attribute(model, input_ids=TEXT, position=0, n_bos=1, scopes=("semantic",)))
    assert not none.confirmed.any()
    assert none.ranking == []


def test_as_a_table(model: Any) -> None:
    found = verify(attribute(model, input_ids=TEXT, position=9, scopes=("semantic",)))
    table = found.to_dataframe()
    assert list(table) == ["token", "semantic", "confirmed", "kl", "delta_log_p", "rank", "ablation"]
    assert table.dropna(subset="rank").sort_values("rank").index.tolist() == found.ranking
    assert table["rank"].isna().tolist() == [t >= 9 for t in range(len(TEXT))]
    assert table["kl"].notna().tolist() == found.confirmed.tolist()
    assert set(table["ablation"]) == {"zero"}


def test_the_model_is_as_it_was() -> None:
    model = half_trained()
    a = attribute(model, input_ids=TEXT, scopes=("semantic",))
    before = state(model)
    verify(a)
    assert state(model) == before

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(a, progress=stop)
    assert state(model) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scope": "logit"}, "unknown scope"),
        ({"ablation": "noise"}, "unknown ablation"),
        ({"share": 0}, "above 0 and at most 1"),
        ({"share": 1.01}, "above 0 and at most 1"),
        ({"share": True}, "above 0 and at most 1"),
        ({"share": float("nan")}, "above 0 and at most 1"),
        ({"share": "half"}, "above 0 and at most 1"),
        ({"target": 101}, "101"),
    ],
)
def test_bad_input(model: Any, arguments: dict[str, Any], message: str) -> None:
    a = attribute(model, input_ids=TEXT, scopes=("semantic",))
    with pytest.raises(ValueError, match=message):
        verify(a, **arguments)


def test_without_a_model(model: Any) -> None:
    with pytest.raises(ValueError, match="model is not at hand"):
        verify(attribute(model, input_ids=TEXT, scopes=("semantic",)).detached())
