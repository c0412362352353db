"""Faults at every block, full memory, cancels: the model stays as found, and the next question is right."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from test_model_untouched import state
from tiny_models import half_trained, ids

from jacobian_widget import attribute, backward, forward, memory
from jacobian_widget.backward import Backward
from jacobian_widget.forward import Way
from jacobian_widget.memory import TooLargeError

WAYS = [Way(batched=True), Way(), Way(checkpointed=True)]
SMALL: dict[str, Any] = {"n_targets": 2, "n_eigen": 2, "n_probes": 2, "rtol": None, "n_bos": 1}
FULL = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4096 bytes. Error code 12"),
]
FAULTS = [RuntimeError("a fault"), KeyboardInterrupt("a fault"), *FULL]


@pytest.fixture
def model() -> Any:
    return half_trained()


def scores(model: Any, text: list[int], **options: Any) -> np.ndarray:
    """Of all kinds; the graph is gone afterwards."""
    a = attribute(model, input_ids=text, **SMALL, **options)
    return np.concatenate([a.scores(), a.scores("entropy"), a.scores("fisher")])


def go(model: Any, way: Way, text: list[int], **options: Any) -> np.ndarray:
    """Scores of all kinds, computed in one `way` and in several passes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "plans", lambda *_: iter([memory.Plan(way, 0, 0, 0.0)]))
        patch.setattr(memory, "_BATCH", 3)
        patch.setattr(memory, "_BATCH_RECOMPUTED", 3)
        return scores(model, text, **options)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_at_every_call_of_progress(model: Any, way: Way, fault: BaseException) -> None:
    want, before = go(model, way, ids(5)), state(model)
    calls: list[tuple[int, int]] = []
    go(model, way, ids(5), progress=lambda *done: calls.append(done))
    passes = 1 + 3  # forward; two VJPs, then the rest of the basis, then Fisher
    assert len(calls) >= passes * len(model.transformer.h)
    for last in range(len(calls)):
        count = 0

        def progress(done: int, total: int, last: int = last) -> None:
            nonlocal count
            count += 1
            if count > last:
                raise fault

        with pytest.raises((type(fault), TooLargeError)) as raised:
            go(model, way, ids(5), progress=progress)
        assert fault in (raised.value, raised.value.__cause__)
        fault.__traceback__ = None  # it holds the frames, and they the graph
        assert count == last + 1
        assert state(model) == before
        if last % 5 == 0:
            np.testing.assert_allclose(go(model, way, ids(5)), want, rtol=1e-5)
    assert torch.is_grad_enabled()
    np.testing.assert_allclose(go(model, way, ids(5)), want, rtol=1e-5)


class FullMemory:
    """Memory is full in a block, forward or backward, wherever `fails()` says so."""

    def __init__(self, block: torch.nn.Module, error: RuntimeError, fails: Callable[[str], bool]) -> None:
        self.block, self.error, self.fails = block, error, fails
        self.inner = block.forward

    def __enter__(self) -> None:
        self.block.forward = self.run

    def __exit__(self, *_: object) -> None:
        del self.block.forward

    def meet(self, where: str) -> None:
        if self.fails(where):
            raise type(self.error)(*self.error.args)

    def run(self, hidden: torch.Tensor) -> torch.Tensor:
        self.meet("forward")
        out = self.inner(hidden)
        if out.requires_grad:
            out.register_hook(lambda _: self.meet("backward"))
        return out


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """`("graph", Way)` for each forward pass, `("probes", k)` for each backward pass, failed ones too."""
    seen: list[tuple[str, Any]] = []
    run, inner = forward.run, Backward._pass

    def watched_run(*args: Any, way: Way | None = None, **options: Any) -> Any:
        seen.append(("graph", way))
        return run(*args, way=way, **options)

    def watched_pass(self: Backward, graph: Any, v: torch.Tensor, *rest: Any) -> torch.Tensor:
        seen.append(("probes", len(v)))
        return inner(self, graph, v, *rest)

    monkeypatch.setattr(forward, "run", watched_run)
    monkeypatch.setattr(Backward, "_pass", watched_pass)
    return seen


def probes_of(log: list[tuple[str, Any]]) -> list[int]:
    return [value for kind, value in log if kind == "probes"]


def ways_of(log: list[tuple[str, Any]]) -> list[Way]:
    return [value for kind, value in log if kind == "graph"]


@pytest.mark.parametrize("error", FULL, ids=lambda error: type(error).__name__)
def test_batches_shrink(model: Any, error: RuntimeError, log: list[Any]) -> None:
    want, before = scores(model, ids()), state(model)
    log.clear()
    with FullMemory(model.transformer.h[1].mlp, error, lambda where: where == "backward" and log[-1][1] > 2):
        got = scores(model, ids())
    np.testing.assert_allclose(got, want, rtol=1e-5)
    assert max(probes_of(log)) > 2
    assert 1 not in probes_of(log)[: probes_of(log).index(2)]
    assert ways_of(log) == [Way(batched=True)]
    assert state(model) == before


@pytest.mark.parametrize("error", FULL, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["forward", "backward"])
def test_then_blocks_are_computed_again(model: Any, error: RuntimeError, where: str, log: list[Any]) -> None:
    want, before = scores(model, ids()), state(model)
    log.clear()
    with FullMemory(
        model.transformer.h[1].mlp, error, lambda here: here == where and not ways_of(log)[-1].checkpointed
    ):
        got = scores(model, ids())
    np.testing.assert_allclose(got, want, rtol=1e-5)
    assert [way.checkpointed for way in ways_of(log)].count(True) == 1
    assert state(model) == before


@pytest.mark.parametrize("error", FULL, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["forward", "backward"])
def test_then_the_error_says_what_would_fit(
    model: Any, error: RuntimeError, where: str, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    want, before = scores(model, ids(40)), state(model)
    monkeypatch.setattr(memory, "plans", lambda *_: (memory.Plan(way, 0, 0, 0.0) for way in WAYS))
    monkeypatch.setattr(memory, "allowed", lambda *_: 60_000.0)
    log.clear()
    with (
        FullMemory(model.transformer.h[1].mlp, error, lambda here: here == where),
        pytest.raises(TooLargeError) as raised,
    ):
        scores(model, ids(40))
    assert 0 < int(re.search(r"About (\d+) tokens would fit", str(raised.value))[1]) < 41
    assert ways_of(log)[-1].checkpointed
    assert [way.checkpointed for way in ways_of(log)].count(True) == 1
    assert state(model) == before
    assert not any(holder.graph for holder in backward._in_use[model])  # though the error is kept
    monkeypatch.undo()
    np.testing.assert_allclose(scores(model, ids(40)), want, rtol=1e-5)


def test_the_graph_that_was_too_large_is_gone_before_the_next_is_made(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else both would have to fit."""
    graphs: list[weakref.ref[Any]] = []
    left: list[bool] = []
    run = forward.run

    def watched(*args: Any, way: Way | None = None, **options: Any) -> Any:
        if way is not None and way.checkpointed:
            left.extend(graph() is not None for graph in graphs)
        graph, head = run(*args, way=way, **options)
        graphs.append(weakref.ref(graph))
        return graph, head

    attribute(model, input_ids=ids())
    monkeypatch.setattr(forward, "run", watched)
    with FullMemory(model.transformer.h[1].mlp, FULL[0], lambda here: here == "backward" and len(graphs) == 1):
        attribute(model, input_ids=ids(), **SMALL)
    assert len(graphs) == 2
    assert left == [False]


def test_a_graph_in_use_is_not_released_for_a_newer_question(model: Any, log: list[Any]) -> None:
    want = scores(model, ids())
    other = Backward(model, ids(9, seed=8))
    other.start(1)
    other.used = float("inf")  # as if another thread had asked meanwhile
    log.clear()
    with FullMemory(model.transformer.h[1].mlp, FULL[0], lambda where: where == "backward" and log[-1][1] > 1):
        got = scores(model, ids())
    np.testing.assert_allclose(got, want, rtol=1e-5)
    assert other.graph is None


def test_a_graph_at_hand_is_used_though_no_other_would_fit(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    want = attribute(model, input_ids=ids(), target=50, **SMALL).scores("semantic", target=50)
    a = attribute(model, input_ids=ids(), scopes=("semantic",), **SMALL)
    monkeypatch.setattr(memory, "free", lambda _: 1000)  # the graph itself has taken it
    np.testing.assert_allclose(a.scores("semantic", target=50), want, rtol=1e-5)
    np.testing.assert_allclose(
        a.scores("contrast", target=50, foil=51), a.scores("contrast", target=51, foil=50), rtol=1e-5
    )


EXHAUST = """
import resource, sys
sys.path.insert(0, "tests")
import numpy as np, torch
from tiny_models import half_trained, ids, tiny
from jacobian_widget import attribute, memory

torch.set_num_threads(1)
model = tiny("llama", dtype=torch.float64, num_hidden_layers=4, max_position_embeddings=512)
text = ids(300)
options = {"n_targets": 3, "n_eigen": 4, "n_probes": 4, "rtol": None}
want = attribute(model, input_ids=text, **options).scores("fisher")
unlimited = resource.getrlimit(resource.RLIMIT_AS)
for room in (0, 4, 8, 12, 16, 20, 512):
    pages = int(open("/proc/self/statm").read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * 4096 + room * 2**20, unlimited[1]))
    try:
        a = attribute(model, input_ids=text, **options)
        got = a.scores("fisher")
    except MemoryError as error:
        a = None
        outcome = "TooLargeError" if "tokens would fit" in str(error) else repr(error)
    else:
        outcome = "right" if np.allclose(got, want, rtol=1e-5) else "wrong"
        backward = a._session.probe.backward
        if backward._full:
            outcome += " after " + ", ".join("batched" if way.batched else "plain" for way in backward._full)
        a = backward = None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, unlimited)
    print(room, "MiB:", outcome, flush=True)
assert np.allclose(attribute(model, input_ids=text, **options).scores("fisher"), want, rtol=1e-5)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space as Linux does")
def test_memory_that_is_really_full() -> None:
    run = subprocess.run(
        [sys.executable, "-c", EXHAUST],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": "65536"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    first, *others, last = (line.partition(": ")[2] for line in run.stdout.splitlines())
    assert (first, last) == ("TooLargeError", "right")
    assert all(line == "TooLargeError" or line.startswith("right") for line in others), run.stdout
    assert "right after" in run.stdout
