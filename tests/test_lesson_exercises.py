"""The exercises of the first lessons: what solves them, and which mistake gets which hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from jacobian_widget import attribute
from jacobian_widget.lessons import all_right, contrast, quickstart, three_scopes, translation

if TYPE_CHECKING:
    from jacobian_widget import Attribution
    from jacobian_widget.lessons import Verdict

TOM = "Tom loves Korean food. He grew up in the South and goes to Columbia. He is a"
NORWAY = "After a long winter in Norway, the first warm day of"


def hint(verdict: Verdict) -> str:
    assert verdict.answered
    assert not verdict.right
    return verdict.said


@pytest.fixture(scope="module")
def liberal(demo: tuple[Any, Any]) -> Attribution:
    return attribute(*demo, f"{TOM} liberal", position=-1, scopes=("semantic",), n_targets=1)


@pytest.fixture(scope="module")
def norway(demo: tuple[Any, Any]) -> Attribution:
    scopes = ("semantic", "log_probability", "temperature", "fisher")
    few: Any = {"n_targets": 2, "n_eigen": 2, "n_probes": 2, "rtol": None}
    return attribute(*demo, NORWAY, scopes=scopes, target=" spring", **few)


@pytest.fixture(scope="module")
def either(demo: tuple[Any, Any]) -> Attribution:
    return attribute(*demo, TOM, scopes=("semantic", "contrast"), target=" liberal", foil=" conservative", n_targets=1)


def test_quickstart(liberal: Attribution) -> None:
    shares = np.sort(liberal.shares("semantic")[0])[::-1].astype(float)
    all_right(
        quickstart.first(" Columbia", liberal),
        quickstart.first(14, liberal),
        quickstart.second(shares[:3].sum(), liberal),
        quickstart.second(round(100 * shares[:3].sum()), liberal),
    )
    assert "number 6 of 19" in hint(quickstart.first("South", liberal))
    assert "before it" in hint(quickstart.first("liberal", liberal))
    assert "none of the tokens" in hint(quickstart.first("dog", liberal))
    assert "strongest alone" in hint(quickstart.second(shares[0], liberal))
    assert "add them" in hint(quickstart.second(0.95, liberal))


def test_three_scopes(norway: Attribution) -> None:
    scores = norway.scores("semantic", target=" spring")
    warm = scores[norway.tokens.index(" warm")]
    all_right(
        three_scopes.first(["fisher", "temperature"], norway),
        three_scopes.second(0.001 * warm, norway),
        three_scopes.third(scores, norway),
    )
    assert "one token's logit" in hint(three_scopes.first(["semantic", "fisher"], norway))
    assert "one more" in hint(three_scopes.first(["fisher"], norway))
    assert "give a list" in hint(three_scopes.first("fisher", norway))
    assert "length 0.001" in hint(three_scopes.second(warm, norway))
    for wrong, said in (
        (scores**2, "squares"),
        (norway.scores("semantic", target=" spring", signed=True), "gradient × input"),
        (norway.scores("log_probability", target=" spring"), "log p"),
        (norway.scores("temperature"), "gradient of β"),
        (-scores, "never below zero"),
        (scores + 1, "take the gradient of the logit"),
        (scores[:3], "give 12 numbers"),
    ):
        assert said in hint(three_scopes.third(wrong, norway))


def test_contrast(either: Attribution) -> None:
    def log_odds(text: str) -> float:
        return 0.2 if "city" in text else -0.1

    all_right(
        contrast.first(" South", either),
        contrast.first(18, either),
        contrast.second(TOM.replace("South", "city"), TOM, log_odds),
        contrast.third(0, either),
    )
    assert "strongest 6 of both" in hint(contrast.first("Columbia", either))
    assert "not among the strongest 6" in hint(contrast.first("food", either))
    assert "give one of the indices [4, 15]" in hint(contrast.first(".", either))
    for wrong, said in (
        (TOM.replace("Columbia", "church"), "-0.10, so conservative"),
        (TOM, "here 0 do"),
        (TOM.replace("South", "big city"), "the text has 17, this one 18"),
        (TOM.replace("South", "city").replace("Tom", "Ann"), "here 2 do"),
        (3, "whole text"),
    ):
        assert said in hint(contrast.second(wrong, TOM, log_odds))
    assert "−v" in hint(contrast.third(19, either))


def test_translation() -> None:
    found, dictionary = {" The": "chien", " dog": "chien", " s": "dort"}, {" The": "Le", " dog": "chien"}
    all_right(translation.first(1, found, dictionary))
    assert "count" in hint(translation.first(2, found, dictionary))

    tokens, traces, p = [" The", " sleep", "s"], [479.0, 841.0, 0.3], [0.2, 0.02, 0.9999]
    verdict = translation.second("s", tokens, traces, p)
    all_right(verdict)
    assert "1.000" in verdict.said
    assert "there is a smaller one" in hint(translation.second(" The", tokens, traces, p))

    def probability(adjective: str, colour: str) -> float:
        return {"rouge": {" red": 0.3}, "noir": {" black": 0.2}}.get(adjective, {" white": 0.01}).get(colour, 0.005)

    all_right(translation.third("rouge", probability))
    assert "still prefers black" in hint(translation.third("noir", probability))
    assert "hardly names a colour" in hint(translation.third("grand", probability))
    assert "in quotes" in hint(translation.third(3, probability))
