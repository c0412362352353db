"""Groups must follow what a person reads, and must never cut a glyph."""

from __future__ import annotations

import numpy as np
import pytest
import regex
from tokenizer_kinds import BYTES, FAMILY, FRANCE, GERMANY, check, cut, parts

from jacobian_widget.tokens import Tokens, tokenize


def test_clusters_are_one_group_each() -> None:
    tokens = tokenize(BYTES, f"{FAMILY}{FRANCE}{GERMANY}e\u0301각日本", n_bos=0)
    assert parts(tokens, "token") == [FAMILY, FRANCE, GERMANY, "e\u0301", "각", "日", "本"]


@pytest.mark.parametrize(
    ("pieces", "groups"),
    [
        (["Un", "believ", "able", " is", " it"], ["Unbelievable", " is", " it"]),
        (["don", "'t", " l", "’", "été"], ["don't", " l’été"]),
        (["a", " ", "b", "  ", " c"], ["a", " b", "   c"]),
        (["a ", "b"], ["a ", "b"]),
        (["well", "-", "known"], ["well", "-", "known"]),
        (["wait", ".", "..", "!", " ok"], ["wait", "...!", " ok"]),
        (["a", "\n", "\n", "b"], ["a", "\n\n", "b"]),
        (["日", "本語", "で", "す"], ["日", "本語", "です"]),
        (["日本", "語"], ["日本", "語"]),
        (["3", ".", "14", " x"], ["3.14", " x"]),
        (["1", ",", "2", ",", "3"], ["1", ",", "2", ",", "3"]),
        (["CO", "VID", "19"], ["COVID19"]),
        (["ש", "לום", " ע", "ולם"], ["שלום", " עולם"]),
        (["a", " ", " "], ["a", "  "]),
        (["می", "\u200c", "خواهم"], ["می\u200cخواهم"]),
        (["x. T", "he"], ["x. The"]),
    ],
)
def test_words(pieces: list[str], groups: list[str]) -> None:
    tokens = cut(*pieces)
    check(tokens)
    assert parts(tokens, "word") == groups


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,2,3", ["1", "2", "3"]),
        ("100,200,300", ["100", "200", "300"]),
        ("1, 234, 567", ["1", "234", "567"]),
        ("0.52,-1.25,300,4.5", ["0.52", "-1.25", "300", "4.5"]),
        ("10,200.5,300", ["10", "200.5", "300"]),
        ("1,2,300,400.5", ["1", "2", "300", "400.5"]),
        ("3.14 and 2.", ["3.14", "2"]),
        (".5 x .25", [".5", ".25"]),
        ("-12 (-3) 5-3 x-4", ["-12", "-3", "5", "3", "4"]),
        ("1e5 -2.5E-3 6e", ["1e5", "-2.5E-3", "6"]),
        ("costs $1,234,567.", ["1,234,567"]),
        ("was 1,234.56 then", ["1,234.56"]),
        ("1'234'567 1_000_000 1\u202f234", ["1'234'567", "1_000_000", "1\u202f234"]),
        ("1.2.3 192.168.0.1", ["1", "2", "3", "192", "168", "0", "1"]),
        ("2024-01-15", ["2024", "01", "15"]),
        ("٣٫١٤", ["٣٫١٤"]),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    tokens = cut(*text)
    check(tokens)
    assert [part for part in parts(tokens, "number") if regex.search(r"\d", part)] == numbers
    assert all(regex.search(r"\d", part) or len(part) == 1 for part in parts(tokens, "number"))


def test_number_tokens_are_never_split() -> None:
    assert parts(cut(" 12", "34", ",5", "6", ","), "number") == [" 1234", ",56", ","]
    assert parts(cut("x", "=", "-", "1", ".", "5"), "number") == ["x", "=", "-1.5"]


def test_lines() -> None:
    assert parts(cut("a", "\n", "b", "\r\n", "\n", "c"), "line") == ["a\n", "b\r\n", "\n", "c"]
    assert parts(cut("a", ".\n\n ", "b", "c"), "line") == ["a.\n\n ", "bc"]
    assert parts(cut("a", "b", "\n"), "line") == ["ab\n"]
    assert parts(cut("a", "\r", "\n", "b"), "line") == ["a\r\n", "b"]


def test_unknown_granularity() -> None:
    with pytest.raises(ValueError, match=r"'sentence'.*token, word, number, line"):
        cut("a").groups("sentence")  # type: ignore[arg-type]


def test_groups_of_any_pieces() -> None:
    rng = np.random.default_rng(0)
    characters = list("ab1,.-$' \n\r日e\u0301\u200d👨👩🇫🇷")
    for _ in range(300):
        pieces = ["".join(rng.choice(characters, rng.integers(5))) for _ in range(rng.integers(13))]
        labels = tuple(piece or "-" for piece in pieces)
        check(Tokens("".join(pieces), tuple(range(len(pieces))), tuple(pieces), labels))
