"""Faults and cancels at every block of the widget's work: it says so, keeps its picture, and computes the next wish."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest
from test_faults import FAULTS
from test_model_untouched import state
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import JacobianWidget, attribute

BLOCKS, PASSES = 2, 1 + 3
"""Of the model; forward, the scope shown first, the other scopes, Fisher."""
TEXT, OTHER = "The cat sat", "A hat"


@pytest.fixture
def w() -> Iterator[JacobianWidget]:
    widget = JacobianWidget(tiny("llama", vocab_size=300).train(), byte_tokenizer(), TEXT)
    widget.attribution  # noqa: B018 - waits
    yield widget
    widget.close()


class Nth:
    """Does something at the `n`th report of a computation's progress, and counts the reports."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
        self.n, self.count = -1, 0
        inner = JacobianWidget._progress

        def progress(w: JacobianWidget, *rest: Any) -> None:
            self.count += 1
            if self.count == self.n:
                act()
            inner(w, *rest)

        monkeypatch.setattr(JacobianWidget, "_progress", progress)


def ended(w: JacobianWidget) -> dict[str, Any]:
    assert w._job is not None
    assert w._job.wait(60)
    return w.status


def right(w: JacobianWidget) -> None:
    want = attribute(w._model, w._tokenizer, w.text, position=w.position)
    np.testing.assert_allclose(w.scores, want.scores(), rtol=1e-5)
    np.testing.assert_allclose(w.attribution.scores("fisher"), want.scores("fisher"), rtol=1e-4)
    assert ended(w)["state"] == "ready"


def struck_at_each_block(w: JacobianWidget, nth: Nth) -> Iterator[None]:
    """Ask for a new text again and again, struck one block later each time, until it comes through.

    Whatever struck, not one more block is passed, the model is as it was, the last good picture stays, and the widget
    goes on.
    """
    before = state(w._model)
    for n in count(1):
        nth.n = -1
        w.text = TEXT
        right(w)
        picture = w.basis
        nth.n, nth.count = n, 0
        w.text = OTHER
        if ended(w)["state"] == "ready":
            break
        yield
        assert w.basis == picture or (w.basis["text"], w.basis["complete"]) == (OTHER, False)
        assert state(w._model) == before
        assert nth.count == n
        if n % 4 == 0:  # the same wish again
            nth.n = -1
            w.set_state({"retries": n})
            right(w)
    assert nth.count == n - 1 >= BLOCKS * PASSES


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_at_every_block_of_the_widgets_work(
    w: JacobianWidget, fault: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise fault

    for _ in struck_at_each_block(w, Nth(monkeypatch, fail)):
        assert w.status["state"] == "error"
        assert str(fault) in w.status["message"] or "tokens would fit" in w.status["message"]
        assert "Traceback" in w.status["detail"]


def test_a_cancel_at_every_block_of_the_widgets_work(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes effect at that very block: not one more is passed."""

    def cancel() -> None:
        thread = threading.Thread(target=w.set_state, args=({"cancelled": w.cancelled + 1},))
        thread.start()
        thread.join(60)
        assert not thread.is_alive()

    for _ in struck_at_each_block(w, Nth(monkeypatch, cancel)):
        assert w.status["state"] == "cancelled"
        assert "Try again" in w.status["message"]
