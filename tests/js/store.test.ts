import { describe, expect, test } from "vitest";
import { computePicture, createStore, foilOf, type Question } from "../../js/store";
import { DELIMITER, TEMPLATE } from "../../js/tokens";
import { type Basis, decodeBasis, decodeTokens, type Tokens } from "../../js/wire";
import { type Options, type Sketch, sketch } from "./fake";

const PIECES = ["Un", "believ", "able", " stor", "ies", ".\n", "New", " line", " 12", "34", "!"];

function decode(options: Options = {}): { made: Sketch; basis: Basis; tokens: Tokens } {
  const made = sketch(PIECES, { position: 9, ...options });
  const basis = decodeBasis(made.basis);
  const tokens = decodeTokens(made.tokens);
  if (!basis.ok || !basis.value || !tokens.ok || !tokens.value) throw new Error("the sketch does not decode");
  return { made, basis: basis.value, tokens: tokens.value };
}

const ask = (parts: Partial<Question>): Question => ({
  scope: "semantic",
  target: null,
  foil: null,
  rank: null,
  ...parts,
});

/** ‖Σ cᵢ gᵢ‖ from the gradient vectors themselves. */
function norm(made: Sketch, t: number, weights: Record<string, number>): number {
  const rows = made.gradients[t] as Float64Array[];
  const width = rows[0]?.length ?? 0;
  let sum = 0;
  for (let k = 0; k < width; k++) {
    let x = 0;
    for (const [i, [kind, token]] of made.directions.entries())
      x += (weights[`${kind}:${token ?? ""}`] ?? 0) * (rows[i]?.[k] ?? 0);
    sum += x * x;
  }
  return Math.sqrt(sum);
}

const near = (a: number, b: number) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-5 * Math.max(1e-9, Math.abs(b)) + 1e-6);

describe("linear scopes are the norms of the combined gradients", () => {
  const { made, basis, tokens } = decode();
  const cases: [string, Question, Record<string, number>][] = [
    ["semantic", ask({ target: 101 }), { "log_probability:101": 1, "mean:": 1 }],
    ["log-probability", ask({ scope: "log_probability", target: 102 }), { "log_probability:102": 1 }],
    [
      "contrast",
      ask({ scope: "contrast", target: 101, foil: 104 }),
      { "log_probability:101": 1, "log_probability:104": -1 },
    ],
    ["temperature", ask({ scope: "temperature" }), { "temperature:": 1 }],
    ["entropy", ask({ scope: "entropy" }), { "entropy:": 1 }],
  ];
  test.each(cases)("%s", (_, question, weights) => {
    const picture = computePicture(basis, tokens.groups.token, question);
    expect(picture).not.toBeNull();
    for (let t = 0; t < PIECES.length; t++)
      near(picture?.scores[t] ?? -1, t < 9 ? norm(made, t, weights) : 0);
    const total = made.gradients.reduce((sum, _, t) => sum + norm(made, t, weights) ** 2, 0);
    near(picture?.bosShare ?? -1, norm(made, PIECES.length, weights) ** 2 / total);
    near(
      [...(picture?.shares ?? [])].reduce((a, b) => a + b, picture?.bosShare ?? 0),
      1,
    );
  });

  test("contrast of a token with itself is nothing", () => {
    const picture = computePicture(
      basis,
      tokens.groups.token,
      ask({ scope: "contrast", target: 101, foil: 101 }),
    );
    expect(picture?.max).toBeLessThan(1e-2);
  });

  test("contrast has no sign: target and foil can be exchanged", () => {
    const a = computePicture(basis, tokens.groups.token, ask({ scope: "contrast", target: 101, foil: 104 }));
    const b = computePicture(basis, tokens.groups.token, ask({ scope: "contrast", target: 104, foil: 101 }));
    expect(a?.scores).toEqual(b?.scores);
  });
});

describe("groups", () => {
  const { basis, tokens } = decode();
  test("linear: root of the sum of squares; shares add up", () => {
    const single = computePicture(basis, tokens.groups.token, ask({}));
    const words = computePicture(basis, tokens.groups.word, ask({}));
    expect(words?.scores.length).toBe(tokens.groups.word.length);
    expect(words?.scores.length).toBeLessThan(PIECES.length);
    for (const [g, start] of tokens.groups.word.entries()) {
      const stop = tokens.groups.word[g + 1] ?? PIECES.length;
      let squares = 0;
      let share = 0;
      for (let t = start; t < stop; t++) {
        squares += (single?.scores[t] ?? 0) ** 2;
        share += single?.shares[t] ?? 0;
      }
      near(words?.scores[g] ?? -1, Math.sqrt(squares));
      near(words?.shares[g] ?? -1, share);
    }
  });
  test("Fisher: traces and errors add up, never averaged", () => {
    const single = computePicture(basis, tokens.groups.token, ask({ scope: "fisher" }));
    const lines = computePicture(basis, tokens.groups.line, ask({ scope: "fisher" }));
    const stop = tokens.groups.line[1] as number;
    near(
      lines?.scores[0] ?? -1,
      [...(single?.scores.slice(0, stop) ?? [])].reduce((a, b) => a + b, 0),
    );
    near(
      lines?.errors?.[0] ?? -1,
      [...(single?.errors?.slice(0, stop) ?? [])].reduce((a, b) => a + b, 0),
    );
  });
  test("a group that straddles the explained token counts only what comes before it", () => {
    const picture = computePicture(basis, tokens.groups.word, ask({}));
    const g = tokens.groups.word.indexOf(8);
    expect(picture?.scores[g]).toBeGreaterThan(0);
    expect(picture?.scored).toBe(g + 1);
  });
});

describe("Fisher", () => {
  test("the trace is spectrum plus remainder, a rank the sum of its first eigenvalues", () => {
    const { made, basis, tokens } = decode();
    const trace = computePicture(basis, tokens.groups.token, ask({ scope: "fisher" }));
    for (const rank of [1, 3, 8]) {
      const ranked = computePicture(basis, tokens.groups.token, ask({ scope: "fisher", rank }));
      expect(ranked?.errors).toBeNull();
      for (let t = 0; t < 9; t++) {
        near(
          ranked?.scores[t] ?? -1,
          (made.spectrum[t] ?? []).slice(0, rank).reduce((a, b) => a + b, 0),
        );
        expect(ranked?.scores[t]).toBeLessThan(trace?.scores[t] ?? 0);
      }
    }
    for (let t = 0; t < 9; t++)
      near(trace?.scores[t] ?? -1, (made.spectrum[t] ?? []).reduce((a, b) => a + b, 0) * 1.3);
    expect(trace?.errors?.[0]).toBeGreaterThan(0);
  });
  test("an exact trace has no error", () => {
    const { basis, tokens } = decode({ exact: true });
    expect(computePicture(basis, tokens.groups.token, ask({ scope: "fisher" }))?.errors).toBeNull();
  });
});

describe("what is not there yet is null", () => {
  const { basis, tokens } = decode({ only: ["log_probability", "mean"] });
  test.each([
    ask({ target: 4711 }),
    ask({ scope: "entropy" }),
    ask({ scope: "fisher" }),
    ask({ scope: "contrast", target: 101, foil: 4711 }),
  ])("%j", (question) => expect(computePicture(basis, tokens.groups.token, question)).toBeNull());
});

describe("defaults", () => {
  const { basis, tokens } = decode();
  test("the foil is the likeliest token that is not the target", () => {
    expect(foilOf(basis, null, null)).toBe(100);
    expect(foilOf(basis, 100, null)).toBe(101);
    expect(foilOf(basis, 100, 105)).toBe(105);
  });
  test("no target means the token in the text", () => {
    const given = computePicture(basis, tokens.groups.token, ask({ target: basis.actual }));
    expect(computePicture(basis, tokens.groups.token, ask({}))?.scores).toEqual(given?.scores);
  });
});

describe("order", () => {
  test("strongest first, one rank for equal scores, none for tokens without influence", () => {
    const { basis, tokens } = decode();
    const picture = computePicture(basis, tokens.groups.token, ask({}));
    const ordered = [...(picture?.order ?? [])].map((g) => picture?.scores[g] as number);
    expect(ordered).toEqual([...ordered].sort((a, b) => b - a));
    expect(picture?.rank[picture.order[0] as number]).toBe(1);
    expect(picture?.rank[10]).toBe(0);
    const flat = { ...basis, gram: new Float32Array(basis.gram.length).fill(1) };
    expect(
      [...(computePicture(flat, tokens.groups.token, ask({ scope: "entropy" }))?.rank ?? [])].slice(0, 9),
    ).toEqual(Array(9).fill(1));
  });
});

describe("gradient × input", () => {
  const { made, basis, tokens } = decode();
  const at = (kind: string, token: number | null) =>
    made.directions.findIndex(([k, t]) => k === kind && t === token);
  const product = (t: number, i: number) => basis.signed[t * basis.size + i] as number;

  test("the products of the scope's directions, with their sign, 0 from the explained token on", () => {
    const picture = computePicture(
      basis,
      tokens.groups.token,
      ask({ scope: "contrast", target: 101, foil: 104, signed: true }),
    );
    const [of, against] = [at("log_probability", 101), at("log_probability", 104)];
    for (let t = 0; t < PIECES.length; t++)
      near(picture?.scores[t] ?? -9, t < 9 ? product(t, of) - product(t, against) : 0);
    expect(picture?.signed).toBe(true);
    expect(Math.min(...(picture?.scores ?? []))).toBeLessThan(0);
  });
  test("a group's is the sum, in which signs may cancel", () => {
    const question = ask({ scope: "entropy", signed: true });
    const single = computePicture(basis, tokens.groups.token, question);
    const words = computePicture(basis, tokens.groups.word, question);
    const stop = tokens.groups.word[1] as number;
    near(
      words?.scores[0] ?? 0,
      [...(single?.scores.slice(0, stop) ?? [])].reduce((a, b) => a + b, 0),
    );
    const whole = [...(single?.shares ?? [])].reduce((a, b) => a + b, 0);
    expect(whole).toBeCloseTo(1, 9);
    expect([...(words?.shares ?? [])].reduce((a, b) => a + b, 0)).toBeLessThan(1);
  });
  test("the strongest is the largest without its sign", () => {
    const picture = computePicture(basis, tokens.groups.token, ask({ target: 103, signed: true }));
    const sizes = [...(picture?.order ?? [])].map((g) => Math.abs(picture?.scores[g] ?? 0));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(picture?.max).toBe(sizes[0]);
    expect(picture?.rank[picture.order[0] as number]).toBe(1);
  });
  test("Fisher has none", () => {
    const question = ask({ scope: "fisher" });
    expect(computePicture(basis, tokens.groups.token, { ...question, signed: true })).toEqual(
      computePicture(basis, tokens.groups.token, question),
    );
  });
});

describe("hidden tokens", () => {
  const { basis, tokens } = decode();
  const kinds = Uint8Array.from(PIECES, (piece) =>
    piece === ".\n" ? DELIMITER : piece === "Un" ? TEMPLATE : 0,
  );
  const open = computePicture(basis, tokens.groups.word, ask({}), kinds);

  test("have no part in a group's score, but in the whole", () => {
    const hidden = computePicture(basis, tokens.groups.word, ask({}), kinds, ["template"]);
    const single = computePicture(basis, tokens.groups.token, ask({}));
    near(hidden?.scores[0] ?? -1, Math.hypot(single?.scores[1] ?? 0, single?.scores[2] ?? 0));
    near(hidden?.templateShare ?? -1, single?.shares[0] ?? -2);
    expect(hidden?.scores.slice(1)).toEqual(open?.scores.slice(1));
    expect(hidden?.bosShare).toBe(open?.bosShare);
  });
  test("of both kinds", () => {
    const hidden = computePicture(basis, tokens.groups.token, ask({}), kinds, ["template", "delimiters"]);
    expect([hidden?.scored, hidden?.rank[0], hidden?.rank[5], hidden?.scores[5]]).toEqual([7, 0, 0, 0]);
    near(hidden?.delimiterShare ?? -1, open?.delimiterShare ?? -2);
    expect(hidden?.delimiterShare).toBeGreaterThan(0);
  });
});

test("another pattern gives another picture of the same name", () => {
  const { basis, tokens } = decode();
  const store = createStore();
  const first = store.picture(basis, tokens, "regex", ask({}));
  const other = { ...tokens, groups: { ...tokens.groups, regex: [0, 4] } };
  expect(store.picture(basis, other, "regex", ask({}))?.scores.length).toBe(2);
  expect(store.picture(basis, tokens, "regex", ask({}))?.scores).toEqual(first?.scores);
});

test("the store computes each picture once", () => {
  const { basis, tokens } = decode();
  const store = createStore();
  const first = store.picture(basis, tokens, "token", ask({}));
  expect(store.picture(basis, tokens, "token", ask({}))).toBe(first);
  expect(store.picture(basis, tokens, "word", ask({}))).not.toBe(first);
  expect(store.picture({ ...basis }, tokens, "token", ask({}))).not.toBe(first);
});
