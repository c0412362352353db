"""The page of a lesson, opened as a file, with every request refused: on a desk, on a phone, in the dark."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe import AXE
from opened import Opened
from picture import Picture
from playwright.sync_api import expect
from small_lesson import HOSTILE, TEXT, WIDGETS

from jacobian_widget import export_lesson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

    Opening = Callable[..., AbstractContextManager[Page]]

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart.ipynb"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def opening(browser: Browser) -> Opening:
    @contextmanager
    def open_page(path: Path, **options: object) -> Iterator[Page]:
        context = browser.new_context(offline=True, **options)
        context.route(re.compile(r"^(?!file:|blob:|data:)"), lambda route: route.abort())
        opened = Opened(context.new_page(), "file:")
        try:
            opened.page.goto(path.as_uri())
            yield opened.page
            assert opened.complaints == []
        finally:
            context.close()

    return open_page


@pytest.fixture(scope="module")
def stored_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quickstart as it is stored: no kernel runs."""
    path = tmp_path_factory.mktemp("stored") / "quickstart.html"
    export_lesson(QUICKSTART, path, execute=False)
    return path


def pictures(page: Page, count: int) -> list[Picture]:
    expect(page.locator(".jw-lesson-widget .jw .jw-status")).to_have_count(count)
    return [Picture(page.locator(".jw").nth(k)) for k in range(count)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE])
def test_every_picture_lives(lesson_page: Path, opening: Opening, scheme: str, size: dict[str, int] | None) -> None:
    look = {"color_scheme": scheme} | ({"viewport": size, "has_touch": True} if size else {})
    with opening(lesson_page, **look) as page:
        first, hostile, guessed, again = pictures(page, WIDGETS)
        expect(first.status).to_contain_text("Reading a saved result")
        assert first.text().replace("↵", "") == TEXT
        assert hostile.text().replace("↵", "") == HOSTILE

        first.token(3).hover()
        expect(first.tooltip).to_be_visible()
        was = first.ink()
        first.token(9).click()
        was = first.becomes(was)
        expect(first.explained()).to_have_attribute("data-start", "9")
        first.scope("Fisher")
        expect(first.question).to_contain_text("What moved the whole prediction?")
        first.becomes(was)

        # Each has a state of its own.
        expect(again.question).to_contain_text("What moved the whole prediction?")
        expect(hostile.question).to_contain_text("What moved the logit of")
        assert set(guessed.ink()) == {"w0"}
        again.scope("Semantic")
        expect(again.next).to_have_attribute("aria-selected", "true")
        assert page.evaluate("window.bad") is None
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_used_with_keys(lesson_page: Path, opening: Opening) -> None:
    with opening(lesson_page) as page:
        first, *_ = pictures(page, WIDGETS)
        page.locator("summary", has_text="This page works by itself").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Fisher to within some 20 %")).to_be_visible()
        first.next.focus()
        for key in ("ArrowLeft", "ArrowLeft", "Enter"):
            page.keyboard.press(key)
        expect(first.explained()).to_have_attribute("data-start", re.compile(r"\d"))


@pytest.mark.parametrize(("scheme", "size"), [("light", None), ("dark", PHONE)])
def test_axe_finds_nothing(
    lesson_page: Path, stored_page: Path, opening: Opening, scheme: str, size: dict[str, int] | None
) -> None:
    look = {"color_scheme": scheme} | ({"viewport": size} if size else {})
    for path, count in ((lesson_page, WIDGETS), (stored_page, 1)):
        with opening(path, **look) as page:
            pictures(page, count)
            # The page's policy lets no script in but its own: axe comes by the way of the tools.
            page.evaluate(AXE.read_text("utf-8"))
            found = page.evaluate("async () => await axe.run(document)")
            assert [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found["violations"]] == []
            seen = {rule["id"]: len(rule["nodes"]) for rule in found["passes"]}
            assert seen["color-contrast"] > 20
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (ground == "rgb(255, 255, 255)") == (scheme == "light")


def test_the_style_of_the_text_leaves_the_widgets_alone(stored_page: Path, opening: Opening) -> None:
    with opening(stored_page) as page:
        pictures(page, 1)
        reaching = """() => {
          const rules = [...document.styleSheets[0].cssRules].flatMap(r => r.cssRules?.length ? [...r.cssRules] : [r]);
          const inside = [...document.querySelectorAll(".jw *")];
          return rules.map(r => r.selectorText).filter(s => s && inside.some(e => e.matches(s)));
        }"""
        assert page.evaluate(reaching) == []
        assert page.evaluate("document.querySelectorAll('.jw *').length") > 100


def test_what_is_stored_lives_too(stored_page: Path, opening: Opening) -> None:
    with opening(stored_page) as page:
        (picture,) = pictures(page, 1)
        was = picture.ink()
        picture.scope("Temperature")
        picture.becomes(was)
        expect(page.get_by_text("To answer, open quickstart.ipynb").first).to_be_visible()


def test_no_foreign_script_runs(lesson_page: Path, tmp_path: Path, browser: Browser) -> None:
    """Were one to come through all the same, the page's policy would stop it."""
    broken = lesson_page.read_text("utf-8").replace(
        "<noscript>", "<img src=x onerror='window.bad = 1'><script>window.bad = 2</script><noscript>"
    )
    (tmp_path / "page.html").write_text(broken, "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    pictures(page, WIDGETS)
    assert page.evaluate("window.bad") is None
    page.close()


def test_without_scripts_there_are_pictures(lesson_page: Path, opening: Opening) -> None:
    with opening(lesson_page, java_script_enabled=False) as page:
        places = page.locator(".jw-lesson-widget")
        expect(places).to_have_count(WIDGETS)
        expect(places.first).to_contain_text("The rest takes JavaScript.")
