"""The deletion curves of one text side by side, and what they say in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jacobian_widget.ablation import Ablation
from jacobian_widget.deletion import FRACTIONS, aopc

SHOWN: Final = (0.025, *FRACTIONS, 0.4)
"""Fractions of the tokens that the curves show; their areas are those of `FRACTIONS`, as everywhere."""
_QUOTED: Final = SHOWN.index(FRACTIONS[-1])
_DOING: Final[dict[Ablation, str]] = {
    "zero": "Zeroing {}",
    "mean": "Replacing {} by the mean embedding",
    "pad": "Replacing {} by the padding token",
    "bos": "Replacing {} by BOS",
    "remove": "Removing {}",
}
_MOVES: Final = ("raise", "lower")
_LEAST: Final = 0.02
"""Nats that are no lead."""
_PART: Final = 0.05
"""Of the scope's area, what is no lead of a baseline over it."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """Δ log p, in nats, at `SHOWN`."""

    counts: tuple[int, ...]
    """How many tokens are ablated at each."""
    scope: Doubles
    """`[k]`."""
    random: Doubles
    """`[seeds, k]`."""
    baseline: Doubles
    """`[k]`, of the best of some."""
    title: str
    """What that baseline is called."""
    confirmed: Doubles | None = None
    """`[k]`, of a ranking that real leave-one-out has confirmed, once there is one."""
    confirmed_title: str = ""

    def packed(self) -> dict[str, Any]:
        """The same as plain data, and the areas."""
        return {
            "fractions": list(SHOWN),
            "counts": list(self.counts),
            "scope": self.scope.tolist(),
            "random": {
                "mean": self.random.mean(0).tolist(),
                "low": self.random.min(0).tolist(),
                "high": self.random.max(0).tolist(),
                "seeds": len(self.random),
            },
            "baseline": {"title": self.title, "values": self.baseline.tolist()},
            "confirmed": None
            if self.confirmed is None
            else {"title": self.confirmed_title, "values": self.confirmed.tolist()},
            "aopc": {
                "scope": float(area(self.scope)),
                "random": float(area(self.random).mean()),
                "baseline": float(area(self.baseline)),
            },
        }


def area(curves: ArrayLike) -> Doubles:
    """AOPC in nats of curves `[…, k]` at `SHOWN`: their mean over `FRACTIONS`, by the trapezoid rule."""
    at = [SHOWN.index(f) for f in FRACTIONS]
    return aopc(FRACTIONS, np.asarray(curves, np.float64)[..., at], per_width=True)


def verdict(curves: Curves, ablation: Ablation, label: str) -> str:
    """What the curves say of the scope on this text, in a sentence.

    A ranking holds if its area is below that of every random order, and it leads their mean at the fraction quoted.
    """
    own, by_chance, best = (float(curve[_QUOTED]) for curve in (curves.scope, curves.random.mean(0), curves.baseline))
    count = curves.counts[_QUOTED]
    tokens = "the token this scope ranks highest" if count == 1 else f"the {count} tokens this scope ranks highest"
    fact = f"{_DOING[ablation].format(tokens)} {_MOVES[own < 0]}s log p({label}) by {_nats(own)} nats"
    fact += f", {_beside('a random one' if count == 1 else 'random ones', by_chance, own, one=count == 1)}"
    mine, chance, other = float(area(curves.scope)), area(curves.random), float(area(curves.baseline))
    rivals = int((chance <= mine).sum())
    if mine >= chance.mean():
        return f"{fact}: no better than random here."
    if rivals or own > by_chance - _LEAST:
        rival = f"; {rivals} of {len(chance)} random orders do as well" if rivals else ""
        return f"{fact}: no clear lead over random here{rival}."
    if other < mine - max(_LEAST, _PART * abs(mine)):
        much = f", {_beside('', best, own, one=True).strip()}" if best < own else ", over the whole curve"
        return f"{fact}. Another baseline does better here: {curves.title}{much}."
    return f"{fact}: the ranking holds here."


def _beside(who: str, delta: float, own: float, *, one: bool) -> str:
    verb = "" if (delta < 0) == (own < 0) else f"{_MOVES[delta < 0]}{'s' if one else ''} it "
    return f"{who} {verb}by {_nats(delta)}"


def _nats(delta: float) -> str:
    size = abs(delta)
    if size < 0.005:
        return "less than 0.01"
    return f"{size:.0f}" if size >= 99.95 else f"{size:.1f}" if size >= 0.995 else f"{size:.2f}"
