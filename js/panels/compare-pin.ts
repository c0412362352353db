/** The picture kept to compare with: what the trait `pinned` holds, and how it comes to hold it. */
import { isSigned, type Question } from "../store";
import { type Basis, type Decoded, type Dict, isDict, SCOPES, type Tokens } from "../wire";
import type { Decoders } from "./panel";

export interface Pinned {
  tokens: Tokens;
  basis: Basis;
  question: Question;
}

/**
 * A copy whose buffers are its own. A view that came over the comm lies in the buffer of the whole message, and
 * Jupyter sends back all of the buffer that a view lies in.
 */
function owned(value: unknown): unknown {
  if (ArrayBuffer.isView(value))
    return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (Array.isArray(value)) return value.map(owned);
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, owned(part)]));
}

export function pinOf(tokens: unknown, basis: unknown, question: Question): Dict {
  const { scope, target, foil, rank } = question;
  const asked = { scope, target, foil, rank, ...(isSigned(question) ? { signed: true } : {}) };
  return { tokens: owned(tokens), basis: owned(basis), question: asked };
}

function decodeQuestion(raw: unknown): Question | null {
  if (!isDict(raw)) return null;
  const scope = SCOPES.find((s) => s === raw.scope);
  const whole = (name: string) => (Number.isInteger(raw[name]) ? (raw[name] as number) : null);
  if (!scope) return null;
  const ids = { target: whole("target"), foil: whole("foil"), rank: whole("rank") };
  return { scope, ...ids, signed: raw.signed === true };
}

export function decodePinned(raw: unknown, decode: Decoders): Decoded<Pinned> {
  if (!isDict(raw) || Object.keys(raw).length === 0) return { ok: true, value: null };
  const tokens = decode.tokens(raw.tokens);
  const basis = decode.basis(raw.basis);
  const question = decodeQuestion(raw.question);
  if (!tokens.ok) return tokens;
  if (!basis.ok) return basis;
  if (!tokens.value || !basis.value || !question) return { ok: false, error: "a part of it is missing" };
  if (basis.value.length !== tokens.value.ids.length)
    return { ok: false, error: `${basis.value.length} scores, ${tokens.value.ids.length} tokens` };
  return { ok: true, value: { tokens: tokens.value, basis: basis.value, question } };
}
