"""Leave-one-out: what the prediction becomes when each token alone is ablated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from jacobian_widget import ranks
from jacobian_widget.ablation import Ablation, Ablator, Effects, Progress
from jacobian_widget.attribution import Attribution, Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LeaveOneOut(Effects):
    """The effects of the `T` tokens of a text, each ablated alone, on the prediction `p`.

    `kl`, `delta_log_p` and `delta_entropy` are `[T]`: NaN for a token that was not asked for, 0 from the position on.
    """

    tokens: tuple[str, ...]
    """`[T]`, the text of each."""
    end: int
    """Tokens before this index come before the prediction."""

    def spearman(self, scores: ArrayLike) -> float:
        """Spearman's rank correlation of `scores` `[T]` and `kl`, over the tokens that were ablated.

        NaN for fewer than two tokens, or where one side is the same for all.

        Raises:
            ValueError: another number of scores.
        """
        values, asked = self._checked(scores)
        return ranks.spearman(values[asked], self.kl[asked])

    def percentile(self, scores: ArrayLike) -> float:
        """Where the token with the highest of `scores` `[T]` stands by `kl`: the share of the others below, 0 to 100.

        Of equal scores the first counts. NaN for fewer than two tokens.

        Raises:
            ValueError: another number of scores.
        """
        values, asked = self._checked(scores)
        if len(asked) < 2:
            return float("nan")
        return ranks.percentile(self.kl[asked], int(values[asked].argmax()))

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each token: `token`, `kl`, `delta_log_p` and `delta_entropy` in nats, and the `ablation`."""
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_dataframe needs pandas. Run: pip install pandas") from error

        columns = {"kl": self.kl, "delta_log_p": self.delta_log_p, "delta_entropy": self.delta_entropy}
        return pd.DataFrame({"token": list(self.tokens), **columns, "ablation": self.ablation})

    def _checked(self, scores: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """The scores, and the indices of the tokens that were ablated."""
        values = np.asarray(scores, np.float64)
        if values.shape != self.kl.shape:
            raise ValueError(f"scores must be {len(self.kl)} numbers, one for each token, got shape {values.shape}.")
        return values, np.flatnonzero(np.isfinite(self.kl[: self.end]))


def leave_one_out(
    a: Attribution,
    *,
    ablation: Ablation | str = "zero",
    target: int | str | None = None,
    tokens: Iterable[int] | None = None,
    share_prefix: bool = True,
    progress: Progress | None = None,
) -> LeaveOneOut:
    """Ablate each token before the prediction of `a` alone. BOS tokens are context and stay.

    One row of a batched forward pass for each token, which begins at the token where the model allows it.

    Args:
        a: a result whose model is at hand.
        ablation: a key of `ABLATIONS`. The order of tokens depends on it.
        target: an id, or a string that is one token; None for the default target of `a`.
        tokens: indices of the tokens to ablate; None for all.
        share_prefix: False to compute every ablated text whole.
        progress: called with the tokens done and wanted, at every block of every pass; what it raises ends it.

    Raises:
        ValueError: an unknown ablation, one that needs a token the model does not have, a token that does not come
            before the prediction, or a result that was loaded from a file.
        NonFiniteError, TooLargeError: see `Ablator.effects`.
    """
    ablator = ablator_of(a, ablation=ablation, target=target, share_prefix=share_prefix)
    asked = list(range(a.end)) if tokens is None else sorted(set(tokens))
    effects = ablator.effects([[t] for t in asked], progress=progress)

    def spread(values: Floats) -> Floats:
        out = np.zeros(len(a.source), np.float32)
        out[: a.end] = np.nan
        out[asked] = values
        return out

    arrays = {name: spread(getattr(effects, name)) for name in ("kl", "delta_log_p", "delta_entropy")}
    return LeaveOneOut(**{**vars(effects), **arrays}, tokens=a.source.pieces, end=a.end)


def ablator_of(
    a: Attribution,
    *,
    ablation: Ablation | str = "zero",
    target: int | str | None = None,
    share_prefix: bool = True,
) -> Ablator:
    """An `Ablator` for the prediction of `a`, about its default target if none is given.

    Raises:
        ValueError: the result was loaded from a file; see also `Ablator`.
    """
    backward = a.session.probe.backward
    return Ablator(
        backward.model,
        a.source,
        a.position,
        ablation=ablation,
        target=a.default_target if target is None else a.resolve(target),
        tokenizer=a.session.tokenizer,
        share_prefix=share_prefix,
        max_memory=backward.max_memory,
    )
