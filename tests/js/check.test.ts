// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createCheck } from "../../js/panels/check";
import { belongs, type Check, decodeCheck, pointsOf, topTokens } from "../../js/panels/check-data";
import { effectWords, noteOf, situation } from "../../js/panels/check-words";
import type { Panel, PanelContext } from "../../js/panels/panel";
import { derive, describe as describeGroup, type Note, type Scene } from "../../js/scene";
import { createStore } from "../../js/store";
import { inputsOf, panelContext, READY, readyModel, SENTENCE, shownIn, wordsOf } from "./fake";

const T = SENTENCE.length; // the last token is explained
const END = T - 1;
const PARIS = { id: 100, label: "␣big", piece: " big", p: 0.6, logit: 3 };
const OTHER = { id: 101, label: "␣food", piece: " food", p: 0.1, logit: 2 };

const floats = (values: number[]) => new DataView(Float32Array.from(values).buffer);

function curves(changes: Record<string, unknown> = {}) {
  return {
    fractions: [0.025, 0.05, 0.1, 0.2, 0.4],
    counts: [1, 1, 1, 3, 7],
    scope: [-0.5, -0.5, -0.5, -3.2, -5],
    random: {
      mean: [-0.1, -0.1, -0.1, -0.4, -1],
      low: [-0.4, -0.4, -0.4, -1, -2],
      high: [0.2, 0.2, 0.2, 0, -0.3],
      seeds: 8,
    },
    baseline: { title: "Gradient × input", values: [-0.3, -0.3, -0.3, -2, -4] },
    confirmed: { title: "Semantic, a quarter confirmed", values: [-1, -1, -1, -4, -6] },
    aopc: { scope: -1.2, random: -0.2, baseline: -0.9 },
    ...changes,
  };
}

/** Tokens 0 to `confirmed` - 1 were left out; the KL of each is its index plus one. */
function payload(changes: Record<string, unknown> = {}, confirmed = 5) {
  const text = SENTENCE.join("");
  const known = (f: (t: number) => number) =>
    floats(Array.from({ length: T }, (_, t) => (t < confirmed ? f(t) : Number.NaN)));
  return {
    text,
    state: "done",
    position: END,
    scope: "semantic",
    target: 100,
    foil: null,
    rank: null,
    signed: false,
    measured: PARIS,
    ablation: "zero",
    unavailable: {},
    verdict: "Zeroing the 3 tokens: the ranking holds here.",
    end: END,
    screened: 5,
    seconds: 4.2,
    kl: known((t) => t + 1),
    delta_log_p: known((t) => -t / 2),
    curves: curves(),
    ablated: null,
    ...changes,
  };
}

const decoded = (raw: unknown): Check => {
  const found = decodeCheck(raw);
  if (!found.ok || !found.value) throw new Error(found.ok ? "nothing" : found.error);
  return found.value;
};

let ends: AbortController;
beforeEach(() => {
  ends = new AbortController();
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  } as unknown as typeof ResizeObserver;
});
afterEach(() => {
  ends.abort();
  vi.useRealTimers();
  document.body.replaceChildren();
});

function mount(traits: Record<string, unknown> = {}) {
  const model = readyModel();
  model.receive({ target: 100, panel: "check", check: payload(), ...traits });
  const root = document.body.appendChild(document.createElement("div"));
  let note: Note = () => "";
  let panel: Panel | null = null;
  const context: PanelContext = panelContext(model, root, ends.signal, { note: (of) => (note = of) }, () =>
    panel?.update(context.scene()),
  );
  panel = createCheck(context);
  root.append(panel.el);
  const update = (changes: Record<string, unknown> = {}) => {
    model.receive(changes);
    panel?.update(context.scene());
  };
  update();
  const { el } = panel;
  const seen = (selector: string) => shownIn(el, selector);
  return {
    el,
    model,
    context,
    update,
    seen,
    note: (group: number) => note(group),
    button: (name: string) => seen("button").find((b) => b.textContent === name),
    token: (item: number) => el.querySelectorAll<HTMLElement>("[data-item]")[item] as HTMLElement,
    words: () => wordsOf(el),
    written: () => model.saved.at(-1),
  };
}

describe("what Python sends", () => {
  test("is decoded, with NaN for what was not left out", () => {
    const check = decoded(payload());
    expect(check).toMatchObject({ confirmed: 5, end: END, most: { kl: 5, deltaLogP: 2 }, error: "" });
    expect(decodeCheck({})).toEqual({ ok: true, value: null });
    expect(decoded(payload({ error: "out of memory" })).error).toBe("out of memory");
    expect(decodeCheck({ error: "out of memory" })).toEqual({ ok: false, error: "out of memory" });
  });
  test.each([
    [{ kl: new Uint8Array(3) }, "float32"],
    [{ state: "great" }, "missing"],
    [{ measured: { id: "x" } }, "candidate"],
    [{ curves: curves({ scope: [1, 2] }) }, `"scope" are not the numbers`],
    [{ curves: curves({ aopc: { scope: "low" } }) }, `"aopc"`],
    [{ curves: curves({ baseline: { values: [0, 0, 0, 0, 0] } }) }, "has no title"],
    [{ ablated: { tokens: [1], before: [PARIS], after: [], kl: 1, delta_log_p: -1 } }, "effect is missing"],
  ])("what does not add up becomes a sentence: %o", (changes, said) => {
    const found = decodeCheck(payload(changes));
    expect(found.ok ? "" : found.error).toContain(said);
  });
  test("a curve begins with nothing taken away and has each share once", () => {
    expect(pointsOf([-1, -1, -2], [1, 1, 4], 8)).toEqual([
      [0, 0],
      [1 / 8, -1],
      [1 / 2, -2],
    ]);
  });
  test("the top 5 % are one token at least", () => {
    expect(topTokens([4, 2, 9], 0.05)).toEqual([4]);
    expect(
      topTokens(
        Array.from({ length: 40 }, (_, i) => 39 - i),
        0.05,
      ),
    ).toEqual([38, 39]);
    expect(topTokens([], 0.05)).toEqual([]);
  });
});

describe("which picture it is of", () => {
  const scene = (traits: Record<string, unknown> = {}): Scene => {
    const model = readyModel();
    model.receive({ target: 100, ...traits });
    return derive(
      createStore(),
      inputsOf((name) => model.get(name)),
      null,
    );
  };
  test.each([
    [{}, {}, true],
    [{ scope: "fisher", target: null }, { scope: "fisher" }, true],
    [{ scope: "fisher", target: null, rank: 2 }, { scope: "fisher" }, false],
    [{}, { scope: "entropy" }, false],
    [{}, { target: 101 }, false],
    [{}, { signed: true }, false],
    [{ signed: true }, { signed: true }, true],
    [{ position: null }, {}, false],
    [{ scope: "contrast", foil: 101 }, { scope: "contrast", foil: 102 }, false],
    [{ scope: "contrast", foil: 101 }, { scope: "contrast", foil: 101 }, true],
    [{ text: "Something else" }, {}, false],
  ])("the check of %o and the wish %o: %s", (of, wish, fits) => {
    expect(belongs(decoded(payload(of)), scene(wish))).toBe(fits);
  });
});

describe("words", () => {
  test("of a token name both numbers", () => {
    const check = decoded(payload());
    expect(noteOf(check, 2, 3)).toBe("leave-one-out: KL 3.00 nats, Δ log p(␣big) −1.00");
    expect(noteOf(check, 2, 4)).toBe("leave-one-out, token by token: KL up to 4.00 nats");
    expect(noteOf(check, 4, 6)).toBe("");
    expect(noteOf(check, 9, 10)).toBe("");
  });
  test("of tokens taken away together", () => {
    const ablated = { tokens: [1], before: [PARIS], after: [{ ...PARIS, p: 0.03 }], kl: 2, delta_log_p: -3 };
    const check = decoded(payload({ ablated }));
    expect(check.ablated && effectWords(check, check.ablated).replace(/\u00a0/g, " ")).toBe(
      "p(␣big) from 60.0 % to 3.0 %, Δ log p −3.00 nats, KL 2.00 nats.",
    );
  });
  const at = (changes: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    situation({
      check: decoded(payload(changes, (more.confirmed as number) ?? 5)),
      picture: true,
      error: "",
      kernel: true,
      message: "",
      asked: false,
      ...more,
    });
  test("say how far it is and what can be asked for", () => {
    expect(at({})).toMatchObject({ button: "all" });
    expect(at({}).words.replace(/\u00a0/g, " ")).toBe(
      "5 of 19 tokens confirmed by leaving each out. The rest takes about 4 s.",
    );
    expect(at({ state: "computing" })).toMatchObject({ button: null, total: 0 });
    expect(at({ state: "computing" }, { asked: true })).toMatchObject({ button: "stop", done: 5, total: 19 });
    expect(at({ state: "stopped", seconds: 0 })).toMatchObject({
      words: "The whole check takes a while.",
      button: "all",
    });
    expect(at({}, { confirmed: 19 })).toMatchObject({ button: null });
    expect(at({ screened: 0 }).words).toBe("");
  });
  test("say that nobody computes", () => {
    expect(at({}, { kernel: false })).toMatchObject({ button: null });
    expect(at({}, { kernel: false }).words).toContain("takes a running kernel");
    expect(at({}, { kernel: false, check: null }).words).toContain("No check was saved");
    expect(at({}, { error: "no memory" }).words).toBe("The check failed: no memory");
  });
});

describe("the panel", () => {
  test("shows the verdict, the curves by name, and the same as a table", () => {
    const { words, seen, el } = mount();
    expect(el.querySelector(".jw-check-verdict")?.textContent).toContain("the ranking holds here");
    expect(seen(".jw-check-entry").map((one) => one.textContent)).toEqual([
      "Semantic",
      "Gradient × input",
      "Random, mean and range of 8 orders",
      "Semantic, a quarter confirmed",
    ]);
    const row = [...(el.querySelectorAll("tbody tr")[3]?.children ?? [])].map((cell) => cell.textContent);
    expect(row).toEqual(["20\u00a0%", "3 of 19", "−3.20", "−0.40 (−1.00 to 0)", "−2.00", "−4.00"]);
    expect(words()).toContain("5 of 19 tokens confirmed");
  });

  test("marks in the text what was left out, with both numbers, while the check is of the picture", () => {
    const { note, update, context } = mount();
    expect(note(2)).toContain("KL 3.00 nats");
    expect(note(7)).toBe("");
    expect(describeGroup({ ...context.scene(), note }, 2)?.hint).toContain("Δ log p(␣big) −1.00");
    update({ scope: "entropy" });
    expect(note(2)).toBe("");
    update({ scope: "semantic", granularity: "word" });
    expect(note(0)).toContain("KL 1.00 nats");
  });

  test("a token is taken away with a click or a key, and put back", () => {
    const { token, written, update, words } = mount();
    token(3).click();
    expect(written()).toEqual({ ablated: [3] });
    expect(token(3).getAttribute("aria-selected")).toBe("true");
    expect(words()).toContain("Computing the prediction without them");
    token(1).focus();
    token(1).dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    token(1).dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, composed: true }));
    expect(written()).toEqual({ ablated: [1, 3] });
    const after = [{ ...PARIS, p: 0.2 }, OTHER];
    update({
      check: payload({
        ablated: { tokens: [1, 3], before: [PARIS, OTHER], after, kl: 0.5, delta_log_p: -1.1 },
      }),
    });
    expect(words()).toContain("Without ␣loves ␣food");
    expect(words()).toContain("p(␣big) from 60.0 % to 20.0 %, Δ log p −1.10 nats, KL 0.500 nats.");
    token(3).click();
    expect(written()).toEqual({ ablated: [1] });
    token(END).click(); // comes after the prediction
    expect(written()).toEqual({ ablated: [1] });
    expect(token(END).getAttribute("aria-disabled")).toBe("true");
  });

  test("the top of the picture is taken away, and all put back", () => {
    const { button, written, context, update } = mount();
    const { basis, tokens, question } = context.scene();
    const picture = basis && tokens && question && context.picture(basis, tokens, question, "token");
    button("Take the top 5\u00a0%")?.click();
    expect(written()).toEqual({ ablated: [picture?.order[0]] });
    update();
    button("Put all back")?.click();
    expect(written()).toEqual({ ablated: [] });
    expect(button("Put all back")).toBeUndefined();
  });

  test("asks for all tokens, for another ablation, and stops", () => {
    const { button, written, update, el, words } = mount();
    button("Check all tokens")?.click();
    expect(written()).toEqual({ panel_run: true });
    update({ check: payload({ state: "computing" }, 8) });
    expect(words()).toContain("Left out 8 of 19 tokens");
    button("Stop")?.click();
    expect(written()).toEqual({ panel_run: false });
    const select = el.querySelector("select") as HTMLSelectElement;
    select.value = "remove";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    expect(written()).toEqual({ ablation: "remove" });
    expect(el.classList.contains("is-stale")).toBe(true);
    expect(words()).toContain("what follows moves up");
  });

  test("an ablation that the model lacks a token for is not on offer", () => {
    const { el, words } = mount({
      check: payload({ unavailable: { pad: "SmolLM names no padding token" } }),
    });
    expect([...el.querySelectorAll("option")].filter((one) => one.disabled).map((one) => one.value)).toEqual([
      "pad",
    ]);
    expect(words()).toContain("Padding: this model names no such token.");
  });

  test("while another picture is asked about, the old check of this text stays, greyed", () => {
    const { el, update, words, seen } = mount();
    update({ scope: "entropy" });
    expect(el.classList.contains("is-stale")).toBe(true);
    expect(words()).toContain("the ranking holds here");
    expect(words()).toContain("Ablating tokens …");
    update({ check: payload({ text: "Another" }) });
    expect(seen(".jw-check-verdict, .jw-check-parts")).toEqual([]);
  });

  test("an error stands beside what there is", () => {
    const { words, update, token } = mount();
    update({ check: { ...payload(), error: "CUDA out of memory." } });
    expect(words()).toContain("The check failed: CUDA out of memory.");
    expect(words()).toContain("the ranking holds here");
    expect(token(2).className).toContain("is-noted");
  });

  test("a saved page shows the check and says what takes a kernel", () => {
    const ablated = { tokens: [1], before: [PARIS], after: [{ ...PARIS, p: 0.03 }], kl: 2, delta_log_p: -3 };
    const { words, button, token, model, el } = mount({
      status: { ...READY, state: "saved" },
      check: payload({ ablated }),
      ablated: [1],
    });
    expect(words()).toContain("the ranking holds here");
    expect(words()).toContain("Without ␣loves");
    expect(words()).toContain("takes a running kernel");
    for (const name of ["Check all tokens", "Put all back", "Take the top 5\u00a0%"])
      expect(button(name)).toBeUndefined();
    expect(el.querySelector("select")?.disabled).toBe(true);
    token(3).click();
    expect(model.saved).toEqual([]);
  });

  test("a kernel that does not answer is noticed", () => {
    vi.useFakeTimers();
    const { button, words, update } = mount();
    button("Check all tokens")?.click();
    vi.advanceTimersByTime(5000);
    expect(words()).toContain("No answer yet.");
    update({ check: payload({}, 9) });
    expect(words()).not.toContain("No answer yet.");
  });

  test("pointing in the strip points in the text", () => {
    const { token, context } = mount();
    token(4).dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    expect(context.scene().view.hover).toBe(4);
    expect(token(4).className).toContain("is-hot");
  });
});
