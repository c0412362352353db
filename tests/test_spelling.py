"""A single token must show its own bytes and characters, whatever its vocabulary spells it like."""

from __future__ import annotations

from tokenizer_kinds import BUILT, BYTES, LLAMA, LOSSLESS, byte_level, words_only
from tokenizers import models
from transformers import PreTrainedTokenizerFast

from jacobian_widget.tokens import from_ids, token_label, token_piece, tokenize


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
    core.model = models.BPE(vocab=core.get_vocab() | {"ĠðŁ": 9000}, merges=[])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core)
    assert token_label(tokenizer, 9000) == "␣<0xF0><0x9F>"
    assert token_piece(tokenizer, 9000) == ""
    rest = [tokenizer.convert_tokens_to_ids(token) for token in ("İ", "ī")]
    tokens = from_ids([9000, *rest], tokenizer)
    assert tokens.pieces == (" 🎉", "", "")
    assert tokens.labels == ("␣<0xF0><0x9F>", "<0x8E>", "<0x89>")


def test_a_literal_byte_spelling_is_text() -> None:
    assert tokenize(BYTES, "<0xF0>", n_bos=0).text == "<0xF0>"
    tokenizer = byte_level()
    tokenizer.add_tokens(["<0x41>", "éé"])
    assert token_piece(tokenizer, len(tokenizer) - 2) == "<0x41>"
    assert token_piece(tokenizer, len(tokenizer) - 1) == "éé"
    assert from_ids([0, 1], words_only("<0x41>", "\ufffd")).pieces == ("<0x41>", " \ufffd")


def test_ids_the_tokenizer_does_not_know() -> None:
    for name in LOSSLESS:
        tokens = from_ids([99_999, 10**12], BUILT[name])
        assert tokens.labels == ("#99999", "#1000000000000")
        assert token_label(BUILT[name], 99_999) == "#99999"
        assert token_piece(BUILT[name], 99_999) == ""
    assert token_label(None, 3) == "#3"
    assert token_label(BYTES, -1) == "#-1"
