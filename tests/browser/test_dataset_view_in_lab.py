"""DatasetView in a real JupyterLab: rows are found, sorted, paged and opened, by mouse and by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe import prepare
from picture import Picture
from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from lab import Lab

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
SETUP = """
from pathlib import Path

from jacobian_widget.dataset_view import DatasetView
from stored_runs import failed, record, results, tiny_pair, write

HOSTILE = "<img src=x onerror='window.broken=1'><script>window.broken=1</script>"
many = [record(k, a, topic=HOSTILE if k % 6 == 3 else f"topic {k}") for k, a in enumerate(results() * 4)]
run = write(Path("run"), [*many, failed(24, HOSTILE, HOSTILE)], size=7)
view = DatasetView(run)
view
"""
AXE = """async () => {
  const rules = ['color-contrast', 'label', 'aria-valid-attr-value', 'aria-allowed-attr', 'aria-required-children',
    'aria-required-parent', 'scrollable-region-focusable'];
  const found = await axe.run('.jw-dataset', {runOnly: rules});
  const ours = node => !node.target.join(' ').includes('.jw ');
  const told = rule => rule.nodes.filter(ours).map(n => rule.id + ' ' + n.target + n.failureSummary);
  return found.violations.flatMap(told);
}"""


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("dataset.ipynb")
    tab.run(SETUP)
    tab.command("application:toggle-left-area")
    tab.page.set_viewport_size({"width": 1280, "height": 1800})


@pytest.fixture
def view(lab: Lab) -> Locator:
    lab.tell("view.search = view.where = view.sort = ''; view.descending = False; view.page = 0; view.row = None")
    lab.tell("view._tabs.selected_index = 0")
    found = lab.page.locator(".jp-NotebookPanel:visible .jw-dataset")
    expect(found).to_have_count(1)
    first_rows(found, 0, 1, 2)
    return found


def first_rows(view: Locator, *numbers: int) -> None:
    for k, number in enumerate(numbers):
        expect(cell(view, k, 0)).to_have_text(str(number))


def cell(view: Locator, row: int, column: int) -> Locator:
    return view.locator(".jw-dataset-grid tbody tr").nth(row).locator("td").nth(column)


def opened(view: Locator) -> Picture:
    return Picture(view.locator(".jw"))


def test_a_row_opens_in_the_heatmap_and_says_what_it_is(lab: Lab, view: Locator) -> None:
    cell(view, 1, 1).click()
    expect(view.get_by_text("Row 1", exact=True)).to_be_visible()
    picture = opened(view)
    picture.is_in_state("no-kernel")
    assert picture.text() == "It cost 1,200 euros in 1999"
    assert len(set(picture.ink())) >= 3
    expect(picture.status).to_contain_text("This row was computed earlier; give DatasetView a model")
    picture.scope("Entropy")
    expect(picture.legend).to_contain_text("nats")
    picture.tokens.nth(2).hover()
    expect(picture.tooltip).to_contain_text("% of the influence")
    expect(picture.tokens.nth(0)).to_have_attribute("aria-disabled", "true")
    view.get_by_role("button", name="Next row").click()
    expect(view.get_by_text("Row 2", exact=True)).to_be_visible()
    expect(picture.root.locator(".jw-text")).to_contain_text("the the the")
    expect(view.locator("tr.selected td").first).to_have_text("2")
    assert lab.run("view.row, view.widget.scope").printed == "(2, 'entropy')"


def test_headers_sort_all_rows(view: Locator) -> None:
    header = view.get_by_role("columnheader", name="Row")
    header.click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.click()
    expect(header).to_have_attribute("aria-sort", "descending")
    first_rows(view, 24, 23, 22)
    view.get_by_role("button", name="Next page").click()
    first_rows(view, 14, 13, 12)
    expect(view.get_by_text("11 to 20 shown")).to_be_visible()


def test_search_and_filter(view: Locator) -> None:
    box = view.get_by_role("textbox", name="Search")
    box.fill("EUROS")
    box.press("Enter")
    first_rows(view, 1, 7, 13, 19)
    expect(view.get_by_text("4 of 25 rows")).to_be_visible()
    condition = view.get_by_role("textbox", name="Filter")
    condition.fill("row > ")
    condition.press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("is not a condition on the columns")
    first_rows(view, 1, 7, 13, 19)
    condition.fill("row > 10")
    condition.press("Enter")
    first_rows(view, 13, 19)
    expect(view.get_by_role("alert")).to_have_count(0)


def test_the_keyboard_alone(lab: Lab, view: Locator) -> None:
    press = lab.page.keyboard.press
    view.locator("tbody tr").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        press(key)
    expect(view.get_by_text("Row 2", exact=True)).to_be_visible()
    expect(view.locator("tbody tr").nth(2)).to_be_focused()
    press("PageDown")
    first_rows(view, 10)
    expect(view.locator("tbody tr").nth(2)).to_be_focused()
    press("End")
    press("Enter")
    expect(view.get_by_text("Row 19", exact=True)).to_be_visible()
    view.get_by_role("columnheader", name="Entropy").focus()
    press("Enter")
    expect(view.get_by_role("columnheader", name="Entropy")).to_have_attribute("aria-sort", "ascending")
    assert lab.run("view.sort").printed == "'entropy'"


def test_hostile_texts_stay_texts(lab: Lab, view: Locator) -> None:
    """Texts, the source's own columns, errors, tokens in the summaries, filters in their messages."""
    expect(cell(view, 3, 1)).to_contain_text("<img src=x onerror='window.broken=1'>")
    expect(cell(view, 3, 7)).to_contain_text("<script>")
    cell(view, 3, 1).click()
    expect(opened(view).root.locator(".jw-text")).to_contain_text("<img src=x")
    lab.tell("view.page = 2")
    first_rows(view, 20)
    cell(view, 4, 1).click()
    expect(view.get_by_text("Row 24 has no result: <img src=x")).to_be_visible()
    lab.tell("view.where = HOSTILE")
    expect(view.get_by_role("alert")).to_contain_text("<img src=x")
    lab.tell("view.where = ''")
    for name in ("By distance", "By part", "By token"):
        view.get_by_role("tab", name=name).click()
        expect(view.locator(".jw-ds-chart:visible tbody tr").first).to_be_visible()
    expect(view.get_by_role("rowheader", name="<", exact=True)).to_be_visible()
    assert lab.page.evaluate("() => window.broken") is None
    assert view.locator(".jw-dataset-grid img, .jw-dataset-grid script, .jw-ds-chart img").count() == 0


def test_with_a_model_the_row_is_live(lab: Lab, view: Locator) -> None:
    try:
        lab.run("view = DatasetView(run, *tiny_pair())\nview")
        live = lab.page.locator(".jp-NotebookPanel:visible .jw-dataset").nth(1)
        cell(live, 0, 1).click()
        picture = opened(live)
        picture.is_ready()
        picture.token(5).click()
        picture.is_ready()
        assert lab.run("view.widget.position").printed == "5"
    finally:
        lab.tell("view.close()")
        lab.clear_cells()
        lab.run("view = DatasetView(run)\nview")


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_can_be_read(lab: Lab, theme: str) -> None:
    lab.run("view = DatasetView(run, sort='p')\nview.row = 2\nview")
    view = lab.page.locator(".jp-NotebookPanel:visible .jw-dataset").last
    lab.theme(theme)
    prepare(lab.page)
    opened(view).is_in_state("no-kernel")
    try:
        for tab in ("Rows", "By distance", "By part", "By token"):
            view.get_by_role("tab", name=tab).click()
            if tab != "Rows":
                expect(view.locator(".jw-ds-chart:visible tbody tr").first).to_be_visible()
            found = lab.page.evaluate(AXE)
            assert found == [], "\n".join(found)
    finally:
        lab.theme("JupyterLab Light")


def test_a_narrow_page_scrolls_the_table_alone(lab: Lab) -> None:
    lab.run("view = DatasetView(run)\nview")
    view = lab.page.locator(".jp-NotebookPanel:visible .jw-dataset").last
    first_rows(view, 0)
    lab.page.set_viewport_size({"width": 360, "height": 1800})
    try:
        expect(view.get_by_role("tab", name="By token")).to_be_visible()
        fits = "e => e.scrollWidth <= e.clientWidth + 1"
        lab.page.wait_for_function(fits, arg=view.element_handle())
        assert not view.locator(".jw-dataset-grid .dt-layout-full").evaluate(fits)
    finally:
        lab.page.set_viewport_size({"width": 1280, "height": 1800})
