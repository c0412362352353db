"""Traits of the widget that traitlets does not have, and the error of a bad value."""

from __future__ import annotations

from collections.abc import Iterator
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


@contextmanager
def bad_values() -> Iterator[None]:
    """Turn what the maths says about a value into a `BadValueError`."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise BadValueError(str(error)) from error
