"""A million rows in the view: how long they take to open, page, sort, filter, search and sum up, and in what memory.

Run `python benchmarks/dataset_view.py`. The rows are random, of 16 tokens with one scope and its Grams, in shards of
1,000, written to a temporary folder of about 1 GB first. Times are of the kernel: what the browser does with a page of
rows does not depend on how many there are. The bars are 2 s to open and 200 ms a page.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bars import MISSED

from jacobian_widget import shards
from jacobian_widget.aggregate import by_distance, by_token
from jacobian_widget.dataset_view import DatasetView

OPEN_BAR, PAGE_BAR = 2.0, 0.2
TOKENS, SHARD, PAGES = 16, 1000, 30
WORDS = np.array([f" {a}{b}" for a in "bcdfghklmnprst" for b in ("ank", "ill", "ore", "ast", "ing", "ump")])
KINDS = ("log_probability", "mean", "temperature", "entropy")


def lists(values: pa.Array, count: int) -> pa.ListArray:
    """`values` in `count` lists of one length."""
    length = len(values) // count
    return pa.ListArray.from_arrays(pa.array(np.arange(0, len(values) + 1, length, dtype=np.int32)), values)


def shard(index: int) -> pa.Table:
    rng = np.random.default_rng(index)
    words = rng.integers(0, len(WORDS), (SHARD, TOKENS))
    target = rng.integers(0, len(WORDS), SHARD)
    m = len(KINDS)

    def floats(each: int) -> pa.ListArray:
        return lists(pa.array(rng.gamma(1, 1, SHARD * each).astype(np.float32)), SHARD)

    ids = pa.array(np.tile(target[:, None], m).ravel(), pa.int32(), mask=np.tile([k > 0 for k in range(m)], SHARD))
    names = pa.array(WORDS[target])
    likely = [pa.array(target, pa.int32()), names, names, *(pa.array(rng.random(SHARD, np.float32)) for _ in range(2))]
    columns = {
        "row": pa.array(np.arange(index * SHARD, (index + 1) * SHARD)),
        "text": ["".join(WORDS[line]) for line in words],
        "ids": lists(pa.array(words.ravel(), pa.int32()), SHARD),
        "tokens": lists(pa.array(WORDS[words.ravel()]), SHARD),
        "labels": lists(pa.array(WORDS[words.ravel()]), SHARD),
        "n_bos": pa.array([1] * SHARD, pa.int32()),
        "bos": lists(pa.array([0] * SHARD, pa.int32()), SHARD),
        "bos_labels": lists(pa.array(["<s>"] * SHARD), SHARD),
        "target": pa.array(target, pa.int32()),
        "target_token": WORDS[target],
        "p": pa.array(rng.random(SHARD, np.float32)),
        "entropy": pa.array(5 * rng.random(SHARD, np.float32)),
        "beta": pa.array(rng.random(SHARD, np.float32)),
        "degenerate": pa.array([False] * SHARD),
        "predictions": lists(pa.StructArray.from_arrays(likely, ["id", "token", "label", "p", "logit"]), SHARD),
        "score_semantic": floats(TOKENS),
        "directions": lists(pa.StructArray.from_arrays([pa.array(KINDS * SHARD), ids], ["kind", "id"]), SHARD),
        "gram": floats(TOKENS * m * (m + 1) // 2),
        "gram_bos": floats(m * (m + 1) // 2),
        "signed": floats(TOKENS * m),
    }
    schema = shards.schema(["semantic"], pa.schema([]))
    arrays = [pa.array(columns[f.name]) if f.name in columns else pa.nulls(SHARD, f.type) for f in schema]
    arrays = [array.cast(field.type) for array, field in zip(arrays, schema, strict=True)]
    about = {"format": 1, "model": {"name": "random"}, "scopes": ["semantic"], "settings": {"shard_size": SHARD}}
    return pa.Table.from_arrays(arrays, schema=schema.with_metadata({"jacobian_widget": json.dumps(about)}))


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def pages(view: DatasetView, rng: np.random.Generator) -> list[float]:
    """Times of turning to the next page, and of jumping to pages anywhere, half each."""
    last = view._found.count // view.page_size
    wanted = [*range(1, PAGES // 2 + 1), *rng.integers(0, max(1, last), PAGES // 2).tolist()]
    return [seconds(lambda k=k: setattr(view, "page", k)) for k in wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="of the rows; written once, and kept")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        missed = measure(arguments.folder or Path(temporary), arguments.rows // SHARD)
    sys.exit(MISSED if missed else 0)


def measure(folder: Path, count: int) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        path = shards.path_of(folder, index)
        if not path.exists():
            pq.write_table(shard(index), path, compression="zstd", row_group_size=1024)
    # What is loaded once a session is not what opening takes.
    DatasetView(shards.path_of(folder, 0)).close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: list[DatasetView] = []
    opened = seconds(lambda: found.append(DatasetView(folder)))
    (view,) = found
    rng = np.random.default_rng(0)
    turned: list[float] = []
    print(f"| {len(view.rows):,} rows in {count:,} shards | s | a page, median s | a page, longest s |")
    print("|---|---:|---:|---:|")

    def tell(what: str, took: float, *, paged: bool = True) -> None:
        times = pages(view, rng) if paged else []
        turned.extend(times)
        cells = [f"{statistics.median(times):.3f}", f"{max(times):.3f}"] if times else ["", ""]
        print(f"| {what} | {took:.2f} | {' | '.join(cells)} |", flush=True)

    tell("open, first page shown", opened)
    tell("sort by a number", seconds(lambda: setattr(view, "sort", "p")))
    tell("sort by text", seconds(lambda: setattr(view, "sort", "text")))
    tell("search the texts", seconds(lambda: setattr(view, "search", "bank till")))
    view.search = view.sort = ""
    tell("filter `p > 0.9 and entropy < 1`", seconds(lambda: setattr(view, "where", "p > 0.9 and entropy < 1")))
    view.where = ""
    tell("open a row in the heatmap", seconds(lambda: view.open_row(count * SHARD // 2)), paged=False)
    tell("open the next row", seconds(lambda: view.open_row(count * SHARD // 2 + 1)), paged=False)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    tell("mean influence by distance", seconds(lambda: by_distance(view.rows)), paged=False)
    tell("mean influence by token", seconds(lambda: by_token(view.rows)), paged=False)
    print(f"| memory of all above but the means: {grown / 1024:.0f} MB | | | |")
    return opened > OPEN_BAR or max(turned) > PAGE_BAR


if __name__ == "__main__":
    main()
