/** What moved each token of an answer: as columns with their strongest sources, or as arcs over the text. */
import { MAX_ALPHA } from "../color";
import { h, show, text } from "../dom";
import * as numbers from "../numbers";
import type { Scene } from "../scene";
import { groupOf, needsIsolation } from "../tokens";
import type { Tokens } from "../wire";
import { type Box, curve, strokeWidth } from "./map-arcs";
import { scoreOf, strongest, type TokenMap } from "./map-data";
import { type Ink, ranksOfAll, rowWeights } from "./map-draw";
import { bosWords, spokenToken, tokenLabel } from "./map-words";
import type { PanelContext } from "./panel";

const SOURCES = 5;
const ARCS_EACH = 2; // while no token is pointed at
const MOST_ARCS = 400;
const SVG = "http://www.w3.org/2000/svg";

export interface AnswerInput {
  map: TokenMap;
  tokens: Tokens;
  answer: readonly number[];
  ink: Ink;
  hidden: (t: number) => boolean;
}

export interface AnswerView {
  el: HTMLElement;
  show(input: AnswerInput): void;
}

interface Source {
  t: number;
  weight: number; // of ink, 0 to 1
}

function sources({ map, ink, hidden }: AnswerInput, q: number, ranks: Uint32Array | null): Source[] {
  if (q >= map.rows) return [];
  const weights = rowWeights(map, q, ink, ranks);
  return strongest(map, q, SOURCES, hidden).map((t) => ({ t, weight: weights[t] as number }));
}

/** A token, inked by how much it moved token `q`, and its score. */
export function sourceRow(map: TokenMap, tokens: Tokens, q: number, t: number, weight: number): HTMLElement {
  const chip = h("span", { class: "jw-label jw-map-chip" }, tokenLabel(tokens, t));
  chip.style.setProperty("--jw-map-weight", `${Math.round(100 * MAX_ALPHA * weight)}%`);
  const value = numbers.score(scoreOf(map, q, t), map.rowMax[q] as number);
  return h("li", { "data-t": t }, chip, h("span", { class: "jw-number jw-quiet" }, value));
}

function tokenAt(event: Event): number | null {
  const found = (event.target as Element).closest<HTMLElement>("[data-t]")?.dataset.t;
  return found === undefined ? null : Number(found);
}

/** Lights a token of the text, by its index. */
function lighter({ dispatch, scene }: PanelContext): (t: number | null) => void {
  return (t) => {
    const { starts }: Scene = scene();
    dispatch({ type: "hover", group: t === null ? null : groupOf(starts, t) });
  };
}

export function createColumns(context: PanelContext): AnswerView {
  const { wishes, on } = context;
  const light = lighter(context);
  const el = h("ol", { class: "jw-map-columns", "aria-label": "The answer, with what moved each token" });
  on(el, "pointerover", (event) => light(tokenAt(event)));
  on(el, "pointerleave", () => light(null));
  on(el, "focusin", (event) => {
    if ((event.target as Element).matches(":focus-visible")) light(tokenAt(event));
  });
  on(el, "focusout", () => light(null));
  on(el, "click", (event) => {
    const q = (event.target as Element).closest("button") ? tokenAt(event) : null;
    if (q !== null) wishes.explain(q);
  });

  function column(input: AnswerInput, q: number, ranks: Uint32Array | null): HTMLElement {
    const { map, tokens } = input;
    const name = h("button.jw-label", { "data-t": q }, tokenLabel(tokens, q));
    name.setAttribute("aria-label", `Explain ${spokenToken(tokens, q)} in the text`);
    const item = h("li", { class: "jw-map-answer" }, name);
    if (q >= map.rows) {
      item.append(h("span", { class: "jw-quiet" }, "to come"));
      return item;
    }
    const list = h("ol", { "aria-label": "Strongest sources" });
    for (const { t, weight } of sources(input, q, ranks)) list.append(sourceRow(map, tokens, q, t, weight));
    item.append(list);
    item.title = bosWords(map, q);
    return item;
  }

  return {
    el,
    show(input) {
      const ranks = ranksOfAll(input.map, input.ink);
      el.replaceChildren(...input.answer.map((q) => column(input, q, ranks)));
    },
  };
}

export function createArcs(context: PanelContext): AnswerView {
  const { wishes, on, signal } = context;
  const light = lighter(context);
  const every = document.createElementNS(SVG, "g");
  const some = document.createElementNS(SVG, "g");
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "jw-map-arcs");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(every, some);
  const words = h("div", { class: "jw-map-words" });
  const sentence = h("p", { class: "jw-map-said jw-quiet" });
  const page = h("div", { class: "jw-map-page" }, drawing, words);
  const scroll = h("div", { class: "jw-map-scroll", tabindex: 0, role: "region" }, page);
  scroll.setAttribute("aria-label", "The text, with arcs from each token of the answer to what moved it");
  const el = h("div", {}, scroll, sentence);

  let input: AnswerInput | null = null;
  let spans: HTMLElement[] = [];
  let links: (Source & { q: number; nth: number })[] = [];
  let pointed: number | null = null;

  function box(t: number): Box {
    const span = spans[t] as HTMLElement;
    const own = (span.getClientRects()[0] ?? span.getBoundingClientRect()) as DOMRect;
    const outer = page.getBoundingClientRect();
    return {
      x: own.left - outer.left + own.width / 2,
      top: own.top - outer.top,
      bottom: own.bottom - outer.top,
    };
  }

  function path(link: Source & { q: number }, boxes: Map<number, Box>): SVGPathElement {
    const at = (t: number) => {
      let known = boxes.get(t);
      if (!known) {
        known = box(t);
        boxes.set(t, known);
      }
      return known;
    };
    const arc = document.createElementNS(SVG, "path");
    arc.setAttribute("d", curve(at(link.q), at(link.t)));
    arc.setAttribute("stroke-width", strokeWidth(link.weight).toFixed(2));
    arc.setAttribute("stroke-opacity", (0.15 + 0.6 * link.weight).toFixed(2));
    return arc;
  }

  function draw(): void {
    if (!el.isConnected || el.hidden) return;
    const most = links
      .filter((link) => link.nth < ARCS_EACH)
      .sort((a, b) => b.weight - a.weight)
      .slice(0, MOST_ARCS);
    const boxes = new Map<number, Box>();
    every.replaceChildren(...most.map((link) => path(link, boxes)));
    point(pointed);
  }

  function point(t: number | null): void {
    pointed = t;
    const of = t !== null && links.some((link) => link.q === t) ? "q" : "t";
    const own = t === null ? [] : links.filter((link) => link[of] === t);
    const shown = own.length > 0;
    every.setAttribute("visibility", shown ? "hidden" : "visible");
    const boxes = new Map<number, Box>();
    some.replaceChildren(...own.map((link) => path(link, boxes)));
    const lit = new Set(own.flatMap((link) => [link.q, link.t]));
    for (const [i, span] of spans.entries()) {
      span.classList.toggle("is-lit", lit.has(i));
      span.classList.toggle("is-pointed", shown && i === t);
    }
    text(sentence, t === null || !input ? HINT : said(input, t, own));
  }

  on(words, "pointerover", (event) => {
    const t = tokenAt(event);
    point(t);
    light(t);
  });
  on(words, "pointerleave", () => {
    point(null);
    light(null);
  });
  on(words, "click", (event) => {
    const t = tokenAt(event);
    if (t !== null && input?.answer.includes(t)) wishes.explain(t);
  });
  const resized = new ResizeObserver(draw);
  resized.observe(page);
  signal.addEventListener("abort", () => resized.disconnect());

  return {
    el,
    show(next) {
      const same = input?.tokens === next.tokens;
      input = next;
      const ranks = ranksOfAll(next.map, next.ink);
      links = next.answer.flatMap((q) => sources(next, q, ranks).map((link, nth) => ({ ...link, q, nth })));
      if (!same) {
        const answer = new Set(next.answer);
        spans = next.tokens.pieces.map((piece, t) => {
          const span = h("span", { "data-t": t, class: answer.has(t) ? "is-answer" : null }, piece);
          if (next.tokens.roles?.[t] === "template") span.classList.add("is-template");
          if (needsIsolation(piece)) span.classList.add("is-isolated");
          return span;
        });
        words.replaceChildren(...spans);
        pointed = null;
      }
      for (const [t, span] of spans.entries()) show(span, !next.hidden(t));
      links = links.filter(({ q }) => !next.hidden(q));
      draw();
    },
  };
}

const HINT = "Point at a token to keep only its arcs.";

function said({ map, tokens, answer }: AnswerInput, t: number, links: readonly Source[]): string {
  const label = tokenLabel(tokens, t);
  if (answer.includes(t) && t < map.rows) {
    const names = links.filter((link) => link.t !== t).map((link) => tokenLabel(tokens, link.t));
    return names.length > 0 ? `${label} was moved most by ${names.join(", ")}` : `Nothing moved ${label}`;
  }
  const count = links.length;
  return count > 0
    ? `${label} is among the strongest of ${numbers.count(count, "token")} of the answer`
    : `${label} is among the strongest of no token of the answer`;
}
