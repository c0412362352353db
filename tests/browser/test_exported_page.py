"""The page that `to_html` writes, opened as a file, with nothing let through to any network."""

from __future__ import annotations

import csv
import json
import re
import struct
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe import AXE
from opened import Opened
from picture import Picture
from playwright.sync_api import expect
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import JacobianWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

TEXT = "The cat sat on 3.14 mats,\nsaid 猫."
HOSTILE = (
    "<script>window.bad = 1</script><img src=x onerror='bad = 2'></title></script><!--<script>\u202e\x07\x1b "
    "]]>%%SAVED%%%%TITLE%% https://evil.example/x.js </style>\n=1+1"
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=256)


@pytest.fixture(scope="module")
def widget(model: Any) -> JacobianWidget:
    return JacobianWidget(model, byte_tokenizer(), TEXT, position=-1)


@pytest.fixture(scope="module")
def exported(widget: JacobianWidget, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "page.html"
    widget.to_html(path, positions=[9, 20])
    return path


@pytest.fixture(scope="module")
def open_page(browser: Browser) -> Callable[..., Any]:
    @contextmanager
    def opening(path: Path, **options: Any) -> Iterator[Opened]:
        context = browser.new_context(offline=True, **options)
        opened = Opened(context.new_page(), "file:", "about:")
        try:
            opened.page.goto(path.as_uri())
            if options.get("java_script_enabled", True):
                opened.picture.status.wait_for()
            yield opened
            assert opened.complaints == []
        finally:
            context.close()

    return opening


def strongest(picture: Picture) -> list[str]:
    return picture.root.locator(".jw-strongest .jw-number, .jw-strong .jw-number").all_inner_texts()


def test_it_answers_as_python_does(exported: Path, widget: JacobianWidget, open_page: Callable[..., Any]) -> None:
    with open_page(exported) as opened:
        picture = opened.picture
        picture.is_in_state("no-kernel")
        expect(picture.status).to_contain_text("Reading a saved result")
        assert picture.text().replace("↵", "") == TEXT
        result = widget.attribution
        for name, scope in (("Semantic", "semantic"), ("Fisher", "fisher"), ("Entropy", "entropy")):
            picture.scope(name)
            scores = result.scores(scope, granularity="token")
            ink = [int(level[1:]) for level in picture.ink()]
            assert ink.index(max(ink)) == scores.argmax()
            assert ink[:-1] == pytest.approx([63 * s / scores.max() for s in scores[:-1]], abs=1.01)
        picture.scope("Semantic")
        other = result.predictions[2]
        was = picture.ink()
        picture.predictions.filter(has_text=re.compile(re.escape(other.label))).first.click()
        ink = [int(level[1:]) for level in picture.becomes(was)]
        scores = result.scores("semantic", target=other.id, granularity="token")
        assert ink[:-1] == pytest.approx([63 * s / scores.max() for s in scores[:-1]], abs=1.01)
        picture.token(3).hover()
        expect(picture.tooltip).to_be_visible()


def test_a_click_opens_the_positions_it_holds(
    exported: Path, widget: JacobianWidget, open_page: Callable[..., Any]
) -> None:
    with open_page(exported) as opened:
        picture = opened.picture
        was = picture.ink()
        picture.token(9).click()
        picture.becomes(was)
        expect(picture.explained()).to_have_attribute("data-start", "9")
        assert "is-stale" not in (picture.root.locator(".jw-text").get_attribute("class") or "")
        expect(picture.status).to_contain_text("2 other positions (dashed) can be opened")
        expect(picture.token(5)).to_have_attribute("aria-disabled", "true")
        expect(picture.token(5)).to_have_css("cursor", "default")
        expect(picture.token(20)).to_have_css("text-decoration-style", "dashed")
        picture.token(5).click(force=True)
        expect(picture.explained()).to_have_attribute("data-start", "9")
        picture.token(20).click()
        expect(picture.explained()).to_have_attribute("data-start", "20")


def test_it_works_in_a_sandboxed_frame(exported: Path, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    inside = exported.read_text("utf-8").replace("&", "&amp;").replace('"', "&quot;")
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<!doctype html><meta charset="utf-8"><div class="jw"><p class="jw-status">.</p></div>'
        f'<iframe sandbox="allow-scripts" width="900" height="700" srcdoc="{inside}"></iframe>',
        "utf-8",
    )
    with open_page(outer) as opened:
        frame = opened.page.frame_locator("iframe")
        expect(frame.locator(".jw-token").first).to_be_visible()
        expect(frame.locator(".jw-status")).to_contain_text("Reading a saved result")
        frame.get_by_role("radio", name="Fisher").click()
        expect(frame.locator(".jw-ask")).to_contain_text("What moved the whole prediction?")


def test_without_scripts_there_is_a_picture(exported: Path, open_page: Callable[..., Any]) -> None:
    with open_page(exported, java_script_enabled=False) as opened:
        expect(opened.page.locator("#jw-static")).to_contain_text("The cat sat on")
        expect(opened.page.locator("#jw-static")).to_contain_text("logits per unit embedding norm")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(exported: Path, open_page: Callable[..., Any], scheme: str) -> None:
    with open_page(exported, color_scheme=scheme) as opened:
        page = opened.page
        page.add_script_tag(content=AXE.read_text("utf-8"))
        for panel in (None, "Save"):
            if panel:
                page.get_by_role("button", name=panel, exact=True).click()
                expect(page.get_by_role("button", name="Save as HTML")).to_be_visible()
            found = page.evaluate(
                "async () => (await axe.run(document)).violations.map(v => [v.id, v.nodes.map(n => n.html)])"
            )
            assert found == []
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")


def test_hostile_text_stays_text(model: Any, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    w = JacobianWidget(model, byte_tokenizer(), HOSTILE)
    w.to_html(tmp_path / "page.html", title=HOSTILE)
    with open_page(tmp_path / "page.html") as opened:
        page = opened.page
        assert page.title().startswith("<script>window.bad = 1</script><img")
        # Control characters are drawn as marks; the text under them is the text.
        assert opened.picture.text().replace("↵", "") == HOSTILE
        assert page.evaluate("window.bad") is None
        saved = {}
        for kind in ("HTML", "SVG"):
            page.get_by_role("button", name="Save", exact=True).click() if kind == "HTML" else None
            with page.expect_download() as download:
                page.get_by_role("button", name=f"Save as {kind}").click()
            saved[kind] = Path(download.value.path()).read_text("utf-8")
        (tmp_path / "again.html").write_text(saved["HTML"], "utf-8")
        (tmp_path / "picture.svg").write_text(saved["SVG"], "utf-8")
        drawn = "".join(ET.fromstring(saved["SVG"]).itertext())  # noqa: S314 - written by the page above
        assert "<script>window.bad" in drawn
        assert "\u202e" not in drawn
    with open_page(tmp_path / "again.html") as opened:
        assert opened.picture.text().replace("↵", "") == HOSTILE
        assert opened.page.evaluate("window.bad") is None
        opened.page.goto((tmp_path / "picture.svg").as_uri())
        assert opened.page.evaluate("window.bad") is None


def test_a_very_long_token_is_saved(model: Any, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    w = JacobianWidget(model, byte_tokenizer(), "ab")
    w.attribution  # noqa: B018 - waits
    long = "x" * 100_000
    w.set_trait("text", w.text)
    tokens = {**w.tokens, "text": long + "b", "pieces": [long, "b"], "labels": [long, "b"]}
    w.set_trait("tokens", tokens)
    w.set_trait("basis", {**w.basis, "text": long + "b"})
    w._trait_values["text"] = long + "b"
    w.to_html(tmp_path / "page.html")
    with open_page(tmp_path / "page.html") as opened:
        opened.page.get_by_role("button", name="Save", exact=True).click()
        with opened.page.expect_download() as download:
            opened.page.get_by_role("button", name="Save as SVG").click()
        assert Path(download.value.path()).stat().st_size > 100_000
        with opened.page.expect_download() as download:
            opened.page.get_by_role("button", name="Save as PNG").click()
        assert Path(download.value.path()).read_bytes()[:4] == b"\x89PNG"


def test_what_is_saved_in_it(
    exported: Path, widget: JacobianWidget, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    result = widget.attribution
    with open_page(exported) as opened:
        page = opened.page
        page.get_by_role("button", name="Save", exact=True).click()
        said = page.locator(".jw-said")
        files = {}
        for kind in ("CSV", "JSON", "SVG", "PNG", "HTML"):
            with page.expect_download() as download:
                page.get_by_role("button", name=f"Save as {kind}").click()
            assert download.value.suggested_filename == f"the-cat-sat-on-3-14.{kind.lower()}"
            expect(said).to_contain_text(f"Saving the-cat-sat-on-3-14.{kind.lower()}, ")
            files[kind] = tmp_path / f"file.{kind.lower()}"
            download.value.save_as(files[kind])

        ours, theirs = (
            list(csv.reader(text.lstrip("\ufeff").splitlines(keepends=True)))
            for text in (result.to_csv(), files["CSV"].read_text("utf-8"))
        )
        assert [row[:3] for row in theirs] == [row[:3] for row in ours]
        numbers = [(float(a[3]), float(b[3])) for a, b in zip(ours[1:], theirs[1:], strict=True) if a[3]]
        assert [b for _, b in numbers] == pytest.approx([a for a, _ in numbers], rel=5e-3, abs=1e-4)
        texts = [piece["text"] for piece in json.loads(files["JSON"].read_text("utf-8"))["pieces"]]
        assert texts == [piece for piece in result.source.pieces if piece]

        root = ET.fromstring(files["SVG"].read_text("utf-8"))  # noqa: S314 - written by the page above
        assert root.get("width") == "16cm"
        words = "".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
        assert "The cat sat on 3.14 mats,↵said 猫." in words
        assert "logits per unit embedding norm" in words
        assert len(root.findall(f"{SVG}rect[@stroke]")) == 1

        png = files["PNG"].read_bytes()
        width, _, per_metre = *struct.unpack(">II", png[16:24]), struct.unpack(">I", png[41:45])[0]
        assert png[37:41] == b"pHYs"
        assert per_metre == 11811
        assert width == pytest.approx(16 / 2.54 * 300, abs=1)
    with open_page(files["HTML"]) as opened:
        picture = opened.picture
        expect(picture.status).to_contain_text("Reading a saved result")
        was = picture.ink()
        picture.token(9).click()
        picture.becomes(was)


@pytest.mark.parametrize("ground", ["dark", "transparent"])
def test_the_ground_of_a_picture(exported: Path, open_page: Callable[..., Any], ground: str) -> None:
    with open_page(exported) as opened:
        page = opened.page
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_label("Background").select_option(ground)
        page.get_by_label("Width").fill("8")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as SVG").click()
        root = ET.parse(download.value.path()).getroot()  # noqa: S314 - written by the page above
        assert root.get("width") == "8cm"
        whole = [r for r in root.findall(f"{SVG}rect") if r.get("x") is None]
        assert [r.get("fill") for r in whole] == (["#111111"] if ground == "dark" else [])


@pytest.mark.parametrize("allowed", [True, False])
def test_copying(exported: Path, widget: JacobianWidget, open_page: Callable[..., Any], *, allowed: bool) -> None:
    with open_page(exported) as opened:
        page = opened.page
        if not allowed:
            page.evaluate(
                "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
                " document.execCommand = () => false }"
            )
        page.get_by_role("button", name="Save", exact=True).click()
        for kind, text in (("Markdown", widget.attribution.to_markdown()), ("LaTeX", widget.attribution.to_latex())):
            page.get_by_role("button", name=f"Copy as {kind}").click()
            expect(page.locator(".jw-said")).to_contain_text(f"Copied as {kind}" if allowed else "press Ctrl+C")
            preview = page.get_by_label(f"{kind}, as copied")
            first = text.splitlines()[0]
            assert preview.input_value().splitlines()[0] == first
            if not allowed:
                chosen = preview.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
                assert chosen == preview.input_value()


def test_200_tokens_are_small(demo: Any, tmp_path: Path) -> None:
    model, tokenizer = demo
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    ids = tokenizer(text)["input_ids"][:200]
    w = JacobianWidget(model, tokenizer, tokenizer.decode(ids))
    assert len(w.tokens["ids"]) == pytest.approx(200, abs=4)
    w.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 200_000
