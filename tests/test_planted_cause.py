"""Where exactly one earlier token decides the next one, everything finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from planted import ANSWERS, LENGTH, Text, planted, texts

from jacobian_widget import SCOPES, Attribution, attribute
from jacobian_widget.ablation import ABLATIONS
from jacobian_widget.evaluate import evaluate
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.methods import DEFAULT
from jacobian_widget.verified import verify

if TYPE_CHECKING:
    from jacobian_widget.evaluation import Evaluation

HELD_OUT = texts(60, seed=99)
SURE = [len(text.answers) == 1 for text in HELD_OUT]
NOT_ALWAYS = {"random", "recency", "gradient_x_input", "gradient_x_input_norm", "integrated_gradients"}
"""The directions of an embedding that matter need not be those it points in, or lie between it and nothing."""


@pytest.fixture(scope="module")
def results() -> list[Attribution]:
    return [attribute(planted(), input_ids=text.ids, foil=text.foil) for text in HELD_OUT]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(planted(), None, [text.ids for text in HELD_OUT], seeds=3)


def probability(a: Attribution, text: Text) -> float:
    return sum(c.p for c in a.predictions if c.id in text.answers)


def test_the_key_decides(results: list[Attribution]) -> None:
    for a, text in zip(results, HELD_OUT, strict=True):
        assert a.default_target in text.answers
        assert probability(a, text) > 0.6
        without = [23 if t in ANSWERS else t for t in text.ids]
        b = attribute(planted(), input_ids=without, scopes=["entropy"])
        assert all(c.p < 0.05 for c in b.predictions)
        assert b.entropy > a.entropy + 1


def test_keys_stand_everywhere() -> None:
    assert {text.key for text in HELD_OUT} == set(range(LENGTH))
    assert {text.ids[text.key] for text in HELD_OUT} == set(ANSWERS)


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_ranks_it_first(results: list[Attribution], scope: str) -> None:
    for a, text in zip(results, HELD_OUT, strict=True):
        # Which of its own answers follows, a key does not decide.
        scores = a.scores(scope, foil=text.foil) if scope == "contrast" else a.scores(scope)
        assert int(scores.argmax()) == text.key


def test_fisher_of_rank_1_ranks_it_first_where_one_answer_is_sure(results: list[Attribution]) -> None:
    # Among equal answers the strongest direction is which of them it is, and no key decides that: the trace sees more.
    right = np.array([a.scores("fisher", rank=1).argmax() == t.key for a, t in zip(results, HELD_OUT, strict=True)])
    assert right[SURE].all()
    assert not right.all()


@pytest.mark.parametrize("ablation", ABLATIONS)
def test_leave_one_out_ranks_it_first(results: list[Attribution], ablation: str) -> None:
    for a, text in zip(results, HELD_OUT, strict=True):
        found = leave_one_out(a, ablation=ablation)
        others = np.arange(LENGTH) != text.key
        for values in (found.kl, found.delta_log_p, found.delta_entropy):
            assert np.abs(values[others]).max() < 0.1 * abs(values[text.key])
        assert found.delta_log_p[text.key] < -1
        assert found.delta_entropy[text.key] > 1


def test_a_verified_ranking_begins_with_it(results: list[Attribution]) -> None:
    for a, text in zip(results, HELD_OUT, strict=True):
        found = verify(a, "log_probability")
        assert found.ranking[0] == text.key
        assert found.confirmed[text.key]


@pytest.mark.parametrize("method", [m for m in DEFAULT if m not in NOT_ALWAYS])
def test_taking_away_its_top_token_costs_the_answer(evaluation: Evaluation, method: str) -> None:
    first = evaluation.curves()[:, list(evaluation.methods).index(method), 0]
    if method in ("contrast", "fisher_rank_1"):  # see above; contrast is with the likeliest other token here
        first = first[SURE]
    assert first.max() < -1
    assert evaluation.compare(method, "random").high < -0.1


def test_the_evaluation_knows_who_found_it(evaluation: Evaluation) -> None:
    for measure in ("percentile_kl", "percentile_delta_log_p", "percentile_delta_entropy"):
        found = evaluation.mean(measure)
        assert found["semantic"] == found["leave_one_out"] == found["verified_semantic"] == 100
        assert 25 < found["random"] < 75
