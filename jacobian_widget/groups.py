"""Groups tokens into what a person reads as one: glyphs, words, numbers, sentences, lines, or matches of a pattern."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, Literal, get_args

import regex

Granularity = Literal["token", "word", "number", "sentence", "line", "regex"]
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

# Unicode's sentence boundaries (UAX 29, SB4 to SB11), but that an opening bracket opens the next sentence: what ends
# one, what may stand after it, what says that it goes on.
_EXTEND: Final = r"[\p{SB=Extend}\p{SB=Format}]*+"
_STOPS: Final = r"\p{SB=STerm}\p{SB=ATerm}"
_BREAKS: Final = r"\p{SB=Sep}\r\n"
_SENTENCE_END: Final = regex.compile(
    rf"""
    (?P<stops> (?: [{_STOPS}] {_EXTEND} )++ ) (?: (?!\p{{Ps}}) \p{{SB=Close}} {_EXTEND} )*+
    (?: (?P<line> \s* [{_BREAKS}] ) | (?! (?: \p{{SB=Sp}} {_EXTEND} )*+ \p{{SB=SContinue}} ) )
    | (?P<line> [{_BREAKS}] (?: \s* [{_BREAKS}] )? )
    """,
    regex.VERBOSE,
)
_STRONG_STOP: Final = regex.compile(r".*\p{SB=STerm}", regex.DOTALL)
_GOES_ON: Final = regex.compile(rf"[^\p{{SB=OLetter}}\p{{SB=Upper}}\p{{SB=Lower}}{_BREAKS}{_STOPS}]*+\p{{SB=Lower}}")
_GLUED: Final = regex.compile(r"[\p{SB=Numeric}\p{SB=Upper}]")
# After these a capital letter does not begin a sentence. Unicode leaves them to a list.
_ABBREVIATION: Final = regex.compile(
    r"""
    \b (?: [\p{Lu}--[I]] | e\.g | i\.e | (?i: dr | mr | mrs | ms | mx | prof | rev | gen | col | sgt | capt | lt | gov
      | sen | rep | hon | st | mt | vs | cf | viz | approx | ca | al | resp | mme | mlle | bzw | d\.h | u\.a ) ) $
    """,
    regex.VERBOSE | regex.V1,
)
_BEFORE_A_NUMBER: Final = regex.compile(r"\b(?i:nos?|nr|figs?|eqs?|pp?|vols?|ch|secs?|arts?|abb|tab)$")
_NUMBER_NEXT: Final = regex.compile(r"\s*\p{Nd}")
_LONGEST_ABBREVIATION: Final = 8
_PATTERN_SECONDS: Final = 2.0


def group_starts(pieces: Sequence[str], granularity: Granularity, pattern: str | None = None) -> tuple[int, ...]:
    """Indices of the pieces that begin a group; `Tokens.groups` says what the groups are, and what is raised."""
    if granularity not in GRANULARITIES:
        raise ValueError(f"granularity {granularity!r} is unknown; pass one of {', '.join(GRANULARITIES)}.")
    if granularity == "regex" and not pattern:
        raise ValueError("granularity 'regex' needs a pattern, a regular expression; got none.")
    if granularity != "regex" and pattern:
        raise ValueError(f"pattern {pattern!r} goes with granularity 'regex' alone; got {granularity!r}.")
    if not pieces:
        return ()
    text = "".join(pieces)
    starts = _glyph_starts(pieces, text)
    if granularity == "token":
        return tuple(starts.values())
    if granularity == "number":
        kept = starts.keys() - _inside(match.span() for match in _NUMBER.finditer(text))
    elif granularity == "regex":
        kept = starts.keys() - _inside(matches(str(pattern), text))
    elif granularity == "word":
        kept = _first_within(list(starts), (_word_begin(word) for word in _WORD.finditer(text)))
    else:
        ends = _sentence_ends(text) if granularity == "sentence" else (m.end() for m in _NEWLINE.finditer(text))
        kept = _first_within(list(starts), ((end, len(text)) for end in ends))
    return tuple(starts[at] for at in sorted(kept | {0}))


def _glyph_starts(pieces: Sequence[str], text: str) -> dict[int, int]:
    """Offset in the text -> index, for the pieces that begin a glyph, in their order; the first is 0 -> 0."""
    glyphs = {match.start() for match in _GLYPH.finditer(text)}
    starts = {0: 0}
    for i, (piece, at) in enumerate(zip(pieces, accumulate(map(len, pieces), initial=0), strict=False)):
        if piece and at in glyphs:
            starts.setdefault(at, i)
    return starts


def _inside(spans: Iterable[tuple[int, int]]) -> set[int]:
    """The offsets within the spans, but for those where one begins."""
    return {at for start, end in spans for at in range(start + 1, end)}


def matches(pattern: str, text: str) -> list[tuple[int, int]]:
    """The spans that `pattern` matches; `Tokens.groups` says what is raised."""
    try:
        found = [match.span() for match in regex.compile(pattern).finditer(text, timeout=_PATTERN_SECONDS)]
    except regex.error as error:
        where = "" if error.pos is None else f", at character {error.pos}"
        raise ValueError(f"pattern {pattern!r} is no regular expression: {error.msg}{where}.") from None
    except RecursionError:
        raise ValueError(f"pattern {pattern[:40]!r}… is nested too deeply; write a flatter one.") from None
    except TimeoutError:
        raise ValueError(
            f"pattern {pattern!r} takes more than {_PATTERN_SECONDS:.0f} s on this text; a repeat inside a repeat, "
            "as in (a+)+, is the usual cause: write it without."
        ) from None
    for start, end in found:
        if start == end:
            raise ValueError(
                f"pattern {pattern!r} matches nothing at all, at character {start}; "
                "let it match at least one character: + instead of *."
            )
    return found


def _sentence_ends(text: str) -> Iterator[int]:
    """Where sentences end: after their closing marks and line breaks, before the spaces that follow."""
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match["line"] is None and not _STRONG_STOP.match(match["stops"]) and _is_inner_dot(text, begin, match):
            continue
        begin = match.end()
        yield begin


def _is_inner_dot(text: str, begin: int, match: regex.Match[str]) -> bool:
    """Whether the sentence from `begin` goes on after this dot."""
    dot, end = match.start("stops"), match.end()
    if _GOES_ON.match(text, end) or (match.end("stops") == end and _GLUED.match(text, end)):
        return True
    before = text[max(begin, dot - _LONGEST_ABBREVIATION) : dot]
    return len(match["stops"]) == 1 and bool(
        _ABBREVIATION.search(before)
        or (_NUMBER_NEXT.match(text, end) and _BEFORE_A_NUMBER.search(before))
        or (dot - begin < _LONGEST_ABBREVIATION and before.strip().isdecimal())  # the number of a list's item
    )


def _first_within(offsets: Sequence[int], ranges: Iterable[tuple[int, int]]) -> set[int]:
    """For each closed range the first of `offsets` (ascending) in it, if there is one."""
    places = ((bisect_left(offsets, low), high) for low, high in ranges)
    return {offsets[i] for i, high in places if i < len(offsets) and offsets[i] <= high}


def _word_begin(match: regex.Match[str]) -> tuple[int, int]:
    """Where a token may begin and still begin this word: anywhere in the spaces before it."""
    return match.start(), match.end() - 1 if match["core"] is None else match.start("core")
