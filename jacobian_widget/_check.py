"""The data of the check panel: whether deleting what a scope ranks high does what the picture promises."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jacobian_widget import _wire
from jacobian_widget._curves import SHOWN, Curves, area, verdict
from jacobian_widget._worker import Superseded
from jacobian_widget.ablation import ABLATIONS, Ablator, check_ablation
from jacobian_widget.deletion import counts
from jacobian_widget.methods import METHODS, Ranker
from jacobian_widget.ranks import order
from jacobian_widget.replacement import id_in_place
from jacobian_widget.scopes import SCOPES, check_scope
from jacobian_widget.untouched import ModelChangedError, state_of
from jacobian_widget.verified import confirmed_first, screened

if TYPE_CHECKING:
    from jacobian_widget._panels import Ask
    from jacobian_widget.attribution import Attribution, Floats

SEEDS: Final = 8
UNASKED_SECONDS: Final = 10.0
"""What may be computed although nobody asked for all tokens."""
_BASELINES: Final = ("gradient_x_input_norm", "gradient_norm", "gradient_x_input")
_TWINS: Final = {("log_probability", False): "gradient_norm", ("log_probability", True): "gradient_x_input"}
"""Scopes that are one of them."""
_STEP: Final = 16
_PUBLISH_SECONDS: Final = 1.0
_KEPT: Final = 8
_LIKELIEST: Final = 5

trait: Final = "check"
Set = tuple[int, ...]
"""Tokens that are ablated together, ascending."""


@dataclass(frozen=True)
class State:
    """Where the check stands."""

    more: bool = True
    """Whether tokens are left that nobody has asked for yet."""
    idle: bool = False
    """Whether it waits for somebody to ask for the rest."""
    spent: float = 0.0
    """Seconds for which it ran unasked."""


@dataclass
class Measured:
    """What the ablations of one prediction did; it is found again when another scope is asked about."""

    effects: dict[Set, tuple[float, float]] = field(default_factory=dict)
    """KL and Δ log p."""
    rankings: dict[str, list[list[int]]] = field(default_factory=dict)
    """Of the methods that do not depend on the scope."""
    predictions: dict[Set, dict[str, Any]] = field(default_factory=dict)
    """Before and after."""
    seconds: float = 0.0
    """That an ablation takes."""


def key(ask: Ask) -> Hashable:
    """The picture, the model, and how tokens are taken away."""
    return ask.source, ask.position, ask.scope, *_question(ask).values(), ask.ablation, state_of(ask.model)


def request(ask: Ask) -> Hashable:
    """The tokens that are to be taken away together."""
    return ask.ablated


def compute(ask: Ask, before: State | None) -> Iterator[tuple[dict[str, Any], State]]:
    """The check as it grows: the chosen tokens, the curves, the quarter that is screened, and asked to, all tokens.

    Unless `ask.run`, it stops where it would take, or has taken, more than `UNASKED_SECONDS`.

    Raises:
        Superseded: there is no picture yet.
        Whatever `ask.interrupt` raises.
    """
    check = Check(ask, _result(ask))
    if not check.possible:
        yield check.payload("done"), State(more=False)
        return
    state = before or State()
    idle = state.idle and not ask.run
    spent, published, steps = state.spent, time.monotonic(), 0
    while missing := check.chosen_missing if idle else check.missing(everything=ask.run):
        chosen = missing[:1] == check.chosen_missing
        step = missing[: 1 if chosen else _STEP]
        started = time.monotonic()
        check.measure(step)
        now = time.monotonic()
        spent += 0.0 if ask.run else now - started
        steps += not chosen
        left = check.missing(everything=ask.run)
        if steps > 1 or not check.measured.seconds:  # the first takes the whole text too
            check.measured.seconds = (now - started) / len(step)
        state = replace(state, spent=spent)
        if left and not idle and not ask.run and spent + check.measured.seconds * len(left) > UNASKED_SECONDS:
            yield check.payload("stopped"), replace(state, idle=True)
            return
        if left and (chosen or now - published > _PUBLISH_SECONDS):
            published = now
            yield check.payload("stopped" if idle else "computing"), state
    more = bool(check.missing(everything=True))
    short = more and bool(check.missing(everything=False))
    yield check.payload("stopped" if short else "done"), replace(state, more=more, idle=more)


def _question(ask: Ask) -> dict[str, Any]:
    """What the scope takes of the question."""
    scope = SCOPES[check_scope(ask.scope)]
    fisher = ask.scope == "fisher"
    return {
        "target": ask.target if scope.needs_target else None,
        "foil": ask.foil if scope.needs_foil else None,
        "rank": ask.rank if fisher else None,
        "signed": ask.signed and not fisher,
    }


def _result(ask: Ask) -> Attribution:
    a = ask.result
    if a is None or not a.complete or a.source != ask.source or a.position != ask.position:
        raise Superseded
    if not all(k is None or a.knows(k) for k in (ask.target, ask.foil)):
        raise Superseded
    try:
        a.session.probe.backward.same_model()
    except ModelChangedError as error:
        raise Superseded from error  # the picture is the old model's; that of the new one is still to come
    return a


class Check:
    """One picture, and what is known of its ablations."""

    def __init__(self, ask: Ask, a: Attribution) -> None:
        self.ask, self.a, self.n = ask, a, a.end
        self.scope = SCOPES[check_scope(ask.scope)]
        self.likeliest = a.predictions[0]
        named = a.default_target if ask.target is None else ask.target
        self.target = named if self.scope.needs_target else self.likeliest.id
        self.question = _question(ask)
        if self.scope.needs_target:
            self.question["target"] = self.target
        if self.scope.needs_foil:
            self.question["foil"] = a.foil_of(self.target) if ask.foil is None else ask.foil
        self.chosen = tuple(t for t in ask.ablated if t < self.n)
        self.counts = counts(self.n, SHOWN)
        about = (ask.source, ask.position, ask.ablation, self.target, state_of(ask.model))
        self.measured: Measured = ask.kept.pop(about, None) or Measured()
        ask.kept[about] = self.measured
        while len(ask.kept) > _KEPT:
            ask.kept.pop(next(iter(ask.kept)))

    @property
    def degenerate(self) -> bool:
        return self.ask.scope == "temperature" and self.a.degenerate

    @property
    def possible(self) -> bool:
        """Whether there is a ranking to check, and a way to."""
        return self.n > 1 and not self.degenerate and self.ask.ablation not in self.unavailable

    @cached_property
    def unavailable(self) -> dict[str, str]:
        """Ablations that the model lacks the token for, and why."""
        found = {}
        for name in ABLATIONS:
            try:
                id_in_place(self.ask.model, self.ask.tokenizer, name)
            except ValueError as error:  # noqa: PERF203 - five of them
                found[str(name)] = str(error)
        return found

    @cached_property
    def ablator(self) -> Ablator:
        return self._new_ablator(self.ask.ablation)

    @cached_property
    def sizes(self) -> Floats:
        """`[n]`, of the scores in the picture."""
        asked = {name: value for name, value in self.question.items() if value is not None and value is not False}
        return np.abs(self.a.scores(self.ask.scope, **asked)[: self.n])

    @cached_property
    def ranking(self) -> list[int]:
        """Tokens by the size of their scores."""
        return order(self.sizes)

    @cached_property
    def rankings(self) -> dict[str, list[list[int]]]:
        found = self.measured.rankings
        if not found:
            ranker = Ranker(self.a, self.ablator, seeds=SEEDS)
            found |= {name: [order(scores) for scores in ranker.scores(name)] for name in ("random", *_BASELINES)}
        return found

    @cached_property
    def screened(self) -> list[int]:
        """A quarter, which real leave-one-out confirms: the scope's highest and the nearest."""
        return screened(self.sizes)

    @property
    def chosen_missing(self) -> list[Set]:
        return [self.chosen] if self.chosen and self.chosen not in self.measured.predictions else []

    def missing(self, *, everything: bool) -> list[Set]:
        """The sets of tokens still to ablate, in the order in which they are wanted."""
        known = self.measured.effects
        rankings = [self.ranking, *(ranking for several in self.rankings.values() for ranking in several)]
        wanted = [one for ranking in rankings for one in self._sets(ranking)]
        wanted += [(t,) for t in sorted(self.screened)]
        if everything:
            wanted += [(t,) for t in range(self.n)]
        wanted += self._sets(self._confirmed or [])
        return list(dict.fromkeys([*self.chosen_missing, *(one for one in wanted if one not in known)]))

    def measure(self, sets: Sequence[Set]) -> None:
        """Ablate each of `sets`.

        Raises:
            What `Ablator.effects` does, and the interrupt.
        """
        if sets[0] in self.chosen_missing:
            self.measured.predictions[self.chosen] = self._before_and_after()
            return
        effects = self.ablator.effects(sets, progress=self.ask.interrupt)
        values = zip(effects.kl.tolist(), effects.delta_log_p.tolist(), strict=True)
        self.measured.effects |= dict(zip(sets, values, strict=True))

    def payload(self, state: str) -> dict[str, Any]:
        """What the browser is sent."""
        known, size = self.measured.effects, len(self.ask.source)
        kl, delta_log_p = (np.full(size, np.nan, np.float32) for _ in range(2))
        for t in range(self.n):
            if (t,) in known:
                kl[t], delta_log_p[t] = known[(t,)]
        curves = self._curves() if self.possible else None
        seconds = self.measured.seconds * len(self.missing(everything=True)) if self.possible else 0.0
        return _wire.pack_check(
            self.ask.source,
            curves,
            kl=kl,
            delta_log_p=delta_log_p,
            state=state,
            position=self.ask.position,
            scope=self.ask.scope,
            **self.question,
            measured=_wire.pack_predictions(self.a.candidates([self.target]))[0],
            ablation=self.ask.ablation,
            unavailable=self.unavailable,
            verdict=self._verdict(curves),
            end=self.n,
            screened=len(self.screened) if self.possible else 0,
            seconds=round(seconds, 1),
            ablated=self.measured.predictions.get(self.chosen),
        )

    def _verdict(self, curves: Curves | None) -> str:
        if self.ask.ablation in self.unavailable:
            return self.unavailable[self.ask.ablation]
        if self.n < 2:
            return "Too few tokens stand before the prediction to rank them."
        if self.degenerate:
            return "Temperature says nothing about this model, so there is no ranking to check. Ask for Entropy."
        if curves is None:
            return ""
        label = self.a.candidates([self.target])[0].label
        words = verdict(curves, check_ablation(self.ask.ablation), label)
        if self.target != self.likeliest.id:
            words += f" The model expects {self.likeliest.label}, so what is taken away may as well raise {label}."
        return words

    def _curves(self) -> Curves | None:
        """The curves, once all of them are there."""
        own, confirmed = self._curve(self.ranking), self._curve(self._confirmed or [])
        others = {name: [self._curve(ranking) for ranking in several] for name, several in self.rankings.items()}
        if own is None or any(curve is None for several in others.values() for curve in several):
            return None
        found = {name: np.array(several) for name, several in others.items()}
        random = found.pop("random")
        found.pop(_TWINS.get((self.ask.scope, self.question["signed"]), ""), None)
        best = min(found, key=lambda name: float(area(found[name][0])))
        return Curves(
            counts=tuple(self.counts),
            scope=np.array(own),
            random=random,
            baseline=found[best][0],
            title=METHODS[best].title,
            confirmed=None if confirmed is None else np.array(confirmed),
            confirmed_title="Leave-one-out" if self._all_confirmed else f"{self.scope.title}, a quarter confirmed",
        )

    def _curve(self, ranking: Sequence[int]) -> list[float] | None:
        sets, known = self._sets(ranking), self.measured.effects
        return [known[one][1] for one in sets] if sets and all(one in known for one in sets) else None

    def _sets(self, ranking: Sequence[int]) -> list[Set]:
        return [tuple(sorted(ranking[:count])) for count in self.counts] if ranking else []

    @property
    def _all_confirmed(self) -> bool:
        return all((t,) in self.measured.effects for t in range(self.n))

    @property
    def _confirmed(self) -> list[int] | None:
        """The tokens by KL once all are left out; before, the screened quarter by it and the rest as the scope says."""
        known = self.measured.effects
        top = self.ranking if self._all_confirmed else self.screened
        if not all((t,) in known for t in top):
            return None
        return confirmed_first(self.ranking, {t: known[(t,)][0] for t in top})

    def _before_and_after(self) -> dict[str, Any]:
        effects = self.ablator.effects([self.chosen], progress=self.ask.interrupt)
        ((_, z),) = self.ablator.logits([self.chosen], progress=self.ask.interrupt)
        p = z[0].cpu().double().softmax(-1)
        after = p.topk(min(_LIKELIEST, len(p))).indices.tolist()
        shown = dict.fromkeys([*(c.id for c in self.a.predictions[:_LIKELIEST]), *after, self.target])
        before = self.a.candidates(list(shown))
        kl, delta_log_p = float(effects.kl[0]), float(effects.delta_log_p[0])
        self.measured.effects[self.chosen] = kl, delta_log_p
        return {
            "tokens": list(self.chosen),
            "before": _wire.pack_predictions(before),
            "after": _wire.pack_predictions(replace(c, p=float(p[c.id]), logit=float(z[0, c.id])) for c in before),
            "kl": kl,
            "delta_log_p": delta_log_p,
        }

    def _new_ablator(self, ablation: str) -> Ablator:
        ask = self.ask
        return Ablator(
            ask.model, ask.source, ask.position, ablation=ablation, target=self.target, tokenizer=ask.tokenizer
        )
