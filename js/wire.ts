/** Decoders of what Python sends; a payload that does not add up becomes an error text, never a crash. */

export const GRANULARITIES = ["token", "word", "number", "sentence", "line", "regex"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export const SCOPES = [
  "semantic",
  "fisher",
  "temperature",
  "contrast",
  "log_probability",
  "entropy",
] as const;
export type Scope = (typeof SCOPES)[number];

export const SCALES = ["linear", "log", "rank", "share"] as const;
export type Scale = (typeof SCALES)[number];

export const PALETTES = ["blue", "purple", "green", "grey"] as const;
export type Palette = (typeof PALETTES)[number];

export const HIDEABLE = ["template", "delimiters"] as const;
export type Hideable = (typeof HIDEABLE)[number];

export const PANELS = ["compare", "check", "map", "series", "examples", "help", "save"] as const;
/** Colours are hidden until the reader has marked what they think matters; then shown with the marks. */
export const GUESSES = ["hidden", "revealed"] as const;

export type PanelName = (typeof PANELS)[number];

export interface Wish {
  text: string;
  scope: Scope;
  target: number | null;
  foil: number | null;
  position: number | null;
  rank: number | null;
  granularity: Granularity;
  pattern: string;
  query: string;
  scale: Scale;
  threshold: number; // a place on the colour bar, 0 to below 1
  vmax: number | null; // the score that gets full ink
  palette: Palette;
  bars: boolean;
  signed: boolean;
  hide: readonly Hideable[];
  panel: PanelName | null;
  guess: (typeof GUESSES)[number] | null;
}

export interface Tokens {
  text: string;
  ids: number[];
  pieces: string[];
  labels: string[];
  groups: Record<Granularity, number[]>; // those of "regex" are tokens while there is no pattern
  pattern: string; // that "regex" answers
  bos: string[];
  roles: string[] | null; // [T] in a chat; "template" is what its chat template wrote
  generated: number | null; // the first token that the model wrote
}

export interface Prediction {
  id: number;
  label: string;
  piece: string;
  p: number;
  logit: number;
}

export interface Fisher {
  spectrum: Float32Array; // [T * r]
  spectrumBos: Float32Array; // [r]
  remainder: Float32Array; // [T]
  remainderBos: number;
  standardError: Float32Array; // [T]
  rank: number;
  dimension: number;
  captured: Float32Array; // [r], share of the trace of F in the top 1..r
  exact: boolean;
  directions: number; // VJPs taken for it
  rtol: number; // standard error as a share of the score, of the upper half of the tokens at most
}

export interface Basis {
  text: string;
  position: number | null;
  length: number; // T
  end: number;
  directions: Map<string, number>; // "logit:7042" -> row of the Gram matrix
  size: number; // m
  gram: Float32Array; // [T * m(m+1)/2]
  gramBos: Float32Array; // [m(m+1)/2]
  signed: Float32Array; // [T * m], gradient × input of each direction
  fisher: Fisher | null;
  predictions: Prediction[];
  defaultTarget: number | null;
  defaultFoil: number | null;
  actual: number | null;
  model: string;
  nVjps: number;
  seconds: number;
  degenerate: boolean;
  complete: boolean;
}

/** "saved" is a page that was exported: nobody computes. */
export const STATES = ["empty", "computing", "ready", "cancelled", "error", "saved"] as const;
export interface Status {
  state: (typeof STATES)[number] | "idle";
  done: number;
  total: number;
  seconds: number; // left, by estimate; 0 where none is made
  bytes: number; // that the whole computation takes, by estimate
  message: string;
  detail: string;
}

export interface Matches {
  query: string;
  items: Prediction[];
}

/** `null` is "nothing sent yet". */
export type Decoded<T> = { ok: true; value: T | null } | { ok: false; error: string };

export type Dict = Record<string, unknown>;

class Misfit extends Error {}

function fail(what: string): never {
  throw new Misfit(what);
}

export function isDict(raw: unknown): raw is Dict {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

const isText = (value: unknown): value is string => typeof value === "string";

const isWhole = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

const reader =
  <T>(is: (value: unknown) => unknown, what: string) =>
  (raw: Dict, key: string): T =>
    is(raw[key]) ? (raw[key] as T) : fail(`"${key}" is not ${what}`);

const str = reader<string>(isText, "a text");
const num = reader<number>(Number.isFinite, "a finite number");
const whole = reader<number>(isWhole, "a whole number");
const list = reader<unknown[]>(Array.isArray, "a list");

function wholeOrNull(raw: Dict, key: string): number | null {
  return (raw[key] ?? null) === null ? null : whole(raw, key);
}

function listOf<T>(raw: Dict, key: string, is: (value: unknown) => boolean, what: string): T[] {
  const values = list(raw, key);
  return values.every(is) ? (values as T[]) : fail(`"${key}" holds something other than ${what}`);
}

const strings = (raw: Dict, key: string) => listOf<string>(raw, key, isText, "text");

const wholes = (raw: Dict, key: string) => listOf<number>(raw, key, isWhole, "whole numbers");

/** The bytes of whatever the comm hands over; its views start at arbitrary byte offsets. */
function octets(raw: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(raw)) return new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  return raw instanceof ArrayBuffer ? new Uint8Array(raw) : null;
}

/** Little-endian float32. */
export function floats(raw: unknown): Float32Array | null {
  const bytes = octets(raw);
  return bytes && bytes.length % 4 === 0 ? new Float32Array(bytes.slice().buffer) : null;
}

/** `length` records of runs of `sizes` numbers, the `k`-th of run `i` in steps of `step(i, k)`: see `_packing.py`. */
function packed(
  raw: Dict,
  key: string,
  length: number,
  sizes: number[],
  step: (i: number, k: number) => number,
): Float32Array {
  const bytes = octets(raw[key]) ?? fail(`"${key}" is not binary data`);
  const columns = sizes.reduce((a, b) => a + b, 0);
  if (columns > 0 && bytes.length < length) fail(`"${key}" ends early`);
  const out = new Float32Array(length * columns);
  let bit = 0;
  const take = (width: number) => {
    let value = 0;
    while (width > 0) {
      const left = 8 - (bit & 7);
      const some = Math.min(width, left);
      value = value * 2 ** some + (((bytes[bit >> 3] ?? 0) >> (left - some)) & (2 ** some - 1));
      bit += some;
      width -= some;
    }
    return value;
  };
  for (let at = 0; at < out.length; bit = (bit + 7) & ~7) {
    for (const [i, size] of sizes.entries()) {
      const width = take(5);
      const half = 2 ** (width - 1);
      for (let k = 0; k < size; k++) {
        const value = take(width);
        out[at++] = (value < half ? value : value - 2 * half) * step(i, k);
      }
    }
  }
  if (bit !== 8 * bytes.length) fail(`"${key}" holds ${bytes.length} bytes, ${bit / 8} were expected`);
  return out;
}

function stepsOf(raw: Dict, key: string, count: number): number[] {
  const values = list(raw, key) as number[];
  return values.length === count && values.every((v) => Number.isFinite(v) && v > 0)
    ? values
    : fail(`"${key}" is not one step per direction`);
}

/** G = L Lᵀ of each token, as packed lower triangles. */
function grams(factors: Float32Array, size: number): Float32Array {
  const out = new Float32Array(factors.length);
  const stride = (size * (size + 1)) / 2;
  for (let begin = 0, at = 0; begin < factors.length; begin += stride) {
    for (let i = 0, a = begin; i < size; a += ++i) {
      for (let j = 0, b = begin; j <= i; b += ++j) {
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += (factors[a + k] as number) * (factors[b + k] as number);
        out[at++] = sum;
      }
    }
  }
  return out;
}

function float32(raw: Dict, key: string, length: number): Float32Array {
  const values = floats(raw[key]);
  if (!values) fail(`"${key}" is not float32 data`);
  if (values.length !== length) {
    fail(`"${key}" holds ${values.length} numbers, ${length} were expected`);
  }
  return values.every(Number.isFinite) ? values : fail(`"${key}" holds a number that is not finite`);
}

function starts(raw: Dict, key: Granularity, length: number): number[] {
  const values = wholes(raw, key);
  if (length > 0 && values.length === 0) fail(`the groups "${key}" are missing`);
  return values.every((value, i) => value < length && (i ? value > (values[i - 1] as number) : value === 0))
    ? values
    : fail(`the groups "${key}" are out of order`);
}

function decoded<T>(name: string, raw: unknown, decode: (raw: Dict) => T): Decoded<T> {
  if (raw === null || raw === undefined) return { ok: true, value: null };
  if (!isDict(raw)) return { ok: false, error: `${name} is not a dictionary` };
  if (Object.keys(raw).length === 0) return { ok: true, value: null };
  try {
    return { ok: true, value: decode(raw) };
  } catch (error) {
    if (error instanceof Misfit) return { ok: false, error: `${name}: ${error.message}` };
    throw error;
  }
}

/** Runs of tokens, as `[role, first token]`, to one role per token. */
function decodeRoles(raw: Dict, length: number): string[] | null {
  if ((raw.roles ?? null) === null) return null;
  const roles: string[] = [];
  const runs = list(raw, "roles");
  for (const [i, run] of runs.entries()) {
    const [role, start] = Array.isArray(run) ? run : [];
    const next = runs[i + 1];
    const end = next === undefined ? length : Array.isArray(next) ? next[1] : null;
    if (typeof role !== "string" || start !== roles.length || !Number.isInteger(end) || end <= start)
      fail(`the runs of "roles" are out of order`);
    while (roles.length < end) roles.push(role);
  }
  return roles.length === length ? roles : fail(`"roles" are not those of ${length} tokens`);
}

export function decodeTokens(raw: unknown): Decoded<Tokens> {
  return decoded("tokens", raw, (raw) => {
    const ids = wholes(raw, "ids");
    const pieces = strings(raw, "pieces");
    const labels = strings(raw, "labels");
    if (pieces.length !== ids.length || labels.length !== ids.length) {
      fail(`${ids.length} ids, ${pieces.length} pieces and ${labels.length} labels`);
    }
    const groups = raw.groups;
    if (!isDict(groups)) fail(`"groups" is not a dictionary`);
    return {
      text: str(raw, "text"),
      ids,
      pieces,
      labels,
      groups: Object.fromEntries(
        GRANULARITIES.map((name) => [
          name,
          starts(groups, name === "regex" && groups.regex === undefined ? "token" : name, ids.length),
        ]),
      ) as Tokens["groups"],
      pattern: asText(raw.pattern),
      bos: strings(raw, "bos"),
      roles: decodeRoles(raw, ids.length),
      generated: wholeOrNull(raw, "generated"),
    };
  });
}

function prediction(raw: unknown): Prediction {
  if (!isDict(raw)) fail("a prediction is not a dictionary");
  return {
    id: whole(raw, "id"),
    label: str(raw, "label"),
    piece: str(raw, "piece"),
    p: num(raw, "p"),
    logit: num(raw, "logit"),
  };
}

function direction(raw: unknown): string {
  if (!Array.isArray(raw) || typeof raw[0] !== "string") fail("a direction has no name");
  return directionKey(raw[0], raw[1] as number | null);
}

export function directionKey(kind: string, token: number | null): string {
  return token === null || token === undefined ? kind : `${kind}:${token}`;
}

function decodeFisher(raw: unknown, length: number): Fisher | null {
  if ((raw ?? null) === null) return null;
  if (!isDict(raw)) fail(`"fisher" is not a dictionary`);
  const rank = whole(raw, "rank");
  const [step] = stepsOf({ step: [raw.step] }, "step", 1) as [number];
  const rows = (key: string, columns: number) => packed(raw, key, length, [columns], () => step);
  return {
    rank,
    spectrum: rows("spectrum", rank),
    spectrumBos: float32(raw, "spectrum_bos", rank),
    remainder: rows("remainder", 1),
    remainderBos: num(raw, "remainder_bos"),
    standardError: rows("standard_error", 1),
    dimension: whole(raw, "dimension"),
    captured: float32(raw, "captured", rank),
    exact: raw.exact === true,
    directions: wholeOrNull(raw, "n_directions") ?? 0,
    rtol: raw.rtol === undefined ? 0 : num(raw, "rtol"),
  };
}

export function decodeBasis(raw: unknown): Decoded<Basis> {
  return decoded("basis", raw, (raw) => {
    const names = list(raw, "directions").map(direction);
    const size = names.length;
    const length = whole(raw, "length");
    const rows = names.map((_, i) => i + 1);
    const norms = stepsOf(raw, "gram_steps", size);
    const products = stepsOf(raw, "signed_steps", size);
    const gram = (key: string, count: number) =>
      grams(
        packed(raw, key, count, rows, (i) => norms[i] as number),
        size,
      );
    const end = whole(raw, "end");
    if (end > length) fail(`"end" is ${end}, beyond the ${length} tokens`);
    return {
      text: str(raw, "text"),
      position: wholeOrNull(raw, "position"),
      length,
      end,
      directions: new Map(names.map((name, i) => [name, i])),
      size,
      gram: gram("gram", length),
      gramBos: gram("gram_bos", 1),
      signed: packed(raw, "signed", length, [size], (_, k) => products[k] as number),
      fisher: decodeFisher(raw.fisher, length),
      predictions: list(raw, "predictions").map(prediction),
      defaultTarget: wholeOrNull(raw, "default_target"),
      defaultFoil: wholeOrNull(raw, "default_foil"),
      actual: wholeOrNull(raw, "actual"),
      model: str(raw, "model"),
      nVjps: whole(raw, "n_vjps"),
      seconds: num(raw, "seconds"),
      degenerate: raw.degenerate === true,
      complete: raw.complete === true,
    };
  });
}

export function decodeMatches(raw: unknown): Decoded<Matches> {
  return decoded("matches", raw, (raw) => ({
    query: str(raw, "query"),
    items: list(raw, "items").map(prediction),
  }));
}

/** What a saved page holds besides the basis: the text and the position of each result. */
export interface Place {
  text: string;
  position: number | null;
}

/** Never fails: what cannot be read cannot be opened either. */
export function decodePlaces(raw: unknown): Place[] {
  return Array.isArray(raw) ? raw.filter(isDict).map((one) => one as unknown as Place) : [];
}

/** Never fails: what is no index is left out. */
export function decodeIndices(raw: unknown): number[] {
  return Array.isArray(raw) ? raw.filter(isWhole) : [];
}

const asText = (value: unknown): string => (isText(value) ? value : "");

/** Never fails: a status that cannot be read must not hide the picture. */
export function decodeStatus(raw: unknown): Status {
  const dict = isDict(raw) ? raw : {};
  const state = STATES.find((s) => s === dict.state) ?? "idle";
  const count = (key: string) => (Number.isFinite(dict[key]) ? Number(dict[key]) : 0);
  const text = (key: string) => asText(dict[key]);
  return {
    state,
    done: count("done"),
    total: count("total"),
    seconds: count("seconds"),
    bytes: count("bytes"),
    message: text("message"),
    detail: text("detail"),
  };
}

/** Never fails either: an unknown word falls back to the default. */
export function decodeWish(get: (name: string) => unknown): Wish {
  const idOrNull = (name: string) => {
    const value = get(name);
    return Number.isInteger(value) ? (value as number) : null;
  };
  const text = (name: string) => asText(get(name));
  const positive = (name: string) => {
    const value = get(name);
    return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : null;
  };
  const one = <T>(name: string, all: readonly T[]) => all.find((value) => value === get(name));
  const hide = get("hide");
  return {
    text: text("text"),
    scope: one("scope", SCOPES) ?? "semantic",
    target: idOrNull("target"),
    foil: idOrNull("foil"),
    position: idOrNull("position"),
    rank: idOrNull("rank"),
    granularity: one("granularity", GRANULARITIES) ?? "token",
    pattern: text("pattern"),
    query: text("query"),
    scale: one("scale", SCALES) ?? "linear",
    threshold: Math.min(positive("threshold") ?? 0, 0.999),
    vmax: positive("vmax"),
    palette: one("palette", PALETTES) ?? "blue",
    bars: get("bars") !== false,
    signed: get("signed") === true,
    hide: Array.isArray(hide) ? HIDEABLE.filter((name) => hide.includes(name)) : [],
    panel: one("panel", PANELS) ?? null,
    guess: one("guess", GUESSES) ?? null,
  };
}
