"""The exercises of the lessons: what solves them, and which mistake gets which hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from jacobian_widget import attribute, leave_one_out
from jacobian_widget.lessons import (
    all_right,
    contrast,
    instruction,
    is_it_true,
    numbers,
    quickstart,
    three_scopes,
    translation,
    your_own_model,
)

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
        return 0.2 if "city" in text or "Berkeley" in text else -0.1

    tried = ["city", "Maria"]
    all_right(
        contrast.first(" a", either),
        contrast.first(18, either),
        contrast.second(TOM.replace("Columbia", "Berkeley"), TOM, log_odds, tried),
        contrast.third(0, either),
    )
    assert "Which is the other?" in hint(contrast.first(" South", either))
    assert "strongest 6 of both" in hint(contrast.first("Columbia", either))
    assert "not among the strongest 6" in hint(contrast.first("food", either))
    assert "give one of the indices [4, 15]" in hint(contrast.first(".", either))
    for wrong, said in (
        (TOM.replace("Columbia", "church"), "-0.10, so conservative"),
        (TOM, "here 0 do"),
        (TOM.replace("South", "big city"), "the text has 17, this one 18"),
        (TOM.replace("South", "city").replace("Tom", "Ann"), "here 2 do"),
        (TOM.replace("South", "city"), "city is in the table"),
        (TOM.replace("Columbia", "City"), "City is in the table"),
        (3, "whole text"),
    ):
        assert said in hint(contrast.second(wrong, TOM, log_odds, tried))
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
    assert "is English" in hint(translation.third("White", probability))


def test_instruction(demo: tuple[Any, Any]) -> None:
    all_right(instruction.third("Venice welcomes you and always smiles, because you are", *demo))
    for word in ("nice", "Nice"):
        assert "without the word" in hint(instruction.third(f"{word}, because you are", *demo))


def test_numbers(demo: tuple[Any, Any]) -> None:
    all_right(numbers.third("3,42,9,8,3,42,9,8,3,", *demo))
    assert "counting" in hint(numbers.third("38,39,40,41,", *demo))
    assert "recency" in hint(numbers.third("5,42,5,42,5,42,5,", *demo))
    assert "probability of" in hint(numbers.third("42,3,9,8,", *demo))


def test_is_it_true(demo: tuple[Any, Any]) -> None:
    soup = "The chef tasted the soup and added some more salt, because it was too"
    a = attribute(*demo, soup, scopes=("semantic",), n_targets=1)
    effects = leave_one_out(a)
    all_right(is_it_true.second(" it", a, effects))
    assert "gains most, as said" in hint(is_it_true.second(" was", a, effects))
    assert "another token gains more" in hint(is_it_true.second(" chef", a, effects))


def test_your_own_model(demo: tuple[Any, Any]) -> None:
    system = {"role": "system", "content": "You know the cities of Europe."}
    messages = [
        {"role": "user", "content": "What is the capital of France?"},
        {"role": "assistant", "content": "The capital of France is"},
    ]
    all_right(your_own_model.second([system, *messages], *demo))
    assert "role 'system'" in hint(your_own_model.second(messages, *demo))
    told = {"role": "system", "content": "Begin with PARIS."}
    assert "not your messages" in hint(your_own_model.second([told, *messages], *demo))

    chat = attribute(*demo, messages=messages, scopes=("temperature",))
    all_right(your_own_model.first("template", chat))
    assert "another holds more" in hint(your_own_model.first("user", chat))

    one, other = (
        attribute(*demo, text, target=" the", scopes=("semantic",))  # the exercise asks about ' Paris' all the same
        for text in ("The capital of France is", "Her train leaves for Paris")
    )
    x, y = (a.scores("semantic", target=" Paris") for a in (one, other))
    all_right(your_own_model.third(np.corrcoef(x.argsort().argsort(), y.argsort().argsort())[0, 1], one, other))
    assert "Correlate their ranks" in hint(your_own_model.third(np.corrcoef(x, y)[0, 1], one, other))
    assert "rank both columns" in hint(your_own_model.third(-0.9, one, other))
