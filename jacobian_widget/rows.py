"""The rows of stored scores: found, ordered and read a page at a time, however many there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

OWN: Final = (
    *("row", "text", "error", "position", "ids", "tokens", "labels", "roles", "n_bos", "bos", "bos_labels"),
    *("target", "target_token", "foil", "p", "entropy", "beta", "degenerate", "predictions"),
    *("directions", "gram", "gram_bos", "signed", "fisher"),
)
"""Columns that `attribute_dataset` writes, besides the scores of each scope."""
PLACE: Final = ("file_index", "file_row_number")
"""What DuckDB calls the place of a row."""
_NEEDS: Final = ("row", "text", "error", "tokens")
_SORTABLE: Final = ("INT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "BOOLEAN", "DATE", "TIME")
_FLOATS: Final = ("FLOAT", "DOUBLE")
_SCORE: Final = "score_"
_BATCH: Final = 4096


@dataclass(frozen=True, eq=False)
class Found:
    """Which rows were asked for, in which order."""

    count: int
    places: NDArray[np.int64] | None
    """`[count]`, the rows counted through all files; None for every row as it lies."""

    def page(self, start: int, size: int) -> NDArray[np.int64]:
        """Places of the rows `start` … `start + size - 1`, as far as there are any."""
        if self.places is not None:
            return self.places[start : start + size]
        return np.arange(start, min(start + size, self.count), dtype=np.int64)


class Rows:
    """The Parquet shards of a run of `attribute_dataset`, read through DuckDB: never as a whole.

    Args:
        path: the folder of shards, or one Parquet file.

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: no Parquet files of `attribute_dataset`.
        OSError: a file can't be read; so do all methods that read.
        ImportError: DuckDB is not installed.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self.files = [str(file) for file in _files(self.path)]
        self._connection = _connection()
        self._lock_down()
        relation = self._relation(self._connection)
        self.columns = dict(zip(relation.columns, map(str, relation.types), strict=True))
        if missing := [name for name in _NEEDS if name not in self.columns]:
            raise ValueError(
                f"{self.path} has no column {', '.join(missing)}: it was not written by attribute_dataset. "
                f"Its columns are {', '.join(list(self.columns)[:12])}."
            )
        counts = self._counts()
        self._starts = np.concatenate([[0], np.cumsum(counts)])  # [files + 1]
        self._numbers: NDArray[np.int64] | None = None
        self._order = np.zeros(0, np.int64)

    def __len__(self) -> int:
        """Rows in all files, those with an error among them."""
        return int(self._starts[-1])

    @property
    def scopes(self) -> list[str]:
        """The scopes that were stored."""
        return [name.removeprefix(_SCORE) for name in self.columns if name.startswith(_SCORE)]

    @property
    def further(self) -> list[str]:
        """Columns of the source itself, carried along."""
        own = {*OWN, *PLACE, *(f"{kind}_{scope}" for scope in self.scopes for kind in ("score", "standard_error"))}
        return [name for name in self.columns if name not in own]

    @property
    def sortable(self) -> list[str]:
        """Columns with one number, text or date a row."""
        return [
            name
            for name, kind in self.columns.items()
            if name not in PLACE and not kind.endswith("[]") and any(word in kind.split("(")[0] for word in _SORTABLE)
        ]

    @property
    def about(self) -> dict[str, Any]:
        """What the run says about itself: `model`, `scopes`, `settings`, `version`; empty if it says nothing."""
        import pyarrow.parquet as pq

        metadata = pq.read_schema(self.files[0]).metadata or {}
        told = json.loads(metadata.get(b"jacobian_widget", b"{}"))
        return told if isinstance(told, dict) else {}

    def find(self, search: str = "", where: str = "", sort: str = "", *, descending: bool = False) -> Found:
        """The rows that answer, in the order asked for; equal ones, and rows without a value, as they lie.

        Args:
            search: what the text must contain, in any case.
            where: a condition on the columns in SQL, as in `p < 0.5 and len(tokens) > 20`.
            sort: a column of `sortable`; empty as they lie. Rows without a value come last.
            descending: the largest first.

        Raises:
            ValueError: the condition or the column is none; the message says why.
        """
        if not (search.strip() or where.strip() or sort):
            return Found(len(self), None)
        relation = self._matching(self._relation(self._connection), search, where)
        if sort:
            if sort not in self.sortable:
                raise ValueError(f"rows can't be sorted by {sort!r}; choose one of {', '.join(self.sortable)}.")
            way = "desc" if descending else "asc"
            relation = relation.project(f"{', '.join(PLACE)}, {self._key(sort)} as key")
            relation = relation.order(f"key {way} nulls last, {', '.join(PLACE)}")
        found = _told(lambda: relation.project(", ".join(PLACE)).fetchnumpy(), where)
        places = self._starts[found["file_index"].astype(np.int64)] + found["file_row_number"].astype(np.int64)
        return Found(len(places), places)

    def read(self, places: Iterable[int], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """One tuple for each place, in this order.

        Args:
            places: as `Found.page` gives them.
            columns: names, or expressions in SQL, of what to read.
        """
        wanted = [int(place) for place in places]
        which, pairs = self._located(wanted)
        if not wanted:
            return []
        relation = self._relation(self._connection, [self.files[k] for k in which])
        relation = relation.filter(_among(pairs)).project(", ".join((*PLACE, *columns)))
        answer = _told(relation.fetchall)
        found = {(which[row[0]], row[1]): row[2:] for row in answer}
        return [found[self._place(place)] for place in wanted]

    def table(self, place: int) -> pa.Table:
        """The row at `place` with all its columns, as a table of one row."""
        import pyarrow as pa

        which, pairs = self._located([place])
        relation = self._relation(self._connection, [self.files[k] for k in which]).filter(_among(pairs))
        relation = relation.project(f"* exclude ({', '.join(PLACE)})")
        with _told(partial(pa.RecordBatchReader.from_stream, relation)) as reader:
            return reader.read_all()

    def places(self, rows: Sequence[int]) -> NDArray[np.int64]:
        """Where rows of the source lie, by their index there; −1 for one that is not here."""
        if self._numbers is None:
            found = _told(self._relation(self._connection).project("row").fetchnumpy)["row"]
            self._numbers = np.asarray(found, np.int64)
            self._order = np.argsort(self._numbers, kind="stable")
        wanted = np.asarray(rows, np.int64)
        if not len(self._numbers):
            return np.full(len(wanted), -1, np.int64)
        at = self._order[np.minimum(np.searchsorted(self._numbers, wanted, sorter=self._order), len(self) - 1)]
        return np.where(self._numbers[at] == wanted, at, -1)

    def batches(self, columns: Sequence[str], search: str = "", where: str = "") -> Iterator[pa.RecordBatch]:
        """The rows that answer and have scores, some thousand at a time; may be asked for in another thread.

        Args:
            columns: to read.
            search: as in `find`.
            where: as in `find`.

        Raises:
            ValueError: the condition is none.
        """
        import pyarrow as pa

        connection = self._connection.cursor()
        for file in self.files:  # DuckDB 1 makes one batch of all that a relation gives
            relation = self._relation(connection, [file]).filter("error is null and tokens is not null")
            relation = self._matching(relation, search, where).project(", ".join(map(quoted, columns)))
            with _told(partial(pa.RecordBatchReader.from_stream, relation), where) as reader:
                for batch in reader:
                    yield from (batch.slice(k, _BATCH) for k in range(0, batch.num_rows, _BATCH))

    def _relation(
        self, connection: duckdb.DuckDBPyConnection, files: Sequence[str] | None = None
    ) -> duckdb.DuckDBPyRelation:
        asked = "select *, file_index from read_parquet(?, file_row_number = true)"
        named = [_literal(file) for file in (self.files if files is None else files)]
        relation: duckdb.DuckDBPyRelation = _told(lambda: connection.sql(asked, params=[named]))
        return relation

    def _matching(self, relation: duckdb.DuckDBPyRelation, search: str, where: str) -> duckdb.DuckDBPyRelation:
        from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

        if search.strip():
            text = FunctionExpression("lower", ColumnExpression("text"))
            relation = relation.filter(FunctionExpression("contains", text, ConstantExpression(search.strip().lower())))
        if where.strip():
            # A condition is parsed as one expression: a second statement in it is refused, and files are out of reach.
            relation = _told(lambda: relation.filter(where), where)
        return relation

    def _counts(self) -> list[int]:
        asked = "select file_name, num_rows from parquet_file_metadata(?)"
        named = [_literal(file) for file in self.files]
        known = dict(_told(lambda: self._connection.execute(asked, [named]).fetchall()))
        return [int(known[file]) for file in self.files]

    def _lock_down(self) -> None:
        """No other file, no network, no further extension, whatever a condition asks for."""
        folder = str(self.path if self.path.is_dir() else self.path.parent)
        for name, value in (("allowed_directories", [folder, _literal(folder)]), ("enable_external_access", False)):
            self._connection.execute(f"set {name} = ?", [value])
        self._connection.execute("set lock_configuration = true")

    def _key(self, column: str) -> str:
        """What orders by a column: DuckDB takes NaN for the largest number, here it is no value."""
        name = quoted(column)
        return f"case when not isnan({name}) then {name} end" if self.columns[column] in _FLOATS else name

    def _place(self, place: int) -> tuple[int, int]:
        file = int(np.searchsorted(self._starts, place, "right")) - 1
        return file, place - int(self._starts[file])

    def _located(self, places: Sequence[int]) -> tuple[list[int], list[tuple[int, int]]]:
        """The files needed, and for each place its file among these and its row there."""
        at = [self._place(place) for place in places]
        which = sorted({file for file, _ in at})
        return which, [(which.index(file), row) for file, row in at]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("*.parquet"))
        if not found:
            raise ValueError(f"{path} holds no .parquet file; pass the folder that attribute_dataset wrote (out=…).")
        return found
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there; pass the folder that attribute_dataset wrote (out=…).")
    return [path]


def _connection() -> duckdb.DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise ImportError("Reading many rows needs DuckDB. Run: pip install 'duckdb>=1.4'") from error
    options: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    return duckdb.connect(config=options)


def _among(pairs: Iterable[tuple[int, int]]) -> str:
    """A condition that these rows meet.

    So do others where there are several files; but it is one that DuckDB applies while it reads.
    """
    return f"file_row_number in ({', '.join(map(str, sorted({row for _, row in pairs})))})"


def quoted(name: str) -> str:
    """A column's name, as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _literal(file: str) -> str:
    """A path that DuckDB does not read as a pattern of paths."""
    return re.sub(r"[*?\[]", r"[\g<0>]", file)


def _told(ask: Any, where: str = "") -> Any:
    """What `ask()` gives.

    Raises:
        ValueError: the condition is none, in the words of DuckDB.
        OSError: the files can't be read.
    """
    import duckdb

    wrong = (
        *(duckdb.ParserException, duckdb.SyntaxException, duckdb.BinderException, duckdb.CatalogException),
        *(duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.PermissionException),
    )
    try:
        return ask()
    except duckdb.Error as error:
        said = str(error).partition("\n\n")[0].replace("\n", " ")
        if not (where.strip() and isinstance(error, wrong)):
            raise OSError(f"the rows can't be read: {said}") from error
        raise ValueError(
            f"the filter {where!r} is not a condition on the columns: {said} Write it as in SQL: p < 0.5 and "
            f"len(tokens) > 20, or target_token = ' Paris' with single quotes around a text."
        ) from error
