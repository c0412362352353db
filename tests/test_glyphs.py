"""Tokens must read as their text does, whatever the tokenizer cuts."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from tokenizer_kinds import (
    BUILT,
    BYTES,
    FAMILY,
    FRANCE,
    LLAMA,
    LOSSLESS,
    TEXTS,
    WORDS,
    Slow,
    check,
)
from tokenizers import pre_tokenizers

from jacobian_widget.tokens import GRANULARITIES, from_ids, token_label, tokenize


@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("text", TEXTS)
def test_any_text_reads_as_it_was_written(name: str, text: str) -> None:
    tokens = tokenize(BUILT[name], text, n_bos=0)
    check(tokens)
    assert tokens.text == (text if tokens.ids else "")
    if "\ufffd" not in text:
        assert not any("\ufffd" in shown for shown in (*tokens.pieces, *tokens.labels))


@pytest.mark.parametrize(
    ("name", "text"),
    # Where the bytes are unknown, a written replacement character cannot be told from a broken glyph.
    [(n, t) for n in LOSSLESS for t in TEXTS if n != "slow_opaque" or "\ufffd" not in t],
)
def test_ids_alone_read_like_the_text(name: str, text: str) -> None:
    tokenizer = BUILT[name]
    written = tokenize(tokenizer, text, n_bos=0)
    tokens = from_ids(written.ids, tokenizer)
    check(tokens)
    spaced = " " + text if name == "byte_level_prefix_space" and not text.startswith(" ") else text
    assert tokens.text == spaced
    if spaced == text:
        assert tokens.pieces == written.pieces


def test_round_trip() -> None:
    rng = np.random.default_rng(0)
    common = [*f"{FAMILY}{FRANCE}\u0301 \n.,1", *(chr(code) for code in range(0x80))]
    for _ in range(150):
        rare = [chr(code) for code in rng.integers(0x80, 0x110000, 30) if not 0xD800 <= code < 0xE000]
        text = "".join(rng.choice([*common, *rare], rng.integers(30)))
        for name in LOSSLESS:
            tokens = tokenize(BUILT[name], text, n_bos=0)
            check(tokens)
            assert tokens.text == text
        assert from_ids(tokenize(BYTES, text, n_bos=0).ids, BYTES).pieces == tokenize(BYTES, text, n_bos=0).pieces


@pytest.mark.parametrize("name", ["byte_level", "byte_fallback", "slow_opaque"])
def test_any_ids_can_be_shown(name: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        ids = rng.integers(0, 301, rng.integers(31)).tolist()
        tokens = from_ids(ids, BUILT[name])
        check(tokens)
        assert tokens.ids == tuple(ids)
        assert "\ufffd" not in tokens.text or b"\xef\xbf\xbd" in b"".join(_bytes(BUILT[name], i) for i in ids)


def _bytes(tokenizer: Any, i: int) -> bytes:
    inner = getattr(tokenizer, "inner", tokenizer)
    token = inner.convert_ids_to_tokens(i)
    if token.startswith("<0x"):
        return bytes([int(token[3:5], 16)])
    swapped = {character: byte for byte, character in _gpt2_alphabet().items()}
    return bytes(swapped.get(character, 0x3F) for character in token)


def _gpt2_alphabet() -> dict[int, str]:
    """The published byte alphabet, told by the library rather than by the module under test."""
    core = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    one_byte = {byte: core.pre_tokenize_str(chr(byte))[0][0] for byte in range(0x80)}
    two_bytes = [core.pre_tokenize_str(chr(code))[0][0] for code in range(0x80, 0x800)]
    pairs = zip(two_bytes, (chr(code).encode() for code in range(0x80, 0x800)), strict=True)
    return one_byte | {byte: c for spelled, raw in pairs for c, byte in zip(spelled, raw, strict=True)}


def test_a_glyph_goes_to_the_first_of_its_byte_tokens() -> None:
    for tokenizer in (BYTES, LLAMA):
        tokens = tokenize(tokenizer, "of🎉of", n_bos=0)
        at = tokens.pieces.index("🎉")
        assert tokens.pieces[at : at + 4] == ("🎉", "", "", "")
        assert tokens.labels[at : at + 4] == ("<0xF0>", "<0x9F>", "<0x8E>", "<0x89>")
        assert not {at + 1, at + 2, at + 3} & set(tokens.groups("token"))
        assert at in tokens.groups("token")
        assert at + 4 in tokens.groups("token")


def test_the_space_a_tokenizer_puts_first_takes_no_character() -> None:
    for tokenizer in (LLAMA, BUILT["byte_level_prefix_space"]):
        tokens = tokenize(tokenizer, "🎉", n_bos=0)
        assert tokens.pieces == ("", "🎉", "", "", "")
        assert tokens.labels == ("␣", "<0xF0>", "<0x9F>", "<0x8E>", "<0x89>")
        assert tokens.groups("token") == (0,)


def test_each_space_belongs_to_its_own_token() -> None:
    for name in ("byte_level", "byte_level_prefix_space", "byte_fallback"):
        assert tokenize(BUILT[name], "Paris   of  ", n_bos=0).pieces == ("Paris", " ", " ", " of", " ", " ")


def test_a_normalising_tokenizer_shows_the_text_as_typed() -> None:
    tokens = tokenize(WORDS, "The  CAPITAL of Café.\n", n_bos=0)
    assert tokens.pieces == ("The", "  CAPITAL", " of", " Café", ".\n")
    assert tokens.labels == ("The", "␣␣CAPITAL", "␣of", "␣Café", ".↵")
    assert from_ids(tokens.ids, WORDS).pieces == ("the", " capital", " of", " cafe", " .")
    slow = tokenize(Slow(WORDS), "The  CAPITAL of Café.\n", n_bos=0)
    assert slow.text == "The  CAPITAL of Café.\n"
    assert slow.pieces[:3] == ("The", "  CAPITAL", " of")


@pytest.mark.parametrize("offsets", [[(0, 0)] * 3, [(0, 99)] * 3, [(10, 15), (0, 3), (4, 9)], [(0, 3)]])
def test_wrong_offsets_are_not_trusted(offsets: list[tuple[int, int]]) -> None:
    class Told(Slow):
        is_fast = True

        def __call__(self, text: str, *, add_special_tokens: bool, return_offsets_mapping: bool = False) -> Any:
            return {
                **super().__call__(text, add_special_tokens=add_special_tokens),
                "offset_mapping": offsets,
            }

    assert tokenize(Told(WORDS), "THE Paris France", n_bos=0).pieces == ("THE", " Paris", " France")


def test_offsets_are_used_where_the_text_cannot_be_read_back() -> None:
    assert tokenize(WORDS, "Zebra CAFÉ", n_bos=0).pieces == ("Zebra", " CAFÉ")
    tokens = tokenize(BUILT["metaspace_lower"], "本PAR🎉", n_bos=0)
    assert tokens.pieces == ("", "本", "P", "A", "R", "🎉", "", "", "")
    assert tokens.labels[:3] == ("␣", "本", "P")


def test_broken_bytes_are_shown_as_bytes() -> None:
    f0, e9 = (BYTES.convert_tokens_to_ids(token) for token in ("ð", "é"))
    letter = BYTES.convert_tokens_to_ids("a")
    tokens = from_ids([letter, f0, letter, e9], BYTES)
    assert tokens.pieces == ("a", "<0xF0>", "a", "<0xE9>")
    assert tokens.groups("token") == (0, 1, 2, 3)
    first = LLAMA.convert_tokens_to_ids("<0xF0>")
    paris = LLAMA.convert_tokens_to_ids("▁Paris")
    assert from_ids([first, paris, first], LLAMA).pieces == ("<0xF0>", " Paris", "<0xF0>")


def test_broken_glyphs_of_unknown_bytes_are_shown_as_ids() -> None:
    tokenizer = Slow(BYTES, opaque=True)
    f0, x9f, letter = (BYTES.convert_tokens_to_ids(token) for token in ("ð", "Ł", "a"))
    assert from_ids([f0, x9f, letter], tokenizer).pieces == (f"#{f0}", f"#{x9f}", "a")
    assert token_label(tokenizer, f0) == f"#{f0}"


@pytest.mark.parametrize("name", ["byte_level", "byte_fallback", "slow_opaque"])
def test_long_sequences_take_time_in_proportion(name: str) -> None:
    text = "Paris of 🎉 本 " * 700
    ids = tokenize(BUILT[name], text, n_bos=0).ids
    assert len(ids) > 5_000
    start = time.perf_counter()
    tokens = from_ids(ids, BUILT[name])
    for granularity in GRANULARITIES:
        tokens.groups(granularity, "." if granularity == "regex" else None)
    assert time.perf_counter() - start < 5
    assert tokens.text == text
