"""A page without a notebook: the built view on a stand-in for the notebook's model, which holds what Python sent."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

    from jacobian_widget import JacobianWidget

STATIC = Path(__file__).parents[2] / "jacobian_widget" / "static"
HTML = "<!doctype html><html lang=en><meta charset=utf-8><title>Jacobian Widget</title><main id=here></main></html>"
NO_KERNEL = {"kernel": None}

MOUNT = """async ({source, state, manager}) => {
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const revive = value => {
    if (Array.isArray(value)) return value.map(revive);
    if (value === null || typeof value !== 'object') return value;
    if ('__bytes' in value) return new DataView(bytes(value.__bytes).buffer);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
  };
  const values = revive(state), listeners = new Map();
  const tell = name => { for (const call of [...(listeners.get('change:' + name) ?? [])]) call(); };
  let unsaved = {};
  window.sent = [];
  window.model = {
    get: name => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = unsaved[name] = value;
      tell(name);
    },
    save_changes() { window.sent.push(JSON.stringify(unsaved)); unsaved = {}; },
    send() { throw new Error('the view sent a message'); },
    on: (name, call) => listeners.set(name, [...(listeners.get(name) ?? []), call]),
    off: (name, call) => listeners.set(name, (listeners.get(name) ?? []).filter(c => c !== call)),
    revive,
    receive(sent) {
      Object.assign(values, sent);
      Object.keys(sent).forEach(tell);
    },
    ...(manager ? {widget_manager: manager} : {}),
  };
  const url = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
  const {default: create} = await import(url);
  const widget = create();
  await widget.initialize?.({model: window.model});
  await widget.render({model: window.model, el: document.querySelector('#here')});
}"""


def sent(w: JacobianWidget) -> dict[str, Any]:
    """What Python sends to the browser, without what Jupyter's widgets send of themselves."""
    own = [name for name in w.keys if not name.startswith("_") and name not in {"layout", "tabbable", "tooltip"}]
    return {name: getattr(w, name) for name in own}


def packed(value: Any) -> Any:
    """`value` with its buffers as base64, as MOUNT and `model.revive` take it."""
    return json.loads(json.dumps(value, default=lambda buffer: {"__bytes": base64.b64encode(buffer).decode()}))


def mount(page: Page | Frame, state: dict[str, Any], *, manager: dict[str, Any] | None = None) -> None:
    """Draw the widget into `#here`; the page keeps its own origin, policy and style."""
    page.add_style_tag(content=(STATIC / "widget.css").read_text("utf-8"))
    source = (STATIC / "widget.js").read_text("utf-8")
    page.evaluate(MOUNT, {"source": source, "state": packed(state), "manager": manager})


def receive(page: Page | Frame, **values: Any) -> None:
    """What a message from Python does."""
    page.evaluate("values => window.model.receive(window.model.revive(values))", packed(values))
