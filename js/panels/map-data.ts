/** The map as Python sends it: rows of scores, and what one cell or one row says. */
import { type Decoded, SCOPES, type Scope, type Tokens } from "../wire";

const MAP_STATES = ["waiting", "computing", "stopped", "done", "too long"] as const;

export interface TokenMap {
  text: string;
  scope: Scope;
  unit: string;
  state: (typeof MAP_STATES)[number];
  seconds: number; // that the rest takes, by estimate
  n: number; // T
  rows: number; // computed so far, from the first
  scores: Float32Array; // [rows(rows − 1)/2], the lower triangle row by row
  bos: Float32Array; // [rows]
  rowMax: Float32Array; // [rows]
  rowTotal: Float64Array; // [rows], the sum of squares with BOS: what shares are shares of
  max: number;
}

/** Where row `q` begins in the triangle; it holds the tokens 0 to `q` − 1. */
export function rowStart(q: number): number {
  return (q * (q - 1)) / 2;
}

export function scoreOf(map: TokenMap, q: number, t: number): number {
  return t < q ? (map.scores[rowStart(q) + t] as number) : 0;
}

/** The part of what moved token `q` that BOS holds. */
export function bosShare(map: TokenMap, q: number): number {
  const total = map.rowTotal[q] as number;
  return total > 0 ? (map.bos[q] as number) ** 2 / total : 0;
}

/** 1 = the strongest of the row. */
export function rankInRow(map: TokenMap, q: number, t: number): number {
  const own = scoreOf(map, q, t);
  const start = rowStart(q);
  let rank = 1;
  for (let i = 0; i < q; i++) if ((map.scores[start + i] as number) > own) rank++;
  return rank;
}

/** The `count` tokens that moved token `q` most, strongest first. */
export function strongest(
  map: TokenMap,
  q: number,
  count: number,
  hidden?: (t: number) => boolean,
): number[] {
  const start = rowStart(q);
  const found: number[] = [];
  for (let t = 0; t < q; t++) {
    const score = map.scores[start + t] as number;
    if (!(score > 0) || hidden?.(t)) continue;
    let at = found.length;
    while (at > 0 && score > (map.scores[start + (found[at - 1] as number)] as number)) at--;
    if (at >= count) continue;
    found.splice(at, 0, t);
    if (found.length > count) found.pop();
  }
  return found;
}

/** The tokens of the answer: those the model wrote, or else what the assistant says. */
export function answerTokens(tokens: Tokens): number[] {
  const every = tokens.ids.map((_, t) => t);
  if (tokens.generated !== null) {
    const first = tokens.generated;
    return every.filter((t) => t >= first);
  }
  return every.filter((t) => tokens.roles?.[t] === "assistant");
}

/** Halves that are not negative, times a scale. A float16's bits, moved up, are those of its value over 2¹¹². */
function halves(raw: unknown, scale: number): Float32Array | null {
  const view = ArrayBuffer.isView(raw) ? raw : raw instanceof ArrayBuffer ? new Uint8Array(raw) : null;
  if (!view || view.byteLength % 2 !== 0) return null;
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const bits = new Uint16Array(bytes);
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i] as number;
    if (half >= 0x7c00) return null; // infinite, not a number, or negative
    words[i] = half << 13;
  }
  const values = new Float32Array(words.buffer);
  const unit = scale * 2 ** 112;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * unit;
  return values;
}

function refused(what: string): Decoded<never> {
  return { ok: false, error: `map: ${what}` };
}

export function decodeMap(raw: unknown): Decoded<TokenMap> {
  if (typeof raw !== "object" || raw === null) return { ok: true, value: null };
  const dict = raw as Record<string, unknown>;
  if (typeof dict.error === "string") return { ok: false, error: dict.error };
  if (Object.keys(dict).length === 0) return { ok: true, value: null };
  const { text, scale } = dict;
  const [n, rows] = [Number(dict.n), Number(dict.rows)];
  const state = MAP_STATES.find((name) => name === dict.state);
  const scope = SCOPES.find((name) => name === dict.scope);
  if (typeof text !== "string" || !state || !scope) return refused("it has no text, state or scope");
  if (!Number.isInteger(n) || !Number.isInteger(rows) || rows < 0 || rows > n) {
    return refused(`it has ${rows} rows of ${n}`);
  }
  if (typeof scale !== "number" || !(scale > 0) || !Number.isFinite(scale)) return refused("it has no scale");
  const scores = halves(dict.scores, scale);
  const bos = halves(dict.bos, scale);
  if (!scores || !bos) return refused("its scores are not float16 data");
  if (scores.length !== (rows * (rows - 1)) / 2 || bos.length !== rows) {
    return refused(`${scores.length} scores and ${bos.length} of BOS do not make ${rows} rows`);
  }
  const rowMax = new Float32Array(rows);
  const rowTotal = new Float64Array(rows);
  let max = 0;
  for (let q = 0, at = 0; q < rows; q++) {
    let top = 0;
    let total = (bos[q] as number) ** 2;
    for (let t = 0; t < q; t++, at++) {
      const score = scores[at] as number;
      total += score * score;
      if (score > top) top = score;
    }
    rowMax[q] = top;
    rowTotal[q] = total;
    if (top > max) max = top;
  }
  const value: TokenMap = {
    text,
    scope,
    unit: typeof dict.unit === "string" ? dict.unit : "",
    state,
    seconds: typeof dict.seconds === "number" ? dict.seconds : 0,
    n,
    rows,
    scores,
    bos,
    rowMax,
    rowTotal,
    max,
  };
  return { ok: true, value };
}
