/** One HTML file that holds the widget as it is. Mirror of `_export.py`, which says why it is packed so. */
import template from "../../jacobian_widget/static/page.html?raw";
import type { Scene } from "../scene";
import { coefficients } from "../store";
import type { Decoders } from "./panel";
import { escapeHtml } from "./written-html";

const TRAITS = (
  "text scope target foil position rank granularity pattern scale threshold vmax palette bars signed hide pinned " +
  "tokens basis map series check ablation ablated guess marked left_out"
).split(" ");

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";

/** What the widget is made of; null where this host keeps it to itself. */
export function widgetCode(get: (name: string) => unknown): Record<string, string> | null {
  const code: Record<string, string> = {};
  for (const name of ["_esm", "panels"]) {
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
  decode: Decoders,
): ((name: string) => unknown) | null {
  if (fresh || !held) return get;
  const { basis, question } = held;
  const { text, position } = basis;
  const further = get("_further");
  const raw = [get("basis"), ...(Array.isArray(further) ? further : [])].find((one) => {
    const found = decode.basis(one);
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
  if (Array.isArray(traits._further)) traits._further = traits._further.filter((one) => one !== traits.basis);
  const parts: Record<string, string> = {
    TITLE: escapeHtml(title),
    HEADING: escapeHtml(heading),
    STATIC: classed(still),
    SAVED: await archive({ traits, code }),
  };
  return template.replace(/%%(\w+)%%/g, (_, name: string) => parts[name] ?? "");
}

/** Its spans with classes for styles: a page may have a style sheet, and many spans look the same. */
function classed(still: string): string {
  const names = new Map<string, string>();
  const text = still.replace(/<span style="([^"]*)">/g, (_, style: string) => {
    const name = names.get(style) ?? `s${names.size}`;
    names.set(style, name);
    return `<span class=${name}>`;
  });
  return `<style>${[...names].map(([style, name]) => `.${name}{${style}}`).join("")}</style>${text}`;
}

/** The length of the JSON, the JSON, the bytes it speaks of: deflated, then in base 85. */
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
  return base85(new Uint8Array(await new Response(whole).arrayBuffer()));
}

/** Five digits for four bytes; before them, how many bytes at the end only fill the last four. */
function base85(bytes: Uint8Array): string {
  const fill = -bytes.length & 3;
  const padded = new DataView(new ArrayBuffer(bytes.length + fill));
  new Uint8Array(padded.buffer).set(bytes);
  const text = [String(fill)];
  for (let at = 0; at < padded.byteLength; at += 4) {
    let five = "";
    for (let rest = padded.getUint32(at), k = 0; k < 5; k++, rest = Math.floor(rest / 85))
      five = DIGITS.charAt(rest % 85) + five;
    text.push(five);
  }
  return text.join("");
}

type Put = (bytes: Uint8Array<ArrayBuffer>) => [number, number];

function isBytes(value: unknown): value is DataView | ArrayBuffer | Uint8Array {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

function packed(value: unknown, put: Put): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => packed(inner, put));
  if (isBytes(value)) return { $bytes: put(copied(value)) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, packed(inner, put)]));
}

function copied(value: DataView | ArrayBuffer | Uint8Array): Uint8Array<ArrayBuffer> {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value.slice(0))
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
}
