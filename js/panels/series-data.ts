/** The numbers of a text as series, and the predicted next values as a histogram. Free of the DOM. */

import { groupEnd, groupPiece } from "../tokens";
import type { Tokens } from "../wire";
import { niceStep } from "./chart";

/** One number of the text: a group of granularity "number". */
export interface Point {
  group: number;
  start: number; // first token
  stop: number; // one past the last
  value: number;
  text: string;
}

export interface Series {
  name: string;
  points: Point[];
}

const FEWEST = 3;
const THOUSANDS = /(?<=[0-9])[,'_’\u00a0\u202f\u2009٬](?=[0-9]{3}(?![0-9]))/g;
const ONE_NUMBER =
  /^[^\p{L}\p{N}_+.-]*([+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[^\p{L}\p{N}_]*$/u;

/** The number that a group of tokens spells, or null; the same reading as `value_of` in Python. */
export function numberIn(piece: string): number | null {
  const plain = piece.replace(/−/g, "-").replace(/٫/g, ".").trim().replace(THOUSANDS, "");
  const match = ONE_NUMBER.exec(plain);
  return match ? Number(match[1]) : null;
}

export function numbersOf(tokens: Tokens): Point[] {
  const starts = tokens.groups.number;
  const points: Point[] = [];
  for (let group = 0; group < starts.length; group++) {
    const start = starts[group] as number;
    const stop = groupEnd(starts, group, tokens.ids.length);
    const text = groupPiece(tokens, starts, group);
    const value = numberIn(text);
    if (value !== null) points.push({ group, start, stop, value, text: text.trim() });
  }
  return points;
}

/** One series per line that holds at least three numbers; where no line does, all numbers of the text together. */
export function seriesOf(tokens: Tokens, points: readonly Point[] = numbersOf(tokens)): Series[] {
  const lines: Point[][] = [];
  let token = 0;
  let fresh = true;
  for (const point of points) {
    for (; token < point.start; token++) fresh ||= /[\n\r]/.test(tokens.pieces[token] as string);
    if (fresh) lines.push([]);
    fresh = false;
    lines.at(-1)?.push(point);
  }
  const long = lines.filter((line) => line.length >= FEWEST);
  const found = long.length > 0 ? long : points.length >= FEWEST ? [[...points]] : [];
  return found.map((line, i) => {
    const begin = line
      .slice(0, 3)
      .map((point) => point.text)
      .join(", ");
    return { name: `${i + 1}: ${begin}${line.length > 3 ? " …" : ""}`, points: line };
  });
}

/** The number that is predicted: the first that ends after `position`; null for what comes after the text. */
export function predictedPoint(points: readonly Point[], position: number | null): Point | null {
  return position === null ? null : (points.find((point) => point.stop > position) ?? null);
}

/** The `series` trait. */
export interface NextValues {
  text: string;
  at: number | null; // first token of the number predicted
  actual: number | null;
  values: number[]; // ascending
  p: number[];
  found: number;
  unexplored: number;
  other: number;
  computing: boolean;
  more: boolean; // a longer search would find more
}

export function decodeSeries(raw: unknown): NextValues | { error: string } | null {
  if (typeof raw !== "object" || raw === null) return null;
  const dict = raw as Record<string, unknown>;
  if (typeof dict.error === "string") return { error: dict.error };
  if (typeof dict.text !== "string") return null;
  const list = (key: string) => {
    const values = dict[key];
    const all = Array.isArray(values) && values.every((x) => Number.isFinite(x));
    return all ? (values as number[]) : null;
  };
  const number = (key: string) => (Number.isFinite(dict[key]) ? (dict[key] as number) : null);
  const values = list("values");
  const p = list("p");
  if (!values || !p || values.length !== p.length) return { error: "The prediction does not add up." };
  return {
    text: dict.text,
    at: number("at"),
    actual: number("actual"),
    values,
    p,
    found: p.reduce((sum, x) => sum + x, 0),
    unexplored: number("unexplored") ?? 0,
    other: number("other") ?? 0,
    computing: dict.state === "computing",
    more: dict.more === true,
  };
}

/** The least value at or below which the share `q` of what was found lies. */
export function quantile({ values, p, found }: NextValues, q: number): number | null {
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    below += p[i] as number;
    if (below >= q * found * (1 - 1e-12)) return values[i] as number;
  }
  return values.at(-1) ?? null;
}

/** How much of what was found lies below `value`, half of what lies on it included. */
export function shareBelow({ values, p, found }: NextValues, value: number): number {
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (x < value) below += p[i] as number;
    else if (x === value) below += (p[i] as number) / 2;
  }
  return found > 0 ? below / found : 0;
}

export function probabilityOf({ values, p }: NextValues, value: number): number {
  const at = values.indexOf(value);
  return at < 0 ? 0 : (p[at] as number);
}

export interface Domain {
  low: number;
  high: number;
}

/** Holds every value of the series and most of the prediction, which may widen it by half at each side. */
export function domainOf(points: readonly Point[], next: NextValues | null): Domain {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const reach = high > low ? (high - low) / 2 : Math.max(1, Math.abs(high) / 2);
  const bottom = next && next.found > 0 ? (quantile(next, 0.02) ?? low) : low;
  const top = next && next.found > 0 ? (quantile(next, 0.98) ?? high) : high;
  const padded = {
    low: Math.max(low - reach, Math.min(low, bottom)),
    high: Math.min(high + reach, Math.max(high, top)),
  };
  const margin = (padded.high - padded.low || reach) * 0.04;
  return { low: padded.low - margin, high: padded.high + margin };
}

export interface Histogram {
  step: number;
  bins: { low: number; p: number }[]; // ascending, empty ones left out
  outside: number; // probability beyond the domain
  most: number;
}

/** Bins of a round width, about `count` over the domain; a bin is never narrower than the values are apart. */
export function histogram(next: NextValues, domain: Domain, count: number): Histogram {
  const inside = next.values.filter((x) => x >= domain.low && x <= domain.high);
  let apart = Number.POSITIVE_INFINITY;
  for (let i = 1; i < inside.length; i++) {
    apart = Math.min(apart, (inside[i] as number) - (inside[i - 1] as number));
  }
  const least = (domain.high - domain.low) / Math.max(1, count);
  const step = niceStep(Number.isFinite(apart) ? Math.max(least, apart) : least);
  const whole = new Map<number, number>();
  let outside = 0;
  for (const [i, x] of next.values.entries()) {
    const p = next.p[i] as number;
    if (x < domain.low || x > domain.high) {
      outside += p;
      continue;
    }
    // Half a step down, so that a round value lies in the middle of its bin.
    const bin = Math.floor(x / step + 0.5);
    whole.set(bin, (whole.get(bin) ?? 0) + p);
  }
  const bins = [...whole]
    .sort(([a], [b]) => a - b)
    .map(([bin, p]) => ({ low: Number(((bin - 0.5) * step).toPrecision(12)), p }));
  return { step, bins, outside, most: bins.reduce((most, { p }) => Math.max(most, p), 0) };
}
