"""Renders messages with a tokenizer's chat template, and tells whose words each token holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, pairwise
from typing import Any, Final, TypeAlias

from jacobian_widget.spelling import Tokenizer

Message: TypeAlias = Mapping[str, Any]
"""`{"role": "user", "content": "…"}`; further keys are the template's business."""

TEMPLATE: Final = "template"
"""The role of tokens that the chat template wrote: delimiters, role names, BOS, a system prompt of its own."""

ANSWER: Final = "assistant"
"""The role of what the model writes."""


@dataclass(frozen=True)
class Span:
    """Characters `begin` to `end` of a rendered chat are the content of one message."""

    begin: int
    end: int
    role: str


def render(tokenizer: Tokenizer, messages: Sequence[Message]) -> tuple[str, tuple[Span, ...]]:
    """The text that the chat template makes of `messages`, and where in it each message's content stands.

    After any other role than the assistant's, the text ends with the template's generation prompt, so that the
    next token is the first of an answer. An assistant's last message is left open: the text ends with its content.

    The template is asked where a content went, the text is not searched for it: rendered once more with a
    placeholder in its place, all characters that stay the same are not this content's. So contents may repeat,
    be empty, be trimmed by the template or look like its delimiters. Of a content that the template takes apart
    (a reasoning model's `<think>`), the span is all that its presence changes.

    Raises:
        TypeError: `messages` or one of them is no such thing, or a content is not text.
        ValueError: no messages, no chat template, or one that refuses these messages.
    """
    kept = _checked(messages)
    if getattr(tokenizer, "chat_template", "") is None or not hasattr(tokenizer, "apply_chat_template"):
        raise ValueError(
            f"this tokenizer ({type(tokenizer).__name__}) has no chat template, so messages cannot become a text. "
            "Set tokenizer.chat_template, load the tokenizer of a chat model, or give the text itself."
        )
    is_open = kept[-1]["role"] == ANSWER
    text = _apply(tokenizer, kept, prompt=not is_open)
    placeholder = next(word for n in count() if (word := f"JW{n}XQZ") not in text)
    spans = []
    for i, message in enumerate(kept):
        if message.get("content") is not None:
            replaced = [*kept[:i], {**message, "content": placeholder}, *kept[i + 1 :]]
            around = _apply(tokenizer, replaced, prompt=not is_open).split(placeholder)
            found = [Span(begin, end, message["role"]) for begin, end in _gaps(text, around, message["content"])]
            if found and is_open and message is kept[-1]:
                text = text[: found[-1].end]
            spans += found
    if not spans and any(message.get("content") for message in kept):
        raise ValueError("the chat template leaves out every content; it may want contents in parts, as for images.")
    return text, tuple(spans)


def roles(pieces: Sequence[str], spans: Iterable[Span]) -> tuple[str, ...]:
    """`[T]` the role whose content makes up the larger part of each piece, content before template on a tie.

    An empty piece, which continues the glyph of the one before it, has that one's role.
    """
    owner = [TEMPLATE] * sum(map(len, pieces))
    for span in spans:
        owner[span.begin : span.end] = [span.role] * (span.end - span.begin)
    found = []
    latest = TEMPLATE
    for begin, end in pairwise([0, *accumulate(map(len, pieces))]):
        if begin < end:
            here = owner[begin:end]
            latest = max(sorted(dict.fromkeys(here), key=TEMPLATE.__eq__), key=here.count)
        found.append(latest)
    return tuple(found)


def _gaps(text: str, around: Sequence[str], content: str) -> list[tuple[int, int]]:
    """What fills the gaps between the pieces `around` in `text`; one gap when they do not fit it exactly.

    They do not where the template looks at the content to decide what to write around it.
    """
    n_gaps = len(around) - 1
    if n_gaps < 1:
        return []  # the template leaves this message out
    length, rest = divmod(len(text) - sum(map(len, around)), n_gaps)
    filling = text[len(around[0]) : len(around[0]) + max(0, length)]
    if not rest and filling in content and filling.join(around) == text:
        ends = accumulate(len(piece) + length for piece in around[:-1])
        return [(end - length, end) for end in ends]
    begin = _agree(text, around[0])
    end = len(text) - _agree(text[begin:][::-1], around[-1][::-1])
    bare = content.strip()
    at = text.find(bare, begin, end)
    return [(begin, end)] if at < 0 else [(at, at + len(bare))]


def _agree(a: str, b: str) -> int:
    """How many characters the beginnings of two texts share."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _apply(tokenizer: Tokenizer, messages: Sequence[Message], *, prompt: bool) -> str:
    try:
        return str(tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=prompt))
    except ImportError:
        raise
    except Exception as error:
        raise ValueError(
            f"the chat template refuses these messages: {error}. "
            f"Their roles are {', '.join(repr(m['role']) for m in messages)}."
        ) from error


def _checked(messages: Sequence[Message]) -> list[dict[str, Any]]:
    if isinstance(messages, (str, bytes, Mapping)) or not isinstance(messages, Iterable):
        raise TypeError(
            f'messages must be a list such as [{{"role": "user", "content": "…"}}]; got {type(messages).__name__}.'
        )
    kept = []
    for i, message in enumerate(messages):
        if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
            raise TypeError(f'messages[{i}] is {message!r}; pass {{"role": "user", "content": "…"}}.')
        content = message.get("content")
        if not (content is None or isinstance(content, str)):
            raise TypeError(
                f"messages[{i}]['content'] must be text; got {type(content).__name__}. "
                "Contents in parts (images, audio) are not supported."
            )
        kept.append(dict(message))
    if not kept:
        raise ValueError('messages is empty; give at least one, such as {"role": "user", "content": "…"}.')
    return kept
