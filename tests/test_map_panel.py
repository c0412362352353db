"""The map panel's data: packed values, interruptions that cost no row, and nothing long that nobody asked for."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tiny_models import ids, tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import JacobianWidget, _map, position_map
from jacobian_widget._panels import Ask
from jacobian_widget._wire import pack_map
from jacobian_widget.explain import read_tokens
from jacobian_widget.positions import PositionMap, map_seconds, stream_map
from jacobian_widget.tokens import Tokens, from_ids

if TYPE_CHECKING:
    from collections.abc import Callable


class Elsewhere(Exception):  # noqa: N818 - what the widget raises when somebody else waits for the model
    """Somebody else waits."""


def ask(model: Any, source: Tokens, *, run: bool = True, scope: str = "semantic", interrupt: Any = None) -> Ask:
    return Ask(model, None, source, None, scope, None, None, run, interrupt or (lambda *_: None))


def unpacked(payload: dict[str, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """`[rows, n]` and `[rows]`, as the browser reads them."""
    rows, scale = payload["rows"], payload["scale"]
    scores = np.zeros((rows, payload["n"]))
    scores[np.tril_indices(rows, -1)[0], np.tril_indices(rows, -1)[1]] = (
        np.frombuffer(payload["scores"], "<f2").astype(np.float64) * scale
    )
    return scores, np.frombuffer(payload["bos"], "<f2").astype(np.float64) * scale


def after(seconds: float) -> Any:
    """A clock that has gone on by so much at every look."""
    now = [0.0]

    def monotonic() -> float:
        now[0] += seconds
        return now[0]

    return monotonic


@pytest.mark.parametrize("n_bos", [0, 1, 2])
@pytest.mark.parametrize("scope", ["semantic", "temperature", "entropy", "fisher"])
def test_the_payload_is_the_map(scope: str, n_bos: int) -> None:
    model, text = tiny("llama"), ids(21)
    source = read_tokens(model, None, None, input_ids=text, n_bos=n_bos)
    *_, (payload, state) = _map.compute(ask(model, source, scope=scope), None)
    shown = scope if scope != "fisher" else "log_probability"
    want = position_map(model, input_ids=text, n_bos=n_bos, scope=shown)
    scores, bos = unpacked(payload)
    assert (payload["state"], payload["rows"], payload["n"], payload["scope"]) == ("done", 21, 21, shown)
    assert not state.more
    start = 0 if n_bos else 1
    np.testing.assert_allclose(scores[start:], want.scores[start:], rtol=1.01 * 2**-11)
    np.testing.assert_allclose(bos[start:], want.bos[start:], rtol=1.01 * 2**-11)


@pytest.mark.parametrize("largest", [1.0, 6e4, 3e-30, 2e30])
def test_the_stated_error_of_the_packing(largest: float) -> None:
    n = 40
    values = largest * 2.0 ** -np.random.default_rng(0).uniform(0, 50, (n, n)).astype(np.float32)
    values[n - 1, 0] = largest
    source = from_ids(ids(n), None, n_bos=0)
    bos = np.zeros(n, np.float32)
    found = PositionMap(source, "semantic", np.tril(values, -1).astype(np.float32), bos, n, 1)
    scores, _ = unpacked(pack_map(found, source, state="done"))
    off = np.abs(scores - found.scores.astype(np.float64))
    assert (off <= np.maximum(2.0**-11 * found.scores, 2.0**-39 * largest)).all()
    assert scores.max() == pytest.approx(largest, rel=2**-11)


def test_an_interrupted_map_goes_on_and_computes_no_row_twice() -> None:
    model, source = tiny("llama"), from_ids(ids(40), None, n_bos=1, bos_id=1)
    whole = position_map(model, input_ids=ids(40), n_bos=1, scope="semantic")
    taken: list[tuple[int, int]] = []
    got: list[tuple[dict[str, Any], Any]] = []

    def interrupt(done: int, total: int) -> None:
        taken.append((done, total))
        if len(taken) % 9 == 0:
            raise Elsewhere

    def go_on() -> None:
        for step in _map.compute(ask(model, source, interrupt=interrupt), got[-1][1] if got else None):
            got.append(step)  # noqa: PERF402 - extend would keep nothing of a list cut short

    stops = 0
    while (not got or got[-1][1].more) and stops < 40:
        with contextlib.suppress(Elsewhere):
            go_on()
        stops += 1
    payload, state = got[-1]
    assert stops > 3
    assert payload["state"] == "done"
    assert state.found.n_vjps == 40
    assert [done for done, _ in taken] == sorted(done for done, _ in taken)
    assert {total for _, total in taken} == {40}
    np.testing.assert_allclose(state.found.scores, whole.scores, rtol=1e-5)
    np.testing.assert_allclose(state.found.bos, whole.bos, rtol=1e-5)


def test_stream_map_goes_on_from_any_step() -> None:
    model, source = tiny("gpt2"), from_ids(ids(40), None, n_bos=0)
    whole = position_map(model, input_ids=ids(40), n_bos=0)
    steps = stream_map(model, source)
    first, second = next(steps), next(steps)
    steps.close()
    assert (first.n_rows, second.n_rows) == (17, 17)  # they share their arrays
    told: list[int] = []
    rest = list(stream_map(model, source, before=first, progress=lambda done, _: told.append(done)))
    assert told[0] == 16
    assert rest[-1].n_vjps == 39
    np.testing.assert_allclose(rest[-1].scores, whole.scores, rtol=1e-5)
    assert list(stream_map(model, source, before=rest[-1])) == [rest[-1]]


def test_a_map_of_something_else_is_no_start() -> None:
    model, source = tiny("llama"), from_ids(ids(9), None, n_bos=0)
    *_, found = stream_map(model, source)
    with pytest.raises(ValueError, match="another text"):
        next(stream_map(model, from_ids(ids(9, seed=1), None, n_bos=0), before=found))
    with pytest.raises(ValueError, match="log_probability"):
        next(stream_map(model, source, scope="entropy", before=found))


def test_what_takes_long_waits_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    model, source = tiny("llama"), from_ids(ids(40), None, n_bos=1, bos_id=1)
    monkeypatch.setattr(_map, "map_seconds", lambda *_: np.full(40, 2.5))
    [(payload, waiting)] = _map.compute(ask(model, source, run=False), None)
    assert (payload["state"], payload["rows"], payload["seconds"]) == ("waiting", 0, 100.0)
    assert waiting.more
    assert list(_map.compute(ask(model, source, run=False), waiting)) == []
    running = _map.compute(ask(model, source), waiting)
    payload, state = next(running)
    assert (payload["state"], payload["rows"]) == ("computing", 8)
    running.close()
    [(payload, stopped)] = _map.compute(ask(model, source, run=False), state)
    assert (payload["state"], payload["rows"]) == ("stopped", 8)
    assert list(_map.compute(ask(model, source, run=False), stopped)) == []
    *_, (payload, state) = _map.compute(ask(model, source), stopped)
    assert (payload["state"], state.found.n_vjps) == ("done", 40)


def test_what_was_thought_short_stops_when_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    model, source = tiny("llama"), from_ids(ids(40), None, n_bos=1, bos_id=1)
    monkeypatch.setattr(_map, "map_seconds", lambda *_: np.full(40, 0.01))
    monkeypatch.setattr(_map.time, "monotonic", after(2.0))
    steps = list(_map.compute(ask(model, source, run=False), None))
    payload, state = steps[-1]
    assert payload["state"] == "stopped"
    assert 0 < payload["rows"] < 40
    assert state.idle


def test_a_changed_model_begins_anew() -> None:
    model, source = tiny("llama"), from_ids(ids(40), None, n_bos=1, bos_id=1)
    running = _map.compute(ask(model, source), None)
    _, state = next(running)
    running.close()
    model.model.norm.weight.data = model.model.norm.weight.data * 2
    model.model.norm.weight.requires_grad_(False).add_(1)
    *_, (payload, _) = _map.compute(ask(model, source), state)
    scores, _ = unpacked(payload)
    want = position_map(model, input_ids=ids(40), n_bos=1, scope="semantic")
    np.testing.assert_allclose(scores, want.scores, rtol=2**-10)


def test_a_text_that_is_too_long_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_map, "MOST_TOKENS", 20)
    model, source = tiny("llama"), from_ids(ids(21), None, n_bos=0)
    [(payload, state)] = _map.compute(ask(model, source), None)
    assert (payload["state"], payload["limit"], payload["rows"]) == ("too long", 20, 0)
    assert not state.more


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("n_bos", [0, 1])
def test_short_texts(count: int, n_bos: int) -> None:
    model, source = tiny("llama"), from_ids(ids(count), None, n_bos=n_bos, bos_id=1)
    *_, (payload, state) = _map.compute(ask(model, source, run=False), None)
    assert (payload["state"], payload["rows"]) == ("done", count)
    assert not state.more
    assert len(payload["scores"]) == count * (count - 1)


@pytest.mark.parametrize("pace", [0.01, 1.0, 30.0])
def test_all_payloads_together_stay_in_proportion_to_the_last(pace: float) -> None:
    throttle, rows = _map.Throttle(), range(1, 2001)
    sent = [n * (n + 1) for n in rows if throttle.due(n, pace * n)]
    last = 2000 * 2001
    assert sum(sent) + last <= 10 * last
    assert len(sent) <= 2000 * pace + 1
    assert sent[0] == 2  # the first is there at once
    assert max(sent) > 0.8 * last


def test_the_largest_payload_fits_its_budget() -> None:
    source = from_ids([5] * 2000, None, n_bos=0)
    found = PositionMap(source, "semantic", np.ones((2000, 2000), np.float32), np.ones(2000, np.float32), 0, 0)
    payload = pack_map(found, source, state="done")
    assert len(payload["scores"]) + len(payload["bos"]) < 4 * 2**20


def test_later_rows_take_longer() -> None:
    seconds = map_seconds(tiny("llama"), from_ids(ids(60), None, n_bos=0))
    assert seconds.shape == (60,)
    assert seconds[0] == 0
    assert 0 < seconds[1] < seconds[-1]


def until(w: JacobianWidget, done: Callable[[], bool]) -> None:
    """Wait for a map that is as wanted."""
    sent = threading.Event()
    w.observe(lambda _: sent.set(), "map")
    while not done():
        assert sent.wait(60)
        sent.clear()


def test_in_the_widget_it_waits_is_stopped_and_goes_on_while_tokens_are_clicked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_map, "map_seconds", lambda model, source: np.full(len(source), 5.0))
    monkeypatch.setattr(_map, "_PUBLISH_SECONDS", 0.0)
    text = "The sat at the sat at the table of the hat."
    w = JacobianWidget(tiny("llama", vocab_size=300), byte_tokenizer(), text, scope="temperature", n_bos=1)
    w.set_state({"panel": "map"})
    until(w, lambda: w.map.get("state") == "waiting")
    assert w.map["rows"] == 0
    computed: list[int] = []
    w.observe(lambda change: computed.append(change["new"]["rows"]), "map")
    w.set_state({"panel_run": True})
    until(w, lambda: bool(computed) and computed[-1] > 0)
    w.set_state({"panel_run": False})
    until(w, lambda: w.map["state"] in ("stopped", "done"))
    w.set_state({"panel_run": True})
    for position in (9, 4, 12):
        w.set_state({"position": position})
        assert w.attribution.position == position
    until(w, lambda: w.map["state"] == "done")
    assert computed == sorted(computed)
    scores, _ = unpacked(w.map)
    np.testing.assert_allclose(scores[12, :12], w.attribution.scores("temperature")[:12], rtol=2e-3)
    w.set_state({"scope": "entropy"})  # another map, which has to be asked for again
    until(w, lambda: w.map["scope"] == "entropy" and w.map["state"] == "waiting")
    w.set_state({"panel_run": True})
    until(w, lambda: w.map["state"] == "done")
    w.close()


def test_the_key_is_what_the_map_depends_on() -> None:
    model, source = tiny("llama"), from_ids(ids(9), None, n_bos=0)
    same = {_map.key(ask(model, source, scope=scope)) for scope in ("fisher", "contrast", "log_probability")}
    assert len(same) == 1
    assert _map.key(ask(model, source, scope="entropy")) not in same
