"""A phone's width, 200 % zoom and wider spacing: nothing is cut off, and nothing needs scrolling to the side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from journey import SETUP
from picture import Picture
from plain_page import HTML, mount, receive, sent
from playwright.sync_api import expect

from jacobian_widget._panels import PANELS, panels_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}  # 1280 x 800 at 200 %
# What WCAG 1.4.12 asks a page to bear.
SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
OPEN = PANELS[1:]
LONG = "A_word_that_no_line_of_a_phone_can_hold_and_that_goes_on_and_on. The cat sat on the mat. " * 4
SERIES = "1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5"

# Where the page, or a box that does not scroll, is narrower than what is in it.
CUT = """root => {
  const found = [], page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.push(`the page, ${page.scrollWidth} px`);
  for (const e of root.querySelectorAll('*')) {
    if (!e.checkVisibility({visibilityProperty: true}) || e.closest('svg')) continue;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (style.position === 'absolute' && style.clipPath !== 'none') continue;
    if (box.right > page.clientWidth + 1 || box.left < -1) found.push(`${e.tagName}.${e.className} leaves the page`);
    if (style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && e.scrollWidth > e.clientWidth + 1)
      found.push(`${e.tagName}.${e.className} is cut`);
  }
  return found;
}"""


def state_of(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(SETUP, names)  # noqa: S102 - what the notebooks of the other tests run
    w = names["w"]
    w.position = None
    w.text = text
    w.attribution  # noqa: B018 - waits
    state = {**sent(w), "panels": panels_code()}
    w.close()
    return state


@pytest.fixture(scope="module")
def long() -> dict[str, Any]:
    return state_of(LONG)


@pytest.fixture(scope="module")
def series() -> dict[str, Any]:
    return state_of(SERIES)


@pytest.fixture(params=[PHONE, ZOOMED], ids=["320 px", "200 %"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(**request.param)
    opened = context.new_page()
    opened.set_content(HTML)
    opened.add_style_tag(content="body { margin: 0 }")
    yield opened
    context.close()


def show(page: Page, state: dict[str, Any]) -> Picture:
    mount(page, state)
    picture = Picture(page.locator(".jw"))
    picture.is_ready()
    return picture


def fits(picture: Picture) -> None:
    assert picture.root.evaluate(CUT) == []


def test_the_picture_fits(page: Page, long: dict[str, Any]) -> None:
    picture = show(page, long)
    fits(picture)
    picture.tokens.nth(2).hover()
    fits(picture)


@pytest.mark.parametrize("name", ["Tokens", "Scale", "More scopes", "Edit", "Help"])
def test_what_a_button_opens_fits(page: Page, long: dict[str, Any], name: str) -> None:
    picture = show(page, long)
    picture.root.get_by_role("button", name=name).first.click()
    fits(picture)


def test_the_search_for_a_target_fits(page: Page, long: dict[str, Any]) -> None:
    picture = show(page, long)
    picture.target.click()
    expect(picture.root.get_by_role("combobox").first).to_be_focused()
    fits(picture)


@pytest.mark.parametrize("panel", OPEN)
def test_a_panel_fits(page: Page, series: dict[str, Any], panel: str) -> None:
    picture = show(page, series)
    receive(page, panel=panel)
    picture.panel(panel)
    fits(picture)


def test_the_picture_fits_what_a_notebook_leaves_of_a_phone(browser: Browser, long: dict[str, Any]) -> None:
    context = browser.new_context(**{**PHONE, "viewport": {"width": 190, "height": 640}})
    page = context.new_page()
    page.set_content(HTML)
    page.add_style_tag(content="body { margin: 0 }")
    picture = show(page, long)
    fits(picture)
    scopes = picture.root.locator(".jw-scopes")
    inside = scopes.evaluate(
        "e => [...e.querySelectorAll('button')].every(b => "
        "!b.checkVisibility() || b.getBoundingClientRect().right <= e.getBoundingClientRect().right)"
    )
    assert inside
    context.close()


def test_with_wider_spacing_it_fits(page: Page, long: dict[str, Any]) -> None:
    picture = show(page, long)
    page.add_style_tag(content=SPACED)
    fits(picture)


def test_an_error_and_its_details_fit(page: Page, long: dict[str, Any]) -> None:
    picture = show(page, long)
    detail = f"Traceback: {'x' * 400}\n"
    receive(page, status={"state": "error", "done": 0, "total": 0, "message": "y" * 300, "detail": detail})
    picture.root.get_by_text("Details").click()
    fits(picture)


def test_something_too_wide_would_be_seen(page: Page, long: dict[str, Any]) -> None:
    picture = show(page, long)
    picture.legend.evaluate("e => { e.style.whiteSpace = 'nowrap'; e.textContent = 'wide '.repeat(300) }")
    with pytest.raises(AssertionError):
        fits(picture)
