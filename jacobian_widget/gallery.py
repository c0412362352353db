"""Texts worth a first look, each with the question it is good for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jacobian_widget.scopes import ScopeName
from jacobian_widget.spelling import Tokenizer
from jacobian_widget.tokens import Granularity
from jacobian_widget.trajectories import brownian, lorenz
from jacobian_widget.vocabulary import one_token_id


@dataclass(frozen=True)
class Example:
    """One text and how to look at it.

    Attributes:
        name: its key in `GALLERY`.
        title: two or three words.
        question: what to find out with it, one sentence.
        text: the text.
        scope: the scope that answers the question.
        position: the token explained; None for the one after the text.
        target: the target token as a string; None for the token at `position`, or the likeliest.
        foil: the other token of the Contrast scope, or None.
        granularity: what is coloured as one.
        panel: the panel that opens beside the text, or "".
    """

    name: str
    title: str
    question: str
    text: str
    scope: ScopeName = "semantic"
    position: int | None = None
    target: str | None = None
    foil: str | None = None
    granularity: Granularity = "token"
    panel: str = ""

    def settings(self, tokenizer: Tokenizer | None) -> dict[str, Any]:
        """Keywords of `JacobianWidget`: `JacobianWidget(model, tokenizer, **example.settings(tokenizer))`.

        A target or foil that is not one token of this vocabulary is left out.
        """
        return {
            "text": self.text,
            "scope": self.scope,
            "position": self.position,
            "target": id_or_none(tokenizer, self.target),
            "foil": id_or_none(tokenizer, self.foil),
            "granularity": self.granularity,
            "panel": self.panel,
        }


def id_or_none(tokenizer: Tokenizer | None, token: str | None) -> int | None:
    """The id of a token given by its text; None where it is not exactly one token."""
    if token is None or tokenizer is None:
        return None
    try:
        return one_token_id(tokenizer, token, len(tokenizer))
    except (TypeError, ValueError):
        return None


_TOM: Final = "Tom loves Korean food. He grew up in the South and goes to Columbia. He is a"
_ASSISTANT: Final = "As a state-of-the-art AI assistant, you"
_VALUES: Final = 60

GALLERY: Mapping[str, Example] = {
    example.name: example
    for example in (
        Example(
            "liberal",
            "Tom, a liberal",
            "Which facts about Tom lead to ‘liberal’?",
            f"{_TOM} liberal",
            position=-1,
        ),
        Example(
            "conservative",
            "Tom, a conservative",
            "The same facts, the other word: what changes?",
            f"{_TOM} conservative",
            position=-1,
            panel="compare",
        ),
        Example(
            "either",
            "Liberal or conservative",
            "Why the one rather than the other?",
            _TOM,
            scope="contrast",
            target=" liberal",
            foil=" conservative",
        ),
        Example(
            "translation",
            "Translation",
            "Which German word does ‘attribution’ come from?",
            "German: Dies ist ein Aufsatz über kausale Zuschreibung. English: This is a paper on causal attribution",
            position=-1,
        ),
        Example(
            "truthful",
            "Instruction: truthful",
            "Which part of the instruction leads to ‘truthful’?",
            f"{_ASSISTANT} never argue or deceive, because you are truthful",
            position=-1,
        ),
        Example(
            "nice",
            "Instruction: nice",
            "Which part leads to ‘nice’?",
            f"{_ASSISTANT} always praise and never insult, because you are nice",
            position=-1,
        ),
        Example(
            "capital",
            "A fact",
            "Is it the country that makes the answer Paris?",
            "The capital of France is",
            target=" Paris",
            foil=" London",
        ),
        Example(
            "pronoun",
            "He or she",
            "What makes the model say ‘she’ rather than ‘he’?",
            "The nurse handed the doctor a note, because",
            scope="contrast",
            target=" she",
            foil=" he",
        ),
        Example(
            "doubt",
            "Doubt",
            "Which words leave the model unsure?",
            "She opened the old wooden box that her grandmother had left her, and inside it she found a",
            scope="entropy",
        ),
        Example(
            "lorenz",
            "Lorenz system",
            "A chaotic series: how far back does the model look?",
            lorenz(_VALUES) + ",",
            scope="fisher",
            granularity="number",
            panel="series",
        ),
        Example(
            "brownian",
            "Brownian motion",
            "A random walk: does anything but the last value count?",
            brownian(_VALUES) + ",",
            scope="fisher",
            granularity="number",
            panel="series",
        ),
    )
}
"""The examples by name: the prompts of the paper, and more."""
