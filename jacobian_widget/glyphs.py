"""Gives each token its piece of the text; a character of several tokens goes to the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from jacobian_widget.spelling import (
    REPLACEMENT,
    Tokenizer,
    decode,
    decode_bytes,
    is_broken,
    restore_spaces,
    spelling,
    token_bytes,
    token_piece,
)

_LONGEST_RUN: Final = 16
_ALIGN_REACH: Final = 64


def decoded_pieces(tokenizer: Tokenizer | None, ids: Sequence[int]) -> list[str]:
    """`[T]` pieces from ids alone, in time linear in `T`: no decode call sees more than a few tokens."""
    if tokenizer is None:
        return [f"#{i} " for i in ids]
    raws = [token_bytes(tokenizer, i) for i in ids]
    opaque = [raw is None and spelling(tokenizer, i) is not None for raw, i in zip(raws, ids, strict=True)]
    chunks: list[bytes] = []
    while (at := len(chunks)) < len(ids):
        if opaque[at]:
            text, used = _decode_run(tokenizer, ids, opaque, at)
            chunks += [text.encode(), *[b""] * (used - 1)]
        else:
            raw = raws[at]
            chunks.append(f"#{ids[at]}".encode() if raw is None else raw)
    return decode_bytes(chunks)


def written_pieces(tokenizer: Tokenizer, ids: Sequence[int], text: str) -> list[str]:
    """`[T]` pieces of the text that the tokenizer made these ids of; they join to it, if there are any."""
    pieces = decoded_pieces(tokenizer, ids)
    if not ids or "".join(pieces) == text:
        return pieces
    ends = _told_ends(tokenizer, ids, text) or _aligned_ends(pieces, text)
    # What lies between two pieces goes to the token after it, the rest to the last.
    return [text[begin:end] for begin, end in pairwise([0, *ends[:-1], len(text)])]


def _decode_run(tokenizer: Tokenizer, ids: Sequence[int], opaque: Sequence[bool], at: int) -> tuple[str, int]:
    """The text that begins with opaque token `at`, and how many opaque tokens make it whole glyphs."""
    token = spelling(tokenizer, ids[at])
    before = ids[at - 1 : at] if at else []
    head = decode(tokenizer, before) if before else ""
    if REPLACEMENT in head:
        before, head = [], ""
    for end in range(at + 1, min(at + _LONGEST_RUN, len(ids)) + 1):
        if not opaque[end - 1]:
            break
        text = decode(tokenizer, [*before, *ids[at:end]])
        if (at and not before) or not text.startswith(head):
            new = restore_spaces(token, decode(tokenizer, ids[at:end]))
        else:
            new = text[len(head) :]
        if REPLACEMENT not in new or REPLACEMENT in str(token):
            return new, end - at
        if not new.endswith(REPLACEMENT):
            break
    return f"#{ids[at]}", 1


def _told_ends(tokenizer: Tokenizer, ids: Sequence[int], text: str) -> list[int] | None:
    """`[T]` where the tokenizer says each token ends, never falling; `None` if it says nothing plausible."""
    if not getattr(tokenizer, "is_fast", False):
        return None
    told = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    spans = [(int(begin), int(end)) for begin, end in told]
    begins = [begin for begin, _ in spans]
    inside = all(0 <= begin <= end <= len(text) for begin, end in spans)
    if len(spans) != len(ids) or not inside or begins != sorted(begins) or all(a == b for a, b in spans):
        return None
    ends = [0]
    for token_id, (begin, end), after in zip(ids, spans, [*begins[1:], len(text)], strict=True):
        # A tokenizer that puts a space before the text gives that space the offset of the first character.
        shared = after < end and text[max(ends[-1], begin) : end].strip() and _is_blank(tokenizer, token_id)
        ends.append(max(ends[-1], begin if shared else end))
    return ends[1:]


def _is_blank(tokenizer: Tokenizer, token_id: int) -> bool:
    return not is_broken(token_bytes(tokenizer, token_id)) and not token_piece(tokenizer, token_id).strip()


def _aligned_ends(pieces: Sequence[str], text: str) -> list[int]:
    """`[T]` where decoded pieces end in the text they came from; one unlike it (normalised) takes nothing."""
    folded = _fold(text)
    ends: list[int] = []
    at = 0
    for piece in pieces:
        key = _fold(piece.strip())
        if key:
            found = folded.find(key, at, at + len(key) + _ALIGN_REACH)
            at = at if found < 0 else found + len(key)
        elif text[at : at + len(piece)].isspace():
            at = min(at + len(piece), len(text))
        ends.append(at)
    return ends


def _fold(text: str) -> str:
    """Lower case that keeps the number of characters."""
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)
