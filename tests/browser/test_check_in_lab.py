"""The check panel in a real JupyterLab: real ablations, marks in the text, and what is left without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from journey import MODEL, TEXT
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab import Lab
    from playwright.sync_api import Browser, Locator


pytestmark = pytest.mark.usefixtures("empty")


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("check.ipynb")
    tab.run(MODEL)


def checked(picture: Picture) -> Locator:
    """The panel, once its sentence is there."""
    picture.root.get_by_role("button", name="Check", exact=True).click()
    panel = picture.panel("Check")
    expect(panel.locator(".jw-check-verdict")).to_contain_text("here")
    return panel


def test_the_verdict_is_python_s_and_confirmed_tokens_are_marked(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(TEXT)
    panel = checked(picture)
    assert lab.run("w.check['verdict']").printed == repr(panel.locator(".jw-check-verdict").text_content())
    lab.run("import numpy as np")
    lab.run("known = np.isfinite(np.frombuffer(w.check['kl'], '<f4'))")
    marks = picture.root.locator(".jw-text .jw-token.is-noted")
    assert lab.run("int(known.sum())").printed == str(marks.count())
    first = marks.first
    start = first.get_attribute("data-start")
    first.hover()
    expect(picture.tooltip).to_contain_text("leave-one-out: KL")
    expect(picture.tooltip).to_contain_text("Δ log p(")
    expect(panel.locator(".jw-check-strip .is-hot")).to_have_attribute("data-item", str(start))
    panel.get_by_role("button", name="Check all tokens").click()
    expect(panel).to_contain_text("tokens confirmed by leaving each out.")
    expect(marks).to_have_count(int(lab.run("len(w.tokens['ids'])").printed))
    expect(panel.locator(".jw-check-legend")).to_contain_text("Leave-one-out")
    expect(panel.get_by_role("button", name="Check all tokens")).to_be_hidden()
    picture.root.get_by_role("button", name="Close").click()
    picture.scope("Entropy")
    expect(marks).to_have_count(0)  # nobody has checked this picture
    picture.scope("Semantic")
    expect(marks).not_to_have_count(0)


def test_tokens_are_taken_away_with_the_keyboard(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(TEXT)
    panel = checked(picture)
    panel.locator(".jw-check-strip [tabindex='0']").focus()
    keyboard = picture.root.page.keyboard
    keyboard.press("Home")
    keyboard.press("ArrowRight")
    keyboard.press("Space")
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(panel.locator(".jw-check-strip [aria-selected='true']")).to_have_count(2)
    expect(panel.locator(".jw-check-answer tbody tr").first).to_be_visible()
    assert lab.run("w.ablated == [1, 2] == w.check['ablated']['tokens']").printed == "True"
    kl = float(lab.run("w.check['ablated']['kl']").printed)
    assert kl > 0
    expect(panel).to_contain_text("Δ log p")
    after = panel.locator(".jw-check-answer .is-target td").nth(1)
    p = float(
        lab.run("next(c['p'] for c in w.check['ablated']['after'] if c['id'] == w.check['measured']['id'])").printed
    )
    expect(after).to_contain_text(f"{100 * p:.1f}" if p >= 0.0005 else "< 0.1")
    panel.get_by_label("Take tokens away by").select_option("remove")
    expect(panel.locator(".jw-check-verdict")).to_contain_text("Removing")
    assert lab.run("w.ablation, w.check['ablation']").printed == "('remove', 'remove')"
    panel.get_by_role("button", name="Put all back").click()
    expect(panel).to_contain_text("Choose tokens to see the prediction without them.")
    assert lab.run("w.ablated").printed == "[]"


def test_an_ablation_that_the_model_lacks_is_not_on_offer(lab: Lab, show: Callable[..., Picture]) -> None:
    lab.run("model.config.pad_token_id = None")
    panel = checked(show(TEXT))
    expect(panel.locator("option[value='pad']")).to_be_disabled()
    expect(panel).to_contain_text("Padding: this model names no such token.")


def test_a_saved_page_shows_the_check_without_a_kernel(
    lab: Lab, show: Callable[..., Picture], browser: Browser, tmp_path: Path
) -> None:
    picture = show(TEXT)
    panel = checked(picture)
    panel.get_by_role("button", name="Take the top 5").click()
    expect(panel.locator(".jw-check-answer tbody tr").first).to_be_visible()
    verdict = panel.locator(".jw-check-verdict").text_content() or ""
    path = tmp_path / "page.html"
    lab.run(f"w.to_html({str(path)!r})")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    saved = Picture(page.locator(".jw").first)
    saved.root.get_by_role("button", name="Check", exact=True).click()
    still = saved.panel("Check")
    expect(still.locator(".jw-check-verdict")).to_have_text(verdict)
    expect(still.locator(".jw-check-answer tbody tr").first).to_be_visible()
    expect(still).to_contain_text("takes a running kernel")
    expect(still.get_by_role("button", name="Check all tokens")).to_be_hidden()
    expect(saved.root.locator(".jw-text .jw-token.is-noted")).not_to_have_count(0)
    context.close()
