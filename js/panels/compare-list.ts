/** A list of pieces with one Tab stop: pointer, arrows, and which piece is lit. */
import { attr, h, type On } from "../dom";
import { type Keys, plain } from "../keys";
import { isBlank, spoken, visible } from "../tokens";
import { nearestLine } from "../views/lines";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** The direction of the first letter, which is that of the text. */
export function directionOf(text: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.test(text.match(/\p{L}/u)?.[0] ?? "") ? "rtl" : "ltr";
}

/** Where a key leads from an item; null for a key that leads nowhere. */
export function step(key: string, item: number, count: number, rtl: boolean): number | null {
  const forward = rtl ? "ArrowLeft" : "ArrowRight";
  const back = rtl ? "ArrowRight" : "ArrowLeft";
  if (key === forward) return Math.min(count - 1, item + 1);
  if (key === back) return Math.max(0, item - 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

export interface ListHandlers {
  /** The item under the pointer or the keyboard. */
  point(item: number | null): void;
  choose(item: number): void;
  /** What a screen reader says of an item. */
  name(item: number): string;
}

export interface List {
  el: HTMLElement;
  /** Takes the elements of the items, in order; their parents are of no concern. */
  items(elements: HTMLElement[], rtl: boolean): void;
  light(item: number | null): void;
}

export function createList(keys: Keys, on: On, handlers: ListHandlers): List {
  const el = h("div", { role: "listbox" });
  let all: HTMLElement[] = [];
  let leftwards = false;
  let cursor = 0;
  let lit: HTMLElement | undefined;

  const itemAt = (event: Event): number | null => {
    const at = (event.target as Element).closest?.<HTMLElement>("[data-item]")?.dataset.item;
    return at === undefined ? null : Number(at);
  };

  function reach(item: number): void {
    if (cursor !== item) all[cursor]?.removeAttribute("tabindex");
    cursor = item;
    const stop = all[item];
    if (stop) attr(stop, "tabindex", 0);
  }

  const vertical = (from: number, direction: 1 | -1) =>
    nearestLine(from, direction, all.length, (item) => all[item] as HTMLElement);

  on(el, "pointerover", (event) => handlers.point(itemAt(event)));
  on(el, "pointerleave", () => handlers.point(null));
  on(el, "pointerdown", (event) => {
    const item = itemAt(event);
    if (item !== null) reach(item);
  });
  on(el, "click", (event) => {
    const item = itemAt(event);
    if (item !== null) handlers.choose(item);
  });
  on(el, "focusin", (event) => {
    const item = itemAt(event);
    if (item === null) return;
    attr(all[item] as HTMLElement, "aria-label", handlers.name(item));
    if ((event.target as Element).matches(":focus-visible")) handlers.point(item);
  });
  on(el, "focusout", () => handlers.point(null));
  keys.on(el, (event) => {
    if (!plain(event) || all.length === 0) return false;
    if (event.key === "Enter" || event.key === " ") {
      handlers.choose(cursor);
      return true;
    }
    const next =
      event.key === "ArrowDown"
        ? vertical(cursor, 1)
        : event.key === "ArrowUp"
          ? vertical(cursor, -1)
          : step(event.key, cursor, all.length, leftwards);
    if (next === null) return false;
    reach(next);
    all[next]?.focus();
    return true;
  });

  return {
    el,
    items(elements, rtl) {
      const inside = el.contains(lit ?? null);
      if (inside) lit?.classList.remove("is-hot");
      lit = undefined;
      all = elements;
      leftwards = rtl;
      for (const [i, element] of all.entries()) {
        attr(element, "role", "option");
        attr(element, "data-item", i);
        // A name of white space alone is none; the full one is written when the item is reached.
        const piece = element.textContent ?? "";
        if (isBlank(piece)) attr(element, "aria-label", spoken(visible(piece)));
      }
      cursor = Math.max(0, Math.min(cursor, all.length - 1));
      reach(cursor);
    },
    light(item) {
      const next = item === null ? undefined : all[item];
      if (next === lit) return;
      lit?.classList.remove("is-hot");
      next?.classList.add("is-hot");
      lit = next;
    },
  };
}
