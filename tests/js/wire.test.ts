import { describe, expect, test } from "vitest";
import { decodeBasis, decodeMatches, decodeStatus, decodeTokens, decodeWish, floats } from "../../js/wire";
import { FakeModel, SENTENCE, sketch } from "./fake";

describe("float32 from the comm", () => {
  const values = [1.5, -2.25, 3e10];
  test.each([0, 1, 2, 3, 4])("a view at byte offset %i", (offset) => {
    const view = new DataView(new ArrayBuffer(12 + offset), offset);
    for (const [i, x] of values.entries()) view.setFloat32(4 * i, x, true);
    expect([...(floats(view) ?? [])]).toEqual([...Float32Array.from(values)]);
    expect([...(floats(new Uint8Array(view.buffer, offset)) ?? [])]).toEqual([...Float32Array.from(values)]);
  });
  test("a buffer, and what is none", () => {
    expect(floats(Float32Array.from(values).buffer)?.length).toBe(3);
    expect(floats(new ArrayBuffer(7))).toBeNull();
    for (const wrong of [null, undefined, "AAAA", [1, 2], 3]) expect(floats(wrong)).toBeNull();
  });
});

describe("basis", () => {
  const { basis } = sketch(SENTENCE, { position: 19 });
  const broken = (change: Record<string, unknown>) => decodeBasis({ ...basis, ...change });
  const fisher = basis.fisher as Record<string, unknown>;

  test("a whole one decodes", () => {
    const decoded = decodeBasis(basis);
    expect(decoded).toMatchObject({
      ok: true,
      value: { length: 20, end: 19, actual: sketch(SENTENCE).tokens.ids[19] },
    });
  });
  test("none yet", () => {
    for (const nothing of [{}, null, undefined])
      expect(decodeBasis(nothing)).toEqual({ ok: true, value: null });
  });
  test("directions may be missing as long as the sizes agree", () => {
    const partial = sketch(SENTENCE, { position: 19, only: ["log_probability"] }).basis;
    expect(decodeBasis(partial)).toMatchObject({ ok: true, value: { fisher: null, length: 20 } });
    const none = new ArrayBuffer(0);
    const only = {
      ...basis,
      directions: [],
      gram: none,
      gram_bos: none,
      gram_steps: [],
      signed: none,
      signed_steps: [],
    };
    expect(decodeBasis(only)).toMatchObject({ ok: true, value: { size: 0, length: 20 } });
  });
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["gram of fewer bytes than tokens", { gram: new DataView(new ArrayBuffer(4)) }, /"gram" ends early/],
    ["gram of too few bytes", { gram: new DataView(new ArrayBuffer(41)) }, /"gram" holds 41 bytes/],
    ["gram as a list", { gram: [1, 2, 3] }, /"gram" is not binary data/],
    ["gram_bos of a wrong size", { gram_bos: new ArrayBuffer(4000) }, /"gram_bos" holds 4000 bytes/],
    ["a length of a text", { length: "20" }, /"length"/],
    ["a length beyond all bytes", { length: 2 ** 40 }, /"gram" ends early/],
    ["a step that is not finite", { gram_steps: [Number.NaN] }, /"gram_steps" is not one step/],
    [
      "NaN in captured",
      { fisher: { ...fisher, captured: new Float32Array(8).fill(Number.NaN) } },
      /not finite/,
    ],
    ["end beyond the text", { end: 21 }, /"end" is 21/],
    ["no directions", { directions: null }, /"directions" is not a list/],
    ["a nameless direction", { directions: [3] }, /a direction has no name/],
    ["a prediction that is a number", { predictions: [7] }, /a prediction/],
    ["a spectrum of a wrong size", { fisher: { ...fisher, rank: 9 } }, /"spectrum" holds/],
    ["a position that is a text", { position: "3" }, /"position"/],
  ])("%s", (_, change, message) => {
    const decoded = broken(change);
    expect(decoded.ok).toBe(false);
    if (!decoded.ok) expect(decoded.error).toMatch(message);
  });
  test("not a dictionary", () => {
    for (const wrong of [3, "x", [1]]) expect(decodeBasis(wrong).ok).toBe(false);
  });
});

describe("tokens", () => {
  const { tokens } = sketch(SENTENCE);
  test("decodes", () =>
    expect(decodeTokens(tokens)).toMatchObject({ ok: true, value: { pieces: SENTENCE } }));
  test.each<[string, Record<string, unknown>]>([
    ["fewer pieces than ids", { pieces: ["a"] }],
    ["groups out of order", { groups: { ...tokens.groups, word: [0, 5, 3] } }],
    ["groups that leave out the first token", { groups: { ...tokens.groups, line: [1] } }],
    ["a group beyond the end", { groups: { ...tokens.groups, line: [0, 20] } }],
    ["no groups", { groups: undefined }],
    ["numbers among the labels", { labels: SENTENCE.map((_, i) => i) }],
  ])("%s", (_, change) => expect(decodeTokens({ ...tokens, ...change }).ok).toBe(false));
});

test("status and wishes never fail", () => {
  for (const wrong of [null, 3, {}, { state: "??", done: "x" }]) {
    expect(decodeStatus(wrong)).toMatchObject({ state: "idle", done: 0, message: "" });
  }
  expect(decodeStatus({ state: "computing", done: 3, total: 20 })).toMatchObject({
    state: "computing",
    done: 3,
    total: 20,
  });
  const odd = new FakeModel({ scope: "nonsense", target: "x", granularity: 4, rank: 1.5 });
  expect(decodeWish((name) => odd.get(name))).toMatchObject({
    scope: "semantic",
    target: null,
    granularity: "token",
    rank: null,
  });
});

test("matches", () => {
  expect(decodeMatches({ query: "a", items: [{ id: 1, label: "a", piece: "a", p: 0.1, logit: 1 }] }).ok).toBe(
    true,
  );
  expect(decodeMatches({ query: "a", items: [{ id: "1" }] }).ok).toBe(false);
});
