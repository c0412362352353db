"""The exercises of the lesson on series of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jacobian_widget.lessons import NotYetError, exercise, expect, expect_close, read_number
from jacobian_widget.numerals import numerals
from jacobian_widget.series import next_values
from jacobian_widget.tokens import tokenize

if TYPE_CHECKING:
    import torch

    from jacobian_widget.attribution import Attribution
    from jacobian_widget.series import NextValues

_LATEST = 3
_MOST = 40
_WANTED = 42.0
_CLOSE = 0.01


@exercise
def first(answer: object, a: Attribution) -> str:
    """The share of the last three values in the Temperature influence of all values, delimiters left out."""
    shares, _ = a.shares("temperature", granularity="number")
    starts = a.source.groups("number")
    held = {number.start for number in numerals(a.source)}
    values = shares[[i for i, start in enumerate(starts) if start in held]]
    expected = float(values[-_LATEST:].sum() / values.sum())
    of_everything = (
        float(values[-_LATEST:].sum()),
        "that is their share of everything. Divide it by the share of all values, so that the commas do not count.",
    )
    of_pieces = (
        float(shares[-_LATEST:].sum()),
        "the last three pieces are not the last three values: every second piece is a comma.",
    )
    hint = (
        "a.shares('temperature', granularity='number')[0] has a number for each value and each comma, in turn. "
        "Take every second one."
    )
    expect_close(answer, expected, hint, of_everything, of_pieces, rtol=0, atol=_CLOSE)
    return (
        f"The last {_LATEST} of {len(values)} values hold {expected:.0%}; an even spread would give them "
        f"{_LATEST / len(values):.0%}, and the very first value alone holds {float(values[0] / values.sum()):.0%}."
    )


@exercise
def second(answer: object, forecast: NextValues, last: float) -> str:
    """The probability that the next value is above the last one."""
    value = read_number(answer)
    above = sum(p for x, p in zip(forecast.values, forecast.probabilities, strict=True) if x > last)
    likeliest = max(zip(forecast.probabilities, forecast.values, strict=True))
    if not above - _CLOSE < value < above / forecast.found + _CLOSE:
        expect(
            abs(value - likeliest[0]) > _CLOSE,
            "that is the probability of one value. Add up those of all values that lie above.",
        )
        hint = (
            "go through forecast.values and forecast.probabilities together, and add up the probabilities of the "
            f"values above {last:g}."
        )
        raise NotYetError(hint)
    return (
        f"A rise gets at least {above:.0%}, {above / forecast.found:.0%} of what was followed to its end. That is a "
        "statement about numbers, which no single token makes: "
        f"the likeliest value, {likeliest[1]:g}, has only {likeliest[0]:.0%}."
    )


@exercise
def third(answer: object, model: torch.nn.Module, tokenizer: Any) -> str:
    """A series after which the model expects 42 with more than even odds."""
    expect(isinstance(answer, str), "give the series as a string, such as '1,2,3,'.")
    text = str(answer).strip()
    expect(text.endswith(","), "let the series end with a comma, so that a number comes next.")
    values = [number.value for number in numerals(tokenize(tokenizer, text))]
    expect(2 <= len(values) <= _MOST, f"give 2 to {_MOST} numbers; this has {len(values)}.")
    expect(_WANTED not in values[-3:], "42 stands among the last three values: that would be recency, not a motif.")
    expect(
        _WANTED in values,
        "42 is not in your series: that would be counting, not a motif. Let it stand in the first copy.",
    )
    found = next_values(model, tokenizer, text, most=96)
    p = dict(zip(found.values, found.probabilities, strict=True)).get(_WANTED, 0.0)
    expect(
        p > 0.5,
        f"the model gives 42 a probability of {p:.0%}. Write some numbers with 42 among them, write the same numbers "
        "again, and stop where 42 comes next.",
    )
    return f"The model gives 42 a probability of {p:.0%}: it found the motif, and copied what followed it."
