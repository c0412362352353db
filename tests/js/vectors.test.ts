/** Golden numbers: written by Python (tests/vectors) and by an independent brute force (tests/vectors/view). */
import { describe, expect, test } from "vitest";
import { computePicture } from "../../js/store";
import { decodeBasis, decodeTokens, type Granularity, type Scope } from "../../js/wire";

interface Case {
  scope: Scope;
  target: number | null;
  foil: number | null;
  rank: number | null;
  granularity: Granularity;
  scores: number[];
  shares: number[];
  bos_share: number;
}

interface Vectors {
  traits: { tokens: Record<string, unknown>; basis: Record<string, unknown> };
  cases: Case[];
}

const files = import.meta.glob<Vectors>(["../vectors/*.json", "../vectors/view/*.json"], {
  eager: true,
  import: "default",
});

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

function compare(actual: ArrayLike<number> | undefined, expected: number[]): void {
  expect(actual?.length).toBe(expected.length);
  const top = Math.max(...expected.map(Math.abs), 1e-30);
  for (const [i, value] of expected.entries()) {
    expect(
      Math.abs((actual?.[i] ?? Number.NaN) - value),
      `entry ${i}: ${actual?.[i]} for ${value}`,
    ).toBeLessThanOrEqual(1e-5 * Math.abs(value) + 1e-7 * top);
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
    test.each(cases)("$scope, target $target, foil $foil, rank $rank, by $granularity", (expected) => {
      if (!tokens.ok || !tokens.value || !basis.ok || !basis.value) throw new Error("not decoded");
      const picture = computePicture(basis.value, tokens.value.groups[expected.granularity], expected);
      compare(picture?.scores, expected.scores);
      compare(picture?.shares, expected.shares);
      compare(picture ? [picture.bosShare] : undefined, [expected.bos_share]);
    });
  });
}
