"""What the series panel asks of the model: the distribution over the number at the explained position."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from jacobian_widget import _wire
from jacobian_widget._panels import Ask
from jacobian_widget.numerals import numerals
from jacobian_widget.series import MASS, MOST, Search, predicted

trait: Final = "series"

_GLANCE_MOST: Final = 768
_GLANCE_MASS: Final = 0.95
"""How far the panel looks by itself; asked to, it looks as far as `next_values` does."""


@dataclass
class Found:
    """A search, None where there is nothing to search, and whether it can go on when it is asked to."""

    search: Search | None
    more: bool


def key(ask: Ask) -> Hashable:
    """The same prediction, whichever token of its number is explained."""
    return (ask.source, *predicted(ask.source, ask.position))


def compute(ask: Ask, before: Found | None) -> Iterator[tuple[dict[str, Any], Found]]:
    """Payloads of `_wire.pack_series`, each with more of the distribution; empty for a text without numbers."""
    at, number = predicted(ask.source, ask.position)
    if ask.tokenizer is None or not numerals(ask.source) or at + len(ask.source.bos) == 0:
        yield {}, Found(None, more=False)
        return
    search = before.search if before is not None else None
    search = search or Search(ask.model, ask.tokenizer, ask.source, at)
    most, mass = (MOST, MASS) if ask.run else (_GLANCE_MOST, _GLANCE_MASS)
    about: dict[str, Any] = {"at": None if number is None else at, "actual": None if number is None else number.value}
    for _ in search.steps(most, mass, ask.interrupt):
        more = _more(search)
        yield _wire.pack_series(ask.source, search.result(), state="computing", more=more, **about), Found(search, more)
    more = _more(search)
    yield _wire.pack_series(ask.source, search.result(), state="done", more=more, **about), Found(search, more)


def _more(search: Search) -> bool:
    return not search.ended and search.unexplored > 1 - MASS and search.prefixes < MOST
