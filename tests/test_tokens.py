"""Tokens must read as their text does, whatever the tokenizer cuts, and groups must never cut a glyph."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import weakref
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import regex
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from jacobian_widget.tokens import (
    GRANULARITIES,
    Tokens,
    from_ids,
    one_token_id,
    search_vocabulary,
    token_label,
    token_piece,
    tokenize,
    visible,
)

FAMILY = "👨‍👩‍👧"
FRANCE, GERMANY = "🇫🇷", "🇩🇪"
CORPUS = [
    "The capital of France is Paris. The capital of Germany is Berlin.",
    "Paris is in France, and Berlin is in Germany; the trees and the rivers are not.",
    "12 and 34 and 1234",
]
TEXTS = [
    "The capital of France is Paris.",
    f"A family {FAMILY} in {FRANCE}{GERMANY}!",
    "日本語とかな漢字 混じり",
    "cafe\u0301 n\u0303 각 각",
    "שלום עולם, مرحبا \u200fabc\u202edef",
    "<script>alert('x')</script> &lt;b&gt; &amp;",
    "a\n\n\tb\r\n  c \u00a0d\u200b",
    "  two leading, two trailing  ",
    "real \ufffd replacement",
    "🎉",
    " ",
    "🎉🎉a🎉",
]


def byte_level(*, template: bool = False, prefix_space: bool = False, trim: bool = True) -> PreTrainedTokenizerFast:
    """GPT-2's kind; `<|bos|>` has id 0. Only ASCII is merged, so everything else is split into bytes."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    core.decoder = decoders.ByteLevel()
    core.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=420,
            special_tokens=["<|bos|>", "<|eos|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    core.post_processor = processors.ByteLevel(trim_offsets=trim)
    if template:
        core.post_processor = processors.TemplateProcessing(
            single="<|bos|> <|bos|> $A <|eos|>", special_tokens=[("<|bos|>", 0), ("<|eos|>", 1)]
        )
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<|bos|>", eos_token="<|eos|>")


def byte_fallback(*, lower: bool = False) -> PreTrainedTokenizerFast:
    """Llama's kind: "▁" for a space, one put before the text, `<0xF0>` for bytes of unknown characters."""
    spelled = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    spelled += ["▁", *"PariscofHetn.,", "▁P", "▁Pa", "▁Par", "▁Pari", "▁Paris", "▁o", "▁of", "é", "本", "is"]
    merges = [
        ("▁", "P"),
        ("▁P", "a"),
        ("▁Pa", "r"),
        ("▁Par", "i"),
        ("▁Pari", "s"),
        ("▁", "o"),
        ("▁o", "f"),
        ("i", "s"),
    ]
    vocabulary = {token: i for i, token in enumerate(spelled)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    steps = [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    core.normalizer = normalizers.Sequence([normalizers.Lowercase(), *steps] if lower else steps)
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def word_level() -> PreTrainedTokenizerFast:
    """Lower-cases, strips accents, drops spaces: nothing of the text can be read back from the ids."""
    spelled = ["[UNK]", "[CLS]", "[SEP]", "the", "capital", "of", "france", "is", "cafe", "paris", "."]
    core = Tokenizer(models.WordLevel({token: i for i, token in enumerate(spelled)}, unk_token="[UNK]"))
    core.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=core, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]")


def words_only(*words: str) -> PreTrainedTokenizerFast:
    """Whole words with ids in their order, and nothing else."""
    core = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token=words[0]))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=core)


class Slow:
    """No offsets, backend, hash or weak references; with `opaque` its spelling tells no bytes either."""

    __slots__ = ("inner", "opaque")
    __hash__ = None  # type: ignore[assignment]
    is_fast = False
    unk_token_id = None

    def __init__(self, inner: PreTrainedTokenizerFast, *, opaque: bool = False) -> None:
        self.inner = inner
        self.opaque = opaque

    def __eq__(self, other: object) -> bool:
        return self is other

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        return {"input_ids": self.inner(text, add_special_tokens=add_special_tokens)["input_ids"]}

    def __len__(self) -> int:
        return len(self.inner)

    @property
    def bos_token_id(self) -> int | None:
        return self.inner.bos_token_id

    @property
    def added_tokens_decoder(self) -> dict[int, AddedToken]:
        return self.inner.added_tokens_decoder

    def get_vocab(self) -> dict[str, int]:
        return {self.convert_ids_to_tokens(i): i for i in self.inner.get_vocab().values()}

    def convert_ids_to_tokens(self, i: int) -> str:
        token = self.inner.convert_ids_to_tokens(i)
        if token is None:
            raise IndexError(i)
        return f"opaque{i}" if self.opaque else token

    def decode(self, ids: list[int], **options: Any) -> str:
        assert len(ids) <= 20, "decoding windows must stay bounded"
        return self.inner.decode(ids, **options)


BUILDERS = {
    "byte_level": byte_level,
    "byte_level_untrimmed": lambda: byte_level(trim=False),
    "byte_level_prefix_space": lambda: byte_level(prefix_space=True),
    "byte_fallback": byte_fallback,
    "metaspace_lower": lambda: byte_fallback(lower=True),
    "word_level": word_level,
    "slow_byte_fallback": lambda: Slow(byte_fallback()),
    "slow_opaque": lambda: Slow(byte_level(), opaque=True),
}
BUILT = {name: build() for name, build in BUILDERS.items()}
LOSSLESS = [name for name in BUILT if name not in ("word_level", "metaspace_lower")]
BYTES, LLAMA, WORDS = BUILT["byte_level"], BUILT["byte_fallback"], BUILT["word_level"]


def parts(tokens: Tokens, granularity: Any) -> list[str]:
    """The text of each group."""
    starts = [*tokens.groups(granularity), len(tokens)]
    return ["".join(tokens.pieces[a:b]) for a, b in pairwise(starts)]


def cut(*pieces: str) -> Tokens:
    """Tokens with these very pieces: groups depend on nothing else."""
    return Tokens("".join(pieces), tuple(range(len(pieces))), pieces, pieces)


def check(tokens: Tokens) -> None:
    """What holds for any tokens at all."""
    assert "".join(tokens.pieces) == tokens.text
    assert len(tokens) == len(tokens.ids) == len(tokens.pieces) == len(tokens.labels)
    assert all(tokens.labels)
    glyphs = {0, *(m.end() for m in regex.finditer(r"\X", tokens.text))}
    fine = set(tokens.groups("token"))
    for granularity in GRANULARITIES:
        starts = tokens.groups(granularity)
        assert list(starts) == sorted(set(starts))
        assert set(starts) <= fine
        assert starts[:1] == ((0,) if tokens.ids else ())
        assert all(len("".join(tokens.pieces[:i])) in glyphs for i in starts)
        assert all(tokens.text == "" or part for part in parts(tokens, granularity))


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from(f"{FAMILY}{FRANCE}\u0301 \n.,1"),
        max_size=30,
    )
)
def test_round_trip(text: str) -> None:
    for name in LOSSLESS:
        tokens = tokenize(BUILT[name], text, n_bos=0)
        check(tokens)
        assert tokens.text == text
    assert from_ids(tokenize(BYTES, text, n_bos=0).ids, BYTES).pieces == tokenize(BYTES, text, n_bos=0).pieces


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=30))
def test_any_ids_can_be_shown(ids: list[int]) -> None:
    for name in ("byte_level", "byte_fallback", "slow_opaque"):
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


def test_clusters_are_one_group_each() -> None:
    tokens = tokenize(BYTES, f"{FAMILY}{FRANCE}{GERMANY}e\u0301각日本", n_bos=0)
    assert parts(tokens, "token") == [FAMILY, FRANCE, GERMANY, "e\u0301", "각", "日", "本"]


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


def test_a_literal_byte_spelling_is_text() -> None:
    assert tokenize(BYTES, "<0xF0>", n_bos=0).text == "<0xF0>"
    tokenizer = byte_level()
    tokenizer.add_tokens(["<0x41>", "éé"])
    assert token_piece(tokenizer, len(tokenizer) - 2) == "<0x41>"
    assert token_piece(tokenizer, len(tokenizer) - 1) == "éé"
    assert from_ids([0, 1], words_only("<0x41>", "\ufffd")).pieces == ("<0x41>", " \ufffd")


def test_broken_glyphs_of_unknown_bytes_are_shown_as_ids() -> None:
    tokenizer = Slow(BYTES, opaque=True)
    f0, x9f, letter = (BYTES.convert_tokens_to_ids(token) for token in ("ð", "Ł", "a"))
    assert from_ids([f0, x9f, letter], tokenizer).pieces == (f"#{f0}", f"#{x9f}", "a")
    assert token_label(tokenizer, f0) == f"#{f0}"


def test_markup_stays_text() -> None:
    tokens = tokenize(BYTES, "<script>&lt;", n_bos=0)
    assert "".join(tokens.labels) == "<script>&lt;"


def test_no_tokens() -> None:
    for tokens in (tokenize(BYTES, "", n_bos=1), from_ids([], BYTES), from_ids([])):
        assert len(tokens) == 0
        assert tokens.text == ""
        assert all(tokens.groups(granularity) == () for granularity in GRANULARITIES)


def test_bos_is_what_the_tokenizer_adds_unless_told() -> None:
    template = byte_level(template=True)
    plain = tokenize(template, "Paris", n_bos=0)
    assert tokenize(BYTES, "Paris").bos == ()
    assert tokenize(template, "Paris").bos == (0, 0)
    assert tokenize(template, "Paris").bos_labels == ("<|bos|>", "<|bos|>")
    assert tokenize(template, "Paris").ids == plain.ids
    assert tokenize(template, "").bos == (0, 0)
    assert tokenize(template, "Paris", n_bos=1).bos == (0,)
    assert plain.bos == ()
    digits = Tokenizer(models.BPE(vocab={"<s>": 0, "0": 1}, merges=[]))
    digits.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    assert tokenize(PreTrainedTokenizerFast(tokenizer_object=digits), "00").bos == (0,)
    assert tokenize(WORDS, "Paris").bos == (1,)
    assert tokenize(WORDS, "Paris").bos_labels == ("[CLS]",)


def test_bos_id_zero_counts() -> None:
    assert BYTES.bos_token_id == 0
    assert tokenize(BYTES, "Paris", n_bos=2).bos == (0, 0)
    assert from_ids([5, 6], BYTES, n_bos=2).bos == (0, 0)
    assert from_ids([5, 6], n_bos=1, bos_id=0).bos == (0,)


def test_a_bos_written_in_the_text_is_a_real_token() -> None:
    for n_bos in (None, 0, 2):
        tokens = tokenize(byte_level(template=True), "<|bos|><|bos|>Paris", n_bos=n_bos)
        assert tokens.ids[:2] == (0, 0)
        assert tokens.pieces[:2] == ("<|bos|>", "<|bos|>")
        assert len(tokens.bos) == (2 if n_bos is None else n_bos)
    assert from_ids([0, 0, 5], BYTES).ids == (0, 0, 5)
    assert from_ids([0, 0, 5], BYTES).bos == ()


def test_no_bos_token() -> None:
    assert tokenize(WORDS, "Paris", n_bos=0).bos == ()
    with pytest.raises(ValueError, match=r"bos_token_id is None.*n_bos=0"):
        tokenize(WORDS, "Paris", n_bos=1)
    with pytest.raises(ValueError, match="n_bos=0"):
        from_ids([1], n_bos=1)


@pytest.mark.parametrize(("n_bos", "error"), [(-1, ValueError), (True, TypeError), (1.0, TypeError), ("1", TypeError)])
def test_bad_n_bos(n_bos: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="n_bos"):
        tokenize(BYTES, "Paris", n_bos=n_bos)
    with pytest.raises(error, match="n_bos"):
        from_ids([1], BYTES, n_bos=n_bos)


def test_bad_text() -> None:
    with pytest.raises(TypeError, match="from_ids"):
        tokenize(BYTES, [1, 2])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="tokenizer"):
        tokenize(None, "Paris")
    with pytest.raises(ValueError, match=r"U\+D83D.* character 1"):
        tokenize(BYTES, "a\ud83d")


@pytest.mark.parametrize(
    "ids",
    [
        [5, 6],
        (5, 6),
        [[5, 6]],
        np.array([5, 6]),
        np.array([[5, 6]], dtype=np.uint16),
        [np.int64(5), 6],
        torch.tensor([5, 6]),
        torch.tensor([[5, 6]]),
        [torch.tensor(5), torch.tensor(6)],
    ],
)
def test_ids_come_in_many_shapes(ids: Any) -> None:
    tokens = from_ids(ids, BYTES)
    assert tokens.ids == (5, 6)
    assert all(type(i) is int for i in tokens.ids)


@pytest.mark.parametrize(
    ("ids", "error"),
    [
        ([True], TypeError),
        ([np.bool_(True)], TypeError),
        (torch.tensor([True]), TypeError),
        ([torch.tensor(True)], TypeError),
        ([1.0], TypeError),
        (["a"], (TypeError, ValueError)),
        ("12", TypeError),
        (7, TypeError),
        ({"input_ids": [1]}, TypeError),
        ([-100], ValueError),
        ([[1], [2]], ValueError),
    ],
)
def test_bad_ids(ids: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="input_ids"):
        from_ids(ids, BYTES)


def test_without_a_tokenizer_ids_are_shown() -> None:
    tokens = from_ids([17, 4, 17])
    check(tokens)
    assert tokens.labels == ("#17", "#4", "#17")
    assert tokens.text == "#17 #4 #17 "
    assert all(tokens.groups(g) == (0, 1, 2) for g in ("token", "word", "number"))


def test_ids_the_tokenizer_does_not_know() -> None:
    for name in LOSSLESS:
        tokens = from_ids([99_999, 10**12], BUILT[name])
        assert tokens.labels == ("#99999", "#1000000000000")
        assert token_label(BUILT[name], 99_999) == "#99999"
        assert token_piece(BUILT[name], 99_999) == ""
    assert token_label(None, 3) == "#3"
    assert token_label(BYTES, -1) == "#-1"


def test_labels_and_pieces_of_single_tokens() -> None:
    ids = BYTES.get_vocab()
    assert token_label(BYTES, ids["ĠParis"]) == "␣Paris"
    assert token_piece(BYTES, ids["ĠParis"]) == " Paris"
    assert token_label(BYTES, ids["Ċ"]) == "↵"
    assert token_label(BYTES, ids["ĉ"]) == "⇥"
    assert (token_label(BYTES, ids["ð"]), token_piece(BYTES, ids["ð"])) == ("<0xF0>", "")
    ids = LLAMA.get_vocab()
    assert token_label(LLAMA, ids["▁Paris"]) == "␣Paris"
    assert token_piece(LLAMA, ids["▁Paris"]) == " Paris"
    assert token_piece(LLAMA, ids["▁"]) == " "
    assert token_label(LLAMA, ids["<0x0A>"]) == "↵"
    assert (token_label(LLAMA, ids["<0xF0>"]), token_piece(LLAMA, ids["<0xF0>"])) == ("<0xF0>", "")


def test_part_of_a_glyph_after_whole_characters() -> None:
    tokenizer = byte_level()
    core = tokenizer.backend_tokenizer
    vocabulary = {token: i for token, i in core.get_vocab().items()} | {"ĠðŁ": 9000}
    core.model = models.BPE(vocab=vocabulary, merges=[("Ġ", "ð"), ("Ġð", "Ł")] if "Ġð" in vocabulary else [])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core)
    assert token_label(tokenizer, 9000) == "␣<0xF0><0x9F>"
    assert token_piece(tokenizer, 9000) == ""
    rest = [tokenizer.convert_tokens_to_ids(token) for token in ("İ", "ī")]
    tokens = from_ids([9000, *rest], tokenizer)
    assert tokens.pieces == (" 🎉", "", "")
    assert tokens.labels == ("␣<0xF0><0x9F>", "<0x8E>", "<0x89>")


@pytest.mark.parametrize(
    ("piece", "label"),
    [
        (" Paris", "␣Paris"),
        ("a b ", "a␣b␣"),
        ("\r\n\t", "␍↵⇥"),
        ("\u200b", "<U+200B>"),
        ("a\u202eb", "a<U+202E>b"),
        ("\u2066", "<U+2066>"),
        ("\u00a0", "<U+00A0>"),
        ("\u3000", "<U+3000>"),
        ("\u2028", "<U+2028>"),
        ("\x00\x1b\x7f\x85", "<U+0000><U+001B><U+007F><U+0085>"),
        ("\ud83d", "<U+D83D>"),
        ("\ue000", "<U+E000>"),
        ("\U000e0067", "<U+E0067>"),
        ("\u0301", "◌\u0301"),
        (" \u0301", "␣◌\u0301"),
        ("e\u0301", "e\u0301"),
        ("\ufe0f", "<U+FE0F>"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("\u3164", "<U+3164>"),
        ("שלום", "שלום"),
        ("<b>&amp;", "<b>&amp;"),
        ("", ""),
    ],
)
def test_visible(piece: str, label: str) -> None:
    assert visible(piece) == label


def test_targets() -> None:
    ids, size = BYTES.get_vocab(), len(BYTES)
    assert one_token_id(BYTES, " Paris", size) == ids["ĠParis"]
    assert one_token_id(BYTES, "<|bos|>", size) == 0
    assert one_token_id(BYTES, 0, size) == 0
    assert one_token_id(None, np.int64(3), size) == 3
    assert one_token_id(BYTES, "\n", size) == ids["Ċ"]
    ids = LLAMA.get_vocab()
    assert one_token_id(LLAMA, " Paris", 999) == ids["▁Paris"]
    assert one_token_id(LLAMA, "Paris", 999) == ids["▁Paris"]
    assert one_token_id(LLAMA, "is", 999) == ids["is"]
    assert one_token_id(WORDS, "Paris", 999) == WORDS.get_vocab()["paris"]


@pytest.mark.parametrize("target", [True, 1.0, None, b"a", [1]])
def test_a_target_of_the_wrong_type(target: Any) -> None:
    with pytest.raises(TypeError, match="target must be a vocabulary id"):
        one_token_id(BYTES, target, 10)


def test_targets_that_are_refused_say_why() -> None:
    size = len(BYTES)
    for outside in (-1, size):
        with pytest.raises(ValueError, match=f"target {outside} .*0 to {size - 1}"):
            one_token_id(BYTES, outside, size)
    with pytest.raises(ValueError, match=r"'Paris Berlin' is \d tokens \('Paris' '␣Berlin'\); pass"):
        one_token_id(BYTES, "Paris Berlin", size)
    with pytest.raises(ValueError, match="leading space, ' capital', it is one token"):
        one_token_id(BYTES, "capital", size)
    with pytest.raises(ValueError, match="empty"):
        one_token_id(BYTES, "", size)
    with pytest.raises(ValueError, match=r"4 tokens \('<0xF0>'"):
        one_token_id(BYTES, "🎉", size)
    with pytest.raises(ValueError, match="not in the vocabulary"):
        one_token_id(WORDS, "zebra", 99)
    with pytest.raises(ValueError, match="no logit"):
        one_token_id(BYTES, " Paris", 10)
    with pytest.raises(TypeError, match="needs a tokenizer"):
        one_token_id(None, "a", 10)


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


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab1,.-$' \n\r日e\u0301\u200d👨👩🇫🇷"), max_size=4), max_size=12))
def test_groups_of_any_pieces(pieces: list[str]) -> None:
    check(Tokens("".join(pieces), tuple(range(len(pieces))), tuple(pieces), tuple(p or "-" for p in pieces)))


def test_tokens_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="join"):
        Tokens("ab", (1,), ("a",), ("a",))
    with pytest.raises(ValueError, match="2 ids"):
        Tokens("a", (1, 2), ("a",), ("a",))
    with pytest.raises(ValueError, match="BOS"):
        Tokens("a", (1,), ("a",), ("a",), (0,), ())


def test_search_order() -> None:
    vocabulary = {t: i for i, t in enumerate(["xpar", "Ġparty", "Ġpar", "par", "Par", "part", "ĠParis", "q", "Ċ", "ð"])}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core)

    def found(query: str, limit: int = 20) -> list[str]:
        return [token_label(tokenizer, i) for i in search_vocabulary(tokenizer, query, limit)]

    assert found("par") == ["par", "␣par", "Par", "part", "␣party", "␣Paris", "xpar"]
    assert found("PAR")[:3] == ["par", "Par", "␣par"]
    assert found(" par") == found("␣par") == ["␣par", "␣party", "␣Paris"]
    assert found("par", 2) == ["par", "␣par"]
    assert found("↵") == ["↵"]
    assert found("0xf0") == ["<0xF0>"]
    assert found("nothing") == found("") == found("par", 0) == []
    assert search_vocabulary(None, "par") == []


@pytest.mark.parametrize("name", BUILT)
def test_search_agrees_with_labels(name: str) -> None:
    tokenizer = BUILT[name]
    inner = getattr(tokenizer, "inner", tokenizer)
    shown = {i: (token_piece(tokenizer, i) + "\0" + token_label(tokenizer, i)) for i in inner.get_vocab().values()}
    for query in ("a", "is", " ", "<0x"):
        expected = {i for i, text in shown.items() if query.casefold() in text.casefold()}
        assert set(search_vocabulary(tokenizer, query, 10_000)) == expected


def test_search_sees_tokens_added_later() -> None:
    tokenizer = byte_level()
    assert search_vocabulary(tokenizer, "brandnew") == []
    tokenizer.add_tokens(["brandnew"])
    assert search_vocabulary(tokenizer, "brandnew") == [len(tokenizer) - 1]


def test_search_does_not_mix_up_tokenizers() -> None:
    first, second = Slow(words_only("a", "b")), Slow(words_only("c", "a"))
    assert search_vocabulary(first, "a") == [0]
    assert search_vocabulary(second, "a") == [1]
    assert search_vocabulary(first, "b") == [1]


def test_a_tokenizer_can_be_collected() -> None:
    tokenizer = byte_level()
    search_vocabulary(tokenizer, "a")
    gone = weakref.ref(tokenizer)
    del tokenizer
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("name", ["byte_level", "byte_fallback", "slow_opaque"])
def test_long_sequences_take_time_in_proportion(name: str) -> None:
    text = "Paris of 🎉 本 " * 700
    ids = tokenize(BUILT[name], text, n_bos=0).ids
    assert len(ids) > 5_000
    start = time.perf_counter()
    tokens = from_ids(ids, BUILT[name])
    for granularity in GRANULARITIES:
        tokens.groups(granularity)
    assert time.perf_counter() - start < 5
    assert tokens.text == text


def test_the_module_needs_no_torch() -> None:
    program = (
        "import sys, importlib.util as u;"
        f"s = u.spec_from_file_location('tokens', {sys.modules[Tokens.__module__].__file__!r});"
        "m = u.module_from_spec(s); sys.modules['tokens'] = m; s.loader.exec_module(m);"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
