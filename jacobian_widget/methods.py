"""The methods that rank tokens, by name: the scopes, older baselines, and what real ablations say."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from jacobian_widget import baselines, verified
from jacobian_widget.ablation import Ablator, Effects, Progress
from jacobian_widget.attribution import Attribution, DegenerateScopeWarning, Floats
from jacobian_widget.baselines import Start
from jacobian_widget.ranks import order
from jacobian_widget.scopes import SCOPES, ScopeName


@dataclass(frozen=True)
class Method:
    """One way to rank the tokens before a prediction."""

    name: str
    title: str
    explains: str
    scopes: tuple[ScopeName, ...] = ()
    """The scopes whose VJPs it needs."""
    signed: bool = False
    """Scores below zero speak against the target, and rank last."""
    screen: str | None = None
    """The method whose scores are confirmed, of a verified one."""


def _methods() -> dict[str, Method]:
    scopes = [Method(scope.name, scope.title, scope.explains, (scope.name,)) for scope in SCOPES.values()]
    rank_1 = Method(
        "fisher_rank_1",
        "Fisher, rank 1",
        "Fisher with only the strongest direction of the distribution, as the paper's code takes it.",
        ("fisher",),
    )
    log_p: tuple[ScopeName] = ("log_probability",)
    confirmed = [
        Method(
            f"verified_{method.name}",
            f"{method.title}, verified",
            f"A quarter of the tokens, half the highest by {method.title} and half the nearest, ranked by "
            f"leave-one-out KL; then the rest by {method.title}.",
            method.scopes,
            screen=method.name,
        )
        for method in (*scopes, rank_1)
    ]
    others = [
        Method(
            "gradient_norm",
            "Gradient norm",
            "‖∇ log p(i*)‖: the same as the Log-probability scope of i*.",
            log_p,
        ),
        Method("gradient_x_input", "Gradient × input", "⟨∇ log p(i*), x⟩, signed.", log_p, signed=True),
        Method("gradient_x_input_norm", "Gradient × input, norm", "‖∇ log p(i*) ⊙ x‖.", log_p),
        Method(
            "integrated_gradients",
            "Integrated gradients",
            "The gradient of log p(i*), averaged on the way from a baseline to the text, times that way; signed.",
            log_p,
            signed=True,
        ),
        Method("recency", "Nearest first", "The tokens nearest to the prediction first, whatever they are."),
        Method("random", "Random", "Tokens in random order; the mean of several."),
        Method(
            "leave_one_out",
            "Leave-one-out",
            "KL(p ‖ p_ablated) with each token ablated alone: what the others are measured against.",
        ),
    ]
    return {method.name: method for method in (*scopes, rank_1, *others, *confirmed)}


METHODS: Mapping[str, Method] = _methods()
"""Every ranking by name: the scopes, the baselines, leave-one-out, and the verified ones."""
DEFAULT: Final = (*(name for name, method in METHODS.items() if method.screen is None), "verified_semantic")


def check_methods(names: Sequence[str] | None) -> list[Method]:
    """The methods of `names`, each once; None for all, of the verified ones only that of Semantic.

    Raises:
        ValueError: unknown names, or none; the message lists those there are.
    """
    asked = DEFAULT if names is None else (names,) if isinstance(names, str) else tuple(names)
    unknown = [name for name in asked if name not in METHODS]
    if unknown or not asked:
        raise ValueError(f"unknown methods {unknown}; choose from {', '.join(METHODS)}, or None for the usual ones.")
    return [METHODS[name] for name in dict.fromkeys(asked)]


@dataclass
class Ranker:
    """Scores of one prediction by any method; what several methods need is computed once."""

    a: Attribution
    """With the scopes of all methods that will be asked for."""
    ablator: Ablator
    """Of the same prediction; its target is what the scores are about."""
    seeds: int = 5
    """How many random orders."""
    steps: int = 8
    start: Start = "zero"
    """Of integrated gradients."""
    progress: Progress | None = None
    _kl: dict[int, float] = field(default_factory=dict)
    effects: Effects | None = None
    """Of every token ablated alone, once leave-one-out was asked for."""

    def scores(self, name: str) -> Floats:
        """`[k, end]`, the higher the more important; `k` is 1 but for random orders.

        Of a verified method, the places from the last: `end` for the first.
        """
        values = self._scores(METHODS[name])
        return np.atleast_2d(values)[:, : self.a.end].astype(np.float32)

    def _scores(self, method: Method) -> Floats:
        a, target = self.a, self.ablator.target
        others: Mapping[str, Callable[[], Floats]] = {
            "fisher_rank_1": lambda: a.scores("fisher", rank=1),
            "gradient_norm": lambda: a.scores("log_probability", target=target),
            "gradient_x_input": lambda: a.scores("log_probability", target=target, signed=True),
            "gradient_x_input_norm": lambda: baselines.gradient_x_input(a, "log_probability", target=target, norm=True),
            "integrated_gradients": self._path,
            "recency": lambda: np.arange(a.end, dtype=np.float32),
            "random": self._random,
            "leave_one_out": lambda: self._leave_one_out().kl,
        }
        if method.name in others:
            return others[method.name]()
        if method.screen is not None:
            return self._verified(method.screen)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateScopeWarning)
            return a.scores(method.name, target=None if method.name == "fisher" else target)

    def _path(self) -> Floats:
        path = baselines.path_gradient(
            self.a,
            "log_probability",
            target=self.ablator.target,
            start=self.start,
            steps=self.steps,
            progress=self.progress,
        )
        return path.integrated_gradients

    def _random(self) -> Floats:
        """The same for a text wherever it stands in a list."""
        generators = [np.random.default_rng([seed, *self.a.input_ids]) for seed in range(self.seeds)]
        return np.stack([g.random(self.a.end) for g in generators]).astype(np.float32)

    def _leave_one_out(self) -> Effects:
        if self.effects is None:
            self.effects = self.ablator.effects([[t] for t in range(self.a.end)], progress=self.progress)
            self._kl = dict(enumerate(self.effects.kl.tolist()))
        return self.effects

    def _verified(self, screen: str) -> Floats:
        scores = self.scores(screen)[0]
        top = verified.screened(scores)
        unknown = [t for t in top if t not in self._kl]
        if unknown:
            kl = self.ablator.effects([[t] for t in unknown], progress=self.progress).kl
            self._kl |= dict(zip(unknown, kl.tolist(), strict=True))
        ranking = verified.confirmed_first(order(scores), {t: self._kl[t] for t in top})
        places = np.zeros(len(ranking), np.float32)
        places[ranking] = np.arange(len(ranking), 0, -1)
        return places
