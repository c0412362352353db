"""The gallery and the scopes' words: one registry, the same in Python and in the view."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from test_series import digit_tokenizer
from view_registry import JS, files

from jacobian_widget import SCOPES, JacobianWidget, attribute
from jacobian_widget._panels import PANELS
from jacobian_widget.gallery import GALLERY, Example, id_or_none
from jacobian_widget.numerals import numerals
from jacobian_widget.tokens import GRANULARITIES, tokenize

GOLDEN = JS.parent / "tests" / "golden" / "smollm2.json"


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(JS)))
def test_the_view_says_what_python_says(path: Any) -> None:
    assert path.read_text("utf-8") == files()[path], "run: python tests/view_registry.py"


def test_every_scope_has_a_paragraph_a_formula_and_a_unit() -> None:
    for scope in SCOPES.values():
        assert all((scope.title, scope.explains, scope.formula, scope.unit, scope.paragraph))
        assert scope.explains.endswith(".")
        assert scope.paragraph.endswith(".")
        assert "\n" not in scope.paragraph
    assert "Entropy" in SCOPES["temperature"].paragraph
    assert SCOPES["contrast"].needs_foil


def test_the_examples_are_whole() -> None:
    assert 8 <= len(GALLERY) <= 12
    assert len({example.title for example in GALLERY.values()}) == len(GALLERY)
    for name, example in GALLERY.items():
        assert example.name == name
        assert example.question.endswith("?")
        assert example.panel in PANELS
        assert example.granularity in GRANULARITIES
        assert SCOPES[example.scope].needs_foil <= (example.foil is not None)
        assert example.text.strip()
        assert example.position in (None, -1)
    assert {example.panel for example in GALLERY.values()} >= {"compare", "series"}


def test_the_papers_prompts_are_the_golden_ones() -> None:
    prompts = {prompt["text"] for prompt in json.loads(GOLDEN.read_text("utf-8")).values()}
    shown = {example.text for example in GALLERY.values()}
    assert len(prompts & shown) == 4


def test_the_minimal_pair_differs_in_one_word() -> None:
    a, b = (GALLERY[name].text.split() for name in ("liberal", "conservative"))
    assert [word for word, other in zip(a, b, strict=True) if word != other] == ["liberal"]


def test_a_target_that_is_not_one_token_is_left_out() -> None:
    tokenizer = digit_tokenizer("12")
    example = Example("pair", "Pair", "Which?", "1,2,", target="12", foil="1.2")
    settings = example.settings(tokenizer)
    assert (settings["target"], settings["foil"]) == (tokenizer.convert_tokens_to_ids("12"), None)
    assert id_or_none(tokenizer, "12") == tokenizer.convert_tokens_to_ids("12")
    assert id_or_none(None, "12") is None
    assert id_or_none(tokenizer, None) is None


@pytest.mark.parametrize("name", GALLERY)
def test_the_demo_model_takes_every_example(demo: tuple[Any, Any], name: str) -> None:
    model, tokenizer = demo
    example = GALLERY[name]
    settings = example.settings(tokenizer)
    assert (settings["target"] is None) == (example.target is None)
    assert (settings["foil"] is None) == (example.foil is None)
    source = tokenize(tokenizer, example.text)
    assert len(source) < 300
    if example.panel == "series":
        assert len(numerals(source)) == 60
    elif example.scope != "fisher":
        named = {key: settings[key] for key in ("position", "target", "foil") if settings[key] is not None}
        result = attribute(model, tokenizer, example.text, scopes=[example.scope], **named)
        assert result.scores(example.scope).max() > 0


def test_the_browser_loads_an_example_with_one_message(demo: tuple[Any, Any]) -> None:
    model, tokenizer = demo
    widget = JacobianWidget(model, tokenizer, "One two three.")
    loaded = next(example for example in json.loads((JS / "panels" / "gallery.json").read_text("utf-8")))
    names = ("text", "scope", "position", "target", "granularity", "panel")
    try:
        widget.set_state({**{name: loaded[name] for name in names}, "foil": "no such token anywhere"})
        assert widget.text == loaded["text"]
        assert widget.position == len(widget.tokens["ids"]) - 1
        assert widget.foil is None
        assert widget.status["state"] != "error"
        widget.set_state({"target": " liberal", "foil": " conservative", "scope": "contrast"})
        assert [tokenizer.decode([k]) for k in (widget.target, widget.foil)] == [" liberal", " conservative"]
    finally:
        widget.close()


def test_the_series_panel_fills_its_trait_while_it_is_open(demo: tuple[Any, Any]) -> None:
    model, tokenizer = demo
    widget = JacobianWidget(model, tokenizer, "1,2,3,4,5,6,", scope="entropy")
    done = threading.Event()
    widget.observe(lambda change: change["new"].get("state") == "done" and done.set(), "series")
    try:
        assert widget.attribution.complete
        assert widget.series == {}
        widget.panel = "series"
        assert done.wait(120)
        found = dict(zip(widget.series["values"], widget.series["p"], strict=True))
        assert max(found, key=found.__getitem__) == 7.0
    finally:
        widget.close()
