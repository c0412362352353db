"""Where the texts of a data set come from: one stream of rows for a list, an iterator, a DataFrame or a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.dataset

from jacobian_widget.rows import OWN, PLACE

RESERVED = frozenset((*OWN, *PLACE))
"""Names of our own columns; those that begin with `score_` and `standard_error_` are ours too."""
_LINES = (".jsonl", ".ndjson")
_ARROW_FILES = (".parquet", ".pq")


@dataclass(frozen=True)
class Columns:
    """Which columns of a source mean what."""

    text: str = "text"
    messages: str | None = None
    """Holds a chat in place of a text."""
    position: str | None = None
    target: str | None = None
    foil: str | None = None
    kept: tuple[str, ...] | None = None
    """The further columns that are carried along; None for all."""

    def carries(self, name: str) -> bool:
        """Whether a column is one of the further ones."""
        read = self.text if self.messages is None else self.messages
        return name != read and (self.kept is None or name in self.kept)


@dataclass(frozen=True)
class Row:
    """One row, as it came."""

    text: str | None = None
    messages: Any = None
    position: Any = None
    target: Any = None
    foil: Any = None
    problem: str | None = None
    """Why there is nothing to explain in it."""


@dataclass(frozen=True)
class Block:
    """The rows of one shard."""

    index: int
    start: int
    """Index of the first row."""
    rows: tuple[Row, ...]
    extras: pa.Table
    """The further columns, of as many rows."""


Batch: TypeAlias = "Sequence[Any] | pa.RecordBatch | pa.Table"
"""Rows one after the other: strings, mappings, lists of messages; or in columns."""


@dataclass
class Source:
    """Rows in order, read no further than they are asked for."""

    batches: Callable[[int], Iterator[Batch]]
    """Rows in groups of about as many as asked for."""
    rows: int | None = None
    """How many there are, where that is known beforehand."""
    schema: pa.Schema | None = None
    """Of columns, where it is known beforehand; else the first shard settles it."""
    names: tuple[str, ...] = ()
    """Of the columns, as far as the first row tells."""
    held: Sequence[Any] | None = None
    """All rows, where they are at hand: they settle the types of columns."""
    _types: dict[str, pa.DataType] | None = field(default=None, init=False)

    def blocks(self, size: int, columns: Columns) -> Iterator[Block]:
        """Groups of `size` rows, the last one shorter; one without rows where there are none.

        Raises:
            ValueError: a column that was named is not there, or the values of one change their type.
        """
        if self.schema is not None:
            _check_names(self.schema.names, columns)
        start = 0
        for index, rows in enumerate(_in_groups(self.batches(size), size)):
            yield Block(index, start, tuple(_row(row, columns) for row in rows), self._extras(rows, columns, start))
            start += len(rows)
        if not start:
            yield Block(0, 0, (), self._extras([], columns, 0))

    def _extras(self, rows: Sequence[Any], columns: Columns, start: int) -> pa.Table:
        if self._types is None:
            self._types = self._first_types(rows, columns)
        here = {str(name) for row in rows if isinstance(row, Mapping) for name in row}
        new = sorted(name for name in here - set(self._types) if columns.carries(name))
        if new:
            raise ValueError(
                f"column {new[0]!r} appears first among the rows from {start} on, when shards without it are written. "
                "Give it to the first row too, or name the columns to carry along with columns=[…]."
            )
        arrays = {}
        for name, type_ in self._types.items():
            values = [_value(row, name) for row in rows]
            try:
                arrays[_name(name)] = _array(values, type_, found=self.schema is None)
            except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
                raise ValueError(
                    f"column {name!r} held {type_} in the first rows, and other values among the rows from {start} on "
                    f"({error}). Give it one type, or leave it out with columns=[…]."
                ) from error
        return pa.table(arrays)

    def _first_types(self, rows: Sequence[Any], columns: Columns) -> dict[str, pa.DataType]:
        if self.schema is not None:
            found = {entry.name: entry.type for entry in self.schema}
        else:
            rows = rows if self.held is None else [_named(row) for row in self.held]
            names = dict.fromkeys(map(str, [*self.names, *(name for row in rows for name in _names(row))]))
            if names:
                _check_names(list(names), columns)
            found = {name: _type([_value(row, name) for row in rows]) for name in names if columns.carries(name)}
        return {name: _stored(type_) for name, type_ in found.items() if columns.carries(name)}


def read(source: object) -> Source:
    """Any source that `attribute_dataset` takes.

    Raises:
        TypeError: it takes none of this kind.
        ValueError: a file that is not there, or of another kind; columns of one name.
    """
    if isinstance(source, (str, PathLike)):
        return _file(Path(source))
    found = _known(source, type(source).__module__.partition(".")[0])
    if found is not None:
        return found
    if isinstance(source, Mapping) or not isinstance(source, Iterable):
        raise TypeError(
            "source must be a list or an iterator of texts or rows, a DataFrame, an Arrow table, a data set of "
            f"`datasets`, or the path of a Parquet or JSON Lines file; got {type(source).__name__}."
        )
    if isinstance(source, Sequence):
        return _sequence(source)
    rest = iter(source)
    first = list(islice(rest, 1))
    return Source(lambda size: _lists(chain(first, rest), size), names=_names(*first))


def _known(source: Any, library: str) -> Source | None:
    """The sources of libraries that need not be installed."""
    if library == "pyarrow":
        return _arrow(source)
    if library == "pandas" and hasattr(source, "iloc"):
        return _pandas(source) if hasattr(source, "columns") else _sequence([_python(value) for value in source])
    if library == "polars" and hasattr(source, "to_arrow"):
        return _arrow(source.to_arrow())
    # A column of a data set is a sequence like any other.
    if library == "datasets" and (isinstance(source, Mapping) or hasattr(source, "column_names")):
        return _hugging_face(source)
    if library == "ray" and hasattr(source, "iter_rows"):
        return Source(lambda size: _ray(source, size), names=tuple(source.columns() or ()))
    return None


def _sequence(rows: Sequence[Any]) -> Source:
    names = tuple(dict.fromkeys(name for row in rows for name in _names(row)))
    return Source(lambda size: _lists(rows, size), len(rows), names=names, held=rows)


def _file(path: Path) -> Source:
    if not path.exists():
        raise ValueError(f"there is no file {path}. For a single text pass a list, [text].")
    if path.suffix in _LINES:
        return Source(lambda size: _lists(_json_lines(path), size), names=_names(next(_json_lines(path), None)))
    if path.is_dir() or path.suffix in _ARROW_FILES:
        found = pyarrow.dataset.dataset(path, format="parquet")
        return Source(
            # Read as far as it is asked for, and in order.
            lambda size: found.to_batches(batch_size=size, batch_readahead=1, fragment_readahead=1),
            rows=found.count_rows(),
            schema=found.schema,
            names=tuple(found.schema.names),
        )
    raise ValueError(f"{path.name} is neither Parquet (.parquet) nor JSON Lines (.jsonl); read it and pass its rows.")


def _arrow(source: Any) -> Source | None:
    if isinstance(source, (pa.Array, pa.ChunkedArray)):
        return _sequence(source.to_pylist())
    if isinstance(source, pa.RecordBatch):
        return _table(pa.Table.from_batches([source]))
    return _table(source) if isinstance(source, pa.Table) else None


def _table(table: pa.Table) -> Source:
    _check_unique(table.schema.names)
    batches: Callable[[int], Iterator[Batch]] = lambda size: iter(table.to_batches(max_chunksize=size))  # noqa: E731
    return Source(batches, rows=len(table), schema=table.schema, names=tuple(table.schema.names))


def _hugging_face(source: Any) -> Source:
    if isinstance(source, Mapping):
        splits = ", ".join(map(repr, source))
        raise TypeError(f"this data set has splits; pass one of them, dataset[…] with {splits}.")
    if not hasattr(source, "__len__"):
        return Source(
            lambda size: _lists(source, size), names=tuple(source.column_names or _names(next(iter(source), None)))
        )
    arrow = source.with_format("arrow")
    return Source(
        lambda size: (arrow[i : i + size] for i in range(0, len(arrow), size)),
        rows=len(arrow),
        schema=source.features.arrow_schema,
        names=tuple(source.column_names),
    )


def _pandas(frame: Any) -> Source:
    names = tuple(map(str, frame.columns))
    _check_unique(names)
    schema = pa.schema([(str(name), _pandas_type(frame[name])) for name in frame.columns])
    return Source(lambda size: _frame(frame, size), rows=len(frame), schema=schema, names=names)


def _ray(source: Any, size: int) -> Iterator[list[Any]]:
    """Rows in order, which Ray keeps only where it is told to."""
    options = source.context.execution_options
    before, options.preserve_order = options.preserve_order, True
    try:
        yield from _lists(source.iter_rows(), size)
    finally:
        options.preserve_order = before


def _frame(frame: Any, size: int) -> Iterator[list[dict[str, Any]]]:
    """Rows of Python's own values; None for what pandas calls missing."""
    for start in range(0, len(frame), size):
        part = frame.iloc[start : start + size]
        columns = {str(name): [_python(value) for value in part[name]] for name in part.columns}
        yield [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _python(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    value = value.tolist() if hasattr(value, "tolist") else value
    # NaN, pandas.NA and NaT are not equal to themselves, or do not say.
    missing = type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)  # noqa: PLR0124
    return None if missing else value


def _json_lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    yield Row(problem=f"line {number} of {path.name} is not JSON: {error}")


def _lists(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def _in_groups(batches: Iterable[Batch], size: int) -> Iterator[list[Any]]:
    """Rows in groups of `size`, however they came."""
    waiting: list[Any] = []
    for batch in batches:
        waiting += batch.to_pylist() if isinstance(batch, (pa.Table, pa.RecordBatch)) else map(_named, batch)
        while len(waiting) >= size:
            yield waiting[:size]
            waiting = waiting[size:]
    if waiting:
        yield waiting


def _named(row: Any) -> Any:
    """A row whose columns are called by strings."""
    if not isinstance(row, Mapping) or all(type(name) is str for name in row):
        return row
    named = {str(name): value for name, value in row.items()}
    return named if len(named) == len(row) else Row(problem=f"two columns have one name, among {', '.join(named)}.")


def _row(given: Any, columns: Columns) -> Row:
    if isinstance(given, Row):
        return given
    if isinstance(given, str):
        given = {columns.text: given}
    elif columns.messages is not None and isinstance(given, (list, tuple)):
        given = {columns.messages: given}
    if not isinstance(given, Mapping):
        return Row(problem=f"a row must be a text or a mapping of columns, got {type(given).__name__}.")
    asked = {name: given.get(getattr(columns, name)) for name in ("position", "target", "foil")}
    if columns.messages is not None:
        messages = given.get(columns.messages)
        return Row(messages=messages, **asked, problem=None if messages else f"there are no {columns.messages!r}.")
    text = given.get(columns.text)
    if text is None:
        return Row(problem=f"there is no {columns.text!r}.")
    if not isinstance(text, str):
        return Row(problem=f"text must be a string, got {type(text).__name__}.")
    return Row(text, **asked)


def _names(first: Any = None) -> tuple[str, ...]:
    return tuple(map(str, first)) if isinstance(first, Mapping) else ()


def _value(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else None


def _check_names(names: Sequence[str], columns: Columns) -> None:
    wanted = [columns.messages or columns.text, columns.position, columns.target, columns.foil, *(columns.kept or ())]
    missing = [repr(name) for name in wanted if name is not None and name not in names]
    if missing:
        raise ValueError(
            f"the source has no column {', '.join(missing)}; its columns are {', '.join(map(repr, names))}."
        )


def _check_unique(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"the source has more than one column {', '.join(map(repr, twice))}; give each a name of its own."
        )


def _name(name: str) -> str:
    """What a further column is called beside ours, also where capitals are the same as small letters."""
    small = name.lower()
    taken = small in RESERVED or small.startswith(("score_", "standard_error_", "source_"))
    return f"source_{name}" if taken else name


def _type(values: Sequence[Any]) -> pa.DataType:
    try:
        return pa.array(values).type  # infer_type lets a string pass beside numbers
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.string()


def _pandas_type(column: Any) -> pa.DataType:
    try:
        found = pa.array(column, from_pandas=True).type
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        found = None
    if found is None or isinstance(found, pa.BaseExtensionType):
        return _type([_python(value) for value in column])
    return found.value_type if pa.types.is_dictionary(found) else found


def _stored(type_: pa.DataType) -> pa.DataType:
    """What is empty at first may hold anything later, as JSON; what is read as text is stored as text."""
    return pa.string() if str(type_) in ("null", "large_string", "string_view") else type_


def _array(values: Sequence[Any], type_: pa.DataType, *, found: bool) -> pa.Array:
    """A column of `type_`. Where the type was only `found` in earlier rows, Arrow would cut others to fit it.

    Raises:
        ValueError: some value is not kept as it is.
    """
    if pa.types.is_string(type_):
        return pa.array(map(_json, values), type_)
    made = pa.array(values, type_)
    if found:
        whole = pa.array(values)
        if whole.type != type_:
            for one, other in zip(whole.to_pylist(), made.to_pylist(), strict=True):
                if not _same(one, other):
                    raise ValueError(f"{one!r} would become {other!r}")
    return made


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_same(one.get(name), other.get(name)) for name in {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other or (one != one and other != other))  # noqa: PLR0124 - NaN


def _json(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode()
