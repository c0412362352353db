/** Groups of tokens, and what of hostile or invisible text may be shown as it is. */
import type { Tokens } from "./wire";

const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
// Joiners are left out: they belong to the glyphs around them.
const INVISIBLE = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;
const JOINER = /^[\u200c\u200d]+$/;
const PLAIN_BREAK = /[\n\t\r]/;
const CONTROL = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Zl}\p{Zp}]/gu;

export const groupEnd = (starts: readonly number[], group: number, length: number): number =>
  starts[group + 1] ?? length;

/** Which group holds the token. */
export function groupOf(starts: readonly number[], token: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= token) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function groupPiece(tokens: Tokens, starts: readonly number[], group: number): string {
  const start = starts[group] as number;
  const end = groupEnd(starts, group, tokens.ids.length);
  return end === start + 1 ? (tokens.pieces[start] as string) : tokens.pieces.slice(start, end).join("");
}

/** Control characters written out, so that a label can neither hide nor reorder what stands beside it. */
export function visible(label: string): string {
  return label.replace(CONTROL, (c) => {
    const code = c.codePointAt(0) as number;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

export function groupLabel(tokens: Tokens, starts: readonly number[], group: number): string {
  const start = starts[group] as number;
  const end = groupEnd(starts, group, tokens.ids.length);
  const label = visible(tokens.labels.slice(start, end).join(""));
  return label.length > 60 ? `${[...label].slice(0, 58).join("")}…` : label;
}

export const TEMPLATE = 1;
export const DELIMITER = 2;
const TEMPLATE_ROLE = "template";
const ONLY_DELIMITERS = /^[\p{P}\p{Z}\s]+$/u;

/** Whether the chat template wrote this token, and no message. */
const isTemplate = (roles: readonly string[] | null, token: number): boolean =>
  roles?.[token] === TEMPLATE_ROLE;

/** Per token `TEMPLATE` and `DELIMITER`: punctuation and white space, but for the signs and points inside numbers. */
export function tokenKinds(tokens: Tokens): Uint8Array {
  const kinds = new Uint8Array(tokens.ids.length);
  const starts = tokens.groups.number;
  for (let g = 0; g < starts.length; g++) {
    const delimits = ONLY_DELIMITERS.test(groupPiece(tokens, starts, g));
    const end = groupEnd(starts, g, kinds.length);
    for (let t = starts[g] as number; t < end; t++)
      kinds[t] = (delimits ? DELIMITER : 0) | (isTemplate(tokens.roles, t) ? TEMPLATE : 0);
  }
  return kinds;
}

const DIGIT = /\p{Nd}/u;
const SERIES_FROM = 8;

/** Whether the text is mostly numbers, at least so many that a plot of them says something. */
export function isSeries(tokens: Tokens): boolean {
  const starts = tokens.groups.number;
  const kinds = tokenKinds(tokens);
  let numbers = 0;
  let inNumbers = 0;
  let others = 0;
  for (let g = 0; g < starts.length; g++) {
    const start = starts[g] as number;
    const size = groupEnd(starts, g, kinds.length) - start;
    if (DIGIT.test(groupPiece(tokens, starts, g))) {
      numbers++;
      inNumbers += size;
    } else if (!((kinds[start] as number) & DELIMITER)) others += size;
  }
  return numbers >= SERIES_FROM && inNumbers > others;
}

/** Whether the chat template wrote all of the group. */
export function isTemplateGroup(tokens: Tokens, starts: readonly number[], group: number): boolean {
  const end = groupEnd(starts, group, tokens.ids.length);
  for (let t = starts[group] as number; t < end; t++) if (!isTemplate(tokens.roles, t)) return false;
  return true;
}

export const isGenerated = (tokens: Tokens, starts: readonly number[], group: number): boolean =>
  tokens.generated !== null && (starts[group] as number) >= tokens.generated;

/** Whose words a group holds: "user", "assistant, generated", "chat template"; "" for a text that is no chat. */
export function origin(tokens: Tokens, starts: readonly number[], group: number): string {
  const end = groupEnd(starts, group, tokens.ids.length);
  const roles = new Set(tokens.roles?.slice(starts[group], end));
  if (roles.size > 1) roles.delete(TEMPLATE_ROLE);
  const who = roles.has(TEMPLATE_ROLE) ? "chat template" : visible([...roles].join(" and "));
  return [who, isGenerated(tokens, starts, group) ? "generated" : ""].filter(Boolean).join(", ");
}

/** A label as it is read out: the marks for spaces and line ends become nothing or words. */
export function spoken(label: string): string {
  const bare = label.replace(/␣/g, " ").replace(/↵/g, " line break ").replace(/⇥/g, " tab ").trim();
  return bare === "" ? "space" : bare;
}

const BLANK = /^[\s\p{C}]*$/u;

/** Whether nothing of a piece would be read out: its name takes words. */
export const isBlank = (piece: string): boolean => BLANK.test(piece);

export const needsIsolation = (piece: string): boolean => BIDI_CONTROL.test(piece);

/** The mark drawn for a piece that would otherwise have no width and could not be pointed at. */
export function ghostMark(piece: string): string | null {
  if (piece === "") return "·";
  if (!INVISIBLE.test(piece) || PLAIN_BREAK.test(piece) || JOINER.test(piece)) return null;
  return visible(piece).startsWith("⟨") ? visible(piece) : "·";
}

/** The first token has nothing before it to blame, unless a BOS token stands there. */
export const explainable = (tokens: Tokens, starts: readonly number[], group: number): boolean =>
  groupEnd(starts, group, tokens.ids.length) - 1 > 0 || tokens.bos.length > 0;
