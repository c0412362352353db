"""The exercises of the lesson on translation: what an alignment by Fisher gets right, and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from jacobian_widget.labels import visible
from jacobian_widget.lessons import exercise, expect, expect_close, read_token

COLOURS: Final = (" black", " white", " red")
LEAST: Final = 0.05
"""A probability: below it the model names no colour."""


@exercise
def first(answer: object, found: Mapping[str, str], dictionary: Mapping[str, str]) -> str:
    """How many words of the dictionary are aligned with their translation."""
    right = [word for word, french in dictionary.items() if found.get(word) == french]
    hint = f"compare the two columns for each of the {len(dictionary)} words of the dictionary, and count."
    expect_close(answer, len(right), hint, rtol=0)
    chance = len(dictionary) / len(set(dictionary.values()))
    return f"{len(right)} of {len(dictionary)}; pointing at random would give about {chance:.0f}."


@exercise
def second(answer: object, tokens: Sequence[str], traces: Sequence[float], p: Sequence[float]) -> str:
    """The English token whose prediction hardly anything moves: the smallest Fisher trace."""
    token = read_token(answer, tokens)
    least = min(range(len(traces)), key=lambda i: traces[i])
    hint = f"the trace of {visible(tokens[token])} is {traces[token]:.2g} nats; there is a smaller one."
    expect(token == least, hint)
    return (
        f"the model gave {visible(tokens[token])} a probability of {p[token]:.3f}. Where the next token is certain, no "
        "small nudge changes the prediction, and Fisher is near zero everywhere."
    )


@exercise
def third(answer: object, probability: Callable[[str, str], float]) -> str:
    """A French colour in place of `noir` that turns ` black` into another English colour."""
    expect(isinstance(answer, str) and answer.strip(), "give one French word in quotes, such as 'vert'.")
    word = str(answer).strip()
    english = [colour.strip() for colour in COLOURS]
    expect(word.casefold() not in english, f"{word} is English. Give a French colour.")
    p = {colour: probability(word, colour) for colour in COLOURS}
    likeliest = max(p, key=lambda colour: p[colour])
    said = ", ".join(f"{colour.strip()} {value:.3f}" for colour, value in p.items())
    expect(likeliest != COLOURS[0], f"with {word} the model still prefers{COLOURS[0]} ({said}). Try another colour.")
    expect(p[likeliest] >= LEAST, f"with {word} the model hardly names a colour ({said}). Try a commoner one.")
    return f"with {word} it says{likeliest} ({said}): one word changed, and with it the colour."
