"""Verified scores: a scope screens all tokens in one backward pass, and ablation confirms those that may matter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jacobian_widget import ranks
from jacobian_widget.ablation import Ablation, Progress, check_ablation
from jacobian_widget.attribution import Attribution, Floats
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.scopes import ScopeName, check_scope

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.25
"""Of the tokens, how many are confirmed unless told otherwise."""
_ROUNDING = 1e-9
"""A product that is whole but for its last bits counts as whole: 0.07 · 100 is 7.000000000000001."""


@dataclass(frozen=True, eq=False)
class Verified:
    """The scores of a scope for `T` tokens, and what ablating really does for those that `screened` names.

    A gradient says what a small change of an embedding does, and ablation changes it whole: where the two disagree, the
    confirmed numbers are what happened. That a token was not confirmed says only that the scope ranked it low and that
    it stands far from the prediction.
    """

    tokens: tuple[str, ...]
    """`[T]`, the text of each."""
    end: int
    """Tokens before this index come before the prediction; the others score 0 and are never confirmed."""
    scope: ScopeName
    """What screened: a key of `SCOPES`."""
    ablation: Ablation
    """How tokens were taken away: a key of `ABLATIONS`."""
    share: float
    """`ceil(share · end)` tokens are confirmed."""
    target: int
    """`i*`, the token that `delta_log_p` is about."""
    scores: Floats
    """`[T]`, in the unit of the scope: see `SCOPES`."""
    confirmed: NDArray[np.bool_]
    """`[T]`, which tokens were ablated."""
    kl: Floats
    """`[T]`, `KL(p ‖ p_ablated)` in nats, of the token ablated alone; NaN where it is not confirmed."""
    delta_log_p: Floats
    """`[T]`, `log p_ablated(i*) − log p(i*)` in nats: below zero where the token spoke for `i*`. NaN as above."""

    @property
    def ranking(self) -> list[int]:
        """`[end]` token indices, most important first: the confirmed by `kl`, then the rest by the scope's score."""
        kl = {t: float(self.kl[t]) for t in range(self.end) if self.confirmed[t]}
        return confirmed_first(ranks.order(self.scores[: self.end]), kl)

    def to_dataframe(self) -> pd.DataFrame:
        """One row per token: `token`, the score under the scope's name, `confirmed`, `kl`, `delta_log_p`, `ablation`.

        And `rank`, from 1 for the most important by `ranking`; missing for tokens that cannot have mattered.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_dataframe needs pandas. Run: pip install pandas") from error

        place = pd.array([pd.NA] * len(self.tokens), dtype="Int64")
        for rank, t in enumerate(self.ranking, 1):
            place[t] = rank
        return pd.DataFrame(
            {
                "token": list(self.tokens),
                self.scope: self.scores,
                "confirmed": self.confirmed,
                "kl": self.kl,
                "delta_log_p": self.delta_log_p,
                "rank": place,
                "ablation": self.ablation,
            }
        )


def screened(scores: ArrayLike, share: float = SHARE) -> list[int]:
    """The `ceil(share · n)` tokens to confirm: the highest by score and the nearest to the prediction, by turns.

    Gradients rank the last tokens too low, and these are the cheapest to ablate: see `docs/faithfulness.md` for what
    they add to a screen by the scope alone.

    Args:
        scores: `[n]`, of the tokens before the prediction.
        share: above 0 and at most 1.

    Returns:
        Indices, those of the lower of both ranks first, and of two with the same one the higher by score.
    """
    found = ranks.order(scores)
    place = {t: i for i, t in enumerate(found)}
    near = len(found) - 1
    return sorted(found, key=lambda t: (min(place[t], near - t), place[t]))[: math.ceil(share * len(found) - _ROUNDING)]


def confirmed_first(ranking: Sequence[int], kl: Mapping[int, float]) -> list[int]:
    """`ranking` with the tokens of `kl` before the others, the highest first; equal ones stay in their order."""
    return sorted((t for t in ranking if t in kl), key=lambda t: -kl[t]) + [t for t in ranking if t not in kl]


def verify(
    a: Attribution,
    scope: ScopeName | str = "semantic",
    *,
    share: float = SHARE,
    ablation: Ablation | str = "zero",
    target: int | str | None = None,
    foil: int | str | None = None,
    progress: Progress | None = None,
) -> Verified:
    """Confirm the tokens that a scope ranks highest, and the nearest, by ablating each alone; see `screened`.

    One row of a batched forward pass for each of them, which begins at the token where the model allows it.

    Args:
        a: a result whose model is at hand.
        scope: what screens; a key of `SCOPES`.
        share: of the tokens before the prediction, above 0 and at most 1; 1 is full leave-one-out.
        ablation: a key of `ABLATIONS`.
        target: as in `Attribution.scores`, one token; also the one that `delta_log_p` is about.
        foil: the same, for Contrast.
        progress: called with the tokens done and wanted, at every block of every pass; what it raises ends it.

    Raises:
        ValueError: an unknown scope or ablation, a share out of range, an ablation that needs a token the model does
            not have, or a result that was loaded from a file.
        NonFiniteError, TooLargeError: see `ablation.Ablator.effects`.
    """
    name, way = check_scope(scope), check_ablation(ablation)
    if isinstance(share, bool) or not isinstance(share, (int, float, np.number)) or not 0 < share <= 1:
        raise ValueError(f"share must be a number above 0 and at most 1, got {share!r}.")
    wanted = a.default_target if target is None else a.resolve(target)
    scores = a.scores(name, target=wanted, foil=foil)
    top = sorted(screened(scores[: a.end], share))
    effects = leave_one_out(a, ablation=way, target=wanted, tokens=top, progress=progress)
    confirmed = np.zeros(len(a.source), np.bool_)
    confirmed[top] = True
    return Verified(
        tokens=a.source.pieces,
        end=a.end,
        scope=name,
        ablation=way,
        share=float(share),
        target=wanted,
        scores=scores,
        confirmed=confirmed,
        kl=np.where(confirmed, effects.kl, np.float32("nan")).astype(np.float32),
        delta_log_p=np.where(confirmed, effects.delta_log_p, np.float32("nan")).astype(np.float32),
    )
