"""Groups tokens into what a person reads as one: glyphs, words, numbers, lines."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final, Literal, get_args

import regex

Granularity = Literal["token", "word", "number", "line"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)

_GLYPH: Final = regex.compile(r"\X")
_NEWLINE: Final = regex.compile(r"\r\n|[\n\r]")

# A dot makes a decimal only once ("1.2.3" and "192.168.0.1" are no decimals). A comma makes thousands only
# after a currency sign or before a decimal point: "100,200,300" is a series of three.
_NUMBER_SOURCE: Final = r"""
    (?: (?<! [\p{L}\p{M}\p{N}_)\]}] ) [+\-\u2212] )?
    (?:
        (?<! [\p{L}\p{N}_] | \d[.,] )
        \d{1,3} (?: (?: ['_\u2019\u00a0\u202f\u2009\u066c] \d{3} )++ ) (?! [\p{L}\d_] ) (?: [.\u066b]\d++ )?
      | (?<= \p{Sc}\ ? ) \d{1,3} (?: ,\d{3} )++ (?! \d | ,\d ) (?: \.\d++ )?
      | (?<! [\p{L}\p{N}_] | \d[.,] ) \d{1,3} (?: ,\d{3} )++ \.\d++ (?! [.,]\d )
      | (?<! [\p{L}\p{N}.] ) \.\d++
      | (?<! \d\. ) \d++ [.\u066b] \d++ (?! \.\d )
      | \d++
    )
    (?: [eE] [+\-\u2212]? \d++ (?! [\p{L}\d] ) )?
"""
_NUMBER: Final = regex.compile(_NUMBER_SOURCE, regex.VERBOSE)
_WORD: Final = regex.compile(
    rf"""
    [^\S\r\n]*
    (?P<core>
        (?<! [\p{{L}}\p{{M}}\p{{N}}] ) (?: {_NUMBER_SOURCE} ) (?! [\p{{L}}\p{{M}}\p{{N}}] )
      | \p{{Han}} \p{{M}}*
      | (?: (?!\p{{Han}}) [\p{{L}}\p{{M}}\p{{N}}] )
        (?: (?!\p{{Han}}) [\p{{L}}\p{{M}}\p{{N}}\u200c\u200d\u00ad]
          | ['\u2019] (?= (?!\p{{Han}}) [\p{{L}}\p{{M}}\p{{N}}] ) )*
      | (?: \r\n? | \n )+
      | (?: (?! {_NUMBER_SOURCE} ) [^\s\p{{L}}\p{{N}}] )+
    )
    | [^\S\r\n]+
    """,
    regex.VERBOSE,
)


def group_starts(pieces: Sequence[str], granularity: Granularity) -> tuple[int, ...]:
    """Indices of the pieces that begin a group; `Tokens.groups` says what the groups are."""
    if granularity not in GRANULARITIES:
        raise ValueError(f"granularity {granularity!r} is unknown; pass one of {', '.join(GRANULARITIES)}.")
    if not pieces:
        return ()
    text = "".join(pieces)
    starts = _glyph_starts(pieces, text)
    if granularity == "token":
        return tuple(starts.values())
    if granularity == "number":
        inside = {at for number in _NUMBER.finditer(text) for at in range(number.start() + 1, number.end())}
        kept = starts.keys() - inside
    elif granularity == "word":
        kept = _first_within(list(starts), (_word_begin(word) for word in _WORD.finditer(text)))
    else:
        kept = _first_within(list(starts), ((m.end(), len(text)) for m in _NEWLINE.finditer(text)))
    return tuple(starts[at] for at in sorted(kept | {0}))


def _glyph_starts(pieces: Sequence[str], text: str) -> dict[int, int]:
    """Offset in the text -> index, for the pieces that begin a glyph, in their order; the first is 0 -> 0."""
    glyphs = {match.start() for match in _GLYPH.finditer(text)}
    starts = {0: 0}
    for i, (piece, at) in enumerate(zip(pieces, accumulate(map(len, pieces), initial=0), strict=False)):
        if piece and at in glyphs:
            starts.setdefault(at, i)
    return starts


def _first_within(offsets: Sequence[int], ranges: Iterable[tuple[int, int]]) -> set[int]:
    """For each closed range the first of `offsets` (ascending) in it, if there is one."""
    places = ((bisect_left(offsets, low), high) for low, high in ranges)
    return {offsets[i] for i, high in places if i < len(offsets) and offsets[i] <= high}


def _word_begin(match: regex.Match[str]) -> tuple[int, int]:
    """Where a token may begin and still begin this word: anywhere in the spaces before it."""
    return match.start(), match.end() - 1 if match["core"] is None else match.start("core")
