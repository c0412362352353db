"""What a person does first, wherever the widget is shown: read, point, switch, click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from picture import Picture

TEXT = "The cat sat on the mat"
POSITION = 9
MODEL = """
from ipywidgets import Widget
from jacobian_widget import JacobianWidget
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

model, tokenizer = tiny("llama", vocab_size=300, max_position_embeddings=512), byte_tokenizer()
"""
"""What a notebook runs before it shows pictures."""
SETUP = f"""{MODEL}
w = JacobianWidget(model, tokenizer, {TEXT!r}, position={POSITION})
"""

GATE = """
import threading

gate, hooks = threading.Event(), []

def before_the_model(action):
    hooks.append(model.register_forward_pre_hook(lambda *_: action() and None))

def wait_before_the_model():
    gate.clear()
    before_the_model(lambda: gate.wait(60))

def let_through():
    gate.set()
    while hooks:
        hooks.pop().remove()
"""
"""What a notebook runs before its model is held up, or fails."""


def reads(picture: Picture) -> None:
    picture.is_ready()
    assert picture.text() == TEXT
    assert len(set(picture.ink())) >= 5
    ground = picture.background(POSITION)
    strongest = picture.ink().index(max(picture.ink(), key=lambda level: int(level[1:])))
    assert picture.tokens.nth(strongest).evaluate("s => getComputedStyle(s).backgroundColor") != ground


def points(picture: Picture) -> None:
    picture.tokens.nth(1).hover()
    expect(picture.tooltip).to_be_visible()
    expect(picture.tooltip).to_contain_text("% of the influence")
    picture.legend.hover()
    expect(picture.tooltip).to_be_hidden()


def switches(picture: Picture) -> None:
    before = picture.ink()
    picture.scope("Fisher")
    picture.becomes(before)
    expect(picture.legend).to_contain_text("nats")
    picture.scope("Semantic")


def explains(picture: Picture, start: int = 5) -> None:
    """Needs the kernel: nothing in the browser knows what moved another position."""
    picture.token(start).click()
    expect(picture.explained()).to_have_attribute("data-start", str(start))
    picture.is_ready()
    assert set(picture.ink()[start:]) == {"w0"}
    assert len(set(picture.ink()[:start])) >= 3


def walks(picture: Picture) -> None:
    """The keyboard alone."""
    keyboard = picture.root.page.keyboard
    picture.root.locator(".jw-text [tabindex='0']").focus()
    keyboard.press("Home")
    for _ in range(4):
        keyboard.press("ArrowRight")
    expect(picture.token(4)).to_be_focused()
    keyboard.press("Enter")
    expect(picture.explained()).to_have_attribute("data-start", "4")
    picture.is_ready()
