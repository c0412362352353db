"""Panels: their code is sent once, what they need is computed behind everything else, and nothing is lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Hashable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import BadValueError, JacobianWidget, _panels
from jacobian_widget._bundle import self_unpacking_panels
from jacobian_widget._panels import Ask

STEPS = 4


class Counting:
    """The data of a panel that takes steps, each let through by the test."""

    trait = "map"

    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []
        self.let = threading.Semaphore(0)
        self.at_step = threading.Semaphore(0)
        self.done = threading.Event()

    def key(self, ask: Ask) -> Hashable:
        return ask.source.text

    def compute(self, ask: Ask, before: SimpleNamespace | None) -> Iterator[tuple[dict[str, Any], SimpleNamespace]]:
        first = before.step if before else 0
        for step in range(first, STEPS):
            self.at_step.release()
            assert self.let.acquire(timeout=30)
            ask.interrupt()
            self.steps.append((ask.source.text, step))
            yield {"text": ask.source.text, "step": step}, SimpleNamespace(step=step + 1)
        self.done.set()

    def step(self, count: int = 1) -> None:
        for _ in range(count):
            assert self.at_step.acquire(timeout=30)
            self.let.release()


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setitem(sys.modules, "counting_panel", counting)
    monkeypatch.setitem(_panels._DATA, "map", "counting_panel")
    return counting


@pytest.fixture
def w() -> Iterator[JacobianWidget]:
    model = tiny("llama", vocab_size=300, max_position_embeddings=128)
    widget = JacobianWidget(model, byte_tokenizer(), "The cat sat on")
    assert widget.attribution is not None
    yield widget
    widget.close()


def test_the_code_is_sent_when_a_panel_is_first_opened(w: JacobianWidget) -> None:
    assert w.panels == ""
    w.panel = "help"
    assert w.panels == self_unpacking_panels(_panels.panels_code())
    assert len(w.panels) < 0.6 * len(_panels.panels_code())  # a notebook keeps it with every widget
    assert w.panel_run is False
    with pytest.raises(BadValueError, match=r"unknown panel 'plot'; choose one of compare, check, map"):
        w.panel = "plot"
    assert w.panel == "help"


def test_data_is_computed_while_the_panel_is_open(w: JacobianWidget, data: Counting) -> None:
    w.panel = "map"
    data.step(STEPS)
    assert data.done.wait(30)
    assert [step for _, step in data.steps] == list(range(STEPS))
    w.panel = ""
    w.panel = "map"  # what is there is not computed again
    w.scope = "entropy"
    assert w.attribution is not None
    assert len(data.steps) == STEPS
    assert w.map == {"text": w.text, "step": STEPS - 1}


def test_an_attribution_goes_first_and_no_step_is_taken_twice(w: JacobianWidget, data: Counting) -> None:
    w.panel = "map"
    data.step(2)
    assert data.at_step.acquire(timeout=30)  # inside the third step
    w.position = 5
    data.let.release()
    assert w.attribution.position == 5
    data.step(2)
    assert data.done.wait(30)
    assert [step for _, step in data.steps] == list(range(STEPS))


def test_closing_or_another_text_stops_it_and_the_last_good_data_stays(w: JacobianWidget, data: Counting) -> None:
    before = w.text
    w.panel = "map"
    data.step(1)
    assert data.at_step.acquire(timeout=30)
    w.panel = ""
    data.let.release()
    assert w.attribution is not None
    assert w.map == {"text": before, "step": 0}
    w.text = "Another"
    w.panel = "map"
    data.step(STEPS)
    assert data.done.wait(30)
    assert data.steps == [(before, 0), *(("Another", step) for step in range(STEPS))]


def test_leave_to_take_long_is_for_one_text(w: JacobianWidget, data: Counting) -> None:
    w.panel = "map"
    data.step(STEPS)
    assert data.done.wait(30)
    w.panel_run = True
    w.text = "Another"
    assert w.panel_run is False
    data.step(STEPS)


def test_an_error_is_shown_beside_the_last_good_data_and_nothing_else_breaks(w: JacobianWidget, data: Counting) -> None:
    def broken(ask: Ask, before: object) -> Iterator[tuple[dict[str, Any], object]]:
        yield {"text": ask.source.text}, None
        raise ValueError("no such map")

    told = threading.Event()
    w.observe(lambda change: told.set() if "error" in change["new"] else None, "map")
    data.compute = broken  # type: ignore[method-assign, assignment]
    w.panel = "map"
    assert told.wait(30)
    assert w.map == {"text": w.text, "error": "no such map"}
    w.position = 4
    assert w.attribution.position == 4


def test_the_browser_opens_panels_and_python_checks_what_it_writes(w: JacobianWidget) -> None:
    w.set_state({"panel": "save", "scale": "log", "threshold": 0.25, "hide": ["delimiters"]})
    assert (w.panel, w.scale, w.threshold, w.hide) == ("save", "log", 0.25, ["delimiters"])
    for name, value, said in [
        ("scale", "cubic", "scale 'cubic' is unknown; choose one of linear"),
        ("threshold", 1.0, "from 0 to below 1; got 1.0"),
        ("vmax", -2.0, "above 0, or None; got -2"),
        ("hide", ["bos"], "hide 'bos' is unknown"),
        ("palette", "rainbow", "palette 'rainbow' is unknown"),
        ("panels", "alert(1)", ""),
    ]:
        old = getattr(w, name)
        w.set_state({name: value})
        assert getattr(w, name) == old
        assert said in w.status["message"]


def test_a_pinned_picture_stays_while_the_rest_moves_on(w: JacobianWidget) -> None:
    w.scope = "contrast"
    w.pin()
    pinned = w.pinned
    a = w.attribution
    assert pinned["question"] == {
        "scope": "contrast",
        "target": a.default_target,
        "foil": a.default_foil,
        "rank": None,
    }
    w.text = "Another text"
    assert w.attribution.source.text == "Another text"
    assert w.pinned == pinned
    assert pinned["basis"]["text"] == pinned["tokens"]["text"] == "The cat sat on"
    w.unpin()
    assert w.pinned == {}


def test_the_browser_pins_what_it_holds_and_nothing_else(w: JacobianWidget) -> None:
    w.pin()
    held = w.pinned
    w.unpin()
    basis = {k: memoryview(v) if isinstance(v, bytes) else v for k, v in held["basis"].items()}
    w.set_state({"pinned": {**held, "basis": basis}})
    assert w.pinned == held
    w.set_state({"pinned": {**held, "basis": {**basis, "gram": memoryview(b"1234")}}})
    assert w.pinned == held
    assert "'gram' of pinned['basis'] is damaged" in w.status["message"]
