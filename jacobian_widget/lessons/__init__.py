"""What the exercises of the lessons share: an answer is read, checked, and met with a reason or a hint.

An exercise is a function of the answer and of what the notebook has computed. It is written as if it returned the
explanation, and calls `expect` and the `read_…` functions on the way, each of which may end it with a hint:

    @exercise
    def first(answer: object, a: Attribution) -> str:
        '''The token with the highest Semantic score.'''
        token = read_token(answer, a.tokens)
        expect(token == a.scores("semantic").argmax(), "Look for the darkest colour.")
        return "It moved the logit most."

A cell then says `answer = ...` and `three_scopes.first(answer, a)`, and runs unanswered as well.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, ParamSpec

import numpy as np
from numpy.typing import NDArray

from jacobian_widget.labels import visible

P = ParamSpec("P")
UNANSWERED: Final = "Replace the … with your answer."
_INK: Final = {"Right.": "#2166ac", "Not yet.": "#b35806", "": "#808080"}


@dataclass(frozen=True)
class Verdict:
    """What an exercise says about an answer; a notebook shows it as one sentence.

    Attributes:
        right: whether the answer is right.
        said: why it is right, or a hint. Plain text: it is escaped where it is shown.
        answered: False while the answer is still `...`.
    """

    right: bool
    said: str
    answered: bool = True

    def __repr__(self) -> str:
        return " ".join(self._parts()).strip()

    def _repr_html_(self) -> str:
        word, said = (escape(part) for part in self._parts())
        # Lab reads $ in HTML as mathematics, unless it is told not to.
        return (
            f'<div class="tex2jax_ignore" style="border-left:4px solid {_INK[word]};padding:2px 0 2px 12px;'
            f'max-width:70ch;overflow-wrap:anywhere">{word and f"<b>{word}</b> "}{said}</div>'
        )

    def _parts(self) -> tuple[str, str]:
        if not self.answered:
            return "", self.said
        return ("Right.", self.said) if self.right else ("Not yet.", f"Hint: {self.said}")


class NotYetError(Exception):
    """Ends an exercise with a hint."""


class UnsolvedError(AssertionError):
    """An exercise that its own answer does not solve, with the model at hand."""


def exercise(check: Callable[P, str]) -> Callable[P, Verdict]:
    """Turn a check, which returns why the answer is right or raises `NotYetError`, into an exercise.

    An argument that is `...`, or a list or dictionary that still holds one, is not checked.
    """

    @functools.wraps(check)
    def checked(*args: P.args, **kwargs: P.kwargs) -> Verdict:
        if any(map(_is_open, [*args, *kwargs.values()])):
            return Verdict(right=False, said=UNANSWERED, answered=False)
        try:
            return Verdict(right=True, said=check(*args, **kwargs))
        except NotYetError as hint:
            return Verdict(right=False, said=str(hint))

    return checked


def all_right(*verdicts: Verdict) -> None:
    """For the instructor's cell: the answers given there solve the exercises.

    Raises:
        UnsolvedError: one does not; the message says which.
    """
    for n, verdict in enumerate(verdicts, 1):
        if not verdict.right:
            raise UnsolvedError(f"exercise {n}: {verdict!r}")


def expect(condition: object, hint: str) -> None:
    """Go on where `condition` holds.

    Raises:
        NotYetError: it does not.
    """
    if not condition:
        raise NotYetError(hint)


def expect_close(
    answer: object, expected: float, hint: str, *mistakes: tuple[float, str], rtol: float = 0.05, atol: float = 0.0
) -> float:
    """Read a number that is `expected` within `rtol` of it, or within `atol`.

    Each of `mistakes` is a number that somebody gets who goes wrong in a known way, and the hint for them.

    Raises:
        NotYetError: no number, or another one.
    """
    value = read_number(answer)

    def near(number: float) -> bool:
        return abs(value - number) <= max(atol, rtol * abs(number))

    if not near(expected):
        for wrong, said in mistakes:
            expect(not near(wrong), said)
        raise NotYetError(hint)
    return value


def read_number(answer: object) -> float:
    """One finite number: of Python, of numpy, or a tensor of one element.

    Raises:
        NotYetError: it is none.
    """
    if isinstance(answer, (str, bool)):
        raise NotYetError(f"give a number, such as 0.25, without quotes; this is {answer!r}.")
    try:
        value = float(_plain(answer))
    except (TypeError, ValueError, RuntimeError):
        raise NotYetError(f"give one number, such as 0.25; this is {_kind(answer)}.") from None
    expect(np.isfinite(value), f"give a finite number; this is {value}.")
    return value


def read_numbers(answer: object, count: int) -> NDArray[np.float64]:
    """`[count]` finite numbers: a list, an array or a tensor.

    Raises:
        NotYetError: they are none, or of another number.
    """
    try:
        values = np.asarray(_plain(answer), np.float64)
    except (TypeError, ValueError, RuntimeError):
        raise NotYetError(f"give {count} numbers as a list or an array; this is {_kind(answer)}.") from None
    expect(values.shape == (count,), f"give {count} numbers; the shape of these is {tuple(values.shape)}.")
    expect(np.isfinite(values).all(), "these numbers hold NaN or infinity.")
    return values


def read_choice(answer: object, options: Iterable[str]) -> str:
    """One of `options`, however it is capitalised.

    Raises:
        NotYetError: it is none of them.
    """
    allowed = list(options)
    found = [o for o in allowed if isinstance(answer, str) and o.casefold() == answer.strip().casefold()]
    expect(found, f"choose one of {', '.join(repr(o) for o in allowed)}; this is {answer!r}.")
    return found[0]


def read_choices(answer: object, options: Iterable[str]) -> set[str]:
    """Several of `options`, each as in `read_choice`.

    Raises:
        NotYetError: one is none of them; or no list.
    """
    allowed = list(options)
    listed = isinstance(answer, (list, tuple, set, frozenset))
    expect(listed, f"give a list, such as [{allowed[0]!r}]; this is {_kind(answer)}.")
    assert isinstance(answer, (list, tuple, set, frozenset))
    return {read_choice(each, allowed) for each in answer}


def read_token(answer: object, tokens: Sequence[str]) -> int:
    """The index of a token, from its index or its text; spaces around the text do not matter.

    Raises:
        NotYetError: no such token, or several of that text.
    """
    if isinstance(answer, (int, np.integer)) and not isinstance(answer, bool):
        end = len(tokens)
        expect(-end <= answer < end, f"the tokens have the indices 0 to {end - 1}; this is {answer}.")
        return int(answer) % end
    expect(isinstance(answer, str), f"name a token by its text or its index; this is {_kind(answer)}.")
    exact = [i for i, token in enumerate(tokens) if token == answer]
    found = exact or [i for i, token in enumerate(tokens) if token.strip() == str(answer).strip()]
    expect(found, f"{answer!r} is none of the tokens, which are {' · '.join(map(visible, tokens))}")
    expect(len(found) == 1, f"there are several tokens {answer!r}: give one of the indices {found}.")
    return found[0]


def _plain(answer: object) -> Any:
    """Arrays, tensors and columns of a table as what Python itself has."""
    detached = answer.detach() if hasattr(answer, "detach") else answer
    return detached.tolist() if hasattr(detached, "tolist") else detached


def _kind(answer: object) -> str:
    return f"of type {type(answer).__name__}"


def _is_open(answer: object) -> bool:
    if isinstance(answer, Mapping):
        return any(map(_is_open, answer.values()))
    if isinstance(answer, (list, tuple, set, frozenset)):
        return any(map(_is_open, answer))
    return answer is ...
