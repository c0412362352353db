"""Every address in the built pages leads somewhere: also those of lessons and the theme, which MkDocs does not see."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.exceptions import PluginError


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.ids.add(value)
            elif name in ("href", "src") and value and not (tag == "link" and value.startswith("http")):
                self.addresses.add(value)


def broken(site: Path) -> Iterator[str]:
    """One line for each address that leads to no file, or to no place in it."""
    pages = {path: _Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    for path, page in pages.items():
        for address in sorted(page.addresses):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            base = site if path.name == "404.html" else path.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            there = pages[target].ids if target in pages else set()
            place = unquote(parts.fragment)
            if not target.is_file() or (place and target.suffix == ".html" and place not in there):
                yield f"{path.relative_to(site)}: {address} leads nowhere"


def on_post_build(config: Any) -> None:
    if found := list(broken(Path(config.site_dir).resolve())):
        raise PluginError("\n".join(["Broken links:", *found]))
