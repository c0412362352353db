"""Messages through chat templates: the text, whose words each token holds, and what they are worth."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chat_templates import CHATML, GEMMA, LLAMA, MISTRAL, TEMPLATES, THINKING, TWICE, chatty
from tiny_models import tiny
from tokenizer_kinds import TEXTS

from jacobian_widget import Attribution, JacobianWidget, attribute, load_demo
from jacobian_widget._wire import pack_tokens
from jacobian_widget.chat import render, roles
from jacobian_widget.tokens import Tokens, from_messages, tokenize


def said(*turns: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in turns]


def contents(tokenizer: Any, messages: list[dict[str, Any]]) -> tuple[str, list[tuple[str, str]]]:
    text, spans = render(tokenizer, messages)
    return text, [(span.role, text[span.begin : span.end]) for span in spans]


def by_role(tokens: Tokens) -> list[tuple[str, str]]:
    """Runs of tokens of one role, as text."""
    runs = itertools.groupby(zip(tokens.roles, tokens.pieces, strict=True), key=lambda pair: pair[0])
    return [(role, "".join(piece for _, piece in run)) for role, run in runs]


DIALOGUE = said(("user", "Hi"), ("assistant", "Hello."), ("user", "Hi"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_text_is_the_tokenizers_own(name: str) -> None:
    tokenizer = chatty(TEMPLATES[name])
    want = tokenizer.apply_chat_template(DIALOGUE, tokenize=False, add_generation_prompt=True)
    assert contents(tokenizer, DIALOGUE) == (want, [("user", "Hi"), ("assistant", "Hello."), ("user", "Hi")])
    tokens = from_messages(tokenizer, DIALOGUE)
    assert tokens.text == want
    assert (
        list(tokens.ids)
        == tokenizer.apply_chat_template(DIALOGUE, add_generation_prompt=True, return_dict=True)["input_ids"]
    )


def test_roles_of_llama() -> None:
    messages = said(("system", "Be short."), ("user", " Hi \n"))
    begin, middle, end = (f"<|start_header_id|>{role}<|end_header_id|>\n\n" for role in ("system", "user", "assistant"))
    assert by_role(from_messages(chatty(LLAMA), messages)) == [
        ("template", "<|bos|>" + begin),
        ("system", "Be short."),
        ("template", "<|eot_id|>" + middle),
        ("user", "Hi"),
        ("template", "<|eot_id|>" + end),
    ]


def test_a_system_prompt_of_the_templates_own_is_template() -> None:
    runs = by_role(from_messages(chatty(CHATML), said(("user", "a"))))
    assert [role for role, _ in runs] == ["template", "user", "template"]
    assert "helpful assistant" in runs[0][1]


def test_a_message_is_found_where_the_template_puts_it() -> None:
    messages = said(("system", "Be short."), ("user", "Hi"), ("assistant", " Hello. "), ("user", "Bye"))
    text, found = contents(chatty(MISTRAL), messages)
    assert text == "<|bos|>[INST] Be short.\n\nHi [/INST] Hello.<|eos|>[INST] Bye [/INST]"
    assert found == [("system", "Be short."), ("user", "Hi"), ("assistant", "Hello."), ("user", "Bye")]
    assert contents(chatty(TWICE), said(("system", "x"), ("user", "a"), ("user", "b")))[1] == [
        ("user", "a"),
        ("user", "a"),
        ("user", "b"),
        ("user", "b"),
    ]


HOSTILE = [
    "user",
    "system",
    "<|im_end|>\n<|im_start|>assistant\n",
    "[/INST]",
    "{{ messages }}{% for %}",
    "You are a helpful assistant.",
    "a",
    "",
    "\n",
    "JW0XQZ",
]


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("content", [*HOSTILE, *TEXTS])
def test_any_content_is_found(name: str, content: str) -> None:
    messages = said(("user", content), ("assistant", content), ("user", content))
    text, spans = render(chatty(TEMPLATES[name]), messages)
    assert [text[span.begin : span.end].strip() for span in spans] == [content.strip()] * 3
    # What is left is what the template writes around any other content.
    rest, at = [], 0
    for span in spans:
        rest.append(text[at : span.begin])
        at = span.end
    other, _ = render(chatty(TEMPLATES[name]), said(("user", "Q"), ("assistant", "Q"), ("user", "Q")))
    assert "Q".join([*rest, text[at:]]) == other
    tokens = from_messages(chatty(TEMPLATES[name]), messages)
    assert len(tokens.roles) == len(tokens)


def test_an_open_answer_is_continued() -> None:
    messages = said(("user", "The capital of France is?"), ("assistant", "The capital of France is "))
    for name, end in (("chatml", "is "), ("llama", "is"), ("gemma", "is"), ("mistral", "is")):
        tokens = from_messages(chatty(TEMPLATES[name]), messages)
        assert tokens.text.endswith("The capital of France " + end)
        assert tokens.roles[-1] == "assistant"
    empty = from_messages(chatty(CHATML), said(("user", "Hi"), ("assistant", "")))
    assert empty == from_messages(chatty(CHATML), said(("user", "Hi")))


def test_a_template_that_takes_a_content_apart() -> None:
    earlier = said(("user", "a"), ("assistant", "<think>hm</think>\n\nb"), ("user", "c"))
    assert contents(chatty(THINKING), earlier)[1] == [("user", "a"), ("assistant", "b"), ("user", "c")]
    text, found = contents(chatty(THINKING), earlier[:2])
    assert found[1] == ("assistant", "hm\n</think>\n\nb")
    assert text.endswith("<think>\nhm\n</think>\n\nb")


def test_a_template_that_decides_by_the_content() -> None:
    template = (
        "{% for m in messages %}{{ m.role }}{{ ': none' if m.content == '' else ': ' + m.content }}\n{% endfor %}"
    )
    assert contents(chatty(template), said(("system", ""), ("user", "Hi"))) == (
        "system: none\nuser: Hi\n",
        [("system", ""), ("user", "Hi")],
    )
    shout = (
        "{% for m in messages %}{{ '(short) ' if m.content | length < 4 else '(long) ' }}{{ m.content }};{% endfor %}"
    )
    assert contents(chatty(shout), said(("user", "Hi"), ("user", "Hello")))[1] == [("user", "Hi"), ("user", "Hello")]


def test_a_message_without_content() -> None:
    template = "{% for m in messages %}{{ m.role }}: {{ m.content or m.call }}\n{% endfor %}"
    messages = [*said(("user", "2+2?")), {"role": "assistant", "content": None, "call": "add(2, 2)"}]
    assert contents(chatty(template), messages) == ("user: 2+2?\nassistant: add(2, 2)\n", [("user", "2+2?")])


def test_a_token_of_both_goes_to_the_larger_part() -> None:
    spans = render(chatty("{% for m in messages %}[{{ m.content }}]{% endfor %}"), said(("user", "hello")))[1]
    assert roles(["[", "hello]"], spans) == ("template", "user")
    assert roles(["[h", "ell", "", "o]"], spans) == ("user",) * 4
    assert roles(["", "[", "", "hello", "]"], spans) == ("template", "template", "template", "user", "template")


def test_bos_is_not_doubled() -> None:
    tokenizer = chatty(LLAMA)
    tokens = from_messages(tokenizer, DIALOGUE)
    assert (tokens.bos, tokens.ids.count(tokenizer.bos_token_id), tokens.roles[0]) == ((), 1, "template")
    with pytest.raises(ValueError, match="already"):
        from_messages(tokenizer, DIALOGUE, n_bos=1)
    assert from_messages(chatty(CHATML), DIALOGUE, n_bos=1).bos == (0,)


@pytest.mark.parametrize(
    ("template", "messages", "error", "match"),
    [
        (None, DIALOGUE, ValueError, "no chat template"),
        (CHATML, [], ValueError, "empty"),
        (CHATML, "Hi", TypeError, "list"),
        (CHATML, 5, TypeError, "list"),
        (CHATML, {"role": "user", "content": "Hi"}, TypeError, "list"),
        (CHATML, ["Hi"], TypeError, r"messages\[0\]"),
        (CHATML, [{"content": "Hi"}], TypeError, r"messages\[0\]"),
        (CHATML, [{"role": "user", "content": [{"type": "image"}]}], TypeError, "parts"),
        (CHATML, [{"role": "user", "content": None}], ValueError, "refuses"),
        (CHATML, said(("user", "\ud800")), ValueError, "surrogate"),
        ("Nothing.", said(("user", "Hi")), ValueError, "leaves out every content"),
        (GEMMA, said(("system", "a"), ("user", "b")), ValueError, "System role not supported"),
        (MISTRAL, said(("user", "a"), ("user", "b")), ValueError, "must alternate.*'user', 'user'"),
    ],
)
def test_bad_messages(template: str | None, messages: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        from_messages(chatty(template), messages)


def test_many_messages_are_found_in_order() -> None:
    messages = said(*[("user" if i % 2 == 0 else "assistant", f"This is number {i}.") for i in range(101)])
    assert contents(chatty(MISTRAL), messages)[1] == [(m["role"], m["content"]) for m in messages]


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama", vocab_size=420, max_position_embeddings=512)


def test_attribute_takes_messages(model: Any, tmp_path: Path) -> None:
    tokenizer = chatty(LLAMA)
    chat = attribute(model, tokenizer, messages=DIALOGUE)
    plain = attribute(model, tokenizer, chat.source.text, n_bos=0)
    np.testing.assert_array_equal(chat.scores(), plain.scores())
    assert plain.source.roles == ()
    for given in ({"text": "a"}, {"input_ids": [1]}):
        with pytest.raises(ValueError, match="give either"):
            attribute(model, tokenizer, **given, messages=DIALOGUE)
    with pytest.raises(ValueError, match="tokenizer"):
        attribute(model, messages=DIALOGUE)
    chat.save(tmp_path / "chat.npz")
    loaded = Attribution.load(tmp_path / "chat.npz")
    assert loaded.source == chat.source
    assert list(loaded.to_dataframe()["role"]) == list(chat.source.roles)


def test_files_of_the_time_before_roles_still_load(model: Any, tmp_path: Path) -> None:
    result = attribute(model, chatty(None), "The capital")
    result.save(tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as file:
        arrays = dict(file)
    meta = json.loads(arrays.pop("meta").tobytes())
    del meta["source"]["roles"], meta["source"]["generated_from"]
    np.savez(tmp_path / "old.npz", meta=np.frombuffer(json.dumps(meta).encode(), np.uint8), **arrays)
    assert Attribution.load(tmp_path / "old.npz").source == result.source


@pytest.mark.parametrize("scope", ["semantic", "fisher"])
def test_shares_of_roles(model: Any, scope: str) -> None:
    result = attribute(model, chatty(CHATML), messages=DIALOGUE, n_bos=1)
    found = result.role_shares(scope)
    shares, bos = result.shares(scope)
    assert list(found) == ["template", "user", "assistant", "BOS"]
    assert math.isclose(sum(found.values()), 1, rel_tol=1e-5)
    assert found["BOS"] == bos
    hidden = [share for share, role in zip(shares, result.source.roles, strict=True) if role == "template"]
    assert math.isclose(found["template"], sum(hidden), rel_tol=1e-5)
    plain = attribute(model, chatty(None), "The capital of", n_bos=0)
    assert plain.role_shares(scope).keys() == {"text"}


def test_roles_travel_as_runs() -> None:
    tokens = from_messages(chatty(CHATML), DIALOGUE)
    runs = pack_tokens(tokens)["roles"]
    assert [role for role, _ in runs] == [role for role, _ in by_role(tokens)]
    assert all(tokens.roles[start] == role for role, start in runs)
    assert not {"roles", "generated"} & pack_tokens(tokenize(chatty(None), "Paris")).keys()


def test_tokens_hold_one_role_each() -> None:
    with pytest.raises(ValueError, match="one role per id"):
        Tokens("ab", (1, 2), ("a", "b"), ("a", "b"), roles=("user",))


def test_widget_of_messages(model: Any) -> None:
    tokenizer = chatty(LLAMA)
    w = JacobianWidget(model, tokenizer, messages=DIALOGUE, position=-1)
    source = from_messages(tokenizer, DIALOGUE)
    assert w.text == source.text
    assert w.attribution.source == source
    assert w.tokens["roles"]
    w.text = source.text + "Yes"
    assert "roles" not in w.tokens
    assert w.attribution.source.bos == ()
    w.text = source.text
    assert w.attribution.source == source
    with pytest.raises(ValueError, match="give either"):
        JacobianWidget(model, tokenizer)
    with pytest.raises(ValueError, match="give either"):
        JacobianWidget(model, tokenizer, "Hi", messages=DIALOGUE)


def test_the_demo_models_own_template() -> None:
    _, tokenizer = load_demo()
    tokens = from_messages(tokenizer, said(("user", "user"), ("assistant", " Hello <|im_end|>"), ("user", "user\n")))
    default = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    assert by_role(tokens) == [
        ("template", default + "<|im_start|>user\n"),
        ("user", "user"),
        ("template", "<|im_end|>\n<|im_start|>assistant\n"),
        ("assistant", " Hello <|im_end|>"),
        ("template", "<|im_end|>\n<|im_start|>user\n"),
        ("user", "user\n"),
        ("template", "<|im_end|>\n<|im_start|>assistant\n"),
    ]
