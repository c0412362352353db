"""The picture kept to compare the present one with: how the trait `pinned` is made, and what the browser may write."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn, TypeGuard

from jacobian_widget._packing import FISHER_ARRAYS, check_runs
from jacobian_widget.scopes import SCOPES

_KEYS = ("tokens", "basis", "question")
_QUESTION = ("scope", "target", "foil", "rank")
_MOST_BYTES = 256 * 2**20
_AGAIN = "Pin the picture again, or set pinned = {} to unpin it."


def pinned_picture(tokens: Mapping[str, Any], basis: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """The value of `pinned` for the picture on screen.

    Args:
        tokens: the `tokens` payload (`_wire.pack_tokens`).
        basis: the `basis` payload of the same text (`_wire.pack_basis`).
        question: `scope`, and where they apply `target`, `foil`, `rank` and `signed`; what is left out counts as None.

    Raises:
        ValueError: there is no result yet, or it is not one of this text.
    """
    if not basis:
        raise ValueError("there is no picture to pin yet; wait for w.attribution.")
    asked = {name: question.get(name) for name in _QUESTION}
    if question.get("signed"):
        asked["signed"] = True
    return check_pinned({"tokens": dict(tokens), "basis": dict(basis), "question": asked})


def check_pinned(value: object) -> dict[str, Any]:
    """What a browser or a user wrote into `pinned`, with its buffers as bytes.

    Raises:
        ValueError: keys, types or sizes do not belong to one picture; the message says which.
    """
    if not isinstance(value, Mapping):
        _refuse(f"pinned must be a dictionary, got {type(value).__name__}")
    if not value:
        return {}
    if set(value) != set(_KEYS):
        _refuse(f"pinned must have the keys {', '.join(_KEYS)}; got {', '.join(map(str, value))}")
    tokens, basis, question = (_mapping(value[key], f"pinned[{key!r}]") for key in _KEYS)
    length = _check_tokens(tokens)
    kept = _check_basis(basis, tokens["text"], length)
    return {"tokens": dict(tokens), "basis": kept, "question": _check_question(question)}


def _check_tokens(tokens: Mapping[str, Any]) -> int:
    ids, pieces, labels = (_list(tokens.get(key), f"pinned['tokens'][{key!r}]") for key in ("ids", "pieces", "labels"))
    _expect(isinstance(tokens.get("text"), str), "pinned['tokens']['text'] is no text")
    _expect(all(_is_whole(k) for k in ids), "pinned['tokens']['ids'] holds something other than token ids")
    _expect(
        len(pieces) == len(labels) == len(ids),
        f"pinned['tokens'] has {len(ids)} ids, {len(pieces)} pieces and {len(labels)} labels",
    )
    _expect(all(isinstance(s, str) for s in (*pieces, *labels)), "pinned['tokens'] holds a piece that is no text")
    for name, starts in _mapping(tokens.get("groups"), "pinned['tokens']['groups']").items():
        firsts = _list(starts, f"the groups {name!r} of pinned['tokens']")
        rising = all(_is_whole(s) and s < len(ids) for s in firsts) and all(a < b for a, b in pairwise(firsts))
        _expect(rising and firsts[:1] == [0][: len(ids)], f"the groups {name!r} of pinned['tokens'] are out of order")
    return len(ids)


def _check_basis(basis: Mapping[str, Any], text: str, length: int) -> dict[str, Any]:
    _expect(basis.get("text") == text, "pinned['basis'] is not of the text of pinned['tokens']")
    end = _whole(basis, "end")
    _expect(end <= length, f"pinned['basis']['end'] is {end}, with {length} tokens")
    _expect(basis.get("length") == length, "pinned['basis'] is not of the tokens of pinned['tokens']")
    m = len(_list(basis.get("directions"), "pinned['basis']['directions']"))
    for key in ("gram_steps", "signed_steps"):
        steps = _list(basis.get(key), f"pinned['basis'][{key!r}]")
        _expect(len(steps) == m and all(map(_is_step, steps)), f"pinned['basis'][{key!r}] has no step per direction")
    rows = range(1, m + 1)
    kept = dict(basis) | {
        "gram": _records(basis.get("gram"), length, rows, "gram"),
        "gram_bos": _records(basis.get("gram_bos"), 1, rows, "gram_bos"),
        "signed": _records(basis.get("signed"), length, [m], "signed"),
    }
    if basis.get("fisher") is not None:
        fisher = _mapping(basis["fisher"], "pinned['basis']['fisher']")
        rank = _whole(fisher, "rank")
        _expect(_is_step(fisher.get("step")), "pinned['basis']['fisher'] has no step")
        columns = {key: rank if key == "spectrum" else 1 for key in FISHER_ARRAYS}
        arrays = {key: _records(fisher.get(key), length, [n], key) for key, n in columns.items()}
        arrays |= {key: _floats(fisher.get(key), rank, key) for key in ("spectrum_bos", "captured")}
        kept["fisher"] = dict(fisher) | arrays
    return kept


def _check_question(question: Mapping[str, Any]) -> dict[str, Any]:
    unknown = [name for name in question if name not in (*_QUESTION, "signed")]
    _expect(not unknown, f"pinned['question'] has unknown keys {', '.join(map(str, unknown))}")
    scope = question.get("scope")
    _expect(isinstance(scope, str) and scope in SCOPES, f"pinned['question']['scope'] is {scope!r}")
    for name in _QUESTION[1:]:
        number = question.get(name)
        _expect(number is None or _is_whole(number), f"pinned['question'][{name!r}] is {number!r}")
    _expect(isinstance(question.get("signed", False), bool), "pinned['question']['signed'] is neither True nor False")
    return {name: question.get(name) for name in _QUESTION} | ({"signed": True} if question.get("signed") else {})


def _records(raw: object, count: int, runs: Sequence[int], name: str) -> bytes:
    packed = _bytes(raw, name)
    try:
        check_runs(packed, count, runs)
    except ValueError as error:
        _refuse(f"{name!r} of pinned['basis'] is damaged: {error}")
    return packed


def _floats(raw: object, count: int, name: str) -> bytes:
    """Little-endian float32."""
    packed = _bytes(raw, name)
    _expect(
        len(packed) == 4 * count,
        f"{name!r} of pinned['basis'] holds {len(packed) / 4:g} numbers, {count} were expected",
    )
    return packed


def _bytes(raw: object, name: str) -> bytes:
    """As they came over the comm, in a buffer of their own."""
    if not isinstance(raw, (bytes, bytearray, memoryview)):
        _refuse(f"{name!r} of pinned['basis'] is no binary data")
    _expect(
        memoryview(raw).nbytes <= _MOST_BYTES, f"{name!r} of pinned['basis'] is larger than {_MOST_BYTES >> 20} MiB"
    )
    return bytes(raw)


def _is_step(raw: object) -> bool:
    return isinstance(raw, (int, float)) and not isinstance(raw, bool) and 0 < raw < math.inf


def _mapping(raw: object, name: str) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else _refuse(f"{name} is no dictionary")


def _list(raw: object, name: str) -> list[Any]:
    return list(raw) if isinstance(raw, (list, tuple)) else _refuse(f"{name} is no list")


def _is_whole(raw: object) -> TypeGuard[int]:
    return isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0


def _whole(raw: Mapping[str, Any], key: str) -> int:
    value = raw.get(key)
    return value if _is_whole(value) else _refuse(f"{key!r} of pinned['basis'] is {value!r}, no whole number")


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        _refuse(otherwise)


def _refuse(words: str) -> NoReturn:
    raise ValueError(f"{words}. {_AGAIN}")
