"""What counts as the same output of a lesson, and what does not."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from lesson_runs import clean, renewed
from stored_outputs import STATE, VIEW, differences

from jacobian_widget import JacobianWidget
from jacobian_widget._bundle import self_unpacking_panels
from jacobian_widget._guess import guess_code
from jacobian_widget._panels import panels_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

MODEL = "0123456789abcdef0123456789abcdef"
STYLE = "8" * 32


@pytest.fixture
def stored() -> NotebookNode:
    view = {"model_id": MODEL, "version_major": 2, "version_minor": 1}
    shown = {VIEW: view, "text/html": "<style>a{}</style><p>0 to <b>16.5</b> logits</p>", "text/plain": "Widget('a')"}
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="The share is 77%, the KL 6.4e-05, of −12 nats.\n"),
        nbformat.v4.new_output("execute_result", data=shown, execution_count=1),
    ]
    cell = nbformat.v4.new_code_cell("w", execution_count=1, outputs=outputs, id="picture")
    cell.metadata = nbformat.from_dict({"execution": {"iopub.status.busy": "now"}, "tags": ["kept"]})
    state = {
        STYLE: {"model_name": "LayoutModel", "state": {}},
        MODEL: {"model_name": "AnyModel", "state": {"_esm": "code", "text": "a", "layout": f"IPY_MODEL_{STYLE}"}},
    }
    widgets = {"widgets": {STATE: {"state": state}}, "language_info": {"name": "python", "version": "3.11.7"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A", id="a"), cell], metadata=widgets)


def changed(stored: NotebookNode, change: Callable[[Any], object]) -> list[str]:
    fresh = deepcopy(stored)
    change(fresh)
    return differences(stored, fresh)


def printed(old: str, new: str) -> Callable[[Any], object]:
    def change(notebook: Any) -> None:
        output = notebook.cells[1].outputs[0]
        assert old in output.text
        output.text = output.text.replace(old, new)

    return change


def html(old: str, new: str) -> Callable[[Any], object]:
    def change(notebook: Any) -> None:
        data = notebook.cells[1].outputs[1].data
        data["text/html"] = data["text/html"].replace(old, new)

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda _: None,
        printed("77%", "77.2%"),
        printed("77%", "78%"),
        printed("6.4e-05", "6.5e-05"),
        html("16.5", "16.6"),
        html("a{}", "b{}"),
        html("<b>", "<b class=''>"),
    ],
)
def test_rounding_and_dress_do_not_count(stored: NotebookNode, change: Callable[[Any], object]) -> None:
    assert changed(stored, change) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (printed("77%", "79%"), "79 instead of 77"),
        (printed("6.4e-05", "6.4e-04"), "6.4e-04 instead of 6.4e-05"),
        (printed("−12", "12"), "12 instead of −12"),
        (printed("share", "score"), "The score is"),
        (html("16.5", "17.5"), "text/html: 17.5 instead of 16.5"),
        (html("logits", "nats"), "nats"),
        (lambda n: n.cells[1].outputs.pop(0), "1 outputs, 2 are stored"),
        (lambda n: n.cells[1].outputs[1].data.pop("text/plain"), "instead of"),
        (lambda n: n.cells[1].update(execution_count=2), "not run in order"),
        (lambda n: n.metadata.widgets[STATE]["state"][MODEL]["state"].update(text="b"), "another text"),
    ],
)
def test_other_words_numbers_and_pictures_are_told(
    stored: NotebookNode, change: Callable[[Any], object], said: str
) -> None:
    found = changed(stored, change)
    assert len(found) == 1
    assert said in found[0]


def test_the_view_is_renewed_without_a_run(stored: NotebookNode) -> None:
    traits = stored.metadata.widgets[STATE]["state"][MODEL]["state"]
    traits |= {"_anywidget_id": "jacobian_widget.widget.JacobianWidget", "panels": "code", "guess": "", "panel": "map"}
    after = renewed(deepcopy(stored)).metadata.widgets[STATE]["state"][MODEL]["state"]
    assert after == {**traits, "_esm": JacobianWidget._esm, "panels": self_unpacking_panels(panels_code())}
    traits |= {"guess": "hidden", "panel": ""}
    after = renewed(stored).metadata.widgets[STATE]["state"][MODEL]["state"]
    assert after["panels"] == self_unpacking_panels(guess_code())


def test_a_clean_notebook_tells_no_time_and_numbers_its_widgets(stored: NotebookNode) -> None:
    once = clean(deepcopy(stored), "a")
    assert once.cells[1].metadata == {"tags": ["kept"]}
    assert once.metadata.language_info == {"name": "python"}
    assert MODEL not in str(once)
    assert STYLE not in str(once)
    (model,) = (key for key, held in once.metadata.widgets[STATE]["state"].items() if held["model_name"] == "AnyModel")
    assert once.cells[1].outputs[1].data[VIEW]["model_id"] == model
    assert once == clean(deepcopy(once), "a")
    assert clean(deepcopy(stored), "b") != once
