/** What guess mode asks and says. */
import * as numbers from "../numbers";
import { pieceName, type Scene } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { visible } from "../tokens";
import type { Scope } from "../wire";
import type { Answer, LeftOut } from "./guess-data";

/** What is asked for, around the labels of the target and of the foil. */
const MOVED: Record<Scope, [before: string, between: string]> = {
  semantic: ["moved", ""],
  log_probability: ["moved", ""],
  contrast: ["spoke for", "rather than"],
  fisher: ["moved the whole prediction", ""],
  temperature: ["moved the model’s confidence", ""],
  entropy: ["moved the model’s uncertainty", ""],
};

/** Words, and labels of tokens, which stand in a frame of their own. */
export type Part = string | { label: string };

const pieceOf = ({ granularity }: Scene): string =>
  granularity === "token" ? "word" : pieceName(granularity);

/** "Mark the words that you think moved ␣liberal. Then reveal." */
export function instruction(scene: Scene, label: (id: number) => string): Part[] {
  const { wish, target, foil } = scene;
  const [before, between] = MOVED[wish.scope];
  const parts: Part[] = [`Mark the ${pieceOf(scene)}s that you think ${before}`];
  const named = (id: number | null) => parts.push(" ", id === null ? "it" : { label: visible(label(id)) });
  if (SCOPE_WORDS[wish.scope].target) named(target);
  if (between) {
    parts.push(` ${between}`);
    named(foil);
  }
  return [...parts, ". Then reveal."];
}

export function countWords(scene: Scene, k: number): string {
  const computing = scene.fresh ? "" : " The model is still computing.";
  const none = `Nothing marked yet. Click or tap a ${pieceOf(scene)}, or press Enter on it.`;
  return `${k === 0 ? none : `${k} marked.`}${computing}`;
}

function chance(x: number): string {
  return x < 0.05 ? "less than 0.1" : numbers.minus(x.toFixed(1).replace(".0", ""));
}

/** `top` is what the marked pieces are compared with: "Semantic’s 5 strongest". */
function overlap(hits: number, k: number, top: string): string {
  if (hits === 0) return `None of your ${k} is among ${top}`;
  if (hits === k) return `All ${k} of yours are among ${top}`;
  return `${hits} of your ${k} ${hits === 1 ? "is" : "are"} among ${top}`;
}

/** What the scope says of a guess, and what leave-one-out says. */
export function verdicts(answer: Answer, leftOut: LeftOut, kernel: boolean): string[] {
  const { k, pieces, hits, left_out_hits: confirmed, by_chance: expected, scope } = answer;
  const { name } = SCOPE_WORDS[scope];
  if (hits === null || expected === null)
    return [`${name} says nothing about this model, so there is nothing to compare with. Ask about Entropy.`];
  if (k === pieces && k > 1)
    return [`You marked all ${k} that stand before the question, so there is nothing to compare.`];
  const said: string[] = [];
  if (k === 1) {
    const blind = `chance alone finds it once in ${pieces} guesses.`;
    said.push(`Yours is ${hits ? "" : "not "}the strongest for ${name}; ${blind}`);
  } else {
    const blind = `by chance it would be ${chance(expected)}.`;
    said.push(`${overlap(hits, k, `${name}’s ${k} strongest`)}; ${blind}`);
  }
  if (confirmed === null) {
    said.push(absence(leftOut, kernel));
  } else if (k === 1) {
    said.push(
      `Leave-one-out: taking yours away ${confirmed ? "changes" : "is not what changes"} the prediction most.`,
    );
  } else {
    const top = `the ${k} whose removal changes the prediction most`;
    const whole = overlap(confirmed, k, top).replace(/^[AN]/, (c) => c.toLowerCase());
    said.push(`Leave-one-out: ${whole}; by chance ${chance(expected)} too.`);
  }
  return said;
}

function absence({ state, seconds, error }: LeftOut, kernel: boolean): string {
  if (state === "error") return `Leave-one-out failed: ${error}`;
  if (state === "too long")
    return `Leave-one-out would take ${numbers.duration(seconds)} here, so it is not computed. Check can do it.`;
  return kernel
    ? "Leave-one-out is still being computed."
    : "Leave-one-out is not saved here; it needs a kernel.";
}

/** What the frames mean; nothing where all are of one kind. */
export function frames({ scope, k, hits }: Answer): string {
  if (hits === null || k < 2) return "";
  return `Solid frame: among ${SCOPE_WORDS[scope].name}’s ${k} strongest. Dashed: not.`;
}

/** The name of a file, of a student's name. */
export const fileOf = (name: string): string =>
  `${
    name
      .replace(/[^\p{L}\p{M}\p{N} _-]/gu, "")
      .trim()
      .slice(0, 60) || "answers"
  }.json`;
