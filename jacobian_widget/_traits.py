"""Traits of the widget that traitlets does not have, and the error of a bad value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import traitlets as t


class BadValueError(ValueError, t.TraitError):
    """A trait was set to a value it does not take; the trait keeps its old value."""


class WholeNumber(t.Int["int | None", "int | None"]):
    """An integer trait that takes NumPy's integers and refuses True and False."""

    def validate(self, obj: Any, value: Any) -> int:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            self.error(obj, value)
        return int(value)


def indices(name: str, values: Iterable[int], count: int, which: str) -> list[int]:
    """`values` of the trait `name` in ascending order, each once.

    Raises:
        BadValueError: one is not an index of the `count` tokens; the message calls them `which`.
    """
    chosen = sorted(set(values))
    if wrong := [k for k in chosen if not 0 <= k < count]:
        raise BadValueError(f"{name} takes indices of {which}, 0 to {count - 1}; got {wrong[0]}.")
    return chosen


@contextmanager
def bad_values() -> Iterator[None]:
    """Turn what the maths says about a value into a `BadValueError`."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise BadValueError(str(error)) from error
