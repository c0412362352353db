"""The check panel: an honest sentence, real ablations behind every number, and nothing lost on the way."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import ids, tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import BadValueError, JacobianWidget, _check, _panels, attribute
from jacobian_widget._check import SEEDS, State
from jacobian_widget._curves import SHOWN, Curves, area, verdict
from jacobian_widget._panels import Ask
from jacobian_widget.ablation import ABLATIONS, Ablator
from jacobian_widget.attribution import Attribution
from jacobian_widget.deletion import FRACTIONS, aopc, deletion
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.methods import METHODS, Ranker
from jacobian_widget.ranks import order
from jacobian_widget.verified import screened

COUNTS = (1, 1, 2, 4, 8)


class Elsewhere(Exception):  # noqa: N818 - what the widget raises when somebody else waits for the model
    """Somebody else waits."""


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama")


@pytest.fixture(scope="module")
def a(model: Any) -> Attribution:
    return attribute(model, input_ids=ids(24), n_bos=1)


def ask(a: Attribution, scope: str = "semantic", *, run: bool = False, **more: Any) -> Ask:
    about = {"target": None, "foil": None, "run": run, "interrupt": lambda *_: None, "result": a, **more}
    return Ask(
        model=a.session.probe.backward.model, tokenizer=None, source=a.source, position=a.position, scope=scope, **about
    )


def last(asked: Ask, before: State | None = None) -> tuple[dict[str, Any], State]:
    *_, found = _check.compute(asked, before)
    return found


def floats(raw: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(raw, "<f4")


def curves(
    own: float, random: float | list[float], baseline: float = 0.0, *, counts: tuple[int, ...] = COUNTS
) -> Curves:
    flat = np.ones(len(SHOWN))
    chance = np.full(4, random) if isinstance(random, float) else np.array(random)
    return Curves(counts, own * flat, chance[:, None] * flat, baseline * flat, "Gradient × input")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            curves(-3.2, -0.4, -1.0),
            (
                "Zeroing the 4 tokens this scope ranks highest lowers log p(␣Paris) by 3.2 nats, random ones by 0.40: "
                "the ranking holds here."
            ),
        ),
        (curves(-0.41, [-0.3, -0.6, -0.5, -0.4]), "by 0.41 nats, random ones by 0.45: no better than random here."),
        (
            curves(-0.6, [-0.3, -0.9, -0.2, -0.1]),
            "by 0.60 nats, random ones by 0.38: no clear lead over random here; 1 of 4 random orders do as well.",
        ),
        (
            curves(0.2, -0.4),
            "raises log p(␣Paris) by 0.20 nats, random ones lower it by 0.40: no better than random here.",
        ),
        (
            curves(-3.2, 0.4, -3.9),
            "by 3.2 nats, random ones raise it by 0.40. Another baseline does better here: Gradient × input, by 3.9.",
        ),
        (curves(-3.2, -0.4, -3.25), "the ranking holds here."),
        (
            curves(-0.002, 0.001, counts=(1,) * 5),
            (
                "Zeroing the token this scope ranks highest lowers log p(␣Paris) by less than 0.01 nats, "
                "a random one raises it by less than 0.01: no clear lead over random here."
            ),
        ),
        (curves(-120.3, -1.0), "by 120 nats, random ones by 1.0"),
    ],
)
def test_the_verdict_says_what_the_curves_say(found: Curves, said: str) -> None:
    assert said in verdict(found, "zero", "␣Paris")


def test_a_lead_over_the_curve_alone_or_at_the_end_alone_is_no_clear_one() -> None:
    own = np.array([-2.0, -2.0, -2.0, -0.5, -0.5])
    found = Curves(COUNTS, own, np.full((4, 5), -1.0), np.zeros(5), "Gradient norm")
    assert verdict(found, "zero", "x").endswith(
        "lowers log p(x) by 0.50 nats, random ones by 1.0: no clear lead over random here."
    )
    ahead = Curves(COUNTS, np.full(5, -2.0), np.zeros((4, 5)), np.array([-3, -3, -3, -1.9, -1.9]), "Gradient norm")
    assert verdict(ahead, "zero", "x").endswith("does better here: Gradient norm, over the whole curve.")


def test_the_verdict_names_the_ablation() -> None:
    found = curves(-3.2, -0.4)
    openings = {name: verdict(found, name, "x").split(" lowers")[0] for name in ABLATIONS}
    tokens = "the 4 tokens this scope ranks highest"
    assert openings == {
        "zero": f"Zeroing {tokens}",
        "mean": f"Replacing {tokens} by the mean embedding",
        "pad": f"Replacing {tokens} by the padding token",
        "bos": f"Replacing {tokens} by BOS",
        "remove": f"Removing {tokens}",
    }


def test_the_area_is_the_one_that_evaluations_report() -> None:
    values = np.random.default_rng(0).normal(size=(3, len(SHOWN)))
    np.testing.assert_allclose(area(values), aopc(FRACTIONS, values[:, 1:4], per_width=True))


@pytest.mark.parametrize("ablation", ["zero", "remove"])
@pytest.mark.parametrize("scope", ["semantic", "fisher"])
def test_every_number_is_a_real_ablation(a: Attribution, scope: str, ablation: str) -> None:
    payload, state = last(ask(a, scope, ablation=ablation))
    assert payload["state"] == "done"
    assert state.more
    target = a.default_target if scope == "semantic" else a.predictions[0].id
    assert (payload["measured"]["id"], payload["target"]) == (target, target if scope == "semantic" else None)
    kl, delta = floats(payload["kl"]), floats(payload["delta_log_p"])
    known = np.isfinite(kl)
    top = order(a.scores(scope)[: a.end])
    assert set(screened(a.scores(scope)[: a.end])) <= set(np.flatnonzero(known))
    assert payload["screened"] == 6
    real = leave_one_out(a, ablation=ablation, target=target)
    np.testing.assert_allclose(kl[known], real.kl[known], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(delta[known], real.delta_log_p[known], rtol=1e-3, atol=1e-5)
    ablator = Ablator(a.session.probe.backward.model, a.source, ablation=ablation, target=target)
    np.testing.assert_allclose(payload["curves"]["scope"], deletion(a, top, SHOWN, ablator), rtol=1e-3, atol=1e-5)
    assert payload["curves"]["random"]["seeds"] == SEEDS
    assert payload["curves"]["counts"] == [1, 1, 2, 4, 9]
    assert payload["verdict"].startswith("Zeroing the 4" if ablation == "zero" else "Removing the 4")


def test_asked_to_it_leaves_out_every_token_and_ranks_by_what_it_found(a: Attribution) -> None:
    kept: dict[Any, Any] = {}
    payload, state = last(ask(a, kept=kept))
    kl = floats(payload["kl"])
    scope = order(a.scores("semantic")[: a.end])
    top = sorted(screened(a.scores("semantic")[: a.end]), key=lambda t: -kl[t])
    ranking = top + [t for t in scope if t not in top]
    ablator = Ablator(a.session.probe.backward.model, a.source, target=a.default_target)
    confirmed = payload["curves"]["confirmed"]
    assert confirmed["title"] == "Semantic, a quarter confirmed"
    np.testing.assert_allclose(confirmed["values"], deletion(a, ranking, SHOWN, ablator), rtol=1e-3, atol=1e-5)
    payload, state = last(ask(a, run=True, kept=kept), state)
    kl = floats(payload["kl"])
    assert np.isfinite(kl).all()
    assert (payload["seconds"], state.more) == (0.0, False)
    confirmed = payload["curves"]["confirmed"]
    assert confirmed["title"] == "Leave-one-out"
    np.testing.assert_allclose(confirmed["values"], deletion(a, order(kl), SHOWN, ablator), rtol=1e-3, atol=1e-5)


def test_tokens_from_the_position_on_are_left_alone(model: Any) -> None:
    a = attribute(model, input_ids=ids(24), n_bos=1, position=10)
    payload, _ = last(ask(a, run=True, ablated=(3, 12)))
    assert np.isfinite(floats(payload["kl"])).tolist() == [True] * 10 + [False] * 14
    assert (payload["end"], payload["ablated"]["tokens"]) == (10, [3])


def test_the_prediction_without_some_tokens_stands_beside_that_with_them(a: Attribution) -> None:
    payload, _ = last(ask(a, ablated=(2, 7)))
    found = payload["ablated"]
    ablator = Ablator(a.session.probe.backward.model, a.source, target=a.default_target)
    ((_, z),) = ablator.logits([[2, 7]])
    p = z[0].double().softmax(-1)
    assert [c["id"] for c in found["before"]] == [c["id"] for c in found["after"]]
    assert {a.default_target, int(p.argmax()), a.predictions[0].id} <= {c["id"] for c in found["after"]}
    for c, known in zip(found["after"], a.candidates([c["id"] for c in found["before"]]), strict=True):
        assert c["p"] == pytest.approx(float(p[c["id"]]), rel=1e-4)
        assert found["before"][found["after"].index(c)]["p"] == known.p
    effects = ablator.effects([[2, 7]])
    assert (found["kl"], found["delta_log_p"]) == pytest.approx((effects.kl[0], effects.delta_log_p[0]), rel=1e-4)


def test_nothing_is_ablated_twice_for_another_scope_or_after_an_interruption(
    a: Attribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    ablated: list[tuple[int, ...]] = []
    real = Ablator.effects

    def counting(self: Ablator, sets: Any, **options: Any) -> Any:
        found = real(self, sets, **options)
        ablated.extend(map(tuple, sets))
        return found

    monkeypatch.setattr(Ablator, "effects", counting)
    kept: dict[Any, Any] = {}
    asked = 0

    def interrupt(*_: object) -> None:
        nonlocal asked
        asked += 1
        if asked % 12 == 0:
            raise Elsewhere

    monkeypatch.setattr(_check, "_STEP", 4)
    monkeypatch.setattr(_check, "_PUBLISH_SECONDS", 0.0)
    got: list[tuple[dict[str, Any], State]] = []

    def go_on() -> None:
        before = got[-1][1] if got else None
        for step in _check.compute(ask(a, run=True, interrupt=interrupt, kept=kept), before):
            got.append(step)  # noqa: PERF402 - extend would keep nothing of a list cut short

    stops = 0
    while (not got or got[-1][1].more) and stops < 100:
        with contextlib.suppress(Elsewhere):
            go_on()
        stops += 1
    assert 3 < stops < 100
    assert len(ablated) == len(set(ablated))
    whole = last(ask(a, run=True))[0]
    np.testing.assert_allclose(floats(got[-1][0]["kl"]), floats(whole["kl"]), rtol=1e-4, atol=1e-6)
    ablated.clear()
    last(ask(a, "log_probability", kept=kept))
    assert [one for one in ablated if len(one) == 1] == []


def test_what_takes_long_waits_to_be_asked_for(a: Attribution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_check, "UNASKED_SECONDS", 0.0)
    kept: dict[Any, Any] = {}
    payload, state = last(ask(a, kept=kept))
    assert (payload["state"], payload["verdict"], state.idle) == ("stopped", "", True)
    known = int(np.isfinite(floats(payload["kl"])).sum())
    payload, state = last(ask(a, kept=kept, ablated=(1,)), state)  # but a choice is answered
    assert (payload["state"], payload["ablated"]["tokens"]) == ("stopped", [1])
    assert int(np.isfinite(floats(payload["kl"])).sum()) <= known + 1
    payload, state = last(ask(a, run=True, kept=kept), state)
    assert payload["state"] == "done"
    assert payload["verdict"]


def best_baseline(a: Attribution, target: int, twins: list[str]) -> str:
    """The title of the deepest by AOPC, without those that are the scope itself."""
    ablator = Ablator(a.session.probe.backward.model, a.source, target=target)
    ranker = Ranker(a, ablator)
    areas = {
        METHODS[name].title: float(area(np.array([deletion(a, order(ranker.scores(name)[0]), SHOWN, ablator)]))[0])
        for name in _check._BASELINES
        if name not in twins
    }
    return min(areas, key=areas.__getitem__)


@pytest.mark.parametrize("scope", ["contrast", "log_probability", "temperature", "entropy"])
def test_any_scope_can_be_checked(a: Attribution, scope: str) -> None:
    payload, _ = last(ask(a, scope))
    deepest = best_baseline(a, payload["measured"]["id"], ["gradient_norm"] if scope == "log_probability" else [])
    assert payload["curves"]["baseline"]["title"] == deepest
    assert payload["foil"] == (a.default_foil if scope == "contrast" else None)
    assert payload["verdict"]


def test_a_signed_picture_is_checked_as_it_ranks(a: Attribution) -> None:
    payload, _ = last(ask(a, "log_probability", signed=True))
    assert payload["signed"]
    assert payload["curves"]["baseline"]["title"] == best_baseline(a, a.default_target, ["gradient_x_input"])
    ablator = Ablator(a.session.probe.backward.model, a.source, target=a.default_target)
    ranking = order(np.abs(a.scores("log_probability", signed=True)[: a.end]))
    np.testing.assert_allclose(payload["curves"]["scope"], deletion(a, ranking, SHOWN, ablator), rtol=1e-3, atol=1e-5)


def test_an_unlikely_target_is_said_to_be_one(a: Attribution) -> None:
    unlikely = a.predictions[3]
    payload, _ = last(ask(a, target=unlikely.id))
    assert payload["verdict"].endswith(
        f"The model expects {a.predictions[0].label}, so what is taken away may as well raise {unlikely.label}."
    )


def test_a_model_without_padding_says_so_and_the_rest_works() -> None:
    a = attribute(tiny("llama", pad_token_id=None), input_ids=ids(9), n_bos=1)
    payload, state = last(ask(a, ablation="pad"))
    assert set(payload["unavailable"]) == {"pad"}
    assert "names no padding token" in payload["verdict"]
    assert (payload["state"], payload["curves"], state.more) == ("done", None, False)
    payload, _ = last(ask(a, ablation="zero"))
    assert payload["verdict"].startswith("Zeroing")
    assert set(payload["unavailable"]) == {"pad"}


@pytest.mark.parametrize("n_bos", [0, 1])
def test_one_token_is_too_few(model: Any, n_bos: int) -> None:
    a = attribute(model, input_ids=ids(1), n_bos=n_bos)
    payload, state = last(ask(a))
    assert payload["verdict"] == "Too few tokens stand before the prediction to rank them."
    assert not state.more


def test_a_scope_that_says_nothing_is_not_checked(a: Attribution) -> None:
    flat = a.detached()
    object.__setattr__(flat, "degenerate", True)
    object.__setattr__(flat, "_session", a.session)
    payload, state = last(ask(a, "temperature", result=flat))
    assert payload["verdict"].startswith("Temperature says nothing about this model")
    assert (payload["curves"], state.more) == (None, False)


# In the widget


@pytest.fixture
def w() -> Iterator[JacobianWidget]:
    tokenizer = byte_tokenizer()
    widget = JacobianWidget(tiny("llama", vocab_size=300), tokenizer, "The sat at the hat", n_bos=1)
    assert widget.attribution is not None
    yield widget
    widget.close()


def until(w: JacobianWidget, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait for a check that is as wanted."""
    sent = threading.Event()
    w.observe(lambda _: sent.set(), "check")
    while not (w.check and done(w.check)):
        assert sent.wait(60), w.check.get("state")
        sent.clear()
    return dict(w.check)


def test_it_is_made_while_its_panel_is_open_and_follows_the_picture(w: JacobianWidget) -> None:
    assert w.check == {}
    w.set_state({"panel": "check"})
    found = until(w, lambda c: c["state"] == "done")
    assert (found["text"], found["position"], found["scope"]) == (w.text, None, "semantic")
    assert not np.isfinite(floats(found["kl"])).all()
    w.set_state({"panel_run": True})
    until(w, lambda c: bool(np.isfinite(floats(c["kl"])).all()))
    w.scope = "entropy"
    found = until(w, lambda c: c["scope"] == "entropy" and c["state"] == "done")
    assert w.panel_run is False
    w.position = 7
    assert until(w, lambda c: c["position"] == 7 and c["state"] == "done")["end"] == 7
    w.signed = True
    assert until(w, lambda c: c["signed"] and c["state"] == "done")["scope"] == "entropy"
    w.ablation = "mean"
    assert until(w, lambda c: c["ablation"] == "mean" and c["state"] == "done")["verdict"]


def test_chosen_tokens_come_and_go_and_a_new_text_has_none(w: JacobianWidget) -> None:
    w.set_state({"panel": "check"})
    until(w, lambda c: c["state"] == "done")
    w.set_state({"ablated": [5, 2, 2]})
    assert w.ablated == [2, 5]
    found = until(w, lambda c: c["ablated"] is not None)
    assert found["ablated"]["tokens"] == [2, 5]
    w.set_state({"ablated": []})
    until(w, lambda c: c["ablated"] is None)
    w.ablated = [1]
    w.text = "Another text"
    assert w.ablated == []
    assert until(w, lambda c: c["text"] == "Another text" and c["state"] == "done")["ablated"] is None


def test_bad_values_are_refused(w: JacobianWidget) -> None:
    with pytest.raises(BadValueError, match=r"ablated takes indices of the text's 10 tokens, 0 to 9; got 99"):
        w.ablated = [1, 99]
    with pytest.raises(BadValueError, match=r"unknown ablation 'mask'; choose one of zero, mean, pad, bos, remove"):
        w.ablation = "mask"
    w.set_state({"check": {"verdict": "all is well"}})
    assert (w.ablated, w.ablation, w.check) == ([], "zero", {})


def test_an_error_leaves_the_check_and_the_picture() -> None:
    tokenizer = byte_tokenizer()
    w = JacobianWidget(tiny("llama", vocab_size=300), tokenizer, "The sat", n_bos=0)
    basis, count = dict(w.attribution.basis.__dict__), len(w.tokens["ids"])
    w.set_state({"panel": "check", "ablation": "remove"})
    before = until(w, lambda c: c["state"] == "done")
    w.ablated = list(range(count))
    failed = until(w, lambda c: "error" in c)
    assert failed["error"].startswith("removing every token leaves the model nothing to read")
    assert {k: v for k, v in failed.items() if k != "error"} == before
    w.ablated = [0]
    assert "error" not in until(w, lambda c: c.get("ablated") is not None)
    assert w.attribution.basis.__dict__ == basis
    w.close()


def test_an_attribution_goes_first_and_the_check_goes_on(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_check, "_STEP", 1)
    monkeypatch.setattr(_check, "_PUBLISH_SECONDS", 0.0)
    w.set_state({"panel": "check", "panel_run": True})
    for position in (3, 6, None):
        w.set_state({"position": position})
        assert w.attribution.position == position
    found = until(w, lambda c: c["position"] is None and c["state"] == "done")
    assert found["verdict"]


def test_a_target_that_is_new_is_computed_first(w: JacobianWidget) -> None:
    w.set_state({"panel": "check"})
    until(w, lambda c: c["state"] == "done")
    unknown = next(k for k in range(300) if not w.attribution.knows(k))
    w.target = unknown
    assert until(w, lambda c: c["target"] == unknown and c["state"] == "done")["measured"]["id"] == unknown


def test_the_demo_prompt_gets_its_verdict(demo: tuple[Any, Any]) -> None:
    w = JacobianWidget(*demo, "The capital of France is", panel="check")
    assert until(w, lambda c: c["state"] == "done")["verdict"] == (
        "Zeroing the token this scope ranks highest lowers log p(␣Paris) by 3.2 nats, a random one by 6.2: "
        "no better than random here."
    )
    w.ablated = [3]
    found = until(w, lambda c: c["ablated"] is not None)["ablated"]
    before, after = found["before"][0], found["after"][0]
    assert before["label"] == after["label"] == "␣Paris"
    assert before["p"] > 0.7
    assert after["p"] < 0.01
    assert found["delta_log_p"] == pytest.approx(np.log(after["p"] / before["p"]), abs=1e-3)
    w.close()


def test_panels_of_two_widgets_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_panels, "_TURN_SECONDS", 0.0)
    monkeypatch.setattr(_check, "_STEP", 1)
    monkeypatch.setattr(_check, "_PUBLISH_SECONDS", 0.0)
    model, tokenizer = tiny("llama", vocab_size=300), byte_tokenizer()
    both = [JacobianWidget(model, tokenizer, text, n_bos=1) for text in ("The sat at the hat", "A hat at the sat")]
    for w in both:
        w.panel = "check"
    for w in both:
        assert until(w, lambda c: c["state"] == "done")["text"] == w.text
    for w in both:
        w.panel = "map"
    for w in both:
        sent = threading.Event()
        w.observe(lambda _, sent=sent: sent.set(), "map")
        while w.map.get("state") != "done":
            assert sent.wait(60), w.map.get("state")
            sent.clear()
        w.close()


def test_what_failed_is_tried_again(w: JacobianWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a cable was pulled")

    with monkeypatch.context() as broken:
        broken.setattr(Ablator, "effects", fails)
        w.panel = "check"
        assert "a cable was pulled" in until(w, lambda c: "error" in c)["error"]
    w.retries += 1
    assert "error" not in until(w, lambda c: c.get("state") == "done")


def test_a_changed_model_is_checked_with_its_own_picture() -> None:
    model, tokenizer = tiny("llama", vocab_size=300), byte_tokenizer()
    w = JacobianWidget(model, tokenizer, "The sat at the hat", n_bos=1, scope="entropy")
    assert w.attribution.complete
    w.panel = "check"
    before = floats(until(w, lambda c: c["state"] == "done")["kl"])
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.1)
    known = {direction[1] for direction in w.attribution.basis.directions}
    w.target = next(k for k in range(300) if k not in known)
    assert w.attribution.complete
    after = floats(
        until(w, lambda c: c["state"] == "done" and not np.array_equal(floats(c["kl"]), before, equal_nan=True))["kl"]
    )
    real = leave_one_out(attribute(model, tokenizer, w.text, n_bos=1)).kl
    found = np.isfinite(after)
    np.testing.assert_allclose(after[found], real[found], rtol=1e-3, atol=1e-5)
    w.close()
