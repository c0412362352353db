"""Reads one token off its vocabulary's own spelling: its bytes, its characters, its label."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import regex

from jacobian_widget.labels import visible

Tokenizer: TypeAlias = Any
"""A `transformers` tokenizer, fast or slow. Not imported: tokens need no torch."""

Found = TypeVar("Found")

REPLACEMENT: Final = "\ufffd"

_PRINTABLE: Final = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
_REST: Final = sorted({*range(0x100)} - _PRINTABLE)
BYTE_SPELLING: Final = {b: chr(b) for b in _PRINTABLE} | {b: chr(0x100 + n) for n, b in enumerate(_REST)}
"""GPT-2's spelling of bytes as printable characters (github.com/openai/gpt-2, src/encoder.py)."""

_SPELLED_BYTE: Final = {character: byte for byte, character in BYTE_SPELLING.items()}
_BYTE_TOKEN: Final = regex.compile(r"<0x([0-9A-Fa-f]{2})>")
_REMEMBERED: Final = 4


def token_label(tokenizer: Tokenizer | None, token_id: int) -> str:
    """One token made visible: `␣Paris`, `↵`, `<0xF0><0x9F>` for a part of a glyph.

    `#123` without a tokenizer, for an id it does not know, and for a token that shows nothing.
    """
    return piece_and_label(tokenizer, token_id)[1]


def token_piece(tokenizer: Tokenizer | None, token_id: int) -> str:
    """The characters of one token: ` Paris`. `""` for a part of a glyph and for an unknown id."""
    return piece_and_label(tokenizer, token_id)[0]


def piece_and_label(tokenizer: Tokenizer | None, token_id: int) -> tuple[str, str]:
    """`token_piece` and `token_label` at once."""
    token = spelling(tokenizer, token_id)
    if token is None:
        return "", f"#{token_id}"
    raw = _spelled_bytes(tokenizer, token_id, token)
    if raw is None:
        decoded = decode(tokenizer, [token_id])
        broken = REPLACEMENT in decoded and REPLACEMENT not in str(token)
        shown = "" if broken else restore_spaces(token, decoded)
    else:
        broken = is_broken(raw)
        shown = decode_bytes([raw])[0] if broken else raw.decode()
    return "" if broken else shown, visible(shown) or f"#{token_id}"


def spelling(tokenizer: Tokenizer | None, token_id: int) -> str | bytes | None:
    """The vocabulary's own spelling; `None` for an id it does not know."""
    if tokenizer is None:
        return None
    try:
        token = tokenizer.convert_ids_to_tokens(int(token_id))
    except (IndexError, KeyError, OverflowError, TypeError, ValueError):
        return None
    return token if isinstance(token, (str, bytes)) else None


def token_bytes(tokenizer: Tokenizer | None, token_id: int) -> bytes | None:
    """A token's exact bytes, where the vocabulary spells bytes out; otherwise `None`."""
    token = spelling(tokenizer, token_id)
    return None if token is None else _spelled_bytes(tokenizer, token_id, token)


def _spelled_bytes(tokenizer: Tokenizer, token_id: int, token: str | bytes) -> bytes | None:
    if isinstance(token, bytes):
        return token
    byte_level, added = _manner(tokenizer)
    if byte_level:
        literal = token_id in added or not _SPELLED_BYTE.keys() >= set(token)
        return token.encode() if literal else bytes(_SPELLED_BYTE[character] for character in token)
    match = None if token_id in added else _BYTE_TOKEN.fullmatch(token)
    return None if match is None or decode(tokenizer, [token_id]) == token else bytes([int(match[1], 16)])


def is_broken(raw: bytes | None) -> bool:
    """Whether these bytes are known and are not whole characters."""
    try:
        (raw or b"").decode()
    except UnicodeDecodeError:
        return True
    return False


def decode_bytes(chunks: Sequence[bytes]) -> list[str]:
    """Decode byte runs as one text; a character goes to the chunk that holds its first byte.

    Bytes that are no UTF-8 show as `<0xF0>`, each in its own chunk.
    """
    owners = [i for i, chunk in enumerate(chunks) for _ in chunk]
    pieces = [""] * len(chunks)
    at = 0
    for character in b"".join(chunks).decode("utf-8", "surrogateescape"):
        raw = character.encode("utf-8", "surrogateescape")
        pieces[owners[at]] += f"<0x{raw[0]:02X}>" if "\udc80" <= character <= "\udcff" else character
        at += len(raw)
    return pieces


def restore_spaces(token: str | bytes | None, decoded: str) -> str:
    """Put back the leading space that a SentencePiece decoder drops from the first token of a text."""
    spelled = str(token)
    spaces = len(spelled) - len(spelled.lstrip("▁"))
    return " " * spaces + decoded.lstrip(" ") if spaces and not decoded.startswith("▁") else decoded


def encode(tokenizer: Tokenizer, text: str, *, special: bool = False) -> list[int]:
    """The ids of a text, by default without special tokens of the tokenizer's own."""
    return [int(i) for i in tokenizer(text, add_special_tokens=special)["input_ids"]]


def decode(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """The text of ids, special tokens and spaces as they are."""
    return str(tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False))


def remembered(read: Callable[[Tokenizer], Found]) -> Callable[[Tokenizer], Found]:
    """Read the latest tokenizers only once, until one grows or is collected.

    Only a tokenizer that takes no weak reference is kept alive.
    """
    latest: list[tuple[Callable[[], Tokenizer | None], int, Found]] = []

    def remember(tokenizer: Tokenizer) -> Found:
        size = _size(tokenizer)
        for kept, known_size, found in latest:
            if kept() is tokenizer and known_size == size:
                return found
        found = read(tokenizer)
        others = [entry for entry in latest if not any(entry[0]() is gone for gone in (None, tokenizer))]
        latest[:] = [(_reference(tokenizer), size, found), *others][:_REMEMBERED]
        return found

    return remember


def _size(tokenizer: Tokenizer) -> int:
    """What grows with the tokenizer. `len` takes 30 ms with tokenizers 0.22, which counts the whole vocabulary."""
    added = getattr(tokenizer, "added_tokens_decoder", None)
    if added is not None:
        return len(added)
    return len(tokenizer) if hasattr(tokenizer, "__len__") else -1


def _reference(tokenizer: Tokenizer) -> Callable[[], Tokenizer | None]:
    try:
        return weakref.ref(tokenizer)
    except TypeError:
        return lambda: tokenizer


@remembered
def _manner(tokenizer: Tokenizer) -> tuple[bool, frozenset[int]]:
    """Whether it spells every byte as a character, and the ids of the tokens added to it as they read."""
    decoder = getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None)
    byte_level = "ByteLevel" in repr(decoder) or hasattr(tokenizer, "byte_decoder")
    return byte_level, frozenset(getattr(tokenizer, "added_tokens_decoder", ()))
