import { describe, expect, test } from "vitest";
import { align, type Pair } from "../../js/panels/alignment";
import { alikeness, averageRanks, spearman, topQuarter } from "../../js/panels/correlation";
import { random } from "./fake";

const words = (text: string) => text.split(" ");

/** Pairs as text: "a=a", "b/c" for a substitution, "-x" and "+y" for gaps. */
function written(before: string[], now: string[], pairs: Pair[]): string {
  return pairs
    .map(({ before: i, now: j, same }) => {
      if (i === null) return `+${now[j as number]}`;
      if (j === null) return `-${before[i]}`;
      return `${before[i]}${same ? "=" : "/"}${now[j]}`;
    })
    .join(" ");
}

/** The best (equal pairs, substitutions) by plain dynamic programming, for short texts. */
function best(a: string[], b: string[]): [number, number] {
  const table: [number, number][][] = [];
  const better = (x: [number, number], y: [number, number]) => (x[0] !== y[0] ? x[0] > y[0] : x[1] > y[1]);
  for (let i = 0; i <= a.length; i++) {
    table.push([]);
    for (let j = 0; j <= b.length; j++) {
      let found: [number, number] = [0, 0];
      const from = [table[i - 1]?.[j], table[i]?.[j - 1]];
      for (const option of from) if (option && better(option, found)) found = option;
      const corner = i > 0 && j > 0 ? table[i - 1]?.[j - 1] : undefined;
      if (corner) {
        const same = a[i - 1] === b[j - 1] ? 1 : 0;
        const option: [number, number] = [corner[0] + same, corner[1] + 1 - same];
        if (better(option, found)) found = option;
      }
      (table[i] as [number, number][]).push(found);
    }
  }
  return table.at(-1)?.at(-1) as [number, number];
}

const counts = (pairs: Pair[]): [number, number] => [
  pairs.filter((p) => p.same).length,
  pairs.filter((p) => !p.same && p.before !== null && p.now !== null).length,
];

function valid(before: readonly unknown[], now: readonly unknown[], pairs: Pair[]): void {
  expect(pairs.map((p) => p.before).filter((i) => i !== null)).toEqual(before.map((_, i) => i));
  expect(pairs.map((p) => p.now).filter((i) => i !== null)).toEqual(now.map((_, i) => i));
  for (const p of pairs) {
    expect(p.before !== null || p.now !== null).toBe(true);
    expect(p.same).toBe(p.before !== null && p.now !== null && before[p.before] === now[p.now]);
  }
}

describe("alignment", () => {
  test.each([
    ["he is a liberal now", "he is a conservative now", "he=he is=is a=a liberal/conservative now=now"],
    ["a b c", "a c", "a=a -b c=c"],
    ["a c", "a b c", "a=a +b c=c"],
    ["x y", "p q r", null],
  ])("%s → %s", (a, b, expected) => {
    const pairs = align(words(a), words(b));
    valid(words(a), words(b), pairs);
    if (expected) expect(written(words(a), words(b), pairs)).toBe(expected);
  });

  test("empty sides are all gaps", () => {
    expect(align([], [])).toEqual([]);
    expect(written([], ["a"], align([], ["a"]))).toBe("+a");
    expect(written(["a", "b"], [], align(["a", "b"], []))).toBe("-a -b");
  });

  test("equal tokens first, then substitutions: as many as any alignment has", () => {
    const next = random(5);
    for (let trial = 0; trial < 300; trial++) {
      const letters = 2 + Math.floor(next() * 5);
      const draw = () =>
        Array.from({ length: Math.floor(next() * 14) }, () => `${Math.floor(next() * letters)}`);
      const [a, b] = [draw(), draw()];
      const pairs = align(a, b);
      valid(a, b, pairs);
      expect(counts(pairs), `${a} against ${b}`).toEqual(best(a, b));
    }
  });

  test("a change longer than the first band is still found", () => {
    const next = random(8);
    const shared = Array.from({ length: 300 }, () => `${Math.floor(next() * 1e6)}`);
    const inserted = Array.from({ length: 90 }, (_, i) => `new ${i}`);
    const a = ["start", ...shared, "end one"];
    const b = ["begin", ...inserted, ...shared, "end two"];
    const pairs = align(a, b);
    valid(a, b, pairs);
    expect(counts(pairs)[0]).toBe(300);
  });

  test("2,000 tokens that differ everywhere are aligned, and 20,000 do not fill the memory", () => {
    const next = random(11);
    const draw = (n: number, kinds: number) => Array.from({ length: n }, () => Math.floor(next() * kinds));
    for (const [n, kinds] of [
      [2000, 400],
      [20_000, 1e6],
    ] as const) {
      const [a, b] = [draw(n, kinds), draw(n, kinds)];
      valid(a, b, align(a, b));
    }
  });
});

describe("correlation", () => {
  test("ties share the mean of their places", () => {
    expect([...averageRanks([10, 30, 20, 20, 5])]).toEqual([2, 5, 3.5, 3.5, 1]);
  });

  test("the example of scipy.stats.spearmanr, and one with ties on both sides (by NumPy)", () => {
    expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
    expect(spearman([0.5, 0.1, 0.1, 2, 3, 0], [1, 9, 4, 4, 2, 7])).toBeCloseTo(-0.6617647058823529, 12);
  });

  test("only the order counts, and opposite order is −1", () => {
    const a = [0.1, 3, 2, 9, 4];
    expect(
      spearman(
        a,
        a.map((x) => Math.exp(x)),
      ),
    ).toBe(1);
    expect(
      spearman(
        a,
        a.map((x) => -x),
      ),
    ).toBe(-1);
  });

  test("nothing is said of fewer than three values or of a side that is all ties", () => {
    expect(spearman([1, 2], [1, 2])).toBeNull();
    expect(spearman([1, 1, 1, 1], [1, 2, 3, 4])).toBeNull();
  });

  test("the strongest quarter is rounded up", () => {
    expect(topQuarter(Int32Array.of(4, 1, 0, 2, 3), Int32Array.of(1, 3, 4, 0, 2))).toEqual({
      shared: 1,
      of: 2,
    });
    expect(topQuarter(Int32Array.of(0), Int32Array.of(0))).toEqual({ shared: 1, of: 1 });
    expect(topQuarter(new Int32Array(), new Int32Array())).toEqual({ shared: 0, of: 0 });
  });

  test("words go from alike to opposite", () => {
    expect([1, 0.8, 0.5, 0, -0.9].map(alikeness)).toEqual([
      "alike",
      "mostly alike",
      "somewhat alike",
      "differently",
      "in nearly opposite order",
    ]);
  });
});
