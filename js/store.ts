/** Grams to scores: every change of scope, target, foil, rank or grouping is answered here, without the kernel. */
import { DELIMITER, TEMPLATE, tokenKinds } from "./tokens";
import { type Basis, directionKey, type Granularity, type Hideable, type Scope, type Tokens } from "./wire";

export interface Question {
  scope: Scope;
  target: number | null;
  foil: number | null;
  rank: number | null;
  signed?: boolean; // gradient × input instead of the gradient's norm; Fisher has none
}

/** Scores of one question over one grouping; arrays run over groups. */
export interface Picture {
  scores: Float64Array; // below zero only in a signed picture
  /** Of the whole: of squares (of traces, for Fisher). In a signed picture of the sum without signs, BOS left out. */
  shares: Float64Array;
  errors: Float64Array | null;
  bosShare: number;
  templateShare: number; // of the tokens that a chat template wrote, also while they are hidden
  delimiterShare: number; // of those that are only punctuation or white space
  signed: boolean;
  power: 1 | 2; // a share grows with this power of its score
  max: number; // the largest score, its sign left out
  scored: number; // groups that begin before `end` and are not hidden
  order: Int32Array; // the scored groups, strongest first
  rank: Int32Array; // 1 = strongest; 0 = not scored
}

export function isSigned({ scope, signed }: Question): boolean {
  return signed === true && scope !== "fisher";
}

type Coefficients = [direction: number, weight: number][];

export const targetOf = (basis: Basis, target: number | null): number | null => target ?? basis.defaultTarget;

/** The likeliest token that is not the target. */
export function foilOf(basis: Basis, target: number | null, foil: number | null): number | null {
  if (foil !== null) return foil;
  const chosen = targetOf(basis, target);
  return basis.predictions.find((p) => p.id !== chosen)?.id ?? basis.defaultFoil;
}

/** The scope's direction in the basis, or null while a direction it needs is not there. */
export function coefficients(basis: Basis, { scope, target, foil }: Question): Coefficients | null {
  const row = (kind: string, token: number | null = null) => basis.directions.get(directionKey(kind, token));
  const sum = (...terms: [row: number | undefined, weight: number][]): Coefficients | null =>
    terms.some(([row]) => row === undefined) ? null : (terms as Coefficients);
  const a = targetOf(basis, target);
  const b = foilOf(basis, target, foil);
  switch (scope) {
    case "semantic":
      return sum([row("log_probability", a), 1], [row("mean"), 1]) ?? sum([row("logit", a), 1]);
    case "contrast":
      return (
        sum([row("log_probability", a), 1], [row("log_probability", b), -1]) ??
        sum([row("logit", a), 1], [row("logit", b), -1])
      );
    case "log_probability":
      return sum([row(scope, a), 1]);
    case "temperature":
    case "entropy":
      return sum([row(scope), 1]);
    case "fisher":
      return null;
  }
}

/** cᵀ G c of each token before `end`, from the packed lower triangles, in float64. */
function quadratics(
  gram: Float32Array,
  size: number,
  c: Coefficients,
  parts: Float64Array,
  end: number,
): void {
  const stride = (size * (size + 1)) / 2;
  for (const [i, ci] of c) {
    for (const [j, cj] of c) {
      const at = i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i;
      for (let t = 0; t < end; t++)
        parts[t] = (parts[t] as number) + ci * cj * (gram[t * stride + at] as number);
    }
  }
  for (let t = 0; t < end; t++) parts[t] = Math.max(0, parts[t] as number);
}

interface Contributions {
  parts: Float64Array; // [T] what adds up over groups: squares, traces, or signed products
  bos: number;
  errors: Float32Array | null;
  root: boolean;
}

function contributions(basis: Basis, question: Question): Contributions | null {
  const parts = new Float64Array(basis.length);
  if (question.scope === "fisher") {
    const fisher = basis.fisher;
    if (!fisher) return null;
    const whole = question.rank === null;
    const rank = whole ? fisher.rank : Math.min(fisher.rank, Math.max(1, question.rank as number));
    let bos = whole ? fisher.remainderBos : 0;
    for (let i = 0; i < rank; i++) bos += fisher.spectrumBos[i] as number;
    for (let t = 0; t < basis.end; t++) {
      let sum = whole ? (fisher.remainder[t] as number) : 0;
      for (let i = 0; i < rank; i++) sum += fisher.spectrum[t * fisher.rank + i] as number;
      parts[t] = Math.max(0, sum);
    }
    return {
      parts,
      bos: Math.max(0, bos),
      errors: whole && !fisher.exact ? fisher.standardError : null,
      root: false,
    };
  }
  const c = coefficients(basis, question);
  if (!c) return null;
  if (isSigned(question)) {
    for (const [i, by] of c) {
      for (let t = 0; t < basis.end; t++)
        parts[t] = (parts[t] as number) + by * (basis.signed[t * basis.size + i] as number);
    }
    return { parts, bos: 0, errors: null, root: false };
  }
  const bos = new Float64Array(1);
  quadratics(basis.gram, basis.size, c, parts, basis.end);
  quadratics(basis.gramBos, basis.size, c, bos, 1);
  return { parts, bos: bos[0] as number, errors: null, root: true };
}

const FLAGS: Record<Hideable, number> = { template: TEMPLATE, delimiters: DELIMITER };

/**
 * `kinds` says what each token is (`tokenKinds`); without it, none is template or delimiter. What is hidden has no part
 * in the scores, but counts in the whole that the shares are of.
 */
export function computePicture(
  basis: Basis,
  starts: readonly number[],
  question: Question,
  kinds: Uint8Array | null = null,
  hide: readonly Hideable[] = [],
): Picture | null {
  const found = contributions(basis, question);
  if (!found) return null;
  const { parts, bos, root } = found;
  const without = hide.reduce((all, name) => all | FLAGS[name], 0);
  const n = starts.length;
  const scores = new Float64Array(n);
  const shares = new Float64Array(n);
  const errors = found.errors ? new Float64Array(n) : null;
  const seen = new Int32Array(n);
  let scored = 0;
  let total = bos;
  let max = 0;
  let template = 0;
  let delimiters = 0;
  for (let g = 0; g < n; g++) {
    const start = starts[g] as number;
    const stop = Math.min(basis.end, starts[g + 1] ?? basis.length);
    let sum = 0;
    let error = 0;
    let shown = false;
    for (let t = start; t < stop; t++) {
      const part = parts[t] as number;
      const size = Math.abs(part);
      const kind = kinds ? (kinds[t] as number) : 0;
      total += size;
      if (kind & TEMPLATE) template += size;
      if (kind & DELIMITER) delimiters += size;
      if (kind & without) continue;
      shown = true;
      sum += part;
      if (found.errors) error += found.errors[t] as number;
    }
    if (shown) seen[scored++] = g;
    const score = root ? Math.sqrt(sum) : sum;
    scores[g] = score;
    shares[g] = Math.abs(sum);
    max = Math.max(max, Math.abs(score));
    if (errors) errors[g] = error;
  }
  const part = (x: number) => (total > 0 ? x / total : 0);
  for (let g = 0; g < n; g++) shares[g] = part(shares[g] as number);
  const order = seen.slice(0, scored);
  const size = (g: number) => Math.abs(scores[g] as number);
  order.sort((a, b) => size(b) - size(a) || a - b);
  const rank = new Int32Array(n);
  for (let i = 0; i < scored; i++) {
    const here = order[i] as number;
    const above = order[i - 1];
    const tied = above !== undefined && size(above) === size(here);
    rank[here] = tied ? (rank[above] as number) : i + 1;
  }
  return {
    scores,
    shares,
    errors,
    bosShare: part(bos),
    templateShare: part(template),
    delimiterShare: part(delimiters),
    signed: isSigned(question),
    power: root ? 2 : 1,
    max,
    scored,
    order,
    rank,
  };
}

export interface Store {
  picture(
    basis: Basis,
    tokens: Tokens,
    granularity: Granularity,
    question: Question,
    hide?: readonly Hideable[],
  ): Picture | null;
}

const KEPT = 64;

/** Pictures already computed, forgotten together with their basis. */
export function createStore(): Store {
  const pictures = new WeakMap<Basis, Map<string, { picture: Picture | null; starts: readonly number[] }>>();
  const kinds = new WeakMap<Tokens, Uint8Array>();
  return {
    picture(basis, tokens, granularity, question, hide = []) {
      let known = pictures.get(basis);
      if (!known) {
        known = new Map();
        pictures.set(basis, known);
      }
      let kind = kinds.get(tokens);
      if (!kind) {
        kind = tokenKinds(tokens);
        kinds.set(tokens, kind);
      }
      const { scope, target, foil, rank } = question;
      const key = JSON.stringify([scope, target, foil, rank, isSigned(question), granularity, hide]);
      const starts = tokens.groups[granularity];
      const hit = known.get(key);
      // Another pattern gives other groups of the same name.
      if (hit?.starts === starts) return hit.picture;
      const picture = computePicture(basis, starts, question, kind, hide);
      if (known.size >= KEPT) known.clear();
      known.set(key, { picture, starts });
      return picture;
    },
  };
}
