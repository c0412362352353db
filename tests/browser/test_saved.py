"""What is left of the picture when its kernel restarts, its notebook is reopened, or nobody trusts it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from jupyter_server import JupyterServer
from lab import Lab
from picture import Picture
from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

TEXT = "The cat sat on the mat"
CODE = f"""
from jacobian_widget import JacobianWidget
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer
w = JacobianWidget(tiny("llama", vocab_size=300), byte_tokenizer(), {TEXT!r}, position=9)
w
"""
NO_KERNEL = "Reading a saved result"


def picture_of(lab: Lab) -> Picture:
    return Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))


@pytest.fixture
def saved(lab: Lab) -> list[str]:
    """A notebook `saved.ipynb` with a finished picture in it; gives its ink."""
    lab.new("saved.ipynb")
    lab.run(CODE)
    picture = picture_of(lab)
    picture.is_ready()
    ink = picture.ink()
    lab.save()
    return ink


def is_coloured(html: Locator) -> None:
    expect(html).to_contain_text(TEXT)
    spans = html.locator("span")
    painted = spans.evaluate_all(
        "spans => new Set(spans.map(s => getComputedStyle(s).backgroundColor)"
        ".filter(c => c !== 'rgba(0, 0, 0, 0)')).size"
    )
    assert painted >= 3


def works_without_a_kernel(picture: Picture, ink: list[str]) -> None:
    expect(picture.tokens.first).to_be_visible()
    assert picture.text() == TEXT
    assert picture.ink() == ink
    for scope in ("Fisher", "Entropy"):
        before = picture.ink()
        picture.scope(scope)
        picture.becomes(before)
    before = picture.ink()
    picture.predictions.first.locator(".jw-as-target").click()
    after = picture.becomes(before)
    picture.predictions.nth(1).locator(".jw-as-foil").click()
    picture.becomes(after)
    expect(picture.question).to_contain_text("rather than")


def test_a_kernel_restart_leaves_the_picture_working(lab: Lab, saved: list[str]) -> None:
    lab.restart_kernel()
    picture = picture_of(lab)
    works_without_a_kernel(picture, saved)
    picture.token(4).click()
    picture.is_in_state("no-kernel")
    expect(picture.status).to_contain_text(NO_KERNEL)
    picture.status.get_by_role("button", name="Back to the saved result").click()
    picture.is_in_state("ready", "no-kernel")
    expect(picture.explained()).to_have_attribute("data-start", "9")
    lab.clear_cells()
    lab.run(CODE)
    picture = picture_of(lab)
    picture.is_ready()
    assert picture.ink() == saved


def test_reopened_with_a_new_kernel_the_saved_widget_works(lab: Lab, saved: list[str]) -> None:
    lab.restart_kernel()
    lab.open("saved.ipynb")
    works_without_a_kernel(picture_of(lab), saved)


def test_saved_notebook_holds_the_widget_once_and_a_text_for_the_rest(lab: Lab, saved: list[str]) -> None:
    notebook = json.loads((lab.server.root / "saved.ipynb").read_text())
    (output,) = (out for cell in notebook["cells"] for out in cell["outputs"])
    assert set(output["data"]) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
    assert "<script" not in "".join(output["data"]["text/html"])
    states = notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert sum("basis" in state["state"] for state in states.values()) == 1


def test_untrusted_it_shows_the_coloured_text(lab: Lab, saved: list[str], browser: Browser, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.ipynb"
    stranger.write_bytes((lab.server.root / "saved.ipynb").read_bytes())
    with JupyterServer([stranger]) as server:
        other = Lab(browser, server)
        other.open("stranger.ipynb")
        is_coloured(other.page.locator(".jp-OutputArea-output.jp-RenderedHTMLCommon"))
        assert other.complaints() == []
        other.close()


def test_plain_nbconvert_shows_the_coloured_text(lab: Lab, saved: list[str], browser: Browser, tmp_path: Path) -> None:
    notebook = json.loads((lab.server.root / "saved.ipynb").read_text())
    del notebook["metadata"]["widgets"]  # as after `nbconvert --execute`, GitHub and nbviewer without a widget manager
    source = tmp_path / "plain.ipynb"
    source.write_text(json.dumps(notebook))
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "--log-level", "ERROR", source], check=True)
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())
    page.goto(source.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    is_coloured(page.locator(".jp-OutputArea-output.jp-RenderedHTMLCommon"))
    expect(page.get_by_text("Model not found")).to_have_count(0)
    page.close()
