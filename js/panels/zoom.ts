/** What zooms a drawing: three buttons, the wheel, and how far a pointer drags before it is no click any more. */
import { h } from "../dom";
import type { Context } from "../views/context";

export const STILL = 4; // pixels that a click may move
const WHEEL = 0.0022;
const WHEEL_LINE = 16;

/** By how much a turn of the wheel zooms; null where it scrolls the page. */
export function wheelZoom(event: WheelEvent): number | null {
  if (!event.ctrlKey && !event.metaKey) return null;
  event.preventDefault();
  return Math.exp(-event.deltaY * WHEEL * (event.deltaMode === 0 ? 1 : WHEEL_LINE));
}

interface Zoomed {
  zoom(factor: number): void;
  whole(): void;
}

interface Zoom {
  el: HTMLElement;
  /** Out is no way to go from the whole. */
  update(zoomed: boolean): void;
}

/** `all` is what the button that shows all is called, and what it says it does. */
export function createZoom({ on }: Context, step: number, all: [string, string], target: Zoomed): Zoom {
  const tool = (label: string, name: string, press: () => void) => {
    const button = h("button.jw-tool", { "aria-label": name, title: name }, label);
    on(button, "click", press);
    return button;
  };
  const out = tool("−", "Zoom out", () => target.zoom(1 / step));
  const into = tool("+", "Zoom in", () => target.zoom(step));
  const whole = tool(...all, () => target.whole());
  const update = (zoomed: boolean) => {
    out.disabled = !zoomed;
    whole.disabled = !zoomed;
  };
  update(false);
  return { el: h("div.jw-zoom", out, into, whole), update };
}
