"""A target must be exactly the token that was meant, and a search must find what the labels show."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from tokenizer_kinds import BUILT, BYTES, LLAMA, WORDS, Slow, byte_level, words_only
from tokenizers import Tokenizer, decoders, models
from transformers import PreTrainedTokenizerFast

from jacobian_widget.tokens import one_token_id, search_vocabulary, token_label, token_piece


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
    with pytest.raises(TypeError, match=r"target is .*; pass a vocabulary id"):
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
