"""A run over a data set: what is asked, what is there already, and a model at work on what is missing."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import torch

from jacobian_widget import model as adapter
from jacobian_widget import shards
from jacobian_widget.attribution import Attribution
from jacobian_widget.batch import Batching, Question, attribute_batch
from jacobian_widget.explain import check_position, read_tokens
from jacobian_widget.forward import Gate
from jacobian_widget.model import UnsupportedModelError
from jacobian_widget.scopes import ScopeName
from jacobian_widget.session import FisherOptions
from jacobian_widget.shards import Shard
from jacobian_widget.sources import Block, Columns, Row, Source
from jacobian_widget.tokens import one_token_id

Loader: TypeAlias = "Callable[[], tuple[Any, Any]]"
Told = Callable[[int, "int | None"], None]
"""Called with the rows done and the rows there are, None where nobody knows; what it raises ends the run."""

_SAMPLED = 64
"""Numbers of each weight that tell a model from another one."""
_PROBE = "Tokens of 2 texts: déjà vu, 東京 \n"


@dataclass(frozen=True)
class Settings:
    """All that the numbers in a shard depend on, the model and the texts apart."""

    columns: Columns
    scopes: tuple[ScopeName, ...]
    position: int | None
    target: int | str | None
    foil: int | str | None
    n_targets: int
    n_bos: int | None
    fisher: FisherOptions
    batching: Batching
    shard_size: int

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        del found["scopes"]
        return found


class Run:
    """What is to be done, and what was: the side of a run that needs no model."""

    def __init__(self, source: Source, settings: Settings, out: Path) -> None:
        self.source, self.settings, self.out = source, settings, out
        self._asked = {"scopes": list(settings.scopes), **_flat(settings.plain())}
        self.told: Told = lambda _, __: None
        self.model_id: dict[str, Any] | None = None
        """Of the shards that are there."""
        self.done = 0
        """Rows of shards that are there, those of this run counted."""
        self.rows = self.errors = self.computed = 0

    def prepare(self, *, resume: bool) -> None:
        """Make the folder, or look at what is in it.

        Raises:
            ValueError: it cannot be gone on with.
        """
        if self.out.exists() and not self.out.is_dir():
            raise ValueError(f"{self.out} is a file; out is a folder of shards, so choose another name.")
        self.out.mkdir(parents=True, exist_ok=True)
        there = shards.indices(self.out)
        if there and not resume:
            raise ValueError(f"{self.out} holds {len(there)} shards; choose another folder, or resume=True to go on.")
        shards.sweep(self.out)
        for index in there:
            shard = shards.read_footer(self.out, index)
            self._same_settings(shard, index)
            self.same_model(shard.asked["model"])
            self.done += shard.rows

    def missing(self) -> Iterator[tuple[Block, str]]:
        """The rows of each shard that is not there, with their digest. All of the source is read on the way.

        Raises:
            ValueError: a shard was made from other rows, or of other columns.
        """
        there = set(shards.indices(self.out))
        for block in self.source.blocks(self.settings.shard_size, self.settings.columns):
            digest = _digest(block)
            if there and not block.index:
                self._same_extras(block, min(there))
            if block.index not in there:
                yield block, digest
                continue
            there.discard(block.index)
            shard = shards.read_footer(self.out, block.index)
            if shard.digest != digest:
                raise ValueError(
                    f"{shards.path_of(self.out, block.index)} was made from other rows than the source has from "
                    f"{block.start} on. Give the source of the first run, or choose another folder."
                )
            self.rows, self.errors = self.rows + shard.rows, self.errors + shard.errors
        if there:
            raise ValueError(
                f"{shards.path_of(self.out, min(there))} holds rows that the source does not have: it has {self.rows}. "
                "Give the source of the first run, or choose another folder."
            )

    def took(self, shard: Shard) -> None:
        """Count a shard that was written."""
        self.same_model(shard.asked["model"])
        self.rows, self.errors = self.rows + shard.rows, self.errors + shard.errors
        self.computed += 1
        self.done += shard.rows
        self.within(0)

    def within(self, rows: int) -> None:
        """Tell that `rows` of the shard in work are done."""
        self.told(self.done + rows, self.source.rows)

    def same_model(self, model_id: dict[str, Any]) -> None:
        """Refuse to mix the results of two models.

        Raises:
            ValueError: the shards that are there are of another one.
        """
        self.model_id = self.model_id or model_id
        check_same_model(self.out, self.model_id, model_id)

    def _same_extras(self, block: Block, index: int) -> None:
        carried, here = shards.read_footer(self.out, index).asked["extras"], _columns(block.extras.schema)
        if carried not in (None, here):
            raise ValueError(
                f"{shards.path_of(self.out, index)} carries the columns {carried}; this source has {here}. "
                "Give the source of the first run, or choose another folder."
            )

    def _same_settings(self, shard: Shard, index: int) -> None:
        asked = self._asked
        made = {"scopes": shard.asked["scopes"], **_flat(shard.asked["settings"])}
        other = [name for name in asked if asked[name] != made.get(name)]
        if other:
            raise ValueError(
                f"{shards.path_of(self.out, index)} was made with "
                + ", ".join(f"{name}={made.get(name)!r}" for name in other)
                + "; this run asks for "
                + ", ".join(f"{name}={asked[name]!r}" for name in other)
                + ". Ask for the same, or choose another folder."
            )


class Worker:
    """A model at work on shards."""

    def __init__(
        self, model: torch.nn.Module, tokenizer: Any, settings: Settings, out: Path, max_memory: int | None = None
    ) -> None:
        adapter.check_kind(model)
        self.model, self.tokenizer, self.settings, self.out = model, tokenizer, settings, out
        self.max_memory = max_memory
        self.model_id = identity(model, tokenizer)
        for value in (settings.target, settings.foil):
            self._id(value)  # one that is no token is wrong for all rows

    def shard(self, block: Block, digest: str, within: Callable[[int], None] = lambda _: None) -> Shard:
        """Compute and write a shard; `within` is told the rows that are done at every block of every pass."""
        results: dict[int, Attribution | str] = {}
        questions: dict[int, Question] = {}
        for i, row in enumerate(block.rows):
            asked = self._question(row)
            if isinstance(asked, Question):
                questions[i] = asked
            else:
                results[i] = asked
        rows = list(questions)
        gate = Gate()
        with gate.asking(lambda: within(len(results))):
            found = attribute_batch(
                self.model,
                self.tokenizer,
                list(questions.values()),
                scopes=self.settings.scopes,
                n_targets=self.settings.n_targets,
                fisher_options=self.settings.fisher,
                batching=self.settings.batching,
                max_memory=self.max_memory,
                gate=gate,
            )
            for i, result in found:
                results[rows[i]] = result if isinstance(result, Attribution) else _said(result)
        table = shards.table_of(block, results, self.settings.scopes)
        made = {"model": self.model_id, "scopes": list(self.settings.scopes), "settings": self.settings.plain()}
        made["extras"] = _columns(block.extras.schema)
        return shards.write(self.out, block.index, table, digest, made, _version())

    def _question(self, row: Row) -> Question | str:
        """What is asked of a row, or what is wrong with it."""
        if row.problem is not None:
            return row.problem
        try:
            return self._read(row)
        except UnsupportedModelError:
            raise
        except Exception as error:  # noqa: BLE001 - a tokenizer may raise anything on an odd text
            return _said(error)

    def _read(self, row: Row) -> Question:
        settings = self.settings
        source = read_tokens(self.model, self.tokenizer, row.text, messages=row.messages, n_bos=settings.n_bos)
        position = settings.position if settings.columns.position is None else _whole(row.position)
        target = settings.target if settings.columns.target is None else _whole(row.target)
        foil = settings.foil if settings.columns.foil is None else _whole(row.foil)
        return Question(source, check_position(position, source), self._id(target), self._id(foil))

    def _id(self, target: Any) -> int | None:
        return None if target is None else one_token_id(self.tokenizer, target, adapter.target_count(self.model))


def identity(model: torch.nn.Module, tokenizer: Any) -> dict[str, Any]:
    """What tells a model and its tokenizer from others: names, and digests of a few numbers and ids."""
    weights = hashlib.blake2b(digest_size=12)
    for name, weight in model.named_parameters():
        weights.update(f"{name} {tuple(weight.shape)} {weight.dtype}".encode())
        if weight.is_floating_point() and weight.device.type != "meta" and type(weight.data) is torch.Tensor:
            values = weight.detach().reshape(-1)[:: max(1, weight.numel() // _SAMPLED)]
            weights.update(values.float().cpu().numpy().tobytes())
    words = tokenizer(_PROBE, add_special_tokens=True)["input_ids"]
    return {
        "name": adapter.model_name(model),
        "weights": weights.hexdigest(),
        "tokenizer": hashlib.blake2b(f"{len(tokenizer)} {list(words)}".encode(), digest_size=12).hexdigest(),
    }


def check_same_model(out: Path, there: dict[str, Any] | None, model_id: dict[str, Any]) -> None:
    """Refuse to mix the results of two models.

    Raises:
        ValueError: the shards that are there are of another one.
    """
    for name, value in (there or {}).items():
        if model_id[name] != value:
            raise ValueError(
                f"{out} holds shards of a model with {name} {value!r}; this one has {model_id[name]!r}. "
                "Give that model, or choose another folder."
            )


def loader_of(model: object, tokenizer: Any) -> Loader:
    if isinstance(model, torch.nn.Module):
        return partial(_given, model, tokenizer)
    if isinstance(model, str):
        return partial(_from_pretrained, model, tokenizer)
    if callable(model):
        return model
    raise TypeError(
        "model must be a causal LM of transformers, the name of one, or a function that returns (model, tokenizer); "
        f"got {type(model).__name__}."
    )


def _given(model: torch.nn.Module, tokenizer: Any) -> tuple[Any, Any]:
    return model, tokenizer


def _from_pretrained(name: str, tokenizer: Any) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = tokenizer or AutoTokenizer.from_pretrained(name)
    model: Any = AutoModelForCausalLM.from_pretrained(name)
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval(), tokenizer


def _whole(value: Any) -> Any:
    """A whole number that came as a float, and None for NaN, as they do in a column where some are missing."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else None if math.isnan(value) else value


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _digest(block: Block) -> str:
    extras = [_columns(block.extras.schema), block.extras.to_pylist()]
    told = json.dumps([[asdict(row) for row in block.rows], extras], default=str)
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{entry.name} {entry.type}" for entry in schema) or "none"


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings under the names that a caller knows."""
    columns, batching = settings["columns"], settings["batching"]
    found = {name: value for name, value in settings.items() if not isinstance(value, dict)}
    found |= settings["fisher"] | {"batch": batching["texts"], "batch_tokens": batching["tokens"]}
    for name, value in columns.items():
        if name in ("text", "messages"):
            found[name] = value
        elif name == "kept":
            found["columns"] = value
        else:
            found[name] = value or found[name]
    return found


def _version() -> str:
    try:
        return version("jacobian-widget")
    except PackageNotFoundError:
        return "0+unknown"
