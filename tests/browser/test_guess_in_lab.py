"""Guess mode in a real JupyterLab, in a page on a phone, and in a notebook whose kernel is gone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from axe import AXE, axe, finds_nothing, prepare
from journey import MODEL, TEXT
from opened import Opened
from picture import Picture
from playwright.sync_api import expect
from test_reflow import CUT
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import JacobianWidget, class_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab import Lab
    from playwright.sync_api import Browser, Locator

HIDDEN = ", position=9, guess='hidden'"
COLOURS = "spans => new Set(spans.map(s => getComputedStyle(s).backgroundColor)).size"


@pytest.fixture(scope="module")
def notebook(tab: Lab) -> None:
    tab.new("guess.ipynb")
    tab.run(MODEL)


def bar(picture: Picture) -> Locator:
    found = picture.root.locator(".jw-guess-bar")
    expect(found).to_be_visible()
    return found


def button(picture: Picture, name: str) -> Locator:
    return picture.root.get_by_role("button", name=name, exact=True)


def hears(lab: Lab, code: str, said: str) -> None:
    """Python has what the view wrote, once that has come."""
    for _ in range(20):
        found = lab.run(code).printed
        if found == said:
            return
    assert found == said


def is_hidden(picture: Picture) -> None:
    """Nothing tells: no ink, no numbers, no ranks, no panel that has them."""
    assert set(picture.ink()) == {"w0"}
    picture.root.evaluate("el => Promise.all(el.getAnimations({ subtree: true }).map((a) => a.finished))")  # ink fades
    assert picture.tokens.evaluate_all(COLOURS) <= 2  # marked, and not
    expect(picture.legend).to_be_hidden()
    expect(picture.root.locator(".jw-strongest li:visible")).to_have_count(0)
    for name in ("Compare", "Check", "Map", "Save"):
        expect(button(picture, name)).to_be_hidden()


@pytest.mark.usefixtures("notebook", "empty")
def test_marked_with_pointer_and_keys_and_revealed(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(TEXT, HIDDEN)
    expect(bar(picture)).to_contain_text("Mark the words that you think moved")
    is_hidden(picture)
    picture.token(1).click()
    picture.token(1).hover()
    expect(picture.tooltip).to_be_visible()
    expect(picture.tooltip).not_to_contain_text(re.compile(r"influence|\d of \d"))
    keyboard = picture.root.page.keyboard
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    keyboard.press("ArrowRight")
    keyboard.press("Space")
    expect(picture.root.locator("[data-marked]")).to_have_count(3)
    expect(bar(picture)).to_contain_text("3 marked.")
    hears(lab, "w.marked, w.position", "([1, 3, 4], 9)")
    is_hidden(picture)
    prepare(lab.page)
    finds_nothing(lab.page)
    button(picture, "Reveal").focus()
    keyboard.press("Enter")
    expect(picture.legend).to_be_visible()
    assert len(set(picture.ink())) >= 5
    expect(picture.root.locator(".jw-guess-said")).to_be_focused()
    lab.run("w._finish_left_out()")
    expect(bar(picture)).to_contain_text("Leave-one-out: ")
    answer = json.loads(lab.run("import json\nprint(json.dumps(w.answers[-1]))").printed)
    assert answer["marked"] == [1, 3, 4]
    for hits, what in ((answer["hits"], "Semantic’s 3 strongest"), (answer["left_out_hits"], "the 3 whose removal")):
        some = f"{hits} of your 3 {'is' if hits == 1 else 'are'}"
        words = {0: "one of your 3 is", 3: "ll 3 of yours are"}.get(hits, some)
        expect(bar(picture)).to_contain_text(f"{words} among {what}")
    expect(picture.root.locator("[data-marked='hit']")).to_have_count(answer["hits"])
    finds_nothing(lab.page)
    picture.token(5).click()  # a click explains again
    expect(bar(picture)).to_contain_text("No guess for this question.")
    hears(lab, "w.marked, w.position", "([], 5)")


@pytest.mark.usefixtures("notebook", "empty")
def test_switched_on_in_the_view_and_off_again(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(TEXT, ", position=9, granularity='word'")
    ink = picture.ink()
    button(picture, "Guess").click()
    expect(bar(picture)).to_contain_text("Nothing marked yet.")
    is_hidden(picture)
    picture.token(6).click()
    hears(lab, "len(w.marked) > 1, w.guess", "(True, 'hidden')")
    button(picture, "Stop guessing").click()
    expect(picture.root.locator(".jw-guess-bar")).to_be_hidden()
    expect(button(picture, "Guess")).to_be_focused()
    assert picture.ink() == ink
    hears(lab, "w.marked, w.guess, w.answers", "([], '', [])")
    button(picture, "Check").click()  # whose code takes the place of the little that guess mode needs
    picture.panel("check")


@pytest.mark.usefixtures("notebook", "empty")
def test_reopened_without_its_kernel_it_goes_on(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(TEXT, HIDDEN)
    lab.run("w._finish_left_out()")
    bar(picture)
    lab.save()
    lab.restart_kernel()
    lab.open("guess.ipynb")
    picture = Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))
    bar(picture)
    is_hidden(picture)
    picture.token(2).click()
    picture.token(3).click()
    button(picture, "Reveal").click()
    assert len(set(picture.ink())) >= 5
    expect(bar(picture)).to_contain_text("Leave-one-out: ")
    expect(button(picture, "Save my answers")).to_be_visible()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, JacobianWidget]:
    model = tiny("llama", vocab_size=300, max_position_embeddings=256)
    text = "The cat <img src=x onerror='bad=1'> sat on 3.14 mats"
    w = JacobianWidget(model, byte_tokenizer(), text, position=-2, guess="hidden")
    path = tmp_path_factory.mktemp("guess") / "page.html"
    w.to_html(path)
    return path, w


@pytest.mark.parametrize("colours", ["light", "dark", "forced"])
def test_a_page_on_a_phone(
    browser: Browser, page_file: tuple[Path, JacobianWidget], colours: str, tmp_path: Path
) -> None:
    path, w = page_file
    look: dict[str, Any] = {"forced_colors": "active"} if colours == "forced" else {"color_scheme": colours}
    context = browser.new_context(offline=True, viewport={"width": 360, "height": 740}, has_touch=True, **look)
    opened = Opened(context.new_page(), "file:")
    page, picture = opened.page, opened.picture
    page.goto(path.as_uri())
    bar(picture)
    is_hidden(picture)
    for t in (2, 5, 7):
        picture.token(t).tap()
    expect(bar(picture)).to_contain_text("3 marked.")
    page.add_script_tag(content=AXE.read_text())
    assert axe(page)["violations"] == []
    assert picture.root.evaluate(CUT) == []
    button(picture, "Reveal").tap()
    expect(bar(picture)).to_contain_text("Semantic’s 3 strongest")
    assert axe(page)["violations"] == []
    assert picture.root.evaluate(CUT) == []
    page.get_by_label("Your name").fill("Ada")
    with page.expect_download() as download:
        button(picture, "Save my answers").tap()
    assert download.value.suggested_filename == "Ada.json"
    download.value.save_as(tmp_path / "Ada.json")
    w.guess = "hidden"
    w.marked = [2, 5, 7]
    w.guess = "revealed"
    (theirs,) = json.loads((tmp_path / "Ada.json").read_text("utf-8"))
    assert theirs == {"student": "Ada", **w.answers[-1], "attempt": 1}
    assert list(class_table(tmp_path)["student"]) == ["Ada"]
    assert opened.complaints == []
    context.close()
