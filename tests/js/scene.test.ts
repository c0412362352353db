import { describe, expect, test } from "vitest";
import { derive, describe as describeGroup, type Held, type Inputs, MOST_SPANS, unit } from "../../js/scene";
import { createStore, type Question } from "../../js/store";
import { FakeModel, inputsOf, type Options, READY, SENTENCE, sketch, tokensOf } from "./fake";

const store = createStore();

function inputs(traits: Record<string, unknown>): Inputs {
  const model = new FakeModel(traits);
  return inputsOf((name) => model.get(name));
}

const result = (options: Options = {}, wish: Record<string, unknown> = {}) => {
  const { tokens, basis } = sketch(SENTENCE, { position: 19, ...options });
  return inputs({ text: tokens.text, position: basis.position, tokens, basis, status: READY, ...wish });
};

describe("very long texts", () => {
  const pieces = Array.from({ length: MOST_SPANS + 500 }, (_, i) =>
    i % 500 === 499 ? ".\n" : i % 2 ? "ing" : " walk",
  );
  test("are coloured by word, and the wish stays what it was", () => {
    const scene = derive(
      store,
      inputs({ text: pieces.join(""), tokens: tokensOf(pieces), status: READY }),
      null,
    );
    expect(scene).toMatchObject({ granularity: "word", drawable: true });
    expect(scene.starts.length).toBeLessThan(MOST_SPANS);
    expect(scene.wish.granularity).toBe("token");
  });
  test("and by line where even the words are too many", () => {
    const words = pieces.map((piece) => (piece === "ing" ? " talk" : piece));
    expect(derive(store, inputs({ text: words.join(""), tokens: tokensOf(words) }), null)).toMatchObject({
      granularity: "line",
    });
  });
  test("with too many lines nothing is coloured, but the text is there", () => {
    const lines = pieces.map(() => "a\n");
    expect(derive(store, inputs({ text: lines.join(""), tokens: tokensOf(lines) }), null).drawable).toBe(
      false,
    );
  });
});

describe("the picture that is held", () => {
  const held = derive(store, result(), null).held as Held;
  test("is the one that answered last, under its own question", () => {
    const scene = derive(store, result({}, { position: 4, scope: "entropy" }), held);
    expect(scene).toMatchObject({ fresh: false, fits: false, state: "stale", explained: 4 });
    expect(scene.question).toMatchObject({ scope: "semantic" });
    expect(scene.picture?.scored).toBe(19);
  });
  test("follows the grouping", () => {
    const scene = derive(store, result({}, { position: 4, granularity: "word" }), held);
    expect(scene.picture?.scores.length).toBe(scene.starts.length);
    expect(scene.starts.length).toBeLessThan(20);
  });
  test("is dropped with its text", () => {
    const other = tokensOf(["Something", " else"]);
    expect(derive(store, result({}, { text: other.text, tokens: other }), held).picture).toBeNull();
  });
  test("a result for an older text is not drawn over a newer one of the same length", () => {
    const other = tokensOf(SENTENCE.map((piece) => piece.toUpperCase()));
    const scene = derive(store, result({}, { text: other.text, tokens: other }), null);
    expect([scene.picture, scene.fresh]).toEqual([null, false]);
  });
});

describe("a pattern", () => {
  const pieces = ["ab", "1", "2", " c"];
  const { tokens, basis } = sketch(pieces);
  const grouped = (pattern: string, regex: number[]) => ({
    ...tokens,
    pattern,
    groups: { ...tokens.groups, regex },
  });
  const ask = (sent: unknown, wish: Record<string, unknown>) =>
    derive(
      store,
      inputs({ text: tokens.text, basis, status: READY, granularity: "regex", tokens: sent, ...wish }),
      null,
    );
  test("groups its matches", () => {
    const scene = ask(grouped("\\d+", [0, 1, 3]), { pattern: "\\d+" });
    expect(scene).toMatchObject({ fresh: true, state: "ready", starts: [0, 1, 3] });
    expect(describeGroup(scene, 1)?.label).toBe("12");
  });
  test("that is not answered yet keeps the groups of the one before, and is no answer", () => {
    const scene = ask(grouped("\\d+", [0, 1, 3]), { pattern: "[ab]+" });
    expect(scene).toMatchObject({ fresh: false, state: "stale", starts: [0, 1, 3] });
    expect(scene.picture).not.toBeNull();
  });
});

test("what is said with a sign", () => {
  const scene = derive(store, result({}, { signed: true }), null);
  const signs = [0, 1, 2, 3, 4, 5].map((g) => describeGroup(scene, g)?.score[0]);
  expect(new Set(signs)).toEqual(new Set(["+", "−"]));
  expect(describeGroup(scene, 3)?.share).toMatch(/of the sum without signs$/);
  expect(scene.question && unit(scene.question)).toBe("logits");
  expect(unit({ ...(scene.question as Question), signed: false })).toBe("logits per unit embedding norm");
});

describe("state", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["ready", {}, "ready"],
    ["no basis and nothing said", { basis: {}, status: {} }, "idle"],
    ["computing", { status: { state: "computing" } }, "computing"],
    ["error", { status: { state: "error", message: "No." } }, "error"],
    ["cancelled before there was a picture", { basis: {}, status: { state: "cancelled" } }, "cancelled"],
    ["cancelled, but what is asked is there", { status: { state: "cancelled" } }, "ready"],
    ["another position", { position: 3 }, "stale"],
    ["no text", { text: "", tokens: {}, basis: {}, status: { state: "empty" } }, "empty"],
  ])("%s", (_, wish, state) => expect(derive(store, result({}, wish), null).state).toBe(state));
});

describe("what is said about a token", () => {
  test("each place once", () => {
    const scene = derive(store, result({ position: 10 }, { position: 10 }), null);
    expect(describeGroup(scene, 3)?.place).toMatch(/of 10$/);
    expect(describeGroup(scene, 10)?.place).toBe("explained here");
    expect(describeGroup(scene, 11)?.place).toMatch(/^comes after/);
    expect(describeGroup(scene, 11)?.score).toBe("");
    expect(describeGroup(scene, 99)).toBeNull();
  });
  test("a group names its tokens", () => {
    const pieces = ["Un", "believ", "able", " day", "."];
    const { tokens, basis } = sketch(pieces, { position: 4 });
    const scene = derive(
      store,
      inputs({ text: tokens.text, position: 4, granularity: "word", tokens, basis, status: READY }),
      null,
    );
    expect(describeGroup(scene, 0)).toMatchObject({
      label: "Unbelievable",
      tokens: `tokens 0–2, ids ${tokens.ids.slice(0, 3).join(" ")}`,
    });
  });
});
