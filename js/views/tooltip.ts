/** One small box for everything said on hover or focus. */
import { boxOf, h, show } from "../dom";
import { describe, type Scene } from "../scene";
import type { Context, View } from "./context";
import type { Heatmap } from "./heatmap";

const GAP = 6;

export interface Tooltip extends View {
  /** A sentence about any element that carries `data-tip`. */
  tip(element: HTMLElement | null): void;
  pointer(y: number | undefined): void;
}

export function createTooltip({ root, uid, scene }: Context, heatmap: Heatmap): Tooltip {
  const el = h("div.jw-tooltip", { role: "tooltip", id: `${uid}-tooltip`, hidden: true });
  let tipped: HTMLElement | null = null;
  let pointerY: number | undefined;
  let said = "";

  function put(rect: DOMRect): void {
    const outer = boxOf(root);
    const left = rect.left - outer.left + Math.min(0, rect.width / 2 - 40);
    const room = Math.max(GAP, outer.width - el.offsetWidth - GAP);
    const below = rect.bottom - outer.top + GAP;
    const above = rect.top - outer.top - el.offsetHeight - GAP;
    el.style.left = `${Math.min(room, Math.max(GAP, left))}px`;
    el.style.top = `${below + el.offsetHeight <= outer.height || above < 0 ? below : above}px`;
  }

  function token(now: Scene, group: number, rect: DOMRect): void {
    const description = describe(now, group);
    if (!description) {
      hide();
      return;
    }
    const unit =
      now.question?.scope === "fisher" && description.score ? `${description.score} nats` : description.score;
    const joined = (...parts: string[]) => parts.filter(Boolean).join(" · ");
    const first = joined(unit, description.place);
    const second = joined(description.share, description.origin, description.tokens);
    const key = `${description.label}|${first}|${second}|${description.hint}`;
    if (key !== said) {
      said = key;
      el.replaceChildren(
        h("div", h("b.jw-label", description.label), first ? ` · ${first}` : ""),
        h("div", second),
      );
      if (description.hint) el.append(h("div", description.hint));
    }
    show(el, true);
    put(rect);
  }

  function hide(): void {
    show(el, false);
    said = "";
  }

  return {
    el,
    pointer(y) {
      pointerY = y;
    },
    tip(element) {
      if (tipped === element) return;
      tipped = element;
      this.update(scene());
    },
    update(now) {
      const { view, pointed } = now;
      const covered = view.popover !== null;
      const rect =
        pointed === null || covered || view.draft !== null
          ? null
          : heatmap.rect(pointed, view.hover === null ? undefined : pointerY);
      const sentence = tipped?.isConnected && !covered ? tipped.dataset.tip : undefined;
      if (pointed !== null && rect) token(now, pointed, rect);
      else if (tipped && sentence) {
        if (said !== sentence) {
          said = sentence;
          el.replaceChildren(sentence);
        }
        show(el, true);
        put(boxOf(tipped));
      } else hide();
    },
  };
}
