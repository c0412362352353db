"""The payloads that go to the browser: every key, its layout, and who writes which trait. Mirror: `js/wire.ts`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from jacobian_widget._packing import pack_basis_arrays, pack_fisher_arrays
from jacobian_widget.tokens import GRANULARITIES, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jacobian_widget._curves import Curves
    from jacobian_widget.attribution import Attribution, Fisher, Prediction
    from jacobian_widget.positions import PositionMap
    from jacobian_widget.series import NextValues

WISH = (
    *("text", "scope", "target", "foil", "position", "rank", "granularity", "pattern", "query", "cancelled", "retries"),
    *("scale", "threshold", "vmax", "palette", "bars", "signed", "hide"),
    *("panel", "panel_run", "pinned", "ablation", "ablated", "guess", "marked"),
)
"""Traits that the browser may write; Python validates them."""

ANSWER = ("tokens", "basis", "status", "matches", "panels", "map", "series", "check", "answers", "left_out")
"""Traits that only Python writes."""


def pack_tokens(source: Tokens, pattern: str = "") -> dict[str, Any]:
    """The `tokens` trait: sent as soon as a text is tokenized.

    `groups` has "regex" only where there is a `pattern`.

    Only in a chat: `roles`, runs of tokens as `[role, index of the first]`. Only where the model went on writing:
    `generated`, the index of the first token it wrote.
    """
    payload: dict[str, Any] = {
        "text": source.text,
        "ids": list(source.ids),
        "pieces": list(source.pieces),
        "labels": list(source.labels),
        "groups": {name: list(source.groups(name)) for name in GRANULARITIES if name != "regex"},
        "bos": list(source.bos_labels),
    }
    if pattern:
        payload["groups"]["regex"] = list(source.groups("regex", pattern))
        payload["pattern"] = pattern
    if source.roles:
        starts = [i for i, role in enumerate(source.roles) if i == 0 or role != source.roles[i - 1]]
        payload["roles"] = [[source.roles[i], i] for i in starts]
    if source.generated_from is not None:
        payload["generated"] = source.generated_from
    return payload


def pack_basis(attribution: Attribution) -> dict[str, Any]:
    """The `basis` trait: all that the browser needs to score every scope, target and foil without the kernel.

    The Grams, `signed` and the arrays of `fisher` with a row per token are packed, as `_packing` says; `captured` and
    `spectrum_bos` `[r]` are little-endian float32. Largest errors seen, in parts of a picture's maximum, over all
    scopes, targets, contrasts and ranks of the demo model and of small random ones: scores 7e-5, Fisher 3e-5, shares
    and that of BOS 5e-5 of the whole; gradient × input 6e-6 for tokens, 1e-4 for groups in which it cancels.
    """
    basis = attribution.basis
    return {
        "text": attribution.source.text,
        "position": attribution.position,
        "end": attribution.end,
        "directions": [list(direction) for direction in basis.directions],
        "length": len(basis.gram),
        **pack_basis_arrays(basis),
        "fisher": attribution.fisher and _pack_fisher(attribution.fisher),
        "predictions": pack_predictions(attribution.predictions),
        "default_target": attribution.default_target,
        "default_foil": attribution.default_foil,
        "actual": None if attribution.position is None else attribution.source.ids[attribution.position],
        "entropy": attribution.entropy,
        "beta": attribution.beta,
        "model": attribution.model,
        "n_vjps": attribution.n_vjps,
        "seconds": round(attribution.seconds, 3),
        "degenerate": attribution.degenerate,
        "complete": attribution.complete,
    }


def pack_predictions(predictions: Iterable[Prediction]) -> list[dict[str, Any]]:
    """Candidates for the explained position, in the order given."""
    # A masked vocabulary entry has logit -inf, which JSON cannot carry.
    return [
        {"id": c.id, "label": c.label, "piece": c.token, "p": c.p, "logit": max(c.logit, -3.4e38)} for c in predictions
    ]


def status(
    state: str,
    *,
    done: int = 0,
    total: int = 0,
    seconds: float = 0.0,
    bytes_: int = 0,
    message: str = "",
    detail: str = "",
) -> dict[str, Any]:
    """The `status` trait; `state` is one of empty, computing, ready, cancelled, error.

    `done` of `total` VJPs are taken; the rest takes about `seconds`, and the whole about `bytes_` of memory.
    """
    estimate = {"seconds": round(seconds, 1), "bytes": bytes_}
    return {"state": state, "done": done, "total": total, **estimate, "message": message, "detail": detail}


def _pack_fisher(fisher: Fisher) -> dict[str, Any]:
    return {
        **pack_fisher_arrays(fisher),
        "spectrum_bos": _floats(fisher.spectrum_bos),
        "remainder_bos": fisher.remainder_bos,
        "rank": fisher.spectrum.shape[1],
        "dimension": fisher.dimension,
        "captured": _floats(fisher.captured),
        "exact": fisher.exact,
        "n_directions": fisher.n_directions,
        "rtol": fisher.rtol,
    }


def _floats(values: NDArray[np.float32]) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def pack_map(found: PositionMap | None, source: Tokens, *, state: str, **about: Any) -> dict[str, Any]:
    """The `map` trait: rows 0 to `rows` - 1 of the map of `source`.

    `scores` holds the lower triangle without its diagonal row by row, `[rows (rows - 1) / 2]`, and `bos` `[rows]` the
    joint score of the BOS tokens, both little-endian float16 in multiples of `scale`: off by 2⁻¹¹ of a score at most,
    or by 2⁻³⁹ of the largest one. Row 0 of a text without BOS, which nothing predicts, is 0.

    Args:
        found: the rows there are; None before the first.
        source: the text.
        state: "waiting" to be asked for, as it would take long; "computing", "stopped", "done"; or "too long".
        about: `scope`, `unit`, and the `seconds` that the rest takes, by estimate; `limit` where it is too long.
    """
    rows, triangle, bos = 0, np.zeros(0, np.float32), np.zeros(0, np.float32)
    if found is not None:
        rows = found.n_rows
        triangle = np.concatenate([triangle, *(found.scores[q, :q] for q in range(rows))])
        bos = np.nan_to_num(found.bos[:rows])
    largest = float(max(triangle.max(initial=0.0), bos.max(initial=0.0)))
    scale = 2.0 ** (math.frexp(largest)[1] - 15)
    return {
        "text": source.text,
        "n": len(source),
        "rows": rows,
        "state": state,
        "scale": scale,
        "scores": (triangle / np.float64(scale)).astype("<f2").tobytes(),
        "bos": (bos / np.float64(scale)).astype("<f2").tobytes(),
        **about,
    }


def pack_series(source: Tokens, found: NextValues, *, state: str, more: bool, **about: Any) -> dict[str, Any]:
    """The `series` trait: the distribution over one number of `source`, `found + unexplored + other` = 1.

    Args:
        source: the text.
        found: the values, ascending, and the probability of each.
        state: "computing" or "done".
        more: whether a longer search would find more.
        about: `at`, the first token of the number predicted, and its `actual` value; both None beyond the text.
    """
    return {
        "text": source.text,
        "values": list(found.values),
        "p": list(found.probabilities),
        "unexplored": found.unexplored,
        "other": found.other,
        "prefixes": found.prefixes,
        "seconds": round(found.seconds, 3),
        "state": state,
        "more": more,
        **about,
    }


def pack_check(
    source: Tokens,
    curves: Curves | None,
    *,
    kl: NDArray[np.float32],
    delta_log_p: NDArray[np.float32],
    state: str,
    **about: Any,
) -> dict[str, Any]:
    """The `check` trait: what ablating tokens does to the prediction, in nats.

    Args:
        source: the text.
        curves: None before all of them are there, and where there is no ranking to check.
        kl: `[T]`, `KL(p ‖ p_ablated)` of each token left out alone, NaN where it is not; little-endian float32.
        delta_log_p: `[T]`, the same of `log p_ablated − log p`.
        state: "computing", "stopped" before what nobody asked for would take long, or "done".
        about: the question (`position`, `scope`, `target`, `foil`, `rank`, `signed`; None for what the scope does not
            take); `measured`, the token whose log p it is; `ablation`, and why some are `unavailable`; the `verdict`;
            `end`, and how many tokens are `screened`; the `seconds` that the rest takes; and `ablated`, of tokens taken
            away together: `tokens`, `before`, `after` (the same candidates), `kl`, `delta_log_p`; None without any.
    """
    return {
        "text": source.text,
        "state": state,
        "curves": curves and curves.packed(),
        "kl": _floats(kl),
        "delta_log_p": _floats(delta_log_p),
        **about,
    }


def pack_left_out(
    source: Tokens, position: int | None, kl: NDArray[np.float32] | None, *, state: str, **about: Any
) -> dict[str, Any]:
    """The `left_out` trait: what the prediction at `position` of `source` becomes without each piece before it.

    Args:
        source: the text.
        position: as the trait.
        kl: `[G]`, `KL(p ‖ p_ablated)` in nats of each piece that begins before the position, the embeddings of its
            tokens set to zero together; little-endian float32. None unless done.
        state: "done"; "too long" for what nobody asked for, with the `seconds` it would take; or "error".
        about: `granularity` and `pattern`, which say what a piece is; the `error`.
    """
    found = np.zeros(0, np.float32) if kl is None else kl
    return {"text": source.text, "position": position, "state": state, "kl": _floats(found), **about}
