"""Several askers of one model at once: widgets, threads, and cells that use the model themselves."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from read_basis import grams
from test_faults import WAYS, go
from test_model_untouched import state
from tiny_models import ids, tiny
from tiny_tokenizer import byte_tokenizer
from together import at_once

from jacobian_widget import JacobianWidget, attribute, forward, untouched
from jacobian_widget._wire import pack_basis

TEXTS = ("The cat sat", "The cat", "A hat", "The cat sat on the mat")


@pytest.fixture
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=128)


class Reference:
    """What a question gets when nobody else asks, on a copy of the model."""

    def __init__(self) -> None:
        self.model, self.tokenizer = tiny("llama", vocab_size=300, max_position_embeddings=128), byte_tokenizer()
        self.known: dict[tuple[str, int | None], Any] = {}

    def basis(self, text: str, position: int | None) -> dict[tuple[str, int | None], np.ndarray]:
        """The diagonal of the Grams, by direction."""
        if (text, position) not in self.known:
            self.known[text, position] = diagonal(
                pack_basis(attribute(self.model, self.tokenizer, text, position=position))
            )
        return self.known[text, position]


def diagonal(payload: dict[str, Any]) -> dict[tuple[str, int | None], np.ndarray]:
    gram = grams(payload, "gram", payload["length"])
    return {tuple(d): gram[:, i * (i + 1) // 2 + i] for i, d in enumerate(payload["directions"])}


def test_two_widgets_never_mix(model: Any) -> None:
    before, reference, tokenizer = state(model), Reference(), byte_tokenizer()
    widgets = [JacobianWidget(model, tokenizer, text) for text in TEXTS[:2]]
    published: list[dict[str, Any]] = []
    for w in widgets:
        w.observe(lambda change: published.append(change["new"]), "basis")

    def wish(w: JacobianWidget, seed: int) -> None:
        draw = np.random.default_rng(seed)

        def one(*values: Any) -> Any:
            return values[draw.integers(len(values))]

        for _ in range(25):
            kind = one("text", "position", "target", "cancelled", "wait")
            if kind == "wait":
                w.scores  # noqa: B018 - waits
            else:
                value = {
                    "text": one(*TEXTS),
                    "position": one(None, 1, 2),
                    "target": one(None, 70, 80),
                    "cancelled": w.cancelled + 1,
                }[kind]
                w.set_state({kind: value})
        w.text, w.position, w.target = TEXTS[seed], 1 + seed, None
        w.scores  # noqa: B018 - waits

    at_once(*(lambda w=w, seed=seed: wish(w, seed) for seed, w in enumerate(widgets)))
    assert len(published) > 10
    compared = missed = 0
    for payload in published:
        want = reference.basis(payload["text"], payload["position"])
        for direction, squares in diagonal(payload).items():
            compared, missed = compared + (direction in want), missed + (direction not in want)
            if direction in want:
                norms, wanted = np.sqrt(squares), np.sqrt(want[direction])
                np.testing.assert_allclose(norms, wanted, rtol=0, atol=2e-4 * wanted.max(initial=1e-3))
    assert compared > 10 * max(1, missed)  # targets that were asked for in passing
    for seed, w in enumerate(widgets):
        assert (w.basis["text"], w.basis["position"], w.basis["complete"]) == (TEXTS[seed], 1 + seed, True)
        assert w.status["state"] == "ready"
    assert state(model) == before


def test_the_newest_wish_wins_at_every_block(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    w = JacobianWidget(model, byte_tokenizer(), TEXTS[0])
    passed: dict[Any, int] = {}
    act: list[Callable[[], None]] = []
    inner = JacobianWidget._progress

    def progress(w: JacobianWidget, job: Any, *rest: Any) -> None:
        passed[job] = passed.get(job, 0) + 1
        if act and passed[job] == wanted:
            act.pop()()
        inner(w, job, *rest)

    monkeypatch.setattr(JacobianWidget, "_progress", progress)
    want = attribute(model, byte_tokenizer(), TEXTS[2]).scores()
    for wanted in range(1, 100):
        w.text, w.position = TEXTS[0], None
        w.scores  # noqa: B018 - waits
        act[:] = [lambda: at_once(lambda: w.set_state({"text": TEXTS[2], "position": None}))]
        w.text = TEXTS[3]
        job = w._job
        assert job is not None
        assert job.wait(60)
        if act:  # it was done before
            break
        np.testing.assert_allclose(w.scores, want, rtol=1e-5)
        assert passed[job] == wanted  # not one block more
        assert job.stopped
    assert wanted > 2 * 4
    act.clear()


@pytest.fixture
def uses(model: Any) -> Iterator[Callable[[], None]]:
    """Uses the model as a cell would, in another thread, and checks what comes out."""
    text = torch.tensor([ids(6)])  # as many as the tokens and BOS that are explained meanwhile

    def logits() -> torch.Tensor:
        with torch.no_grad():
            return model(text).logits

    def written() -> torch.Tensor:
        options = {"max_new_tokens": 3, "do_sample": False, "attention_mask": torch.ones_like(text)}
        return model.generate(text, **options)

    want, longer = logits(), written()

    def use() -> None:
        at_once(lambda: torch.testing.assert_close(logits(), want, rtol=1e-4, atol=1e-5))
        at_once(lambda: torch.testing.assert_close(written(), longer))

    yield use
    use()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_cell_may_use_the_model_at_every_block(model: Any, way: Any, uses: Callable[[], None]) -> None:
    """Forward, backward, and where blocks are computed again."""
    want, before = go(model, way, ids(5)), state(model)
    calls: list[int] = []

    def progress(done: int, total: int) -> None:
        calls.append(done)
        uses()

    np.testing.assert_allclose(go(model, way, ids(5), progress=progress), want, rtol=1e-5)
    assert len(calls) >= 2 * 4
    assert state(model) == before


def test_a_cell_may_use_the_model_while_the_head_runs_alone(model: Any, uses: Callable[[], None]) -> None:
    text, here, calls = ids(8), 0, []
    want = attribute(model, input_ids=text, position=5, scopes=("semantic",)).scores()

    def hook(_: object, args: tuple[torch.Tensor]) -> None:
        if threading.get_ident() == here:
            calls.append(args[0].shape)
            uses()

    # Before the graph is made: a hook that comes later makes another model of it.
    handle = model.get_output_embeddings().register_forward_pre_hook(hook)
    whole = attribute(model, input_ids=text)
    here = threading.get_ident()
    try:
        got = attribute(model, input_ids=text, position=5, scopes=("semantic",)).scores()
    finally:
        handle.remove()
    assert whole.complete
    assert [shape[1] for shape in calls] == [1]  # the blocks did not run
    np.testing.assert_allclose(got, want, rtol=1e-5)


def test_passes_take_turns(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time through the model, and one at a time back through a graph that is shared."""
    inside: Counter[int] = Counter()
    together: list[int] = []

    def counting(manager: Any, key: Callable[..., object]) -> Any:
        @contextmanager
        def entered(*args: Any) -> Iterator[Any]:
            with manager(*args) as value:
                inside[id(key(*args))] += 1
                together.append(max(inside.values()))
                try:
                    yield value
                finally:
                    inside[id(key(*args))] -= 1

        return entered

    monkeypatch.setattr(forward, "undisturbed", counting(untouched.undisturbed, lambda model: model))
    monkeypatch.setattr(forward.Gate, "asking", counting(forward.Gate.asking, lambda gate, _: gate))
    attribute(model, input_ids=ids(3))
    together.clear()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        kept = attribute(model, input_ids=ids(9))
        at_once(
            lambda: [attribute(model, input_ids=ids(9)) for _ in range(5)],
            lambda: [kept.scores("semantic", target=k) for k in range(200, 240)],
            lambda: [attribute(model, input_ids=ids(4, seed=k), scopes=["semantic"]) for k in range(25)],
            lambda: [attribute(model, input_ids=ids(5, seed=k), scopes=["semantic"]) for k in range(25)],
        )
    finally:
        sys.setswitchinterval(before)
    assert len(together) > 20
    assert max(together) == 1


@pytest.mark.parametrize("texts", [(ids(9), ids(9)), (ids(9), ids(6)), (ids(9), ids(9, seed=5))], ids=str)
def test_two_threads_ask_at_once(model: Any, texts: tuple[list[int], list[int]]) -> None:
    options = {"n_targets": 3, "n_eigen": 3, "n_probes": 3}
    wants = [attribute(model, input_ids=text, **options) for text in texts]
    wants = [np.concatenate([a.scores(), a.scores("fisher")]) for a in wants]
    before = state(model)

    def ask(text: list[int], want: np.ndarray) -> None:
        for i in range(6):
            a = attribute(model, input_ids=[*text, 5, 9][: len(text) + i % 3], position=len(text) if i % 3 else None)
            del a
            a = attribute(model, input_ids=text, **options)
            np.testing.assert_allclose(np.concatenate([a.scores(), a.scores("fisher")]), want, rtol=1e-4)

    at_once(*(lambda text=text, want=want: ask(text, want) for text, want in zip(texts, wants, strict=True)))
    assert state(model) == before


def test_threads_share_one_result(model: Any) -> None:
    text = ids(9)
    wants = {k: attribute(model, input_ids=text, target=k).scores("semantic", target=k) for k in range(60, 72)}
    a = attribute(model, input_ids=text, scopes=("temperature",))

    def ask(targets: list[int]) -> None:
        for k in targets:
            np.testing.assert_allclose(a.scores("semantic", target=k), wants[k], rtol=1e-4)

    at_once(*(lambda targets=targets: ask(targets) for targets in (list(wants), list(wants)[::-1], list(wants)[::2])))
