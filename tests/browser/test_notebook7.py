"""The widget in Jupyter Notebook 7, whose shortcuts listen before anything in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hosts import Notebook, NotebookServer
from journey import SETUP, explains, points, reads, switches, walks
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab import Lab
    from playwright.sync_api import Browser

# Notebook 7's own, of any notebook: a setting that it lists and does not find.
NOTEBOOK = ("reading 'schema'",)
SHORTCUTS = ("x", "a", "b", "j", "k", "d", "d", "m", "y", "z", "ArrowDown", "ArrowUp", "Shift+J", "0", "0")


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Lab]:
    with NotebookServer() as server:
        opened = Notebook(browser, server, allowed=NOTEBOOK)
        opened.new("tiny.ipynb")
        opened.run(SETUP + "w")
        Picture(opened.page.locator(".jw")).is_ready()
        opened.run("'a cell below'")
        assert opened.complaints() == []
        yield opened
        opened.close()


@pytest.fixture
def picture(lab: Lab) -> Picture:
    return Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))


def test_it_is_read_pointed_at_and_switched(picture: Picture) -> None:
    reads(picture)
    points(picture)
    switches(picture)


def test_a_click_is_answered_by_the_kernel(lab: Lab, picture: Picture) -> None:
    explains(picture)
    assert lab.run("w.position, w.attribution.position").printed == "(5, 5)"


def test_the_keyboard_walks_and_explains(lab: Lab, picture: Picture) -> None:
    walks(picture)
    assert lab.run("w.position").printed == "4"


def test_no_shortcut_of_the_notebook_hears_the_keys(lab: Lab, picture: Picture) -> None:
    picture.token(2).click()
    picture.is_ready()
    lab.run("kept = object()")
    cells, active = lab.cells(), "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    cursor = picture.root.locator(".jw-text [tabindex='0']")
    cursor.focus()
    before = lab.page.evaluate(active)
    for key in SHORTCUTS:
        cursor.focus()
        lab.page.keyboard.press(key)
    assert lab.cells() == cells
    assert lab.page.evaluate(active) == before
    assert lab.run("'kept' in globals(), w.position").printed == "(True, 2)"  # `0 0` would have restarted the kernel


def test_the_shortcuts_work_beside_it(lab: Lab, picture: Picture) -> None:
    """What the test above would see, did a key get through."""
    cells = lab.cells()
    lab.command("notebook:enter-command-mode")
    lab.page.locator(".jp-Notebook").focus()
    lab.page.keyboard.press("b")
    lab.page.wait_for_function(
        "n => window.jupyterapp.shell.currentWidget.content.model.cells.length === n", arg=cells + 1
    )


def test_ctrl_s_on_a_token_still_saves(lab: Lab, picture: Picture) -> None:
    lab.run("'unsaved'")
    dirty = "window.jupyterapp.shell.currentWidget.context.model.dirty"
    lab.page.wait_for_function(f"() => {dirty}")
    picture.root.locator(".jw-text [tabindex='0']").focus()
    lab.page.keyboard.press("Control+s")
    lab.page.wait_for_function(f"() => !{dirty}")


def test_it_follows_the_theme(lab: Lab, picture: Picture) -> None:
    ground = "e => getComputedStyle(e).backgroundColor"
    light = picture.root.evaluate(ground)
    lab.theme("JupyterLab Dark")
    assert picture.root.evaluate(ground) != light
    lab.theme("JupyterLab Light")
    assert picture.root.evaluate(ground) == light


def test_typing_in_the_editor_types(lab: Lab, picture: Picture) -> None:
    cells = lab.cells()
    picture.root.get_by_role("button", name="Edit").click()
    picture.editor.press("ControlOrMeta+a")
    lab.page.keyboard.type("axb jk dd The")
    expect(picture.editor).to_have_value("axb jk dd The")
    lab.page.keyboard.press("Control+Enter")
    picture.is_ready()
    assert picture.text() == "axb jk dd The"
    assert lab.cells() == cells
