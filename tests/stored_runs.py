"""Results of `attribute` written as Parquet shards: a run of a dataset, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import Attribution, attribute, shards

TEXTS = (
    "The cat sat on the mat.",
    "It cost 1,200 euros in 1999",
    "the the the",
    "<img src=x onerror='window.broken=1'> & <b>bold</b>",
    "A café, größer als 42",
    "no",
)
CHAT = ({"role": "system", "content": "Be short."}, {"role": "user", "content": "How many is 7?"})
SCOPES = ("semantic", "fisher", "temperature", "contrast", "log_probability", "entropy")

TOPIC = pa.schema([("topic", pa.string())])


@cache
def tiny_pair(seed: int = 0) -> tuple[Any, Any]:
    return tiny("llama", vocab_size=300, max_position_embeddings=512, seed=seed), byte_tokenizer()


@cache
def results(seed: int = 0, positions: tuple[int | None, ...] = (None, 9, None, 20, None, 1)) -> list[Attribution]:
    model, tokenizer = tiny_pair(seed)
    return [
        attribute(model, tokenizer, text, position=position, n_bos=1 if k % 2 else 0)
        for k, (text, position) in enumerate(zip(TEXTS, positions, strict=True))
    ]


def record(row: int, a: Attribution, topic: str = "") -> dict[str, Any]:
    return {"row": row, "topic": topic, **shards.row_of(a, SCOPES)}


def failed(row: int, text: str, error: str) -> dict[str, Any]:
    return {"row": row, "text": text, "error": error}


def write(folder: Path, records: Sequence[dict[str, Any]], size: int = 3, extras: pa.Schema = TOPIC) -> Path:
    """Write `records` as shards of `size` rows each, with the source's own columns `extras`."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = {"model": {"name": "tiny"}, "scopes": SCOPES, "settings": {"shard_size": size}}
    schema = shards.schema(SCOPES, extras)
    for k in range(0, len(records), size):
        some = [{**dict.fromkeys(schema.names), **r} for r in records[k : k + size]]
        shards.write(folder, k // size, pa.Table.from_pylist(some, schema), "", asked, "0")
    return folder
