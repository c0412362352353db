"""The widget in Voilà, where a notebook is a page without cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from hosts import VoilaServer
from journey import SETUP, explains, points, reads, switches, walks
from lab import KERNEL_MS
from picture import Picture
from tab import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SETUP + "w")])
    path: Path = tmp_path_factory.mktemp("voila") / "tiny.ipynb"
    nbformat.write(made, path)
    return path


# Voilà's own: the icons of its page, and an extension of Notebook 7 that it loads and cannot use.
VOILA = ("/npm/@fortawesome/fontawesome-free@", "/labextensions/@jupyter-notebook/lab-extension/")


def open_page(browser: Browser, server: VoilaServer) -> Tab:
    opened = Tab(browser, server, allowed=VOILA)
    opened.page.goto(server.url("/voila/render/tiny.ipynb"))
    opened.page.locator(".jw").wait_for(timeout=KERNEL_MS)
    return opened


@pytest.fixture(scope="module")
def tab(browser: Browser, notebook: Path) -> Iterator[Tab]:
    with VoilaServer([notebook]) as server:
        opened = open_page(browser, server)
        Picture(opened.page.locator(".jw")).is_ready()
        assert opened.complaints() == []
        yield opened
        opened.close()


@pytest.fixture
def picture(lab: Tab) -> Picture:
    return Picture(lab.page.locator(".jw"))


def test_it_is_read_pointed_at_and_switched(picture: Picture) -> None:
    reads(picture)
    points(picture)
    switches(picture)


def test_a_click_is_answered_by_the_kernel(picture: Picture) -> None:
    explains(picture)


def test_the_keyboard_walks_and_explains(picture: Picture) -> None:
    walks(picture)


def test_in_voilas_dark_theme_it_is_dark(browser: Browser, notebook: Path) -> None:
    with VoilaServer([notebook], theme="dark") as server:
        opened = open_page(browser, server)
        picture = Picture(opened.page.locator(".jw"))
        reads(picture)
        ground, words = picture.root.evaluate(
            "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color].map(c => {"
            " const x = new OffscreenCanvas(1, 1).getContext('2d'); x.fillStyle = c; x.fillRect(0, 0, 1, 1);"
            " return x.getImageData(0, 0, 1, 1).data[1] })"
        )
        assert ground < 80
        assert words > 180
        assert opened.complaints() == []
        opened.close()
