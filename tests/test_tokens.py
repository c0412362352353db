"""A text or ids become tokens with the BOS that was asked for; input that cannot is refused with the reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizer_kinds import BYTES, WORDS, byte_level, check
from tokenizers import Tokenizer, models, processors
from transformers import PreTrainedTokenizerFast

import jacobian_widget
from jacobian_widget.tokens import GRANULARITIES, Tokens, from_ids, tokenize


def test_markup_stays_text() -> None:
    tokens = tokenize(BYTES, "<script>&lt;", n_bos=0)
    assert "".join(tokens.labels) == "<script>&lt;"


def test_no_tokens() -> None:
    for tokens in (tokenize(BYTES, "", n_bos=1), from_ids([], BYTES), from_ids([])):
        assert len(tokens) == 0
        assert tokens.text == ""
        assert all(tokens.groups(g, "." if g == "regex" else None) == () for g in GRANULARITIES)


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


def test_a_bad_id_is_named() -> None:
    for ids in ([5, "x"], [[5, "x"]]):
        with pytest.raises(TypeError, match=r"input_ids\[1\] is 'x' \(str\); pass token ids"):
            from_ids(ids)
    with pytest.raises(TypeError, match=r"input_ids\[1\] is \[6, 7\]"):
        from_ids([5, [6, 7]])
    with pytest.raises(ValueError, match="2 sequences"):
        from_ids([[5], [6, 7]])


def test_without_a_tokenizer_ids_are_shown() -> None:
    tokens = from_ids([17, 4, 17])
    check(tokens)
    assert tokens.labels == ("#17", "#4", "#17")
    assert tokens.text == "#17 #4 #17 "
    assert all(tokens.groups(g) == (0, 1, 2) for g in ("token", "word", "number"))


def test_tokens_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="join"):
        Tokens("ab", (1,), ("a",), ("a",))
    with pytest.raises(ValueError, match="2 ids"):
        Tokens("a", (1, 2), ("a",), ("a",))
    with pytest.raises(ValueError, match="BOS"):
        Tokens("a", (1,), ("a",), ("a",), (0,), ())


def test_tokens_need_no_torch() -> None:
    # The package itself imports torch, so a bare one stands in for it.
    program = (
        "import sys, types; package = types.ModuleType('jacobian_widget');"
        f"package.__path__ = [{str(Path(jacobian_widget.__file__).parent)!r}];"
        "sys.modules['jacobian_widget'] = package; import jacobian_widget.tokens;"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
