/** A stand-in for the kernel: a model with traits, and payloads built from explicit gradient vectors. */
import { listener } from "../../js/dom";
import { shieldKeys } from "../../js/keys";
import type { PanelContext } from "../../js/panels/panel";
import { derive, type Held, type Inputs, type Scene } from "../../js/scene";
import { createStore } from "../../js/store";
import { INITIAL, reduce } from "../../js/view-state";
import {
  decodeBasis,
  decodeMatches,
  decodePlaces,
  decodeStatus,
  decodeTokens,
  decodeWish,
} from "../../js/wire";

type Callback = () => void;

export class FakeModel {
  traits: Record<string, unknown>;
  listeners = new Map<string, Set<Callback>>();
  saved: Record<string, unknown>[] = [];
  #dirty: Record<string, unknown> = {};
  widget_manager: unknown;

  constructor(traits: Record<string, unknown>) {
    this.traits = { ...WISH, ...traits };
  }
  get(name: string): unknown {
    return this.traits[name];
  }
  set(name: string, value: unknown): void {
    if (this.traits[name] === value) return;
    this.traits[name] = value;
    this.#dirty[name] = value;
    this.emit(name);
  }
  save_changes(): void {
    this.saved.push(this.#dirty);
    this.#dirty = {};
  }
  on(name: string, callback: Callback): void {
    if (!this.listeners.has(name)) this.listeners.set(name, new Set());
    this.listeners.get(name)?.add(callback);
  }
  off(name: string, callback: Callback): void {
    this.listeners.get(name)?.delete(callback);
  }
  emit(name: string): void {
    for (const callback of [...(this.listeners.get(`change:${name}`) ?? [])]) callback();
  }
  /** What Python sends: values arrive together, as one message. */
  receive(values: Record<string, unknown>): void {
    Object.assign(this.traits, values);
    for (const name of Object.keys(values)) this.emit(name);
  }
  get listening(): number {
    return [...this.listeners.values()].reduce((n, set) => n + set.size, 0);
  }
}

const WISH = {
  text: "",
  scope: "semantic",
  target: null,
  foil: null,
  position: null,
  rank: null,
  granularity: "token",
  pattern: "",
  query: "",
  scale: "linear",
  threshold: 0,
  vmax: null,
  palette: "blue",
  bars: true,
  signed: false,
  hide: [],
  panel: "",
  panel_run: false,
  pinned: {},
  panels: "",
  map: {},
  series: {},
  check: {},
  ablation: "zero",
  ablated: [],
  cancelled: 0,
  retries: 0,
  tokens: {},
  basis: {},
  matches: {},
  status: { state: "empty", done: 0, total: 0, message: "", detail: "" },
};

export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function labelFor(piece: string): string {
  return piece.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥");
}

const STEP = 2 ** -20;

/** L with L Lᵀ = G, in steps; a pivot that is only rounding counts as zero. */
function cholesky(gram: Float32Array, m: number): number[] {
  const L = Array.from(gram, () => 0);
  const at = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  const rest = (i: number, j: number) => {
    let sum = gram[at(i, j)] as number;
    for (let k = 0; k < j; k++) sum -= (L[at(i, k)] as number) * (L[at(j, k)] as number);
    return sum;
  };
  for (let j = 0; j < m; j++) {
    const left = rest(j, j);
    const root = left > 1e-6 * (gram[at(j, j)] as number) ? Math.sqrt(left) : 0;
    L[at(j, j)] = root;
    if (root > 0) for (let i = j + 1; i < m; i++) L[at(i, j)] = rest(i, j) / root;
  }
  return L.map((x) => x / STEP);
}

/** What `pack_runs` of `_packing.py` writes. */
export function records(table: number[][], runs: number[]): DataView {
  const bytes: number[] = [];
  for (const row of runs.length > 0 ? table : []) {
    let bits = "";
    let begin = 0;
    const put = (value: number, width: number) => {
      if (width > 0) bits += (value < 0 ? 2 ** width + value : value).toString(2).padStart(width, "0");
    };
    for (const size of runs) {
      const run = row.slice(begin, begin + size).map(Math.round);
      const width = run.some((x) => x !== 0)
        ? 1 + Math.max(...run.map((x) => (x < 0 ? -x - 1 : x).toString(2).replace(/^0$/, "").length))
        : 0;
      put(width, 5);
      for (const x of run) put(x, width);
      begin += size;
    }
    for (let i = 0; i < bits.length; i += 8)
      bytes.push(Number.parseInt(bits.slice(i, i + 8).padEnd(8, "0"), 2));
  }
  return new DataView(Uint8Array.from(bytes).buffer);
}

export interface Sketch {
  tokens: Record<string, unknown> & {
    text: string;
    ids: number[];
    pieces: string[];
    groups: Record<string, number[]>;
  };
  basis: Record<string, unknown>;
  /** g[t][i]: the gradient of direction i at token t; the last entry is BOS. */
  gradients: Float64Array[][];
  directions: [string, number | null][];
  spectrum: number[][];
}

const EXPECTED = [
  " big",
  " food",
  " huge",
  " great",
  " Korean",
  " vegetarian",
  " good",
  " lover",
  " very",
  " fan",
  " huge",
  " student",
  " doctor",
  " little",
];

export function tokensOf(pieces: string[], bos: string[] = ["<|im_start|>"]): Sketch["tokens"] {
  const token = pieces.map((_, i) => i);
  const word = token.filter(
    (i) => i === 0 || /^\s/.test(pieces[i] as string) || /\n$/.test(pieces[i - 1] as string),
  );
  const line = token.filter((i) => i === 0 || /\n$/.test(pieces[i - 1] as string));
  const ids = pieces.map((piece) =>
    [...piece].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) as number)) % 49000, 7),
  );
  return {
    text: pieces.join(""),
    ids,
    pieces,
    labels: pieces.map(labelFor),
    groups: { token, word, number: token, sentence: line, line },
    bos,
  };
}

export interface Options {
  position?: number | null;
  seed?: number;
  width?: number;
  rank?: number;
  exact?: boolean;
  degenerate?: boolean;
  complete?: boolean;
  only?: string[];
  bos?: string[];
}

/** A realistic result: a few tokens hold most of the influence. */
export function sketch(pieces: string[], options: Options = {}): Sketch {
  const { seed = 1, width = 12, rank = 8, exact = false } = options;
  const tokens = tokensOf(pieces, options.bos);
  const position = options.position === undefined ? null : options.position;
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const end = position === null ? pieces.length : position;
  const actual = position === null ? null : (tokens.ids[position] as number);

  const predictions = [...new Set(EXPECTED)].map((piece, i) => ({
    id: 100 + i,
    label: labelFor(piece),
    piece,
    p: 0.231 * 0.72 ** i,
    logit: 14 - i / 2,
  }));
  if (actual !== null) {
    const piece = pieces[position as number] as string;
    predictions.push({ id: actual, label: labelFor(piece), piece, p: 0.0013, logit: 3.1 });
  }
  let directions: [string, number | null][] = [
    ...predictions.map((p): [string, number | null] => ["log_probability", p.id]),
    ["mean", null],
    ["temperature", null],
    ["entropy", null],
  ];
  const only = options.only;
  if (only) directions = directions.filter(([kind]) => only.includes(kind));

  const m = directions.length;
  const stride = (m * (m + 1)) / 2;
  const gradients: Float64Array[][] = [];
  for (let t = 0; t <= pieces.length; t++) {
    const strength =
      Math.exp(0.7 * normal()) * (t === pieces.length ? 1.5 : 0.4 + (0.6 * t) / pieces.length) * 2;
    const own = Array.from({ length: width }, normal);
    gradients.push(
      directions.map((_, i) =>
        Float64Array.from(own, (x) =>
          t < end || t === pieces.length ? strength * (0.6 * x + 0.8 * normal()) * (1 - 0.02 * i) : 0,
        ),
      ),
    );
  }
  const pack = (rows: Float64Array[]) => {
    const packed = new Float32Array(stride);
    let at = 0;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < width; k++) dot += (rows[i]?.[k] ?? 0) * (rows[j]?.[k] ?? 0);
        packed[at++] = dot;
      }
    }
    return packed;
  };
  const factors = gradients.map((rows) => cholesky(pack(rows), m));

  const draw = random(seed + 1000);
  const signed = new Float32Array(pieces.length * m);
  for (let t = 0; t < pieces.length; t++) {
    const x = Array.from({ length: width }, () => draw() - 0.5);
    for (let i = 0; i < m; i++)
      signed[t * m + i] = x.reduce((sum, xk, k) => sum + xk * (gradients[t]?.[i]?.[k] ?? 0), 0);
  }

  const spectrum = gradients.map((rows, t) =>
    Array.from({ length: rank }, (_, i) =>
      t < end || t === pieces.length ? ((rows[0]?.[i % width] ?? next()) ** 2 * 0.8 ** i) / 8 : 0,
    ),
  );
  const remainder = spectrum.map((row) => (exact ? 0 : row.reduce((a, b) => a + b, 0) * 0.3));
  const bytes = (values: ArrayLike<number>) => new DataView(Float32Array.from(values).buffer);
  const perToken = (columns: number, values: number[][]) =>
    records(
      values.slice(0, pieces.length).map((row) => row.map((x) => x / STEP)),
      [columns],
    );
  const T = pieces.length;
  const rows = directions.map((_, i) => i + 1);
  const fisher = {
    spectrum: perToken(rank, spectrum),
    spectrum_bos: bytes(spectrum[T] as number[]),
    remainder: perToken(
      1,
      remainder.map((x) => [x]),
    ),
    remainder_bos: remainder[T],
    standard_error: perToken(
      1,
      remainder.map((x) => [x * 0.12]),
    ),
    step: STEP,
    rank,
    dimension: 576,
    captured: bytes(
      Array.from({ length: rank }, (_, i) => (0.57 * (1 - 0.6 ** (i + 1))) / (1 - 0.6 ** rank)),
    ),
    exact,
    n_directions: 40,
    rtol: 0.042,
  };
  const basis = {
    text: tokens.text,
    position,
    end,
    directions,
    length: T,
    gram: records(factors.slice(0, T), rows),
    gram_bos: records(factors.slice(T), rows),
    gram_steps: directions.map(() => STEP),
    signed: perToken(
      m,
      pieces.map((_, t) => [...signed.slice(t * m, (t + 1) * m)]),
    ),
    signed_steps: directions.map(() => STEP),
    fisher: only && !only.includes("fisher") ? null : fisher,
    predictions,
    default_target: actual ?? predictions[0]?.id,
    default_foil: actual === null ? predictions[1]?.id : predictions[0]?.id,
    actual,
    entropy: 4.2,
    beta: 31.5,
    model: "SmolLM2-135M-Instruct",
    n_vjps: 20,
    seconds: 0.83,
    degenerate: options.degenerate ?? false,
    complete: options.complete ?? true,
  };
  return { tokens, basis, gradients, directions, spectrum };
}

export const SENTENCE =
  "Tom| loves| Korean| food|.| He| grew| up| in| the| South| and| goes| to| Columbia|.| He| is| a| liberal".split(
    "|",
  );

export const READY = { state: "ready", done: 0, total: 0, message: "", detail: "" };

/** A model as it is after a finished computation. */
export function readyModel(
  pieces: string[] = SENTENCE,
  options: Options = { position: pieces.length - 1 },
): FakeModel {
  const { tokens, basis } = sketch(pieces, options);
  return new FakeModel({ text: tokens.text, position: basis.position, tokens, basis, status: READY });
}

const TURNS: [string, string][] = [
  ["template", "<|im_start|>|system|\n"],
  ["system", "Answer| in| one| sentence|."],
  ["template", "<|im_end|>|\n|<|im_start|>|user|\n"],
  ["user", "Why| is| the| sky| blue|?"],
  ["template", "<|im_end|>|\n|<|im_start|>|assistant|\n"],
  ["assistant", "Because| air| scatters| blue| light| more| than| red|."],
];

/** A chat whose answer the model wrote; `|` parts its tokens, but for the delimiters'. */
export function chatTokens(): Sketch["tokens"] & { roles: [string, number][]; generated: number } {
  const pieces: string[] = [];
  const roles: [string, number][] = [];
  for (const [role, text] of TURNS) {
    roles.push([role, pieces.length]);
    pieces.push(...text.split(/(<\|\w+\|>)|\|/).filter((piece) => piece));
  }
  return { ...tokensOf(pieces, []), roles, generated: roles.at(-1)?.[1] ?? 0 };
}

export function chatModel(options: Options = {}): FakeModel {
  const tokens = chatTokens();
  const { basis } = sketch(tokens.pieces, options);
  return new FakeModel({ text: tokens.text, position: basis.position, tokens, basis, status: READY });
}

export const shown = (el: Element): boolean => el.closest("[hidden]") === null;

export function shownIn(el: Element, selector: string): HTMLElement[] {
  return [...el.querySelectorAll<HTMLElement>(selector)].filter(shown);
}

/** What it says, with plain spaces. */
export const wordsOf = (el: Element): string => el.textContent?.replaceAll("\u00a0", " ") ?? "";

const known = new Map<(raw: unknown) => unknown, WeakMap<object, unknown>>();

/** As in the view: the payload objects are replaced, never changed in place, so each is decoded once. */
function once<T>(decode: (raw: unknown) => T, raw: unknown): T {
  if (typeof raw !== "object" || raw === null) return decode(raw);
  const of = known.get(decode) ?? new WeakMap();
  known.set(decode, of);
  if (!of.has(raw)) of.set(raw, decode(raw));
  return of.get(raw) as T;
}

export const DECODE = { tokens: decodeTokens, basis: decodeBasis };

/** What a scene is derived from, as the view reads it from the traits. */
export function inputsOf(get: (name: string) => unknown, view = INITIAL): Inputs {
  return {
    wish: decodeWish(get),
    tokens: once(decodeTokens, get("tokens")),
    basis: once(decodeBasis, get("basis")),
    matches: decodeMatches(get("matches")),
    status: decodeStatus(get("status")),
    further: decodePlaces(get("_further")),
    view,
    waiting: false,
  };
}

/** What a panel is given, through the real scene and store; `changed` follows whatever the panel does. */
export function panelContext(
  model: FakeModel,
  root: HTMLElement,
  signal: AbortSignal,
  own: Partial<PanelContext> = {},
  changed: () => void = () => undefined,
): PanelContext {
  const store = createStore();
  const get = (name: string) => model.get(name);
  let view = INITIAL;
  let held: Held | null = null;
  const scene = (): Scene => {
    const now = derive(store, inputsOf(get, view), held);
    held = now.held;
    return now;
  };
  const wish = (values: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    changed();
  };
  return {
    root,
    uid: "jw",
    signal,
    keys: shieldKeys(root, signal),
    on: listener(signal),
    scene,
    label: (id: number) => `token ${id}`,
    get,
    decode: DECODE,
    wish,
    wishes: {
      explain: (position: number | null) => wish({ position, target: null, foil: null }),
      panel: (name: string | null) => wish({ panel: name ?? "" }),
    },
    dispatch(action: Parameters<typeof reduce>[1]) {
      view = reduce(view, action);
      changed();
    },
    picture: (...[basis, tokens, question, granularity]: Parameters<PanelContext["picture"]>) =>
      store.picture(basis, tokens, granularity ?? scene().granularity, question, scene().wish.hide),
    note: () => undefined,
    focus: () => undefined,
    ...own,
  } as PanelContext;
}
