"""The widget's code and style as a notebook keeps them, with every widget: packed in a module that unpacks itself."""

from __future__ import annotations

import base64
import json
import zlib
from functools import cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"

_UNPACK = """\
async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
async function module(code) {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
"""

_PANELS = """\
// Jacobian Widget's panels, packed. What is in it: jacobian_widget/static/panels.js, or guess.js
export const { panels, guess, css } = await module(await unpacked("%s"));
"""

_MODULE = """\
export default async () => {
  const [style, code] = await parts();
  const widget = (await module(code)).default();
  return { ...widget, render: (props) => (dress(props.el, style), widget.render(props)) };
};
// Once for all widgets of a page, or of a shadow root, which a page's own style does not reach.
function dress(el, style) {
  const root = el.getRootNode();
  const place = root instanceof ShadowRoot ? root : el.ownerDocument.head;
  const known = [...place.querySelectorAll("style[data-jacobian-widget]")];
  if (known.some(({ textContent }) => textContent === style)) return;
  const added = document.createElement("style");
  added.dataset.jacobianWidget = "";
  added.textContent = style;
  place.append(added);
}
"""

_FROM_PACKED = """\
// Jacobian Widget, packed: a third of the size in a saved notebook. What is in it: jacobian_widget/static/widget.*
const parts = async () => (await unpacked("%s")).split("\\0");
"""

_FROM_PLAIN = """\
// Jacobian Widget. What is in it: jacobian_widget/static/widget.*
const parts = () => %s;
"""


def view_code() -> tuple[str, str]:
    """The widget's code and style, as they were built."""
    return (_STATIC / "widget.js").read_text("utf-8"), (_STATIC / "widget.css").read_text("utf-8")


def self_unpacking(code: str, style: str) -> str:
    """An ES module whose default export is that of `code`, a function, but answers with a promise.

    A front end of anywidget awaits what the function gives. `style` comes into the page with the first picture.
    """
    return _FROM_PACKED % _packed(f"{style}\0{code}") + _MODULE + _UNPACK


def one_module(code: str, style: str) -> str:
    """The same, not packed: for a file that is packed as a whole."""
    return _FROM_PLAIN % json.dumps([style, code], ensure_ascii=False) + _MODULE + _UNPACK


@cache
def self_unpacking_panels(code: str) -> str:
    """An ES module with the exports of `code`: `panels`, `guess` and `css`, undefined where it has none."""
    return _PANELS % _packed(code) + _UNPACK


def _packed(text: str) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)  # raw: what the browser's DecompressionStream reads
    return base64.b64encode(deflate.compress(text.encode()) + deflate.flush()).decode()
