/** Lays a picture out for print: the browser breaks the lines and measures, and what comes out is plain shapes. */
import { MAX_ALPHA } from "../color";
import { h } from "../dom";
import { footnote, legend, readable, type Written } from "./written";

export type Ground = "light" | "dark" | "transparent";

export interface Look {
  width: number; // in points
  size: number; // of the text, in points
  ground: Ground;
  palette: string;
  bars: boolean;
}

export interface Shape {
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string | null;
  opacity: number;
  stroke: string | null;
}

export interface Line {
  x: number;
  y: number; // of the baseline
  width: number;
  text: string;
  size: number;
  fill: string;
}

/** The colour bar. */
export interface Ramp {
  x: number;
  y: number;
  width: number;
  height: number;
  stops: { at: number; fill: string; opacity: number }[];
}

/** Lengths in points, from the top left. */
export interface Sheet {
  width: number;
  height: number;
  ground: string | null;
  title: string;
  shapes: Shape[];
  ramp: Ramp;
  lines: Line[];
}

export const FAMILY = "sans-serif";
const FINE = 4; // browsers place text on whole pixels at small sizes
const MARGIN = 4;
export const RING = 1.1; // how wide its line is
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const GROUNDS: Record<Ground, { paper: string | null; words: string; quiet: string; ring: string }> = {
  light: { paper: "#ffffff", words: "#111111", quiet: "#595959", ring: "#b35806" },
  dark: { paper: "#111111", words: "#eeeeee", quiet: "#a8a8a8", ring: "#f0a04b" },
  transparent: { paper: null, words: "#111111", quiet: "#595959", ring: "#b35806" },
};

interface Fragment {
  text: string;
  rect: { left: number; right: number; top: number; bottom: number };
}

/** The parts of a text node that stand in one line each. */
function fragments(node: Text): Fragment[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const whole = [...range.getClientRects()].filter((rect) => rect.width > 0);
  const [only] = whole;
  if (!only) return [];
  if (whole.length === 1) return [{ text: node.data.replaceAll("\n", ""), rect: only }];
  const found: Fragment[] = [];
  let at = 0;
  for (const { segment } of new Intl.Segmenter().segment(node.data)) {
    range.setStart(node, at);
    range.setEnd(node, at + segment.length);
    at += segment.length;
    const rect = range.getClientRects()[0];
    if (!rect || rect.width === 0) continue;
    const last = found.at(-1);
    if (last && Math.abs(last.rect.top - rect.top) < 1) {
      last.text += segment;
      const { left, right, top, bottom } = last.rect;
      last.rect = { left: Math.min(left, rect.left), right: Math.max(right, rect.right), top, bottom };
    } else found.push({ text: segment, rect });
  }
  return found;
}

/** A colour of the style sheet as it is painted. */
function painted(element: HTMLElement, colour: string): string {
  element.style.color = colour;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!canvas) return "#2474bd";
  canvas.fillStyle = getComputedStyle(element).color;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((c) => (c ?? 0).toString(16).padStart(2, "0")).join("")}`;
}

export function layOut(written: Written, look: Look, root: HTMLElement): Sheet {
  const colours = GROUNDS[look.ground];
  const size = look.size * FINE;
  const room = (look.width - 2 * MARGIN) * FINE;
  const block = (scale: number, ...children: (Node | string)[]) => {
    const el = h("div", {}, ...children);
    el.style.cssText = `font-size:${scale * size}px;line-height:1.4;unicode-bidi:plaintext`;
    return el;
  };
  const question = new Text(readable(written.question));
  const pieces = written.pieces.map(({ text }) => new Text(readable(text).replace(/\n/g, "↵\n")));
  const text = block(1, ...pieces.map((piece) => h("span", {}, piece)));
  text.style.lineHeight = "1.75";
  const [low, top] = legend(written).map((words) => new Text(readable(words))) as [Text, Text];
  const bar = h("span");
  bar.style.cssText = "display:inline-block;width:8em;height:1em;margin:0 .5em;vertical-align:-.15em";
  const scale = block(0.85, h("span", {}, low), bar, h("span", {}, top));
  const note = new Text(readable(footnote(written)));
  const sheet = h("div", { class: "jw", "data-palette": look.palette, "aria-hidden": "true" });
  sheet.style.cssText =
    `position:absolute;left:0;top:0;visibility:hidden;pointer-events:none;max-width:none;padding:0;width:${room}px;` +
    `font-family:${FAMILY};font-weight:400;letter-spacing:0;white-space:pre-wrap;overflow-wrap:anywhere;` +
    `--jw-fg:${colours.words};--jw-bg:${colours.paper ?? "#ffffff"}`;
  const asked = block(1, question);
  asked.style.marginBottom = text.style.marginBottom = "0.4em";
  const foot = block(0.85, note);
  sheet.append(asked, text, scale, foot);
  // Out of sight, and out of the way of the page's own scroll bars.
  const frame = h("div", {}, sheet);
  frame.style.cssText = "position:absolute;width:0;height:0;overflow:hidden";
  root.append(frame);
  try {
    const ink = painted(sheet, "var(--jw-ink)");
    const negative = painted(sheet, "var(--jw-negative)");
    const origin = sheet.getBoundingClientRect();
    const shapes: Shape[] = [];
    const lines: Line[] = [];
    const x = (px: number) => (px - origin.left) / FINE + MARGIN;
    const y = (px: number) => (px - origin.top) / FINE + MARGIN;
    const baseline = baselines();

    const say = (fragment: Fragment, points: number, fill: string) => {
      const { rect, text } = fragment;
      const line = {
        x: x(rect.left),
        y: y(rect.top) + baseline * points,
        width: (rect.right - rect.left) / FINE,
        text,
        size: points,
        fill,
      };
      const last = lines.at(-1);
      // Letters that join across tokens have to be one text.
      const joins = last && last.fill === fill && Math.abs(last.y - line.y) < 0.5 && RIGHT_TO_LEFT.test(text);
      if (joins && RIGHT_TO_LEFT.test(last.text)) {
        last.text += text;
        last.width = Math.max(last.x + last.width, line.x + line.width) - Math.min(last.x, line.x);
        last.x = Math.min(last.x, line.x);
      } else lines.push(line);
    };
    const fill = (
      left: number,
      upper: number,
      width: number,
      height: number,
      colour: string,
      opacity: number,
    ) => shapes.push({ x: left, y: upper, width, height, fill: colour, opacity, stroke: null });

    for (const part of fragments(question)) say(part, look.size, colours.words);
    for (const [i, piece] of written.pieces.entries()) {
      const explained = i === written.explained;
      const colour = (piece.score ?? 0) < 0 ? negative : ink;
      for (const part of fragments(pieces[i] as Text)) {
        const { rect } = part;
        const left = x(rect.left);
        const width = Math.min(x(rect.right), look.width - MARGIN) - left;
        const upper = y(rect.top);
        const height = (rect.bottom - rect.top) / FINE;
        if (explained) {
          shapes.push({
            x: left - RING / 2,
            y: upper,
            width: width + RING,
            height,
            fill: null,
            opacity: 1,
            stroke: colours.ring,
          });
        } else if (piece.weight > 0 && width > 0) {
          fill(left, upper, width, height, colour, MAX_ALPHA * piece.weight);
          const under = look.size * 0.22 * piece.weight;
          if (look.bars && piece.weight >= 1 / 8) {
            fill(left, (piece.score ?? 0) < 0 ? upper : upper + height - under, width, under, colour, 1);
          }
        }
        const dim = (piece.score === null && !explained) || /^↵+$/.test(part.text);
        say(part, look.size, dim ? colours.quiet : colours.words);
      }
    }
    for (const node of [low, top, note]) {
      for (const part of fragments(node)) say(part, look.size * 0.85, colours.quiet);
    }
    const ends = bar.getBoundingClientRect();
    const stop = (at: number, fill: string, opacity: number) => ({ at, fill, opacity });
    const up = (from: number) => [stop(from, ink, 0), stop(1, ink, MAX_ALPHA)];
    const stops = written.signed ? [stop(0, negative, MAX_ALPHA), stop(0.5, negative, 0), ...up(0.5)] : up(0);
    const ramp = {
      x: x(ends.left),
      y: y(ends.top),
      width: ends.width / FINE,
      height: ends.height / FINE,
      stops,
    };
    return {
      width: look.width,
      height: sheet.getBoundingClientRect().height / FINE + 2 * MARGIN,
      ground: colours.paper,
      title: readable(written.question),
      shapes,
      ramp,
      lines,
    };
  } finally {
    frame.remove();
  }

  /** Where the baseline lies below the top of a line's letters, in font sizes. */
  function baselines(): number {
    const probe = h("span");
    probe.style.cssText = "display:inline-block;width:0;height:0";
    const letter = new Text("x");
    asked.append(letter, probe);
    const range = document.createRange();
    range.selectNodeContents(letter);
    const found = (probe.getBoundingClientRect().bottom - range.getBoundingClientRect().top) / size;
    letter.remove();
    probe.remove();
    return found;
  }
}
