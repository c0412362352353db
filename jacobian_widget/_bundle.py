"""The widget's code and style as a notebook keeps them, with every widget: packed in a module that unpacks itself."""

from __future__ import annotations

import base64
import zlib

_MODULE = """\
// Jacobian Widget, packed: a third of the size in a saved notebook. What is in it: jacobian_widget/static/widget.*
const packed = "%s";
export default async () => {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const [style, code] = (await new Response(stream).text()).split("\\0");
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    const widget = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)).default();
    return { ...widget, render: (props) => (dress(props.el, style), widget.render(props)) };
  } finally {
    URL.revokeObjectURL(url);
  }
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


def self_unpacking(code: str, style: str) -> str:
    """An ES module whose default export is that of `code`, a function, but answers with a promise.

    A front end of anywidget awaits what the function gives. `style` comes into the page with the first picture.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)  # raw: what the browser's DecompressionStream reads
    packed = deflate.compress(f"{style}\0{code}".encode()) + deflate.flush()
    return _MODULE % base64.b64encode(packed).decode()
