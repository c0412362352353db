/** Score to ink: the scales, the 64 levels a piece can take, and how strong each is painted. */
import type { Picture } from "./store";
import type { Scale } from "./wire";

export const LEVELS = 64;
export const MAX_ALPHA = 0.58;
const MAX_BAR = 4;
/** On the log scale, scores below this part of the maximum are close to linear. */
const LINEAR_BELOW = 1 / 100;

/** How scores become ink. `vmax` is the score that gets all of it; null for the picture's own maximum. */
export interface Ink {
  scale: Scale;
  vmax: number | null;
  threshold: number;
}

/** The log scale: the weight of a part of the maximum, both 0 to 1. */
export const bend = (part: number): number => Math.asinh(part / LINEAR_BELOW) / Math.asinh(1 / LINEAR_BELOW);
const unbend = (weight: number) => Math.sinh(weight * Math.asinh(1 / LINEAR_BELOW)) * LINEAR_BELOW;

/** How many scored groups are stronger than `size`. */
function stronger({ order, scores }: Picture, size: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Math.abs(scores[order[middle] as number] as number) > size) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The score at the strong end of the colour bar. */
export function top(picture: Picture, { scale, vmax }: Ink): number {
  return scale === "rank" ? picture.max : (vmax ?? picture.max);
}

/** Place of a score on the colour bar, 0 to 1; the sign does not count. */
export function weight(score: number, picture: Picture, ink: Ink): number {
  const size = Math.abs(score);
  if (!(size > 0)) return 0;
  if (ink.scale === "rank") return picture.scored > 0 ? 1 - stronger(picture, size) / picture.scored : 0;
  const part = Math.min(1, size / top(picture, ink));
  if (ink.scale === "log") return bend(part);
  return ink.scale === "share" ? part ** picture.power : part;
}

/** The score that lies at a place of the colour bar: `weight` backwards. */
export function scoreAt(place: number, picture: Picture, ink: Ink): number {
  if (ink.scale === "rank") {
    const last = picture.scored - 1;
    const group = picture.order[Math.max(0, Math.min(last, Math.floor(picture.scored * (1 - place) + 1e-9)))];
    return group === undefined ? 0 : Math.abs(picture.scores[group] as number);
  }
  const part =
    ink.scale === "log" ? unbend(place) : ink.scale === "share" ? place ** (1 / picture.power) : place;
  return part * top(picture, ink);
}

/** The share of the whole that a score of this size holds. */
export function shareAt(score: number, { order, shares, max, power }: Picture): number {
  return max > 0 ? (Math.abs(score) / max) ** power * (shares[order[0] as number] ?? 0) : 0;
}

/** 0 is no ink at all; every weight above zero, and not below the threshold, gets at least level 1. */
export function level(weight: number, threshold = 0): number {
  if (!(weight > 0) || weight < threshold) return 0;
  return Math.min(LEVELS - 1, Math.max(1, Math.round(weight * (LEVELS - 1))));
}

/** Writes each group's level into `out`, below zero for a negative score. */
export function paintLevels(picture: Picture, ink: Ink, out: Int8Array): void {
  const { scores } = picture;
  for (let g = 0; g < scores.length; g++) {
    const score = scores[g] as number;
    const found = level(weight(score, picture, ink), ink.threshold);
    out[g] = score < 0 ? -found : found;
  }
}

export interface Tick {
  at: number; // along the drawn bar, 0 to 1
  score: number;
}

/** Where the colour bar has numbers: its ends, its zero, and one between on a scale that is not even. */
export function ticks(picture: Picture, ink: Ink): Tick[] {
  const half: Tick[] = [{ at: 0, score: ink.scale === "rank" ? scoreAt(0, picture, ink) : 0 }];
  if (ink.scale === "log") half.push({ at: bend(0.1), score: top(picture, ink) / 10 });
  if (ink.scale === "rank") half.push({ at: 0.5, score: scoreAt(0.5, picture, ink) });
  half.push({ at: 1, score: top(picture, ink) });
  if (!picture.signed) return half;
  const side = (sign: 1 | -1) =>
    half.map(({ at, score }) => ({ at: (1 + sign * at) / 2, score: sign * score }));
  return [...side(-1).reverse().slice(0, -1), ...side(1)];
}

export const alpha = (level: number): number => (MAX_ALPHA * level) / (LEVELS - 1);

/** Bar height in CSS pixels: the cue that needs no colour. */
export const bar = (level: number): number => Math.round((MAX_BAR * level) / (LEVELS - 1));

/** The style sheet of the levels, kept in `levels.css`; a test holds the two together. */
export function levelRules(): string {
  const lines = ["/* Written by levelRules() in color.ts. */"];
  for (let i = 1; i < LEVELS; i++) {
    lines.push(
      `.jw .w${i}{background-color:color-mix(in srgb,var(--jw-ink) ${+(alpha(i) * 100).toFixed(2)}%,transparent)}`,
    );
  }
  for (let height = 1; height <= MAX_BAR; height++) {
    const names = [];
    for (let i = 1; i < LEVELS; i++) if (bar(i) === height) names.push(`.jw .w${i}`);
    lines.push(`${names.join(",")}{--jw-bar:${height}px}`);
  }
  return `${lines.join("\n")}\n`;
}
