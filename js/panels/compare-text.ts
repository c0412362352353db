/** One small picture of a text: its pieces in the flow, or as a strip where they are too many to read here. */
import { attr, h, show } from "../dom";
import {
  ghostMark,
  groupLabel,
  groupPiece,
  isGenerated,
  isTemplateGroup,
  needsIsolation,
  spoken,
} from "../tokens";
import type { Tokens } from "../wire";
import { createList, directionOf } from "./compare-list";
import { createStrip } from "./compare-strip";
import type { PanelContext } from "./panel";

export const MOST_READABLE = 400;

export interface Drawing {
  tokens: Tokens;
  starts: readonly number[];
  levels: Int8Array; // [groups], below zero in the second ink
  end: number; // tokens from here on cannot have had influence
  explained: number | null; // group
  pointed: number | null; // group
  /** What a screen reader says after the piece itself. */
  says(group: number): string;
}

export interface SmallText {
  el: HTMLElement;
  draw(drawing: Drawing): void;
}

/** The classes of ink, of which the first is that of the text. */
export function inkClass(level: number): string {
  return level === 0 ? "" : level < 0 ? ` w${-level} is-negative` : ` w${level}`;
}

/** Writes a token's own text; line ends and what has no width get a mark. */
export function writePiece(span: HTMLElement, piece: string): void {
  const mark = ghostMark(piece);
  attr(span, "data-mark", mark);
  for (const part of piece.split(/(\n)/)) {
    if (part === "\n") span.append(h("span", { class: "jw-break" }, part));
    else if (part) span.append(part);
  }
}

export function pieceClass(piece: string): string {
  return `${ghostMark(piece) === null ? "" : " is-ghost"}${needsIsolation(piece) ? " is-isolated" : ""}`;
}

export function createSmallText(
  { dispatch, focus, keys, on }: PanelContext,
  id: string,
  label: string,
  perRow: number,
): SmallText & { name(label: string): void } {
  let now: Drawing | null = null;
  let drawnTokens: Tokens | null = null;
  let drawnStarts: readonly number[] | null = null;
  let spans: HTMLElement[] = [];
  let fixed: string[] = [];
  const handlers = {
    point: (group: number | null) => dispatch({ type: "hover", group }),
    choose: (group: number) => focus(group),
    name: (group: number) =>
      now ? `${spoken(groupLabel(now.tokens, now.starts, group))}, ${now.says(group)}` : "",
  };
  const list = createList(keys, on, handlers);
  const strip = createStrip(keys, on, id, handlers);
  list.el.classList.add("jw-mini");
  const el = h("div", {}, list.el, strip.el);
  const name = (said: string) => {
    for (const part of [list.el, strip.el]) attr(part, "aria-label", said);
  };
  name(label);

  function build({ tokens, starts }: Drawing): void {
    drawnTokens = tokens;
    drawnStarts = starts;
    fixed = [];
    spans = starts.map((_, g) => {
      const piece = groupPiece(tokens, starts, g);
      const span = h("span");
      writePiece(span, piece);
      fixed.push(
        `jw-token${pieceClass(piece)}${isTemplateGroup(tokens, starts, g) ? " is-template" : ""}${isGenerated(tokens, starts, g) ? " is-generated" : ""}`,
      );
      return span;
    });
    list.items(spans, directionOf(tokens.text) === "rtl");
    list.el.replaceChildren(...spans);
  }

  return {
    el,
    name,
    draw(drawing) {
      const before = now;
      now = drawing;
      const { tokens, starts, levels, end, explained, pointed } = drawing;
      const readable = starts.length <= MOST_READABLE;
      show(list.el, readable);
      show(strip.el, !readable);
      if (!readable) {
        if (before?.levels !== levels) strip.draw(levels, perRow);
        strip.light(pointed !== null && pointed < levels.length ? pointed : null);
        return;
      }
      const built = tokens !== drawnTokens || starts !== drawnStarts;
      if (built) build(drawing);
      if (built || before?.levels !== levels || before.explained !== explained || before.end !== end) {
        for (const [g, span] of spans.entries()) {
          const place = g === explained ? " is-explained" : (starts[g] as number) >= end ? " is-dim" : "";
          span.className = `${fixed[g]}${inkClass(levels[g] as number)}${place}`;
        }
        list.light(null);
      }
      list.light(pointed);
    },
  };
}
