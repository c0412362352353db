"""axe-core in every theme and state, in a real JupyterLab; each state is reached as a person or Python reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe import axe, finds_nothing, prepare
from colours import contrast
from journey import GATE, TEXT
from picture import Picture
from playwright.sync_api import expect

from jacobian_widget._panels import PANELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab import Lab

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
OPEN = PANELS[1:]
SERIES = "1.5, 2.5, 3.5, 4.5, 5.5, 6.5"
SETUP = f"""
from ipywidgets import Widget
from jacobian_widget import JacobianWidget
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

model, tokenizer = tiny("llama", vocab_size=300, max_position_embeddings=256), byte_tokenizer()
{GATE}
w = JacobianWidget(model, tokenizer, {TEXT!r}, position=9)
w
"""


@pytest.fixture(scope="module", autouse=True)
def _opened(tab: Lab) -> None:
    tab.new("accessibility.ipynb")
    tab.run(SETUP)
    # What is scrolled out of sight, axe leaves out.
    tab.page.set_viewport_size({"width": 1280, "height": 2000})
    prepare(tab.page)


@pytest.fixture
def picture(lab: Lab) -> Picture:
    picture = Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))
    picture.is_ready()
    return picture


@pytest.fixture(params=THEMES, scope="module")
def theme(request: pytest.FixtureRequest, tab: Lab) -> str:
    tab.theme(request.param)
    return str(request.param)


def press(picture: Picture, name: str) -> None:
    picture.root.get_by_role("button", name=name).locator("visible=true").first.click()


def more(lab: Lab, picture: Picture) -> None:
    press(picture, "More scopes")


def tokens(lab: Lab, picture: Picture) -> None:
    press(picture, "Tokens")


def scale(lab: Lab, picture: Picture) -> None:
    press(picture, "Scale")


def target(lab: Lab, picture: Picture) -> None:
    picture.target.click()
    expect(picture.root.get_by_role("option").locator("visible=true").first).to_be_visible()


def foil(lab: Lab, picture: Picture) -> None:
    picture.foil.click()


def editor(lab: Lab, picture: Picture) -> None:
    press(picture, "Edit")
    expect(picture.editor).to_be_visible()


def tooltip(lab: Lab, picture: Picture) -> None:
    picture.token(3).hover()
    expect(picture.tooltip).to_be_visible()


def focused(lab: Lab, picture: Picture) -> None:
    picture.root.locator(".jw-text [tabindex='0']").focus()
    lab.page.keyboard.press("Home")
    expect(picture.token(0)).to_be_focused()


def signed(lab: Lab, picture: Picture) -> None:
    lab.tell("w.signed = True")


STATES: list[Callable[[Lab, Picture], None]] = [more, tokens, scale, target, foil, editor, tooltip, focused, signed]


def test_axe_finds_nothing_in_the_picture(lab: Lab, picture: Picture, theme: str) -> None:
    finds_nothing(lab.page)


@pytest.mark.parametrize("reach", STATES)
def test_axe_finds_nothing_while_something_is_open(
    lab: Lab, picture: Picture, theme: str, reach: Callable[[Lab, Picture], None]
) -> None:
    reach(lab, picture)
    try:
        finds_nothing(lab.page)
    finally:
        lab.page.keyboard.press("Escape")
        lab.page.mouse.move(0, 0)
        lab.tell("w.signed = False")
    expect(picture.editor).to_be_hidden()


@pytest.mark.parametrize("panel", OPEN)
def test_axe_finds_nothing_in_a_panel(lab: Lab, picture: Picture, theme: str, panel: str) -> None:
    # A series for them all: without one, its panel has nothing to show.
    lab.tell(f"w.text = {SERIES!r}; w.attribution; w.panel = {panel!r}")
    try:
        picture.panel(panel)
        picture.is_ready()
        finds_nothing(lab.page)
    finally:
        lab.tell(f"w.panel = ''; w.text = {TEXT!r}; w.position = 9; w.attribution")


@pytest.fixture
def waiting(lab: Lab) -> Iterator[None]:
    lab.tell("gate.clear(); before_the_model(lambda: gate.wait(60)); w.position = 5")
    yield
    lab.tell("let_through(); w.position = 9; w.attribution")


@pytest.mark.parametrize("granularity", ["word", "line"])
def test_axe_finds_nothing_in_pieces_of_several_tokens(lab: Lab, picture: Picture, granularity: str) -> None:
    lab.tell(f"w.granularity = {granularity!r}")
    try:
        expect(picture.root.locator(".jw-token[aria-hidden='true']").first).to_be_visible()
        pieces = lab.run(f"len(w.tokens['groups'][{granularity!r}])").printed
        spoken = picture.root.locator(".jw-text").get_by_role("option")
        expect(spoken).to_have_count(int(pieces) + 1)  # and the slot after the text
        finds_nothing(lab.page)
    finally:
        lab.tell("w.granularity = 'token'")


def test_axe_finds_nothing_while_it_computes(lab: Lab, picture: Picture, theme: str, waiting: None) -> None:
    picture.is_in_state("computing")
    expect(picture.root.get_by_role("button", name="Cancel")).to_be_visible()
    finds_nothing(lab.page)


@pytest.fixture
def broken(lab: Lab) -> Iterator[None]:
    lab.tell("def fail():\n    raise RuntimeError('the model broke')\nbefore_the_model(fail)\nw.position = 6")
    yield
    lab.tell("let_through(); w.position = 9; w.attribution")


def test_axe_finds_nothing_in_an_error(lab: Lab, picture: Picture, theme: str, broken: None) -> None:
    picture.is_in_state("error")
    picture.root.get_by_text("Details").click()
    finds_nothing(lab.page)


def test_axe_finds_nothing_without_colours(lab: Lab, picture: Picture) -> None:
    lab.theme(THEMES[0])
    lab.page.emulate_media(forced_colors="active")
    try:
        finds_nothing(lab.page, contrasts=0)
    finally:
        lab.page.emulate_media(forced_colors="none")


@pytest.mark.parametrize(
    ("rule", "style"),
    [
        ("color-contrast", ".jw .jw-label { color: #ccc !important; background: #fff !important }"),
        (
            "target-size",
            ".jw .jw-tool { min-height: 0; min-width: 0; height: 9px; width: 9px; padding: 0; margin: -1px }",
        ),
    ],
)
def test_axe_would_find_something(lab: Lab, picture: Picture, rule: str, style: str) -> None:
    lab.theme(THEMES[0])
    spoilt = lab.page.add_style_tag(content=style)
    found = axe(lab.page)["violations"]
    spoilt.evaluate("element => element.remove()")
    assert rule in [violation["id"] for violation in found]


FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const root = e?.closest?.('.jw');
  if (!root) return null;
  const s = getComputedStyle(e), text = e.closest('.jw-text') !== null;
  const name = e.getAttribute('aria-label') ?? e.textContent.slice(0, 30);
  return {name: text ? 'text' : `${e.tagName} ${e.type ?? ''} ${name}`, style: s.outlineStyle,
          width: parseFloat(s.outlineWidth), colour: s.outlineColor, ground: getComputedStyle(root).backgroundColor};
}"""
# One stop for the text and for each group of radio buttons, one for everything else that can be worked.
STOPS = """root => {
  const all = [...root.querySelectorAll('button, input, textarea, select, summary, a[href], [tabindex]')];
  const seen = all.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0);
  const groups = new Set(), stops = [];
  for (const e of seen) {
    const group = e.type === 'radio' ? e.name : e.closest('.jw-text') ? 'text' : null;
    if (group !== null && groups.has(group)) continue;
    groups.add(group);
    stops.push(e);
  }
  return stops.length;
}"""


@pytest.mark.parametrize("panel", ["", *OPEN])
def test_tab_reaches_every_control_and_leaves_again(lab: Lab, picture: Picture, panel: str) -> None:
    walk(lab, picture, panel, THEMES[0])


@pytest.mark.parametrize("dark", THEMES[1:])
def test_the_focus_is_seen_in_the_dark(lab: Lab, picture: Picture, dark: str) -> None:
    walk(lab, picture, "", dark)


OPENED = """
w.panel = {panel!r}
while (job := w._panel_job) is not None and not job[0].finished:  # what it computes brings controls of its own
    job[0].wait()
"""


def walk(lab: Lab, picture: Picture, panel: str, theme: str) -> None:
    lab.theme(theme)
    lab.tell(OPENED.format(panel=panel))
    try:
        if panel:
            expect(picture.panel(panel).get_by_role("button", name="Close", exact=True)).to_be_visible()
        expected = picture.root.evaluate(STOPS)
        picture.root.get_by_role("radio", name="Semantic").focus()
        stops = []
        while (stop := lab.page.evaluate(FOCUSED)) and len(stops) <= expected:
            stops.append(stop)
            lab.page.keyboard.press("Tab")
        assert stop is None, "Tab does not leave the widget"
        assert len(stops) == expected, [stop["name"] for stop in stops]
        for stop in stops[1:]:  # the first was focused by script, which needs no ring
            assert stop["style"] != "none", stop
            assert stop["width"] >= 2, stop
            assert contrast(lab.page, stop["colour"], stop["ground"]) >= 3, stop
        for _ in range(expected + 1):
            lab.page.keyboard.press("Shift+Tab")
            if lab.page.evaluate(FOCUSED) is None:
                break
        else:
            pytest.fail("Shift+Tab does not leave the widget")
    finally:
        lab.tell("w.panel = ''")


MOVING = """root => [...root.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e), most = times => Math.max(...times.split(',').map(parseFloat));
  return most(s.transitionDuration) > 0.001 || most(s.animationDuration) > 0.001;
}).map(e => e.className)"""


def test_reduced_motion_moves_nothing(lab: Lab, picture: Picture) -> None:
    assert picture.root.evaluate(MOVING) != []  # what the rest of this test would see
    lab.page.emulate_media(reduced_motion="reduce")
    try:
        for panel in ("", *OPEN):
            lab.tell(f"w.panel = {panel!r}")
            if panel:
                picture.panel(panel)
            assert picture.root.evaluate(MOVING) == []
    finally:
        lab.page.emulate_media(reduced_motion="no-preference")
        lab.tell("w.panel = ''")


def test_results_are_announced(lab: Lab, picture: Picture) -> None:
    live = picture.root.locator("[aria-live='polite']").first
    picture.scope("Entropy")
    expect(live).to_contain_text("Entropy: strongest token")
    picture.scope("Semantic")
    expect(live).to_contain_text("Semantic, target")


def test_a_token_says_its_score_when_it_is_reached(lab: Lab, picture: Picture) -> None:
    focused(lab, picture)
    name = picture.token(0).get_attribute("aria-label") or ""
    assert "% of the influence" in name
    lab.page.keyboard.press("ArrowRight")
    expect(picture.token(1)).to_be_focused()
    assert picture.token(0).get_attribute("aria-label") != name


def test_axe_finds_nothing_without_a_kernel(lab: Lab, picture: Picture) -> None:
    lab.tell("w.position = 9; w.attribution")
    lab.restart_kernel()
    for name in THEMES:
        lab.theme(name)
        picture.token(4).click()
        picture.is_in_state("no-kernel")
        finds_nothing(lab.page)
    lab.theme(THEMES[0])
