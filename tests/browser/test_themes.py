"""The widget in Lab's light, dark and high-contrast themes, and for people who do not see colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from lab import Lab
    from playwright.sync_api import Page

LIGHT, DARK, HIGH_CONTRAST = "JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETUP = """
from jacobian_widget import JacobianWidget
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer
w = JacobianWidget(tiny("llama", vocab_size=300), byte_tokenizer(), "The cat sat on the mat", position=9)
w
"""
RUN_AXE = """async standards => {
  const brief = rule => ({id: rule.id, nodes: rule.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary)});
  const found = await axe.run('.jw', {runOnly: standards});
  const passed = Object.fromEntries(found.passes.map(rule => [rule.id, rule.nodes.length]));
  return {violations: found.violations.map(brief), passed};
}"""


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("themes.ipynb")
    tab.run(SETUP)
    # Lab's body has no height, so axe would take everything in it for invisible.
    tab.page.add_style_tag(content="body { min-height: 100vh }")
    tab.page.add_script_tag(path=AXE)


@pytest.fixture
def picture(lab: Lab) -> Picture:
    picture = Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))
    picture.is_ready()
    return picture


def rgb(page: Page, colour: str) -> list[int]:
    """A CSS colour of any kind as the browser paints it."""
    paint = (
        "c => { const x = new OffscreenCanvas(1, 1).getContext('2d'); x.fillStyle = c; x.fillRect(0, 0, 1, 1);"
        " return [...x.getImageData(0, 0, 1, 1).data] }"
    )
    return list(page.evaluate(paint, colour))


def axe(page: Page) -> dict[str, Any]:
    return dict(page.evaluate(RUN_AXE, STANDARDS))


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST])
@pytest.mark.parametrize("part", ["picture", "more", "search", "help", "editor"])
def test_axe_finds_nothing(lab: Lab, picture: Picture, theme: str, part: str) -> None:
    lab.theme(theme)
    close = {"more": ".jw-more", "search": ".jw-target-chip", "help": ".jw-help-button"}.get(part)
    if part == "editor":
        picture.root.get_by_role("button", name="Edit").click()
        expect(picture.editor).to_be_visible()
    elif close:
        picture.root.locator(close).click()
        expect(picture.root.locator(close)).to_have_attribute("aria-expanded", "true")
    try:
        result = axe(lab.page)
        assert result["violations"] == []
        assert result["passed"].get("color-contrast", 0) >= 10
    finally:
        lab.page.keyboard.press("Escape")
    expect(picture.editor).to_be_hidden()


def test_axe_would_find_something(lab: Lab, picture: Picture) -> None:
    lab.theme(LIGHT)
    style = lab.page.add_style_tag(content=".jw .jw-label { color: #ccc !important; background: #fff !important }")
    found = axe(lab.page)["violations"]
    style.evaluate("element => element.remove()")
    assert [rule["id"] for rule in found] == ["color-contrast"]


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


def test_reduced_motion_moves_nothing(lab: Lab, picture: Picture) -> None:
    lab.page.emulate_media(reduced_motion="reduce")
    try:
        moving = picture.root.evaluate(
            "root => [...root.querySelectorAll('*')].filter(e => {"
            " const s = getComputedStyle(e);"
            " return parseFloat(s.transitionDuration) > 0.001 || parseFloat(s.animationDuration) > 0.001;"
            "}).map(e => e.className)"
        )
        assert moving == []
    finally:
        lab.page.emulate_media(reduced_motion="no-preference")


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
