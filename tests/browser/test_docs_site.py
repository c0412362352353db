"""The documentation as a reader opens it: from a server on this machine, with no other machine to ask."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe import AXE
from docs_site import pages
from opened import Opened
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
USABLE_MS = 2000
READY = "() => performance.getEntriesByType('navigation')[0].domInteractive"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LIGHTNESS = """() => {
  const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return (r + g + b) / 765;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def open_page(browser: Browser, address: str) -> Callable[..., Any]:
    @contextmanager
    def opening(path: str, **options: Any) -> Iterator[Page]:
        context = browser.new_context(**{"viewport": DESK, "color_scheme": "light", **options})
        context.route(lambda url: not url.startswith((address, "blob:", "data:")), lambda route: route.abort())
        opened = Opened(context.new_page(), address)
        try:
            opened.page.goto(f"{address}/{path}")
            yield opened.page
            assert opened.complaints == []
        finally:
            context.close()

    return opening


def widgets_live(page: Page) -> None:
    """Wait until every place for a widget holds one."""
    places = page.locator(".jw-lesson-widget")
    expect(places.locator(".jw-status")).to_have_count(places.count())


@pytest.mark.parametrize("path", pages())
def test_a_page_opens_on_a_desk_and_on_a_phone(path: str, open_page: Callable[..., Any]) -> None:
    with open_page(path) as page:
        expect(page.locator("h1")).to_have_count(1)
        widgets_live(page)
        assert page.evaluate(LIGHTNESS) > 0.9
        assert page.evaluate(WIDER) <= 0
        taken = page.evaluate(READY)
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"() => ({LIGHTNESS})() < 0.25")
        assert page.evaluate(WIDER) <= 0
        if taken > USABLE_MS:  # something else may have had the machine just then
            page.reload()
            assert page.evaluate(READY) < USABLE_MS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_widget_in_a_lesson_lives(scheme: str, open_page: Callable[..., Any]) -> None:
    with open_page("tutorial/1-three-scopes.html", color_scheme=scheme) as page:
        widgets_live(page)
        picture = Picture(page.locator(".jw").last)
        was = picture.ink()
        assert len(set(was)) > 3
        picture.scope("Fisher")
        assert picture.becomes(was) != was
        expect(picture.question).to_contain_text("What moved the whole prediction?")
        picture.token(1).hover()
        expect(picture.tooltip).to_be_visible()
        # The theme's lists and the lesson's are not the widget's.
        row = picture.root.locator(".jw-strongest li").first
        expect(row).to_have_css("margin-left", "0px")
        expect(row).to_have_css("list-style-type", "none")
        paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        expect(picture.root).to_have_css("background-color", paper)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["explanation/method.html", "tutorial/1-three-scopes.html"])
def test_axe_finds_nothing(path: str, scheme: str, open_page: Callable[..., Any]) -> None:
    with open_page(path, color_scheme=scheme) as page:
        widgets_live(page)
        page.add_script_tag(content=AXE.read_text("utf-8"))
        found = page.evaluate(
            "async () => (await axe.run(document)).violations.map(v => [v.id, v.nodes.map(n => n.html)])"
        )
        # The theme names two lists of links alike.
        assert [violation for violation in found if violation[0] != "landmark-unique"] == []


def test_search_finds_without_another_machine(open_page: Callable[..., Any]) -> None:
    with open_page("index.html") as page:
        box = page.get_by_role("textbox", name="Search")
        box.click()
        box.press_sequentially("unembedding")
        page.locator(".md-search-result__link").filter(has_text="The method").first.click()
        expect(page.locator("h1")).to_contain_text("The method")


def test_the_scheme_can_be_chosen_and_is_remembered(open_page: Callable[..., Any]) -> None:
    with open_page("how-to/explain.html") as page:
        page.locator("label[title='Light colours']:visible").click()
        page.locator("label[title='Dark colours']:visible").click()
        assert page.evaluate(LIGHTNESS) < 0.25
        page.get_by_role("link", name="Reference", exact=True).first.click()
        expect(page.locator("h1")).to_contain_text("Reference")
        assert page.evaluate(LIGHTNESS) < 0.25


def test_pages_open_as_files_too(site: Path, browser: Browser) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((site / "tutorial" / "1-three-scopes.html").as_uri())
    widgets_live(page)
    page.get_by_role("link", name="Reference", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("Reference")
    context.close()
