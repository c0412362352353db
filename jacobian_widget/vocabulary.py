"""Finds the token that a person means: by its id, by its text, or by a search."""

from __future__ import annotations

from heapq import nsmallest

from jacobian_widget.ids import integer
from jacobian_widget.spelling import (
    BYTE_SPELLING,
    Tokenizer,
    encode,
    piece_and_label,
    remembered,
    token_label,
    token_piece,
)


def one_token_id(tokenizer: Tokenizer | None, target: int | str, vocab_size: int) -> int:
    """Resolve a target: a vocabulary id, or a string that is exactly one token.

    A string is first read to the letter: `"Paris"` is the token without a space, where there is one.

    Raises:
        TypeError: the target is neither `int` nor `str` (a `bool` is no id), or a `str` without a tokenizer.
        ValueError: the id lies outside `0 .. vocab_size - 1`, or the string is not exactly one token; the
            message lists the tokens it splits into.
    """
    if not isinstance(target, str):
        index = integer(target, "target", "a vocabulary id (int) or a string that is exactly one token")
        if not 0 <= index < vocab_size:
            raise ValueError(f"target {index} is no vocabulary id of this model; pass 0 to {vocab_size - 1}.")
        return index
    if tokenizer is None:
        raise TypeError(f"target {target!r} is a string, which needs a tokenizer; pass a vocabulary id instead.")
    if not target:
        raise ValueError("target is an empty string; pass a string that is exactly one token, or a vocabulary id.")
    found = _single(tokenizer, target)
    if found is None:
        raise ValueError(_not_one_token(tokenizer, target))
    if found >= vocab_size:
        raise ValueError(
            f"target {target!r} is token {found}, which the model has no logit for; "
            f"pass one of the ids 0 to {vocab_size - 1}."
        )
    return found


def search_vocabulary(tokenizer: Tokenizer | None, query: str, limit: int = 20) -> list[int]:
    """Ids of the tokens whose text or label contains the query, whatever the case; best first.

    Whole matches come first, then tokens that begin with the query (both with or without the token's leading
    space), then the rest; shorter ones first. The first query of a tokenizer decodes its vocabulary once.
    """
    if tokenizer is None or not query or limit < 1:
        return []
    wanted = query.casefold()
    ranked: list[tuple[int, bool, int, int]] = []
    for token_id, piece, haystack in _entries(tokenizer):
        if wanted in haystack:
            forms = haystack.split("\0")
            forms += [form.lstrip(" ␣") for form in forms]
            rank = 0 if wanted in forms else 1 if any(form.startswith(wanted) for form in forms) else 2
            other_case = query not in (piece, piece.lstrip(" "))
            ranked.append((rank, other_case, len(piece) or len(haystack), token_id))
    return [token_id for *_, token_id in nsmallest(limit, ranked)]


@remembered
def _entries(tokenizer: Tokenizer) -> list[tuple[int, str, str]]:
    """`(id, piece, piece and label without case)` of every token, in the order of the ids."""
    shown = ((i, *piece_and_label(tokenizer, i)) for i in sorted(set(tokenizer.get_vocab().values())))
    return [(i, piece, f"{piece}\0{label}".casefold()) for i, piece, label in shown]


def _single(tokenizer: Tokenizer, target: str) -> int | None:
    """The id of the token that reads `target` to the letter, else of the only one it is encoded as."""
    ids = encode(tokenizer, target)
    only = ids[0] if len(ids) == 1 else None
    if only is not None and token_piece(tokenizer, only) == target:
        return only
    vocabulary = tokenizer.get_vocab()
    byte_level = "".join(BYTE_SPELLING[byte] for byte in target.encode())
    for spelled in (target, byte_level, target.replace(" ", "▁")):
        found = vocabulary.get(spelled)
        if found is not None and token_piece(tokenizer, found) == target:
            return int(found)
    return None if only == getattr(tokenizer, "unk_token_id", None) else only


def _not_one_token(tokenizer: Tokenizer, target: str) -> str:
    labels = [token_label(tokenizer, i) for i in encode(tokenizer, target)]
    shown = " ".join(repr(label) for label in labels[:12]) + (" …" if len(labels) > 12 else "")
    if len(labels) == 1:
        problem = f"is not in the vocabulary (it becomes {shown})"
    else:
        problem = f"is {len(labels)} tokens ({shown})" if labels else "gives no token"
    message = f"target {target!r} {problem}; pass a string that is exactly one token, or a vocabulary id."
    if not target.startswith(" ") and _single(tokenizer, " " + target) is not None:
        message += f" With a leading space, {' ' + target!r}, it is one token."
    return message
