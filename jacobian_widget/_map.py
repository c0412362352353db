"""The data of the map panel: rows as they are computed, and no more of them than were asked for."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jacobian_widget import _wire
from jacobian_widget.positions import MAP_SCOPES, PositionMap, map_seconds, stream_map
from jacobian_widget.scopes import SCOPES, ScopeName, check_scope
from jacobian_widget.untouched import state_of

if TYPE_CHECKING:
    from jacobian_widget._panels import Ask
    from jacobian_widget.attribution import Floats

MOST_TOKENS = 4096
UNASKED_SECONDS = 10.0
"""What may be computed although nobody pressed Compute."""
_PUBLISH_SECONDS = 1.0
_PUBLISH_BYTES = 8
"""All payloads so far may have so many times the bytes of the next one."""

trait = "map"


class Throttle:
    """Which steps are worth a payload: one a second at most, and all together at most ten times the last."""

    def __init__(self) -> None:
        self._at = -float("inf")
        self._sent = 0

    def due(self, rows: int, now: float) -> bool:
        """Whether to send a payload of so many rows."""
        size = rows * (rows + 1)
        if now - self._at < _PUBLISH_SECONDS or self._sent > _PUBLISH_BYTES * size:
            return False
        self._at, self._sent = now, self._sent + size
        return True


@dataclass(frozen=True)
class State:
    """From where the map goes on."""

    model_state: int
    found: PositionMap | None = None
    more: bool = True
    """Whether rows are missing."""
    idle: bool = False
    """Whether the rest waits for somebody to press Compute or Continue."""
    asked: bool = False
    """Whether somebody had pressed it when the last rows came."""
    spent: float = 0.0
    """Seconds for which it ran unasked."""
    throttle: Throttle = field(default_factory=Throttle)


def key(ask: Ask) -> Hashable:
    """The text and the scope that the map would show."""
    return ask.source, _scope(ask)


def compute(ask: Ask, before: State | None) -> Iterator[tuple[dict[str, Any], State]]:
    """The map as it grows, from where `before` got to.

    Unless `ask.run`, it stops where it would take, or has taken, more than `UNASKED_SECONDS`.

    Raises:
        TooLargeError: it does not fit into memory.
        Whatever `ask.interrupt` raises.
    """
    source, scope = ask.source, _scope(ask)
    about: dict[str, Any] = {"scope": scope, "unit": SCOPES[scope].unit}
    model_state = state_of(ask.model)
    if before is None or before.model_state != model_state:
        before = State(model_state)
    if len(source) > MOST_TOKENS:
        yield _wire.pack_map(None, source, state="too long", limit=MOST_TOKENS, **about), replace(before, more=False)
        return
    if not ask.run and before.idle:
        return
    left = _Left(map_seconds(ask.model, source), before.found)

    def payload(state: str, found: PositionMap | None) -> dict[str, Any]:
        return _wire.pack_map(found, source, state=state, seconds=round(left.seconds(found), 1), **about)

    if not ask.run and (before.asked or before.spent + left.seconds(before.found) > UNASKED_SECONDS):
        state = "stopped" if before.found else "waiting"
        yield payload(state, before.found), replace(before, idle=True, asked=False)
        return
    started = time.monotonic()
    steps = stream_map(ask.model, source, scope=scope, before=before.found, progress=ask.interrupt)
    known = replace(before, idle=False, asked=ask.run)
    for found in steps:
        now = time.monotonic()
        known = replace(known, found=found, spent=before.spent if ask.run else before.spent + now - started)
        if found.n_rows == len(source):
            known = replace(known, more=False)
            yield payload("done", found), known
        elif not ask.run and known.spent > UNASKED_SECONDS:
            yield payload("stopped", found), replace(known, idle=True)
            return
        elif known.throttle.due(found.n_rows, now):
            yield payload("computing", found), known


def _scope(ask: Ask) -> ScopeName:
    return check_scope(ask.scope if ask.scope in MAP_SCOPES else "log_probability")


class _Left:
    """What the rest takes: as foreseen, until its own pace says more."""

    def __init__(self, seconds: Floats, found: PositionMap | None) -> None:
        self._ahead = np.append(seconds[::-1].cumsum()[::-1], 0.0)
        self._first = found.n_rows if found else 0
        self._started = time.monotonic()

    def seconds(self, found: PositionMap | None) -> float:
        rows = found.n_rows if found else 0
        foreseen = float(self._ahead[self._first] - self._ahead[rows])
        pace = (time.monotonic() - self._started) / foreseen if foreseen > 0 else 1.0
        return float(self._ahead[rows]) * pace
