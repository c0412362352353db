"""HTML that others wrote, without what could act: no script, no form, no style that leaves its place."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import nh3

_TAGS: Final = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "br", "hr", "blockquote", "pre", "code", "kbd", "samp"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup"),
    *(
        "a",
        "img",
        "figure",
        "figcaption",
        "details",
        "summary",
        "b",
        "i",
        "em",
        "strong",
        "del",
        "ins",
        "s",
        "u",
        "sub",
    ),
    *("sup", "small", "mark", "abbr", "cite", "q", "var", "col"),
}
_ATTRIBUTES: Final = {
    "*": {"class", "title", "lang", "dir", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "details": {"open"},
    **{cell: {"colspan", "rowspan", "scope", "align"} for cell in ("th", "td")},
}
_STYLES: Final = {
    *("color", "background", "background-color", "opacity", "outline", "border-radius", "text-decoration"),
    *("border", "border-left", "border-right", "border-top", "border-bottom", "border-color", "border-style"),
    *("font", "font-family", "font-size", "font-style", "font-weight", "line-height", "white-space", "overflow-wrap"),
    *("text-align", "vertical-align", "width", "max-width", "min-width", "height", "max-height", "overflow-x"),
    *("margin", "margin-top", "margin-bottom", "margin-left", "margin-right", "cursor"),
    *("padding", "padding-top", "padding-bottom", "padding-left", "padding-right"),
}
_IMAGES: Final = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:image/svg+xml")
_IMAGE: Final = re.compile(r'<img((?: [\w-]+="[^"]*")*)>')
_NO_HEAD: Final = re.compile(r'<th((?: [\w-]+="[^"]*")*)></th>')
_ABSOLUTE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_LEAVES: Final = re.compile(
    r"url|image-set|src\s*\(|\\|(?<!\w)-\s*\.?\d|(?<![#\w.])\d{4,}(?:\.\d*)?[a-z%]", re.IGNORECASE
)
"""In a style: what asks for an address, hides one, or reaches far out of its place."""
_BLANK: Final = dict.fromkeys(range(33))
"""White space and control characters, of which a browser takes no notice in an address."""
_OURS: Final = "jw"
"""Classes that begin so are what the page's own script and style look for."""


@dataclass(frozen=True)
class Addresses:
    """Where what a notebook names is to be found from a page.

    Attributes:
        folder: the notebook's. Images in it come into the page.
        links: from a relative address to one that the page can lead to; None for what it cannot.
    """

    folder: Path
    links: Callable[[str], str | None]

    def link(self, address: str) -> str | None:
        """A relative address as the page's."""
        return f"#{slug(unquote(address[1:]))}" if address.startswith("#") else self.links(address)

    def image(self, address: str) -> str | None:
        """The image itself, as `data:`; None for one that is elsewhere."""
        if address.lower().startswith(_IMAGES):
            return address
        kind, _ = mimetypes.guess_type(address)
        path = (self.folder / unquote(address)).resolve()
        if ":" in address or f"data:{kind}" not in _IMAGES or self.folder.resolve() not in path.parents:
            return None
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}" if path.is_file() else None


def slug(words: str) -> str:
    """The id of a heading of these words; of an id as Jupyter writes it, the same."""
    return re.sub(r"[^\w]+", "-", words.lower()).strip("-")


def clean(html: str, addresses: Addresses) -> str:
    """`html` with its harmless tags and attributes. There are no ids: headings get theirs later."""
    kept = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_filtered, addresses),
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "data"},  # the last only of what `_filtered` let through
        link_rel="noopener noreferrer",
    )
    return _NO_HEAD.sub(r"<td\1></td>", _IMAGE.sub(_described, kept))


def _described(image: re.Match[str]) -> str:
    """An image has an `alt`; in place of one that is not there stand the words of it."""
    words = re.search(r' alt="([^"]*)"', image[1])
    if ' src="' not in image[1]:
        return words[1] if words else ""
    return image[0] if words else f'<img alt=""{image[1]}>'


def _filtered(addresses: Addresses, _: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(one for one in value.split() if not one.startswith(_OURS)) or None
    if name == "style":
        return None if _LEAVES.search(value) else value
    if name == "src":
        return addresses.image(value)
    if name == "href":
        value = value.translate(_BLANK)
        if value.lower().startswith("data:"):
            return None
        return value if _ABSOLUTE.match(value) else addresses.link(value)
    return value
