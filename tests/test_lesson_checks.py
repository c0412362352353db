"""What the exercises of the lessons say to an answer: right, a hint, or a word that it is still open."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import pytest
import torch

from jacobian_widget.lessons import (
    UNANSWERED,
    NotYetError,
    UnsolvedError,
    Verdict,
    all_right,
    exercise,
    expect,
    expect_close,
    read_choice,
    read_choices,
    read_number,
    read_numbers,
    read_token,
)

TOKENS = ["The", " cat", " sat", " on", " the", " cat"]


@exercise
def larger(answer: object, than: float) -> str:
    """A number above another."""
    expect(read_number(answer) > than, f"go above <{than}>.")
    return "it is above."


def test_an_answer_is_right_or_gets_a_hint_and_an_open_one_is_asked_for() -> None:
    assert larger(3, 2) == Verdict(right=True, said="it is above.")
    assert repr(larger(3, 2)) == "Right. it is above."
    assert repr(larger(1, 2)) == "Not yet. Hint: go above <2>."
    assert repr(larger(..., 2)) == UNANSWERED
    assert larger.__doc__ == "A number above another."


@pytest.mark.parametrize("still_open", [..., [1, ...], {"first": ...}, ([...],)])
def test_an_answer_is_open_while_any_part_of_it_is(still_open: object) -> None:
    verdict = larger(still_open, 2)
    assert (verdict.right, verdict.answered) == (False, False)
    assert not larger(1, ...).answered  # type: ignore[arg-type]


def test_what_is_said_is_shown_as_text() -> None:
    said = "<script>alert(1)</script> & $x$"
    for right in (True, False):
        html = Verdict(right=right, said=said)._repr_html_()
        assert escape(said) in html
        assert "<script" not in html
        assert "tex2jax_ignore" in html
    assert "<b>" not in Verdict(right=False, said=UNANSWERED, answered=False)._repr_html_()


def test_the_instructors_cell_fails_where_an_answer_is_not_right() -> None:
    all_right(larger(3, 2), larger(4, 2))
    with pytest.raises(UnsolvedError, match="exercise 2: Not yet"):
        all_right(larger(3, 2), larger(1, 2))
    with pytest.raises(UnsolvedError, match="exercise 1: Replace"):
        all_right(larger(..., 2))


@pytest.mark.parametrize(
    "number", [2, 2.0, np.float32(2), np.array(2), torch.tensor(2.0, requires_grad=True), torch.tensor([2.0])[0]]
)
def test_a_number_is_read_from_whatever_holds_one(number: object) -> None:
    assert read_number(number) == 2
    assert expect_close(number, 2.05, "closer.") == 2


@pytest.mark.parametrize(
    ("number", "hint"),
    [("2", "without quotes"), (True, "without quotes"), (None, "NoneType"), ([1, 2], "list"), (np.nan, "finite")],
)
def test_what_is_no_number_gets_a_hint(number: object, hint: str) -> None:
    with pytest.raises(NotYetError, match=hint):
        read_number(number)


def test_close_is_relative_to_what_is_expected() -> None:
    hint: Any = pytest.raises(NotYetError, match="another")
    with hint:
        expect_close(1.2, 1, "another.")
    expect_close(1.2, 1, "another.", rtol=0.2)
    expect_close(0.01, 0, "another.", atol=0.02)
    with hint:
        expect_close(0.01, 0, "another.")


def test_several_numbers_must_be_as_many_as_asked() -> None:
    assert read_numbers(torch.ones(2), 2).tolist() == read_numbers([1, 1], 2).tolist() == [1, 1]
    for wrong, hint in (([1], "2 numbers"), ([1, np.inf], "infinity"), ("ab", "list or an array"), (3, "shape")):
        with pytest.raises(NotYetError, match=hint):
            read_numbers(wrong, 2)


def test_a_choice_minds_no_capitals() -> None:
    assert read_choice(" Fisher", ("semantic", "fisher")) == "fisher"
    for wrong in ("gradient", 3):
        with pytest.raises(NotYetError, match="choose one of 'semantic', 'fisher'"):
            read_choice(wrong, ("semantic", "fisher"))


def test_several_choices_come_in_a_list() -> None:
    assert read_choices(["Fisher", "fisher "], ("semantic", "fisher")) == {"fisher"}
    assert read_choices((), ("semantic", "fisher")) == set()
    for wrong, hint in (("fisher", r"a list, such as \['semantic'\]"), (["gradient"], "choose one of")):
        with pytest.raises(NotYetError, match=hint):
            read_choices(wrong, ("semantic", "fisher"))


@pytest.mark.parametrize("named", [2, -4, np.int64(2), " sat", "sat"])
def test_a_token_is_named_by_its_text_or_index(named: object) -> None:
    assert read_token(named, TOKENS) == 2


def test_the_exact_text_of_a_token_wins() -> None:
    assert read_token("The", TOKENS) == 0
    assert read_token("a", [" a", "a"]) == 1


@pytest.mark.parametrize(
    ("named", "hint"),
    [(6, "0 to 5"), ("dog", "none of the tokens, which are The · ␣cat"), (" cat", r"\[1, 5\]"), (1.5, "float")],
)
def test_what_names_no_token_gets_a_hint(named: object, hint: str) -> None:
    with pytest.raises(NotYetError, match=hint):
        read_token(named, TOKENS)


def test_a_known_mistake_has_its_own_hint() -> None:
    squared = (0.25, "that is the square.")
    assert expect_close(0.501, 0.5, "no.", squared, rtol=0, atol=0.01) == 0.501
    for wrong, hint in ((0.255, "the square"), (0.3, "^no")):
        with pytest.raises(NotYetError, match=hint):
            expect_close(wrong, 0.5, "no.", squared, rtol=0, atol=0.01)
