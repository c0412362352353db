/** Where everything in the figure stands, as paths that a canvas and an SVG both understand. */
import type { Domain, Histogram, Point } from "./series-data";

/** Which values are in sight: from the middle of value `from` to that of value `to`, half a value more at each end. */
export interface Window {
  from: number;
  to: number;
}

export interface Frame {
  width: number;
  left: number; // the axes' labels stand left of it
  right: number; // the prediction stands right of it
  top: number;
  bottom: number; // of the values
  barTop: number;
  barBottom: number;
}

const LETTER = 7;
const ASIDE = { wide: 132, narrow: 78 };
const NARROW = 520;

export function frameOf(width: number, letters: number, aside: boolean): Frame {
  const left = Math.min(width / 4, 12 + LETTER * letters);
  const beside = aside ? (width < NARROW ? ASIDE.narrow : ASIDE.wide) : 10;
  return { width, left, right: width - beside, top: 10, bottom: 210, barTop: 236, barBottom: 300 };
}

export const HEIGHT = 324;

export interface Scales {
  x(i: number): number;
  y(value: number): number;
  index(px: number): number; // the nearest value's
  step: number; // pixels from one value to the next
}

export function scalesOf(frame: Frame, window: Window, domain: Domain): Scales {
  const step = (frame.right - frame.left) / (window.to - window.from + 1);
  return {
    x: (i) => frame.left + (i - window.from + 0.5) * step,
    y: (value) =>
      frame.bottom - ((value - domain.low) / (domain.high - domain.low)) * (frame.bottom - frame.top),
    index: (px) => Math.round((px - frame.left) / step + window.from - 0.5),
    step,
  };
}

const n = (x: number) => String(Math.round(x * 100) / 100);

export interface Paths {
  before: string; // the line up to the number explained
  after: string; // and from there on
  dots: string; // up to the number explained
  late: string; // and after it
  rising: string; // bars
  falling: string; // bars of scores below zero
}

/** `cut` is the first value that cannot have had an influence; `max` the longest bar's score, its sign left out. */
export function pathsOf(
  points: readonly Point[],
  scores: readonly number[],
  frame: Frame,
  window: Window,
  scales: Scales,
  cut: number,
  max: number,
  signed: boolean,
): Paths {
  const first = Math.max(0, Math.floor(window.from) - 1);
  const last = Math.min(points.length - 1, Math.ceil(window.to) + 1);
  const paths: Paths = { before: "", after: "", dots: "", late: "", rising: "", falling: "" };
  const zero = signed ? (frame.barTop + frame.barBottom) / 2 : frame.barBottom;
  const tall = zero - frame.barTop;
  const half = Math.max(0.4, Math.min(7, scales.step * 0.36));
  const radius = Math.min(2.6, scales.step * 0.28);
  for (let i = first; i <= last; i++) {
    const x = scales.x(i);
    const y = scales.y((points[i] as Point).value);
    const at = `${n(x)} ${n(y)}`;
    if (i <= cut) paths.before += `${paths.before === "" ? "M" : "L"}${at}`;
    if (i >= cut) paths.after += `${paths.after === "" ? "M" : "L"}${at}`;
    if (radius >= 1.2) {
      paths[i <= cut ? "dots" : "late"] +=
        `M${n(x - radius)} ${n(y)}a${n(radius)} ${n(radius)} 0 1 0 ${n(2 * radius)} 0a${n(radius)} ${n(radius)} 0 1 0 ${n(-2 * radius)} 0`;
    }
    const score = scores[i] ?? 0;
    if (score === 0 || !(max > 0) || i < window.from - 0.5 || i > window.to + 0.5) continue;
    const height = Math.max(0.75, (Math.abs(score) / max) * tall) * Math.sign(score);
    const bar = `M${n(x - half)} ${n(zero)}v${n(-height)}h${n(2 * half)}v${n(height)}z`;
    if (score > 0) paths.rising += bar;
    else paths.falling += bar;
  }
  return paths;
}

/** The predicted distribution, growing to the right from the values' own axis. */
export function sidePath(
  { bins, step, most }: Histogram,
  frame: Frame,
  scales: Scales,
  from: number,
  to: number,
): string {
  let path = "";
  for (const { low, p } of bins) {
    const top = Math.max(frame.top, scales.y(low + step));
    const bottom = Math.min(frame.bottom, scales.y(low));
    const gap = Math.min(1, (bottom - top) / 4);
    const wide = most > 0 ? Math.max(0.5, (p / most) * (to - from)) : 0;
    path += `M${n(from)} ${n(top + gap / 2)}h${n(wide)}v${n(Math.max(0.5, bottom - top - gap))}h${n(-wide)}z`;
  }
  return path;
}

/** `window` scaled about the value `about`, within the series, never fewer than `least` values. */
export function zoomed(window: Window, factor: number, about: number, count: number, least = 4): Window {
  const span = window.to - window.from + 1;
  const wanted = Math.min(count, Math.max(Math.min(least, count), span / factor));
  const share = (about - window.from + 0.5) / span;
  const from = about + 0.5 - share * wanted;
  const low = Math.min(Math.max(0, from), count - wanted);
  return { from: low, to: low + wanted - 1 };
}

/** What a brush from value `a` to value `b` shows. */
export function brushed(a: number, b: number, count: number, least = 4): Window {
  const low = Math.max(0, Math.min(a, b));
  const high = Math.min(count - 1, Math.max(a, b));
  const whole = { from: low, to: high };
  return high - low + 1 >= least ? whole : zoomed(whole, 1, (low + high) / 2, count, least);
}
