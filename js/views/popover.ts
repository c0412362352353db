/** Places a panel beneath its button, inside the widget, which grows if the panel would not fit. */
import { boxOf } from "../dom";

const GAP = 5;

export function place(panel: HTMLElement, anchor: HTMLElement, root: HTMLElement): void {
  const outer = boxOf(root);
  const button = boxOf(anchor);
  const rest = Math.max(GAP, outer.width - panel.offsetWidth - GAP);
  const top = button.bottom - outer.top + GAP;
  panel.style.left = `${Math.min(rest, Math.max(GAP, button.left - outer.left))}px`;
  panel.style.top = `${top}px`;
  root.style.minHeight = `${Math.ceil(top + panel.offsetHeight + 2 * GAP)}px`;
}

export function release(root: HTMLElement): void {
  root.style.minHeight = "";
}
