/** Score to ink: weights, the 64 levels a token can take, and how strong each is painted. */

export const LEVELS = 64;
export const MAX_ALPHA = 0.58;
const MAX_BAR = 4;

/** 0 is no ink at all; every score above zero gets at least level 1. */
export function level(score: number, max: number): number {
  if (!(score > 0) || !(max > 0)) return 0;
  return Math.min(LEVELS - 1, Math.max(1, Math.round((score / max) * (LEVELS - 1))));
}

export function alpha(level: number): number {
  return (MAX_ALPHA * level) / (LEVELS - 1);
}

/** Bar height in CSS pixels: the cue that needs no colour. */
export function bar(level: number): number {
  return Math.round((MAX_BAR * level) / (LEVELS - 1));
}

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
