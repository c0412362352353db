"""What the widget does in a real JupyterLab, on a tiny random model so that each answer is there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from journey import GATE, MODEL, TEXT
from lab import CellError
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab import Lab


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("tiny.ipynb")
    tab.run(MODEL + GATE)


@pytest.fixture(autouse=True)
def _clean(lab: Lab) -> None:
    lab.run("let_through(); Widget.close_all()")
    lab.clear_cells()


def test_python_and_the_browser_share_one_state(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    lab.run("seen = []\nw.observe(lambda change: seen.append((change.name, change.new)), ['scope', 'position'])")
    lab.run("w.scope = 'fisher'")
    expect(picture.root.get_by_role("radio", name="Fisher")).to_have_attribute("aria-checked", "true")
    picture.scope("Entropy")
    picture.token(5).click()
    expect(picture.explained()).to_have_attribute("data-start", "5")
    picture.is_ready()
    assert lab.run("seen").printed == "[('scope', 'fisher'), ('scope', 'entropy'), ('position', 5)]"
    lab.run("w.position = None")
    expect(picture.next).to_have_attribute("aria-selected", "true")
    picture.is_ready()


def test_any_token_of_the_vocabulary_is_found_and_computed(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    known = [int(row.get_attribute("data-id") or -1) for row in picture.predictions.all()]
    assert lab.run("k = tokenizer.convert_tokens_to_ids('Ġsat'); k in [p['id'] for p in w.basis['predictions']]")
    wanted = int(lab.run("k").printed)
    picture.target.click()
    picture.root.locator(".jw-search:visible").fill(" sat")
    picture.root.locator(f".jw-match[data-id='{wanted}']").click()
    expect(picture.target).to_contain_text("sat")
    picture.is_ready()
    expect(picture.root.locator(f".jw-prediction[data-id='{wanted}']")).to_be_visible()
    assert lab.run("w.target == k and bool((w.scores[:-1] > 0).all())").printed == "True"
    assert known


def test_one_of_two_views_is_cleared_and_the_other_works_on(lab: Lab, show: Callable[..., Picture]) -> None:
    first = show()
    second_cell = lab.run("w")
    second = Picture(second_cell.view)
    second.is_ready()
    first.scope("Fisher")
    expect(second.root.get_by_role("radio", name="Fisher")).to_have_attribute("aria-checked", "true")
    lab.clear_output(0)
    expect(first.root).to_have_count(0)
    second = Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))
    second.token(3).click()
    second.is_ready()
    before = second.ink()
    second.scope("Temperature")
    second.becomes(before)
    lab.run("w.scope = 'entropy'")
    expect(second.legend).to_contain_text("nats per unit")


def test_two_widgets_share_a_model_and_nothing_else(lab: Lab, show: Callable[..., Picture]) -> None:
    one = show()
    two = Picture(lab.run("v = JacobianWidget(model, tokenizer, 'The hat', scope='entropy')\nv").view)
    two.is_ready()
    one.token(4).click()
    two.token(2).click()
    one.is_ready()
    two.is_ready()
    assert lab.run("w.position, v.position, w.scope, v.scope").printed == "(4, 2, 'semantic', 'entropy')"


def test_cancel_keeps_the_picture(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    before = picture.ink()
    lab.run("wait_before_the_model()")
    picture.token(4).click()
    cancel = picture.root.locator(".jw-cancel")
    expect(cancel).to_be_visible()
    assert picture.text() == TEXT
    cancel.click()
    picture.is_in_state("cancelled")
    assert picture.ink() == before
    lab.run("let_through()")
    picture.token(5).click()
    picture.is_ready()


def test_the_newest_of_many_clicks_wins(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    lab.run("wait_before_the_model()")
    for start in (4, 5, 6, 7):
        picture.token(start).click()
        picture.is_in_state("computing")
    lab.run("let_through()")
    picture.is_ready()
    assert lab.run("w.position, w.attribution.position").printed == "(7, 7)"


def test_an_interrupt_ends_the_wait_and_nothing_else(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    before = picture.ink()
    lab.run("wait_before_the_model(); w.position = 4")
    picture.is_in_state("computing")
    lab.page.evaluate(
        "() => { const n = window.jupyterapp.shell.currentWidget.content;"
        " n.model.sharedModel.addCell({cell_type: 'code', source: 'w.scores'});"
        " n.activeCellIndex = n.model.cells.length - 1; n.deselectAll(); }"
    )
    lab.start("notebook:run-cell")
    waiting = lab.cell(lab.cells() - 1)
    expect(waiting.locator(".jp-InputPrompt")).to_contain_text("*")
    lab.interrupt_kernel()
    expect(waiting.locator(".jp-OutputArea")).to_contain_text("KeyboardInterrupt")
    picture.is_in_state("cancelled")
    assert picture.ink() == before
    lab.run("let_through()")
    picture.token(5).click()
    picture.is_ready()
    assert lab.run("w.scores.shape == (len(w.attribution.tokens),)").printed == "True"


def test_an_error_in_the_model_is_said_and_the_picture_stays(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    before = picture.ink()
    lab.run("def broken():\n    raise RuntimeError('the model broke')\nbefore_the_model(broken)")
    picture.token(4).click()
    picture.is_in_state("error")
    expect(picture.status).to_contain_text("the model broke")
    assert picture.ink() == before
    with pytest.raises(CellError, match="the model broke"):
        lab.run("w.scores")
    lab.run("let_through()")
    picture.token(5).click()
    picture.is_ready()


BAD_VALUES = [
    {"position": 9999},
    {"position": -9999},
    {"position": "three"},
    {"position": [1]},
    {"target": 10**9},
    {"target": "no such token"},
    {"target": {"id": 1}},
    {"foil": 1.5},
    {"scope": "astrology"},
    {"scope": None},
    {"rank": -1},
    {"granularity": "paragraph"},
    {"text": 7},
    {"text": "x" * 5000},
    {"cancelled": "yes"},
    {"basis": {"text": "not the browser's to write"}},
    {"status": 3},
]


def test_a_bad_value_from_the_browser_is_refused(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show(arguments=", position=5")
    before = picture.ink()
    wish = "w.text, w.scope, w.target, w.foil, w.position, w.rank, w.granularity, sorted(w.basis)[:3]"
    good = lab.run(wish).printed
    model_id = lab.run("w.model_id").printed.strip("'")
    lab.run("arrived = threading.Semaphore(0)\nw.observe(lambda _: arrived.release(), 'query')")
    for number, bad in enumerate(BAD_VALUES):
        lab.send(model_id, bad)
        lab.send(model_id, {"query": str(number)})  # comes after it on the same channel
        assert lab.run("arrived.acquire(timeout=30)").printed == "True"
        assert lab.run(wish).printed == good, bad
        assert picture.ink() == before, bad
    lab.send(model_id, {"position": 9999})
    picture.is_in_state("error")
    expect(picture.status).to_contain_text("position")
    picture.token(4).click()
    picture.is_ready()


def test_a_refused_text_stays_in_the_editor(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    before = picture.ink()
    picture.root.get_by_role("button", name="Edit").click()
    long = "long " * 400
    picture.editor.fill(long)
    picture.root.get_by_role("button", name="Explain").click()
    picture.is_in_state("error")
    expect(picture.root.locator(".jw-refusal")).to_contain_text("the model takes 512")
    expect(picture.editor).to_have_value(long)
    assert lab.run("w.text").printed == repr(TEXT)
    picture.editor.fill("The hat")
    picture.root.get_by_role("button", name="Explain").click()
    picture.is_ready()
    assert picture.text() == "The hat"
    assert picture.ink() != before


HOSTILE = [
    "<script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'> &lt;b&gt; &amp;",
    "</div></pre>\"'`${window.broken = 1}",
    "line one\nline two\n\n\tindented\r\nend",
    "naïve 漢字 👩‍👩‍👧‍👦 🇫🇷 é",
    "مرحبا بالعالم and שלום",
    "\u202eevil\u202c \u200b zero \u0000 width",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(lab: Lab, show: Callable[..., Picture], text: str) -> None:
    picture = show(text)
    shown = picture.text()
    assert shown == text
    assert "�" not in picture.root.inner_text()
    assert lab.page.evaluate("() => window.broken") is None
    assert picture.root.locator("script, img, iframe, .jw-text :not(span)").count() == 0
    picture.tokens.nth(1).hover()
    expect(picture.tooltip).to_be_visible()
    assert "�" not in picture.tooltip.inner_text()


def test_keys_stay_in_the_widget(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    lab.run("'a cell below'")
    cells, active = lab.cells(), "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    picture.token(2).click()
    picture.is_ready()
    before = lab.page.evaluate(active)
    cursor = picture.root.locator(".jw-text [tabindex='0']")
    for key in ("x", "a", "b", "j", "k", "d", "d", "m", "y", "z", "ArrowDown", "ArrowUp", "Shift+J", "0", "0"):
        cursor.focus()
        lab.page.keyboard.press(key)
    assert lab.cells() == cells
    assert lab.page.evaluate(active) == before
    assert lab.run("w.position").printed == "2"  # `0 0` would have restarted the kernel
    cursor.focus()
    lab.page.keyboard.press("Home")
    lab.page.keyboard.press("ArrowRight")
    expect(picture.token(1)).to_be_focused()
    lab.page.keyboard.press("End")
    expect(picture.next).to_be_focused()
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("Enter")
    picture.is_ready()
    last = int(lab.run("len(w.attribution.tokens) - 1").printed)
    expect(picture.explained()).to_have_attribute("data-start", str(last))
    lab.page.keyboard.press("Control+s")
    lab.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


def test_typing_in_the_editor_types(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    cells = lab.cells()
    picture.root.get_by_role("button", name="Edit").click()
    picture.editor.press("ControlOrMeta+a")
    lab.page.keyboard.type("axb jk dd The")
    expect(picture.editor).to_have_value("axb jk dd The")
    lab.page.keyboard.press("Control+Enter")
    picture.is_ready()
    assert picture.text() == "axb jk dd The"
    assert lab.cells() == cells


def test_granularity_colours_whole_words(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    tokens = picture.options.count()
    picture.root.get_by_role("button", name="Tokens").click()
    picture.root.get_by_label("Words").check()
    lab.page.keyboard.press("Escape")
    expect(picture.options).not_to_have_count(tokens)
    assert picture.text() == TEXT
    assert lab.run("w.granularity, w.scores.shape[0]").printed == f"('word', {picture.options.count()})"


def test_a_cell_that_keeps_the_kernel_busy_does_not_stop_scopes(lab: Lab, show: Callable[..., Picture]) -> None:
    picture = show()
    before = picture.ink()
    lab.run("release = threading.Event()")
    lab.page.evaluate(
        "() => { const n = window.jupyterapp.shell.currentWidget.content;"
        " n.model.sharedModel.addCell({cell_type: 'code', source: 'release.wait(60)'});"
        " n.activeCellIndex = n.model.cells.length - 1; n.deselectAll(); }"
    )
    lab.start("notebook:run-cell")
    expect(lab.cell(lab.cells() - 1).locator(".jp-InputPrompt")).to_contain_text("*")
    picture.scope("Fisher")
    picture.becomes(before)
    lab.interrupt_kernel()
    lab.wait_for_kernel()


def test_a_chat_goes_on_and_what_it_says_can_be_explained(lab: Lab) -> None:
    lab.run(
        'tokenizer.chat_template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}\\n{% endfor %}'
        '{% if add_generation_prompt %}<assistant>{% endif %}"'
    )
    cell = lab.run("w = JacobianWidget(model, tokenizer, messages=[dict(role='user', content='Who sat?')])\nw")
    picture = Picture(cell.view)
    picture.is_ready()
    assert picture.text() == "<user>Who sat?\n<assistant>"
    expect(picture.legend).to_contain_text("Template tokens hold")
    template, written = (picture.root.locator(f".jw-token.is-{kind}") for kind in ("template", "generated"))
    expect(template.first).to_be_visible()
    picture.root.get_by_role("button", name="Hide template").click()
    expect(template.first).to_be_hidden()
    expect(picture.legend).to_contain_text("hidden")
    picture.root.get_by_role("button", name="Show template").click()
    lab.run("added = w.generate(6, min_new_tokens=6)")
    picture.is_ready()
    expect(written.first).to_be_visible()
    written.last.click()
    picture.is_ready()
    position, count = lab.run("w.position, len(w.tokens['ids'])").printed.strip("()").split(", ")
    assert 0 < int(position) < int(count)
    assert lab.run("w.text.endswith(added)").printed == "True"
