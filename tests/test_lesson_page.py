"""The page of a lesson: what it holds of a notebook, and what it lets through to nobody's browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from small_lesson import DOT, HOSTILE, TEXT, TITLE, WIDGETS, small_lesson, write
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

import jacobian_widget
from jacobian_widget import attribute, export_lesson
from jacobian_widget._lesson_clean import Addresses, clean
from jacobian_widget._lesson_page import lesson_parts
from jacobian_widget._lesson_record import FISHER, TARGETS
from jacobian_widget._lesson_text import headed, markdown

EXAMPLES = Path(__file__).parents[1] / "examples"
NOWHERE = Addresses(Path(__file__).parent, lambda _: None)


class Read(HTMLParser):
    """Tags and their attributes, and what stands in scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def unpacked(text: str) -> dict[str, Any]:
    """An archive, as the page's script reads it; bytes stay where they are."""
    packed = base64.b85decode(text[1:].translate(str.maketrans(",.:", "<>&")))
    whole = zlib.decompress(packed[: len(packed) - int(text[0])], -15)
    document = json.loads(whole[4 : 4 + int.from_bytes(whole[:4], "little")])
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def written(lesson_page: Path) -> str:
    return lesson_page.read_text("utf-8")


@pytest.fixture(scope="module")
def html(written: str) -> Read:
    return Read(written)


@pytest.fixture(scope="module")
def widgets(html: Read) -> list[dict[str, Any]]:
    found = unpacked(html.scripts[0])["widgets"]
    assert isinstance(found, list)
    return found


def test_the_page_holds_the_text_and_what_the_cells_show(written: str, html: Read) -> None:
    assert "<title>Why this &amp; that?" in written
    assert "<mfrac><mn>1</mn><mn>7</mn></mfrac>" in written
    assert "<code>$\\nosuchcommand$</code>" in written
    assert "<mtext>&lt;/script&gt;&lt;b&gt;d&lt;/b&gt;</mtext>" in written
    assert "<td>42</td>" in written
    assert "<strong>strong</strong>" in written
    assert "&lt;b&gt;red&lt;/b&gt;</pre>" in written
    images = [(image["alt"], str(image["src"]).partition(";")[0]) for image in html.of("img")]
    made = "Figure made by the code above"
    assert images == [("a dot", "data:image/png"), (made, "data:image/svg+xml"), (made, "data:image/png")]
    assert "not ours" in written
    assert '<h2 id="part">' in written
    assert '<h2 id="part-2">' in written
    assert written.count("works in the notebook only: <code>lesson.ipynb</code>") == 2
    assert "IPython.core" not in written
    assert '<span class="k">def</span>' in written
    assert written.index("The end.") > written.index("42")


def test_headings_leave_no_level_out() -> None:
    levels = re.findall(r"<h(\d)", headed("<h1>a</h1><h3>b</h3><h5>c</h5><h3>d</h3><h2>e</h2><h3>f</h3><h1>g</h1>"))
    assert levels == ["1", "2", "3", "2", "2", "3", "1"]


def test_headings_are_found_where_links_look_and_never_by_the_script() -> None:
    ids = re.findall(
        r'id="([^"]*)"', headed('<h1>JW lesson code!</h1><h2 class="x">My  heading</h2><h2>jw-lesson-saved</h2>')
    )
    assert ids == ["jw-lesson-code-2", "my-heading", "jw-lesson-saved-2"]
    assert 'href="#my-heading"' in markdown("[there](#My-heading)", NOWHERE)


def test_a_formula_in_the_words_of_an_image_stays_as_it_was_typed() -> None:
    packed = f"data:image/png;base64,{DOT}"
    (image,) = Read(markdown(f'![The value $x^2 < "y"$]({packed})', NOWHERE)).of("img")
    assert image["src"] == packed
    assert "x^2" in str(image["alt"])
    assert "<math" not in str(image["alt"])
    assert "many" in markdown(f"many \ue000{'9' * 5000}\ue001 and \ue0000\ue001 $x$", NOWHERE)


def test_what_calls_itself_an_image_is_made_of_bytes(tmp_path: Path) -> None:
    cell = new_code_cell("picture", outputs=[])
    for wrong in (
        '"><script type="text/plain" id="jw-lesson-code">x</script>',
        '"><meta http-equiv="refresh">',
        "abcde",
    ):
        cell.outputs.append(nbformat.v4.new_output("display_data", {"image/png": wrong}))
    page = export_lesson(write(new_notebook(cells=[cell]), tmp_path / "n.ipynb"), execute=False, progress=False)
    assert page is not None
    found = Read(page)
    assert [script.get("id") for script in found.of("script")].count("jw-lesson-code") == 1
    assert len([meta for meta in found.of("meta") if meta.get("http-equiv")]) == 1
    assert all(re.fullmatch(r"data:image/png;base64,[\w+/=]*", str(image["src"])) for image in found.of("img"))


@pytest.mark.parametrize(
    "style",
    [
        "background:image-set('https://evil.example/a.png' 1x)",
        "outline:99999px solid red",
        "margin-left:-50px",
        "margin: -.5em",
    ],
)
def test_no_style_asks_for_an_address_or_leaves_its_place(style: str) -> None:
    assert "style" not in clean(f'<p style="{style}">x</p>', NOWHERE)
    assert "style" in clean('<p style="border-left:4px solid #2166ac;max-width:70ch">x</p>', NOWHERE)


@pytest.mark.parametrize("address", ["da\nta:text/html,x", "\x01data:text/html,x", "java\tscript:bad=1"])
def test_no_address_hides_its_kind(address: str) -> None:
    found = Read(clean(f'<a href="{address}">x</a>', Addresses(Path(), lambda given: given)))
    assert all(not str(a.get("href", "")).lower().startswith(("data:", "javascript:")) for a in found.of("a"))


def test_what_is_not_for_students_stays_out(written: str) -> None:
    assert "not for students" not in written
    assert "Replace it." not in written
    assert "To answer, open <code>lesson.ipynb</code>" in written


def test_nothing_hostile_gets_through(written: str, html: Read) -> None:
    assert {tag for tag, _ in html.tags} & {"iframe", "form", "input", "object", "svg", "base"} == set()
    assert {name for _, found in html.tags for name in found if name.startswith("on")} == set()
    assert len(html.scripts) == 3
    assert len(html.of("style")) == 1
    assert [link.get("href") for link in html.of("a")] == [None, "https://example.org", None]
    assert not re.search(r"position: *fixed", written)
    places = [found for _, found in html.tags if "jw-lesson-widget" in str(found.get("class"))]
    assert [place["data-widget"] for place in places] == [str(k) for k in range(WIDGETS)]
    ids = [found["id"] for _, found in html.tags if "id" in found]
    assert len(ids) == len(set(ids))


def test_the_page_forbids_every_request_and_every_script_but_its_own(html: Read) -> None:
    (policy,) = (str(meta["content"]) for meta in html.of("meta") if "http-equiv" in meta)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    digest = base64.b64encode(hashlib.sha256(html.scripts[2].encode()).digest()).decode()
    assert rules.pop("script-src") == f"'sha256-{digest}' blob:"
    assert rules.pop("default-src") == "'none'"
    assert {source for rule in rules.values() for source in rule.split()} == {"'none'", "'unsafe-inline'", "data:"}
    assert [link["href"] for link in html.of("link")] == ["data:,"]


def test_each_widget_is_there_as_it_was_when_it_was_shown(widgets: list[dict[str, Any]]) -> None:
    assert [w["text"] for w in widgets] == [TEXT, HOSTILE, TEXT, TEXT]
    assert [w["scope"] for w in widgets] == ["semantic", "semantic", "semantic", "fisher"]
    assert [w["guess"] for w in widgets] == ["", "", "hidden", ""]
    assert [w["left_out"].get("state") for w in widgets] == [None, None, "done", None]
    assert all(w["status"] == {"state": "saved"} for w in widgets)


def test_all_positions_are_there_and_further_ones_hold_less(widgets: list[dict[str, Any]]) -> None:
    for w in widgets:
        own, further = w["basis"], w["_further"]
        count = len(w["tokens"]["ids"])
        first = 0 if w["tokens"]["bos"] else 1
        assert sorted(str(b["position"]) for b in [own, *further]) == sorted(map(str, [None, *range(first, count)]))
        taken = [b["fisher"]["n_directions"] for b in further]
        assert FISHER.vjps(32, 1) <= min(taken)
        assert max(b["fisher"]["rtol"] for b in further) <= 0.2
        assert sum(taken) < len(taken) * own["fisher"]["n_directions"]
        targets = [sum(kind == "log_probability" for kind, _ in b["directions"]) for b in further]
        assert TARGETS <= max(targets) <= TARGETS + 1
        assert sum(kind == "log_probability" for kind, _ in own["directions"]) >= 12
        assert all(b["complete"] for b in further)


def test_a_further_position_has_the_scores_of_attribute(widgets: list[dict[str, Any]]) -> None:
    model = tiny("llama", vocab_size=300, max_position_embeddings=256)
    ours = attribute(model, byte_tokenizer(), TEXT, position=7)
    (theirs,) = (b for b in widgets[0]["_further"] if b["position"] == 7)
    assert theirs["predictions"][0]["id"] == ours.predictions[0].id
    assert theirs["entropy"] == pytest.approx(ours.entropy, rel=1e-5)
    np.testing.assert_allclose(theirs["beta"], ours.beta, rtol=1e-5)


def test_the_code_is_there_once_however_many_widgets_there_are(html: Read) -> None:
    saved, code, script = html.scripts
    assert set(unpacked(code)) == {"_esm", "panels"}
    assert "_esm" not in json.dumps(unpacked(saved))
    assert "%%" not in script
    assert len(script) < 8000


def test_parts_of_what_is_stored(tmp_path: Path) -> None:
    parts = lesson_parts(EXAMPLES / "quickstart.ipynb", execute=False, links=lambda address: f"../{address}")
    assert parts.title == "Jacobian Widget"
    assert parts.body.startswith('<div class="jw-lesson">')
    assert parts.body.count("data-widget=") == parts.widgets == 1
    assert len(unpacked(parts.saved)["widgets"]) == parts.widgets
    assert unpacked(parts.packed_code) == parts.code
    style = re.sub(r"@media[^{]*\{", "{", parts.style)
    selectors = [s for rule in re.findall(r"(?:^|[{}])([^{}@;]+)\{", style) for s in re.split(r",(?![^(]*\))", rule)]
    assert [s.strip() for s in selectors if s.strip() and not s.strip().startswith(".jw-lesson")] == []


def test_links_lead_where_the_page_says(tmp_path: Path) -> None:
    path = write(small_lesson(), tmp_path / "lesson.ipynb")
    parts = lesson_parts(path, execute=False, links=lambda address: address.replace(".ipynb", ".html"))
    assert '<a href="2-next.html"' in parts.body
    assert parts.widgets == 0


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell("x = 0"), new_code_cell("# divides\n1 / x")])
    path = write(notebook, tmp_path / "broken.ipynb")
    with pytest.raises(
        RuntimeError, match=r"cell 2 of broken\.ipynb \(`# divides`\) failed: ZeroDivisionError: division"
    ):
        export_lesson(path, tmp_path / "page.html", progress=False)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"path": "page.pdf"}, ValueError, r"ends in \.html"),
        ({"positions": "some"}, ValueError, "list of token indices"),
        ({"positions": ["x"]}, TypeError, "integer"),
    ],
)
def test_a_bad_wish_is_refused_before_anything_runs(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], said: str
) -> None:
    path = write(new_notebook(cells=[new_code_cell("open('ran', 'w')")]), tmp_path / "lesson.ipynb")
    with pytest.raises(error, match=said):
        export_lesson(path, **arguments)
    assert not (tmp_path / "ran").exists()


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.ipynb").write_text("no notebook")
    with pytest.raises(ValueError, match="not a notebook"):
        export_lesson(tmp_path / "text.ipynb", progress=False)
    with pytest.raises(FileNotFoundError):
        export_lesson(tmp_path / "missing.ipynb", progress=False)


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("jacobian_widget._lesson")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "nh3", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'jacobian-widget\[lessons\]'"):
        jacobian_widget.export_lesson  # noqa: B018 - is imported when it is asked for


def test_the_notebook_is_left_as_it_is(lesson_page: Path) -> None:
    stored = nbformat.read(lesson_page.parent / "lesson.ipynb", as_version=4)
    assert [cell.source for cell in stored.cells] == [cell.source for cell in small_lesson().cells]
    assert all(cell.outputs == [] for cell in stored.cells if cell.cell_type == "code")
    assert TITLE in stored.cells[0].source
