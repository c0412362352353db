"""The lessons: they run, they are stored as they run, and each is built like the others."""

from __future__ import annotations

import ast
import importlib
import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING

import nbformat
import pytest
from lesson_runs import clean, lessons, renewed
from stored_outputs import STATE, VIEW, differences

from jacobian_widget.lessons import UNANSWERED, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

LARGEST = 300_000
MACHINE = r"(?<![\w.:/])/(?:home|root|tmp|Users|var|opt|work)/|[A-Z]:\\\\|site-packages| at 0x[0-9a-f]{6}"
ORDER = ("guess", "exercises", "instructor")
LESSONS = lessons()
STORED = {path.stem: nbformat.read(path, as_version=4) for path in LESSONS}
named = pytest.mark.parametrize("name", STORED)


def code_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def instructors(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if "instructor" in cell.metadata.get("tags", [])]


@pytest.mark.timeout(900)
@named
def test_the_stored_outputs_are_what_a_run_gives(name: str, executed_lesson: Callable[[str], NotebookNode]) -> None:
    found = differences(STORED[name], executed_lesson(name))
    assert not found, f"{name}.ipynb is stale ({'; '.join(found)}). Run: make lessons ARGS={name}"


@named
def test_a_lesson_asks_lets_guess_shows_and_exercises(name: str) -> None:
    notebook = STORED[name]
    title = notebook.cells[0].source
    assert notebook.cells[0].cell_type == "markdown"
    assert re.match(r"# .+\n\n(?s:.)*\?", title), "begins with a title and a question"
    headings = " ".join(re.findall(r"^#+ (.+)$", "\n".join(c.source for c in notebook.cells), re.MULTILINE)).lower()
    places = [headings.find(word) for word in ORDER]
    assert -1 not in places, headings
    assert places == sorted(places), headings


@named
def test_two_or_three_exercises_wait_for_an_answer(name: str) -> None:
    cells = [cell for cell in code_of(STORED[name]) if re.search(r"^\w+ = \.\.\.", cell.source, re.MULTILINE)]
    assert 2 <= len(cells) <= 3
    for cell in cells:
        assert [output.data["text/plain"] for output in cell.outputs] == [UNANSWERED]
        assert cell not in instructors(STORED[name])


@named
def test_the_instructors_cells_come_last_and_are_folded(name: str) -> None:
    notebook = STORED[name]
    cells = instructors(notebook)
    assert cells
    assert cells == notebook.cells[-len(cells) :]
    assert {cell.cell_type for cell in cells} == {"markdown", "code"}
    heading, *below = cells
    assert re.fullmatch(r"#+ For the instructor", heading.source), "a heading of its own hides outputs as well"
    assert heading.metadata["jp-MarkdownHeadingCollapsed"]
    for cell in cells:
        assert cell.metadata.tags == ["instructor", "hide-cell"]
    for cell in below:
        assert cell.metadata.jupyter == {"source_hidden": True}
    solved = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    module = re.findall(r"(\w+)\.first\(", solved)[0]
    exercises = importlib.import_module(f"jacobian_widget.lessons.{module}")
    asked = {found for cell in code_of(notebook) for found in re.findall(rf"\b{module}\.(\w+)\(", cell.source)}
    offered = {name for name, what in vars(exercises).items() if hasattr(what, "__wrapped__")}
    assert asked == offered
    assert "all_right(" in solved
    last = cells[-1].outputs[-1].data["text/plain"]
    assert last.startswith(repr(Verdict(right=False, said=""))), "ends with the hint that a wrong answer gets"


@named
def test_a_lesson_is_stored_small_whole_and_without_a_trace_of_the_machine(name: str) -> None:
    path = next(path for path in LESSONS if path.stem == name)
    notebook, text = STORED[name], path.read_text("utf-8")
    assert len(text.encode()) < LARGEST
    assert notebook == clean(deepcopy(notebook), name)
    assert [cell.execution_count for cell in code_of(notebook)] == list(range(1, len(code_of(notebook)) + 1))
    outputs = [output for cell in code_of(notebook) for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data", "stream"}
    assert [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"] == []
    shown = [output.get("text") or json.dumps(output.data) for output in outputs]
    assert not re.search(MACHINE, " ".join(shown))


@named
def test_widgets_are_few_and_shown_without_a_kernel(name: str) -> None:
    notebook = STORED[name]
    shown = [o.data for c in code_of(notebook) for o in c.outputs if VIEW in o.get("data", {})]
    assert 1 <= len(shown) <= 3
    state = notebook.metadata.widgets[STATE]["state"]
    for data in shown:
        assert "Static picture" in data["text/html"]
        assert "Not computed yet" not in data["text/html"]
        held = state[data[VIEW]["model_id"]]["state"]
        assert held["status"]["state"] == "ready"


@named
def test_the_widgets_are_stored_with_the_view_as_it_is(name: str) -> None:
    stale = renewed(deepcopy(STORED[name])) != STORED[name]
    assert not stale, f"the view in {name}.ipynb is an older one. Run: make lessons ARGS=--view"


@named
def test_the_cells_import_what_is_public(name: str) -> None:
    public = set(importlib.import_module("jacobian_widget").__all__)
    for cell in code_of(STORED[name]):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.module == "jacobian_widget":
                assert {alias.name for alias in node.names} <= public
