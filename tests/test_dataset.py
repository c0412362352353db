"""A data set of texts into Parquet: every kind of source, bad rows, going on, and rows that are read again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tiny_models
from chat_templates import CHATML
from datasets import Dataset, IterableDataset
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import attribute, dataset, shards
from jacobian_widget.dataset import attribute_dataset, open_dataset, read_row

TEXTS = ["The cat sat", "a hat", "The cat sat on the mat: it was he", "x", "at the end 🙂 of it", "he"]
ROWS = [{"text": text, "n": i, "kind": "even" if i % 2 == 0 else "odd"} for i, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def loaded() -> tuple[Any, Any]:
    return tiny_models.tiny("llama", vocab_size=300), byte_tokenizer()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "scores.parquet"


def run(source: Any, loaded: tuple[Any, Any], out: Path, **options: Any) -> dataset.Written:
    return attribute_dataset(source, *loaded, **{"out": out, "progress": False, "shard_size": 4, **options})


def frame(out: Path) -> pd.DataFrame:
    return open_dataset(out).to_table().to_pandas()


def column(out: Path, name: str) -> list[Any]:
    return open_dataset(out).to_table(columns=[name])[name].to_pylist()


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_each_row_opens_as_what_attribute_says(loaded: tuple[Any, Any], out: Path) -> None:
    scopes = ("semantic", "temperature", "contrast", "log_probability", "entropy")
    written = run(TEXTS, loaded, out, scopes=scopes, n_bos=1)
    assert (written.rows, written.errors, written.computed) == (6, 0, 2)
    assert sorted(files(out)) == ["part-000000.parquet", "part-000001.parquet"]
    for i, text in enumerate(TEXTS):
        found = read_row(out, i)
        expected = attribute(*loaded, text, scopes=scopes, n_targets=5, n_bos=1)
        assert found.source == expected.source
        assert found.model == expected.model
        assert found.basis.directions == expected.basis.directions
        assert (found.default_target, found.default_foil) == (expected.default_target, expected.default_foil)
        assert [c.label for c in found.predictions] == [c.label for c in expected.predictions]
        for scope in scopes:
            largest = expected.scores(scope).max()
            for question in ({}, {"granularity": "word"}):
                one, other = found.scores(scope, **question), expected.scores(scope, **question)
                np.testing.assert_allclose(one, other, atol=2e-4 * largest)
            assert found.shares(scope)[1] == pytest.approx(expected.shares(scope)[1], abs=1e-3)
        with pytest.raises(ValueError, match="not at hand"):
            found.scores("semantic", target=250)


def test_the_columns_say_the_same_as_the_result(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out, position=-1, scopes=("semantic", "fisher"))
    table = frame(out)
    assert list(table["row"]) == list(range(6))
    assert list(table["n"]) == list(range(6))
    assert list(table["kind"]) == ["even", "odd"] * 3
    assert list(table["text"]) == TEXTS
    assert list(table["error"].notna()) == [False, False, False, True, False, True]  # one token: nothing before it
    for i in (0, 1, 2, 4):
        row, a = table.loc[i], read_row(out, i)
        assert "".join(row["tokens"]) == row["text"]
        assert row["position"] == len(row["ids"]) - 1 == a.position
        assert row["target"] == row["ids"][-1]
        assert row["p"] == pytest.approx(next(c.p for c in a.predictions if c.id == row["target"]))
        np.testing.assert_array_equal(row["score_semantic"], a.scores("semantic"))
        np.testing.assert_array_equal(row["score_fisher"], a.scores("fisher"))
        np.testing.assert_array_equal(row["standard_error_fisher"], a.standard_error("fisher"))
        expected = attribute(*loaded, TEXTS[i], position=-1, scopes=("semantic", "fisher"), n_targets=5)
        np.testing.assert_allclose(a.scores("fisher", rank=3), expected.scores("fisher", rank=3), rtol=1e-5)
        assert row["score_semantic"][-1] == 0


BAD = [
    "The cat sat",
    "",
    None,
    5,
    "x" * 70,
    {"text": "a hat", "n": 3},
    "half \ud800 of a pair",
    {"other": "?"},
    ["not", "a row"],
    {"text": 7},
    "he",
]


def test_a_bad_row_is_recorded_and_the_others_are_not_touched(loaded: tuple[Any, Any], out: Path) -> None:
    written = run(BAD, loaded, out)
    assert (written.rows, written.errors) == (11, 8)
    table = frame(out)
    errors = {i: error for i, error in enumerate(column(out, "error")) if error is not None}
    assert list(errors) == [1, 2, 3, 4, 6, 7, 8, 9]
    for i, words in {
        1: "empty",
        2: "NoneType",
        3: "int",
        4: "Shorten it by 6 tokens",
        6: "surrogate",
        7: "no 'text'",
        8: "list",
        9: "got int",
    }.items():
        assert words in errors[i], (i, errors[i])
        assert table.loc[i, "ids"] is None
        with pytest.raises(ValueError, match=f"row {i} has no result"):
            read_row(out, i)
    np.testing.assert_allclose(read_row(out, 10).scores(), attribute(*loaded, "he").scores(), rtol=1e-3)
    assert column(out, "n") == [3 if i == 5 else None for i in range(11)]


def test_targets_and_positions_may_come_from_columns(loaded: tuple[Any, Any], out: Path) -> None:
    model, tokenizer = loaded
    rows = [
        {"text": "The cat sat", "position": 2, "target": None, "foil": 4},
        {"text": "a hat", "position": None, "target": " s", "foil": None},
        {"text": "The hat", "position": -1, "target": 17, "foil": " sat"},
        {"text": "The hat", "position": 99, "target": 17, "foil": None},
        {"text": "The hat", "position": None, "target": "two tokens", "foil": None},
        {"text": "The hat", "position": 1.5, "target": None, "foil": None},
    ]
    scopes = ("semantic", "contrast")
    run(pd.DataFrame(rows), loaded, out, position="position", target="target", foil="foil", scopes=scopes)
    table = frame(out)
    assert list(table["source_position"][[0, 2, 3]]) == [2, -1, 99]
    assert list(table["error"].notna()) == [False, False, False, True, True, True]
    assert ["out of range" in table.loc[3, "error"], "exactly one token" in table.loc[4, "error"]] == [True, True]
    assert "whole number" in table.loc[5, "error"]
    for i, row in enumerate(rows[:3]):
        expected = attribute(
            model, tokenizer, **{k: row[k] for k in ("text", "position", "target", "foil")}, scopes=scopes, n_targets=5
        )
        found = read_row(out, i)
        assert (found.position, found.default_target, found.chosen_foil, found.default_foil) == (
            expected.position,
            expected.default_target,
            expected.chosen_foil,
            expected.default_foil,
        )
        np.testing.assert_allclose(found.scores("contrast"), expected.scores("contrast"), rtol=1e-3, atol=1e-5)


def test_a_string_that_is_no_column_is_a_token(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out, target=" sat")
    assert set(frame(out)["target_token"]) == {" sat"}
    with pytest.raises(ValueError, match="exactly one token"):
        run(ROWS, loaded, out.with_name("other"), target="no such token")
    for source, there in ((ROWS, "text, n, kind"), (TEXTS, "texts alone")):
        with pytest.raises(ValueError, match=f"no column 'where' for the position; it has {there}"):
            run(source, loaded, out.with_name("other"), position="where")


def test_chats_carry_their_roles(loaded: tuple[Any, Any], out: Path) -> None:
    model, _ = loaded
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = CHATML
    chat = [{"role": "user", "content": "he"}]
    model = tiny_models.tiny("gpt2", vocab_size=300, n_positions=128)
    run([{"chat": chat, "n": 1}, {"chat": None, "n": 2}, chat], (model, tokenizer), out, messages="chat")
    table = frame(out)
    assert list(table["error"].notna()) == [False, True, False]
    assert "chat" not in table
    expected = attribute(model, tokenizer, messages=chat, n_targets=5)
    found = read_row(out, 0)
    assert found.source == expected.source
    assert set(found.role_shares()) == set(expected.role_shares())


def lines(folder: Path) -> Path:
    path = folder / "texts.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n", "utf-8")
    return path


def parquet(folder: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "texts.parquet", row_group_size=2)
    return folder / "texts.parquet"


def several(folder: Path) -> Path:
    (folder / "texts").mkdir()
    for i in range(0, 6, 3):
        pq.write_table(pa.Table.from_pylist(ROWS[i : i + 3]), folder / "texts" / f"{i}.parquet")
    return folder / "texts"


def hugging_face(_: Path) -> Any:
    return Dataset.from_list(ROWS)


def streamed(_: Path) -> Any:
    return IterableDataset.from_generator(lambda: iter(ROWS))


SOURCES = {
    "list": lambda _: ROWS,
    "tuple": lambda _: tuple(ROWS),
    "iterator": lambda _: iter(ROWS),
    "generator": lambda _: (row for row in ROWS),
    "pandas": lambda _: pd.DataFrame(ROWS),
    "an index of its own": lambda _: pd.DataFrame(ROWS, index=list("fedcba")),
    "arrow": lambda _: pa.Table.from_pylist(ROWS),
    "jsonl": lines,
    "its name": lambda folder: str(lines(folder)),
    "parquet": parquet,
    "a folder": several,
    "datasets": hugging_face,
    "streamed": streamed,
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_gives_the_same_files(kind: str, loaded: tuple[Any, Any], tmp_path: Path) -> None:
    expected, found = tmp_path / "expected", tmp_path / "found"
    run(ROWS, loaded, expected)
    assert run(SOURCES[kind](tmp_path), loaded, found).rows == 6
    assert files(found) == files(expected)


def test_a_line_that_is_no_json_is_a_bad_row(loaded: tuple[Any, Any], out: Path, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'{"text": "he"}\n\n{"text": \n"a hat"\n{"text": "\xff"}\n')
    assert run(path, loaded, out).errors == 2
    assert [error and error.split()[0] for error in column(out, "error")] == [None, "line", None, "text"]


def test_an_iterator_is_read_no_further_than_a_shard(loaded: tuple[Any, Any], out: Path) -> None:
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield "a hat"

    def stop(done: int, rows: int | None) -> None:
        assert rows is None
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(endless(), loaded, out, progress=stop)
    assert read <= 12
    assert sorted(files(out)) == ["part-000000.parquet", "part-000001.parquet"]


def test_only_what_is_missing_is_computed(loaded: tuple[Any, Any], out: Path) -> None:
    texts = TEXTS * 3
    first = run(texts, loaded, out)
    whole = files(out)
    assert first.computed == 5
    (out / "part-000001.parquet").unlink()
    (out / "part-000004.parquet").unlink()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (out / f".part-000004.parquet.{shards._HOST}.{ended.pid}.part").write_bytes(b"half of a shard")
    seen: list[tuple[int, int | None]] = []
    again = run(iter(texts), loaded, out, progress=lambda *now: seen.append(now))
    assert (again.computed, again.rows, again.errors) == (2, 18, 0)
    assert files(out) == whole
    assert seen[0][0] == 12
    assert seen[-1] == (18, None)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


OTHER = {
    "scopes": {"scopes": ("entropy",)},
    "shard_size": {"shard_size": 3},
    "position": {"position": -1},
    "target": {"target": 9},
    "n_bos": {"n_bos": 1},
    "batch": {"batch": 2},
    "columns": {"columns": ["n"]},
    "seed": {"seed": 1},
}


@pytest.mark.parametrize("name", OTHER)
def test_other_settings_are_not_mixed_in(name: str, loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out)
    whole = files(out)
    with pytest.raises(ValueError, match=rf"made with .*{name}=.*; this run asks for .*{name}="):
        run(ROWS, loaded, out, **OTHER[name])
    assert files(out) == whole


def test_another_model_is_not_mixed_in(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out)
    (out / "part-000001.parquet").unlink()
    other = tiny_models.tiny("llama", vocab_size=300, seed=1)
    with pytest.raises(ValueError, match="holds shards of a model with weights"):
        run(ROWS, (other, loaded[1]), out)
    assert sorted(files(out)) == ["part-000000.parquet"]


def test_other_rows_are_not_mixed_in(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out)
    changed = [*ROWS[:5], ROWS[0]]
    with pytest.raises(ValueError, match=r"part-000001.*made from other rows"):
        run(changed, loaded, out)
    with pytest.raises(ValueError, match=r"part-000001.*does not have: it has 4"):
        run(ROWS[:4], loaded, out)
    with pytest.raises(ValueError, match="made from other rows"):
        run([*ROWS, "one more"], loaded, out)


def test_what_is_no_folder_of_ours_is_refused(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out)
    with pytest.raises(ValueError, match="holds 2 shards"):
        run(ROWS, loaded, out, resume=False)
    pq.write_table(pa.table({"a": [1]}), out / "part-000000.parquet")
    with pytest.raises(ValueError, match="not written by attribute_dataset"):
        run(ROWS, loaded, out)
    (out / "part-000000.parquet").write_bytes(b"no parquet")
    with pytest.raises(ValueError, match="damaged"):
        run(ROWS, loaded, out)
    with pytest.raises(ValueError, match="is a file"):
        run(ROWS, loaded, out / "part-000001.parquet")
    with pytest.raises(ValueError, match="no shards"):
        open_dataset(out.with_name("nothing"))
    with pytest.raises(IndexError, match="no row 77"):
        read_row(out.with_name("whole"), 77) if run(ROWS, loaded, out.with_name("whole")) else None


@pytest.mark.parametrize(
    ("source", "options", "error", "words"),
    [
        (ROWS, {"text": "words"}, ValueError, "no column 'words'; its columns are 'text', 'n', 'kind'"),
        (ROWS, {"columns": ["m"]}, ValueError, "no column 'm'"),
        (ROWS, {"scopes": ()}, ValueError, "scopes is empty"),
        (ROWS, {"scopes": ("none",)}, ValueError, "unknown scope"),
        (ROWS, {"shard_size": 0}, ValueError, "shard_size is 0"),
        (ROWS, {"batch": 2.5}, TypeError, "batch is 2.5"),
        (ROWS, {"position": 1.5}, TypeError, "position is 1.5"),
        (ROWS, {"target": 1.5}, TypeError, "target is 1.5"),
        (ROWS, {"n_bos": "x"}, TypeError, "n_bos is 'x'"),
        (ROWS, {"n_bos": -1}, ValueError, "n_bos is -1"),
        (ROWS, {"engine": "spark"}, ValueError, "unknown engine"),
        (ROWS, {"workers": 2}, ValueError, "for engine='ray'"),
        (7, {}, TypeError, "got int"),
        ({"text": "a"}, {}, TypeError, "got dict"),
        ("no-such-file.jsonl", {}, ValueError, "there is no file"),
        (__file__, {}, ValueError, "neither Parquet"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(
    source: Any, options: Any, error: Any, words: str, loaded: tuple[Any, Any], out: Path
) -> None:
    with pytest.raises(error, match=words):
        run(source, loaded, out, **options)
    assert not list(out.glob("*.parquet"))


def test_a_column_keeps_its_first_type(loaded: tuple[Any, Any], out: Path) -> None:
    rows = [{"text": "he", "n": i, "note": None} for i in range(4)] + [{"text": "he", "n": 1, "note": {"a": 1}}]
    run(iter(rows), loaded, out)
    assert list(frame(out)["note"].dropna()) == ['{"a": 1}']
    with pytest.raises(ValueError, match="column 'n' held int64"):
        run(iter([*rows[:4], {"text": "he", "n": "one"}]), loaded, out.with_name("other"))


@pytest.mark.parametrize(
    ("first", "later"),
    [(1, 2.5), ([1], [0.5]), ({"a": 1}, {"a": 1, "b": 2}), ({"a": [1]}, {"a": [0.5]})],
)
def test_no_value_is_cut_to_the_type_of_earlier_rows(
    first: Any, later: Any, loaded: tuple[Any, Any], out: Path, tmp_path: Path
) -> None:
    values = [first, first, None, first, None, later]
    rows = [{"text": text, "m": value} for text, value in zip(TEXTS, values, strict=True)]
    with pytest.raises(ValueError, match=r"column 'm' held .* would become"):
        run(iter(rows), loaded, tmp_path / "stream")
    run(rows, loaded, out)
    assert column(out, "m") == pa.array(values).to_pylist()


def test_numbers_that_fit_the_type_of_earlier_rows_are_taken(loaded: tuple[Any, Any], out: Path) -> None:
    values = [{"a": 0.5, "b": 1}, None, {"b": 2, "a": 1}, {"a": 1.5}, {"b": 3, "a": 2}, {"a": 4}]
    run(({"text": text, "m": value} for text, value in zip(TEXTS, values, strict=True)), loaded, out)
    assert column(out, "m") == [None if value is None else {"b": None} | value for value in values]


def test_columns_of_pandas_keep_their_types(loaded: tuple[Any, Any], out: Path) -> None:
    given = pd.DataFrame(
        {
            "text": TEXTS,
            "m": [1, 2, 3, 4, 2.5, 0.7],
            "mixed": pd.Series([1, None, 3, 4, 2.5, "x"], dtype=object),
            "when": pd.to_datetime([123456789012345678, *range(4), None]),
            "kind": pd.Categorical(["a", "b", "a", None, "c", "c"]),
            "month": pd.period_range("2020-01", periods=6, freq="M"),
            "sparse": pd.arrays.SparseArray([0, 1, 0, 0, 1, 0]),
            5: pd.array([1, None, 3, 4, 5, 6], dtype="Int64"),
        }
    )
    run(given, loaded, out)
    assert column(out, "m") == [1, 2, 3, 4, 2.5, 0.7]
    assert column(out, "mixed") == ["1", None, "3", "4", "2.5", "x"]
    assert column(out, "when")[0] == pd.Timestamp(123456789012345678)
    assert column(out, "kind") == ["a", "b", "a", None, "c", "c"]
    assert column(out, "month")[1] == '"2020-02"'
    assert column(out, "sparse") == [0, 1, 0, 0, 1, 0]
    assert column(out, "5") == [1, None, 3, 4, 5, 6]


def test_names_that_are_no_strings_are_written_as_such(loaded: tuple[Any, Any], out: Path) -> None:
    run([{"text": text, 7: i} for i, text in enumerate(TEXTS)], loaded, out, columns=[7])
    assert column(out, "7") == list(range(6))
    run([{"text": "he", 7: 1, "7": 2}, "he"], loaded, out.with_name("twice"))
    assert "one name" in column(out.with_name("twice"), "error")[0]


def twice(folder: Path) -> Path:
    pq.write_table(pa.table([TEXTS, [1] * 6, [2] * 6], names=["text", "a", "a"]), folder / "twice.parquet")
    return folder / "twice.parquet"


@pytest.mark.parametrize(
    "source",
    [
        lambda _: pd.DataFrame([[text, 1, 2] for text in TEXTS], columns=["text", "a", "a"]),
        lambda _: pd.DataFrame([[text, 1, 2] for text in TEXTS], columns=["text", 1, "1"]),
        lambda folder: pq.ParquetFile(twice(folder)).read(),
        twice,
    ],
)
def test_columns_of_one_name_are_refused(source: Any, loaded: tuple[Any, Any], out: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"more than one column '[a1]'|duplicate field"):
        run(source(tmp_path), loaded, out)


@pytest.mark.parametrize(
    "texts",
    [
        pd.Series(TEXTS, index=list("fedcba")),
        pd.Series(TEXTS).astype("category"),
        Dataset.from_list(ROWS)["text"],
        pa.array(TEXTS),
        pa.chunked_array([TEXTS[:2], TEXTS[2:]]),
        pa.RecordBatch.from_pylist([{"text": text} for text in TEXTS]),
    ],
)
def test_a_single_column_is_a_list_of_texts(texts: Any, loaded: tuple[Any, Any], out: Path) -> None:
    run(TEXTS, loaded, out.with_name("expected"))
    assert run(texts, loaded, out).errors == 0
    assert files(out) == files(out.with_name("expected"))


def test_with_chats_a_column_called_text_is_carried_along(loaded: tuple[Any, Any], out: Path) -> None:
    run([{"chat": None, "text": "kept"}], loaded, out, messages="chat")
    assert column(out, "source_text") == ["kept"]


def test_nan_is_no_target(loaded: tuple[Any, Any], out: Path) -> None:
    rows = [{"text": "The cat sat", "k": 7.0}, {"text": "a hat", "k": float("nan")}]
    assert run(rows, loaded, out, target="k").errors == 0
    assert column(out, "target") == [7, attribute(*loaded, "a hat").default_target]


def test_numbers_of_numpy_are_numbers(loaded: tuple[Any, Any], out: Path) -> None:
    run(
        ROWS,
        loaded,
        out,
        target=np.int64(5),
        foil=np.int32(6),
        position=np.int64(-1),
        n_bos=np.int8(1),
        seed=np.int64(0),
    )
    run(ROWS, loaded, out.with_name("plain"), target=5, foil=6, position=-1, n_bos=1)
    assert files(out) == files(out.with_name("plain"))


def test_other_further_columns_are_not_mixed_in(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out)
    (out / "part-000000.parquet").unlink()
    whole = files(out)
    changed = [row | {"kind": row["kind"].upper()} for row in ROWS]
    with pytest.raises(
        ValueError, match=r"carries the columns n int64, kind string; this source has n double, kind string"
    ):
        run([row | {"n": 0.5} for row in ROWS], loaded, out)
    with pytest.raises(ValueError, match="this source has none"):
        run(TEXTS, loaded, out)
    assert files(out) == whole
    with pytest.raises(ValueError, match=r"part-000001.*made from other rows"):
        run(changed, loaded, out)


def test_files_of_others_are_left_alone(loaded: tuple[Any, Any], out: Path) -> None:
    run(ROWS, loaded, out)
    (out / "part-000001.parquet").unlink()
    ours, theirs = (
        out / f".part-000000.parquet.{shards._HOST}.{os.getpid()}.part",
        out / ".part-000000.parquet.far.1.part",
    )
    old, foreign = out / ".part-000001.parquet.far.2.part", out / "part-00000-abc.snappy.parquet"
    for path in (ours, theirs, old, foreign):
        path.write_bytes(b"of another run")
    os.utime(old, (0, 0))
    assert run(ROWS, loaded, out).computed == 1
    assert [path.exists() for path in (ours, theirs, old, foreign)] == [True, True, False, True]
    assert len(frame(out)) == 6


def test_a_column_that_comes_late_is_not_lost(loaded: tuple[Any, Any], out: Path) -> None:
    rows = [*TEXTS, {"text": "he", "late": 1}]
    run(rows, loaded, out)
    assert column(out, "late") == [None] * 6 + [1]
    with pytest.raises(ValueError, match="column 'late' appears first among the rows from 4 on"):
        run(iter(rows), loaded, out.with_name("stream"))
    run(iter(rows), loaded, out.with_name("without"), columns=[])
    assert "late" not in open_dataset(out.with_name("without")).schema.names


def test_nothing_is_an_empty_table(loaded: tuple[Any, Any], out: Path) -> None:
    assert run([], loaded, out).rows == 0
    assert len(frame(out)) == 0
    assert run([], loaded, out).computed == 0


def test_a_model_may_be_loaded_by_a_function_or_a_name(loaded: tuple[Any, Any], out: Path, tmp_path: Path) -> None:
    loaded[0].save_pretrained(tmp_path / "tiny")
    loaded[1].save_pretrained(tmp_path / "tiny")
    run(ROWS, loaded, out)
    attribute_dataset(ROWS, lambda: loaded, out=tmp_path / "called", shard_size=4, progress=False)
    assert files(tmp_path / "called") == files(out)
    attribute_dataset(ROWS, str(tmp_path / "tiny"), out=tmp_path / "named", shard_size=4, progress=False)
    for i in range(6):
        np.testing.assert_allclose(read_row(tmp_path / "named", i).scores(), read_row(out, i).scores(), rtol=1e-4)
    with pytest.raises(TypeError, match="got int"):
        attribute_dataset(ROWS, 5, out=tmp_path / "none")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="needs its tokenizer"):
        attribute_dataset(ROWS, loaded[0], out=tmp_path / "none")


def test_the_bar_shows_rate_and_time_left(
    loaded: tuple[Any, Any], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(ROWS, loaded, out, progress=True)
    shown = capsys.readouterr().err
    assert "6/6" in shown
    assert "text/s" in shown


def test_a_shard_is_whole_or_not_there(loaded: tuple[Any, Any], out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(table: Any, file: Any, **_: Any) -> None:
        file.write(b"PAR1 and then the disk is full")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shards.pq, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        run(ROWS, loaded, out)
    assert list(out.iterdir()) == []
