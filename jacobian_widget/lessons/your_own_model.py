"""The exercises of the lesson on models and chats of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from jacobian_widget.explain import attribute
from jacobian_widget.lessons import NotYetError, exercise, expect, expect_close, read_choice
from jacobian_widget.ranks import spearman

if TYPE_CHECKING:
    import torch

    from jacobian_widget.attribution import Attribution

_CLOSE = 0.01
_TARGET = " Paris"


@exercise
def first(answer: object, chat: Attribution) -> str:
    """The role that holds the largest share of the Temperature influence."""
    shares = chat.role_shares("temperature")
    role = read_choice(answer, shares)
    top = max(shares, key=lambda name: shares[name])
    expect(
        role == top,
        f"the role {role!r} holds {shares[role]:.0%}; another holds more. "
        "chat.role_shares('temperature') has them all.",
    )
    tokens = chat.source.roles[: chat.end].count(top)
    return (
        f"The role {top!r} holds {shares[top]:.0%} of the influence with {tokens} of {chat.end} tokens. A picture that "
        "hides the template should say how much it holds, as the widget does."
    )


@exercise
def second(answer: object, model: torch.nn.Module, tokenizer: Any) -> str:
    """A chat that ends in the middle of the assistant's answer, where ' Paris' comes next."""
    chat = isinstance(answer, (list, tuple)) and all(isinstance(message, Mapping) for message in answer)
    expect(chat, 'give a list of messages, each {"role": "…", "content": "…"}.')
    assert isinstance(answer, (list, tuple))
    messages = [dict(message) for message in answer]
    expect(
        messages and messages[-1].get("role") == "assistant",
        "let the last message be the assistant's. It is left open, and the next token continues it.",
    )
    expect(any(m.get("role") == "system" for m in messages), "begin with a message of the role 'system'.")
    expect("paris" not in str(messages).casefold(), "let the model say 'Paris', not your messages.")
    try:
        a = attribute(model, tokenizer, messages=messages, scopes=("log_probability",), n_targets=1)
    except (TypeError, ValueError) as error:
        raise NotYetError(str(error)) from None
    likeliest = a.predictions[0]
    expect(
        likeliest.token.strip() == "Paris",
        f"the likeliest next token is {likeliest.token!r} ({likeliest.p:.0%}). Begin the assistant's sentence, and "
        "stop before the name of the city, without a space at the end.",
    )
    shares = a.role_shares("log_probability")
    return (
        f"{likeliest.token!r} has {likeliest.p:.0%}. In the middle of an answer the template holds "
        f"{shares.get('template', 0):.0%} of the influence on it, the user's question {shares.get('user', 0):.0%}."
    )


@exercise
def third(answer: object, trained: Attribution, untrained: Attribution) -> str:
    """The rank correlation of the Semantic scores for ` Paris` of the trained model with those of the random one."""
    x, y = (a.scores("semantic", target=_TARGET) for a in (trained, untrained))
    expected = spearman(x, y)
    of_scores = (
        float(np.corrcoef(x, y)[0, 1]),
        "that is the correlation of the scores. Correlate their ranks: the two models have different units.",
    )
    hint = "rank both columns and correlate the ranks: table[['trained', 'untrained']].rank().corr()."
    expect_close(answer, expected, hint, of_scores, rtol=0, atol=_CLOSE)
    return (
        f"{expected:.2f}. A model that has learned nothing gives a picture as well, and it looks no less confident. "
        "Before you believe a pattern, look whether a random model shows it too."
    )
