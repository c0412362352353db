"""`attribute_dataset()`: every text of a data set, into shards of Parquet, as often as it is interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import torch

from jacobian_widget import fisher
from jacobian_widget import scopes as scope_table
from jacobian_widget.batch import Batching
from jacobian_widget.ids import integer
from jacobian_widget.scopes import ScopeName
from jacobian_widget.session import FisherOptions

try:
    from jacobian_widget import shards, sources
    from jacobian_widget.dataset_run import Loader, Run, Settings, Told, Worker, loader_of
    from jacobian_widget.shards import open_dataset, read_row
    from jacobian_widget.sources import Columns
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"data sets need {error.name}. Run: pip install jacobian-widget[dataset]") from error

__all__ = ["SCOPES_TAKEN", "Written", "attribute_dataset", "open_dataset", "read_row"]

SCOPES_TAKEN: tuple[ScopeName, ...] = ("semantic", "temperature", "log_probability", "entropy")
"""Scopes taken unless others are named: four directions for each text."""


@dataclass(frozen=True)
class Written:
    """What a run left behind; usable as the path of the shards."""

    path: Path
    rows: int
    errors: int
    """Rows that were recorded with an error."""
    computed: int
    """Shards that this run computed; the others were there."""

    def __fspath__(self) -> str:
        return str(self.path)


def attribute_dataset(
    source: object,
    model: torch.nn.Module | str | Loader,
    tokenizer: Any = None,
    *,
    out: str | PathLike[str] = "scores.parquet",
    text: str = "text",
    messages: str | None = None,
    position: int | str | None = None,
    target: int | str | None = None,
    foil: int | str | None = None,
    columns: Sequence[str] | None = None,
    scopes: Sequence[ScopeName | str] = SCOPES_TAKEN,
    n_targets: int = 5,
    n_bos: int | None = None,
    n_eigen: int = fisher.N_EIGEN,
    n_probes: int = fisher.N_PROBES,
    rtol: float | None = fisher.RTOL,
    seed: int = 0,
    shard_size: int = 256,
    batch: int = Batching.texts,
    batch_tokens: int = Batching.tokens,
    max_memory: int | None = None,
    resume: bool = True,
    progress: bool | Told = True,
    engine: Literal["ray"] | None = None,
    workers: int | None = None,
    cpus_per_worker: float = 1.0,
    gpus_per_worker: float | None = None,
) -> Written:
    """Explain one prediction of every text of a data set, and write the scores to Parquet.

    `out` becomes a folder of shards `part-000000.parquet` …, which pandas, polars, DuckDB and pyarrow read as one
    table; `read_row` opens a row of it in the heatmap. A shard holds a fixed range of rows and is written whole or not
    at all, so that a run that ended in the middle goes on with the same call: only the shards that are missing are
    computed. On the same machine and versions, and while memory suffices, the files are the same, byte for byte, as
    those of a run that was never stopped; elsewhere the last digits of numbers may differ. A row that cannot be
    explained (an empty text, one longer than the model's context, NaN) is recorded with its `error`.

    Args:
        source: texts, or rows of columns: a list, an iterator, a DataFrame of pandas or polars, an Arrow table, a
            data set of `datasets` or of Ray, or the path of a Parquet file or folder or of a JSON Lines file. Read no
            further ahead than a shard.
        model: a causal LM of `transformers`, which is left exactly as found; or what to load, in this process or in
            each worker: a name for `from_pretrained`, or a function that returns `(model, tokenizer)`.
        tokenizer: its tokenizer, with a loaded model.
        out: the folder; made if need be.
        text: the column of the texts.
        messages: the column of chats, in place of a text; see `attribute`.
        position: index of the token to explain, negative from the end, for all rows; or the column that says it. None,
            for all or in the column, for the next token after the text.
        target: a token id, or a string that is one token, in place of the model's likeliest; or the column that holds
            it. A string that is the name of a column is that column.
        foil: the same, for Contrast.
        columns: further columns of the source to carry along, None for all. Where one is called like one of ours,
            `source_` is put before its name.
        scopes: keys of `SCOPES`. "fisher" takes one text at a time; the others are batched.
        n_targets: how many of the likeliest tokens a row names.
        n_bos: see `attribute`.
        n_eigen: see `attribute`.
        n_probes: see `attribute`.
        rtol: see `attribute`.
        seed: see `attribute`.
        shard_size: rows of a shard: what is computed anew, at most, after a run was killed.
        batch: texts in one forward pass at most.
        batch_tokens: their tokens at most, with padding.
        max_memory: bytes above the loaded model, see `attribute`. Batches that do not fit are halved.
        resume: go on where shards lie in `out`; False refuses a folder that holds any.
        progress: show a bar with rate and time left; or a function called as `progress(rows done, rows or None)` at
            every block of every pass (with Ray, whenever a shard is done).
        engine: "ray" for workers, here or on the cluster that Ray is connected to; see `dataset_ray.run`.
        workers: of Ray, each with a model of its own; None for as many as there is room for.
        cpus_per_worker: their cores, and threads of torch.
        gpus_per_worker: their GPUs, such as 0.5 for two on one; None for 1 where there are any, else none.

    Returns:
        `Written`: the path, the number of rows and of those with an error.

    Raises:
        ValueError: `out` holds shards of another model, source or setting; a column that is not there; unknown scopes.
        TypeError: a source or a model of no known kind.
        UnsupportedModelError: not a causal LM.
        ModuleNotFoundError: pyarrow is not installed, or Ray for `engine="ray"`.
    """
    if engine not in (None, "ray"):
        raise ValueError(f"unknown engine {engine!r}; choose None for this process, or 'ray'.")
    if engine is None and (workers, cpus_per_worker, gpus_per_worker) != (None, 1.0, None):
        raise ValueError("workers and what each of them gets are for engine='ray'; this process works alone.")
    rows = sources.read(source)

    def column(value: object) -> str | None:
        return value if isinstance(value, str) and value in rows.names else None

    if isinstance(position, str) and column(position) is None:
        raise ValueError(
            f"the source has no column {position!r} for the position; it has {', '.join(rows.names) or 'texts alone'}."
        )
    settings = Settings(
        columns=Columns(
            text=text,
            messages=messages,
            position=position if isinstance(position, str) else None,
            target=column(target),
            foil=column(foil),
            kept=None if columns is None else tuple(map(str, columns)),
        ),
        scopes=_scopes(scopes),
        position=None if isinstance(position, str) else _whole("position", position),
        target=None if column(target) else _token("target", target),
        foil=None if column(foil) else _token("foil", foil),
        n_targets=_count("n_targets", n_targets),
        n_bos=_n_bos(n_bos),
        fisher=FisherOptions(n_eigen, n_probes, rtol, integer(seed, "seed", "a whole number")),
        batching=Batching(_count("batch", batch), _count("batch_tokens", batch_tokens)),
        shard_size=_count("shard_size", shard_size),
    )
    settings.fisher.check()
    run = Run(rows, settings, Path(out))
    run.prepare(resume=resume)
    if isinstance(model, torch.nn.Module) and tokenizer is None:
        raise TypeError("a loaded model needs its tokenizer: attribute_dataset(source, model, tokenizer).")
    with _shown(progress, rows.rows, run.done) as run.told:
        if engine == "ray":
            from jacobian_widget import dataset_ray

            dataset_ray.run(
                run,
                loader_of(model, tokenizer),
                max_memory=max_memory,
                workers=workers,
                cpus_per_worker=cpus_per_worker,
                gpus_per_worker=gpus_per_worker,
            )
        else:
            worker = Worker(*loader_of(model, tokenizer)(), settings, run.out, max_memory)
            run.same_model(worker.model_id)
            for block, digest in run.missing():
                run.took(worker.shard(block, digest, run.within))
    shards.sweep(run.out)  # of workers that were killed
    return Written(run.out, run.rows, run.errors, run.computed)


@contextmanager
def _shown(progress: bool | Told, rows: int | None, done: int) -> Iterator[Told]:  # noqa: FBT001 - as the caller gave it
    if callable(progress):
        yield progress
        return
    from tqdm.auto import tqdm

    with tqdm(total=rows, initial=done, unit="text", disable=not progress) as bar:
        yield lambda now, _: bar.update(now - bar.n) and None


def _scopes(scopes: Sequence[ScopeName | str]) -> tuple[ScopeName, ...]:
    names = dict.fromkeys([scopes] if isinstance(scopes, str) else scopes)
    if not names:
        raise ValueError(f"scopes is empty; choose from {', '.join(scope_table.SCOPES)}.")
    return tuple(map(scope_table.check_scope, names))


def _n_bos(value: object) -> int | None:
    count = _whole("n_bos", value)
    if count is not None and count < 0:
        raise ValueError(f"n_bos is {count}; pass 0 or more, or None.")
    return count


def _whole(name: str, value: object) -> int | None:
    return None if value is None else integer(value, name, "a whole number, or None")


def _token(name: str, value: object) -> int | str | None:
    if value is None or isinstance(value, str):
        return value
    return integer(value, name, "a token id, a string that is one token, or None")


def _count(name: str, value: object) -> int:
    count = integer(value, name, "a whole number, 1 or more")
    if count < 1:
        raise ValueError(f"{name} is {count}; pass 1 or more.")
    return count
