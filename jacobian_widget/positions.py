"""The map of a text: each token explained by each token before it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from jacobian_widget.attribution import Floats
from jacobian_widget.backward import Backward, Progress
from jacobian_widget.explain import read_tokens
from jacobian_widget.forward import Head
from jacobian_widget.memory import plans
from jacobian_widget.probe import rows_vjp
from jacobian_widget.scopes import DirectionKind, ScopeName, check_scope, cotangents
from jacobian_widget.tokens import Tokens

_KINDS: dict[str, DirectionKind] = {
    "semantic": "logit",
    "log_probability": "log_probability",
    "temperature": "temperature",
    "entropy": "entropy",
}
MAP_SCOPES = tuple(_KINDS)
"""The scopes that a map can show."""
_LEAST = 8
"""Positions that share one graph at least: fewer leave the batches of a backward pass empty."""


@dataclass(frozen=True)
class PositionMap:
    """`scores[q, t]`: how token `t` moved the prediction of token `q`, under one scope."""

    source: Tokens
    """The text as tokens."""
    scope: ScopeName
    """One of `MAP_SCOPES`."""
    scores: Floats
    """`[T, T]`, lower triangular without its diagonal; row `q` in the unit of the scope. NaN where it is not computed
    yet, and in row 0 of a text without BOS, which nothing predicts."""
    bos: Floats
    """`[T]`, the joint score of the BOS tokens for each `q`."""
    n_vjps: int
    """VJPs taken."""
    n_forwards: int
    """Forward passes taken."""

    @property
    def n_rows(self) -> int:
        """Rows 0 to `n_rows` - 1 are computed; so is row 0 of a text without BOS, of which there is nothing to know."""
        first = 0 if self.source.bos else 1
        return first + int(np.isfinite(self.bos[first:]).sum())


def position_map(
    model: torch.nn.Module,
    tokenizer: Any = None,
    text: str | None = None,
    *,
    input_ids: Sequence[int] | None = None,
    n_bos: int | None = None,
    scope: ScopeName | str = "log_probability",
    progress: Progress | None = None,
    max_memory: int | None = None,
) -> PositionMap:
    """Explain every token of a text by those before it: one VJP for each.

    Args:
        model: a causal LM of `transformers`; it is left exactly as found.
        tokenizer: its tokenizer; may be left out with `input_ids`.
        text: the text. Give this or `input_ids`.
        input_ids: `[T]` token ids, BOS not among them.
        n_bos: as in `attribute`.
        scope: "log_probability" or "semantic" of the token that stands there, "temperature" or "entropy".
        progress: called with the VJPs taken and wanted, at every block of every pass; what it raises ends it.
        max_memory: bytes above the loaded model; None for 70 % of what is free.

    Raises:
        ValueError: a scope that is not one direction per position; see also `attribute`.
        UnsupportedModelError, NonFiniteError, TooLargeError: see `attribute`.
    """
    *_, result = stream_map(
        model,
        read_tokens(model, tokenizer, text, input_ids=input_ids, n_bos=n_bos),
        scope=scope,
        progress=progress,
        max_memory=max_memory,
    )
    return result


def stream_map(
    model: torch.nn.Module,
    source: Tokens,
    *,
    scope: ScopeName | str = "log_probability",
    before: PositionMap | None = None,
    progress: Progress | None = None,
    max_memory: int | None = None,
) -> Iterator[PositionMap]:
    """The map as it grows, from the first position to the last: a step for each batch of VJPs.

    All steps share their arrays, which are filled further as it goes on: copy what is to stay as it is. `before` is
    any step of an earlier call with the same model, source and scope: the rows in its arrays are not computed again.

    A position `q` needs a backward pass over the tokens before it alone, but a graph of the whole text makes one over
    all of them. So the text is cut into about `√T` runs of positions, each with the graph of the text up to its end:
    half the work of a single graph, for a few short forward passes more.
    """
    name = check_scope(scope)
    if name not in MAP_SCOPES:
        linear = ", ".join(MAP_SCOPES)
        raise ValueError(f"the map shows one direction per position; scope {name!r} is none. Choose one of {linear}.")
    n_bos, count = len(source.bos), len(source)
    ids = (*source.bos, *source.ids)
    wanted = list(range(0 if n_bos else 1, count))
    if before is None:
        scores = np.tril(np.full((count, count), np.nan, np.float32), -1)
        bos = np.full(count, np.nan, np.float32)
        if not n_bos:
            scores[0] = np.nan
        before = PositionMap(source, name, scores, bos, 0, 0)
    elif before.source != source or before.scope != name:
        raise ValueError(f"before is a map of another text, or of scope {before.scope!r}; leave it out.")
    scores, bos, done, forwards = before.scores, before.bos, before.n_rows - (not n_bos), before.n_forwards
    if done == len(wanted):
        yield before
    for whole in _runs(wanted):
        run = [q for q in whole if math.isnan(bos[q])]
        if not run:
            continue
        at = [n_bos + q - 1 for q in run]
        backward = Backward(model, ids[: at[-1] + 1], max_memory=max_memory)
        backward.expected = len(wanted)
        backward.n_vjps = done
        head = backward.heads(at, progress)
        row = 0
        for g in backward.vjps(_directions(_KINDS[name], head, [source.ids[q] for q in run]), at, progress):
            squares = g.square().sum(-1).cpu().numpy()  # [k, n]
            for s in squares:
                q = run[row]
                scores[q, :q] = np.sqrt(s[n_bos : n_bos + q])
                bos[q] = math.sqrt(float(s[:n_bos].sum()))
                row += 1
            yield PositionMap(source, name, scores, bos, backward.n_vjps, forwards + backward.n_forwards)
        done, forwards = backward.n_vjps, forwards + backward.n_forwards


def map_seconds(model: torch.nn.Module, source: Tokens, *, max_memory: int | None = None) -> Floats:
    """What each row of the map will take in seconds `[T]`, by estimate (see `memory.plans`).

    Raises:
        TooLargeError: no way of computing it fits into memory.
    """
    n_bos = len(source.bos)
    ids = (*source.bos, *source.ids)
    seconds = np.zeros(len(source), np.float32)
    for run in _runs(range(0 if n_bos else 1, len(source))):
        plan = next(plans(model, ids[: n_bos + run[-1]], len(run), max_memory))
        seconds[run[0] : run[-1] + 1] = plan.seconds / len(run)
    return seconds


def _runs(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    size = max(_LEAST, math.isqrt(len(positions)))
    for start in range(0, len(positions), size):
        yield positions[start : start + size]


def _directions(kind: DirectionKind, head: Head, ids: Sequence[int]) -> Tensor:
    """`v` `[k, d]`, one direction for each of the `k` positions of `head`."""
    if kind == "temperature":
        y = head.y.detach().to(torch.promote_types(head.y.dtype, torch.float32))
        directions: Tensor = y / y.norm(dim=-1, keepdim=True)
        return directions
    target = kind in ("logit", "log_probability")
    u = [cotangents([(kind, k if target else None)], z)[0] for k, z in zip(ids, head.z, strict=True)]
    return rows_vjp(head, torch.stack(u))
