/** Golden texts: written by Python (tests/written_vectors.py) and made here from the same pictures. */
import { describe, expect, test } from "vitest";
import { writtenPicture } from "../../js/panels/save-picture";
import { general, readable, toCsv, toJson, toMarkdown, type Written } from "../../js/panels/written";
import { toStill } from "../../js/panels/written-html";
import { toLatex } from "../../js/panels/written-latex";
import { derive } from "../../js/scene";
import { createStore } from "../../js/store";
import { decodeBasis, decodeTokens } from "../../js/wire";
import { inputsOf } from "./fake";

interface Document {
  of: string | null;
  asked: Record<string, unknown> | null;
  picture: Written;
  texts: Record<"csv" | "json" | "markdown" | "latex" | "still", string>;
}

const written = import.meta.glob<Document>("../vectors/written/*.json", { eager: true, import: "default" });
const payloads = import.meta.glob<{ traits: Record<string, Record<string, unknown>> }>("../vectors/*.json", {
  eager: true,
  import: "default",
});

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("$b64" in value) {
    const bytes = Uint8Array.from(atob(String(value.$b64)), (c) => c.charCodeAt(0));
    return new DataView(bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}

test("there are vectors", () => {
  expect(Object.keys(written).length).toBeGreaterThan(6);
});

describe.each(Object.entries(written))("%s", (_, { picture, texts }) => {
  test("CSV", () => expect(toCsv(picture)).toBe(texts.csv));
  test("JSON", () => expect(JSON.parse(toJson(picture))).toEqual(JSON.parse(texts.json)));
  test("Markdown", () => expect(toMarkdown(picture)).toBe(texts.markdown));
  test("LaTeX", () => expect(toLatex(picture)).toBe(texts.latex));
  test("HTML", () => expect(toStill(picture, "Note.")).toBe(texts.still));
});

/** Numbers of the two sides agree to what `_packing.py` rounds away: a part of the largest score, or of the whole. */
function close(actual: unknown, expected: unknown, top: number, at = ""): void {
  if (typeof expected === "number" && typeof actual === "number") {
    const most = /score|error|top/.test(at) ? top : 1;
    expect(Math.abs(actual - expected), at).toBeLessThanOrEqual(1e-4 * most);
  } else if (typeof expected === "object" && expected !== null) {
    expect(Object.keys(actual as object).sort(), at).toEqual(Object.keys(expected).sort());
    for (const [key, value] of Object.entries(expected))
      close((actual as Record<string, unknown>)[key], value, top, `${at}.${key}`);
  } else expect(actual, at).toEqual(expected);
}

describe("the picture on screen is the one that Python writes", () => {
  const real = Object.entries(written).filter(([, { of }]) => of !== null);
  test.each(real)("%s", (_, { of, asked, picture }) => {
    const traits = payloads[`../vectors/${of}.json`]?.traits as Record<string, Record<string, unknown>>;
    const tokens = decodeTokens(revive(traits.tokens));
    const basis = decodeBasis(revive(traits.basis));
    if (!tokens.ok || !tokens.value || !basis.ok || !basis.value) throw new Error("not decoded");
    const { text } = tokens.value;
    const wish: Record<string, unknown> = { text, position: basis.value.position, ...asked };
    const scene = derive(createStore(), { ...inputsOf((name) => wish[name]), tokens, basis }, null);
    const labels = new Map(basis.value.predictions.map(({ id, label }) => [id, label]));
    close(
      writtenPicture(scene, (id) => labels.get(id) ?? `token ${id}`),
      picture,
      picture.top,
    );
  });
});

test.each([
  [0, "0"],
  [1, "1"],
  [0.1 + 0.2, "0.3"],
  [123456.7, "123457"],
  [1234567, "1.23457e+06"],
  [0.00001234, "1.234e-05"],
  [0.0001234, "0.0001234"],
  [-2.5, "-2.5"],
])("%d is written %s", (x, shown) => expect(general(x)).toBe(shown));

test("a very long token is written in no time", () => {
  const text = "x\u202e`<&".repeat(20_000);
  const { hostile } = Object.fromEntries(
    Object.entries(written).map(([path, document]) => [/(\w+)\.json/.exec(path)?.[1], document]),
  );
  const picture = hostile?.picture as Written;
  const [first] = picture.pieces;
  const long: Written = { ...picture, pieces: [{ ...(first as Written["pieces"][0]), text, label: text }] };
  for (const write of [toCsv, toJson, toMarkdown, toLatex])
    expect(write(long).length).toBeGreaterThan(80_000);
  expect(readable(text)).not.toContain("\u202e");
});
