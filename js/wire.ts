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

export const PANELS = ["compare", "map", "series", "examples", "help", "save"] as const;
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
  entropy: number;
  beta: number;
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

function str(raw: Dict, key: string): string {
  const value = raw[key];
  return typeof value === "string" ? value : fail(`"${key}" is not a text`);
}

function num(raw: Dict, key: string): number {
  const value = raw[key];
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : fail(`"${key}" is not a finite number`);
}

function whole(raw: Dict, key: string): number {
  const value = num(raw, key);
  return Number.isInteger(value) && value >= 0 ? value : fail(`"${key}" is not a whole number`);
}

function wholeOrNull(raw: Dict, key: string): number | null {
  return raw[key] === null || raw[key] === undefined ? null : whole(raw, key);
}

function list(raw: Dict, key: string): unknown[] {
  const value = raw[key];
  return Array.isArray(value) ? value : fail(`"${key}" is not a list`);
}

function strings(raw: Dict, key: string): string[] {
  const values = list(raw, key);
  return values.every((v) => typeof v === "string")
    ? (values as string[])
    : fail(`"${key}" holds something other than text`);
}

function wholes(raw: Dict, key: string): number[] {
  const values = list(raw, key);
  return values.every((v) => Number.isInteger(v) && (v as number) >= 0)
    ? (values as number[])
    : fail(`"${key}" holds something other than whole numbers`);
}

/** Little-endian float32 from whatever the comm hands over; its views start at arbitrary byte offsets. */
export function floats(raw: unknown): Float32Array | null {
  let buffer: ArrayBufferLike;
  let offset = 0;
  let bytes: number;
  if (ArrayBuffer.isView(raw)) {
    buffer = raw.buffer;
    offset = raw.byteOffset;
    bytes = raw.byteLength;
  } else if (raw instanceof ArrayBuffer) {
    buffer = raw;
    bytes = raw.byteLength;
  } else {
    return null;
  }
  if (bytes % 4 !== 0) return null;
  if (offset % 4 !== 0) return new Float32Array(buffer.slice(offset, offset + bytes));
  return new Float32Array(buffer, offset, bytes / 4);
}

function float32(raw: Dict, key: string, length?: number): Float32Array {
  const values = floats(raw[key]);
  if (!values) fail(`"${key}" is not float32 data`);
  if (length !== undefined && values.length !== length) {
    fail(`"${key}" holds ${values.length} numbers, ${length} were expected`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) fail(`"${key}" holds a number that is not finite`);
  }
  return values;
}

function starts(raw: Dict, key: Granularity, length: number): number[] {
  const values = wholes(raw, key);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const floor = i === 0 ? 0 : (values[i - 1] as number) + 1;
    if (value < floor || value >= length || (i === 0 && value !== 0))
      fail(`the groups "${key}" are out of order`);
  }
  if (length > 0 && values.length === 0) fail(`the groups "${key}" are missing`);
  return values;
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
  if (raw.roles === null || raw.roles === undefined) return null;
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
      groups: {
        token: starts(groups, "token", ids.length),
        word: starts(groups, "word", ids.length),
        number: starts(groups, "number", ids.length),
        sentence: starts(groups, "sentence", ids.length),
        line: starts(groups, "line", ids.length),
        regex: starts(groups, groups.regex === undefined ? "token" : "regex", ids.length),
      },
      pattern: typeof raw.pattern === "string" ? raw.pattern : "",
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
  if (raw === null || raw === undefined) return null;
  if (!isDict(raw)) fail(`"fisher" is not a dictionary`);
  const rank = whole(raw, "rank");
  return {
    rank,
    spectrum: float32(raw, "spectrum", length * rank),
    spectrumBos: float32(raw, "spectrum_bos", rank),
    remainder: float32(raw, "remainder", length),
    remainderBos: num(raw, "remainder_bos"),
    standardError: float32(raw, "standard_error", length),
    dimension: whole(raw, "dimension"),
    captured: float32(raw, "captured", rank),
    exact: raw.exact === true,
    directions: raw.n_directions === undefined ? 0 : whole(raw, "n_directions"),
    rtol: raw.rtol === undefined ? 0 : num(raw, "rtol"),
  };
}

export function decodeBasis(raw: unknown): Decoded<Basis> {
  return decoded("basis", raw, (raw) => {
    const names = list(raw, "directions").map(direction);
    const size = names.length;
    const stride = (size * (size + 1)) / 2;
    const gram = float32(raw, "gram");
    const fisher = raw.fisher;
    const length =
      stride > 0 ? gram.length / stride : isDict(fisher) ? float32(fisher, "standard_error").length : 0;
    if (!Number.isInteger(length))
      fail(`"gram" holds ${gram.length} numbers, which ${stride} per token do not divide`);
    const end = whole(raw, "end");
    if (end > length) fail(`"end" is ${end}, beyond the ${length} tokens`);
    return {
      text: str(raw, "text"),
      position: wholeOrNull(raw, "position"),
      length,
      end,
      directions: new Map(names.map((name, i) => [name, i])),
      size,
      gram,
      gramBos: float32(raw, "gram_bos", stride),
      signed: float32(raw, "signed", length * size),
      fisher: decodeFisher(fisher, length),
      predictions: list(raw, "predictions").map(prediction),
      defaultTarget: wholeOrNull(raw, "default_target"),
      defaultFoil: wholeOrNull(raw, "default_foil"),
      actual: wholeOrNull(raw, "actual"),
      entropy: num(raw, "entropy"),
      beta: num(raw, "beta"),
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

/** Never fails: a status that cannot be read must not hide the picture. */
export function decodeStatus(raw: unknown): Status {
  const dict = isDict(raw) ? raw : {};
  const state = STATES.find((s) => s === dict.state) ?? "idle";
  const count = (key: string) => (Number.isFinite(dict[key]) ? Number(dict[key]) : 0);
  const text = (key: string) => (typeof dict[key] === "string" ? (dict[key] as string) : "");
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
  const text = (name: string) => {
    const value = get(name);
    return typeof value === "string" ? value : "";
  };
  const positive = (name: string) => {
    const value = get(name);
    return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : null;
  };
  const hide = get("hide");
  return {
    text: text("text"),
    scope: SCOPES.find((s) => s === get("scope")) ?? "semantic",
    target: idOrNull("target"),
    foil: idOrNull("foil"),
    position: idOrNull("position"),
    rank: idOrNull("rank"),
    granularity: GRANULARITIES.find((g) => g === get("granularity")) ?? "token",
    pattern: text("pattern"),
    query: text("query"),
    scale: SCALES.find((s) => s === get("scale")) ?? "linear",
    threshold: Math.min(positive("threshold") ?? 0, 0.999),
    vmax: positive("vmax"),
    palette: PALETTES.find((p) => p === get("palette")) ?? "blue",
    bars: get("bars") !== false,
    signed: get("signed") === true,
    hide: Array.isArray(hide) ? HIDEABLE.filter((name) => hide.includes(name)) : [],
    panel: PANELS.find((p) => p === get("panel")) ?? null,
  };
}
