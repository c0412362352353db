"""The widget in Lab's light, dark and high-contrast themes, and for people who do not see colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from colours import rgb
from picture import Picture

if TYPE_CHECKING:
    from lab import Lab

LIGHT, DARK, HIGH_CONTRAST = "JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"
SETUP = """
from jacobian_widget import JacobianWidget
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer
w = JacobianWidget(tiny("llama", vocab_size=300), byte_tokenizer(), "The cat sat on the mat", position=9)
w
"""


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("themes.ipynb")
    tab.run(SETUP)


@pytest.fixture
def picture(lab: Lab) -> Picture:
    picture = Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))
    picture.is_ready()
    return picture


def test_the_picture_follows_the_theme(lab: Lab, picture: Picture) -> None:
    strongest = picture.ink().index(max(picture.ink(), key=lambda level: int(level[1:])))
    colours = {}
    for theme in (LIGHT, DARK, HIGH_CONTRAST):
        lab.theme(theme)
        ground = rgb(lab.page, picture.root.evaluate("e => getComputedStyle(e).backgroundColor"))
        words = rgb(lab.page, picture.token(strongest).evaluate("e => getComputedStyle(e).color"))
        assert rgb(lab.page, picture.background(strongest)) != rgb(lab.page, picture.background(9))
        assert (sum(words[:3]) > sum(ground[:3])) == (theme != LIGHT)
        colours[theme] = ground
    assert colours[LIGHT] != colours[DARK]
    lab.theme(LIGHT)


def test_without_colours_the_bars_still_tell(lab: Lab, picture: Picture) -> None:
    lab.theme(LIGHT)
    ink = [int(level[1:]) for level in picture.ink()]
    strongest, weakest = ink.index(max(ink)), ink.index(min(ink[:9]))
    lab.page.emulate_media(forced_colors="active")
    try:
        bars = {picture.tokens.nth(i).screenshot() for i in (strongest, weakest)}
        heights = [
            picture.tokens.nth(i).evaluate(
                "e => ['borderBottomWidth', 'boxShadow', 'backgroundSize', 'textDecorationThickness']"
                ".map(name => getComputedStyle(e)[name]).join('|')"
            )
            for i in (strongest, weakest)
        ]
        assert len(bars) == 2
        assert heights[0] != heights[1]
    finally:
        lab.page.emulate_media(forced_colors="none")


@pytest.mark.parametrize("scope", ["Fisher", "Temperature", "Contrast", "Entropy"])
def test_nothing_moves_when_a_scope_is_switched(picture: Picture, scope: str) -> None:
    picture.scope("Semantic")
    measure = (
        "root => ['.jw-text', '.jw-legend', '.jw-columns', '.jw-status']"
        ".map(name => { const r = root.querySelector(name).getBoundingClientRect();"
        " const top = root.getBoundingClientRect().top; return [name, Math.round(r.top - top), Math.round(r.height)] })"
    )
    before = picture.root.evaluate(measure)
    picture.scope(scope)
    assert picture.root.evaluate(measure) == before
    picture.scope("Semantic")
