/** Two texts in the flow, one above the other: a pair is an inline block of two tokens and a bar. */
import { LEVELS } from "../color";
import { attr, h, type On } from "../dom";
import type { Keys } from "../keys";
import { groupPiece } from "../tokens";
import type { Tokens } from "../wire";
import type { Pair } from "./alignment";
import { createList, directionOf, type ListHandlers } from "./compare-list";
import { inkClass, pieceClass, writePiece } from "./compare-text";

const BAR_PX = 5;

/** One of the two texts, cut into groups. */
export interface Cut {
  tokens: Tokens;
  starts: readonly number[];
}

/** How one of the texts is inked. */
export interface Inked {
  levels: Int8Array; // [groups]
  end: number;
  explained: number | null; // group
}

interface Row {
  spans: (HTMLElement | null)[]; // of each pair; null for a gap
  fixed: string[];
}

export interface Pairs {
  el: HTMLElement;
  build(before: Cut, now: Cut, pairs: readonly Pair[]): void;
  /** `levels`: of the differences, one per pair. */
  paint(before: Inked, now: Inked, levels: Int8Array): void;
  light(item: number | null): void;
}

const endsLine = ({ tokens, starts }: Cut, group: number | null) =>
  group !== null && groupPiece(tokens, starts, group).endsWith("\n");

export function createPairs(keys: Keys, on: On, handlers: ListHandlers): Pairs {
  const list = createList(keys, on, handlers);
  list.el.classList.add("jw-pairs");
  let drawn: readonly Pair[] = [];
  let cuts: [Cut, Cut] | null = null;
  let rows: [Row, Row] = [
    { spans: [], fixed: [] },
    { spans: [], fixed: [] },
  ];
  let bars: HTMLElement[] = [];

  function row({ tokens, starts }: Cut, groups: (number | null)[]): Row {
    const fixed: string[] = [];
    const spans = groups.map((group) => {
      if (group === null) {
        fixed.push("");
        return null;
      }
      const piece = groupPiece(tokens, starts, group);
      const span = h("span");
      fixed.push(`jw-token${pieceClass(piece)}`);
      writePiece(span, piece.replace(/\n+$/, "\n"));
      return span;
    });
    return { spans, fixed };
  }

  function paintRow({ spans, fixed }: Row, cut: Cut, groups: (number | null)[], inked: Inked): void {
    for (const [i, span] of spans.entries()) {
      const group = groups[i];
      if (!span || group === null || group === undefined) continue;
      const dim = (cut.starts[group] as number) >= inked.end;
      const place = group === inked.explained ? " is-explained" : dim ? " is-dim" : "";
      const name = `${fixed[i]}${inkClass(dim ? 0 : (inked.levels[group] as number))}${place}`;
      if (span.className !== name) span.className = name;
    }
  }

  return {
    el: list.el,
    light: list.light,
    build(before, now, pairs) {
      drawn = pairs;
      cuts = [before, now];
      const upper = row(
        before,
        pairs.map((pair) => pair.before),
      );
      const lower = row(
        now,
        pairs.map((pair) => pair.now),
      );
      rows = [upper, lower];
      bars = pairs.map(() => h("i", { class: "jw-delta", "aria-hidden": "true" }));
      const gap = () => h("span", { class: "jw-gap", "aria-hidden": "true" });
      const elements = pairs.map((pair, i) =>
        h(
          "span",
          { class: pair.same ? "jw-pair" : "jw-pair is-changed" },
          upper.spans[i] ?? gap(),
          lower.spans[i] ?? gap(),
          bars[i] as HTMLElement,
        ),
      );
      const rtl = directionOf(now.tokens.text + before.tokens.text) === "rtl";
      attr(list.el, "dir", rtl ? "rtl" : "ltr");
      list.items(elements, rtl);
      // A line ends where the present text ends one; where it has a gap, where the pinned one does.
      const flow: Node[] = [];
      for (const [i, element] of elements.entries()) {
        flow.push(element);
        const pair = pairs[i] as Pair;
        if (endsLine(now, pair.now) || (pair.now === null && endsLine(before, pair.before)))
          flow.push(h("br"));
      }
      list.el.replaceChildren(...flow);
    },
    paint(before, now, levels) {
      if (!cuts) return;
      paintRow(
        rows[0],
        cuts[0],
        drawn.map((pair) => pair.before),
        before,
      );
      paintRow(
        rows[1],
        cuts[1],
        drawn.map((pair) => pair.now),
        now,
      );
      for (const [i, bar] of bars.entries()) {
        const at = levels[i] as number;
        bar.classList.toggle("is-negative", at < 0);
        bar.style.setProperty("--jw-delta", `${((Math.abs(at) * BAR_PX) / (LEVELS - 1)).toFixed(2)}px`);
      }
    },
  };
}
