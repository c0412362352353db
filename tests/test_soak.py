"""Five hundred requests: nothing piles up, neither objects nor threads nor memory."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections import Counter
from typing import Any

import numpy as np
import psutil
import pytest
import torch
from tiny_models import ids, tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import Attribution, JacobianWidget, attribute
from jacobian_widget._worker import Job, Superseded
from jacobian_widget.backward import Backward
from jacobian_widget.forward import Graph
from jacobian_widget.probe import Probe

COUNTED = (torch.Tensor, Graph, Backward, Probe, Attribution, Job, threading.Thread, BaseException)
ROUNDS, PER_ROUND = 5, 50
ROOM = 24 * 2**20
"""How much the allocator's own caches may still grow after the first round."""
TEXTS = ("The cat sat", "The cat", "A hat", "The cat sat on the mat")
SMALL: dict[str, Any] = {"n_targets": 3, "n_eigen": 3, "n_probes": 3, "rtol": None}


def alive() -> Counter[str]:
    gc.collect()
    return Counter(type(o).__name__ for o in gc.get_objects() if issubclass(type(o), COUNTED))


def rest() -> None:
    """Until the workers, which have nothing more to do, have ended."""
    for thread in threading.enumerate():
        if thread.name == "jacobian-widget":
            thread.join(60)


@pytest.fixture
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=128)


def test_widget(model: Any) -> None:
    w, draw = JacobianWidget(model, byte_tokenizer(), TEXTS[0]), np.random.default_rng(0)

    def one(values: Any) -> Any:
        return values[draw.integers(len(values))]

    def ask() -> None:
        for _ in range(PER_ROUND - 2):
            w.set_state(
                one(
                    [
                        {"text": one(TEXTS)},
                        {"position": one([None, 1, 2])},
                        {"target": one([None, *range(70, 90)])},
                        {"scope": one(["fisher", "contrast"])},
                        {"cancelled": w.cancelled + 1},
                        {"retries": w.retries + 1},
                    ]
                )
            )
            if draw.random() < 0.5:
                with contextlib.suppress(RuntimeError):
                    w.scores  # noqa: B018 - waits
        w.set_state({"target": None, "position": None, "text": "The end"})
        w.scores  # noqa: B018 - waits
        w.text = TEXTS[0]
        w.scores  # noqa: B018 - waits

    soak(ask)
    w.close()


def test_attribute(model: Any) -> None:
    draw = np.random.default_rng(1)

    def ask() -> None:
        kept = None
        for i in range(PER_ROUND):
            text = ids(int(draw.integers(2, 12)), seed=i % 3)
            stop_at = int(draw.integers(1, 60))
            calls = 0

            def progress(done: int, total: int, stop_at: int = stop_at) -> None:
                nonlocal calls
                calls += 1
                if calls == stop_at:
                    raise Superseded

            with contextlib.suppress(Superseded):
                a = attribute(
                    model, input_ids=text, position=int(draw.integers(1, len(text))), progress=progress, **SMALL
                )
                a.scores("semantic", target=int(draw.integers(0, 300)))
                kept = a if i % 4 else a.extended(5)
        assert kept is not None

    soak(ask)


def soak(ask: Any) -> None:
    ask()
    rest()
    process = psutil.Process()
    before, threads, memory = alive(), process.num_threads(), process.memory_info().rss
    for _ in range(ROUNDS - 1):
        ask()
        rest()
        now = alive()
        assert now == before, now - before
    assert process.num_threads() <= threads + 1  # the system may not have buried the last one yet
    assert process.memory_info().rss - memory < ROOM


def test_graphs_go_at_once(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are too large to wait for the garbage collector, which counts objects and not bytes."""

    def graphs() -> int:
        return sum(type(o) is Graph for o in gc.get_objects()) - others

    told: list[int] = []
    stopped = 0

    def stop(done: int, total: int) -> None:
        told.append(done)
        if done > 2 and told[-3:] == [done] * 3:  # inside a pass, not between two
            raise Superseded

    inner = JacobianWidget._progress

    def cancelled(w: JacobianWidget, job: Job, done: int, total: int) -> None:
        if done > 0:
            w._cancel()
        inner(w, job, done, total)

    others = 0
    gc.collect()
    others = graphs()
    w = JacobianWidget(model, byte_tokenizer(), TEXTS[0])
    w.scores  # noqa: B018 - waits
    gc.collect()
    gc.disable()
    try:
        assert graphs() == 1
        for i in range(3):
            attribute(model, input_ids=ids(9), **SMALL)
            try:
                attribute(model, input_ids=ids(9), progress=stop, **SMALL)
            except Superseded:
                stopped += 1
            assert graphs() == 1
            w.text = TEXTS[2 + i % 2]
            w.scores  # noqa: B018 - waits
            assert graphs() == 1
            with monkeypatch.context() as patch:
                patch.setattr(JacobianWidget, "_progress", cancelled)
                w.text = TEXTS[2 + (i + 1) % 2]
                assert w._job is not None
                assert w._job.wait(60)
            assert w.status["state"] == "cancelled"
            rest()
            assert graphs() == 1
    finally:
        gc.enable()
    assert stopped == 3
    w.close()
