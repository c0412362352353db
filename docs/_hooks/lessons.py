"""The notebooks of `examples/` as pages with living widgets: each run once, and kept until it or the package changes.

`JW_DOCS_LESSONS=stored` runs nothing: outputs and widgets are those that the notebooks hold, at one position each.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File
from mkdocs.structure.toc import get_toc
from mkdocs.utils import get_relative_url, log

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PACKAGE = ROOT / "jacobian_widget"
KEPT = ROOT / "build" / "lessons"
ASSETS = "assets/lessons"
"""One copy for all pages."""
HEADING = re.compile(r'<h([1-6]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
QUESTION = re.compile(r"<p>(.*?\?)", re.DOTALL)

Parts = dict[str, Any]
_lessons: dict[str, Parts] = {}


def notebooks() -> list[Path]:
    """In the order in which they are read."""
    return [EXAMPLES / "quickstart.ipynb", *sorted(EXAMPLES.glob("[0-9]*.ipynb"))]


def page_of(stem: str) -> str:
    return f"tutorial/{stem}.md"


def on_config(config: Any) -> None:
    config.extra_css.append(f"{ASSETS}/lesson.css")
    _lessons.update({path.stem: _parts(path) for path in notebooks()})
    (section,) = (entry["Lessons"] for entry in config.nav if "Lessons" in entry)
    section[1:] = [{parts["title"]: page_of(stem)} for stem, parts in _lessons.items()]


def on_files(files: Any, config: Any) -> None:
    for stem in _lessons:
        files.append(File.generated(config, page_of(stem), content=""))
    parts = next(iter(_lessons.values()))
    # In a layer below the widget's own: what a lesson says about its lists is not for the widget's.
    files.append(File.generated(config, f"{ASSETS}/lesson.css", content=f"@layer lesson{{{parts['style']}}}\n"))
    files.append(File.generated(config, f"{ASSETS}/lesson.js", content=parts["script"]))
    code = f"globalThis.jacobianCode = () => ({json.dumps(parts['code'])});\n"
    files.append(File.generated(config, f"{ASSETS}/code.js", content=code))


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    if page.file.src_uri != "tutorial/index.md":
        return markdown
    rows = [f"| [{parts['title']}]({stem}.md) | {_question(parts)} |" for stem, parts in _lessons.items()]
    return markdown.replace("<!-- lessons -->", "\n".join(["| lesson | question |", "|---|---|", *rows]))


def on_page_content(html: str, page: Any, **_: Any) -> str:
    if page.file.src_uri == "index.md":
        return html + _living(_lessons["quickstart"], page)  # its first picture is on the home page too
    parts = _lessons.get(Path(page.file.src_uri).stem) if page.file.src_uri.startswith("tutorial/") else None
    if parts is None:
        return html
    page.meta["title"] = parts["title"]
    headings = [
        {"level": int(level), "id": name, "name": _plain(words), "html": _plain(words), "data-toc-label": ""}
        for level, name, words in HEADING.findall(parts["body"])
    ]
    page.toc = get_toc(_nested(headings))
    return parts["body"] + _living(parts, page)


def _living(parts: Parts, page: Any) -> str:
    """What makes the widgets of a page live: their data, and the code that all pages share."""
    if not parts["widgets"]:
        return ""
    assets = get_relative_url(ASSETS, page.url)
    return (
        f'<script type="text/plain" id="jw-lesson-saved">{parts["saved"]}</script>'
        f'<script src="{assets}/code.js"></script><script src="{assets}/lesson.js"></script>'
    )


def _parts(path: Path) -> Parts:
    """Of a lesson, from `KEPT` where it was made of the same notebook and package before."""
    run = os.environ.get("JW_DOCS_LESSONS", "run") != "stored"
    kept = KEPT / f"{path.stem}-{'run' if run else 'stored'}-{_digest(path)}.json"
    if not kept.exists():
        from jacobian_widget._lesson_page import lesson_parts  # it loads torch

        log.info("%s %s", "Running" if run else "Reading", path.relative_to(ROOT))
        parts = lesson_parts(path, execute=run, progress=False, links=_link)
        for old in KEPT.glob(f"{path.stem}-{'run' if run else 'stored'}-*.json"):
            old.unlink()
        KEPT.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asdict(parts)), "utf-8")
    found: Parts = json.loads(kept.read_text("utf-8"))
    return found


def _digest(path: Path) -> str:
    """Of all that the page is made of."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in ("torch", "transformers", "nbconvert", "math-core"):
        digest.update(version(name).encode())
    sources = (file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc")
    for file in (path, *sorted(sources)):
        digest.update(str(file.relative_to(ROOT)).encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _link(address: str) -> str | None:
    """Where an address that is relative to a notebook leads to from its page."""
    name, mark, place = address.partition("#")
    found = (EXAMPLES / name).resolve()
    if found.suffix == ".ipynb" and found in notebooks():
        return f"{found.stem}.html{mark}{place}"
    if found.suffix == ".md" and found.is_relative_to(ROOT / "docs"):
        return f"../{found.relative_to(ROOT / 'docs').with_suffix('.html').as_posix()}{mark}{place}"
    return None


def _question(parts: Parts) -> str:
    """The first sentence of a lesson that asks."""
    found = QUESTION.search(parts["body"])
    return " ".join(_plain(found[1]).split()).replace("|", "\\|") if found else ""


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()


def _nested(headings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As Python-Markdown has them: each with the lower ones behind it as its children."""
    top: list[dict[str, Any]] = []
    open_: list[dict[str, Any]] = []
    for heading in headings:
        heading["children"] = []
        while open_ and open_[-1]["level"] >= heading["level"]:
            open_.pop()
        (open_[-1]["children"] if open_ else top).append(heading)
        open_.append(heading)
    return top
