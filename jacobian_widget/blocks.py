"""Stored scores as shares of the influence, a block of texts at a time, without a loop over tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jacobian_widget.groups import matches
from jacobian_widget.rows import Rows

if TYPE_CHECKING:
    import pyarrow as pa

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]
_GRAMS = ("directions", "gram_bos", "target", "foil", "predictions")
_TEXT = "text"


@dataclass(eq=False)
class Block:
    """`n` texts. Only tokens before the explained position are there: no others can have influence."""

    batch: pa.RecordBatch
    ends: Integers
    """`[n]`, how many tokens each text has before the explained one."""
    of: Integers
    """`[tokens]`, the text of each."""
    at: Integers
    """`[tokens]`, the index of each in its text."""
    shares: Doubles
    """`[tokens]`, of the whole influence of its text; with `bos`, 1 in each text."""
    bos: Doubles
    """`[n]`, share of the BOS tokens; 0 where it was not stored."""
    has_bos: NDArray[np.bool_]
    """`[n]`, whether it was stored, and is about a BOS token."""
    _kept: NDArray[np.bool_] = field(repr=False)
    """`[all tokens]`, those before the explained one."""

    @property
    def rows(self) -> Integers:
        """`[n]`, indices in the source."""
        return _numbers(self.batch.column("row"), np.int64)

    @cached_property
    def ids(self) -> Integers:
        """`[tokens]`, vocabulary ids."""
        return _numbers(self.batch.column("ids").flatten(), np.int64)[self._kept]

    def values(self, column: str) -> NDArray[Any]:
        """`[n]`, a column as it is."""
        found: NDArray[Any] = self.batch.column(column).to_numpy(zero_copy_only=False)
        return found

    def piece(self, at: int) -> str:
        """The text of a token, by its index in `of`."""
        return str(self.batch.column("tokens")[int(self.of[at])][int(self.at[at])])

    def roles(self, names: dict[str, int]) -> Integers:
        """`[tokens]`, a number for each role; new ones are added to `names`."""
        column = self.batch.column("roles")
        codes = np.full(len(self._kept), -1, np.int64)
        lengths = _lengths(self.batch.column("ids"))
        coded = column.flatten().dictionary_encode()
        known = [names.setdefault(str(role), len(names)) for role in coded.dictionary.to_pylist()]
        chat = np.repeat(_lengths(column) > 0, lengths)
        if known:
            codes[chat] = np.array(known)[_numbers(coded.indices, np.int64)]
        if not chat.all():
            codes[~chat] = names.setdefault(_TEXT, len(names))
        return codes[self._kept]

    def touching(self, patterns: Sequence[str]) -> Integers:
        """`[tokens]`, the first pattern of which a match touches the token; `len(patterns)` for none."""
        found: list[Integers] = []
        for text, pieces, end in zip(
            self.batch.column("text").to_pylist(), self.batch.column("tokens").to_pylist(), self.ends, strict=True
        ):
            bounds = np.cumsum([0, *map(len, pieces)])
            part = np.full(len(text), len(patterns), np.int64)  # of each character
            for k in reversed(range(len(patterns))):
                for start, stop in matches(patterns[k], text):
                    part[start:stop] = k
            best = np.minimum.reduceat(np.append(part, len(patterns)), bounds[:-1]) if len(pieces) else part[:0]
            best[np.diff(bounds) == 0] = len(patterns)
            found.append(best[:end])
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def overlap(self, at: Integers, other: Block, there: Integers) -> Doubles:
        """`[k]`, `Σ min` of the shares of texts `at` here and `there` in `other`; NaN where their tokens differ."""
        result = np.full(len(at), np.nan)
        same = np.flatnonzero(self.ends[at] == other.ends[there])
        mine, spans = _gathered(self._offsets, self.ends, at[same])
        theirs, _ = _gathered(other._offsets, other.ends, there[same])
        text = np.repeat(np.arange(len(same)), spans)
        differ = np.bincount(text, self.ids[mine] != other.ids[theirs], minlength=len(same)) > 0
        sums = np.bincount(text, np.minimum(self.shares[mine], other.shares[theirs]), minlength=len(same))
        whole = sums + np.minimum(self.bos[at[same]], other.bos[there[same]])
        result[same] = np.where(differ, np.nan, np.minimum(whole, 1))  # equal shares may add to a little more
        return result

    @cached_property
    def _offsets(self) -> Integers:
        return np.concatenate([[0], np.cumsum(self.ends)])[:-1].astype(np.int64)


def blocks(rows: Rows, scope: str, columns: Sequence[str], search: str = "", where: str = "") -> Iterator[Block]:
    """The rows that have scores, as shares.

    Shares are of the whole influence, BOS included. Where the influence of BOS was not stored, because the run left
    out what it follows from, they are of the text's tokens alone.

    Args:
        rows: where they lie.
        scope: one of `rows.scopes`.
        columns: further ones to have at hand.
        search: as in `Rows.find`.
        where: as in `Rows.find`.

    Raises:
        ValueError: the scope was not stored, or the condition is none.
    """
    if scope not in rows.scopes:
        raise ValueError(f"scope {scope!r} was not stored; choose one of {', '.join(rows.scopes)}.")
    needed = ("fisher",) if scope == "fisher" else _GRAMS
    stored = all(name in rows.columns for name in needed)
    wanted = ["position", "ids", "n_bos", f"score_{scope}", *(needed if stored else ()), *columns]
    for batch in rows.batches(list(dict.fromkeys(wanted)), search, where):
        if batch.num_rows:
            yield _block(batch, scope, stored=stored)


def _block(batch: pa.RecordBatch, scope: str, *, stored: bool) -> Block:
    lengths = _lengths(batch.column("ids"))
    position = batch.column("position").fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.where(position < 0, lengths, position)
    of = np.repeat(np.arange(len(lengths)), lengths)
    at = np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = at < ends[of]
    of, at = of[kept], at[kept]
    scores = _numbers(batch.column(f"score_{scope}").flatten(), np.float64)[kept]
    parts = scores if scope == "fisher" else scores**2
    whole = _fisher_bos if scope == "fisher" else partial(_bos_squares, scope=scope)
    bos = whole(batch) if stored else np.full(len(ends), np.nan)
    known = np.isfinite(bos)
    bos = np.where(known, bos, 0.0)
    total = np.bincount(of, parts, minlength=len(ends)) + bos
    scale = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
    there = known & (_numbers(batch.column("n_bos"), np.int64) > 0)
    return Block(batch, ends, of, at, parts * scale[of], bos * scale, there, kept)


def _fisher_bos(batch: pa.RecordBatch) -> Doubles:
    """The trace `[n]` of the BOS tokens."""
    import pyarrow.compute as pc

    spectrum = pc.struct_field(batch.column("fisher"), "spectrum_bos")
    count = _lengths(spectrum)
    row = np.repeat(np.arange(len(count)), count)
    weights = _numbers(spectrum.flatten(), np.float64)
    top = np.bincount(row, weights, minlength=len(count)).astype(np.float64)
    rest: Doubles = _numbers(pc.struct_field(batch.column("fisher"), "remainder_bos"), np.float64)
    return top + rest


def _bos_squares(batch: pa.RecordBatch, scope: str) -> Doubles:
    """`cᵀ G c` `[n]` of the BOS tokens, for the scope's direction `c`; NaN where the stored directions don't span it.

    `scopes.combination` for a whole block at a time.
    """
    import pyarrow.compute as pc

    column = batch.column("directions")
    count = _lengths(column)
    values = column.flatten()
    kinds = pc.struct_field(values, "kind").to_numpy(zero_copy_only=False)
    ids = pc.struct_field(values, "id").fill_null(-1).to_numpy(zero_copy_only=False)
    row = np.repeat(np.arange(len(count)), count)
    first = np.cumsum(count) - count

    def place(kind: str, of: Integers | None = None) -> Integers:
        """Index `[n]` of a direction among its text's, or −1."""
        hit = np.flatnonzero((kinds == kind) & (True if of is None else ids == of[row]))
        found = np.full(len(count), -1, np.int64)
        found[row[hit]] = hit - first[row[hit]]
        return found

    gram = np.append(_numbers(batch.column("gram_bos").flatten(), np.float64), np.nan)
    start = np.cumsum(size := _lengths(batch.column("gram_bos"))) - size

    def entry(i: Integers, j: Integers) -> Doubles:
        high, low = np.maximum(i, j), np.minimum(i, j)
        return gram[np.where(low < 0, -1, start + high * (high + 1) // 2 + low)]

    def square(*terms: tuple[Integers, float]) -> Doubles:
        total = np.zeros(len(count))
        for i, a in terms:
            for j, b in terms:
                total += a * b * entry(i, j)
        return np.maximum(total, 0)

    target = _numbers(batch.column("target"), np.int64)
    if scope == "semantic":
        found = square((place("log_probability", target), 1), (place("mean"), 1))
        return _or(found, square((place("logit", target), 1)))
    if scope == "contrast":
        other = _foils(batch, target)
        pairs = [square((place(k, target), 1), (place(k, other), -1)) for k in ("log_probability", "logit")]
        return np.where(target == other, 0.0, _or(*pairs))
    if scope == "log_probability":
        return square((place("log_probability", target), 1))
    return square((place(scope), 1))


def _or(found: Doubles, otherwise: Doubles) -> Doubles:
    return np.where(np.isfinite(found), found, otherwise)


def _foils(batch: pa.RecordBatch, target: Integers) -> Integers:
    """`[n]`, as `Attribution.foil_of`: the one that was named, else the likeliest token that is not the target."""
    import pyarrow.compute as pc

    column = batch.column("predictions")
    ids = _numbers(pc.struct_field(column.flatten(), "id"), np.int64)
    count = _lengths(column)
    row = np.repeat(np.arange(len(count)), count)
    likeliest = target.copy()
    other = np.flatnonzero(ids != target[row])[::-1]  # the first is written last
    likeliest[row[other]] = ids[other]
    named = _numbers(batch.column("foil").fill_null(-1), np.int64)
    return np.where((named < 0) | (named == target), likeliest, named)


def _gathered(offsets: Integers, lengths: Integers, which: Integers) -> tuple[Integers, Integers]:
    """Flat indices of the elements of lists `which`, one list behind the other, and the lists' lengths."""
    spans = lengths[which]
    inside = np.arange(spans.sum()) - np.repeat(np.cumsum(spans) - spans, spans)
    return np.repeat(offsets[which], spans) + inside, spans


def _lengths(column: pa.ListArray) -> Integers:
    import pyarrow.compute as pc

    return _numbers(pc.list_value_length(column).fill_null(0), np.int64)


def _numbers(column: pa.Array, dtype: Any) -> NDArray[Any]:
    found: NDArray[Any] = column.to_numpy(zero_copy_only=False).astype(dtype)
    return found
