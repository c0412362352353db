/** Golden numbers: written by Python (tests/vectors) and by an independent brute force (tests/vectors/view). */
import { describe, expect, test } from "vitest";
import { computePicture } from "../../js/store";
import { tokenKinds } from "../../js/tokens";
import { decodeBasis, decodeTokens, type Granularity, type Hideable, type Scope } from "../../js/wire";

interface Case {
  scope: Scope;
  target: number | null;
  foil: number | null;
  rank: number | null;
  granularity: Granularity;
  signed?: boolean;
  hide?: Hideable[];
  scores: number[];
  shares?: number[];
  bos_share?: number;
  delimiter_share?: number;
}

interface Vectors {
  traits: { tokens: Record<string, unknown>; basis: Record<string, unknown> };
  cases: Case[];
}

const files = import.meta.glob<Vectors>(
  ["../vectors/*.json", "../vectors/view/*.json", "!../vectors/numerals.json"],
  {
    eager: true,
    import: "default",
  },
);

/** Bytes as the comm delivers them: a DataView that starts wherever it happens to. */
function bytes(base64: string): DataView {
  const text = atob(base64);
  const buffer = new ArrayBuffer(text.length + 3);
  const view = new DataView(buffer, 3, text.length);
  for (let i = 0; i < text.length; i++) view.setUint8(i, text.charCodeAt(i));
  return view;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("$b64" in value) return bytes(String(value.$b64));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}

/** Of the maximum, and of the whole for shares: what `_packing.py` rounds away. */
const TOLERANCE = 1e-4;

function compare(
  actual: ArrayLike<number> | undefined,
  expected: number[],
  top = Math.max(...expected.map(Math.abs), 1e-30),
): void {
  expect(actual?.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(
      Math.abs((actual?.[i] ?? Number.NaN) - value),
      `entry ${i}: ${actual?.[i]} for ${value}`,
    ).toBeLessThanOrEqual(TOLERANCE * top);
  }
}

test("there are vectors", () => {
  expect(Object.keys(files).length).toBeGreaterThan(0);
});

for (const [path, { traits, cases }] of Object.entries(files)) {
  describe(path, () => {
    const tokens = decodeTokens(revive(traits.tokens));
    const basis = decodeBasis(revive(traits.basis));
    test("decodes", () => {
      expect(tokens).toMatchObject({ ok: true });
      expect(basis).toMatchObject({ ok: true });
      expect(cases.length).toBeGreaterThan(0);
    });
    const name =
      "$scope, target $target, foil $foil, rank $rank, by $granularity, signed $signed, without $hide";
    test.each(cases)(name, (expected) => {
      if (!tokens.ok || !tokens.value || !basis.ok || !basis.value) throw new Error("not decoded");
      const starts = tokens.value.groups[expected.granularity];
      const kinds = tokenKinds(tokens.value);
      const picture = computePicture(basis.value, starts, expected, kinds, expected.hide);
      compare(picture?.scores, expected.scores);
      if (expected.shares) compare(picture?.shares, expected.shares, 1);
      if (expected.bos_share !== undefined) compare([picture?.bosShare ?? -1], [expected.bos_share], 1);
      if (expected.delimiter_share !== undefined)
        compare([picture?.delimiterShare ?? -1], [expected.delimiter_share], 1);
    });
  });
}
