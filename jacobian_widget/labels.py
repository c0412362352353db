"""Makes a token's text unmistakable for the eye."""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

_SYMBOLS: Final = {" ": "␣", "\n": "↵", "\r": "␍", "\t": "⇥"}
_CODED: Final = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}]")


def visible(piece: str) -> str:
    """Show a token's text with nothing invisible in it, and nothing that reorders its surroundings.

    Space is `␣`, newline `↵`, carriage return `␍`, tab `⇥`; other spaces, control, format (bidi, zero width),
    surrogate and private-use characters are `<U+200B>`; a combining mark without a base sits on `◌`.
    """
    if piece.isascii() and piece.isprintable():
        return piece.replace(" ", "␣")
    shown: list[str] = []
    has_base = False
    for character in piece:
        mark = unicodedata.category(character)[0] == "M"
        hidden = character in _SYMBOLS or (_CODED.match(character) and not (mark and has_base))
        if hidden:
            shown.append(_SYMBOLS.get(character, f"<U+{ord(character):04X}>"))
        else:
            shown.append("◌" + character if mark and not has_base else character)
        has_base = not hidden
    return "".join(shown)
