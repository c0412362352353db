/** Two pictures of one text: now less pinned, in shares of the influence. */
import { level } from "../color";
import { h, show, text } from "../dom";
import * as numbers from "../numbers";
import { pieceName, type Scene } from "../scene";
import type { Picture } from "../store";
import { groupLabel, spoken } from "../tokens";
import type { Pinned } from "./compare-pin";
import { agreement, rhoWords } from "./compare-scopes";
import { createSmallText } from "./compare-text";
import {
  bothWords,
  isScored,
  named,
  points,
  readoutOf,
  type Side,
  shareWords,
  signedShare,
} from "./compare-words";
import { alikeness } from "./correlation";
import type { PanelContext } from "./panel";

const PER_ROW = 160;
/** Stands where the numbers of a piece will. */
export function hint(): HTMLElement {
  return h("span", { class: "jw-quiet" }, "Point at a piece to read its numbers.");
}
export const LISTED = 6;
/** Full ink is at least this difference, so that noise does not look like news. */
const LEAST_FULL = 0.01;

export interface Comparison<With> {
  el: HTMLElement;
  /** Returns what is new, in a sentence to be read out. */
  update(scene: Scene, pinned: Pinned, before: Picture, now: With): string;
}

/** Levels of differences, and the difference that gets full ink. */
export function differenceLevels(differences: ArrayLike<number>): { levels: Int8Array; full: number } {
  let full = LEAST_FULL;
  for (let i = 0; i < differences.length; i++) full = Math.max(full, Math.abs(differences[i] as number));
  const levels = Int8Array.from(differences, (d) => Math.sign(d) * level(Math.abs(d) / full));
  return { levels, full };
}

/** The items of the largest differences, largest first; those that would read "0" are left out. */
export function largest(differences: ArrayLike<number>, count = LISTED): number[] {
  return Array.from(differences, (_, i) => i)
    .filter((i) => points(differences[i] as number) !== "0")
    .sort((a, b) => Math.abs(differences[b] as number) - Math.abs(differences[a] as number) || a - b)
    .slice(0, count);
}

export interface Sides {
  more: string;
  less: string;
}

/** Which ink says what; the second cue is the side of the bar. */
export function createSidesLegend(): { el: HTMLElement; draw(sides: Sides, scale: string): void } {
  const more = h("span");
  const less = h("span");
  const scale = h("span", { class: "jw-number" });
  const swatch = (name: string) => h("i", { class: `jw-sign jw-token w63${name}`, "aria-hidden": "true" });
  const el = h(
    "p",
    { class: "jw-sides jw-quiet" },
    h("span", {}, swatch(""), more),
    h("span", {}, swatch(" is-negative"), less),
    scale,
  );
  return {
    el,
    draw(sides, full) {
      text(more, sides.more);
      text(less, sides.less);
      text(scale, full);
    },
  };
}

export interface Ranked {
  labels: string[]; // one, or what stood there before and what stands there now
  detail: string;
  value: string;
  group: number | null;
}

function spokenRow({ labels, detail, value }: Ranked): string {
  const name = labels.map(spoken).join(" becomes ");
  return `${[name, detail.replace("→", "to"), value].filter((part) => part !== "").join(", ")}: show in the text`;
}

/** A short list whose rows light their pieces in the text. */
export function createRanked(
  { dispatch, focus, on }: PanelContext,
  id: string,
): { el: HTMLElement; draw(title: string, rows: Ranked[], pointed: number | null): void } {
  const heading = h("div", { class: "jw-heading", id });
  const list = h("ol", { "aria-labelledby": id });
  const el = h("div", { class: "jw-ranked" }, heading, list);
  let shown: Ranked[] = [];
  let items: HTMLElement[] = [];
  const groupAt = (event: Event) => {
    const at = items.findIndex((item) => item.contains(event.target as Node));
    return shown[at]?.group ?? null;
  };
  const point = (event: Event) => dispatch({ type: "hover", group: groupAt(event) });
  const away = () => dispatch({ type: "hover", group: null });
  on(list, "pointerover", point);
  on(list, "pointerleave", away);
  on(list, "focusin", point);
  on(list, "focusout", away);
  on(list, "click", (event) => {
    const group = groupAt(event);
    if (group !== null) focus(group);
  });
  return {
    el,
    draw(title, rows, pointed) {
      if (rows !== shown) {
        shown = rows;
        text(heading, title);
        items = rows.map(({ labels, detail, value, group }) => {
          const parts = [
            h("span", { class: "jw-names" }, ...named(labels)),
            h("span", { class: "jw-quiet jw-number" }, detail),
            h("span", { class: "jw-number" }, value),
          ];
          return h(
            "li",
            {},
            group === null
              ? h("div", {}, ...parts)
              : h("button", { "aria-label": spokenRow({ labels, detail, value, group }) }, ...parts),
          );
        });
        list.replaceChildren(...items);
        show(el, rows.length > 0);
      }
      for (const [i, item] of items.entries())
        item.classList.toggle("is-hot", pointed !== null && rows[i]?.group === pointed);
    },
  };
}

interface Drawn {
  before: Picture;
  now: Picture;
  differences: Float64Array;
  levels: Int8Array;
  full: number;
  rows: Ranked[];
  alike: string;
}

export function createDifference(context: PanelContext): Comparison<Picture> {
  const { uid } = context;
  const small = createSmallText(context, `${uid}-difference`, "Difference", PER_ROW);
  const legend = createSidesLegend();
  const ranked = createRanked(context, `${uid}-differences`);
  const readout = h("p", { class: "jw-readout" });
  const alike = h("p");
  const el = h("div", { class: "jw-difference" }, legend.el, small.el, readout, ranked.el, alike);
  let drawn: Drawn | null = null;
  let summary = "";

  function compute(scene: Scene, pinned: Pinned, before: Picture, now: Picture): Drawn {
    const { tokens, starts, basis } = scene;
    // A piece that one of the two cannot have been moved by has no difference to speak of.
    const differences = Float64Array.from(starts, (_, g) =>
      before.rank[g] && now.rank[g] ? signedShare(now, g) - signedShare(before, g) : 0,
    );
    const { levels, full } = differenceLevels(differences);
    const rows = largest(differences).map((g) => ({
      labels: tokens ? [groupLabel(tokens, starts, g)] : [],
      detail: `${shareWords(signedShare(before, g))} → ${shareWords(signedShare(now, g))}`,
      value: points(differences[g] as number),
      group: g,
    }));
    const { rho, count } = agreement(before, now);
    const many = `${pieceName(scene.granularity)}s`;
    const words =
      rho === null
        ? `Too few ${many} to say how alike the two rank them.`
        : `The two rank ${numbers.count(count, pieceName(scene.granularity))} ${alikeness(rho)}: ${rhoWords(rho)}.`;
    const apart = basis && pinned.basis.position !== basis.position;
    return {
      before,
      now,
      differences,
      levels,
      full,
      rows,
      alike: apart ? `${words} They explain different tokens.` : words,
    };
  }

  return {
    el,
    update(scene, pinned, before, now) {
      const { tokens, starts, pointed, explained, basis } = scene;
      if (!tokens || !basis) return "";
      if (drawn?.before !== before || drawn.now !== now) {
        drawn = compute(scene, pinned, before, now);
        const signed = before.signed || now.signed;
        legend.draw(
          signed ? { more: "higher now", less: "lower now" } : { more: "more now", less: "less now" },
          `full ink: ${points(drawn.full).slice(1)} points of the influence`,
        );
        text(alike, drawn.alike);
        const first = drawn.rows[0];
        summary = first
          ? `Difference to the pinned picture: largest at ${spoken(first.labels.join(""))}, ${first.value} points. ${drawn.alike}`
          : `No difference to the pinned picture. ${drawn.alike}`;
      }
      const { differences, levels, rows } = drawn;
      const says = (g: number) => {
        const start = starts[g] as number;
        const was: Side = { picture: before, group: g, start, end: pinned.basis.end };
        const is: Side = { picture: now, group: g, start, end: basis.end };
        const both = bothWords(was, is);
        return isScored(was) && isScored(is) ? `${points(differences[g] as number)} points, ${both}` : both;
      };
      const end = Math.min(pinned.basis.end, basis.end);
      small.name(`Difference: ${starts.length.toLocaleString("en")} ${pieceName(scene.granularity)}s`);
      small.draw({ tokens, starts, levels, end, explained, pointed, says });
      ranked.draw("Largest differences, in points of the influence", rows, pointed);
      readout.replaceChildren(
        ...(pointed === null || pointed >= starts.length
          ? [hint()]
          : readoutOf([groupLabel(tokens, starts, pointed)], says(pointed))),
      );
      return summary;
    },
  };
}
