"""Texts made to do harm, in the live widget with every panel open: they stay text, and the page stays whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from picture import Picture
from playwright.sync_api import expect

from jacobian_widget._panels import PANELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab import Lab

OPEN = PANELS[1:]
SETUP = """
from ipywidgets import Widget
from jacobian_widget import JacobianWidget
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

tokenizer = byte_tokenizer()
LONG = "x" * 100_000
WORST = "<img src=x onerror='window.broken=1'>"
tokenizer.add_tokens([LONG, WORST, "\\u202e", "\\x00\\x1b[31m", "</script><script>window.broken=1</script>"])
model = tiny("llama", vocab_size=320, max_position_embeddings=256)
"""
TEXTS = {
    "markup in one token": "WORST + ' and </script><script>window.broken=1</script> 1, 2, 3'",
    "bidi and control": "'a \\u202e b \\x00\\x1b[31m c \\u2066 d \\u200b e'",
    "a token of 100,000 characters": "'a ' + LONG + ' b'",
}


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("hostile.ipynb")
    tab.run(SETUP)


@pytest.fixture(autouse=True)
def _clean(lab: Lab) -> Iterator[None]:
    yield
    lab.tell("Widget.close_all()")
    lab.clear_cells()


def is_whole(lab: Lab, picture: Picture) -> None:
    assert lab.page.evaluate("() => window.broken") is None
    assert picture.root.locator("script, img, iframe, object, embed, base, form").count() == 0
    inside = "e => e.scrollWidth <= e.clientWidth + 1"
    assert picture.root.evaluate(inside), "the widget is wider than its place"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_stays_text_in_every_panel(lab: Lab, text: str) -> None:
    picture = Picture(lab.run(f"w = JacobianWidget(model, tokenizer, {text})\nw").view)
    picture.is_ready()
    assert lab.page.evaluate("t => t.length", picture.text()) == int(lab.run(f"len({text})").printed)
    is_whole(lab, picture)
    picture.tokens.nth(1).hover()
    expect(picture.tooltip).to_be_visible()
    box = picture.tooltip.bounding_box()
    assert box is not None
    assert box["height"] < 400
    picture.target.click()
    is_whole(lab, picture)
    lab.page.keyboard.press("Escape")
    for panel in OPEN:
        lab.tell(f"w.panel = {panel!r}")
        picture.panel(panel)
        is_whole(lab, picture)


def test_no_tokens_at_all_is_said_and_leaves_the_picture(lab: Lab) -> None:
    picture = Picture(lab.run("w = JacobianWidget(model, tokenizer, 'The cat')\nw").view)
    picture.is_ready()
    picture.root.get_by_role("button", name="Edit").click()
    picture.editor.fill("")
    explain = picture.root.get_by_role("button", name="Explain", exact=True)
    explain.click()
    expect(picture.root.get_by_role("alert").locator("visible=true").first).to_be_visible()
    picture.editor.press("Escape")
    expect(picture.editor).to_be_hidden()
    assert picture.text() == "The cat"
    picture.token(2).click()
    picture.is_ready()
