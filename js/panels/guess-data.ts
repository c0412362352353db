/** What was guessed, and how much of it the scope and leave-one-out agree with. Free of the DOM. */
import type { Scene } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { groupEnd, groupPiece } from "../tokens";
import { type Dict, floats, isDict, type Scope } from "../wire";

/** As Python's `guesses.answer_of` writes it, whose docstring says what is counted. */
export interface Answer {
  text: string;
  model: string;
  position: number | null;
  target: string | null;
  foil: string | null;
  scope: Scope;
  granularity: string;
  attempt: number;
  marked: number[];
  tokens: string[];
  k: number;
  pieces: number;
  hits: number | null;
  strongest: string[];
  left_out_hits: number | null;
  left_out_strongest: string[] | null;
  by_chance: number | null;
}

export interface LeftOut {
  state: "done" | "too long" | "error" | "missing";
  kl: Float32Array | null; // of each piece before the question
  seconds: number; // that it would take
  error: string;
}

/** Tokens before this index can be marked. */
export const endOf = ({ wish, tokens }: Scene): number => wish.position ?? tokens?.ids.length ?? 0;

/** The tokens of a piece that can be marked. */
export function tokensOf(scene: Scene, group: number): number[] {
  const { tokens, starts } = scene;
  const from = starts[group];
  if (!tokens || from === undefined) return [];
  const to = Math.min(endOf(scene), groupEnd(starts, group, tokens.ids.length));
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** Whether a piece is before the question, and not hidden from the scores; an older picture does not tell. */
export const markable = (scene: Scene, group: number): boolean =>
  tokensOf(scene, group).length > 0 && !(scene.fresh && scene.ranked?.rank[group] === 0);

/** The pieces that can be marked, of which a token is. */
export function chosen(scene: Scene, marked: ReadonlySet<number>): number[] {
  const found: number[] = [];
  for (let g = 0; g < scene.starts.length; g++) {
    if (markable(scene, g) && tokensOf(scene, g).some((t) => marked.has(t))) found.push(g);
  }
  return found;
}

/** Leave-one-out, where it is of the pieces that are on screen. */
export function decodeLeftOut(raw: unknown, scene: Scene): LeftOut {
  const none: LeftOut = { state: "missing", kl: null, seconds: 0, error: "" };
  const { wish, tokens, starts } = scene;
  if (!isDict(raw) || !tokens) return none;
  const { granularity } = wish; // of a very long text, coarser pieces may be on screen
  const pattern = granularity === "regex" ? wish.pattern : "";
  const asked: Dict = { text: tokens.text, position: wish.position, granularity, pattern };
  if (Object.entries(asked).some(([name, value]) => raw[name] !== value)) return none;
  if (raw.state === "too long") return { ...none, state: raw.state, seconds: Number(raw.seconds) || 0 };
  if (raw.state === "error") return { ...none, state: raw.state, error: String(raw.error) };
  const kl = floats(raw.kl);
  const pieces = starts.filter((start) => start < endOf(scene)).length;
  return kl && kl.length === pieces && kl.every(Number.isFinite) ? { ...none, state: "done", kl } : none;
}

/** Null where there is no picture of the question yet, or nothing counts. */
export function answerOf(
  scene: Scene,
  marked: readonly number[],
  kl: Float32Array | null,
  before: readonly unknown[] = [],
): Answer | null {
  const { tokens, starts, ranked, question, basis, fresh, fits, degenerate } = scene;
  if (!tokens || !ranked || !question || !basis || !fresh || !fits) return null;
  const order = degenerate ? [] : [...ranked.order];
  const pieces = chosen(scene, new Set(marked));
  const k = pieces.length;
  if (k === 0) return null;
  const strongest = order.slice(0, k);
  const removed = kl && [...order].sort((a, b) => (kl[b] ?? 0) - (kl[a] ?? 0) || a - b).slice(0, k);
  const hits = (top: readonly number[]) => pieces.filter((g) => top.includes(g)).length;
  const text = (g: number) => groupPiece(tokens, starts, g);
  const named = (id: number | null) =>
    basis.predictions.find((p) => p.id === id)?.piece ??
    tokens.pieces[tokens.ids.indexOf(id as number)] ??
    `token ${id}`;
  const same = (one: unknown) => isDict(one) && one.text === tokens.text && one.position === basis.position;
  return {
    text: tokens.text,
    model: basis.model,
    position: basis.position,
    target: SCOPE_WORDS[question.scope].target ? named(question.target) : null,
    foil: question.scope === "contrast" ? named(question.foil) : null,
    scope: question.scope,
    granularity: scene.granularity,
    attempt: 1 + before.filter(same).length,
    marked: [...marked].sort((a, b) => a - b),
    tokens: pieces.map(text),
    k,
    pieces: order.length,
    hits: order.length ? hits(strongest) : null,
    strongest: strongest.map(text),
    left_out_hits: removed && order.length ? hits(removed) : null,
    left_out_strongest: removed?.map(text) ?? null,
    by_chance: order.length ? (k * k) / order.length : null,
  };
}

/** The pieces among the scope's `k` strongest. */
export const strongestOf = ({ ranked, degenerate }: Scene, k: number): Set<number> =>
  new Set(ranked && !degenerate ? ranked.order.subarray(0, k) : []);
