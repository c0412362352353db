"""How a number of a series is spelled, character by character, and which tokens go on spelling one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import torch
from torch import Tensor

from jacobian_widget.spelling import Tokenizer, remembered, token_piece
from jacobian_widget.tokens import Tokens

State = Literal["separator", "space", "gap", "sign", "whole", "point", "bare point", "fraction", "end"]
"""What has been read: the number before has yet to end, it ended at a space, it ended, a sign, digits, digits and a
point, a point alone, digits after a point, and a delimiter after the number."""

_DIGITS: Final = frozenset("0123456789")
_SIGNS: Final = frozenset("+-−")
_SEPARATORS: Final = frozenset(",;|")
_ENDS: Final = _SEPARATORS | frozenset(")]}")
_STARTED: Final[tuple[State, ...]] = ("whole", "point", "fraction")
_AFTER_DIGIT: Final[dict[State, State]] = {"bare point": "fraction", "point": "fraction", "fraction": "fraction"}

_THOUSANDS: Final = re.compile("(?<=[0-9])[,'_’\u00a0\u202f\u2009٬](?=[0-9]{3}(?![0-9]))")
_ONE_NUMBER: Final = re.compile(r"[^\w+.\-]*([+\-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?)[^\w]*")


@dataclass(frozen=True)
class Continuations:
    """What each token makes of a number that is spelled so far."""

    ids: Tensor
    """`[n]` tokens that go on spelling it."""
    next: tuple[tuple[State, str], ...]
    """`[n]` for each the state after it and the characters that it adds."""
    ends: tuple[tuple[str, Tensor], ...]
    """Tokens that bring it to its end, by what they add before that: mostly nothing."""


@dataclass(frozen=True)
class Numeral:
    """One number of a text: tokens `start` to `stop - 1`, and what they spell."""

    start: int
    stop: int
    value: float


def spell(state: State, piece: str) -> tuple[State, str] | None:
    """The state after the characters of `piece`, and those of them that belong to the number; None for no number.

    A number ends at white space, at one of `, ; |` or at a closing bracket; what follows in the piece does not matter.
    """
    spelled = ""
    for character in piece:
        if state in ("separator", "space") and character in _SEPARATORS:
            state = "gap"
        elif state in ("separator", "space") and character.isspace():
            state = "space"
        elif state == "separator":
            return None
        elif character in _DIGITS:
            state = _AFTER_DIGIT.get(state, "whole")
            spelled += character
        elif state == "gap" and character.isspace():
            pass
        elif state in ("gap", "space") and character in _SIGNS:
            state, spelled = "sign", "-" if character != "+" else ""
        elif character == "." and state in ("gap", "space", "sign", "whole"):
            state, spelled = ("point" if state == "whole" else "bare point"), spelled + "."
        elif state in _STARTED and (character in _ENDS or character.isspace()):
            return "end", spelled
        else:
            return None
    return (state, spelled) if piece else None


def continuations(tokenizer: Tokenizer, state: State, *, ends: Sequence[int] = (), limit: int) -> Continuations:
    """The tokens with ids below `limit` by which a number in `state` goes on or ends.

    Special tokens, and those of `ends`, end it too.
    """
    known = {token_id: found for token_id, found in _table(tokenizer)[state] if token_id < limit}
    if state in _STARTED:
        over = (*getattr(tokenizer, "all_special_ids", ()), *ends)
        known |= {int(k): ("end", "") for k in over if k < limit}
    on = [(token_id, found) for token_id, found in known.items() if found[0] != "end"]
    over_by: dict[str, list[int]] = {}
    for token_id, (after, spelled) in known.items():
        if after == "end":
            over_by.setdefault(spelled, []).append(token_id)
    return Continuations(
        _ids(token_id for token_id, _ in on),
        tuple(found for _, found in on),
        tuple((spelled, _ids(ids)) for spelled, ids in over_by.items()),
    )


def _ids(ids: Iterable[int]) -> Tensor:
    return torch.tensor(list(ids), dtype=torch.long)


@remembered
def _table(tokenizer: Tokenizer) -> dict[State, list[tuple[int, tuple[State, str]]]]:
    states = tuple(state for state in get_args(State) if state != "end")
    table: dict[State, list[tuple[int, tuple[State, str]]]] = {state: [] for state in states}
    special = {int(k) for k in getattr(tokenizer, "all_special_ids", ())}
    for token_id in sorted(set(tokenizer.get_vocab().values()) - special):
        piece = token_piece(tokenizer, token_id)
        if piece and (piece[0].isspace() or piece[0] in _DIGITS | _SIGNS | _ENDS | {"."}):
            for state in states:
                if (found := spell(state, piece)) is not None:
                    table[state].append((token_id, found))
    return table


def value_of(piece: str) -> float | None:
    """The number that a group of tokens spells, with punctuation and space around it; None where it spells none.

    >>> value_of(" 1,234.5"), value_of("−3,"), value_of("3rd")
    (1234.5, -3.0, None)
    """
    plain = _THOUSANDS.sub("", piece.replace("−", "-").replace("٫", ".").strip())
    match = _ONE_NUMBER.fullmatch(plain)
    return None if match is None else float(match[1])


def numerals(source: Tokens) -> list[Numeral]:
    """The numbers of a text, in order, as granularity `"number"` groups its tokens."""
    starts = source.groups("number")
    stops = (*starts[1:], len(source))
    spelled = ((a, b, value_of("".join(source.pieces[a:b]))) for a, b in zip(starts, stops, strict=True))
    return [Numeral(a, b, value) for a, b, value in spelled if value is not None]
