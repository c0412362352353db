// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createCompare } from "../../js/panels/compare";
import { decodePinned } from "../../js/panels/compare-pin";
import { rowImage } from "../../js/panels/compare-strip";
import {
  DECODE,
  type FakeModel,
  type Options,
  panelContext,
  readyModel,
  SENTENCE,
  shown,
  sketch,
} from "./fake";

type Raw = Record<string, unknown>;

/** The panel over the real scene and store, without the rest of the view. */
function mount(model: FakeModel) {
  const stop = new AbortController();
  const root = document.body.appendChild(document.createElement("div"));
  const focused: number[] = [];
  const focus = (group: number) => focused.push(group);
  const context = panelContext(model, root, stop.signal, { focus }, () => panel.update(context.scene()));
  const panel = createCompare(context);
  root.append(panel.el);
  const update = () => panel.update(context.scene());
  update();
  mounted.push({ stop, root });
  return { model, root, context, focused, scene: context.scene, update };
}

const mounted: { stop: AbortController; root: HTMLElement }[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  for (const { stop, root } of mounted.splice(0)) {
    stop.abort();
    root.remove();
  }
  vi.useRealTimers();
});

const all = (root: ParentNode, selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
const one = (root: ParentNode, selector: string) => {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
const button = (root: ParentNode, name: string) =>
  all(root, "button").find((b) => b.textContent === name && shown(b)) as HTMLButtonElement;
const multiples = (root: ParentNode) => all(root, ".jw-multiple");
const point = (element: Element) => element.dispatchEvent(new Event("pointerover", { bubbles: true }));
const press = (element: Element, key: string) =>
  element.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }),
  );
const long = (n: number) => Array.from({ length: n }, (_, i) => (i === 0 ? "word" : ` word${i}`));

/** Other traits, as if Python had answered for another text or position. */
function answer(model: FakeModel, pieces: string[], options: Options): void {
  const { tokens, basis } = sketch(pieces, options);
  model.receive({ text: tokens.text, position: basis.position, target: null, foil: null, tokens, basis });
}

describe("three scopes", () => {
  test("the text stands there once for each, inked by its own scores", () => {
    const { root } = mount(readyModel());
    const lists = multiples(root).map((m) => one(m, ".jw-mini"));
    expect(lists.map((list) => list.textContent)).toEqual(Array(3).fill(SENTENCE.join("")));
    expect(lists.map((list) => list.getAttribute("aria-label"))).toEqual([
      "Semantic: 20 tokens",
      "Fisher: 20 tokens",
      "Temperature: 20 tokens",
    ]);
    const full = lists.map((list) => all(list, ".w63").length);
    expect(full).toEqual([1, 1, 1]);
  });

  test("pieces are called as in the rest of the view", () => {
    const model = readyModel();
    model.receive({ granularity: "number" });
    const { root } = mount(model);
    expect(one(root, ".jw-mini").getAttribute("aria-label")).toBe("Semantic: 20 pieces");
    expect(one(root, ".jw-alike caption").textContent).toBe("How alike they rank 19 pieces");
  });

  test("hover in one lights the token in all, and says what each scores it", () => {
    const { root, scene } = mount(readyModel());
    point(all(multiples(root)[1] as HTMLElement, ".jw-token")[4] as HTMLElement);
    expect(scene().pointed).toBe(4);
    for (const multiple of multiples(root)) {
      expect(all(multiple, ".is-hot").map((t) => t.textContent)).toEqual(["."]);
      expect(one(multiple, ".jw-readout").textContent).toMatch(/^\..*\d+(st|nd|rd|th) of 19$/);
    }
  });

  test("one Tab stop each; arrows walk, Enter goes to the text", () => {
    const { root, focused } = mount(readyModel());
    const list = one(multiples(root)[0] as HTMLElement, ".jw-mini");
    const stops = () => all(list, "[tabindex='0']").map((t) => t.textContent);
    expect(stops()).toEqual(["Tom"]);
    press(all(list, ".jw-token")[0] as HTMLElement, "ArrowRight");
    press(document.activeElement as Element, "ArrowRight");
    expect(stops()).toEqual([" Korean"]);
    expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Korean, .* of 19$/);
    press(document.activeElement as Element, "Enter");
    press(document.activeElement as Element, "End");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("liberal, explained here");
    expect(stops()).toEqual([" liberal"]);
    expect(focused).toEqual([2]);
  });

  test("a text from right to left is walked to the left", () => {
    const { root } = mount(readyModel(["שלום", " עולם", " טוב"], { position: 2 }));
    const list = one(multiples(root)[0] as HTMLElement, ".jw-mini");
    press(all(list, ".jw-token")[0] as HTMLElement, "ArrowLeft");
    expect(document.activeElement?.textContent).toBe(" עולם");
  });

  test("a scope chosen twice changes places", () => {
    const { root } = mount(readyModel());
    const selects = all(root, "select") as HTMLSelectElement[];
    (selects[0] as HTMLSelectElement).value = "temperature";
    selects[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    expect(selects.map((s) => s.value)).toEqual(["temperature", "fisher", "semantic"]);
    (selects[1] as HTMLSelectElement).value = "contrast";
    selects[1]?.dispatchEvent(new Event("change", { bubbles: true }));
    expect(all(root, ".jw-alike th").map((th) => th.textContent?.split(" rank")[0])).toEqual([
      "Temperature and Contrast",
      "Temperature and Semantic",
      "Contrast and Semantic",
    ]);
  });

  test("how alike is said in words, for what is not hidden", () => {
    const { root, model, update } = mount(readyModel());
    const rows = all(root, ".jw-alike tr").map((row) => row.textContent);
    expect(rows.length).toBe(3);
    expect(rows[0]).toMatch(
      /^Semantic and Fisher rank the tokens .+ρ.=.−?\d\.\d\d\d of the 5 strongest are the same$/,
    );
    expect(one(root, ".jw-alike caption").textContent).toBe("How alike they rank 19 tokens");
    model.receive({ hide: ["delimiters"] });
    update();
    expect(one(root, ".jw-alike caption").textContent).toBe("How alike they rank 17 tokens");
  });

  test("a scope still to come is on its way, and is compared with none", () => {
    const model = readyModel(SENTENCE, { position: 19, only: ["log_probability", "mean", "temperature"] });
    model.receive({ status: { state: "computing", done: 3, total: 9 } });
    const { root } = mount(model);
    const fisher = multiples(root)[1] as HTMLElement;
    expect(one(fisher, ".jw-readout").textContent).toBe("On its way");
    expect(all(fisher, "[class*=' w']")).toEqual([]);
    expect(all(root, ".jw-alike tr").length).toBe(1);
  });

  test("a long text is a strip of cells, with the same hover and keys", () => {
    const { root, scene, focused } = mount(readyModel(long(901), { position: 900 }));
    const strips = all(root, ".jw-multiple .jw-strip");
    expect(strips.every(shown)).toBe(true);
    expect(all(root, ".jw-multiple .jw-token")).toEqual([]);
    expect(strips.map((s) => all(s, ".jw-strip-row").length)).toEqual([10, 10, 10]);
    const strip = strips[0] as HTMLElement;
    press(strip, "ArrowRight");
    press(strip, "ArrowDown");
    expect(scene().pointed).toBe(101);
    expect(strips.map((s) => one(s, ".jw-cell").classList.contains("is-hot"))).toEqual([true, true, true]);
    expect(one(strip, ".jw-cell").getAttribute("aria-label")).toMatch(/^word101, .* of 900$/);
    press(strip, "Enter");
    expect(focused).toEqual([101]);
  });

  test("cells of one colour are one stop", () => {
    expect(rowImage([0, 0, 63, -63], 8)).toBe(
      "linear-gradient(90deg,transparent 0.000% 25.000%," +
        "color-mix(in srgb,var(--jw-ink) 100.0%,transparent) 25.000% 37.500%," +
        "color-mix(in srgb,var(--jw-negative) 100.0%,transparent) 37.500% 50.000%,transparent 50.000%)",
    );
  });
});

describe("pinned", () => {
  test("what is kept owns its buffers, so that no message is sent back whole", () => {
    const model = readyModel();
    const basis = model.get("basis") as Raw;
    const gram = basis.gram as DataView;
    const message = new Uint8Array(gram.byteLength + 4096);
    message.set(new Uint8Array(gram.buffer), 64);
    model.receive({ basis: { ...basis, gram: new DataView(message.buffer, 64, gram.byteLength) } });
    const { root } = mount(model);
    button(root, "Pin this picture").click();
    const pinned = model.saved.at(-1)?.pinned as { basis: { gram: DataView }; question: Raw };
    expect(pinned.basis.gram.buffer.byteLength).toBe(gram.byteLength);
    expect(pinned.question).toEqual({ scope: "semantic", target: expect.any(Number), foil: 100, rank: null });
    expect(decodePinned(pinned, DECODE)).toMatchObject({ ok: true, value: { question: pinned.question } });
    expect(one(root, ".jw-compare").textContent).toContain("This is the pinned picture.");
  });

  test("another question about the same text gives the difference in shares", () => {
    const { root, model, update, scene } = mount(readyModel());
    button(root, "Pin this picture").click();
    const before = scene().picture;
    model.receive({ scope: "fisher" });
    update();
    const after = scene().picture;
    const differences = SENTENCE.map((_, g) => (after?.shares[g] ?? 0) - (before?.shares[g] ?? 0));
    const tokens = all(root, ".jw-difference .jw-token").filter((t) => t.closest(".jw-mini"));
    for (const [g, d] of differences.entries()) {
      expect(tokens[g]?.classList.contains("is-negative"), SENTENCE[g]).toBe(
        d < 0 && /w\d/.test(tokens[g]?.className ?? ""),
      );
    }
    const top = differences.reduce(
      (a, b, i) => (Math.abs(b) > Math.abs(differences[a] as number) ? i : a),
      0,
    );
    const first = one(root, ".jw-difference li");
    expect(first.textContent).toContain((SENTENCE[top] as string).trim());
    expect(one(root, ".jw-questions").textContent).toBe(
      "PinnedWhat moved the logit of ␣liberal? Semantic, at token 19NowWhat moved the whole prediction? Fisher, at token 19",
    );
    point(first);
    expect(scene().pointed).toBe(top);
    button(root, "Unpin").click();
    expect(model.get("pinned")).toEqual({});
    expect(all(root, ".jw-difference").some(shown)).toBe(false);
  });

  test("a piece that one of the two does not score is no difference", () => {
    const { root, model, update } = mount(readyModel(SENTENCE, { position: null }));
    button(root, "Pin this picture").click();
    answer(model, SENTENCE, { position: 12 });
    update();
    const tokens = all(one(root, ".jw-difference .jw-mini"), ".jw-token");
    for (const [g, token] of tokens.entries()) {
      expect(token.classList.contains("is-explained"), SENTENCE[g]).toBe(g === 12);
      expect(token.classList.contains("is-dim"), SENTENCE[g]).toBe(g > 12);
      if (g >= 12) expect(token.className).not.toMatch(/ w\d/);
    }
    const listed = all(root, ".jw-difference li .jw-label").map((label) => label.textContent?.slice(1));
    expect(listed.length).toBeGreaterThan(0);
    for (const label of listed)
      expect(SENTENCE.slice(0, 12).some((piece) => piece.endsWith(label ?? "?"))).toBe(true);
    point(tokens[15] as HTMLElement);
    expect(one(root, ".jw-difference .jw-readout").textContent).toMatch(
      /^\.[^,]*\d[^,]* pinned, not before the explained token now$/,
    );
  });

  test("an older picture is marked as one, and keeps its ring", () => {
    const { root, model, update } = mount(readyModel());
    button(root, "Pin this picture").click();
    model.receive({ scope: "entropy" });
    update();
    expect(all(root, ".is-stale")).toEqual([]);
    model.receive({ position: 8, target: null });
    update();
    expect(one(root, ".jw-difference").classList.contains("is-stale")).toBe(true);
    expect(all(root, ".jw-compare > section.is-stale").length).toBe(2);
    const rings = all(root, ".is-explained").filter(shown);
    expect(rings.map((token) => token.textContent)).toEqual(Array(5).fill(" liberal"));
    expect(one(root, ".jw-questions").textContent).toMatch(/Entropy, at token 19$/);
  });

  test("a signed picture is kept with its sign", () => {
    const model = readyModel();
    model.receive({ signed: true });
    const { root, update } = mount(model);
    button(root, "Pin this picture").click();
    expect((model.get("pinned") as { question: Raw }).question.signed).toBe(true);
    model.receive({ signed: false });
    update();
    expect(one(root, ".jw-questions").textContent).toMatch(
      /Semantic, signed, at token 19Now.*Semantic, at token 19$/,
    );
    expect(one(root, ".jw-sides").textContent).toMatch(/^higher nowlower now/);
  });

  test("another text is set below it, token by token, in one ink", () => {
    const { root, model, update, scene } = mount(readyModel());
    button(root, "Pin this picture").click();
    const other = [...SENTENCE.slice(0, 10), " deep", ...SENTENCE.slice(10, 19), " conservative"];
    answer(model, other, { position: null, seed: 5 });
    update();
    const pairs = all(root, ".jw-pair");
    expect(
      pairs.map((p) =>
        [...p.children]
          .slice(0, 2)
          .map((c) => c.textContent)
          .join("|"),
      ),
    ).toEqual([
      ...SENTENCE.slice(0, 10).map((piece) => `${piece}|${piece}`),
      "| deep",
      ...SENTENCE.slice(10, 19).map((piece) => `${piece}|${piece}`),
      " liberal| conservative",
    ]);
    expect(all(root, ".jw-pair .w63").length).toBe(1);
    expect(one(root, ".jw-aligned").textContent).toContain(
      "19 tokens in both texts, 1 replaced, 1 only in the one now.",
    );
    point(pairs[20] as HTMLElement);
    expect(scene().pointed).toBe(20);
    expect(one(root, ".jw-aligned .jw-readout").textContent).toMatch(
      /^␣liberal → ␣conservativenot before the explained token when pinned, .* now$/,
    );
    expect(pairs[20]?.classList.contains("is-hot")).toBe(true);
    expect(one(root, ".jw-aligned ol").textContent).not.toContain("liberal");
  });

  test("a fixed scale is followed as soon as it changes", () => {
    const { root, model, update } = mount(readyModel());
    button(root, "Pin this picture").click();
    answer(model, SENTENCE.slice(5), { position: null, seed: 5 });
    update();
    const scale = one(root, ".jw-aligned > .jw-quiet");
    const before = scale.textContent;
    expect(before).toMatch(/^Upper line pinned, lower line now, in one ink: up to \d/);
    model.receive({ vmax: 250 });
    update();
    expect(scale.textContent).not.toBe(before);
    expect(scale.textContent).toContain("up to 250 logits");
    expect(all(root, ".jw-pair .w63")).toEqual([]);
    model.receive({ vmax: null });
    update();
    expect(scale.textContent).toBe(before);
  });

  test("a token that is only in the pinned text can be read too", () => {
    const { root, model, update } = mount(readyModel());
    button(root, "Pin this picture").click();
    answer(model, SENTENCE.slice(5), { position: null, seed: 5 });
    update();
    point(one(root, ".jw-pair"));
    expect(one(root, ".jw-aligned .jw-readout").textContent).toMatch(/^Tom.*only in the pinned text/);
    expect(one(root, ".jw-pair").classList.contains("is-hot")).toBe(true);
  });

  test("long texts are compared in a strip", () => {
    const { root, model, update } = mount(readyModel(long(600), { position: null }));
    button(root, "Pin this picture").click();
    answer(model, long(601), { position: null, seed: 3 });
    update();
    expect(shown(one(root, ".jw-aligned .jw-strip"))).toBe(true);
    expect(all(root, ".jw-pair")).toEqual([]);
    expect(one(root, ".jw-aligned").textContent).toContain(
      "600 tokens in both texts, 1 only in the one now.",
    );
  });

  test("what cannot be read is said, and can be unpinned", () => {
    const model = readyModel();
    model.receive({ pinned: { tokens: {}, basis: {}, question: {} } });
    const { root } = mount(model);
    expect(one(root, ".jw-compare").textContent).toContain("What was pinned cannot be read");
    button(root, "Unpin").click();
    expect(model.get("pinned")).toEqual({});
  });

  test("hostile tokens stay text", () => {
    const hostile = ["<img src=x onerror=alert(1)>", "\u202eevil", "\u200b", " a", " b"];
    const { root, model, update } = mount(readyModel(hostile, { position: null }));
    button(root, "Pin this picture").click();
    answer(model, [...hostile, "<script>"], { position: null, seed: 2 });
    update();
    expect(root.querySelector("img, script")).toBeNull();
    const labels = all(root, ".jw-label").filter(shown);
    expect(labels.length).toBeGreaterThan(0);
    for (const label of labels) expect(label.textContent).not.toMatch(/[\u202e\u200b]/);
    expect(all(root, ".jw-pair")[1]?.querySelector(".is-isolated")).not.toBeNull();
  });
});

describe("towards", () => {
  test("each token leans to the target or to the foil, as its signed score says", () => {
    const { root, model, context, scene } = mount(readyModel());
    const { basis, tokens, target, foil } = scene();
    if (!basis || !tokens || target === null || foil === null) throw new Error("not ready");
    const picture = context.picture(basis, tokens, {
      scope: "contrast",
      target,
      foil,
      rank: null,
      signed: true,
    });
    const section = all(root, ".jw-compare > section")[2] as HTMLElement;
    expect(one(section, ".jw-part").textContent).toBe(`Towards token ${target} or towards token ${foil}`);
    const spans = all(section, ".jw-mini .jw-token");
    expect(spans.map((t) => t.classList.contains("is-negative"))).toEqual(
      SENTENCE.map((_, g) => (picture?.scores[g] ?? 0) < 0),
    );
    expect(all(section, ".is-negative").length).toBeGreaterThan(3);
    expect(model.saved).toEqual([]);
  });
});

test("a result is read out once, after a moment", () => {
  const { root, model, update } = mount(readyModel());
  const live = one(root, "[role=status]");
  vi.advanceTimersByTime(500);
  expect(live.textContent).toMatch(
    /^Semantic and Fisher rank the tokens .*\. Semantic and Temperature .*\. Fisher/,
  );
  button(root, "Pin this picture").click();
  model.receive({ scope: "entropy" });
  update();
  vi.advanceTimersByTime(500);
  expect(live.textContent).toMatch(
    /^Difference to the pinned picture: largest at .* points\. The two rank 19 tokens/,
  );
});
