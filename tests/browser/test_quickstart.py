"""The first notebook, as a person meets it: run it, point, click, switch, edit, read back, save and reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from lab import Lab

TEXT = "Tom loves Korean food. He grew up in the South and goes to Columbia. He is a liberal"
LIBERAL, COLUMBIA = 19, 14


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.open("quickstart.ipynb")
    tab.run_all()


@pytest.fixture
def picture(lab: Lab) -> Picture:
    return Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))


def test_runs_from_top_to_bottom(lab: Lab, picture: Picture) -> None:
    picture.is_ready()
    assert lab.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    # The widget, a table, the numbers; two exercises that wait, and the hint in the instructor's cell.
    expect(lab.page.locator(".jp-OutputArea-executeResult")).to_have_count(6)
    expect(lab.page.get_by_text("Replace the … with your answer.")).to_have_count(2)
    expect(lab.page.get_by_text("Paris 77%")).to_be_visible()
    assert picture.text() == TEXT
    expect(picture.explained()).to_have_text(" liberal")
    expect(picture.question).to_contain_text("What moved the logit of")
    expect(picture.target).to_contain_text("liberal")
    expect(picture.predictions.first).to_contain_text("big")
    ink = picture.ink()
    assert ink[COLUMBIA] == max(ink, key=lambda level: int(level[1:]))
    assert ink[LIBERAL] == "w0"


def test_pointing_at_a_word_says_score_rank_and_share(picture: Picture) -> None:
    picture.token(COLUMBIA).hover()
    expect(picture.tooltip).to_be_visible()
    expect(picture.tooltip).to_contain_text("␣Columbia")
    expect(picture.tooltip).to_contain_text("1st of 19")
    expect(picture.tooltip).to_contain_text("% of the influence")
    expect(picture.tooltip).to_contain_text("token 14, id 9123")
    picture.legend.hover()
    expect(picture.tooltip).to_be_hidden()


def test_every_scope_redraws_the_same_text(lab: Lab, picture: Picture) -> None:
    inks = [picture.ink()]
    for name, unit in (
        ("Fisher", "nats"),
        ("Temperature", "β per unit"),
        ("Entropy", "nats per unit"),
        ("Log-probability", "nats per unit"),
        ("Contrast", "logits per unit"),
        ("Semantic", "logits per unit"),
    ):
        picture.scope(name)
        expect(picture.legend).to_contain_text(unit)
        picture.is_ready()
        inks.append(picture.ink())
    assert inks[0] == inks[-1]
    assert len({tuple(ink) for ink in inks}) >= 5
    assert lab.run("w.scope").printed == "'semantic'"


def test_a_foil_asks_rather_than(lab: Lab, picture: Picture) -> None:
    before = picture.ink()
    row = picture.predictions.filter(has_text="food")
    row.hover()
    row.locator(".jw-as-foil").click()
    expect(picture.question).to_contain_text("rather than")
    expect(picture.foil).to_contain_text("food")
    picture.becomes(before)
    answer = lab.run("w.scope, tokenizer.decode(w.foil), w.scores.argmax()").printed
    assert answer.startswith("('contrast', ' food', ")
    picture.scope("Semantic")


def test_a_click_explains_another_word(lab: Lab, picture: Picture) -> None:
    picture.token(4).click()
    expect(picture.explained()).to_have_attribute("data-start", "4")
    expect(picture.target).to_contain_text(".")
    picture.is_ready()
    assert lab.run("w.position").printed == "4"
    assert lab.run("bool((w.scores[4:] == 0).all())").printed == "True"
    assert set(picture.ink()[4:]) == {"w0"}


def test_the_text_is_edited_in_place(lab: Lab, picture: Picture) -> None:
    picture.root.get_by_role("button", name="Edit").click()
    expect(picture.editor).to_have_value(TEXT)
    picture.editor.fill("The capital of France is")
    picture.root.get_by_role("button", name="Explain").click()
    expect(picture.tokens).to_have_count(5)
    picture.is_ready()
    expect(picture.predictions.first).to_contain_text("Paris")
    expect(picture.predictions.first).to_contain_text("77")
    expect(picture.next).to_have_attribute("aria-selected", "true")
    assert lab.run("w.text").printed == "'The capital of France is'"


def test_reopened_it_still_shows_and_switches(lab: Lab, picture: Picture) -> None:
    picture.is_ready()
    before = picture.ink()
    lab.save()
    lab.restart_kernel()
    lab.open("quickstart.ipynb")
    expect(picture.tokens).to_have_count(5)
    assert picture.text() == "The capital of France is"
    assert picture.ink() == before
    picture.scope("Fisher")
    picture.becomes(before)
