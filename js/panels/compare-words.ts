/** Questions and places as words, with token labels set apart. */
import { h } from "../dom";
import * as numbers from "../numbers";
import { SCOPE_WORDS } from "../scopes";
import { foilOf, type Picture, type Question, targetOf } from "../store";
import { spoken, visible } from "../tokens";
import type { Basis, Tokens } from "../wire";

export type Words = (string | { token: string })[];

export interface Asked {
  tokens: Tokens;
  basis: Basis;
  question: Question;
}

/** The label of a vocabulary id, from the payloads that belong to it. */
function labelIn({ tokens, basis }: Asked, id: number, known: (id: number) => string): string {
  const listed = basis.predictions.find((p) => p.id === id)?.label;
  const at = listed === undefined ? tokens.ids.indexOf(id) : -1;
  return visible(listed ?? tokens.labels[at] ?? known(id));
}

export function questionWords(asked: Asked, known: (id: number) => string): Words {
  const { basis, question } = asked;
  const label = (id: number | null) => ({ token: id === null ? "?" : labelIn(asked, id, known) });
  const target = label(targetOf(basis, question.target));
  switch (question.scope) {
    case "semantic":
      return ["What moved the logit of ", target, "?"];
    case "log_probability":
      return ["What moved the probability of ", target, "?"];
    case "contrast":
      return ["Why ", target, " rather than ", label(foilOf(basis, question.target, question.foil)), "?"];
    case "fisher":
      return question.rank === null
        ? ["What moved the whole prediction?"]
        : [`What moved the prediction in its top ${numbers.count(question.rank, "direction")}?`];
    case "temperature":
      return ["What moved the model’s confidence?"];
    case "entropy":
      return ["What moved its uncertainty?"];
  }
}

/** "Semantic, signed · token 19" */
export function placeWords({ basis, question }: Asked): string {
  const where = basis.position === null ? "after the text" : `at token ${basis.position}`;
  return `${SCOPE_WORDS[question.scope].name}${question.signed ? ", signed" : ""}, ${where}`;
}

export function nodes(words: Words): Node[] {
  return words.map((part) =>
    typeof part === "string" ? document.createTextNode(part) : h("span", { class: "jw-label" }, part.token),
  );
}

export function plainWords(words: Words): string {
  return words.map((part) => (typeof part === "string" ? part : spoken(part.token))).join("");
}

/** A line about one piece: its label, or both of a pair, then what is said of it. */
export function readoutOf(labels: readonly string[], said: string): Node[] {
  return [h("span", { class: "jw-names" }, ...named(labels)), h("span", {}, said)];
}

/** Labels one after the other, each isolated, so that texts of two directions keep their places. */
export function named(labels: readonly string[]): Node[] {
  return labels.flatMap((label, i) => [
    ...(i > 0 ? [document.createTextNode(" → ")] : []),
    h("span", { class: "jw-label" }, label),
  ]);
}

/** A group's share of the influence, below zero where its signed score is. */
export function signedShare(picture: Picture, group: number): number {
  const share = picture.shares[group] ?? 0;
  return (picture.scores[group] ?? 0) < 0 ? -share : share;
}

/** A share, with its sign where it is below zero. */
export function shareWords(x: number): string {
  return x < 0 ? `−${numbers.share(-x)}` : numbers.share(x);
}

/** One piece in one of two pictures. */
export interface Side {
  picture: Picture;
  group: number;
  start: number; // its first token
  end: number; // tokens from here on cannot have had influence
}

export const isScored = ({ picture, group }: Side): boolean => (picture.rank[group] ?? 0) > 0;

/** The share of a piece, or why it has none. */
export function sideWords(side: Side): string {
  if (isScored(side)) return shareWords(signedShare(side.picture, side.group));
  return side.start >= side.end ? "not before the explained token" : "hidden";
}

export function bothWords(before: Side, now: Side): string {
  const [was, is] = [sideWords(before), sideWords(now)];
  if (was === is && !isScored(before) && !isScored(now)) return is;
  return `${was} ${isScored(before) ? "pinned" : "when pinned"}, ${is} now`;
}

/** A difference of shares in percentage points, "+12" or "−0.4". */
export function points(difference: number): string {
  const size = Math.abs(100 * difference);
  if (size < 0.05) return "0";
  return `${difference < 0 ? "−" : "+"}${size.toFixed(size < 9.95 ? 1 : 0)}`;
}
