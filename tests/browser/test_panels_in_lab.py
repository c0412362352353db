"""The panels in a real JupyterLab with a kernel: their code comes, what they ask is answered, what they hold stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from journey import MODEL
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab import Lab

SERIES = "12,34,56,78,90,71,52,33,14,25,36,47,"

pytestmark = pytest.mark.usefixtures("empty")


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("panels.ipynb")
    tab.run(MODEL)


def opens(picture: Picture, name: str) -> None:
    picture.root.get_by_role("button", name=name, exact=True).click()


def test_the_code_comes_with_the_first_panel_and_escape_gives_the_focus_back(
    lab: Lab, show: Callable[..., Picture]
) -> None:
    picture = show()
    assert lab.run("w.panels == ''").printed == "True"
    for name in ("Compare", "Examples", "Save"):
        opens(picture, name)
        picture.panel(name)
    assert lab.run("w.panel, len(w.panels) > 10_000").printed == "('save', True)"
    picture.panel("Save").get_by_role("button").nth(1).focus()
    picture.root.page.keyboard.press("Escape")
    expect(picture.root.get_by_role("region", name="Save", exact=True)).to_be_hidden()
    expect(picture.root.get_by_role("button", name="Save", exact=True)).to_be_focused()
    assert lab.run("w.panel == ''").printed == "True"


def test_a_pinned_picture_is_compared_with_another_text(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(arguments=", position=9")
    opens(picture, "Compare")
    panel = picture.panel("Compare")
    panel.get_by_role("button", name="Pin this picture").click()
    expect(panel.get_by_role("button", name="Unpin")).to_be_visible()
    assert lab.run("w.pinned['question']['scope'], w.pinned['basis']['text'] == w.text").printed == (
        "('semantic', True)"
    )
    pinned = panel.locator("dt").first
    assert pinned.evaluate("e => e.scrollWidth <= e.clientWidth && e.clientHeight < 30"), "the label is broken"
    lab.run("w.text = 'The hat sat on the mat'")
    picture.is_ready()
    expect(panel).to_contain_text("1 replaced")
    lab.run("w.unpin()")
    expect(panel.get_by_role("button", name="Unpin")).to_be_hidden()


def test_the_map_fills_and_a_row_opens_its_target(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    opens(picture, "Map")
    panel = picture.panel("Map")
    panel.get_by_text("As a table").click()
    expect(panel.locator("table")).to_be_visible()
    lab.run("import numpy as np; from jacobian_widget import position_map")
    lab.run("m = position_map(model, tokenizer, w.text, scope='semantic')")
    lab.run("sent = np.frombuffer(w.map['scores'], '<f2').astype(np.float32) * w.map['scale']")
    lab.run("rows = np.concatenate([m.scores[q, :q] for q in range(w.map['rows'])])")
    assert lab.run("w.map['state'], w.map['rows'] == len(w.tokens['ids'])").printed == "('done', True)"
    assert lab.run("bool(np.allclose(sent, np.nan_to_num(rows), rtol=1e-3))").printed == "True"
    canvas = panel.get_by_label("Map of influence").first
    canvas.focus()
    for _ in range(3):
        picture.root.page.keyboard.press("ArrowUp")
    picture.root.page.keyboard.press("Enter")
    picture.is_ready()
    expect(picture.next).not_to_have_attribute("aria-selected", "true")
    assert lab.run("w.position is not None").printed == "True"


def test_a_series_is_drawn_with_what_the_model_expects(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(SERIES)
    opens(picture, "Series")
    panel = picture.panel("Series")
    expect(panel).to_contain_text("12 values")
    expect(panel).to_contain_text("of the probability")
    assert lab.run("bool(w.series)").printed == "True"


def test_an_example_is_one_click(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    opens(picture, "Examples")
    picture.panel("Examples").get_by_role("button", name="A fact").click()
    expect(picture.root.locator(".jw-text")).to_contain_text("The capital of France is")
    assert lab.run("w.text").printed == "'The capital of France is'"
