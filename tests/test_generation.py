"""The model goes on writing: its ids are kept, it is left as found, and the widget explains what it wrote."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from chat_templates import CHATML, chatty
from tiny_models import ids, tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import JacobianWidget, UnsupportedModelError, attribute
from jacobian_widget.generation import write_on
from jacobian_widget.model import model_lock
from jacobian_widget.tokens import Tokens, continued, from_ids, from_messages, tokenize

TEXT = "The cat sat on"
CHAT = [{"role": "user", "content": "Hi"}]


@pytest.fixture
def model() -> Any:
    return tiny("llama", vocab_size=262, max_position_embeddings=128, eos_token_id=None)


@pytest.fixture
def tokenizer() -> Any:
    return byte_tokenizer()


def greedy(model: Any, prompt: tuple[int, ...], count: int) -> list[int]:
    """The definition: the likeliest next token, again and again."""
    written = list(prompt)
    with torch.no_grad():
        for _ in range(count):
            written.append(int(model(torch.tensor([written])).logits[0, -1].argmax()))
    return written[len(prompt) :]


@pytest.mark.parametrize("kind", ["llama", "gpt2", "qwen3", "gemma2", "mamba"])
def test_greedy_by_default(kind: str) -> None:
    model = tiny(kind, eos_token_id=None)
    model.generation_config.do_sample, model.generation_config.temperature = True, 3.0
    source = from_ids(ids(), n_bos=1, bos_id=1)
    longer = write_on(model, None, source, 6)
    assert list(longer.ids[len(source) :]) == greedy(model, source.bos + source.ids, 6)
    assert (longer.ids[: len(source)], longer.bos, longer.generated_from) == (source.ids, (1,), len(source))
    assert longer.text.startswith(source.text)


def test_the_model_is_left_as_found(tokenizer: Any) -> None:
    model = tiny("llama", vocab_size=262, eos_token_id=None, attention_dropout=0.9)
    source = tokenize(tokenizer, TEXT)
    calm = write_on(model, tokenizer, source, 8).ids
    model.train()
    model.model.norm.weight.requires_grad_(False)
    before = [(m.training, dict(m._forward_pre_hooks), dict(m._forward_hooks)) for m in model.modules()]
    grads = [p.requires_grad for p in model.parameters()]
    config, settings = model.config.to_dict(), model.generation_config.to_dict()
    assert write_on(model, tokenizer, source, 8).ids == calm

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_on(model, tokenizer, source, 4, progress=stop)
    assert [(m.training, dict(m._forward_pre_hooks), dict(m._forward_hooks)) for m in model.modules()] == before
    assert [p.requires_grad for p in model.parameters()] == grads
    assert (model.config.to_dict(), model.generation_config.to_dict()) == (config, settings)


def test_it_ends_at_eos_and_does_not_keep_it(model: Any, tokenizer: Any) -> None:
    source = tokenize(tokenizer, TEXT)
    free = write_on(model, tokenizer, source, 12).ids[len(source) :]
    at = next(i for i, k in enumerate(free) if i > 0 and k not in free[:i])
    stopped = write_on(model, tokenizer, source, 12, eos_token_id=[free[at], 261])
    assert stopped.ids[len(source) :] == free[:at]
    model.generation_config.eos_token_id = free[0]
    with pytest.raises(ValueError, match="ends the text here"):
        write_on(model, tokenizer, source, 12)
    assert len(write_on(model, tokenizer, source, 12, min_new_tokens=3)) >= len(source) + 3


def test_options_reach_the_model(model: Any, tokenizer: Any) -> None:
    source = tokenize(tokenizer, TEXT)
    plain = write_on(model, tokenizer, source, 8)
    drawn = set()
    for seed in range(4):
        torch.manual_seed(seed)
        drawn.add(write_on(model, tokenizer, source, 8, do_sample=True, temperature=3.0).ids)
    assert len(drawn | {plain.ids}) > 2
    assert write_on(model, tokenizer, source, 8, do_sample=True, top_k=1) == plain
    beams = model.generate(torch.tensor([source.ids]), max_new_tokens=8, num_beams=4, do_sample=False, pad_token_id=0)
    assert write_on(model, tokenizer, source, 8, num_beams=4).ids == tuple(beams[0].tolist()) != plain.ids
    stop = plain.pieces[len(source) + 2]
    assert write_on(model, tokenizer, source, 8, stop_strings=[stop]).ids == plain.ids[: len(source) + 3]


def test_progress_counts_tokens(model: Any, tokenizer: Any) -> None:
    seen: list[tuple[int, int]] = []
    write_on(model, tokenizer, tokenize(tokenizer, TEXT), 5, progress=lambda *at: seen.append(at))
    assert seen == [(i, 5) for i in range(1, 6)]


def test_it_holds_the_models_lock(model: Any, tokenizer: Any) -> None:
    got: list[bool] = []

    def reach(done: int, total: int) -> None:
        other = threading.Thread(target=lambda: got.append(model_lock(model).acquire(blocking=False)))
        other.start()
        other.join()

    write_on(model, tokenizer, tokenize(tokenizer, TEXT), 2, progress=reach)
    assert got == [False, False]
    assert model_lock(model).acquire(blocking=False)
    model_lock(model).release()


def test_a_full_context(model: Any, tokenizer: Any) -> None:
    almost = tokenize(tokenizer, "x" * 125)
    assert len(write_on(model, tokenizer, almost, 50)) == 128
    with pytest.raises(ValueError, match="128 tokens; shorten"):
        write_on(model, tokenizer, tokenize(tokenizer, "x" * 128), 1)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"max_new_tokens": 0}, ValueError, "1 or more"),
        ({"max_new_tokens": True}, TypeError, "whole number"),
        ({"max_new_tokens": "5"}, TypeError, "whole number"),
        ({"input_ids": [1]}, TypeError, "the text is the prompt"),
        ({"max_length": 9}, TypeError, "max_new_tokens"),
        ({"num_return_sequences": 2}, TypeError, "one text"),
        ({"temprature": 2.0}, ValueError, "temprature"),
    ],
)
def test_bad_options(model: Any, tokenizer: Any, options: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        write_on(model, tokenizer, tokenize(tokenizer, TEXT), **options)


def test_a_model_that_cannot_write(tokenizer: Any) -> None:
    class Bare(torch.nn.Module):
        config = None

    with pytest.raises(UnsupportedModelError, match="no generate"):
        write_on(Bare(), tokenizer, tokenize(tokenizer, TEXT))


def test_ids_are_kept_though_the_text_would_merge_them(tokenizer: Any) -> None:
    source = tokenize(tokenizer, "T")
    longer = continued(tokenizer, source, tokenizer.convert_tokens_to_ids(["h", "e"]))
    assert (longer.text, longer.generated_from) == ("The", 1)
    assert tokenize(tokenizer, "The").ids != longer.ids
    assert longer.pieces == ("T", "h", "e")


def test_a_glyph_cut_off_is_completed(tokenizer: Any) -> None:
    first, *rest = tokenize(tokenizer, "🎉").ids
    source = tokenize(tokenizer, "Yes")
    cut = continued(tokenizer, source, [first])
    assert cut.text == "Yes<0xF0>"
    whole = continued(tokenizer, cut, rest)
    assert (whole.text, whole.generated_from) == ("Yes🎉", len(source))
    assert "".join(whole.pieces) == whole.text


def test_in_a_chat_the_answer_is_the_assistants() -> None:
    tokenizer = chatty(CHATML)
    source = from_messages(tokenizer, CHAT)
    longer = continued(tokenizer, source, [50, 51])
    assert longer.roles == (*source.roles, "assistant", "assistant")
    assert continued(tokenizer, tokenize(tokenizer, "Hi"), [50]).roles == ()


def test_generated_from_lies_in_the_text() -> None:
    with pytest.raises(ValueError, match="generated_from is 3"):
        Tokens("ab", (1, 2), ("a", "b"), ("a", "b"), generated_from=3)


@pytest.fixture
def w(model: Any, tokenizer: Any) -> JacobianWidget:
    return JacobianWidget(model, tokenizer, TEXT)


def test_the_widget_goes_on_and_explains_what_it_wrote(w: JacobianWidget) -> None:
    first = w.attribution.source
    want = write_on(w._model, w._tokenizer, first, 6)
    added = w.generate(6)
    assert w.text == TEXT + added == want.text
    assert w.tokens["generated"] == len(first)
    result = w.attribution
    assert (result.source, result.position) == (want, None)
    for at in range(len(first), len(want)):
        w.position = at
        direct = attribute(w._model, input_ids=want.ids, position=at)
        np.testing.assert_allclose(w.scores, direct.scores(), rtol=1e-5)
        assert w.basis["actual"] == want.ids[at]
    assert w.status["state"] == "ready"


def test_writing_twice_and_going_back(w: JacobianWidget) -> None:
    w.generate(3)
    once, source = w.text, w.attribution.source
    w.generate(3)
    assert w.attribution.source.generated_from == source.generated_from
    assert w.attribution.source.ids[: len(source)] == source.ids
    w.text = once
    assert w.attribution.source == source
    w.text = TEXT + " a mat"
    assert "generated" not in w.tokens
    assert w.attribution.source.generated_from is None


def test_a_chat_goes_on() -> None:
    tokenizer = chatty(CHATML)
    w = JacobianWidget(tiny("llama", vocab_size=420, max_position_embeddings=512), tokenizer, messages=CHAT)
    w.generate(4, min_new_tokens=4)
    source = w.attribution.source
    assert source.roles[-4:] == ("assistant",) * 4
    assert w.tokens["roles"][-1] == ["assistant", len(source) - 4]
    assert w.attribution.role_shares().keys() == {"template", "user", "assistant"}


def test_nothing_to_write(w: JacobianWidget) -> None:
    first = greedy(w._model, w.attribution.source.ids, 1)
    picture = w.basis
    w._model.generation_config.eos_token_id = first
    with pytest.raises(ValueError, match="ends the text here"):
        w.generate(5)
    assert (w.text, w.basis, w.status["state"]) == (TEXT, picture, "ready")
    np.testing.assert_allclose(w.scores, attribute(w._model, w._tokenizer, TEXT).scores(), rtol=1e-5)


@contextlib.contextmanager
def held(w: JacobianWidget) -> Iterator[list[str | Exception]]:
    """Holds the writing at its first token; when it is over, the list has what `generate` returned or raised."""
    reached, let_go = threading.Event(), threading.Event()
    outcome: list[str | Exception] = []

    def hold(ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        reached.set()
        assert let_go.wait(60)
        return torch.zeros(len(ids), dtype=torch.bool)

    def write() -> None:
        try:
            outcome.append(w.generate(5, stopping_criteria=[hold]))
        except Exception as error:  # noqa: BLE001 - the main thread judges
            outcome.append(error)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert reached.wait(60)
    try:
        yield outcome
    finally:
        let_go.set()
        thread.join(60)
    assert not thread.is_alive()


def test_a_wish_meanwhile_is_answered_afterwards(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    with held(w) as outcome:
        assert w.status["state"] == "computing"
        w.set_state({"position": 3, "scope": "entropy", "target": 200})
    assert isinstance(outcome[0], str)
    result = w.attribution
    assert (len(result.source), result.position) == (len(w.tokens["ids"]), 3)
    assert result.source.generated_from is not None


STOPS: dict[str, Callable[[JacobianWidget], object]] = {
    "cancel": lambda w: w.set_state({"cancelled": 1}),
    "text": lambda w: setattr(w, "text", "Another text"),
    "close": lambda w: w.close(),
}


@pytest.mark.parametrize("how", STOPS)
def test_what_stops_it(w: JacobianWidget, how: str) -> None:
    w.attribution  # noqa: B018 - waits
    with held(w) as outcome:
        STOPS[how](w)
    assert isinstance(outcome[0], RuntimeError)
    assert "cancelled" in str(outcome[0])
    assert w.text == ("Another text" if how == "text" else TEXT)
    assert w.tokens["text"] == w.text
    np.testing.assert_allclose(w.scores, attribute(w._model, w._tokenizer, w.text).scores(), rtol=1e-5)


def test_interrupt_ends_the_writing(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits

    def interrupt(timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(w._moved, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            w.generate(100)
    assert w._job is not None
    assert w._job.wait(60)
    assert (w.text, w.status["state"]) == (TEXT, "cancelled")
    np.testing.assert_allclose(w.scores, attribute(w._model, w._tokenizer, TEXT).scores(), rtol=1e-5)


def test_an_observer_inside_the_computation_cannot_wait_for_it(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    raised: list[Exception] = []

    def ask(change: dict[str, Any]) -> None:
        try:
            w.generate(2)
        except RuntimeError as error:
            raised.append(error)

    w.observe(ask, "basis")
    w.position = 3
    w.attribution  # noqa: B018 - waits
    assert "call it from a cell" in str(raised[0])
