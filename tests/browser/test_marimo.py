"""The widget in marimo: inside a shadow root, with no variable of Jupyter's, as an app and while it is edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hosts import MarimoServer
from journey import explains, points, reads, switches, walks
from lab import KERNEL_MS
from picture import Picture
from playwright.sync_api import expect
from tab import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

RUN_BUTTONS = 5  # two for each of its two cells, and one for all
NOTEBOOK = Path(__file__).parent / "marimo_notebook.py"


def open_page(browser: Browser, server: MarimoServer) -> Tab:
    opened = Tab(browser, server)
    opened.page.goto(server.base)
    opened.page.locator(".jw").wait_for(timeout=KERNEL_MS)
    return opened


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Tab]:
    with MarimoServer(NOTEBOOK) as server:
        opened = open_page(browser, server)
        Picture(opened.page.locator(".jw")).is_ready()
        assert opened.complaints() == []
        yield opened
        opened.close()


@pytest.fixture
def picture(lab: Tab) -> Picture:
    return Picture(lab.page.locator(".jw"))


def test_it_is_read_pointed_at_and_switched(lab: Tab, picture: Picture) -> None:
    reads(picture)
    assert picture.root.evaluate("e => e.getRootNode() instanceof ShadowRoot")
    points(picture)
    switches(picture)


def test_a_click_is_answered_by_the_kernel_and_reaches_other_cells(lab: Tab, picture: Picture) -> None:
    explains(picture)
    expect(lab.page.get_by_text("position 5, scope semantic")).to_be_visible()


def test_the_keyboard_walks_and_explains(picture: Picture) -> None:
    walks(picture)


def test_a_popover_closes_on_a_click_elsewhere(lab: Tab, picture: Picture) -> None:
    picture.target.click()
    search = picture.root.get_by_role("combobox").locator("visible=true")
    expect(search).to_be_focused()
    lab.page.mouse.click(5, 5)
    expect(search).to_have_count(0)


def test_while_it_is_edited_no_shortcut_of_marimo_hears_the_keys(browser: Browser) -> None:
    with MarimoServer(NOTEBOOK, edit=True) as server:
        opened = Tab(browser, server)
        opened.page.goto(server.base)
        stale = opened.page.locator("[data-testid='run-button']:not(.inactive-button)")
        expect(stale).to_have_count(RUN_BUTTONS)
        stale.last.click()  # of the whole notebook
        picture = Picture(opened.page.locator(".jw"))
        picture.root.wait_for(timeout=KERNEL_MS)
        reads(picture)
        cells = opened.page.locator(".marimo-cell").count()
        assert cells >= 2
        walks(picture)
        cursor = picture.root.locator(".jw-text [tabindex='0']")
        for key in ("x", "a", "b", "j", "k", "d", "d", "m", "y", "z", "Delete", "Backspace", "Shift+J", "0", "0"):
            cursor.focus()
            opened.page.keyboard.press(key)
        expect(opened.page.locator(".marimo-cell")).to_have_count(cells)
        assert picture.text()
        expect(picture.explained()).to_have_attribute("data-start", "4")
        assert opened.complaints() == []
        opened.close()
