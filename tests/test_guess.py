"""Guess mode from Python's side: marks and what clears them, answers counted by hand, and a class's table."""

from __future__ import annotations

import itertools
import json
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_export import opened
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import BadValueError, JacobianWidget, _guess, attribute, class_table, leave_one_out
from jacobian_widget._bundle import self_unpacking_panels
from jacobian_widget._panels import panels_code
from jacobian_widget.guesses import COLUMNS, answer_of, pieces_before
from jacobian_widget.ranks import order

TEXT = "The cat sat on 3.14 <b>mats</b>"


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=256)


@pytest.fixture
def w(model: Any) -> JacobianWidget:
    return JacobianWidget(model, byte_tokenizer(), TEXT, position=-1, guess="hidden")


def left_out(w: JacobianWidget) -> np.ndarray[Any, Any]:
    w.attribution  # noqa: B018 - waits
    w._finish_left_out()
    assert w.left_out["state"] == "done"
    return np.frombuffer(w.left_out["kl"], "<f4")


def test_an_answer_counts_what_is_among_the_strongest(w: JacobianWidget) -> None:
    kl = left_out(w)
    scores, end = w.scores, w.attribution.end
    strongest = order(scores[:end])
    confirmed = order(kl)
    w.marked = [strongest[5], strongest[0], strongest[1], confirmed[0]]
    marked = set(w.marked)
    w.guess = "revealed"
    (answer,) = w.answers
    k = len(marked)
    assert answer["marked"] == sorted(marked)
    assert answer["tokens"] == [w.attribution.source.pieces[t] for t in sorted(marked)]
    assert answer["hits"] == len(marked & set(strongest[:k]))
    assert answer["left_out_hits"] == len(marked & set(confirmed[:k]))
    assert (answer["k"], answer["pieces"]) == (k, end)
    assert answer["by_chance"] == pytest.approx(k * k / end)
    assert answer["text"] == TEXT
    assert (answer["position"], answer["scope"], answer["attempt"]) == (end, "semantic", 1)
    assert answer["target"] == w.attribution.source.pieces[-1]
    assert json.loads(json.dumps(answer)) == answer


def test_by_chance_is_the_mean_over_blind_guesses(model: Any) -> None:
    a = attribute(model, byte_tokenizer(), "abcdefgh")
    chance = np.random.default_rng(0)
    guesses = [chance.choice(a.end, 3, replace=False).tolist() for _ in range(400)]
    answers = [answer_of(a, {"scope": "entropy"}, marked) for marked in guesses]
    mean = np.mean([answer["hits"] for answer in answers])
    assert mean == pytest.approx(answers[0]["by_chance"], abs=0.15)
    assert answers[0]["target"] is None


def test_leave_one_out_is_that_of_python(w: JacobianWidget, model: Any) -> None:
    a = attribute(model, byte_tokenizer(), TEXT, position=-1)
    np.testing.assert_allclose(left_out(w), leave_one_out(a).kl[: a.end], rtol=1e-4, atol=1e-7)


def test_words_are_counted_as_words_and_left_out_whole(w: JacobianWidget) -> None:
    w.granularity = "word"
    kl = left_out(w)
    source, end = w.attribution.source, w.attribution.end
    pieces = pieces_before(source, end, "word")
    assert len(kl) == len(pieces) < end
    several = next(i for i, piece in enumerate(pieces) if len(range(*piece)) > 1)
    w.marked = [pieces[several][0], pieces[4][0]]  # a piece counts when one of its tokens is marked
    w.guess = "revealed"
    (answer,) = w.answers
    assert (answer["k"], answer["pieces"], answer["granularity"]) == (2, len(pieces), "word")
    starts = [*source.groups("word"), len(source)]
    words = ["".join(source.pieces[i:j]) for i, j in itertools.pairwise(starts)]
    assert answer["tokens"] == [words[i] for i in sorted({several, 4})]
    assert answer["left_out_strongest"] == [words[i] for i in order(kl)[:2]]


def test_what_is_hidden_counts_on_neither_side(model: Any) -> None:
    a = attribute(model, byte_tokenizer(), "one, two, three")
    delimiters = [t for t in range(a.end) if a.source.delimiters[t]]
    kl = np.ones(a.end, np.float32)
    kl[delimiters] = 9
    answer = answer_of(a, {"hide": ["delimiters"]}, [0, 1, 2], kl)
    assert answer["pieces"] == a.end - len(delimiters)
    assert not {*answer["strongest"], *answer["left_out_strongest"]} & {",", " "}
    with_delimiters = answer_of(a, {"hide": ["delimiters"]}, [0, 1, 2, *delimiters], kl)
    assert with_delimiters == {**answer, "marked": sorted([0, 1, 2, *delimiters])}


def test_marks_that_are_all_hidden_are_no_answer(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    w.hide = ["delimiters"]
    w.marked = [w.attribution.source.pieces.index(" ")]
    w.guess = "revealed"
    assert w.answers == []


def test_what_is_drawn_is_answered_before_the_result_is_complete(w: JacobianWidget) -> None:
    whole = w.attribution
    w._result = replace(whole, complete=False, fisher=None)  # Fisher is still on its way
    w.marked = [1, 2]
    w.guess = "revealed"
    assert [answer["marked"] for answer in w.answers] == [[1, 2]]
    w.position = 5
    assert [answer["marked"] for answer in w.answers] == [[1, 2]]


def test_a_scope_that_is_still_on_its_way_is_answered_when_it_comes(w: JacobianWidget) -> None:
    w.scope = "fisher"
    whole = w.attribution
    vjps = whole.n_vjps
    w._result = replace(whole, complete=False, fisher=None)
    w.marked = [1, 2]
    w.guess = "revealed"
    assert w.answers == []
    assert whole.n_vjps == vjps  # nothing is computed here
    w._result = whole
    w.basis = {**w.basis, "seconds": 0.0}
    assert [(answer["scope"], answer["marked"]) for answer in w.answers] == [("fisher", [1, 2])]


def test_what_a_busy_kernel_gets_as_one_message(model: Any) -> None:
    w = JacobianWidget(model, byte_tokenizer(), TEXT, position=-1)
    w.set_state({"guess": "hidden", "marked": [3]})
    assert (w.guess, w.marked) == ("hidden", [3])

    reveal = {"position": 5, "guess": "revealed", "marked": [3]}
    w.set_state(reveal)
    w.attribution  # noqa: B018 - waits
    assert [(answer["position"], answer["marked"]) for answer in w.answers] == [(5, [3])]
    w.set_state(reveal)  # a second time
    assert len(w.answers) == 1
    w.set_state({"guess": "revealed", "marked": [1, 2]})  # hidden again, and revealed again, meanwhile
    assert [(answer["attempt"], answer["marked"]) for answer in w.answers] == [(1, [3]), (2, [1, 2])]

    sent: list[list[int]] = []
    send = w.send_state

    def noting(key: Any = None) -> None:
        if key is None or "marked" in key:
            sent.append(list(w.marked))
        send(key)

    w.send_state = noting
    w.set_state({"position": 6, "guess": "revealed", "marked": [4]})
    assert sent == [[], [4]]  # the question cleared them, in the browser too
    w.attribution  # noqa: B018 - waits
    assert [answer["marked"] for answer in w.answers] == [[3], [1, 2], [4]]


def test_an_answer_is_given_before_leave_one_out_and_completed(model: Any) -> None:
    gate = threading.Event()
    w = JacobianWidget(model, byte_tokenizer(), TEXT)
    w.attribution  # noqa: B018 - waits
    hook = model.register_forward_pre_hook(lambda *_: gate.wait(60) and None)
    try:
        w.guess, w.marked = "hidden", [1, 2]
        w.guess = "revealed"
        assert [answer["left_out_hits"] for answer in w.answers] == [None]
        gate.set()
        left_out(w)
    finally:
        gate.set()
        hook.remove()  # not before: the model runs, and its hooks are being called
    (answer,) = w.answers
    assert answer["left_out_hits"] in (0, 1, 2)
    w.guess = "hidden"
    w.marked = [3]
    w.guess = "revealed"
    assert [answer["attempt"] for answer in w.answers] == [1, 2]


def test_another_question_has_no_marks(w: JacobianWidget) -> None:
    for change in ({"position": 5}, {"target": 70}, {"foil": 71}, {"text": "The dog"}, {"guess": ""}):
        w.guess = "hidden"
        w.marked = [1]
        w.set_trait(*next(iter(change.items())))
        assert w.marked == []
    w.guess = "hidden"
    w.marked = [1]
    w.scope = "fisher"
    assert w.marked == [1]
    w.guess = "revealed"
    assert w.marked == [1]


def test_a_reveal_without_marks_is_no_answer(w: JacobianWidget) -> None:
    w.guess = "revealed"
    assert w.answers == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("guess", "yes", "'hidden', 'revealed'"),
        ("marked", [31], "tokens before the prediction"),
        ("marked", [-1], "-1"),
    ],
)
def test_bad_values_are_refused(w: JacobianWidget, name: str, value: object, said: str) -> None:
    with pytest.raises(BadValueError, match=said):
        setattr(w, name, value)


def test_answers_are_python_s_alone_to_write(w: JacobianWidget) -> None:
    w.set_state({"answers": [{"hits": 5}], "left_out": {}, "marked": [2], "guess": "revealed"})
    w.attribution  # noqa: B018 - waits; the answer comes with the picture
    assert [answer["marked"] for answer in w.answers] == [[2]]


def test_too_long_is_said_and_nothing_else_waits(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_guess, "UNASKED_SECONDS", -1.0)
    w = JacobianWidget(model, byte_tokenizer(), TEXT, guess="hidden")
    w.attribution  # noqa: B018 - waits
    w._finish_left_out()
    assert w.left_out["state"] == "too long"
    assert w.left_out["kl"] == b""
    w.marked = [1]
    w.guess = "revealed"
    assert w.answers[0]["left_out_hits"] is None


def test_a_widget_without_its_model_takes_guesses(model: Any) -> None:
    w = JacobianWidget.from_attribution(attribute(model, byte_tokenizer(), TEXT), guess="hidden")
    w.marked = [0, 1]
    w.guess = "revealed"
    assert w.answers[0]["k"] == 2
    assert w.answers[0]["left_out_hits"] is None


def test_the_static_picture_is_folded_away(w: JacobianWidget) -> None:
    w.attribution  # noqa: B018 - waits
    still = w._repr_mimebundle_()[0]["text/html"]
    plain, folded = still.split("<details>")
    assert "background:" not in plain
    assert "background:" in folded
    assert "&lt;b&gt;mats" in plain
    assert "<b>" not in still
    w.guess = "revealed"
    assert "<details>" not in w._repr_mimebundle_()[0]["text/html"]


def test_a_page_knows_leave_one_out_but_not_the_teacher_s_answers(w: JacobianWidget) -> None:
    w.marked = [1]
    w.guess = "revealed"
    w.guess = "hidden"
    page = w.to_html()
    assert page is not None
    document, _ = opened(page)
    traits = document["traits"]
    assert traits["guess"] == "hidden"
    assert traits["left_out"]["state"] == "done"
    assert "answers" not in traits
    assert re.search(r'id="jw-static">.*<details>', page, re.DOTALL)


def test_guess_mode_alone_sends_little_code(w: JacobianWidget) -> None:
    assert w.panels == self_unpacking_panels(_guess.guess_code())
    assert len(w.panels) < 10_000
    w.panel = "help"
    assert w.panels == self_unpacking_panels(panels_code())


def test_a_class_is_a_table(w: JacobianWidget, tmp_path: Path) -> None:
    left_out(w)
    for marked in ([1, 2], [3]):
        w.guess = "hidden"
        w.marked = marked
        w.guess = "revealed"
    (tmp_path / "Ben.json").write_text(json.dumps(w.answers), "utf-8")
    (tmp_path / "Cy.json").write_text(json.dumps([{**w.answers[0], "student": "Cyd"}]), "utf-8-sig")
    table = class_table(tmp_path, Ada=w, Dee=w.answers[1])
    assert list(table.columns) == list(COLUMNS)
    assert list(table["student"]) == ["Ben", "Ben", "Cyd", "Ada", "Ada", "Dee"]
    assert list(table["attempt"]) == [1, 2, 1, 1, 2, 2]
    assert table["hits"].dtype == table["left_out_hits"].dtype == pd.Int64Dtype()
    first = table[table["attempt"] == 1].groupby("student")["hits"].sum()
    assert set(first.index) == {"Ada", "Ben", "Cyd"}
    assert class_table().empty
    assert list(class_table(w.answers)["student"]) == ["", ""]


def test_what_a_student_saved_twice_is_counted_once(w: JacobianWidget, tmp_path: Path) -> None:
    left_out(w)
    w.marked = [1, 2]
    w.guess = "revealed"
    first = {**w.answers[0], "student": "Ada"}
    second = {**first, "attempt": 2, "marked": [3]}
    (tmp_path / "Ada (1).json").write_text(json.dumps([first, second]), "utf-8")
    (tmp_path / "Ada.json").write_text(json.dumps([{**first, "left_out_hits": None}]), "utf-8")
    (tmp_path / "Ben.json").write_text(json.dumps(w.answers), "utf-8")
    for folder in (tmp_path, sorted(tmp_path.glob("*.json"), reverse=True)):
        table = class_table(folder)
        assert sorted(zip(table["student"], table["attempt"], strict=True)) == [("Ada", 1), ("Ada", 2), ("Ben", 1)]
        assert not table["left_out_hits"].isna().any()
    assert len(class_table(w, w)) == 2  # without names they may be two


@pytest.mark.parametrize("content", ["not json", "{}", '[{"text": 1}]', "[3]"])
def test_what_holds_no_answers_is_named(content: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"x\.json"):
        class_table(file)


def test_what_is_no_answer_at_all_is_refused(w: JacobianWidget, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="int"):
        class_table(3)
    with pytest.raises(ValueError, match=r"no \.json files"):
        class_table(tmp_path)
    with pytest.raises(FileNotFoundError):
        class_table(tmp_path / "missing.json")
    w.marked = [1]
    w.guess = "revealed"
    w.attribution  # noqa: B018 - waits
    with pytest.raises(ValueError, match="its hits is 'many', not a number"):
        class_table({**w.answers[0], "hits": "many"})
