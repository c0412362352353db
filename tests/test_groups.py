"""Groups must follow what a person reads, and must never cut a glyph."""

from __future__ import annotations

import time

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


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. Smith met J. R. Tolkien.", " He left.", " Mrs. Hill vs. Mr. Li."],
        ["It was, e.g., 3.14 p.m. there.", " See fig. 3 and pp. 3-5.", " And No. 5."],
        ["No.", " I won't.", " So did I.", " OK?!", " Fine."],
        ["“Really?”", " she said.", " (It was late.)", " “Go.”", " Then"],
        ["He said: “Yes!”, and left...", " Then he went.", "  Two spaces."],
        ["wait... it goes on!", " e.g. here"],
        ["Version 1.2.3 of www.Example.com in the U.S. Army."],
        ["1. First item.\n", "2. Second item.\n", "- Hi!\n", "- Ho"],
        ["One line\n\n", "another.  \r\n", "  And one"],
        ["これは文です。", "次の文！", "そうですか？", "「はい。」", "と言った。"],
        ["क्या?", " हाँ।", " ठीक"],
        ["¿Qué?", " ¡Sí!", " Bien"],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    tokens = cut(*regex.findall(r" ?\w+|\s|.", "".join(sentences)))
    check(tokens)
    assert parts(tokens, "sentence") == sentences


def test_a_token_over_the_end_of_a_sentence_is_not_split() -> None:
    assert parts(cut("Go", ". ", "He", " went.\n\n", "So"), "sentence") == ["Go. ", "He went.\n\n", "So"]
    assert parts(cut("Go", ".H", "e went"), "sentence") == ["Go.He went"]


@pytest.mark.parametrize("text", [".", ". ", "a.", "A. ", "日.", "\n ", ".\n", "5. ", "!,", ". '", ".\u0301"])
def test_sentences_of_any_text_take_linear_time(text: str) -> None:
    def seconds(count: int) -> float:
        tokens = cut(text * count)
        start = time.perf_counter()
        tokens.groups("sentence")
        return time.perf_counter() - start

    assert min(seconds(20_000) for _ in range(2)) < 12 * min(seconds(5_000) for _ in range(2)) + 0.05


def test_matches_of_a_pattern() -> None:
    assert parts(cut("12", "ab", "3", "4", " c"), "regex", r"\d+") == ["12", "ab", "34", " c"]
    assert parts(cut(" 1", "2,", "3"), "regex", r"\d+") == [" 12,", "3"]
    assert parts(cut("a", "b", "c", "d"), "regex", "ab|cd") == ["ab", "cd"]
    assert parts(cut("a", "b"), "regex", "x") == ["a", "b"]
    assert parts(cut("e", "\u0301", "x"), "regex", "e") == ["e\u0301", "x"]
    assert cut().groups("regex", "a") == ()


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", r"pattern '\(' is no regular expression: missing \), at character 1"),
        (r"\p{Nothing}", "unknown property"),
        ("x*", r"matches nothing at all, at character 0.*\+ instead of \*"),
        ("(?=b)", "matches nothing at all, at character 40"),
        ("(a|aa)+$", r"takes more than 0 s on this text.*\(a\+\)\+"),
        ("(" * 5000, "nested too deeply"),
        ("", "needs a pattern"),
        (None, "needs a pattern"),
    ],
)
def test_bad_patterns(pattern: str | None, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jacobian_widget.groups._PATTERN_SECONDS", 0.2)
    with pytest.raises(ValueError, match=message):
        cut(*"a" * 40, "b").groups("regex", pattern)


def test_a_pattern_is_for_regex_alone() -> None:
    with pytest.raises(ValueError, match="pattern 'a' goes with granularity 'regex' alone; got 'word'"):
        cut("a").groups("word", "a")


def test_unknown_granularity() -> None:
    with pytest.raises(ValueError, match=r"'syllable'.*token, word, number, sentence, line, regex"):
        cut("a").groups("syllable")  # type: ignore[arg-type]


def test_delimiters() -> None:
    tokens = cut("1", ",", "-", "2", ".", "5", "\n", "€", "😀", " ", "x", "、", "“", "", "a-b")
    shown = "".join("d" if is_one else "." for is_one in tokens.delimiters)
    assert shown == ".d....d..d.dd" + "d."
    assert cut().delimiters == ()


def test_groups_of_any_pieces() -> None:
    rng = np.random.default_rng(0)
    characters = list("ab1,.-$' \n\r日e\u0301\u200d👨👩🇫🇷")
    for _ in range(300):
        pieces = ["".join(rng.choice(characters, rng.integers(5))) for _ in range(rng.integers(13))]
        labels = tuple(piece or "-" for piece in pieces)
        check(Tokens("".join(pieces), tuple(range(len(pieces))), tuple(pieces), labels))
