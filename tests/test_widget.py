"""The widget from Python's side: traits, waiting, refusals, cancelling, several widgets over one model."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from tiny_models import NOT_CAUSAL, tiny
from tiny_tokenizer import byte_tokenizer
from together import at_once
from transformers import AutoConfig, AutoModelForMaskedLM

from jacobian_widget import BadValueError, JacobianWidget, NonFiniteError, UnsupportedModelError, attribute
from jacobian_widget import widget as widget_module

TEXT = "The cat sat on"


@pytest.fixture
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=128)


@pytest.fixture
def tokenizer() -> Any:
    return byte_tokenizer()


@pytest.fixture
def w(model: Any, tokenizer: Any) -> JacobianWidget:
    return JacobianWidget(model, tokenizer, TEXT)


def direct(w: JacobianWidget, *arguments: Any, position: int | None = None, **question: Any) -> np.ndarray:
    return attribute(w._model, w._tokenizer, w.text, position=position).scores(*arguments, **question)


def settled(w: JacobianWidget) -> dict[str, Any]:
    job = w._job
    assert job is not None
    assert job.wait(60)
    return w.status


def test_scores_follow_the_traits(w: JacobianWidget) -> None:
    np.testing.assert_allclose(w.scores, direct(w), rtol=1e-5)
    for scope in ("fisher", "temperature", "entropy", "log_probability", "contrast"):
        w.scope = scope
        np.testing.assert_allclose(w.scores, direct(w, scope), rtol=1e-5)
    w.scope, w.rank = "fisher", 2
    np.testing.assert_allclose(w.scores, direct(w, "fisher", rank=2), rtol=1e-5)
    w.scope, w.granularity = "semantic", "word"
    np.testing.assert_allclose(w.scores, direct(w, granularity="word"), rtol=1e-5)
    assert len(w.scores) < len(w.attribution.tokens)


def test_a_changed_model_is_asked_anew(w: JacobianWidget, model: Any) -> None:
    before = w.attribution
    with torch.no_grad():
        model.model.layers[0].mlp.down_proj.weight.mul_(2)
    target = next(k for k in range(100, 200) if not before.knows(k))
    w.target = target
    np.testing.assert_allclose(w.scores, direct(w, target=target), rtol=1e-5)
    assert w.attribution.entropy != before.entropy


def test_target_outside_the_basis_costs_one_vjp(w: JacobianWidget) -> None:
    first = w.attribution
    target = next(k for k in range(100, 200) if not first.knows(k))
    w.target = target
    assert w.attribution.n_vjps == first.n_vjps
    assert w.attribution.knows(target)
    np.testing.assert_allclose(w.scores, direct(w, target=target), rtol=1e-5)
    assert ["log_probability", target] in w.basis["directions"]
    assert target in [c["id"] for c in w.basis["predictions"]]


def test_position_and_text(w: JacobianWidget) -> None:
    w.position = -1
    assert w.position == len(w.tokens["ids"]) - 1
    np.testing.assert_allclose(w.scores, direct(w, position=-1), rtol=1e-5)
    assert w.basis["actual"] == w.tokens["ids"][-1]
    w.text = "A"
    assert w.position is None
    assert w.tokens["text"] == "A"
    np.testing.assert_allclose(w.scores, direct(w), rtol=1e-5)


def test_traits_can_be_observed_and_status_ends_ready(w: JacobianWidget) -> None:
    seen: list[Any] = []
    w.observe(lambda change: seen.append(change["new"]), "scope")
    w.scope = "entropy"
    assert seen == ["entropy"]
    assert settled(w)["state"] == "ready"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", ""),
        ("text", "x" * 500),
        ("text", 5),
        ("scope", "logit"),
        ("scope", None),
        ("target", "two words"),
        ("target", ""),
        ("target", 300),
        ("target", -1),
        ("target", [1]),
        ("foil", 3.5),
        ("position", 99),
        ("position", 0),
        ("position", "end"),
        ("rank", 0),
        ("rank", 1000),
        ("granularity", "syllable"),
    ],
)
def test_bad_values(w: JacobianWidget, name: str, value: object) -> None:
    picture, old = w.attribution and w.basis, getattr(w, name)
    with pytest.raises(traitlets.TraitError) as error:
        setattr(w, name, value)
    assert getattr(w, name) == old
    assert settled(w)["state"] == "ready"
    w.set_state({name: value})
    assert w.status["state"] == "error"
    assert w.status["message"] == str(error.value)
    assert getattr(w, name) == old
    assert w.basis == picture


def test_bad_values_are_value_errors_too(w: JacobianWidget) -> None:
    with pytest.raises(BadValueError, match="tokens"):
        w.target = "two words"
    with pytest.raises(ValueError, match="choose one of"):
        w.scope = "logit"


def test_what_only_python_writes_is_refused(w: JacobianWidget) -> None:
    before = w.attribution and w.basis
    w.set_state({"basis": {}, "status": {"state": "ready"}, "tokens": {"text": "<script>"}, "matches": {}, "model": 1})
    assert (w.basis, w.tokens["text"]) == (before, TEXT)


def test_a_good_wish_beside_a_bad_one_changes_nothing(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    w.set_state({"scope": "fisher", "position": 99})
    assert (w.scope, w.position) == ("semantic", None)
    w.set_state({"text": "The dog", "position": None, "scope": "fisher"})
    assert (w.scope, w.text) == ("fisher", "The dog")
    np.testing.assert_allclose(w.scores, direct(w, "fisher"), rtol=1e-5)


def test_unknown_keyword_and_first_values(model: Any, tokenizer: Any) -> None:
    with pytest.raises(TypeError, match=r"colour.*allowed"):
        JacobianWidget(model, tokenizer, TEXT, colour="red")
    with pytest.raises(ValueError, match="empty"):
        JacobianWidget(model, tokenizer, "")
    with pytest.raises(BadValueError, match="choose one of"):
        JacobianWidget(model, tokenizer, TEXT, scope="logit")
    w = JacobianWidget(model, tokenizer, TEXT, scope="contrast", position=-1, target="a", foil="b", granularity="line")
    assert (w.scope, w.position, w.granularity) == ("contrast", len(w.tokens["ids"]) - 1, "line")
    assert isinstance(w.target, int)
    assert isinstance(w.foil, int)
    assert len(w.scores) == 1


def test_search(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    w.set_state({"query": "a"})
    assert w.matches["query"] == "a"
    assert w.matches["items"][0]["piece"] == "a"
    assert 0 < w.matches["items"][0]["p"] < 1
    w.set_state({"query": ""})
    assert w.matches["items"] == []


def test_error_keeps_the_last_picture(w: JacobianWidget) -> None:
    picture = w.attribution and w.basis
    norm = w._model.model.norm.weight
    kept = norm.detach().clone()
    norm.data.fill_(float("nan"))
    w.position = 3
    with pytest.raises(NonFiniteError):
        w.attribution  # noqa: B018 - raises
    assert settled(w)["state"] == "error"
    assert "NaN" in w.status["message"]
    assert "Traceback" in w.status["detail"]
    assert w.basis == picture
    norm.data.copy_(kept)
    w.position = 4
    np.testing.assert_allclose(w.scores, direct(w, position=4), rtol=1e-5)
    assert w.status["state"] == "ready"


class Gate:
    """Holds a computation at a probe boundary until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        inner = JacobianWidget._progress

        def progress(w: JacobianWidget, job: Any, done: int, total: int) -> None:
            if done > 0:
                self.reached.set()
                assert self.open.wait(60)
            inner(w, job, done, total)

        monkeypatch.setattr(JacobianWidget, "_progress", progress)


def test_cancel_keeps_the_last_picture(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = w.attribution and w.basis
    gate = Gate(monkeypatch)
    w.position = 3
    assert gate.reached.wait(60)
    w.set_state({"cancelled": 1})
    assert w.status["state"] == "cancelled"
    gate.open.set()
    assert settled(w)["state"] == "cancelled"
    assert w.basis == picture
    w.set_state({"retries": 1})
    assert w.attribution.position == 3
    w.position = None
    np.testing.assert_allclose(w.scores, direct(w), rtol=1e-5)


def test_the_newest_wish_wins(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits
    gate = Gate(monkeypatch)
    w.position = 3
    assert gate.reached.wait(60)
    superseded = w._job
    w.position = 4
    w.position = 5
    gate.open.set()
    assert w.attribution.position == 5
    assert superseded is not None
    assert superseded.stopped
    assert w.basis["position"] == 5


def test_several_widgets_over_one_model(model: Any, tokenizer: Any) -> None:
    widgets = [JacobianWidget(model, tokenizer, text) for text in (TEXT, "Another text", "A third one")]
    for w in widgets:
        w.position = -1
    for w in widgets:
        np.testing.assert_allclose(w.scores, direct(w, position=-1), rtol=1e-5)


def test_interrupt_while_waiting_cancels(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits
    gate = Gate(monkeypatch)
    w.position = 3
    assert gate.reached.wait(60)

    def interrupt(timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(w._moved, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            w.scores  # noqa: B018 - raises
    assert w.status["state"] == "cancelled"
    gate.open.set()
    np.testing.assert_allclose(w.scores, direct(w, position=3), rtol=1e-5)  # asking again computes again


def test_static_picture_beside_the_widget(model: Any, tokenizer: Any) -> None:
    w = JacobianWidget(model, tokenizer, "<script>alert(1)</script> &lt;\n\tמה 😀 \u202e\x07")
    w.attribution  # noqa: B018 - waits
    data, _ = w._repr_mimebundle_()
    page = data["text/html"]
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;" in re.sub("<[^>]*>", "", page)
    assert "background:#2166ac" in page
    assert "logits per unit embedding norm" in page
    assert not set(page) & {"\ufffd", "\u202e", "\x07"}
    assert "U+202E" in page
    assert "application/vnd.jupyter.widget-view+json" in data


def test_static_picture_without_a_result(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    monkeypatch.setattr(widget_module, "_FIRST_PICTURE_WAIT", 0.01)
    fresh = JacobianWidget(w._model, w._tokenizer, "Something new")
    data, _ = fresh._repr_mimebundle_()
    assert "Not computed yet" in data["text/html"]
    gate.open.set()
    fresh.attribution  # noqa: B018 - waits


def test_closing_stops_the_computation(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits
    gate = Gate(monkeypatch)
    w.position = 3
    assert gate.reached.wait(60)
    job = w._job
    w.close()
    gate.open.set()
    assert job is not None
    assert job.wait(60)
    assert job.stopped


def test_the_model_can_be_collected(tokenizer: Any) -> None:
    import gc
    import weakref

    model = tiny("llama", vocab_size=300)
    w = JacobianWidget(model, tokenizer, TEXT)
    w.attribution  # noqa: B018 - waits
    gone = weakref.ref(model)
    w.close()
    del w, model
    for _ in range(100):
        gc.collect()
        if gone() is None:
            return
        threading.Event().wait(0.05)
    raise AssertionError("something still holds the model")


def test_numpy_integers_are_whole_numbers(w: JacobianWidget) -> None:
    w.position = np.int64(3)
    assert w.position == 3
    with pytest.raises(traitlets.TraitError):
        w.rank = True


def test_a_refusal_stays_in_sight_while_computing(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits
    gate = Gate(monkeypatch)
    w.position = 3
    assert gate.reached.wait(60)
    w.set_state({"position": 99})
    gate.open.set()
    assert settled(w)["state"] == "error"
    assert "99" in w.status["message"]
    assert w.attribution.position == 3
    w.set_state({"granularity": "word"})
    assert w.status["state"] == "ready"


def test_a_model_that_is_not_causal_is_refused_at_once(tokenizer: Any) -> None:
    config = AutoConfig.for_model("bert", hidden_size=32, num_hidden_layers=1, num_attention_heads=4, vocab_size=300)
    with pytest.raises(UnsupportedModelError, match=NOT_CAUSAL):
        JacobianWidget(AutoModelForMaskedLM.from_config(config), tokenizer, TEXT)


@pytest.mark.parametrize("trait", ["status", "basis", "position", "target"])
def test_observers_may_read_the_scores(w: JacobianWidget, trait: str) -> None:
    w.attribution  # noqa: B018 - waits
    seen: list[object] = []

    def read(change: dict[str, Any]) -> None:
        with contextlib.suppress(RuntimeError):
            seen.append(w.scores)

    w.observe(read, trait)
    done = threading.Event()

    def browse() -> None:
        w.set_state({"position": 3, "target": 77})
        settled(w)
        done.set()

    threading.Thread(target=browse, daemon=True).start()
    assert done.wait(60)
    assert seen


def test_a_reader_of_a_replaced_wish_gets_the_newest(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits
    gate = Gate(monkeypatch)
    w.position = 3
    assert gate.reached.wait(60)
    w.position = 4  # waits behind the running one
    read: list[Any] = []
    reader = threading.Thread(target=lambda: read.append(w.attribution), daemon=True)
    reader.start()
    w.position = 5  # replaces what never ran
    gate.open.set()
    reader.join(60)
    assert [a.position for a in read] == [5]


@pytest.mark.parametrize("hold", ["hold_sync", "hold_trait_notifications"])
def test_nothing_is_lost_while_traits_are_held(w: JacobianWidget, hold: str, monkeypatch: pytest.MonkeyPatch) -> None:
    w.attribution  # noqa: B018 - waits
    told: set[str] = set()
    gate, published, publish = Gate(monkeypatch), threading.Event(), w._publish

    def told_when_done(job: Any, result: Any) -> None:
        publish(job, result)
        published.set()

    monkeypatch.setattr(w, "_publish", told_when_done)
    w.position = 3
    assert gate.reached.wait(60)
    monkeypatch.setattr(w, "send_state", lambda key: told.update([key] if isinstance(key, str) else key))
    with getattr(w, hold)():
        had = w.basis
        published.clear()
        gate.open.set()
        assert not published.wait(0.5)
        assert w.basis is had
        assert w.attribution.position == 3  # whoever waits lets the worker go on
        assert published.is_set()
    assert w.basis["position"] == 3
    assert {"basis", "status"} <= told
    assert w.status["state"] == "ready"


def test_texts_and_positions_from_several_threads(w: JacobianWidget) -> None:
    def repeated(step: Any) -> Any:
        def run() -> None:
            for i in range(25):
                # Superseded by the others, or a position that the other text does not have.
                with contextlib.suppress(RuntimeError, BadValueError):
                    step(i)

        return run

    at_once(
        repeated(lambda i: w.set_state({"text": "A" if i % 2 else TEXT})),
        repeated(lambda i: setattr(w, "position", i % 5 + 1)),
        repeated(lambda i: w.scores),
    )
    w.text, w.position = TEXT, 3
    np.testing.assert_allclose(w.scores, direct(w, position=3), rtol=1e-5)


def test_a_cell_may_use_the_model_while_the_widget_computes(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    ids = torch.tensor([w.attribution.input_ids])
    with torch.no_grad():
        want = w._model(ids).logits
        for i in range(20):
            w.position = 1 + i % 4
            torch.testing.assert_close(w._model(ids).logits, want)
    np.testing.assert_allclose(w.scores, direct(w, position=w.position), rtol=1e-5)


def test_a_rank_that_the_model_cannot_have(model: Any, tokenizer: Any) -> None:
    with pytest.raises(BadValueError, match="from 1 to 32"):
        JacobianWidget(model, tokenizer, TEXT, scope="fisher", rank=33)
    w = JacobianWidget(model, tokenizer, TEXT, scope="fisher", rank=32)
    data, _ = w._repr_mimebundle_()
    assert "text/html" in data
    np.testing.assert_allclose(w.scores, direct(w, "fisher"), rtol=1e-5)


def test_a_failed_constructor_leaves_nothing(model: Any, tokenizer: Any) -> None:
    def alive() -> int:
        return sum(isinstance(w, JacobianWidget) for w in ipywidgets.widgets.widget._instances.values())

    before = alive()
    with pytest.raises(BadValueError):
        JacobianWidget(model, tokenizer, TEXT, granularity="syllable")
    assert alive() == before


def test_the_process_ends_well_in_the_middle_of_a_computation() -> None:
    script = """
import sys; sys.path.insert(0, "tests")
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer
from jacobian_widget import JacobianWidget
model = tiny("llama", vocab_size=300, hidden_size=256, head_dim=64, num_hidden_layers=8)
JacobianWidget(model, byte_tokenizer(), "The cat sat on the mat")._first_picture.wait(60)
"""
    root = Path(__file__).parent.parent
    run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_many_targets_do_not_pile_up(w: JacobianWidget) -> None:
    first = w.attribution
    others = [k for k in range(250) if not first.knows(k)]
    for k in others[:30]:
        w.target = k
        np.testing.assert_allclose(w.scores, direct(w, target=k), rtol=1e-4)
    assert len(w.basis["directions"]) <= len(first.basis.directions) + 8
    assert w.attribution.n_vjps < first.n_vjps + 200
