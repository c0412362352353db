"""The pinned picture: what it holds, and what of it is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import _wire, attribute
from jacobian_widget._pinned import check_pinned, pinned_picture

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    model = tiny("llama", vocab_size=300, max_position_embeddings=128)
    result = attribute(model, byte_tokenizer(), "The cat sat on", position=5)
    question = {"scope": "contrast", "target": 3, "foil": 7}
    return pinned_picture(_wire.pack_tokens(result.source), _wire.pack_basis(result), question)


def test_a_picture_is_kept_whole(kept: dict[str, Any]) -> None:
    assert kept["question"] == {"scope": "contrast", "target": 3, "foil": 7, "rank": None}
    assert kept["basis"]["text"] == kept["tokens"]["text"] == "The cat sat on"
    assert check_pinned(kept) == kept


def test_what_comes_over_the_comm_is_the_same_picture(kept: dict[str, Any]) -> None:
    sent = copy.deepcopy(kept)
    for part in (sent["basis"], sent["basis"]["fisher"]):
        for key, value in part.items():
            if isinstance(value, bytes):
                whole = b"head" + value + b"tail"  # the message that the buffer came in
                part[key] = memoryview(whole)[4:-4]
    taken = check_pinned(sent)
    assert taken == kept
    assert isinstance(taken["basis"]["gram"], bytes)


def test_nothing_pinned_is_allowed() -> None:
    assert check_pinned({}) == {}


def test_the_sign_is_kept(kept: dict[str, Any]) -> None:
    signed = pinned_picture(kept["tokens"], kept["basis"], {"scope": "semantic", "signed": True})
    assert signed["question"] == {"scope": "semantic", "target": None, "foil": None, "rank": None, "signed": True}


def test_without_a_result_there_is_nothing_to_pin(kept: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no picture to pin yet"):
        pinned_picture(kept["tokens"], {}, {"scope": "semantic"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p.pop("question"), "must have the keys tokens, basis, question; got tokens, basis"),
        (lambda p: p.update(extra=1), "got tokens, basis, question, extra"),
        (lambda p: p.update(tokens=[]), "'tokens'.* is no dictionary"),
        (lambda p: p["tokens"].update(text=None), "is no text"),
        (lambda p: p["tokens"]["ids"].append(-1), "something other than token ids"),
        (lambda p: p["tokens"]["pieces"].pop(), "ids, .* pieces and"),
        (lambda p: p["tokens"]["labels"].__setitem__(0, {}), "a piece that is no text"),
        (lambda p: p["tokens"]["groups"].update(word=[0, 3, 2]), "'word'.* out of order"),
        (lambda p: p["tokens"]["groups"].update(word=[]), "'word'.* out of order"),
        (lambda p: p["basis"].update(text="another"), "not of the text"),
        (lambda p: p["basis"].update(end=1000), "'end'.* is 1000"),
        (lambda p: p["basis"].update(gram=p["basis"]["gram"][:-4]), "'gram' .* is damaged"),
        (lambda p: p["basis"].update(length=3), "not of the tokens"),
        (lambda p: p["basis"].update(gram_steps=[0.0] * len(p["basis"]["directions"])), "no step per direction"),
        (lambda p: p["basis"]["fisher"].update(step="x"), "has no step"),
        (lambda p: p["basis"]["fisher"].update(captured=b"1234"), "'captured' .* numbers, .* were expected"),
        (lambda p: p["basis"].update(gram_bos=[0.0]), "'gram_bos' .* no binary data"),
        (lambda p: p["basis"].pop("signed"), "'signed' .* no binary data"),
        (lambda p: p["basis"]["fisher"].update(rank=1), "'spectrum' .* is damaged"),
        (lambda p: p["question"].update(scope="colour"), "'scope'.* is 'colour'"),
        (lambda p: p["question"].update(target="x"), "'target'.* is 'x'"),
        (lambda p: p["question"].update(rank=True), "'rank'.* is True"),
        (lambda p: p["question"].update(signed=1), "neither True nor False"),
        (lambda p: p["question"].update(granularity="word"), "unknown keys granularity"),
    ],
)
def test_a_damaged_picture_is_refused(kept: dict[str, Any], change: Change, words: str) -> None:
    damaged = copy.deepcopy(kept)
    change(damaged)
    with pytest.raises(ValueError, match=words) as refused:
        check_pinned(damaged)
    assert "Pin the picture again" in str(refused.value)


@pytest.mark.parametrize("value", [None, [], "text", 3])
def test_what_is_no_dictionary_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be a dictionary"):
        check_pinned(value)


def test_apart_from_its_buffers_it_is_plain_json(kept: dict[str, Any]) -> None:
    assert json.loads(json.dumps(kept, default=lambda raw: raw.hex()))["question"]["target"] == 3
