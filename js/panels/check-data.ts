/** The check as Python sends it, and which picture it is of. Free of the DOM. */
import type { Scene } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { isSigned } from "../store";
import { type Decoded, type Dict, floats, isDict, SCOPES, type Scope } from "../wire";

const CHECK_STATES = ["computing", "stopped", "done"] as const;

export interface Candidate {
  id: number;
  label: string;
  p: number;
}

interface Named {
  title: string;
  values: number[];
}

export interface Curves {
  fractions: number[];
  counts: number[]; // tokens ablated at each
  scope: number[]; // Δ log p in nats, like all that follow
  random: { mean: number[]; low: number[]; high: number[]; seeds: number };
  baseline: Named;
  confirmed: Named | null; // a ranking that leave-one-out has confirmed
  aopc: { scope: number; random: number; baseline: number };
}

/** The prediction without some tokens. */
export interface Ablated {
  tokens: number[];
  before: Candidate[];
  after: Candidate[]; // the same candidates
  kl: number;
  deltaLogP: number;
}

export interface Check {
  text: string;
  state: (typeof CHECK_STATES)[number];
  position: number | null;
  scope: Scope;
  target: number | null;
  foil: number | null;
  rank: number | null;
  signed: boolean;
  measured: Candidate; // the token whose log p it is
  ablation: string;
  unavailable: Record<string, string>;
  verdict: string;
  end: number; // tokens from here on come after the prediction
  screened: number; // how many are confirmed without being asked to
  confirmed: number;
  seconds: number; // that the rest takes, by estimate; 0 where none is made
  kl: Float32Array; // [T], of each token left out alone; NaN where it is not
  deltaLogP: Float32Array;
  most: { kl: number; deltaLogP: number };
  curves: Curves | null;
  ablated: Ablated | null;
  error: string;
}

class Misfit extends Error {}

function need(fits: boolean, what: string): void {
  if (!fits) throw new Misfit(`check: ${what}`);
}

const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const wholeOrNull = (value: unknown) => (Number.isInteger(value) ? (value as number) : null);

function numbers(value: unknown, what: string, length?: number): number[] {
  need(
    Array.isArray(value) && value.every(finite) && (length ?? value.length) === value.length,
    `"${what}" are not the numbers expected`,
  );
  return value as number[];
}

function candidate(value: unknown): Candidate {
  need(
    isDict(value) && Number.isInteger(value.id) && typeof value.label === "string" && finite(value.p),
    "a candidate that is none",
  );
  return value as unknown as Candidate;
}

function decodeCurves(raw: Dict): Curves {
  const fractions = numbers(raw.fractions, "fractions");
  const list = (value: unknown, what: string) => numbers(value, what, fractions.length);
  const inside = (name: string): Dict => {
    need(isDict(raw[name]), `"${name}" is missing`);
    return raw[name] as Dict;
  };
  const named = (name: string): Named => {
    const { title, values } = inside(name);
    need(typeof title === "string", `"${name}" has no title`);
    return { title: title as string, values: list(values, name) };
  };
  const { mean, low, high, seeds } = inside("random");
  const { scope, random, baseline } = inside("aopc");
  numbers([scope, random, baseline, seeds], "aopc");
  return {
    fractions,
    counts: list(raw.counts, "counts"),
    scope: list(raw.scope, "scope"),
    random: {
      mean: list(mean, "mean"),
      low: list(low, "low"),
      high: list(high, "high"),
      seeds: seeds as number,
    },
    baseline: named("baseline"),
    confirmed: raw.confirmed === null ? null : named("confirmed"),
    aopc: { scope, random, baseline } as Curves["aopc"],
  };
}

function decodeAblated(raw: Dict): Ablated {
  need(Array.isArray(raw.before) && Array.isArray(raw.after), "a prediction is missing");
  const [before, after] = [raw.before as unknown[], raw.after as unknown[]].map((all) => all.map(candidate));
  need(before?.length === after?.length && finite(raw.kl) && finite(raw.delta_log_p), "an effect is missing");
  return {
    tokens: numbers(raw.tokens, "tokens"),
    before: before as Candidate[],
    after: after as Candidate[],
    kl: raw.kl as number,
    deltaLogP: raw.delta_log_p as number,
  };
}

/** The largest size among the numbers there are. */
function most(values: Float32Array): number {
  let found = 0;
  for (const value of values) if (Math.abs(value) > found) found = Math.abs(value);
  return found;
}

function decode(raw: Dict): Check {
  const kl = floats(raw.kl);
  const deltaLogP = floats(raw.delta_log_p);
  const scope = SCOPES.find((name) => name === raw.scope);
  const state = CHECK_STATES.find((name) => name === raw.state);
  need(
    kl !== null && deltaLogP !== null && kl.length === deltaLogP.length,
    "the effects are not float32 data",
  );
  need(
    scope !== undefined && state !== undefined && typeof raw.text === "string",
    "what it is of is missing",
  );
  const [all, deltas] = [kl as Float32Array, deltaLogP as Float32Array];
  return {
    text: raw.text as string,
    state: state as Check["state"],
    position: wholeOrNull(raw.position),
    scope: scope as Scope,
    target: wholeOrNull(raw.target),
    foil: wholeOrNull(raw.foil),
    rank: wholeOrNull(raw.rank),
    signed: raw.signed === true,
    measured: candidate(raw.measured),
    ablation: String(raw.ablation),
    unavailable: isDict(raw.unavailable) ? (raw.unavailable as Record<string, string>) : {},
    verdict: typeof raw.verdict === "string" ? raw.verdict : "",
    end: Math.min(Number(raw.end) || 0, all.length),
    screened: Number(raw.screened) || 0,
    confirmed: all.reduce((sum, x) => sum + (Number.isNaN(x) ? 0 : 1), 0),
    seconds: finite(raw.seconds) ? raw.seconds : 0,
    kl: all,
    deltaLogP: deltas,
    most: { kl: most(all), deltaLogP: most(deltas) },
    curves: isDict(raw.curves) ? decodeCurves(raw.curves) : null,
    ablated: isDict(raw.ablated) ? decodeAblated(raw.ablated) : null,
    error: typeof raw.error === "string" ? raw.error : "",
  };
}

export function decodeCheck(raw: unknown): Decoded<Check> {
  if (!isDict(raw) || Object.keys(raw).length === 0) return { ok: true, value: null };
  if (raw.text === undefined && typeof raw.error === "string") return { ok: false, error: raw.error };
  try {
    return { ok: true, value: decode(raw) };
  } catch (error) {
    if (error instanceof Misfit) return { ok: false, error: error.message };
    throw error;
  }
}

/** Whether it is about the picture that is shown. */
export function belongs(check: Check, { question, held, tokens }: Scene): boolean {
  if (!question || !held || !tokens) return false;
  const { scope } = question;
  return (
    check.text === tokens.text &&
    check.text === held.basis.text &&
    check.kl.length === tokens.ids.length &&
    check.position === held.basis.position &&
    check.scope === scope &&
    (!SCOPE_WORDS[scope].target || check.target === question.target) &&
    (scope !== "contrast" || check.foil === question.foil) &&
    (scope !== "fisher" || check.rank === question.rank) &&
    check.signed === isSigned(question)
  );
}

/** Points of a curve from nothing ablated on, each share of the tokens once. */
export function pointsOf(
  values: readonly number[],
  counts: readonly number[],
  end: number,
): [number, number][] {
  const points: [number, number][] = [[0, 0]];
  for (const [i, value] of values.entries()) {
    const share = (counts[i] as number) / end;
    if (share > (points.at(-1)?.[0] ?? 0)) points.push([share, value]);
  }
  return points;
}

/** The top `share` of the scored tokens by the scope, one at least. */
export function topTokens(order: ArrayLike<number>, share: number): number[] {
  const count = Math.min(order.length, Math.max(1, Math.floor(order.length * share + 1e-9)));
  return Array.from({ length: count }, (_, i) => order[i] as number).sort((a, b) => a - b);
}
