"""Results of many texts in Parquet: what a row holds, how a shard is written, and how a row is read again."""

from __future__ import annotations

import json
import os
import platform
import re
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

from jacobian_widget.attribution import Attribution, Basis, DegenerateScopeWarning, Fisher, Prediction
from jacobian_widget.sources import Block, Row
from jacobian_widget.tokens import Tokens

FORMAT = 1
_KEY = b"jacobian_widget"
_NAME = re.compile(r"part-(\d{6}|[1-9]\d{6,})\.parquet", re.ASCII)
_HOST = platform.node()
_ABANDONED = 600.0
"""Seconds after which nobody writes any more to what another machine began."""
_FLOATS = pa.list_(pa.float32())
_INTS = pa.list_(pa.int32())
_STRINGS = pa.list_(pa.string())
_PREDICTIONS = pa.list_(
    pa.struct(
        [
            ("id", pa.int32()),
            ("token", pa.string()),
            ("label", pa.string()),
            ("p", pa.float32()),
            ("logit", pa.float32()),
        ]
    )
)
_DIRECTIONS = pa.list_(pa.struct([("kind", pa.string()), ("id", pa.int32())]))
_FISHER = pa.struct(
    [
        ("spectrum", _FLOATS),
        ("spectrum_bos", _FLOATS),
        ("remainder", _FLOATS),
        ("remainder_bos", pa.float64()),
        ("standard_error", _FLOATS),
        ("dimension", pa.int32()),
        ("captured", _FLOATS),
        ("exact", pa.bool_()),
        ("n_directions", pa.int32()),
        ("rtol", pa.float64()),
    ]
)


def schema(scopes: Sequence[str], extras: pa.Schema) -> pa.Schema:
    """The columns of a shard; those of the source, `extras`, stand after the row's number."""
    own = [
        ("text", pa.string()),
        ("error", pa.string()),
        ("position", pa.int32()),
        ("ids", _INTS),
        ("tokens", _STRINGS),
        ("labels", _STRINGS),
        ("roles", _STRINGS),
        ("n_bos", pa.int32()),
        ("bos", _INTS),
        ("bos_labels", _STRINGS),
        ("target", pa.int32()),
        ("target_token", pa.string()),
        ("foil", pa.int32()),
        ("p", pa.float32()),
        ("entropy", pa.float32()),
        ("beta", pa.float32()),
        ("degenerate", pa.bool_()),
        ("predictions", _PREDICTIONS),
    ]
    for scope in scopes:
        own.append((f"score_{scope}", _FLOATS))
        if scope == "fisher":
            own.append(("standard_error_fisher", _FLOATS))
    own += [("directions", _DIRECTIONS), ("gram", _FLOATS), ("gram_bos", _FLOATS), ("signed", _FLOATS)]
    if "fisher" in scopes:
        own.append(("fisher", _FISHER))
    return pa.schema([("row", pa.int64()), *[(entry.name, entry.type) for entry in extras], *own])


def row_of(a: Attribution, scopes: Sequence[str]) -> dict[str, Any]:
    """The columns of one result."""
    source, basis = a.source, a.basis
    target = next(c for c in a.predictions if c.id == a.default_target)
    row: dict[str, Any] = {
        "text": source.text,
        "position": a.position,
        "ids": source.ids,
        "tokens": source.pieces,
        "labels": source.labels,
        "roles": source.roles or None,
        "n_bos": len(source.bos),
        "bos": source.bos,
        "bos_labels": source.bos_labels,
        "target": target.id,
        "target_token": target.token,
        "foil": a.chosen_foil,
        "p": target.p,
        "entropy": a.entropy,
        "beta": a.beta,
        "degenerate": a.degenerate,
        "predictions": [{name: getattr(c, name) for name in Prediction.__annotations__} for c in a.predictions],
        "directions": [{"kind": kind, "id": k} for kind, k in basis.directions],
        "gram": basis.gram.ravel(),
        "gram_bos": basis.gram_bos,
        "signed": basis.signed.ravel(),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateScopeWarning)  # the row says so itself
        row |= {f"score_{scope}": a.scores(scope) for scope in scopes}
    if a.fisher is not None:
        row["standard_error_fisher"] = a.standard_error("fisher")
        parts = {name: getattr(a.fisher, name) for name in Fisher.__annotations__}
        row["fisher"] = {name: np.ravel(v) if isinstance(v, np.ndarray) else v for name, v in parts.items()}
    return row


def table_of(block: Block, results: Mapping[int, Attribution | str], scopes: Sequence[str]) -> pa.Table:
    """A shard: the rows of `block` in their order, each with its result or with its error."""
    columns: dict[str, list[Any]] = {name: [] for name in schema(scopes, pa.schema([])).names}
    for i, given in enumerate(block.rows):
        result = results[i]
        found = row_of(result, scopes) if isinstance(result, Attribution) else _failed(given, result)
        for name, values in columns.items():
            values.append(block.start + i if name == "row" else found.get(name))
    whole = schema(scopes, block.extras.schema)
    arrays = [
        pa.array(columns[name], whole.field(name).type) if name in columns else block.extras[name].combine_chunks()
        for name in whole.names
    ]
    return pa.Table.from_arrays(arrays, schema=whole)


def _failed(given: Row, error: str) -> dict[str, Any]:
    text = None if given.text is None else given.text.encode("utf-8", "replace").decode()
    return {"text": text, "error": error.encode("utf-8", "replace").decode()}


@dataclass(frozen=True)
class Shard:
    """What the footer of a finished shard says."""

    rows: int
    errors: int
    digest: str
    """Of the rows that it was made from."""
    asked: dict[str, Any]
    """The model, the scopes, the settings and the columns of the source."""


def path_of(out: Path, index: int) -> Path:
    """Where shard `index` lies."""
    return out / f"part-{index:06d}.parquet"


def write(out: Path, index: int, table: pa.Table, digest: str, asked: Mapping[str, Any], version: str) -> Shard:
    """Write a shard whole or not at all: under another name first, which no reader of a folder of Parquet looks at."""
    shard = Shard(len(table), len(table) - table["error"].null_count, digest, dict(asked))
    meta = {"format": FORMAT, "version": version, **asked, "digest": digest, "rows": shard.rows, "errors": shard.errors}
    table = table.replace_schema_metadata({_KEY: json.dumps(meta, sort_keys=True, ensure_ascii=False)})
    path = path_of(out, index)
    aside = out / f".{path.name}.{_HOST}.{os.getpid()}.part"
    try:
        with aside.open("wb") as file:
            pq.write_table(table, file, compression="zstd", compression_level=3, row_group_size=1024)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return shard


def sweep(out: Path) -> None:
    """Remove what a run that was killed was about to write, and leave what another is writing."""
    for path in out.glob(".part-*.parquet.*.part"):
        host, _, process = path.name.removesuffix(".part").partition(".parquet.")[2].rpartition(".")
        with suppress(FileNotFoundError):  # it has got its own name
            if time.time() - path.stat().st_mtime > _ABANDONED or (host == _HOST and not _lives(process)):
                path.unlink()


def _lives(process: str) -> bool:
    try:
        return bool(psutil.Process(int(process)).status() != psutil.STATUS_ZOMBIE)
    except psutil.AccessDenied:
        return True
    except (psutil.Error, ValueError, OverflowError):
        return False


def indices(out: Path) -> list[int]:
    """Of the shards that are there, ascending."""
    found = [_NAME.fullmatch(path.name) for path in out.glob("part-*.parquet")]
    return sorted(int(name[1]) for name in found if name)


def read_footer(out: Path, index: int) -> Shard:
    """What shard `index` is.

    Raises:
        ValueError: the file is none of ours.
    """
    path = path_of(out, index)
    try:
        found = pq.read_schema(path)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path} is no Parquet file, or damaged: {error}. Remove it to compute it again.") from error
    meta = meta_of(found, path)
    asked = {name: meta.get(name) for name in ("model", "scopes", "settings", "extras")}
    return Shard(meta["rows"], meta["errors"], meta["digest"], asked)


def meta_of(schema: pa.Schema, path: object) -> dict[str, Any]:
    """What the key-value metadata of a shard says.

    Raises:
        ValueError: none of ours, or of a later format.
    """
    held = (schema.metadata or {}).get(_KEY)
    if held is None:
        raise ValueError(f"{path} was not written by attribute_dataset; choose another folder.")
    meta: dict[str, Any] = json.loads(held)
    if meta["format"] > FORMAT:
        raise ValueError(f"{path} has format {meta['format']}; this version reads up to {FORMAT}. Upgrade.")
    return meta


def open_dataset(path: str | PathLike[str]) -> pyarrow.dataset.Dataset:
    """The shards of a folder as one table, of which only what is asked for is read.

    Raises:
        ValueError: no shard is there.
    """
    folder = Path(path)
    files = [str(path_of(folder, index)) for index in indices(folder)]
    if not files:
        raise ValueError(f"there are no shards of attribute_dataset in {folder}.")
    found = pyarrow.dataset.dataset(files, format="parquet")
    meta_of(found.schema, files[0])
    return found


def read_row(path: str | PathLike[str] | pyarrow.dataset.Dataset | pa.Table, row: int) -> Attribution:
    """The result of one row, without its model: it opens in the heatmap, with every scope of its Grams.

    Args:
        path: a folder that `attribute_dataset` wrote, `open_dataset` of it, or a table of some of its rows.
        row: index in the source.

    Raises:
        IndexError: there is no such row.
        ValueError: the row was recorded with an error; or the folder holds no shards.
    """
    if isinstance(path, pa.Table):
        whole: Any = pyarrow.dataset.dataset(path)
    else:
        whole = path if isinstance(path, pyarrow.dataset.Dataset) else _shard_of(Path(path), row)
    found = whole.to_table(filter=pyarrow.dataset.field("row") == row)
    if not len(found):
        raise IndexError(f"there is no row {row} in {path if isinstance(path, (str, PathLike)) else 'this table'}.")
    name = str(meta_of(found.schema, "this table")["model"]["name"])
    return attribution_of({name: found[name][0].as_py() for name in found.column_names}, name)


def _shard_of(folder: Path, row: int) -> pyarrow.dataset.Dataset:
    """The one file that can hold `row`."""
    whole = open_dataset(folder)
    size = meta_of(whole.schema, folder)["settings"]["shard_size"]
    path = path_of(folder, max(0, row) // size)
    return pyarrow.dataset.dataset(path, format="parquet") if path.exists() else whole


def attribution_of(row: Mapping[str, Any], model: str = "") -> Attribution:
    """The result in the columns of a row.

    Raises:
        ValueError: the row was recorded with an error.
    """
    if row["error"] is not None:
        raise ValueError(f"row {row['row']} has no result: {row['error']}")
    count, directions = len(row["ids"]), tuple((d["kind"], d["id"]) for d in row["directions"])
    source = Tokens(
        text=row["text"],
        ids=tuple(row["ids"]),
        pieces=tuple(row["tokens"]),
        labels=tuple(row["labels"]),
        bos=tuple(row["bos"]),
        bos_labels=tuple(row["bos_labels"]),
        roles=tuple(row["roles"] or ()),
    )
    fisher: dict[str, Any] | None = row.get("fisher")
    if fisher is not None:
        parts = {name: np.array(v, np.float32) if isinstance(v, list) else v for name, v in fisher.items()}
        fisher = parts | {"spectrum": parts["spectrum"].reshape(count, -1)}
    m = len(directions)
    return Attribution(
        source=source,
        position=row["position"],
        basis=Basis(
            directions,
            np.array(row["gram"], np.float32).reshape(count, m * (m + 1) // 2),
            np.array(row["gram_bos"], np.float32),
            np.array(row["signed"], np.float32).reshape(count, m),
        ),
        fisher=None if fisher is None else Fisher(**fisher),
        predictions=tuple(Prediction(**c) for c in row["predictions"]),
        default_target=row["target"],
        chosen_foil=row["foil"],
        entropy=row["entropy"],
        beta=row["beta"],
        degenerate=row["degenerate"],
        model=model,
        seconds=0.0,
        _vjps=len(directions) + (0 if fisher is None else fisher["n_directions"]),
    )
