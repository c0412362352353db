"""DatasetView without a browser: which rows it shows, what opens, what it refuses, and that it reads no more."""

from __future__ import annotations

import gc
import json
import shutil
import threading
import weakref
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stored_runs import SCOPES, TEXTS, failed, record, results, tiny_pair, write
from tiny_models import tiny

from jacobian_widget import JacobianWidget, attribute_dataset
from jacobian_widget._stored import StoredWidget
from jacobian_widget._summaries import chart
from jacobian_widget.aggregate import by_token
from jacobian_widget.dataset_view import DatasetView
from jacobian_widget.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = "<img src=x onerror='window.broken=1'>"
ERROR = "ValueError: <b>the text</b> is too long"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rounds of the texts, and a row with an error at the end."""
    many = [record(k, a, topic=f"topic {k // 6}") for k, a in enumerate(results() * 3)]
    return write(tmp_path_factory.mktemp("run") / "scores.parquet", [*many, failed(18, "too long", ERROR)], size=5)


@pytest.fixture
def view(run: Path) -> Iterator[DatasetView]:
    opened = DatasetView(run)
    yield opened
    opened.close()


def shown(view: DatasetView) -> list[int]:
    return [int(k) for k in view._grid.table.df["Row"]]


def said(view: DatasetView) -> str:
    return str(view._said.value)


def test_pages(view: DatasetView) -> None:
    assert shown(view) == list(range(10))
    assert "19 rows, 1 to 10 shown" in said(view)
    view.page = 1
    assert shown(view) == list(range(10, 19))
    view.page = 99
    assert view.page == 1
    view.page_size = 4
    assert shown(view) == [8, 9, 10, 11], "the first row of the page stays in sight"
    view.page = -3
    assert shown(view) == [0, 1, 2, 3]


def test_search_filter_and_sort_go_together(view: DatasetView) -> None:
    view.search = "THE"
    assert shown(view) == [0, 2, 6, 8, 12, 14]
    assert "6 of 19 rows" in said(view)
    view.where = "topic = 'topic 1' and len(tokens) < 100"
    assert shown(view) == [6, 8]
    view.where = ""
    view.sort = "entropy"
    entropy = [results()[k % 6].entropy for k in shown(view)]
    assert entropy == sorted(entropy)
    view.descending = True
    entropy = [results()[k % 6].entropy for k in shown(view)]
    assert entropy == sorted(entropy, reverse=True)
    view.search = "no such text"
    assert shown(view) == []
    assert "0 of 19 rows" in said(view)


def test_rows_without_a_value_come_last(view: DatasetView) -> None:
    for descending in (False, True):
        view.descending, view.sort = descending, "p"
        view.page = 1
        assert shown(view)[-1] == 18


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("p >", "syntax error"),
        ("loudness > 2", "loudness"),
        ("p > 0.5; drop table x", "Parser Error"),
        ("1 = 1) union select (1", "syntax error"),
        ("text = 'a' + 1", "filter"),
        ("(select count(*) from read_text('/etc/hostname')) > 0", "disabled by configuration"),
        ("(select count(*) from read_csv('https://127.0.0.1/x')) > 0", "filter"),
    ],
)
def test_a_filter_that_is_none_is_said_and_the_table_stays(view: DatasetView, where: str, why: str) -> None:
    view.page = 1
    before = shown(view)
    view.where = where
    assert why in said(view)
    assert 'role="alert"' in said(view)
    assert shown(view) == before
    view.where = "row < 3"
    assert shown(view) == [0, 1, 2]
    assert "alert" not in said(view)


def test_first_values_and_bad_ones(run: Path, tmp_path: Path) -> None:
    view = DatasetView(run, search="the", sort="row", descending=True, page_size=2)
    assert shown(view) == [14, 12]
    assert (view.rows.scopes, view.rows.further) == (list(SCOPES), ["topic"])
    with pytest.raises(ValueError, match="can't be sorted by 'ids'"):
        view.sort = "ids"
    with pytest.raises(ValueError, match="page_size is 1 to 100"):
        view.page_size = 0
    view.close()
    for path, where, why in (
        (tmp_path / "nothing", "", "is not there"),
        (tmp_path, "", "holds no .parquet file"),
        (run, "p >", "is not a condition"),
    ):
        with pytest.raises((ValueError, FileNotFoundError), match=why):
            DatasetView(path, where=where)
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), other)
    with pytest.raises(ValueError, match="was not written by attribute_dataset"):
        DatasetView(other)
    with pytest.raises(TypeError, match="together, or neither"):
        DatasetView(run, model=object())


def test_a_row_opens_as_it_was_stored(view: DatasetView) -> None:
    assert view.widget is None
    view.row = 1
    stored = results()[1]
    assert view.attribution is not None
    assert view.attribution.source == stored.source
    widget = view.widget
    assert isinstance(widget, StoredWidget)
    for scope in SCOPES:
        widget.scope = scope
        np.testing.assert_allclose(widget.scores, stored.scores(scope), rtol=1e-6)
    assert widget.status["state"] == "saved"
    assert "give DatasetView a model" in widget.status["message"]
    assert view._grid.table.selected_rows == [1]
    view.row = 9
    assert view.widget is widget, "one heatmap for all rows: it keeps its scope, and a pinned picture"
    assert (widget.text, widget.position, widget.scope) == (TEXTS[3], 20, SCOPES[-1])
    view.row = None
    assert view.widget is None
    assert view._grid.table.selected_rows == []


def test_the_grid_opens_rows_and_steps_walk_over_pages(view: DatasetView) -> None:
    view.sort, view.descending = "row", True
    view._grid.table.selected_rows = [9]
    assert view.row == 9
    view._stepped(1)
    assert (view.row, view.page) == (8, 1)
    view._stepped(-1)
    assert (view.row, view.page) == (9, 0)
    assert view._grid.table.selected_rows == [9]
    view._sorted_by("row")
    assert (view.sort, view.descending) == ("row", False)
    view._sorted_by("p")
    assert (view.sort, view.descending) == ("p", False)
    view._grid._order._handle_custom_msg({"sort": 0}, [])
    assert view.sort == "row"
    for nonsense in ("x", {"sort": 99}, {"sort": -1}, {"turn": 7}, {}):
        view._grid._order._handle_custom_msg(nonsense, [])
    assert (view.sort, view.page) == ("row", 0)
    view._grid._order._handle_custom_msg({"turn": 1}, [])
    assert view.page == 1


def test_a_row_with_an_error_and_a_row_that_is_not_there(view: DatasetView) -> None:
    view.page = 1
    assert view._grid.table.df["Text"].tolist()[-1] == f"⚠ {ERROR}"
    view.row = 18
    assert "Row 18 has no result: ValueError: &lt;b&gt;the text" in view._opened._title.value
    assert view.attribution is None
    with pytest.raises(IndexError, match="there is no row 99"):
        view.open_row(99)
    with pytest.raises(ValueError, match="there is no row 99"):
        view.row = 99
    assert view.row == 18


def test_a_stored_result_says_what_it_cannot_answer() -> None:
    stored = results()[1].detached()
    w = JacobianWidget.from_attribution(stored, palette="green")
    assert (w.text, w.position, w.palette, w.attribution.position) == (TEXTS[1], 9, "green", 9)
    known = stored.predictions[3].id
    w.target = known
    np.testing.assert_allclose(w.scores, stored.scores(target=known))
    unknown = next(k for k in range(300) if not stored.knows(k))
    for name, value in (("position", 3), ("position", None), ("text", "other"), ("target", unknown)):
        w.set_state({name: value})
        assert w.status["state"] == "saved"
        assert "only its model could" in w.status["message"]
        if value is not None:  # a browser's None is sent back, unseen by traitlets' validation
            with pytest.raises(ValueError, match="only its model could"):
                setattr(w, name, value)
    assert (w.text, w.position, w.target) == (TEXTS[1], 9, known)
    w.set_state({"query": stored.predictions[0].token.strip()})
    assert stored.predictions[0].id in {item["id"] for item in w.matches["items"]}
    with pytest.raises(RuntimeError, match="only its model"):
        w.generate()
    with pytest.raises(TypeError, match="unknown keyword colour"):
        JacobianWidget.from_attribution(stored, colour="red")
    for panel in ("compare", "check", "map", "series", "examples", "help", "save"):
        w.panel = panel
    w.pin()
    assert w.pinned["basis"]["text"] == TEXTS[1]
    assert "<html" in (w.to_html() or "")
    bundle = w._repr_mimebundle_()
    assert bundle is not None
    assert "Not computed yet" not in bundle[0]["text/html"]
    w.close()


def test_with_a_model_other_tokens_of_a_row_are_explained(run: Path) -> None:
    model, tokenizer = tiny_pair()
    view = DatasetView(run, model, tokenizer)
    for row in (1, 9, 2):
        view.row = row
        widget, stored = view.widget, results()[row % 6]
        assert widget is not None
        assert not isinstance(widget, StoredWidget)
        assert widget.attribution.source == stored.source
        np.testing.assert_allclose(widget.scores, stored.scores(), rtol=1e-4)
    widget.position = 4
    assert widget.attribution.position == 4
    view.close()


def test_two_runs_open_side_by_side(run: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "scores.parquet", [record(k, a) for k, a in enumerate(results(seed=1))])
    view = DatasetView(run, compare=other)
    view.row = 2
    assert [widget.attribution.default_target for widget in view._opened.widgets] == [
        results(seed=s)[2].default_target for s in (0, 1)
    ]
    pair = view._opened._pictures.children
    view.row = 12
    name, widget = view._opened._pictures.children
    assert "scores.parquet" in name.value
    assert widget is view.widget
    assert all(child.comm is None for child in pair if child is not widget), "closed"
    for index, name in enumerate(view._summaries, 1):
        view._tabs.selected_index = index
        summary = view._summaries[name]
        summary.wait()
        assert "scores.parquet (2)" in summary.html, name
    assert "6 rows have scores in both" in summary.html
    view.close()


def test_a_row_of_the_second_run_alone_is_not_taken_for_the_first(run: Path, tmp_path: Path) -> None:
    few = write(tmp_path / "few", [record(k, a) for k, a in enumerate(results()[:3])])
    view = DatasetView(few, *tiny_pair(), compare=run)
    view.row = 12
    assert "scores.parquet" in view._opened._pictures.children[0].value
    assert isinstance(view._opened.widgets[0], StoredWidget), "the model is not this run's"
    assert (view.attribution, view.widget) == (None, None)
    view.row = 2
    assert view.attribution is not None
    view.close()


def test_a_live_row_keeps_its_target_and_foil(tmp_path: Path) -> None:
    model, tokenizer = tiny_pair()
    asked = [{"target": 70, "foil": 80}, {}, {"target": 90, "position": 3}, {"position": 3}]
    source = [{"text": TEXTS[0], "target": None, "foil": None, "position": None, **named} for named in asked]
    named_by = {name: name for name in ("target", "foil", "position")}
    attribute_dataset(source, model, tokenizer, out=tmp_path / "run", progress=False, scopes=SCOPES, **named_by)
    view = DatasetView(tmp_path / "run", model, tokenizer)
    for row, named in enumerate(asked):
        view.row = row
        widget, a = view.widget, view.attribution
        assert widget is not None
        assert a is not None
        assert (widget.target, widget.foil) == (named.get("target"), named.get("foil"))
        for scope in ("log_probability", "contrast"):
            widget.scope = scope
            np.testing.assert_allclose(widget.scores, a.scores(scope), rtol=1e-3, atol=1e-5)
    view.close()


def test_a_row_that_the_model_cannot_explain_is_refused(run: Path) -> None:
    small = tiny("llama", vocab_size=300, max_position_embeddings=8)
    view = DatasetView(run, small, tiny_pair()[1])
    view.row = 0
    assert "Row 0 has no result" in view._opened._title.value
    assert (view.attribution, view.widget) == (None, None)
    view.row = 5
    assert view.attribution is not None, "short enough"
    view.close()


def test_files_that_are_gone_are_said(run: Path, tmp_path: Path) -> None:
    view = DatasetView(shutil.copytree(run, tmp_path / "run"))
    for file in view.rows.files[1:]:
        Path(file).unlink()
    view.search = "the"
    for _ in range(2):
        assert 'role="alert"' in said(view)
        assert "the rows can&#x27;t be read: IO Error" in said(view)
        assert "filter" not in said(view)
        view.where = "p < 2"
    view.search = view.where = ""
    assert shown(view) == list(range(10)), "the table stays"
    view.page = 1
    assert "can&#x27;t be read" in said(view)
    view.open_row(7)
    assert "Row 7 has no result: the rows can&#x27;t be read" in view._opened._title.value
    view._tabs.selected_index = 1
    view._summaries["distance"].wait()
    assert "can&#x27;t be read" in view._summaries["distance"].html
    view.close()


def test_names_of_files_are_no_patterns(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run1")
    for name in ("run?", "run[1]", "r*"):
        rows = Rows(shutil.copytree(run, tmp_path / name))
        assert len(rows) == 19
        assert rows.read([7], ["row"]) == [(7,)]
        assert rows.about["model"] == {"name": "tiny"}
        assert rows.find("the").count == 6
        assert [batch.num_rows for batch in rows.batches(["row"])] == [5, 5, 5, 3]


def test_columns_of_the_source_may_be_called_as_ours_in_capitals(tmp_path: Path) -> None:
    names = ["Text", "TARGET", "P", "file_index", "File_Row_Number", "Score_semantic", "Source_x", "A", "a"]
    source = [{"text": TEXTS[k], **dict.fromkeys(names, k)} for k in (0, 5)]
    attribute_dataset(source, *tiny_pair(), out=tmp_path / "run", progress=False)
    rows = Rows(tmp_path / "run")
    assert rows.further[:7] == [f"source_{name}" for name in names[:7]]
    assert rows.read([1], ["text", '"source_Text"', '"source_file_index"', '"A"']) == [(TEXTS[5], 5, 5, 5)]
    view = DatasetView(tmp_path / "run")
    assert shown(view) == [0, 1]
    view.sort, view.descending = "source_P", True
    assert shown(view) == [1, 0]
    view.close()


def test_times_with_their_zone_are_shown_without_a_package_of_zones(tmp_path: Path) -> None:
    extras = pa.schema([("seen", pa.timestamp("us", "UTC")), ("day", pa.date32()), ("sure", pa.bool_())])
    seen = [datetime(2020, 5, k + 1, 12, tzinfo=timezone.utc) for k in range(6)]
    more = [{"seen": moment, "day": moment.date(), "sure": True} for moment in seen]
    records = [{**record(k, a), **more[k]} for k, a in enumerate(results())]
    view = DatasetView(write(tmp_path / "run", records, extras=extras), sort="seen", descending=True)
    assert shown(view) == [5, 4, 3, 2, 1, 0]
    table = view._grid.table.df
    assert table["seen"][0].startswith("2020-05-06 ")
    assert (table["day"][0], table["sure"][0]) == ("2020-05-06", "true")
    view.row = 3
    assert view.attribution is not None
    view.close()


def test_numbers_that_are_none_come_last(tmp_path: Path) -> None:
    extras = pa.schema([("loss", pa.float64()), ("rank", pa.int32())])
    losses = [2.0, float("nan"), 1.0, None, float("inf"), 0.5]
    records = [{**record(k, a), "loss": losses[k], "rank": k} for k, a in enumerate(results())]
    rows = Rows(write(tmp_path / "run", records, extras=extras))
    for descending, order in ((False, [5, 2, 0, 4, 1, 3]), (True, [4, 0, 2, 5, 1, 3])):
        assert rows.find(sort="loss", descending=descending).page(0, 6).tolist() == order
    assert rows.find(sort="rank", descending=True).page(0, 2).tolist() == [5, 4]


def test_a_wide_table_is_shown_whole(tmp_path: Path) -> None:
    extras = pa.schema([(f"column {k}", pa.string()) for k in range(250)])
    more = dict.fromkeys(extras.names, "a value of some length")
    records = [{**record(k, a), **more} for k, a in enumerate(results() * 4)]
    view = DatasetView(write(tmp_path / "run", records, size=24, extras=extras), page_size=50)
    sent = json.loads(view._grid.table._dt_args["data_json"])
    assert (len(sent), len(sent[0])) == (24, len(view._columns))
    assert len(view._columns) > 250
    view.close()


def test_two_vocabularies_are_joined_by_token_too(run: Path) -> None:
    frame = by_token(run)
    other = frame.assign(token=["" if k == 0 else token for k, token in enumerate(frame["token"])])
    html = chart("token", [frame, other], ["a", "b"], "token", measure="lift")
    first, second = html.split("<tr>")[2:4]
    assert "<td>–</td>" in first, "the same id, but another token"
    assert "<td>–</td>" not in second


def test_a_summary_that_is_done_is_not_computed_again(view: DatasetView) -> None:
    view._tabs.selected_index = 1
    summary = view._summaries["distance"]
    summary.wait()
    html, thread = summary.html, summary._thread
    view._tabs.selected_index = 0
    view._tabs.selected_index = 1
    assert (summary.html, summary._thread) == (html, thread)
    assert "<td>18</td>" in html


def test_summaries_follow_the_rows_asked_for(view: DatasetView) -> None:
    view._tabs.selected_index = 1
    summary = view._summaries["distance"]
    summary.wait()
    assert "<td>18</td>" in summary.html
    view.where = "topic = 'topic 0'"
    summary.wait()
    assert "<td>6</td>" in summary.html
    assert "<td>18</td>" not in summary.html
    view.where = "text = 'nothing'"
    summary.wait()
    assert "No rows have scores here" in summary.html
    view._tabs.selected_index = 2
    part = view._summaries["part"]
    pattern = part._controls[1]
    pattern.value = "("
    part.wait()
    assert "No rows have scores here" in part.html
    view.where = ""
    part.wait()
    assert "is no regular expression" in part.html
    pattern.value = r"\d+"
    part.wait()
    assert "matches" in part.html


def test_a_chart_holds_no_markup_of_tokens(run: Path) -> None:
    frame = by_token(run).assign(token=HOSTILE)
    html = chart("token", [frame, frame], [HOSTILE, HOSTILE], "token", measure="lift")
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_view_and_its_model_can_be_collected(run: Path) -> None:
    model: Any = tiny("llama", vocab_size=300, max_position_embeddings=512)
    view = DatasetView(run, model, tiny_pair()[1])
    view.row = 0
    assert view.widget is not None
    view.widget.attribution  # noqa: B018 - waits
    view._tabs.selected_index = 1
    view._summaries["distance"].wait()
    known = weakref.ref(model)
    view.close()
    del view, model
    for _ in range(100):
        gc.collect()
        if known() is None:
            return
        threading.Event().wait(0.05)
    raise AssertionError("something still holds the model")


def test_a_page_reads_the_files_of_its_rows_only(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(run)
    assert len(rows.files) == 4
    read: list[list[str]] = []
    relation = rows._relation
    monkeypatch.setattr(rows, "_relation", lambda c, files=None: read.append(files) or relation(c, files))
    assert [line[0] for line in rows.read(rows.find().page(4, 3), ["row"])] == [4, 5, 6]
    assert read == [rows.files[:2]]
    with pytest.raises(ValueError, match="can't be sorted by 'nothing'"):
        rows.find(sort="nothing")
    assert rows.places([18, 0, 99]).tolist() == [18, 0, -1]
    assert rows.table(18)["error"].to_pylist() == [ERROR]
    assert rows.about["model"] == {"name": "tiny"}
    assert Rows(rows.files[1]).read([0], ["row"]) == [(5,)]
