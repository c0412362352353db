"""What leaves the notebook as text: CSV, JSON, Markdown, LaTeX and the static picture."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden_vectors import example
from written_vectors import FOLDER, HOSTILE, empty, hostile, pictures, texts

from jacobian_widget import Attribution
from jacobian_widget._static_html import still
from jacobian_widget.latex import to_latex
from jacobian_widget.picture import Picture, picture_of
from jacobian_widget.written import to_csv, to_json, to_markdown

LONG = ("x" * 95 + "\u202e`<&_") * 1_000
KINDS = ("csv", "json", "markdown", "latex", "still")
DOCUMENT = (
    "\\documentclass{article}\n%s\\usepackage{xcolor}\n\\begin{document}\nBefore.\n\n%s\nAfter.\n\\end{document}\n"
)


@pytest.fixture(scope="module")
def a() -> Attribution:
    return example("next_token")


def near(new: Any, old: Any) -> None:
    """Equal but for the last digits, which differ between machines."""
    if isinstance(old, float) and isinstance(new, float):
        assert new == pytest.approx(old, rel=1e-3, abs=1e-5)
    elif isinstance(old, dict):
        assert new.keys() == old.keys()
        for key in old:
            near(new[key], old[key])
    elif isinstance(old, (list, tuple)):
        assert len(new) == len(old)
        for one, other in zip(new, old, strict=True):
            near(one, other)
    else:
        assert new == old


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_todays_pictures_are_the_stored_ones(name: str) -> None:
    stored = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    near(json.loads(json.dumps(asdict(pictures()[name]))), stored["picture"])


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_texts_of_stored_pictures_are_the_stored_ones(name: str) -> None:
    stored = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert texts(read(stored["picture"])) == stored["texts"]


def read(plain: dict[str, Any]) -> Picture:
    (kind,) = {type(piece) for piece in hostile().pieces}
    return Picture(**{**plain, "pieces": tuple(kind(**piece) for piece in plain["pieces"])})


def test_a_picture_has_the_scores(a: Attribution) -> None:
    for question in (
        {"scope": "contrast", "granularity": "word"},
        {"scope": "fisher", "rank": 2, "granularity": "line"},
        {"scope": "entropy", "signed": True, "granularity": "number"},
    ):
        picture = picture_of(a, **question)
        np.testing.assert_allclose([piece.score for piece in picture.pieces], a.scores(**question), rtol=1e-6)
        assert picture.top == max(abs(piece.score or 0) for piece in picture.pieces)
    whole = picture_of(a)
    assert sum(piece.share for piece in whole.pieces) + (whole.bos_share or 0) == pytest.approx(1)
    fewer = picture_of(a, hide=["delimiters"])
    assert fewer.hidden_share == pytest.approx(1 - (fewer.bos_share or 0) - sum(p.share for p in fewer.pieces))
    assert {p.text.strip() for p in fewer.pieces if p.score is None} <= {"", ",", "."}
    points = [p.score is None for p in fewer.pieces if p.text == "."]
    assert points == [False, True]  # of 3.14, and at the end


def test_ink_follows_scale_threshold_and_vmax(a: Attribution) -> None:
    scores = a.scores(granularity="token")
    linear = [piece.weight for piece in picture_of(a).pieces]
    assert linear == pytest.approx((scores / scores.max()).tolist(), rel=1e-6)
    assert [p.weight for p in picture_of(a, scale="share").pieces] == pytest.approx([w**2 for w in linear], rel=1e-6)
    ranked = [piece.weight for piece in picture_of(a, scale="rank").pieces]
    assert np.argsort(ranked, kind="stable").tolist() == np.argsort(linear, kind="stable").tolist()
    assert max(ranked) == 1
    cut = [piece.weight for piece in picture_of(a, threshold=0.5).pieces]
    assert cut == [w if w >= 0.5 else 0 for w in linear]
    half = [piece.weight for piece in picture_of(a, vmax=float(2 * scores.max())).pieces]
    assert half == pytest.approx([w / 2 for w in linear], rel=1e-6)


@pytest.mark.parametrize("bad", [{"scale": "cubic"}, {"threshold": 1.0}, {"vmax": 0.0}, {"scope": "logit"}])
def test_bad_settings_of_a_picture(a: Attribution, bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"scale|threshold|vmax|scope"):
        picture_of(a, **bad)


def test_csv_is_a_table_without_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(hostile()), newline="")))
    assert len(rows) == len(HOSTILE)
    for row, text in zip(rows, HOSTILE, strict=True):
        assert not re.match(r"\s*[=+\-@\t]", row["text"])
        assert not set(row["text"]) & set("\u202e\x00\x07\x1b\r\u200b")
        if text.isprintable() and not re.match(r"\s*[=+\-@]", text):
            assert row["text"] == text
    assert float(rows[1]["score [logits per unit embedding norm]"]) < 0  # a number, so its sign is no formula


def test_json_keeps_every_text() -> None:
    assert [piece["text"] for piece in json.loads(to_json(hostile()))["pieces"]] == list(HOSTILE)


def test_markdown_shows_markup_and_does_nothing() -> None:
    page = to_markdown(hostile())
    quoted = "\n".join(line for line in page.splitlines() if line.startswith(">"))
    assert re.findall(r"(?<!\\)[<~\[\]_]", quoted) == []
    assert "javascript:x" in quoted  # as text: its brackets are escaped
    assert "https://" not in page.split("| Place")[0]
    assert "@" not in quoted
    assert not set(page) & set("\u202e\x00\x07\x1b\r\u200b")
    for row in page.split("|--:|:--|--:|--:|\n")[1].split("\n\n")[0].splitlines():
        assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_the_static_picture_holds_no_markup_of_the_text() -> None:
    page = still(hostile(), "Note.")
    assert set(re.findall(r"<(\w+)", page)) == {"div", "span"}
    assert not set(page) & set("\u202e\x00\x07\x1b\r\u200b")


@pytest.mark.parametrize("kind", KINDS)
def test_no_tokens_and_one_endless_token(kind: str) -> None:
    assert texts(empty())[kind]
    piece = replace(hostile().pieces[0], text=LONG, label=LONG)
    whole = texts(replace(hostile(), pieces=(piece,), explained=None))[kind]
    assert ("\u202e" in whole) == (kind == "json")
    assert len(whole) > len(LONG)


def test_thin_methods(a: Attribution) -> None:
    question = {"scope": "contrast", "granularity": "word", "scale": "log"}
    picture = picture_of(a, **question)
    assert a.to_csv(**question) == to_csv(picture)
    assert a.to_json(**question) == to_json(picture)
    assert a.to_markdown(**question) == to_markdown(picture)
    assert a.to_latex(**question) == to_latex(picture)


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        *product(("hostile", "empty", "signed"), ("pdflatex", "pdflatex T1", "lualatex")),
        ("endless", "pdflatex"),
    ],
)
def test_latex_compiles(name: str, engine: str, tmp_path: Path) -> None:
    program, _, encoding = engine.partition(" ")
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here: apt-get install texlive-latex-base texlive-latex-recommended")
    long = replace(hostile(), pieces=(replace(hostile().pieces[0], text=LONG, label="x"),), explained=None)
    block = to_latex(long if name == "endless" else pictures()[name])
    assert not set(block) & set("\u202e\x00\x07\x1b\r\u200b")
    head = "\\usepackage[T1]{fontenc}\n" if encoding else ""
    (tmp_path / "page.tex").write_text(DOCUMENT % (head, block if name == "endless" else block + block), "utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=250)
    log = (tmp_path / "page.log").read_text("utf-8", errors="replace")
    assert run.returncode == 0, log[-2000:]
    assert (tmp_path / "page.pdf").stat().st_size > 5_000
    if program == "pdflatex":
        assert "Missing character" not in log
    # A line may be a few points too wide where a box cannot break; more would run out of the page.
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(wide, default=0) < 10
