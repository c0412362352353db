/** One pure description of what is on screen, derived from the traits and the view state. */
import * as numbers from "./numbers";
import { SCOPE_WORDS } from "./scopes";
import { foilOf, isSigned, type Picture, type Question, type Store, targetOf } from "./store";
import { explainable, groupEnd, groupLabel, groupOf, origin } from "./tokens";
import type { ViewState } from "./view-state";
import type { Basis, Decoded, Granularity, Matches, Place, Status, Tokens, Wish } from "./wire";

export const MOST_SPANS = 10_000;

export interface Inputs {
  wish: Wish;
  tokens: Decoded<Tokens>;
  basis: Decoded<Basis>;
  matches: Decoded<Matches>;
  status: Status;
  further: readonly Place[];
  view: ViewState;
  waiting: boolean; // the kernel is busy with something else
  note?: Note | undefined;
}

/** What a panel has found out about a group; "" for nothing. */
export type Note = (group: number) => string;

/** The last picture that answered a wish; it stays on screen until the next one does. */
export interface Held {
  basis: Basis;
  question: Question;
}

export type StateName =
  | "idle"
  | "computing"
  | "ready"
  | "stale"
  | "cancelled"
  | "error"
  | "no-kernel"
  | "empty";

export interface Scene {
  wish: Wish;
  view: ViewState;
  status: Status;
  waiting: boolean;
  state: StateName;
  problem: string | null; // a payload that does not add up
  tokens: Tokens | null;
  granularity: Granularity; // coarser than wished for a very long text
  starts: readonly number[];
  drawable: boolean; // few enough groups to draw
  basis: Basis | null; // the one shown, which may be an older one
  fits: boolean; // `basis` answers the wished text and position
  picture: Picture | null;
  hidden: boolean; // the reader is to guess, so `picture` is kept back
  ranked: Picture | null; // `picture`, also where it is hidden
  question: Question | null; // what `picture` answers, defaults filled in
  fresh: boolean; // `ranked` answers the wish
  degenerate: boolean;
  explained: number | null; // group; null is the "next" slot
  pointed: number | null; // group under the pointer or the keyboard
  target: number | null; // of the wish, defaults filled in
  foil: number | null;
  matches: Matches | null;
  held: Held | null;
  note?: Note | undefined;
  /** Without a kernel, the positions whose results are here. Null where any can be asked for. */
  open: ReadonlySet<number | null> | null;
}

function questionOf(wish: Wish): Question {
  const { scope, target, foil, rank, signed } = wish;
  return { scope, target, foil, rank, signed };
}

function drawn(tokens: Tokens, wished: Granularity): { granularity: Granularity; drawable: boolean } {
  for (const granularity of [wished, "word", "line"] as const) {
    if (tokens.groups[granularity].length <= MOST_SPANS) return { granularity, drawable: true };
  }
  return { granularity: wished, drawable: false };
}

function stateName(inputs: Inputs, tokens: Tokens | null, fresh: boolean, problem: string | null): StateName {
  const { status, wish, view } = inputs;
  if (problem !== null) return "error";
  if (view.silent || status.state === "saved") return "no-kernel";
  if (status.state === "error") return "error";
  if (status.state === "computing") return "computing";
  if (wish.text === "" && (tokens === null || tokens.ids.length === 0)) return "empty";
  if (status.state === "cancelled" && !fresh) return "cancelled";
  if (fresh) return "ready";
  return tokens === null || status.state === "idle" ? "idle" : "stale";
}

function misfit(inputs: Inputs): string | null {
  for (const part of [inputs.tokens, inputs.basis]) if (!part.ok) return part.error;
  const tokens = inputs.tokens.ok ? inputs.tokens.value : null;
  const basis = inputs.basis.ok ? inputs.basis.value : null;
  if (tokens && basis && basis.text === tokens.text && basis.length !== tokens.ids.length) {
    return `basis: it holds ${basis.length} tokens, the text has ${tokens.ids.length}`;
  }
  return null;
}

export function derive(store: Store, inputs: Inputs, before: Held | null): Scene {
  const { wish, view, status } = inputs;
  const problem = misfit(inputs);
  const tokens = inputs.tokens.ok ? inputs.tokens.value : null;
  const latest = inputs.basis.ok && problem === null ? inputs.basis.value : null;
  const { granularity, drawable } = tokens
    ? drawn(tokens, wish.granularity)
    : { granularity: wish.granularity, drawable: true };
  const starts = tokens ? tokens.groups[granularity] : [];
  const sameText = (basis: Basis | null) => basis !== null && tokens !== null && basis.text === tokens.text;

  const fits = sameText(latest) && latest?.text === wish.text && latest.position === wish.position;
  const wished = questionOf(wish);
  let held = before && sameText(before.basis) && before.basis.length === tokens?.ids.length ? before : null;
  let picture: Picture | null = null;
  let fresh = false;
  if (tokens && latest && fits) {
    picture = store.picture(latest, tokens, granularity, wished, wish.hide);
    fresh = picture !== null && !(wish.granularity === "regex" && tokens.pattern !== wish.pattern);
    if (picture) held = { basis: latest, question: wished };
  }
  if (tokens && !picture) {
    if (!held && latest && sameText(latest))
      held = { basis: latest, question: { ...wished, target: null, foil: null } };
    if (held) picture = store.picture(held.basis, tokens, granularity, held.question, wish.hide);
  }

  const basis = fits ? latest : (held?.basis ?? (sameText(latest) ? latest : null));
  const question = picture && held ? resolved(held) : null;
  const hidden = wish.guess === "hidden";
  const state = stateName(inputs, tokens, fresh, problem);
  const here = [...inputs.further, ...(latest ? [latest] : [])].filter(({ text }) => text === tokens?.text);
  return {
    wish,
    view,
    status,
    waiting: inputs.waiting,
    state,
    problem,
    tokens,
    granularity,
    starts,
    drawable,
    basis,
    fits,
    picture: hidden ? null : picture,
    hidden,
    ranked: picture,
    question,
    fresh,
    degenerate: fresh && wish.scope === "temperature" && basis?.degenerate === true,
    explained: explainedBy({ tokens, starts }, wish),
    pointed: view.hover ?? (view.focused && view.cursor < starts.length ? view.cursor : null),
    target: basis
      ? (wish.target ??
        (fits ? basis.defaultTarget : (tokenAt(tokens, wish.position) ?? basis.defaultTarget)))
      : (wish.target ?? tokenAt(tokens, wish.position)),
    foil: basis ? foilOf(basis, wish.target, wish.foil) : wish.foil,
    matches: inputs.matches.ok ? inputs.matches.value : null,
    held,
    note: hidden ? undefined : inputs.note,
    open: state === "no-kernel" ? new Set(here.map(({ position }) => position)) : null,
  };
}

/** Whether every position of the text can be opened, also without a kernel. */
export const allOpen = ({ open, tokens }: Scene): boolean =>
  open === null || open.size > (tokens ? tokens.ids.length - (tokens.bos.length > 0 ? 0 : 1) : 0);

/** The group at a position of the text; null for what comes next. */
export function explainedBy(
  { tokens, starts }: Pick<Scene, "tokens" | "starts">,
  { position }: { position: number | null },
): number | null {
  return tokens && position !== null && position < tokens.ids.length ? groupOf(starts, position) : null;
}

const tokenAt = (tokens: Tokens | null, position: number | null): number | null =>
  position === null ? null : (tokens?.ids[position] ?? null);

function resolved({ basis, question }: Held): Question {
  return {
    ...question,
    target: targetOf(basis, question.target),
    foil: foilOf(basis, question.target, question.foil),
  };
}

export interface Description {
  label: string;
  score: string;
  place: string;
  share: string;
  origin: string;
  tokens: string;
  hint: string;
}

/** What is said about one group, in the tooltip and to a screen reader. */
export function describe(scene: Scene, group: number): Description | null {
  const { tokens, starts, picture, question, basis } = scene;
  if (!tokens || group < 0 || group >= starts.length) return null;
  const start = starts[group] as number;
  const last = groupEnd(starts, group, tokens.ids.length) - 1;
  const ids = tokens.ids.slice(start, last + 1);
  const where =
    last === start
      ? `token ${start}, id ${ids[0]}`
      : `tokens ${start}–${last}, ids ${ids.slice(0, 4).join(" ")}${ids.length > 4 ? " …" : ""}`;
  const said: Description = {
    label: groupLabel(tokens, starts, group),
    score: "",
    place: "",
    share: "",
    origin: origin(tokens, starts, group),
    tokens: where,
    hint: scene.note?.(group) ?? "",
  };
  if (!explainable(tokens, starts, group))
    said.hint = `Nothing stands before it, so there is no prediction to explain. ${said.hint}`;
  else if (scene.open?.has(last) && last !== scene.wish.position && !allOpen(scene))
    said.hint = `Its own picture is saved here too. ${said.hint}`;
  if (picture && question && basis && !scene.degenerate) {
    if (!scene.fits && group === scene.explained) said.place = "not computed";
    else if (group === scene.explained && start >= basis.end) said.place = "explained here";
    else if (start >= basis.end) said.place = "comes after the explained token, so no influence";
    else if (!picture.rank[group]) said.place = "hidden";
    else {
      said.score = scoreText(picture, group);
      said.place = `${numbers.ordinal(picture.rank[group] ?? 0)} of ${numbers.grouped(picture.scored)}`;
      said.share = `${numbers.share(picture.shares[group] ?? 0)} of ${
        picture.signed ? "the sum without signs" : "the influence"
      }`;
    }
  }
  return said;
}

/** The score of a group as text, with its standard error where it is an estimate. */
export function scoreText(picture: Picture, group: number): string {
  const score = picture.scores[group] ?? 0;
  if (picture.signed) return numbers.signed(score, picture.max);
  const top = picture.order[0] ?? 0;
  return numbers.scoreWithError(score, picture.errors?.[group] ?? 0, picture.max, picture.errors?.[top] ?? 0);
}

/** Gradient × input is a change, no longer one per unit of the embedding's norm. */
export function unit(question: Question): string {
  const { unit } = SCOPE_WORDS[question.scope];
  return isSigned(question) ? unit.replace(/ per .*/, "") : unit;
}

/** What one coloured piece is called. */
export const pieceName = (granularity: Granularity): string =>
  granularity === "regex" || granularity === "number" ? "piece" : granularity;
