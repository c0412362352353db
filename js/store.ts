/** Grams to scores: every change of scope, target, foil, rank or grouping is answered here, without the kernel. */
import { isTemplate } from "./tokens";
import { type Basis, directionKey, type Granularity, type Scope, type Tokens } from "./wire";

export interface Question {
  scope: Scope;
  target: number | null;
  foil: number | null;
  rank: number | null;
}

/** Scores of one question over one grouping; arrays run over groups. */
export interface Picture {
  scores: Float64Array;
  shares: Float64Array;
  errors: Float64Array | null;
  bosShare: number;
  templateShare: number; // of the tokens that a chat template wrote, also while they are hidden
  max: number;
  scored: number; // groups that begin before `end` and are not hidden
  order: Int32Array; // the scored groups, strongest first
  rank: Int32Array; // 1 = strongest; 0 = not scored
}

type Coefficients = [direction: number, weight: number][];

export function targetOf(basis: Basis, target: number | null): number | null {
  return target ?? basis.defaultTarget;
}

/** The likeliest token that is not the target. */
export function foilOf(basis: Basis, target: number | null, foil: number | null): number | null {
  if (foil !== null) return foil;
  const chosen = targetOf(basis, target);
  return basis.predictions.find((p) => p.id !== chosen)?.id ?? basis.defaultFoil;
}

/** The scope's direction in the basis, or null while a direction it needs is not there. */
export function coefficients(basis: Basis, question: Question): Coefficients | null {
  const find = (kind: string, token: number | null) => basis.directions.get(directionKey(kind, token));
  const a = targetOf(basis, question.target);
  switch (question.scope) {
    case "semantic": {
      if (a === null) return null;
      const centred = find("log_probability", a);
      const mean = find("mean", null);
      if (centred !== undefined && mean !== undefined) {
        return [
          [centred, 1],
          [mean, 1],
        ];
      }
      const logit = find("logit", a);
      return logit === undefined ? null : [[logit, 1]];
    }
    case "log_probability": {
      const centred = a === null ? undefined : find("log_probability", a);
      return centred === undefined ? null : [[centred, 1]];
    }
    case "contrast": {
      const b = foilOf(basis, question.target, question.foil);
      if (a === null || b === null) return null;
      for (const kind of ["log_probability", "logit"]) {
        const of = find(kind, a);
        const against = find(kind, b);
        if (of !== undefined && against !== undefined) {
          return [
            [of, 1],
            [against, -1],
          ];
        }
      }
      return null;
    }
    case "temperature":
    case "entropy": {
      const only = find(question.scope, null);
      return only === undefined ? null : [[only, 1]];
    }
    case "fisher":
      return null;
  }
}

/** cᵀ G c from the packed lower triangle that begins at `offset`, in float64. */
function quadratic(gram: Float32Array, offset: number, c: Coefficients): number {
  let sum = 0;
  for (const [i, ci] of c) {
    for (const [j, cj] of c) {
      const at = i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i;
      sum += ci * cj * (gram[offset + at] as number);
    }
  }
  return Math.max(0, sum);
}

interface Contributions {
  parts: Float64Array; // [T] what adds up over groups: squares for linear scopes, traces for Fisher
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
  const stride = (basis.size * (basis.size + 1)) / 2;
  for (let t = 0; t < basis.end; t++) parts[t] = quadratic(basis.gram, t * stride, c);
  return { parts, bos: quadratic(basis.gramBos, 0, c), errors: null, root: true };
}

export function computePicture(
  basis: Basis,
  starts: readonly number[],
  question: Question,
  roles: readonly string[] | null = null,
  hideTemplate = false,
): Picture | null {
  const found = contributions(basis, question);
  if (!found) return null;
  const { parts, bos, root } = found;
  const n = starts.length;
  const scores = new Float64Array(n);
  const shares = new Float64Array(n);
  const errors = found.errors ? new Float64Array(n) : null;
  let total = bos;
  let max = 0;
  let template = 0;
  const seen: number[] = [];
  for (let g = 0; g < n; g++) {
    const start = starts[g] as number;
    const stop = Math.min(basis.end, starts[g + 1] ?? basis.length);
    let sum = 0;
    let error = 0;
    let shown = false;
    for (let t = start; t < stop; t++) {
      const part = parts[t] as number;
      total += part;
      if (isTemplate(roles, t)) {
        template += part;
        if (hideTemplate) continue;
      }
      shown = true;
      sum += part;
      error += found.errors?.[t] ?? 0;
    }
    if (shown) seen.push(g);
    shares[g] = sum;
    const score = root ? Math.sqrt(sum) : sum;
    scores[g] = score;
    if (score > max) max = score;
    if (errors) errors[g] = error;
  }
  if (total > 0) for (let g = 0; g < n; g++) shares[g] = (shares[g] as number) / total;
  const scored = seen.length;
  const order = Int32Array.from(seen);
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const rank = new Int32Array(n);
  for (let i = 0; i < scored; i++) {
    const here = order[i] as number;
    const above = order[i - 1];
    const tied = above !== undefined && scores[above] === scores[here];
    rank[here] = tied ? (rank[above] as number) : i + 1;
  }
  const part = (x: number) => (total > 0 ? x / total : 0);
  return {
    scores,
    shares,
    errors,
    bosShare: part(bos),
    templateShare: part(template),
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
    hideTemplate?: boolean,
  ): Picture | null;
}

const KEPT = 64;

/** Pictures already computed, forgotten together with their basis. */
export function createStore(): Store {
  const pictures = new WeakMap<Basis, Map<string, Picture | null>>();
  return {
    picture(basis, tokens, granularity, question, hideTemplate = false) {
      let known = pictures.get(basis);
      if (!known) {
        known = new Map();
        pictures.set(basis, known);
      }
      const key = JSON.stringify([
        question.scope,
        question.target,
        question.foil,
        question.rank,
        granularity,
        hideTemplate,
      ]);
      const hit = known.get(key);
      if (hit !== undefined) return hit;
      const picture = computePicture(basis, tokens.groups[granularity], question, tokens.roles, hideTemplate);
      if (known.size >= KEPT) known.clear();
      known.set(key, picture);
      return picture;
    },
  };
}
