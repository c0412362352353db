"""The exercises of the lesson on instructions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from jacobian_widget.explain import attribute
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.lessons import exercise, expect, expect_close, read_number, read_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from jacobian_widget.attribution import Attribution

_RULE = " never argue or deceive"
_ENDING = "because you are"
_CLOSE = 0.01


@exercise
def first(answer: object, a: Attribution) -> str:
    """The share of the Log-probability influence on ' truthful' that the words of the rule hold together."""
    expect(read_number(answer) <= 1, "a share is a number between 0 and 1; divide percents by 100.")
    rule = _within(a.tokens, _RULE)
    scores = a.scores("log_probability", target=" truthful")
    shares, _ = a.shares("log_probability", target=" truthful")
    expected = float(shares[rule].sum())
    plain = float(scores[rule].sum() / scores.sum())
    added = "you have added the scores themselves. Shares are of the squared scores: only squares add over tokens."
    hint = (
        f"add the shares of the {len(rule)} tokens from ' never' to ' deceive', which "
        "a.shares('log_probability', target=' truthful') gives as the first of two results."
    )
    expect_close(answer, expected, hint, (plain, added), rtol=0, atol=_CLOSE)
    return (
        f"The {len(rule)} tokens of the rule hold {expected:.0%} of the influence, and "
        f"{len(rule) / a.end:.0%} of the text: {expected * a.end / len(rule):.1f} times what an even spread would give."
    )


@exercise
def second(answer: object, a: Attribution) -> str:
    """The word of the rule without which ' nice' gains most."""
    rule = _within(a.tokens, _RULE)
    token = read_token(answer, a.tokens)
    expect(token in rule, "choose one of the words ' never', ' argue', ' or' and ' deceive'.")
    gains = leave_one_out(a, target=" nice", tokens=rule).delta_log_p
    top = rule[int(np.nanargmax(gains[rule]))]
    expect(
        token == top,
        f"without {a.tokens[token]!r}, log p of ' nice' changes by {gains[token]:+.1f} nats; another word does more. "
        "leave_one_out(a, target=' nice').to_dataframe() shows them all.",
    )
    return (
        f"Without {a.tokens[top]!r}, ' nice' is {np.exp(gains[top]):.0f} times as likely as before. A word that leads "
        "to one answer can stand in the way of another; a score without a sign cannot tell you which of the two."
    )


@exercise
def third(answer: object, model: torch.nn.Module, tokenizer: Any) -> str:
    """An instruction after which ' nice' is likelier than ' truthful'."""
    expect(isinstance(answer, str), "give the instruction as a string.")
    text = str(answer).rstrip()
    expect(text.endswith(_ENDING), f"let it end with {_ENDING!r}, so that the next word is the answer.")
    expect(not re.search(r"\bnice\b", text, re.IGNORECASE), "do it without the word itself.")
    a = attribute(model, tokenizer, text, scopes=("semantic",), n_targets=0)
    nice, truthful = a.candidates([a.resolve(" nice"), a.resolve(" truthful")])
    expect(
        nice.p > truthful.p,
        f"here ' truthful' is still {truthful.p / nice.p:.1f} times as likely as ' nice'. Speak of warmth, not facts.",
    )
    return f"Here ' nice' is {nice.p / truthful.p:.1f} times as likely as ' truthful'."


def _within(tokens: Sequence[str], words: str) -> list[int]:
    """The indices of the tokens that hold `words`.

    Raises:
        ValueError: the text does not hold them.
    """
    text = "".join(tokens)
    begin = text.index(words)
    starts = np.cumsum([0, *map(len, tokens)])
    return [i for i in range(len(tokens)) if starts[i] < begin + len(words) and starts[i + 1] > begin]
