/** The text once more: ink is what leaving each token out did; a token is chosen to be taken away. */
import { level } from "../color";
import { attr, h } from "../dom";
import { groupEnd, groupLabel, groupOf, groupPiece, spoken } from "../tokens";
import type { Tokens } from "../wire";
import type { Check } from "./check-data";
import { tokenWords } from "./check-words";
import { createList, directionOf } from "./compare-list";
import { inkClass, pieceClass, writePiece } from "./compare-text";
import type { PanelContext } from "./panel";

export const MOST_TOKENS = 4096;

export interface Strip {
  el: HTMLElement;
  draw(tokens: Tokens, check: Check | null, chosen: readonly number[], explained: number | null): void;
  light(token: number | null): void;
}

export function createCheckStrip(
  { dispatch, keys, on, scene }: PanelContext,
  toggle: (from: number, to: number) => void,
): Strip {
  let tokens: Tokens | null = null;
  let check: Check | null = null;
  let taken = new Set<number>();
  let spans: HTMLElement[] = [];
  let fixed: string[] = [];

  const first = (item: number) => tokens?.groups.token[item] ?? 0;
  const stop = (item: number) => (tokens ? groupEnd(tokens.groups.token, item, tokens.ids.length) : 0);
  const list = createList(keys, on, {
    point(item) {
      dispatch({ type: "hover", group: item === null ? null : groupOf(scene().starts, first(item)) });
    },
    choose(item) {
      if (check && first(item) < check.end) toggle(first(item), Math.min(check.end, stop(item)));
    },
    name(item) {
      if (!tokens) return "";
      const words = tokenWords(check, tokens, item, taken.has(first(item)));
      return [spoken(groupLabel(tokens, tokens.groups.token, item)), words]
        .filter((part) => part !== "")
        .join(", ");
    },
  });
  const { el } = list;
  el.className = "jw-mini jw-check-strip";
  attr(el, "aria-multiselectable", true);
  attr(el, "aria-label", "Tokens to take away");

  let drawn = "";

  function build(next: Tokens): void {
    tokens = next;
    const starts = next.groups.token;
    fixed = [];
    spans = starts.map((_, item) => {
      const piece = groupPiece(next, starts, item);
      const span = h("span");
      writePiece(span, piece);
      fixed.push(`jw-token${pieceClass(piece)}`);
      return span;
    });
    list.items(spans, directionOf(next.text) === "rtl");
    el.replaceChildren(...spans);
  }

  return {
    el,
    draw(next, of, chosen, explained) {
      const marks = `${chosen.join()} ${explained}`;
      if (next === tokens && of === check && marks === drawn) return; // a pointer that moves changes none of it
      if (next !== tokens) build(next);
      drawn = marks;
      check = of;
      taken = new Set(chosen);
      for (const [item, span] of spans.entries()) {
        const at = first(item);
        let name = fixed[item] as string;
        if (of) {
          const values = of.kl.subarray(at, stop(item));
          const known = !values.some(Number.isNaN);
          const largest = known ? Math.max(...values) : 0;
          name += inkClass(level(of.most.kl > 0 ? largest / of.most.kl : 0));
          if (at >= of.end) name += at === explained ? " is-explained" : " is-dim";
          else name += known ? " is-noted" : " is-open";
          attr(span, "aria-disabled", at >= of.end || null);
        }
        if (taken.has(at)) name += " is-taken";
        if (span.className !== name) span.className = name;
        attr(span, "aria-selected", taken.has(at));
      }
    },
    light(token) {
      list.light(token === null || !tokens ? null : groupOf(tokens.groups.token, token));
    },
  };
}
