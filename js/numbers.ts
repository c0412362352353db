/** Numbers as words: honest precision, whole percents, ordinals. */

const SPACE = "\u00a0";
const MINUS = "−";
/** A number as JavaScript writes it, with a minus in place of its hyphen. */
export const minus = (text: string): string => text.replace("-", MINUS);

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const exponent = (x: number): number => (x === 0 ? 0 : Math.floor(Math.log10(Math.abs(x))));

function scientific(x: number): string {
  const e = exponent(x);
  const digits = [...String(Math.abs(e))].map((d) => SUPERSCRIPT[Number(d)]).join("");
  return `${(x / 10 ** e).toFixed(1)}${SPACE}×${SPACE}10${e < 0 ? "⁻" : ""}${digits}`;
}

/** One precision for all scores of a picture, three digits at its maximum. */
export function score(x: number, max: number): string {
  if (x === 0) return "0";
  const top = exponent(max);
  if (top < -3 || top > 5) return scientific(x);
  const decimals = Math.max(0, Math.min(5, 2 - top));
  const shown = x.toFixed(decimals);
  return Number(shown) === 0 ? `<${SPACE}${(10 ** -decimals).toFixed(decimals)}` : minus(shown);
}

/** "+3.2" or "−0.4"; what its digits cannot tell from nothing has no sign. */
export function signed(x: number, max: number): string {
  const size = score(Math.abs(x), max);
  return size === "0" || size.startsWith("<") ? size : `${x < 0 ? MINUS : "+"}${size}`;
}

/** "12.1 ± 0.4": the error's first digit says where a score ends, at most one place after the strongest token's. */
export function scoreWithError(x: number, error: number, max: number, maxError: number): string {
  if (!(error > 0)) return score(x, max);
  const top = exponent(max);
  if (top < -3 || top > 5) return `${scientific(x)} ± ${scientific(error)}`;
  const coarsest = Math.max(0, Math.min(2 - top, maxError > 0 ? -exponent(maxError) : 5, 5));
  const decimals = Math.max(coarsest, Math.min(coarsest + 1, -exponent(error)));
  const shown = error.toFixed(decimals);
  return `${x.toFixed(decimals)} ± ${Number(shown) === 0 ? (10 ** -decimals).toFixed(decimals) : shown}`;
}

export function share(x: number): string {
  if (x > 0 && x < 0.005) return `<${SPACE}1${SPACE}%`;
  return `${Math.round(x * 100)}${SPACE}%`;
}

export function probability(p: number): string {
  if (p > 0 && p < 0.0005) return `<${SPACE}0.1${SPACE}%`;
  if (p < 1 && p > 0.9995) return `>${SPACE}99.9${SPACE}%`;
  return `${(p * 100).toFixed(1)}${SPACE}%`;
}

export function ordinal(n: number): string {
  const tens = n % 100;
  const suffix = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return grouped(n) + suffix;
}

export const grouped = (n: number): string => n.toLocaleString("en");

export const count = (n: number, one: string): string => `${grouped(n)} ${one}${n === 1 ? "" : "s"}`;

export function seconds(s: number): string {
  if (s < 0.1) return "under 0.1 s";
  return s < 10 ? `${s.toFixed(1)}${SPACE}s` : `${Math.round(s)}${SPACE}s`;
}

/** A rough time: nobody can foresee seconds to the digit. */
export function duration(s: number): string {
  if (s < 10) return `${Math.max(1, Math.round(s))}${SPACE}s`;
  if (s < 55) return `${Math.round(s / 5) * 5}${SPACE}s`;
  if (s < 3300) return `${Math.round(s / 60)}${SPACE}min`;
  return `${(s / 3600).toFixed(1)}${SPACE}h`;
}

export function bytes(n: number): string {
  const mib = n / 2 ** 20;
  return mib >= 512 ? `${(mib / 1024).toFixed(1)}${SPACE}GiB` : `${Math.max(1, Math.round(mib))}${SPACE}MiB`;
}
