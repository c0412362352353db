// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGuess } from "../../js/panels/guess";
import { answerOf, chosen, decodeLeftOut, markable } from "../../js/panels/guess-data";
import { fileOf, instruction, verdicts } from "../../js/panels/guess-words";
import type { Guess, PanelBundle, PanelContext } from "../../js/panels/panel";
import { derive, describe as describeGroup } from "../../js/scene";
import { createStore } from "../../js/store";
import { createPanelHost } from "../../js/views/panel-host";
import factory from "../../js/widget";
import {
  type FakeModel,
  inputsOf,
  labelFor,
  panelContext,
  readyModel,
  SENTENCE,
  shownIn,
  wordsOf,
} from "./fake";

const END = SENTENCE.length - 1; // the last token is explained

const floats = (values: number[]) => new DataView(Float32Array.from(values).buffer);
const LEFT_OUT = {
  text: SENTENCE.join(""),
  position: END,
  granularity: "token",
  pattern: "",
  state: "done",
  kl: floats(SENTENCE.slice(0, END).map((_, t) => t)), // the last matters most
};

const sceneOf = (model: FakeModel) =>
  derive(
    createStore(),
    inputsOf((name) => model.get(name)),
    null,
  );

let ends: AbortController;
beforeEach(() => {
  ends = new AbortController();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  ends.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

/** The whole view with the bar in it, as the panels' bundle would bring it. */
function mount(traits: Record<string, unknown> = {}, model = readyModel()) {
  model.receive({ guess: "hidden", marked: [], answers: [], left_out: LEFT_OUT, ...traits });
  const el = document.body.appendChild(document.createElement("div"));
  const end = factory().render({ model, el });
  ends.signal.addEventListener("abort", end);
  const root = el.querySelector(".jw") as HTMLElement;
  let bar: Guess | null = null;
  const draw = () => bar?.update(context.scene());
  const context: PanelContext = panelContext(model, root, ends.signal, {}, draw);
  Object.assign(context.wishes, {
    guess: (on: boolean) => context.wish({ guess: on ? "hidden" : "", marked: [] }),
  });
  bar = createGuess(context);
  root.append(bar.el); // beside the place that waits for the bundle
  draw();
  const own = bar;
  return {
    model,
    root,
    all: (selector: string) => shownIn(root, selector),
    draw,
    mark: (group: number) => own.mark(group),
    button: (name: string) =>
      [...own.el.querySelectorAll("button")].find((b) => b.textContent === name && !b.hidden),
    words: () => wordsOf(own.el),
    token: (t: number) => root.querySelector<HTMLElement>(`[data-start="${t}"]`) as HTMLElement,
    marks: () =>
      [...root.querySelectorAll<HTMLElement>("[data-marked]")].map((s) => [
        Number(s.dataset.start),
        s.dataset.marked,
      ]),
  };
}
const settle = () => Promise.resolve().then(() => Promise.resolve());

describe("while the reader guesses", () => {
  test("nothing on screen tells, not even before the bar has come", async () => {
    const model = readyModel();
    model.receive({ guess: "hidden" });
    const el = document.body.appendChild(document.createElement("div"));
    const end = factory().render({ model, el });
    await settle();
    expect(el.querySelector("[class*=' w']")).toBeNull();
    expect(el.querySelectorAll(".jw-strongest li:not([hidden])")).toHaveLength(0);
    expect(
      [...el.querySelectorAll(".jw-scale, .jw-hidden")].every((one) => (one as HTMLElement).hidden),
    ).toBe(true);
    const token = el.querySelector(".jw-token") as HTMLElement;
    token.focus();
    token.dispatchEvent(new Event("focusin", { bubbles: true }));
    expect(token.getAttribute("aria-label") ?? "").not.toMatch(/\d of|%|influence/);
    model.receive({ guess: "revealed" });
    await settle();
    expect(el.querySelector("[class*=' w']")).not.toBeNull();
    end();
  });

  test("a token's description has no score and no note of a panel", () => {
    const model = readyModel();
    model.receive({ guess: "hidden" });
    const inputs = inputsOf((name) => model.get(name));
    const said = describeGroup(derive(createStore(), { ...inputs, note: () => "KL 3 nats" }, null), 2);
    expect(said).toMatchObject({ score: "", place: "", share: "" });
    expect(said?.hint).not.toContain("KL");
  });

  test("a panel that shows scores is shut, the help is not", async () => {
    const { model, root } = mount({ panel: "compare" });
    const panel = root.querySelector(".jw-panel") as HTMLElement;
    expect(panel.hidden).toBe(true);
    model.receive({ panel: "help" });
    await settle();
    expect(panel.hidden).toBe(false);
  });

  test("a click or a key marks instead of explaining, and takes the mark away again", () => {
    const { model, root, mark, marks, words, button } = mount();
    expect(button("Reveal")?.disabled).toBe(true);
    mark(2);
    mark(4);
    expect(model.get("marked")).toEqual([2, 4]);
    expect(marks()).toEqual([
      [2, ""],
      [4, ""],
    ]);
    expect(words()).toContain("2 marked.");
    expect(root.querySelector("[data-start='2']")?.getAttribute("aria-description")).toBe("marked");
    expect(root.querySelector("[data-start='2']")?.textContent).toBe(SENTENCE[2]);
    expect(root.querySelector("[data-start='2'] .jw-mark")?.textContent).toBe(SENTENCE[2]?.trim());
    mark(2);
    expect(model.get("marked")).toEqual([4]);
    expect(root.querySelector("[data-start='2']")?.outerHTML).not.toContain("mark");
    mark(END); // what is explained
    expect(model.get("marked")).toEqual([4]);
    expect(model.get("position")).toBe(END);
    expect(button("Reveal")?.disabled).toBe(false);
    button("Clear")?.click();
    expect(model.get("marked")).toEqual([]);
  });

  test("the text's own clicks reach the bar, and what cannot be marked is said to be disabled", async () => {
    const { token, model } = mount();
    await settle();
    expect(token(END).getAttribute("aria-disabled")).toBe("true");
    expect(token(3).hasAttribute("aria-disabled")).toBe(false);
    token(3).click();
    expect(model.get("position")).toBe(END);
    model.receive({ guess: "" });
    await settle();
    expect(token(END).hasAttribute("aria-disabled")).toBe(false);
    token(3).click();
    expect(model.get("position")).toBe(3);
  });

  test("a piece of several tokens is marked whole", () => {
    const pieces = ["Super", "cilious", " men", " are", " rare"];
    const { model, mark, marks } = mount({ granularity: "word" }, readyModel(pieces, { position: 4 }));
    mark(0);
    expect(model.get("marked")).toEqual([0, 1]);
    expect(marks().map(([t]) => t)).toEqual([0, 1]);
    mark(0);
    expect(model.get("marked")).toEqual([]);
  });

  test("a space that is a token of its own stays outside the frame, but is marked", () => {
    const model = readyModel(["a", " ", "b", "c", " d"], { position: 4 });
    const { mark, marks, token } = mount({ granularity: "word" }, model);
    mark(1);
    expect(model.get("marked")).toEqual([1, 2, 3]);
    expect(marks().map(([t]) => t)).toEqual([2, 3]);
    expect(token(2).dataset.edge).toBe("left");
    expect(token(1).getAttribute("aria-description")).toBe("marked");
    mark(1);
    expect([token(1), token(2)].map((span) => span.getAttributeNames().includes("data-edge"))).toEqual([
      false,
      false,
    ]);
    expect(token(1).hasAttribute("aria-description")).toBe(false);
  });

  test("another question clears the marks, another scope keeps them", () => {
    const { model, mark, draw } = mount({ status: { state: "saved" } });
    mark(1);
    model.receive({ scope: "entropy" });
    draw();
    expect(model.get("marked")).toEqual([1]);
    model.receive({ target: 101 });
    draw();
    expect(model.get("marked")).toEqual([]);
  });

  test("marks that Python sets with another question stay", () => {
    const { model, mark, draw } = mount();
    mark(1);
    model.receive({ position: 5 });
    draw();
    model.receive({ marked: [1, 2] });
    draw();
    expect(model.get("marked")).toEqual([1, 2]);
    expect(model.saved.filter(({ marked }) => Array.isArray(marked) && marked.length === 0)).toEqual([]);
  });

  test("while the picture is of an older question, all that stands before the new one can be marked", () => {
    const { model, mark, draw } = mount({}, readyModel(SENTENCE, { position: 5 }));
    model.receive({ position: END });
    draw();
    mark(8);
    expect(model.get("marked")).toEqual([8]);
  });

  test("hostile tokens stay text", () => {
    const pieces = ["<img src=x onerror='window.bad=1'>", " <b>", "\n", "\u202e", " end"];
    const { root, mark, marks } = mount({}, readyModel(pieces, { position: 4 }));
    for (const group of [0, 1, 2, 3]) mark(group);
    expect(marks()).toHaveLength(4);
    expect(root.querySelector("img, .jw-text b")).toBeNull();
    expect([...root.querySelectorAll(".jw-token")].map((t) => t.textContent)).toEqual(pieces);
  });
});

describe("the reveal", () => {
  test("says how many are right, and frames them", () => {
    const { model, mark, button, marks, words } = mount();
    const scene = sceneOf(model);
    const order = [...(scene.ranked?.order ?? [])];
    const [first, last] = [order[0] as number, order.at(-1) as number];
    for (const group of [first, last]) mark(group);
    button("Reveal")?.click();
    expect(model.get("guess")).toBe("revealed");
    expect(new Map(marks() as [number, string][])).toEqual(
      new Map([
        [first, "hit"],
        [last, "miss"],
      ]),
    );
    expect(words()).toContain("1 of your 2 is among Semantic’s 2 strongest; by chance it would be 0.2.");
    expect(words()).toContain("Leave-one-out:");
    expect(model.get("answers")).toEqual([]); // Python gives them
    button("Guess again")?.click();
    expect(model.get("guess")).toBe("hidden");
    expect(model.get("marked")).toEqual([]);
  });

  test("without a kernel the browser gives the answer, and it can be taken away", async () => {
    const { model, mark, button, all, root } = mount({ status: { state: "saved" } });
    mark(1);
    mark(END - 1);
    button("Reveal")?.click();
    const [answer] = model.get("answers") as Record<string, unknown>[];
    expect(answer).toMatchObject({
      text: SENTENCE.join(""),
      position: END,
      marked: [1, END - 1],
      tokens: [SENTENCE[1], SENTENCE[END - 1]],
      k: 2,
      pieces: END,
      left_out_hits: 1,
      left_out_strongest: [SENTENCE[END - 1], SENTENCE[END - 2]],
      by_chance: 4 / END,
      attempt: 1,
      target: SENTENCE[END],
    });
    button("Guess again")?.click();
    mark(3);
    button("Reveal")?.click();
    expect((model.get("answers") as { attempt: number }[]).map(({ attempt }) => attempt)).toEqual([1, 2]);
    (root.querySelector(".jw-guess-keep input") as HTMLInputElement).value = "Ada <b>";
    button("Copy my answers")?.click();
    await settle();
    const copied = all(".jw-preview")[0] as HTMLTextAreaElement;
    expect(JSON.parse(copied.value)).toEqual(
      (model.get("answers") as object[]).map((one) => ({ student: "Ada <b>", ...one })),
    );
  });

  test("a kernel that does not answer is noticed", () => {
    const { model, mark, button } = mount();
    mark(1);
    button("Reveal")?.click();
    expect(button("Save my answers")?.closest("[hidden]")).not.toBeNull();
    vi.advanceTimersByTime(5000);
    expect(model.get("answers")).toHaveLength(1);
    expect(button("Save my answers")?.closest("[hidden]")).toBeNull();
    const python = [{ marked: [2] }];
    button("Guess again")?.click();
    mark(2);
    button("Reveal")?.click();
    model.receive({ answers: python });
    vi.advanceTimersByTime(5000);
    expect(model.get("answers")).toBe(python);
  });

  test("a kernel that was only slow is believed again", () => {
    const { model, mark, button, draw, words } = mount({ left_out: {} });
    mark(1);
    button("Reveal")?.click();
    vi.advanceTimersByTime(5000);
    expect(words()).toContain("it needs a kernel");
    model.receive({ answers: [{ marked: [1] }] });
    draw();
    expect(words()).not.toContain("it needs a kernel");
    expect(button("Save my answers")?.closest("[hidden]")).not.toBeNull();
  });

  test("what is hidden does not count", () => {
    const model = readyModel();
    const dot = SENTENCE.indexOf(".");
    model.receive({ guess: "hidden", hide: ["delimiters"] });
    const scene = sceneOf(model);
    expect(markable(scene, dot)).toBe(false);
    expect(chosen(scene, new Set([1, dot]))).toEqual([1]);
    expect(answerOf(scene, [1, dot], null)).toMatchObject({ k: 1, tokens: [SENTENCE[1]] });
    expect(answerOf(scene, [dot], null)).toBeNull();
  });

  test("of another question there is nothing to say", () => {
    const { words, button } = mount({ guess: "revealed" });
    expect(words()).toContain("No guess for this question.");
    expect(button("Guess this one")).toBeTruthy();
  });
});

describe("leave-one-out", () => {
  const scene = () => {
    const model = readyModel();
    model.receive({ guess: "revealed" });
    return sceneOf(model);
  };
  const ANSWER = { k: 3, pieces: 18, hits: 0, left_out_hits: null, by_chance: 0.5, scope: "semantic" };
  const words = (raw: unknown, kernel = true) =>
    verdicts(ANSWER as unknown as Parameters<typeof verdicts>[0], decodeLeftOut(raw, scene()), kernel)[1];
  test.each([
    [{}, true, "Leave-one-out is still being computed."],
    [{}, false, "Leave-one-out is not saved here; it needs a kernel."],
    [{ ...LEFT_OUT, position: 3 }, true, "Leave-one-out is still being computed."],
    [{ ...LEFT_OUT, granularity: "word" }, true, "Leave-one-out is still being computed."],
    [{ ...LEFT_OUT, kl: floats([1]) }, true, "Leave-one-out is still being computed."],
    [{ ...LEFT_OUT, state: "error", error: "no <room>" }, true, "Leave-one-out failed: no <room>"],
    [
      { ...LEFT_OUT, state: "too long", seconds: 240 },
      true,
      "Leave-one-out would take 4\u00a0min here, so it is not computed. Check can do it.",
    ],
  ])("that is not there is said: %#", (raw, kernel, said) => {
    expect(words(raw, kernel)).toBe(said);
  });
});

describe("words", () => {
  const said = (changes: Record<string, unknown>) =>
    verdicts(
      {
        k: 5,
        pieces: 19,
        hits: 3,
        left_out_hits: 0,
        by_chance: 25 / 19,
        scope: "semantic",
        ...changes,
      } as unknown as Parameters<typeof verdicts>[0],
      { state: "done", kl: null, seconds: 0, error: "" },
      true,
    );
  test.each([
    [{}, "3 of your 5 are among Semantic’s 5 strongest; by chance it would be 1.3."],
    [{ hits: 5 }, "All 5 of yours are among Semantic’s 5 strongest; by chance it would be 1.3."],
    [{ hits: 0 }, "None of your 5 is among Semantic’s 5 strongest; by chance it would be 1.3."],
    [
      { k: 2, hits: 1, by_chance: 0.01 },
      "1 of your 2 is among Semantic’s 2 strongest; by chance it would be less than 0.1.",
    ],
    [{ k: 1, hits: 1 }, "Yours is the strongest for Semantic; chance alone finds it once in 19 guesses."],
    [{ k: 1, hits: 0 }, "Yours is not the strongest for Semantic; chance alone finds it once in 19 guesses."],
    [{ k: 19 }, "You marked all 19 that stand before the question, so there is nothing to compare."],
    [
      { hits: null, by_chance: null, scope: "temperature" },
      "Temperature says nothing about this model, so there is nothing to compare with. Ask about Entropy.",
    ],
  ])("%#", (changes, expected) => {
    expect(said(changes)[0]).toBe(expected);
  });
  test("of leave-one-out", () => {
    expect(said({})[1]).toBe(
      "Leave-one-out: none of your 5 is among the 5 whose removal changes the prediction most; by chance 1.3 too.",
    );
  });

  test.each([
    ["semantic", "Mark the words that you think moved ␣x. Then reveal."],
    ["contrast", "Mark the words that you think spoke for ␣x rather than ␣y. Then reveal."],
    ["fisher", "Mark the words that you think moved the whole prediction. Then reveal."],
    ["entropy", "Mark the words that you think moved the model’s uncertainty. Then reveal."],
  ])("the instruction of %s", (scope, expected) => {
    const model = readyModel();
    model.receive({ scope, target: 100, foil: 101, guess: "hidden" });
    const parts = instruction(sceneOf(model), (id) => labelFor(id === 100 ? " x" : " y"));
    expect(parts.map((part) => (typeof part === "string" ? part : part.label)).join("")).toBe(expected);
  });

  test("a file's name is of harmless characters", () => {
    expect(fileOf("Ada Lovelace")).toBe("Ada Lovelace.json");
    expect(fileOf("../../etc/passwd")).toBe("etcpasswd.json");
    expect(fileOf("  ")).toBe("answers.json");
    expect(fileOf("王小明")).toBe("王小明.json");
  });
});

test("there is no answer before there is a picture", () => {
  const model = readyModel();
  model.receive({ basis: {} });
  expect(answerOf(sceneOf(model), [1], null)).toBeNull();
});

test("code that comes late does not take the place of newer code", async () => {
  const made: string[] = [];
  const model = readyModel();
  const root = document.createElement("div");
  const context = panelContext(model, root, ends.signal);
  const arrived = new Map<string, (bundle: PanelBundle) => void>();
  const host = createPanelHost(context, (code) => new Promise((resolve) => arrived.set(code, resolve)));
  const bundle = (name: string): PanelBundle => ({
    guess: () => {
      made.push(name);
      return { el: document.createElement("p"), update: () => undefined, mark: () => undefined };
    },
    css: `.${name}{}`,
  });
  const draw = () => host.update(context.scene());
  model.receive({ guess: "hidden", panels: "guess alone" });
  draw();
  model.receive({ panels: "all" });
  draw();
  arrived.get("guess alone")?.(bundle("alone"));
  await settle();
  arrived.get("all")?.(bundle("all"));
  await settle();
  expect(made).toEqual(["all"]);
  expect([...host.el.querySelectorAll("style")].map((style) => style.textContent)).toEqual([".all{}"]);
});
