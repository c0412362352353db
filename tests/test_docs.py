"""The documentation: it builds strictly, says what every public name is, stays small, and its code runs."""

from __future__ import annotations

import ast
import importlib
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from docs_site import DOCS, ROOT, hook, pages
from guides import ELSEWHERE, GUIDES, blocks, run
from stored_outputs import difference

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

LARGEST = 15_000_000


@pytest.fixture(scope="module")
def names() -> ModuleType:
    return hook("names")


def test_the_site_has_every_page_and_is_small(site: Path) -> None:
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == {*pages(), "404.html"}
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < LARGEST


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loads = r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?([^"'\s>]+)|<link\b[^>]*\bhref=["']?([^"'\s>]+)"""
    asked = {
        url for path in site.rglob("*.html") for found in re.findall(loads, path.read_text("utf-8")) for url in found
    }
    assert len(asked) > 10
    assert {url for url in asked if re.match(r"(?:https?:)?//", url)} == set()
    sheets = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\(\s*[\"']?(?:https?:)?//|@import", sheets) == []


def test_one_copy_of_the_widget_serves_all_lessons(site: Path) -> None:
    held = [path for path in site.rglob("*") if path.suffix in (".js", ".html")]
    copies = [path for path in held if '"_esm"' in path.read_text("utf-8")]  # the table of sizes names it too
    assert site / "assets" / "lessons" / "code.js" in copies
    assert {path.parent for path in copies} == {site / "assets" / "lessons"}


def test_every_public_name_is_in_the_reference(site: Path, names: ModuleType) -> None:
    assert names.missing(site) == []
    public = {path for path, _ in names.public()}
    assert {"jacobian_widget.attribute", "jacobian_widget.evaluate.evaluate", "jacobian_widget.SCOPES"} <= public
    assert {"jacobian_widget.JacobianWidget.scale", "jacobian_widget.JacobianWidget.guess"} <= public
    assert {"jacobian_widget.baselines.path_gradient", "jacobian_widget.aggregate.by_token"} <= public


def test_a_name_that_is_not_in_the_reference_is_reported(tmp_path: Path, site: Path, names: ModuleType) -> None:
    *head, packed = (site / "objects.inv").read_bytes().split(b"\n", 4)
    lines = zlib.decompress(packed).decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("jacobian_widget.Attribution.shares ")]
    assert len(kept) == len(lines) - 1
    (tmp_path / "objects.inv").write_bytes(b"\n".join([*head, zlib.compress("".join(kept).encode())]))
    assert names.missing(tmp_path) == ["jacobian_widget.Attribution.shares is not in docs/reference"]


def test_addresses_that_lead_nowhere_are_reported(tmp_path: Path, site: Path) -> None:
    links = hook("links")
    assert list(links.broken(site)) == []
    (tmp_path / "there.html").write_text('<h1 id="here">.</h1><a href="https://example.org/x">.</a>')
    (tmp_path / "page.html").write_text(
        '<a href="there.html#here">.</a><a href="there.html#gone">.</a><img src="no.png"><a href="#top">.</a>'
    )
    said = ("#top", "no.png", "there.html#gone")
    assert list(links.broken(tmp_path)) == [f"page.html: {address} leads nowhere" for address in said]


def test_a_lesson_is_made_anew_when_it_or_the_package_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mkdocs")
    lessons = hook("lessons")
    (package := tmp_path / "package").mkdir()
    (package / "view.js").write_text("1")
    (notebook := tmp_path / "lesson.ipynb").write_text("{}")
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    monkeypatch.setattr(lessons, "PACKAGE", package)
    first = lessons._digest(notebook)
    assert lessons._digest(notebook) == first
    (package / "view.js").write_text("2")
    second = lessons._digest(notebook)
    notebook.write_text(json.dumps({"cells": []}))
    assert len({first, second, lessons._digest(notebook)}) == 3


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_the_code_of_a_guide_runs_and_prints_what_stands_there(guide: Path, tmp_path: Path) -> None:
    compared: list[str] = []
    for block, said in run(guide.read_text("utf-8"), tmp_path):
        if block.prints is not None:
            assert block.prints.strip(), f"run: python tests/guides.py {guide.stem}"
            assert not (found := difference(block.prints, said)), f"{found}, below\n{block.code}"
            compared.append(said)
    assert compared or guide.stem == "neighbours"  # whose numbers would differ from machine to machine


def test_the_code_that_runs_elsewhere_uses_public_names() -> None:
    examples = [code for guide in GUIDES for code in ELSEWHERE.findall(guide.read_text("utf-8"))]
    examples += [block.code for block in blocks((DOCS / "index.md").read_text("utf-8"))]
    assert len(examples) > 3
    nodes = [node for example in examples for node in ast.walk(ast.parse(example))]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and "jacobian" in (node.module or "")]
    assert imports
    for node in imports:
        found: Any = importlib.import_module(str(node.module))
        assert {alias.name for alias in node.names} <= {*found.__all__}


def test_the_guides_name_files_and_commands_that_are_there() -> None:
    text = "".join(path.read_text("utf-8") for path in DOCS.rglob("*.md"))
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo"} <= set(re.findall(r"`make ([\w-]+)", text)) <= targets
    for path in re.findall(r"`(?:python )?((?:examples|benchmarks|tests|jacobian_widget)/[\w./-]*\w)", text):
        assert (ROOT / path).exists(), path
