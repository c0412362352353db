/** One HTML file that holds the widget as it is. Mirror of `_export.py`, which says why it is packed so. */
import template from "../../jacobian_widget/static/page.html?raw";
import type { Scene } from "../scene";
import { coefficients } from "../store";
import { decodeBasis, floats } from "../wire";
import { escapeHtml } from "./written-html";

const TRAITS = (
  "text scope target foil position rank granularity pattern scale threshold vmax palette bars signed hide pinned " +
  "tokens basis map series"
).split(" ");
const TARGETS = 9;
const BITS = 12;
const LOST = 10;
const PIVOT = 1e-6;

/** What the widget is made of; null where this host keeps it to itself. */
export function widgetCode(get: (name: string) => unknown): Record<string, string> | null {
  const code: Record<string, string> = {};
  for (const name of ["_esm", "_css", "panels"]) {
    const value = get(name);
    if (typeof value !== "string" || value === "") return null;
    code[name] = value;
  }
  return code;
}

/**
 * The traits of the picture that is shown: while it is older than the wish, those of the question that it answers. Null
 * where its basis is no longer there to be saved.
 */
export function traitsShown(
  { fresh, held, tokens, wish, granularity }: Scene,
  get: (name: string) => unknown,
): ((name: string) => unknown) | null {
  if (fresh || !held) return get;
  const { basis, question } = held;
  const { text, position } = basis;
  const further = get("_further");
  const raw = [get("basis"), ...(Array.isArray(further) ? further : [])].find((one) => {
    const found = decodeBasis(one);
    if (!found.ok || !found.value) return false;
    if (found.value.text !== text || found.value.position !== position) return false;
    return question.scope === "fisher"
      ? found.value.fisher !== null
      : coefficients(found.value, question) !== null;
  });
  if (raw === undefined) return null;
  const { scope, target, foil, rank, signed } = question;
  const pattern = tokens?.pattern ?? wish.pattern;
  const shown = new Map<string, unknown>(
    Object.entries({
      text,
      position,
      scope,
      target,
      foil,
      rank,
      granularity,
      pattern,
      basis: raw,
      signed: signed === true,
    }),
  );
  return (name) => (shown.has(name) ? shown.get(name) : get(name));
}

/** `still` is the picture that is seen without JavaScript. */
export async function toPage(
  get: (name: string) => unknown,
  code: Record<string, string>,
  title: string,
  heading: string,
  still: string,
): Promise<string> {
  const traits: Record<string, unknown> = { panel: "", status: { state: "saved" } };
  for (const name of [...TRAITS, "_further"]) {
    const value = get(name);
    if (value !== undefined) traits[name] = value;
  }
  const asked = [get("target"), get("foil")];
  traits.basis = fewer(traits.basis, asked);
  if (Array.isArray(traits._further)) traits._further = traits._further.map((basis) => fewer(basis, asked));
  const parts: Record<string, string> = {
    TITLE: escapeHtml(title),
    HEADING: escapeHtml(heading),
    STATIC: still,
    SAVED: await archive({ traits, code }),
  };
  return template.replace(/%%(\w+)%%/g, (_, name: string) => parts[name] ?? "");
}

/** A basis without the unlikely targets: the Gram grows with the square of their number. */
function fewer(basis: unknown, asked: unknown[]): unknown {
  if (typeof basis !== "object" || basis === null || !("directions" in basis)) return basis;
  const raw = basis as Record<string, unknown> & {
    directions: [string, unknown][];
    predictions: { id: unknown }[];
  };
  const named = new Set([...asked, raw.default_target, raw.default_foil, raw.actual]);
  const predictions = raw.predictions.filter(({ id }, i) => i < TARGETS || named.has(id));
  for (const { id } of predictions) named.add(id);
  const m = raw.directions.length;
  const rows = raw.directions.flatMap(([, id], i) => (id === null || named.has(id) ? [i] : []));
  if (rows.length === m) return basis;
  const entries = rows.flatMap((i) => rows.filter((j) => j <= i).map((j) => (i * (i + 1)) / 2 + j));
  const some = (value: unknown, columns: number, wanted: number[]) => {
    const all = floats(value) ?? new Float32Array();
    const out = new Float32Array((all.length / columns) * wanted.length);
    for (let t = 0, at = 0; t < all.length; t += columns)
      for (const i of wanted) out[at++] = all[t + i] as number;
    return out;
  };
  const stride = (m * (m + 1)) / 2;
  return {
    ...raw,
    predictions,
    directions: rows.map((i) => raw.directions[i]),
    gram: some(raw.gram, stride, entries),
    gram_bos: some(raw.gram_bos, stride, entries),
    signed: some(raw.signed, m, rows),
  };
}

/** The length of the JSON, the JSON, the bytes it speaks of: deflated, then in base64. */
export async function archive(value: unknown): Promise<string> {
  const binary: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const put = (bytes: Uint8Array<ArrayBuffer>): [number, number] => {
    binary.push(bytes);
    length += bytes.length;
    return [length - bytes.length, bytes.length];
  };
  const text = new TextEncoder().encode(JSON.stringify(packed(value, put)));
  const head = new DataView(new ArrayBuffer(4));
  head.setUint32(0, text.length, true);
  const whole = new Blob([head, text, ...binary]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(whole).arrayBuffer());
  let base64 = "";
  for (let i = 0; i < bytes.length; i += 0x6000)
    base64 += btoa(String.fromCharCode(...bytes.subarray(i, i + 0x6000)));
  return base64;
}

type Put = (bytes: Uint8Array<ArrayBuffer>) => [number, number];

function isBytes(value: unknown): value is DataView | ArrayBuffer | Uint8Array {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

function packed(value: unknown, put: Put): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => packed(inner, put));
  if (isBytes(value)) return { $bytes: put(copied(value)) };
  if ("gram" in value && "directions" in value) return packedBasis(value as Record<string, unknown>, put);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, packed(inner, put)]));
}

function copied(value: DataView | ArrayBuffer | Uint8Array): Uint8Array<ArrayBuffer> {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value.slice(0))
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
}

function packedBasis(basis: Record<string, unknown>, put: Put): unknown {
  const size = Array.isArray(basis.directions) ? basis.directions.length : 0;
  const pack = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if (isBytes(value)) return { $floats: put(shortened(copied(value))) };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pack(inner)]));
  };
  return Object.fromEntries(
    Object.entries(basis).map(([key, value]) => [
      key,
      key === "gram" || key === "gram_bos"
        ? { $gram: packedGram(floats(value) ?? new Float32Array(), size, put) }
        : pack(value),
    ]),
  );
}

/** float32 with a shorter mantissa, as byte planes. */
function shortened(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const whole = view.getUint32(at, true) + (1 << (LOST - 1));
    view.setUint32(at, whole - (whole % (1 << LOST)), true);
  }
  return planes(bytes, 4);
}

function packedGram(gram: Float32Array, m: number, put: Put): unknown {
  const stride = (m * (m + 1)) / 2;
  const T = stride > 0 ? gram.length / stride : 0;
  const factor = new DataView(new ArrayBuffer(2 * T * stride));
  const exponents = new Int8Array(T * m);
  const limit = 2 ** (BITS - 1) - 1;
  for (let t = 0; t < T; t++) {
    const L = cholesky(gram.subarray(t * stride, (t + 1) * stride), m);
    for (let i = 0, at = 0; i < m; i++) {
      const row = L.subarray(at, at + i + 1);
      const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const power = Math.max(-127, Math.min(127, Math.ceil(Math.log2((largest || 1) / limit))));
      exponents[i * T + t] = power;
      for (const x of row) factor.setInt16(2 * (at++ * T + t), Math.round(x * 2 ** -power), true);
    }
  }
  return {
    m,
    factor: put(planes(new Uint8Array(factor.buffer), 2)),
    exponents: put(new Uint8Array(exponents.buffer)),
  };
}

/** L with L Lᵀ = G; a pivot that is only rounding counts as zero. */
function cholesky(gram: Float32Array, m: number): Float64Array {
  const L = new Float64Array(gram.length);
  const at = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  const rest = (i: number, j: number) => {
    let sum = gram[at(i, j)] as number;
    for (let k = 0; k < j; k++) sum -= (L[at(i, k)] as number) * (L[at(j, k)] as number);
    return sum;
  };
  for (let j = 0; j < m; j++) {
    const left = rest(j, j);
    const root = left > PIVOT * (gram[at(j, j)] as number) ? Math.sqrt(left) : 0;
    L[at(j, j)] = root;
    if (root > 0) for (let i = j + 1; i < m; i++) L[at(i, j)] = rest(i, j) / root;
  }
  return L;
}

function planes(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const count = bytes.length / size;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < count; i++)
    for (let plane = 0; plane < size; plane++) out[plane * count + i] = bytes[i * size + plane] as number;
  return out;
}
