"""One picture as plain data: what is written, printed or exported starts from it. Mirror: `js/panels/written.ts`."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from jacobian_widget.scopes import SCOPES, ScopeName, check_scope

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution, Target
    from jacobian_widget.tokens import Tokens

SCALES: Final = ("linear", "log", "rank", "share")
HIDEABLE: Final = ("template", "delimiters")
_LINEAR_BELOW: Final = 1 / 100


@dataclass(frozen=True)
class Piece:
    """One coloured piece of the text: tokens `start` to `stop` - 1."""

    text: str
    label: str
    start: int
    stop: int
    score: float | None
    """None where there is none: at and after the position, and where the piece is hidden."""
    error: float
    """Standard error of an estimated score, else 0."""
    share: float
    """Of the whole influence, 0 to 1."""
    weight: float
    """Place of the score on the colour bar, 0 to 1, without its sign; 0 below the threshold."""


@dataclass(frozen=True)
class Picture:
    """What a reader is shown."""

    question: str
    scope: str
    title: str
    unit: str
    model: str
    position: int | None
    explained: int | None
    """The piece that holds the token at `position`."""
    granularity: str
    rank: int | None
    signed: bool
    scale: str
    top: float
    """The score that has full ink."""
    bos_share: float | None
    """Share of the influence that BOS tokens hold; None where there are none."""
    hidden_share: float | None
    """Share of what `hide` leaves out; None where nothing is."""
    pieces: tuple[Piece, ...]

    @property
    def order(self) -> list[int]:
        """The pieces that have a score, strongest first."""
        scored = [i for i, piece in enumerate(self.pieces) if piece.score is not None]
        return sorted(scored, key=lambda i: -abs(self.pieces[i].score or 0.0))


def picture_of(
    a: Attribution,
    scope: ScopeName | str = "semantic",
    *,
    target: Target | None = None,
    foil: Target | None = None,
    rank: int | None = None,
    signed: bool = False,
    granularity: str = "token",
    pattern: str = "",
    scale: str = "linear",
    threshold: float = 0.0,
    vmax: float | None = None,
    hide: Sequence[str] = (),
) -> Picture:
    """The picture that the widget would show for these settings; they are its traits of the same names.

    Raises:
        ValueError: as `Attribution.scores`; or as `check_look`.
    """
    name = check_scope(scope)
    check_look(scale=scale, threshold=threshold, vmax=vmax, hide=hide)
    signed = signed and name != "fisher"
    question: dict[str, Any] = {"rank": rank} if name == "fisher" else {"target": target, "foil": foil}
    if signed:
        question["signed"] = True
    values = a.scores(name, **question).astype(np.float64)  # [T]
    shares, bos = (np.abs(values) / (np.abs(values).sum() or 1.0), 0.0) if signed else a.shares(name, **question)
    errors = a.standard_error(name, rank=rank if name == "fisher" else None)  # [T]
    parts = values if signed or name == "fisher" else values**2
    hidden = _hidden(a.source, hide)  # [T]
    starts = list(a.source.groups("regex", pattern) if granularity == "regex" else a.source.groups(granularity))  # type: ignore[arg-type]
    stops = [*starts[1:], len(a.source)]
    sums: list[tuple[float | None, float, float]] = []
    for start, stop in zip(starts, stops, strict=True):
        seen = [t for t in range(start, min(stop, a.end)) if not hidden[t]]
        total = float(parts[seen].sum())
        score = total if signed or name == "fisher" else math.sqrt(total)
        share = abs(float(values[seen].sum())) / (np.abs(values).sum() or 1.0) if signed else float(shares[seen].sum())
        sums.append((score if seen else None, float(errors[seen].sum()), float(share)))
    weights, top = _weights(
        [s for s, _, _ in sums], scale, threshold, vmax, power=1 if signed or name == "fisher" else 2
    )
    labels = a.source.labels
    explained = None
    if a.position is not None:
        explained = max(g for g, start in enumerate(starts) if start <= a.position)
    return Picture(
        question=_words(a, name, target, foil),
        scope=name,
        title=SCOPES[name].title,
        # Gradient × input is a change, no longer one per unit of the embedding's norm.
        unit=SCOPES[name].unit.split(" per ")[0] if signed else SCOPES[name].unit,
        model=a.model,
        position=a.position,
        explained=explained,
        granularity=granularity,
        rank=rank if name == "fisher" else None,
        signed=signed,
        scale=scale,
        top=top,
        bos_share=float(bos) if a.source.bos and not signed else None,
        hidden_share=float(shares[hidden].sum()) if hide else None,
        pieces=tuple(
            Piece("".join(a.source.pieces[i:j]), "".join(labels[i:j]), i, j, score, error, share, weight)
            for i, j, (score, error, share), weight in zip(starts, stops, sums, weights, strict=True)
        ),
    )


def check_look(
    *, scale: str = "linear", threshold: float = 0.0, vmax: float | None = None, hide: Sequence[str] = ()
) -> None:
    """Whether a picture can be drawn so.

    Raises:
        ValueError: what was passed, and what is allowed.
    """
    one_of("scale", scale, SCALES)
    for name in hide:
        one_of("hide", name, HIDEABLE)
    if not 0 <= threshold < 1:
        raise ValueError(f"threshold is a place on the colour bar, from 0 to below 1; got {threshold}.")
    if vmax is not None and not 0 < vmax < math.inf:
        raise ValueError(f"vmax is the score that gets full ink, above 0, or None; got {vmax}.")


def one_of(name: str, value: str, allowed: Iterable[str]) -> None:
    """Raise a ValueError unless `value` is one of `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} {value!r} is unknown; choose one of {', '.join(allowed)}.")


def _weights(
    scores: Sequence[float | None], scale: str, threshold: float, vmax: float | None, *, power: int
) -> tuple[list[float], float]:
    """The ink of each score, and the score that has all of it. As `weight` in `js/color.ts`."""
    sizes = sorted(abs(s) for s in scores if s is not None)
    highest = sizes[-1] if sizes else 0.0
    top = highest if scale == "rank" or vmax is None else vmax

    def weight(score: float | None) -> float:
        size = abs(score or 0.0)
        if size == 0 or top == 0:
            return 0.0
        part = min(1.0, size / top)
        if scale == "rank":
            part = bisect_right(sizes, size) / len(sizes)
        elif scale == "log":
            part = math.asinh(part / _LINEAR_BELOW) / math.asinh(1 / _LINEAR_BELOW)
        elif scale == "share":
            part **= power
        return part if part >= threshold else 0.0

    return [weight(s) for s in scores], top


def _hidden(source: Tokens, hide: Sequence[str]) -> NDArray[np.bool_]:
    """`[T]`."""
    hidden = np.zeros(len(source), bool)
    if "template" in hide and source.roles:
        hidden |= np.array([role == "template" for role in source.roles])
    if "delimiters" in hide:
        hidden |= np.array(source.delimiters, bool)
    return hidden


def _words(a: Attribution, scope: ScopeName, target: Target | None, foil: Target | None) -> str:
    words = SCOPES[scope].question
    if not SCOPES[scope].needs_target:
        return words
    wanted = _ids(a, a.default_target if target is None else target)
    other = _ids(a, a.foil_of(wanted[0]) if foil is None else foil) if SCOPES[scope].needs_foil else []
    return words.format(target=_named(a, wanted), foil=_named(a, other))


def _ids(a: Attribution, target: Target) -> list[int]:
    if isinstance(target, (int, str, np.integer)):
        return [a.resolve(target)]
    return [a.resolve(k) for k in target]


def _named(a: Attribution, ids: Sequence[int]) -> str:
    known = dict(zip(a.source.ids, a.source.labels, strict=True))
    known |= {c.id: c.label for c in a.predictions}
    return " or ".join(known.get(k, f"token {k}") for k in ids)
