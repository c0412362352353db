"""Checks the token ids that a caller hands in."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping


def integer(value: object, name: str, allowed: str) -> int:
    """An `int` from anything that is an integer of some library, but no `bool`."""
    # NumPy's bool has no __index__; torch's has, but names itself by dtype.
    if not isinstance(value, bool) and "bool" not in str(getattr(value, "dtype", "")):
        try:
            return operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise TypeError(f"{name} is {value!r} ({type(value).__name__}); pass {allowed}.")


def id_list(input_ids: object) -> list[int]:
    """The ids of one sequence, `[T]` or `[1, T]`, as plain ints."""
    values: object = input_ids.tolist() if hasattr(input_ids, "tolist") else input_ids
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(
            f"input_ids must be a sequence of token ids; got {type(input_ids).__name__}. "
            "Pass a list, an array or a tensor of shape [T] or [1, T]."
        )
    items = list(values)
    if items and all(_is_row(item) for item in items):
        if len(items) > 1:
            raise ValueError(f"input_ids holds {len(items)} sequences; pass one, of shape [T] or [1, T].")
        items = list(items[0])
    ids = [integer(item, f"input_ids[{at}]", "token ids (int)") for at, item in enumerate(items)]
    for at, token_id in enumerate(ids):
        if token_id < 0:
            raise ValueError(f"input_ids[{at}] is {token_id}; a token id is not negative (is it a label mask?).")
    return ids


def _is_row(item: object) -> bool:
    """Whether it holds ids of its own; a tensor of shape `[]` is a single id."""
    return isinstance(item, Iterable) and not isinstance(item, (str, bytes)) and getattr(item, "shape", 0) != ()
