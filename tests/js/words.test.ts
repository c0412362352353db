import { describe, expect, test } from "vitest";
import * as numbers from "../../js/numbers";
import {
  DELIMITER,
  explainable,
  ghostMark,
  groupLabel,
  groupOf,
  groupPiece,
  isSeries,
  needsIsolation,
  spoken,
  tokenKinds,
  visible,
} from "../../js/tokens";
import { rows } from "../../js/views/predictions";
import { decodeTokens, type Tokens } from "../../js/wire";
import { tokensOf } from "./fake";

describe("numbers", () => {
  test.each([
    [0.4, "1 s"],
    [7.4, "7 s"],
    [38, "40 s"],
    [56, "1 min"],
    [600, "10 min"],
    [5000, "1.4 h"],
  ])("a duration of %d s is %s", (s, want) => {
    expect(numbers.duration(s).replaceAll("\u00a0", " ")).toBe(want);
  });

  test.each([
    [1, "1 MiB"],
    [300 * 2 ** 20, "300 MiB"],
    [600 * 2 ** 20, "0.6 GiB"],
    [3.5 * 2 ** 30, "3.5 GiB"],
  ])("%d bytes are %s", (n, want) => {
    expect(numbers.bytes(n).replaceAll("\u00a0", " ")).toBe(want);
  });

  test.each([
    [11.58, 11.58, "11.6"],
    [4.96, 11.58, "5.0"],
    [0.0123, 0.4, "0.012"],
    [0.0001, 0.4, "<\u00a00.001"],
    [1234.5, 1234.5, "1235"],
    [0, 3, "0"],
    [0.00002, 0.00005, "2.0\u00a0×\u00a010⁻⁵"],
  ])("score %d of %d is %s", (x, max, shown) => expect(numbers.score(x, max)).toBe(shown));
  test.each([
    [12.11, 0.42, 12.11, 0.42, "12.1 ± 0.4"],
    [8.27, 0.25, 8.27, 0.25, "8.3 ± 0.3"],
    [3.27, 0.09, 8.27, 0.25, "3.27 ± 0.09"],
    [2.34, 0.21, 21.2, 2.3, "2.3 ± 0.2"],
    [0.34, 0.02, 21.2, 2.3, "0.3 ± 0.1"],
    [3.2701, 0, 8.27, 0, "3.27"],
    [3.2701, 0.01, 8.27, 0.25, "3.27 ± 0.01"],
    [120.4, 31, 120.4, 31, "120 ± 31"],
  ])("%d ± %d", (x, error, max, maxError, shown) =>
    expect(numbers.scoreWithError(x, error, max, maxError)).toBe(shown),
  );
  test.each([
    [3.27, 8, "+3.27"],
    [-0.4, 8, "−0.40"],
    [-0.001, 8, "<\u00a00.01"],
    [0, 8, "0"],
    [-2e-5, 5e-5, "−2.0\u00a0×\u00a010⁻⁵"],
  ])("%d of ±%d with its sign is %s", (x, max, shown) => expect(numbers.signed(x, max)).toBe(shown));
  test("shares are whole percents, and a little is not nothing", () => {
    expect([0, 0.001, 0.144, 1].map(numbers.share)).toEqual([
      "0\u00a0%",
      "<\u00a01\u00a0%",
      "14\u00a0%",
      "100\u00a0%",
    ]);
  });
  test("probabilities", () => {
    expect([0.05, 0.0001, 0.99999, 1].map(numbers.probability)).toEqual([
      "5.0\u00a0%",
      "<\u00a00.1\u00a0%",
      ">\u00a099.9\u00a0%",
      "100.0\u00a0%",
    ]);
  });
  test("ordinals", () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 1003].map(numbers.ordinal)).toEqual([
      "1st",
      "2nd",
      "3rd",
      "4th",
      "11th",
      "12th",
      "13th",
      "21st",
      "102nd",
      "111th",
      "1,003rd",
    ]);
  });
});

describe("tokens", () => {
  const decode = (pieces: string[], bos?: string[]): Tokens => {
    const decoded = decodeTokens(tokensOf(pieces, bos));
    if (!decoded.ok || !decoded.value) throw new Error("not decoded");
    return decoded.value;
  };
  test("groups", () => {
    const tokens = decode(["Un", "believ", "able", " day"]);
    const { word } = tokens.groups;
    expect([0, 1, 2, 3].map((t) => groupOf(word, t))).toEqual([0, 0, 0, 1]);
    expect([groupPiece(tokens, word, 0), groupPiece(tokens, word, 1)]).toEqual(["Unbelievable", " day"]);
    expect(groupLabel(tokens, word, 1)).toBe("␣day");
  });
  test("only the first token of a text without BOS cannot be explained", () => {
    expect(explainable(decode(["a", " b"], []), [0, 1], 0)).toBe(false);
    expect(explainable(decode(["a", " b"], []), [0, 1], 1)).toBe(true);
    expect(explainable(decode(["a", " b"], []), [0], 0)).toBe(true);
    expect(explainable(decode(["a", " b"], ["<s>"]), [0, 1], 0)).toBe(true);
  });
  test("control characters are written out in labels", () => {
    expect(visible("a\u202eb\u0000")).toBe("a⟨U+202E⟩b⟨U+0000⟩");
    expect(visible("مرحبا 👨‍👩‍👧 ␣")).toBe("مرحبا 👨‍👩‍👧 ␣");
  });
  test("what has no width gets a mark, what belongs to a glyph does not", () => {
    expect([ghostMark("\u200b"), ghostMark("\u202e"), ghostMark("")]).toEqual(["⟨U+200B⟩", "⟨U+202E⟩", "·"]);
    for (const shown of ["a", " ", "\n", "\t", "\u200d", "é"]) expect(ghostMark(shown)).toBeNull();
  });
  test("only tokens with bidi controls are isolated, so that Arabic still reads as a sentence", () => {
    expect([" \u202e", "\u2067x", "مرحبا", "abc"].map(needsIsolation)).toEqual([true, true, false, false]);
  });
  test("delimiters are punctuation and spaces, but never a part of a number, a letter or a symbol", () => {
    const of = (pieces: string[], number?: number[]) => {
      const made = tokensOf(pieces);
      const decoded = decodeTokens({
        ...made,
        groups: { ...made.groups, number: number ?? made.groups.number },
      });
      if (!decoded.ok || !decoded.value) throw new Error("not decoded");
      return [...tokenKinds(decoded.value)].map((kind) => (kind & DELIMITER ? "d" : ".")).join("");
    };
    expect(of(["1", ",", " ", "\n", "a", "、", "“", "a,"])).toBe(".ddd.dd.");
    expect(of(["€", "+", "😀", "日", "<|im_end|>"])).toBe(".....");
    expect(of(["-", "1", ".", "5", ",", "2"], [0, 4, 5])).toBe("....d.");
  });
  test("a series has eight numbers or more, and little else", () => {
    const numbers = (n: number) => Array.from({ length: n }, (_, i) => [`${i}`, ","]).flat();
    const is = (pieces: string[]) => isSeries(decode(pieces));
    expect([is(numbers(8)), is(numbers(7)), is([])]).toEqual([true, false, false]);
    expect(is([...numbers(8), ..." in the year of our lord".split(/(?= )/)])).toBe(true);
    expect(is([...numbers(8), ..." so they met in the year of our lord again".split(/(?= )/)])).toBe(false);
  });
  test("spoken", () => {
    expect([spoken("␣Paris"), spoken("␣"), spoken("↵")]).toEqual(["Paris", "space", "line break"]);
  });
});

describe("prediction rows", () => {
  const all = Array.from({ length: 12 }, (_, id) => ({
    id,
    label: `${id}`,
    piece: "",
    p: 1 / (id + 2),
    logit: 0,
  }));
  test("the actual token, the target and the foil are always among them, in order of probability", () => {
    const shown = rows(all, [11, 9, null, 2]).map((p) => p.id);
    expect(shown).toEqual([0, 1, 2, 3, 4, 9, 11]);
  });
  test("a short list stays short", () => expect(rows(all.slice(0, 3), [1]).length).toBe(3));
});
