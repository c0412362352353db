// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import factory from "../../js/widget";
import { FakeModel, labelFor, READY, readyModel, SENTENCE, shown, sketch, wordsOf } from "./fake";

interface Mounted {
  model: FakeModel;
  el: HTMLElement;
  root: HTMLElement;
  dispose: () => void;
}

const mounted: Mounted[] = [];

function mount(
  model = readyModel(),
  widget = factory(),
  el = document.body.appendChild(document.createElement("div")),
): Mounted {
  widget.initialize();
  const dispose = widget.render({ model, el });
  const one = { model, el, root: el.querySelector<HTMLElement>(".jw") as HTMLElement, dispose };
  mounted.push(one);
  return one;
}

const settle = () => Promise.resolve().then(() => Promise.resolve());
const one = (root: ParentNode, selector: string) => {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
const all = (root: ParentNode, selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
const tokens = (root: ParentNode) => all(root, ".jw-token");
const options = (root: ParentNode) => all(root, ".jw-token[role=option]:not([aria-hidden])");
const radio = (root: ParentNode, name: string) =>
  all(root, "[role=radio]").find(
    (r) => (r.getAttribute("aria-label") ?? r.textContent) === name,
  ) as HTMLElement;
const state = (root: ParentNode) => one(root, ".jw-status").dataset.state;
const inks = (root: ParentNode) =>
  tokens(root)
    .map((t) => t.className.match(/ w(\d+)/)?.[1] ?? "0")
    .join(" ");

function press(
  target: Element,
  key: string,
  modifiers: KeyboardEventInit = {},
): { prevented: boolean; leaked: boolean } {
  let leaked = false;
  const notebook = () => {
    leaked = true;
  };
  document.addEventListener("keydown", notebook, { capture: true });
  const event = new KeyboardEvent("keydown", {
    key,
    bubbles: true,
    composed: true,
    cancelable: true,
    ...modifiers,
  });
  target.dispatchEvent(event);
  document.removeEventListener("keydown", notebook, { capture: true });
  return { prevented: event.defaultPrevented, leaked };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  for (const view of mounted.splice(0)) view.dispose();
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("text", () => {
  test("the spans join to the text, and the explained token is selected", () => {
    const { root, model } = mount();
    expect(
      tokens(root)
        .map((t) => t.textContent)
        .join(""),
    ).toBe(model.get("text"));
    expect(all(root, "[aria-selected=true].jw-token").map((t) => t.dataset.start)).toEqual(["19"]);
    expect(state(root)).toBe("ready");
  });

  test("hostile tokens stay text", () => {
    const pieces = [
      "<script>",
      "window.hacked=1",
      "</script>",
      '<img src=x onerror="window.hacked=1">',
      " \u202e",
      "evil",
      "\u200b",
      "&amp;",
    ];
    const { root } = mount(readyModel(pieces, { position: 7 }));
    expect(root.querySelector("script, img")).toBeNull();
    expect(tokens(root).map((t) => t.textContent)).toEqual(pieces);
    expect(tokens(root)[4]?.classList.contains("is-isolated")).toBe(true);
    expect(tokens(root)[6]?.dataset.mark).toBe("⟨U+200B⟩");
    for (const label of all(root, ".jw-label")) expect(label.textContent).not.toMatch(/[\u202e\u200b]/);
  });

  test("a line break stays a character of the text, with a mark that is none", () => {
    const { root } = mount(readyModel(["a", "\n\n", "b"], { position: 2 }));
    expect(tokens(root)[1]?.textContent).toBe("\n\n");
    expect(all(root, ".jw-break").length).toBe(2);
  });

  test("tokens after the explained one are dimmed and have no ink", () => {
    const { root } = mount(readyModel(SENTENCE, { position: 5 }));
    const classes = tokens(root).map((t) => t.className);
    expect(classes.slice(0, 5).every((c) => / w\d/.test(c) && !c.includes("is-dim"))).toBe(true);
    expect(classes[5]).toContain("is-explained");
    expect(classes.slice(6).every((c) => c === "jw-token is-dim")).toBe(true);
  });

  test("by word, a run of spans is one option that explains its last token", async () => {
    const model = readyModel(["Un", "believ", "able", " stories", "."], { position: 4 });
    model.set("granularity", "word");
    const { root } = mount(model);
    expect(options(root).map((t) => t.getAttribute("aria-label"))).toEqual(["Unbelievable", " stories."]);
    expect(options(root)[1]?.getAttribute("aria-selected")).toBe("true");
    const ink = tokens(root).map((t) => t.className.match(/ w\d+/)?.[0]);
    expect(new Set(ink.slice(0, 3)).size).toBe(1);
    expect(ink[3]).toBeDefined();
    expect(ink[4]).toBeUndefined(); // the explained token cannot have moved itself
    tokens(root)[1]?.click();
    expect(model.get("position")).toBe(2);
    expect(document.activeElement).toBe(options(root)[0]);
  });

  test("another granularity keeps the spans, and gives back how they were", async () => {
    const model = readyModel(["Un", "believ", "able", " stories", "."], { position: 4 });
    const { root } = mount(model);
    const before = tokens(root);
    const html = one(root, ".jw-text").innerHTML;
    for (const granularity of ["word", "line", "token"]) {
      model.set("granularity", granularity);
      await settle();
      expect(tokens(root).map((t, i) => t === before[i])).toEqual(before.map(() => true));
      expect(tokens(root).map((t) => t.textContent)).toEqual(["Un", "believ", "able", " stories", "."]);
      expect(all(root, ".jw-text [tabindex='0'], .jw-text [aria-selected]").every((t) => !t.ariaHidden)).toBe(
        true,
      );
    }
    expect(one(root, ".jw-text").innerHTML).toBe(html);
  });

  test("a piece of several spans has two sides, one ring, and one hover", async () => {
    const model = readyModel(["So", " un", "believ", "able", " ", "1", "2"], { position: 3 });
    model.set("granularity", "word");
    const { root } = mount(model);
    const of = (kind: string) => all(root, `.jw-token.is-${kind}`).map((t) => t.dataset.start);
    expect(of("explained")).toEqual(["1", "2", "3"]);
    expect(all(root, ".jw-ring").map((ring) => ring.textContent)).toEqual(["un"]);
    tokens(root)[5]?.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    expect(of("hot")).toEqual(["4", "5", "6"]);
    expect([of("left"), of("right")]).toEqual([
      ["1", "4"],
      ["3", "6"],
    ]);
    // The space that leads the number stays outside its ring.
    model.set("position", 6);
    await settle();
    expect(of("explained")).toEqual(["5", "6"]);
    expect(of("left")).toEqual(["1", "5"]);
    expect(all(root, ".jw-ring")).toEqual([]);
  });

  test("a piece that runs to the left has its sides the other way round", () => {
    const model = readyModel(["of", " \u05e9\u05dc", "\u05d5\u05dd"], { position: 0 });
    model.set("granularity", "word");
    const { root } = mount(model);
    expect(tokens(root).map((t) => t.className.match(/is-(left|right)/)?.[1])).toEqual([
      undefined,
      "right",
      "left",
    ]);
  });
});

describe("clicks", () => {
  test("a token is explained in one message", () => {
    const { root, model } = mount();
    model.set("target", 101);
    model.saved = [];
    tokens(root)[3]?.click();
    expect(model.saved).toEqual([{ position: 3, target: null }]);
    expect([model.get("position"), model.get("target"), model.get("foil")]).toEqual([3, null, null]);
  });

  test("the next slot explains what follows the text", () => {
    const { root, model } = mount();
    one(root, ".jw-next").click();
    expect(model.get("position")).toBeNull();
  });

  test("the first token without BOS cannot be explained, and says why", async () => {
    const { root, model } = mount(readyModel(SENTENCE, { position: 19, bos: [] }));
    const first = tokens(root)[0] as HTMLElement;
    expect(first.getAttribute("aria-disabled")).toBe("true");
    first.click();
    expect(model.get("position")).toBe(19);
    first.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    expect(one(root, ".jw-tooltip").textContent).toMatch(/no prediction to explain/);
  });

  test("a scope is answered without the kernel, and the trait is still set", async () => {
    const { root, model } = mount();
    const before = inks(root);
    radio(root, "Fisher").click();
    await settle();
    expect(inks(root)).not.toBe(before);
    expect(model.saved.at(-1)).toEqual({ scope: "fisher" });
    expect(state(root)).toBe("ready");
    expect(radio(root, "Fisher").getAttribute("aria-checked")).toBe("true");
    expect(all(root, "[role=radio][aria-checked=true]").length).toBe(1);
    radio(root, "Entropy").click();
    await settle();
    expect(one(root, ".jw-more").textContent).toContain("Entropy");
    expect(one(root, ".jw-ask").textContent).toContain("What moved its uncertainty?");
  });

  test("a prediction becomes the target, its second button the foil", async () => {
    const { root, model } = mount();
    radio(root, "Fisher").click();
    const row = one(root, ".jw-prediction[data-id='102']");
    one(row, ".jw-as-target").click();
    await settle();
    expect([model.get("scope"), model.get("target")]).toEqual(["semantic", 102]);
    expect(one(root, ".jw-target-chip .jw-label").textContent).toBe("␣huge");
    one(root, ".jw-prediction[data-id='101'] .jw-as-foil").click();
    await settle();
    expect([model.get("scope"), model.get("target"), model.get("foil")]).toEqual(["contrast", 102, 101]);
    expect(one(root, ".jw-ask").textContent).toMatch(/Why.*huge.*rather than.*food/);
    expect(state(root)).toBe("ready");
  });

  test("making the foil the target frees the foil", async () => {
    const { root, model } = mount();
    one(root, ".jw-prediction[data-id='101'] .jw-as-foil").click();
    await settle();
    one(root, ".jw-prediction[data-id='101'] .jw-as-target").click();
    expect([model.get("target"), model.get("foil")]).toEqual([101, null]);
  });

  test("the actual token is listed and ringed though it is unlikely", () => {
    const { root, model } = mount();
    const actual = (model.get("tokens") as { ids: number[] }).ids[19];
    expect(all(root, ".jw-prediction.is-actual").map((r) => r.dataset.id)).toEqual([String(actual)]);
  });

  test("the Fisher rank", async () => {
    const { root, model } = mount();
    radio(root, "Fisher").click();
    await settle();
    const select = one(root, ".jw-rank") as HTMLSelectElement;
    expect(select.options.length).toBe(9);
    expect(one(root, ".jw-ask").textContent).toMatch(/576 in all, estimated from 40 within 4\s%/);
    select.value = "8";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    expect(model.get("rank")).toBe(8);
    expect(one(root, ".jw-ask").textContent).toMatch(/rank 8 of 576, captures 57\s%/);
    select.value = "2";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    expect(one(root, ".jw-ask").textContent).toMatch(/rank 2 of 576, captures 37\s%/);
  });
});

describe("hover", () => {
  test("the tooltip says everything about a token, and hovering writes no trait", async () => {
    const { root, model } = mount();
    tokens(root)[14]?.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    const said = one(root, ".jw-tooltip").textContent ?? "";
    expect(said).toMatch(/^␣Columbia · [\d.]+ · \d+(st|nd|rd|th) of 19/);
    expect(said).toMatch(/\d+\s% of the influence · token 14, id \d+$/);
    expect(model.saved).toEqual([]);
    one(root, ".jw-text").dispatchEvent(new MouseEvent("pointerleave"));
    await settle();
    expect(one(root, ".jw-tooltip").hidden).toBe(true);
  });
  test("the Fisher trace carries its error", async () => {
    const { root } = mount();
    radio(root, "Fisher").click();
    tokens(root)[4]?.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    expect(one(root, ".jw-tooltip").textContent).toMatch(/[\d.]+ ± [\d.]+ nats/);
  });
  test("the strongest tokens are linked to the text", async () => {
    const { root } = mount();
    const row = one(root, ".jw-strongest li");
    row.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    expect(all(root, ".jw-token.is-hot").map((t) => labelFor(t.textContent ?? ""))).toEqual([
      one(row, ".jw-label").textContent,
    ]);
    expect(one(root, ".jw-token.is-hot").className).toContain("w63");
  });
});

describe("drawing", () => {
  const signed = (root: ParentNode) => tokens(root).filter((t) => t.classList.contains("is-negative")).length;
  const choose = (root: ParentNode, label: string) => {
    const found = all(root, ".jw-choices label").find((l) => l.textContent === label);
    one(found as HTMLElement, "input").click();
    return settle();
  };
  const input = (root: ParentNode, label: string) =>
    all(root, ".jw-choices label")
      .find((l) => l.textContent === label)
      ?.querySelector("input");

  test.each([
    ["Log", { scale: "log" }],
    ["Rank", { scale: "rank" }],
    ["Share", { scale: "share" }],
  ])("scale: %s", async (label, sent) => {
    const { root, model } = mount();
    const before = inks(root);
    await choose(root, label);
    expect(model.saved).toEqual([sent]);
    expect(inks(root)).not.toBe(before);
    expect(inks(root)).toContain("63");
    expect(input(root, label)?.checked).toBe(true);
  });
  test("the colour bar's numbers: the end in the scope's unit, or a share of the whole", async () => {
    const { root } = mount();
    const bar = () => all(root, ".jw-tick").filter((tick) => !tick.hidden);
    const numbers = () => bar().map((tick) => tick.textContent);
    const strongest = one(root, ".jw-strongest li .jw-number").textContent;
    expect(numbers()).toEqual(["0", strongest]);
    expect(one(root, ".jw-unit").textContent).toBe("logits per unit embedding norm");
    await choose(root, "Log");
    expect(numbers().length).toBe(3);
    expect(Number(numbers()[1])).toBeCloseTo(Number(strongest) / 10, 1);
    await choose(root, "Share");
    expect(numbers().at(-1)).toMatch(/^\d+\u00a0%$/);
    expect(one(root, ".jw-unit").textContent).toBe("of the whole");
  });
  test("ink and underline", async () => {
    const { root, model } = mount();
    expect(root.dataset.palette).toBe("blue");
    await choose(root, "Green");
    await choose(root, "Underline");
    expect([root.dataset.palette, root.dataset.bars]).toEqual(["green", "off"]);
    expect(model.saved).toEqual([{ palette: "green" }, { bars: false }]);
  });
  test("signed: some tokens are negative, the bar has two ends, the numbers a sign", async () => {
    const { root, model } = mount();
    expect(signed(root)).toBe(0);
    await choose(root, "Signed: gradient × input");
    expect(model.saved).toEqual([{ signed: true }]);
    expect(signed(root)).toBeGreaterThan(2);
    expect(signed(root)).toBeLessThan(18);
    const ends = all(root, ".jw-tick").filter((tick) => !tick.hidden);
    expect(ends.map((tick) => tick.textContent?.[0])).toEqual(["−", "0", "+"]);
    expect(one(root, ".jw-unit").textContent).toBe("logits, gradient × input");
    for (const value of all(root, ".jw-strongest li:not([hidden]) .jw-number"))
      expect(value.textContent).toMatch(/^[+−<]/);
    radio(root, "Fisher").click();
    await settle();
    expect(signed(root)).toBe(0);
    expect(input(root, "Signed: gradient × input")?.disabled).toBe(true);
    expect(one(root, ".jw-choices [id$=unsigned]").hidden).toBe(false);
  });

  describe("threshold", () => {
    const slider = (root: ParentNode) => one(root, "[role=slider]");
    const coloured = (root: ParentNode) => tokens(root).filter((t) => / w\d/.test(t.className)).length;
    test("arrow keys move it, weaker tokens lose their colour, and it is said how many are left", async () => {
      const { root, model } = mount();
      expect(slider(root).getAttribute("aria-valuetext")).toBe("all are coloured");
      expect(coloured(root)).toBe(19);
      for (let i = 0; i < 3; i++) press(slider(root), "PageUp");
      expect(press(slider(root), "ArrowRight")).toEqual({ prevented: true, leaked: false });
      await settle();
      expect(model.get("threshold")).toBe(0.31);
      expect(coloured(root)).toBeLessThan(19);
      expect(slider(root).getAttribute("aria-valuenow")).toBe("31");
      const left = `${coloured(root)} of 19 tokens coloured`;
      expect(slider(root).getAttribute("aria-valuetext")).toMatch(
        new RegExp(`^from [\\d.]+ logits per unit embedding norm, ${left}$`),
      );
      expect(one(root, ".jw-kept").textContent).toContain(left);
      press(slider(root), "End");
      expect(model.get("threshold")).toBe(0.99);
      await settle();
      one(root, ".jw-kept button").click();
      await settle();
      expect([model.get("threshold"), coloured(root)]).toEqual([0, 19]);
    });
    test("dragging redraws at once, and is sent when it ends", async () => {
      const { root, model } = mount();
      const bar = one(root, ".jw-colours");
      one(root, ".jw-ramp").getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;
      const drag = (type: string, clientX: number) =>
        bar.dispatchEvent(new PointerEvent(type, { clientX, button: 0, bubbles: true, pointerId: 1 }));
      drag("pointermove", 250);
      expect(model.get("threshold")).toBe(0);
      drag("pointerdown", 150);
      drag("pointermove", 200);
      await settle();
      expect(coloured(root)).toBeLessThan(19);
      expect(model.saved).toEqual([]);
      drag("pointerup", 200);
      expect(model.saved).toEqual([{ threshold: 0.5 }]);
      drag("pointermove", 110);
      expect(model.get("threshold")).toBe(0.5);
    });
  });

  test("a fixed scale stays for the next target, and is let go with the unit", async () => {
    const { root, model } = mount();
    const fix = all(root, ".jw-legend button").find((b) => b.textContent === "Fix this scale") as HTMLElement;
    fix.click();
    await settle();
    const fixed = model.get("vmax") as number;
    expect(fixed).toBeGreaterThan(1);
    expect(one(root, ".jw-scale").textContent).toMatch(/fixed at [\d.]+Let it adapt$/);
    one(root, ".jw-prediction[data-id='113'] .jw-as-target, .jw-prediction:last-child .jw-as-target").click();
    await settle();
    expect(model.get("vmax")).toBe(fixed);
    radio(root, "Contrast").click();
    expect(model.get("vmax")).toBe(fixed);
    radio(root, "Entropy").click();
    expect(model.saved.at(-1)).toEqual({ scope: "entropy", vmax: null });
    model.set("vmax", fixed);
    await settle();
    fix.click();
    expect(model.get("vmax")).toBeNull();
  });

  test("delimiters are left out and their share is named", async () => {
    const { root, model } = mount();
    await choose(root, "Hide delimiters");
    expect(model.saved).toEqual([{ hide: ["delimiters"] }]);
    expect(one(root, ".jw-notes").textContent).toMatch(/Delimiters hold (\d+|< 1)\s%, hidden/u);
    const stops = tokens(root).filter((t) => t.textContent === ".");
    expect(stops.map((t) => t.className)).toEqual(Array(2).fill("jw-token is-dim"));
    await choose(root, "Hide delimiters");
    expect(model.get("hide")).toEqual([]);
  });
});

describe("the pattern", () => {
  const field = (root: ParentNode) => one(root, ".jw-pattern") as HTMLInputElement;
  const type = (root: ParentNode, value: string) => {
    field(root).value = value;
    field(root).dispatchEvent(new Event("change", { bubbles: true }));
  };
  const regex = (root: ParentNode) => one(root, "input[value=regex]") as HTMLInputElement;

  test("Enter or leaving the field sends it together with the granularity, once", async () => {
    const { root, model } = mount();
    field(root).value = "[A-Z]\\w+";
    expect(press(field(root), "Enter")).toEqual({ prevented: true, leaked: false });
    type(root, "[A-Z]\\w+");
    expect(model.saved).toEqual([{ pattern: "[A-Z]\\w+", granularity: "regex" }]);
    await settle();
    expect(state(root)).toBe("stale");
    const answer = { ...(model.get("tokens") as { groups: object }), pattern: "[A-Z]\\w+" };
    model.receive({ tokens: { ...answer, groups: { ...answer.groups, regex: [0, 5, 10] } } });
    await settle();
    expect(state(root)).toBe("ready");
    expect(options(root).length).toBe(3);
    expect(one(root, ".jw-strongest .jw-heading").textContent).toBe("Strongest pieces");
    expect(regex(root).checked).toBe(true);
  });
  test("refused: the reason stands beside it, and what was typed stays", async () => {
    const { root, model } = mount();
    type(root, "(");
    await settle();
    const message = "pattern '(' is no regular expression: missing ), at character 1.";
    model.receive({ status: { state: "error", done: 0, total: 0, message, detail: "" } });
    await settle();
    expect(one(root, ".jw-refused").hidden).toBe(true); // of something else, until the pattern itself comes back
    model.receive({ pattern: "", granularity: "token" });
    await settle();
    expect(one(root, ".jw-refused").textContent).toBe(message);
    expect(field(root).value).toBe("(");
    expect(field(root).getAttribute("aria-invalid")).toBe("true");
    expect(tokens(root).length).toBe(20);
    type(root, ".");
    await settle();
    model.receive({ status: READY, tokens: { ...(model.get("tokens") as object), pattern: "." } });
    await settle();
    model.receive({ status: { state: "error", done: 0, total: 0, message: "Something else.", detail: "" } });
    await settle();
    expect(one(root, ".jw-refused").hidden).toBe(true);
  });
  test("the choice alone asks for a pattern first, and takes the one that is there", async () => {
    const { root, model } = mount();
    regex(root).click();
    expect([document.activeElement, model.saved]).toEqual([field(root), []]);
    type(root, "o");
    (one(root, "input[value=word]") as HTMLInputElement).click();
    expect(model.get("granularity")).toBe("word");
    await settle();
    regex(root).click();
    expect([model.get("granularity"), model.get("pattern")]).toEqual(["regex", "o"]);
    type(root, "");
    expect(model.saved.at(-1)).toEqual({ pattern: "", granularity: "token" });
  });
});

describe("panels", () => {
  const opener = (root: ParentNode, name: string) =>
    all(root, ".jw-views button").find((b) => b.textContent === name) as HTMLElement;
  test("a word opens its panel, the same word closes it", async () => {
    const { root, model } = mount();
    opener(root, "Compare").click();
    await settle();
    expect(model.saved).toEqual([{ panel: "compare" }]);
    expect(opener(root, "Compare").getAttribute("aria-expanded")).toBe("true");
    expect(opener(root, "Map").getAttribute("aria-expanded")).toBe("false");
    opener(root, "Compare").click();
    expect(model.get("panel")).toBe("");
  });
  test("Series is offered for a series alone", async () => {
    const series = Array.from({ length: 9 }, (_, i) => [`${i + 1}`, ","]).flat();
    const { root, model } = mount(readyModel(series, { position: 17 }));
    expect(opener(root, "Series").hidden).toBe(false);
    const other = sketch(SENTENCE);
    model.receive({ text: other.tokens.text, tokens: other.tokens, position: null });
    await settle();
    expect(opener(root, "Series").hidden).toBe(true);
  });
});

describe("every token by strength", () => {
  const long = Array.from({ length: 200 }, (_, i) => ` w${i}`);
  const rows = (root: ParentNode) => all(root, ".jw-strongest li").filter((row) => !row.hidden);
  test("opens on request, in order, and grows as it is scrolled", async () => {
    const { root } = mount(readyModel(long, { position: 199 }));
    expect(rows(root).length).toBe(7);
    const all_ = one(root, ".jw-over button");
    all_.click();
    await settle();
    expect([rows(root).length, all_.textContent]).toEqual([60, "Show fewer"]);
    const values = rows(root).map((row) => Number(one(row, ".jw-number").textContent));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    one(root, ".jw-strongest ol").dispatchEvent(new Event("scroll"));
    expect(rows(root).length).toBe(120);
    all_.click();
    await settle();
    expect(rows(root).length).toBe(7);
  });
  test("is linked to the text both ways", async () => {
    const { root } = mount(readyModel(long, { position: 199 }));
    one(root, ".jw-over button").click();
    await settle();
    const row = rows(root)[40] as HTMLElement;
    row.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    const label = one(row, ".jw-label").textContent;
    expect(all(root, ".jw-token.is-hot").map((t) => labelFor(t.textContent ?? ""))).toEqual([label]);
    one(root, ".jw-token.is-hot").dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    expect(all(root, "li.is-hot").map((hot) => one(hot, ".jw-label").textContent)).toEqual([label]);
  });
  test("what was out of sight follows the picture too", async () => {
    const { root } = mount(readyModel(long, { position: 199 }));
    const all_ = one(root, ".jw-over button");
    const said = () => rows(root).map((row) => row.textContent);
    radio(root, "Fisher").click();
    all_.click();
    await settle();
    const fisher = said();
    all_.click();
    await settle();
    radio(root, "Semantic").click();
    await settle();
    all_.click();
    await settle();
    const strong = said();
    expect(strong).not.toEqual(fisher);
    const numbers = rows(root).map((row) => Number(one(row, ".jw-number").textContent));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(new Set(rows(root).map((row) => one(row, ".jw-label").textContent)).size).toBe(60);
  });
  test("a short text has no more to show", () => {
    const { root } = mount(readyModel(SENTENCE.slice(0, 6), { position: 5 }));
    expect(one(root, ".jw-over button").hidden).toBe(true);
  });
});

describe("states", () => {
  test("empty", () => {
    const { root } = mount(new FakeModel({}));
    expect(state(root)).toBe("empty");
    expect(shown(one(root, ".jw-empty"))).toBe(true);
  });

  test("computing the first time: the text is already readable, Cancel is there", async () => {
    const { tokens: made } = sketch(SENTENCE);
    const { root, model } = mount(
      new FakeModel({ text: made.text, tokens: made, status: { state: "computing", done: 7, total: 20 } }),
    );
    expect(tokens(root).length).toBe(20);
    expect(state(root)).toBe("computing");
    expect(one(root, ".jw-status").textContent).toContain("computing 7 of 20");
    one(root, ".jw-cancel").click();
    expect(model.get("cancelled")).toBe(1);
    model.receive({ status: { state: "cancelled", done: 0, total: 0, message: "", detail: "" } });
    await settle();
    one(root, ".jw-retry").click();
    expect(model.get("retries")).toBe(1);
  });

  test("computing: what is left, and the memory it takes, where it is worth a word", async () => {
    const { tokens: made } = sketch(SENTENCE);
    const status = { state: "computing", done: 7, total: 20, seconds: 41, bytes: 1.3 * 2 ** 30 };
    const { root, model } = mount(new FakeModel({ text: made.text, tokens: made, status }));
    const words = () => wordsOf(one(root, ".jw-words"));
    expect(words()).toBe("computing 7 of 20, about 40 s left, 1.3 GiB of memory");
    model.receive({ status: { ...status, seconds: 1.2 } });
    await settle();
    expect(words()).toBe("computing 7 of 20");
    model.receive({ status: { ...status, seconds: 600, bytes: 0 } });
    await settle();
    expect(words()).toBe("computing 7 of 20, about 10 min left");
  });

  test("stale: the old picture stays, greyed, until one that fits arrives", async () => {
    const { root, model } = mount();
    const before = inks(root);
    tokens(root)[10]?.click();
    await settle();
    expect(state(root)).toBe("stale");
    expect(inks(root)).toBe(before);
    expect(one(root, ".jw-text").classList.contains("is-stale")).toBe(true);
    expect(tokens(root)[10]?.getAttribute("aria-selected")).toBe("true");
    const next = sketch(SENTENCE, { position: 10, seed: 9 });
    model.receive({ basis: next.basis, status: READY });
    await settle();
    expect(state(root)).toBe("ready");
    expect(inks(root)).not.toBe(before);
    expect(one(root, ".jw-text").classList.contains("is-stale")).toBe(false);
  });

  test("a scope that is not there yet keeps the picture of the one that is", async () => {
    const { root } = mount(readyModel(SENTENCE, { position: 19, only: ["log_probability", "mean"] }));
    const before = inks(root);
    radio(root, "Temperature").click();
    await settle();
    expect(inks(root)).toBe(before);
    expect(one(root, ".jw-text").classList.contains("is-stale")).toBe(true);
    expect(one(root, ".jw-legend").textContent).toContain("logits");
  });

  test("a new text is readable before it has colours, and never wears those of the old one", async () => {
    const { root, model } = mount();
    const next = sketch(["Quite", " another", " text"]);
    model.receive({ text: next.tokens.text, position: null, tokens: next.tokens });
    await settle();
    expect(
      tokens(root)
        .map((t) => t.textContent)
        .join(""),
    ).toBe("Quite another text");
    expect(inks(root)).toBe("0 0 0");
  });

  test("error: one sentence, details folded, the picture stays", async () => {
    const { root, model } = mount();
    const before = inks(root);
    model.receive({
      status: {
        state: "error",
        done: 0,
        total: 0,
        message: "Out of memory. Shorten the text.",
        detail: "Traceback",
      },
    });
    await settle();
    expect(state(root)).toBe("error");
    expect(one(root, ".jw-words").textContent).toBe("Out of memory. Shorten the text.");
    expect((one(root, "details") as HTMLDetailsElement).open).toBe(false);
    expect(inks(root)).toBe(before);
  });

  test.each<[string, unknown]>([
    ["a gram of a wrong size", { gram: new ArrayBuffer(12) }],
    ["a result for fewer tokens", sketch(SENTENCE.slice(0, 9), { position: 5 }).basis],
    ["directions that are none", { directions: 7 }],
  ])("%s is an error, not a crash", async (_, change) => {
    const { root, model } = mount();
    const text = model.get("text");
    model.receive({
      basis: { ...(model.get("basis") as object), ...(change as object), text, position: 19 },
    });
    await settle();
    expect(state(root)).toBe("error");
    expect(one(root, "details pre").textContent).toMatch(/^basis: /);
    expect(tokens(root).length).toBe(20);
  });

  test("Temperature that says nothing points to Entropy", async () => {
    const { root, model } = mount(readyModel(SENTENCE, { position: 19, degenerate: true }));
    radio(root, "Temperature").click();
    await settle();
    expect(one(root, ".jw-legend").textContent).toMatch(/Temperature says nothing/);
    expect(inks(root)).toBe(Array(20).fill("0").join(" "));
    all(root, ".jw-legend button")
      .find((b) => b.textContent?.includes("Entropy"))
      ?.click();
    expect(model.get("scope")).toBe("entropy");
  });

  describe("no kernel", () => {
    const NOTICE = /Reading a saved result: scopes and targets work, new positions need a kernel/;
    test("silence for three seconds says so; an answer takes it back", async () => {
      const { root, model } = mount();
      tokens(root)[3]?.click();
      vi.advanceTimersByTime(2900);
      await settle();
      expect(state(root)).toBe("stale");
      vi.advanceTimersByTime(200);
      await settle();
      expect(state(root)).toBe("no-kernel");
      expect(one(root, ".jw-status").textContent).toMatch(NOTICE);
      radio(root, "Fisher").click();
      await settle();
      model.receive({ status: { state: "computing", done: 1, total: 20 } });
      await settle();
      expect(state(root)).toBe("computing");
      expect(one(root, ".jw-status").textContent).not.toMatch(NOTICE);
    });
    test("an answer in time is not silence", async () => {
      const { root, model } = mount();
      tokens(root)[3]?.click();
      vi.advanceTimersByTime(2000);
      model.receive({ status: { state: "computing", done: 1, total: 20 } });
      vi.advanceTimersByTime(9000);
      await settle();
      expect(state(root)).toBe("computing");
    });
    test("a busy kernel is waited for", async () => {
      const { root, model } = mount();
      model.widget_manager = { kernel: { status: "busy" } };
      tokens(root)[3]?.click();
      vi.advanceTimersByTime(4000);
      await settle();
      expect(state(root)).toBe("stale");
      expect(one(root, ".jw-words").textContent).toMatch(/kernel is busy/);
    });
    test("a manager without a kernel needs no waiting, and the saved result is one click away", async () => {
      const { root, model } = mount();
      model.widget_manager = { kernel: null };
      tokens(root)[3]?.click();
      await settle();
      expect(state(root)).toBe("no-kernel");
      one(root, ".jw-back").click();
      await settle();
      expect(model.get("position")).toBe(19);
      expect(one(root, ".jw-text").classList.contains("is-stale")).toBe(false);
    });
    const saved = (further: number[], position = 19, pieces = SENTENCE) => {
      const model = readyModel(pieces, { position });
      model.set(
        "_further",
        further.map((at) => sketch(pieces, { position: at }).basis),
      );
      model.set("status", { state: "saved" });
      return mount(model);
    };
    const said = (root: HTMLElement) => one(root, ".jw-words").textContent;
    test("a saved page marks what can be opened, and opens nothing else", async () => {
      const { root, model } = saved([4, 8]);
      expect(said(root)).toBe(
        "Reading a saved result: scopes and targets work, 2 other positions (dashed) can be opened, the rest need a kernel",
      );
      const marked = (name: string) =>
        tokens(root).flatMap((t, i) => (t.classList.contains(name) ? [i] : []));
      expect(marked("is-held")).toEqual([4, 8, 19]);
      expect(marked("is-locked").length).toBe(17);
      expect(tokens(root)[5]?.getAttribute("aria-disabled")).toBe("true");
      expect(tokens(root)[8]?.getAttribute("aria-disabled")).toBeNull();
      expect(one(root, ".jw-next").getAttribute("aria-disabled")).toBe("true");
      tokens(root)[8]?.focus();
      await settle();
      expect(tokens(root)[8]?.getAttribute("aria-label")).toMatch(/Its own picture is saved here too/);
      for (const shut of [tokens(root)[5], one(root, ".jw-next")]) shut?.click();
      expect(model.get("position")).toBe(19);
      tokens(root)[8]?.click();
      expect(model.get("position")).toBe(8);
    });
    test("a word opens where its last token is held, not where one in its middle is", async () => {
      const { root, model } = saved([1, 4], 5, ["Un", "believ", "able", " stor", "ies", " end"]);
      model.set("granularity", "word");
      await settle();
      const shut = options(root).map((piece) => piece.getAttribute("aria-disabled"));
      expect(shut.slice(0, 3)).toEqual(["true", null, null]); // Unbelievable, stories, end
    });
    test("where all can be opened nothing is marked", () => {
      const { root } = saved([...SENTENCE.keys()].slice(0, 19));
      expect(said(root)).toMatch(/19 other positions/); // the next token is not there
      const { root: whole } = (() => {
        const model = readyModel(SENTENCE, { position: null });
        model.set(
          "_further",
          SENTENCE.map((_, at) => sketch(SENTENCE, { position: at }).basis),
        );
        model.set("status", { state: "saved" });
        return mount(model);
      })();
      expect(said(whole)).toBe(
        "Reading a saved result: scopes, targets and positions work, a new text needs a kernel",
      );
      expect(whole.querySelector(".is-held, .is-locked")).toBeNull();
    });
    test("a search says that only saved tokens are found", async () => {
      const { root, model } = saved([]);
      one(root, ".jw-target-chip").click();
      await settle();
      const field = one(root, ".jw-search") as HTMLInputElement;
      field.value = "zzz";
      field.dispatchEvent(new Event("input"));
      model.receive({ matches: { query: "zzz", items: [] } });
      await settle();
      expect(one(root, ".jw-target-chip + .jw-picker .jw-note").textContent).toBe(
        "No such token is saved here. Others need a kernel.",
      );
    });
    test("what the browser can answer is not silence", async () => {
      const { root } = mount();
      radio(root, "Fisher").click();
      one(root, ".jw-prediction[data-id='101'] .jw-as-target").click();
      vi.advanceTimersByTime(9000);
      await settle();
      expect(state(root)).toBe("ready");
    });
  });
});

describe("the editor", () => {
  const open = async (root: HTMLElement, text: string) => {
    all(root, "button")
      .find((b) => b.textContent === "Edit")
      ?.click();
    await settle();
    const box = one(root, ".jw-editor") as HTMLTextAreaElement;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return box;
  };
  const explain = (root: HTMLElement) =>
    all(root, "button").find((b) => b.textContent === "Explain") as HTMLElement;

  test("opens with the text, sends it in one message, closes once it is taken", async () => {
    const { root, model } = mount();
    all(root, "button")
      .find((b) => b.textContent === "Edit")
      ?.click();
    await settle();
    expect((one(root, ".jw-editor") as HTMLTextAreaElement).value).toBe(SENTENCE.join(""));
    await open(root, "New text");
    explain(root).click();
    expect(model.saved).toEqual([{ text: "New text", position: null }]);
    await settle();
    expect(shown(one(root, ".jw-editor"))).toBe(true);
    model.receive({
      tokens: sketch(["New", " text"]).tokens,
      status: { state: "computing", done: 0, total: 20 },
    });
    await settle();
    expect(shown(one(root, ".jw-editor"))).toBe(false);
    expect(tokens(root).map((t) => t.textContent)).toEqual(["New", " text"]);
  });

  test.each(["Ctrl+Enter", "Explain"])("%s hands the focus on to the text", async (way) => {
    const { root, model } = mount();
    const box = await open(root, "New text");
    expect(document.activeElement).toBe(box);
    if (way === "Ctrl+Enter") press(box, "Enter", { ctrlKey: true });
    else {
      explain(root).focus();
      explain(root).click();
      await settle();
      explain(root).blur(); // as a browser does with a button that is disabled
    }
    await settle();
    model.receive({
      tokens: sketch(["New", " text"]).tokens,
      status: { state: "computing", done: 0, total: 20 },
    });
    await settle();
    expect(document.activeElement).toBe(one(root, ".jw-text [tabindex='0']"));
  });

  test("a text that is taken leaves the focus where it went meanwhile", async () => {
    const { root, model } = mount();
    const box = await open(root, "New text");
    press(box, "Enter", { ctrlKey: true });
    await settle();
    radio(root, "Fisher").focus();
    const { activeElement } = document;
    model.receive({
      tokens: sketch(["New", " text"]).tokens,
      status: { state: "computing", done: 0, total: 20 },
    });
    await settle();
    expect(activeElement).not.toBe(document.body);
    expect(document.activeElement).toBe(activeElement);
  });

  test("a refused text stays in the box with the reason beneath", async () => {
    const { root, model } = mount();
    const old = model.get("text");
    const box = await open(root, "x".repeat(99));
    explain(root).click();
    model.receive({
      status: { state: "error", done: 0, total: 0, message: "Too long. Shorten it.", detail: "" },
    });
    model.receive({ text: old });
    await settle();
    await settle();
    expect(shown(box)).toBe(true);
    expect(box.value).toBe("x".repeat(99));
    expect(one(root, ".jw-refusal").textContent).toBe("Too long. Shorten it.");
    expect(box.getAttribute("aria-invalid")).toBe("true");
    expect(model.get("position")).toBe(19);
  });

  test("Ctrl+Enter explains and does not run the cell; Esc restores", async () => {
    const { root, model } = mount();
    const box = await open(root, "By key");
    const { prevented, leaked } = press(box, "Enter", { ctrlKey: true });
    expect([prevented, leaked, model.get("text")]).toEqual([true, false, "By key"]);
    await open(root, "Again");
    press(box, "Escape");
    await settle();
    expect(shown(box)).toBe(false);
    expect(shown(one(root, ".jw-text"))).toBe(true);
  });
});

describe("search", () => {
  const type = async (root: HTMLElement, text: string) => {
    const input = one(root, ".jw-search") as HTMLInputElement;
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    vi.advanceTimersByTime(200);
    await settle();
    return input;
  };
  test("lists the predictions, then what is known, then Python's matches", async () => {
    const { root, model } = mount();
    one(root, ".jw-target-chip").click();
    await settle();
    const options = () => all(one(root, ".jw-picker"), ".jw-match").map((o) => o.dataset.id);
    expect(options().length).toBeGreaterThan(10);
    const input = await type(root, "lo");
    expect(model.get("query")).toBe("lo");
    expect(options()).toEqual(["107"]);
    expect(one(root, ".jw-note").textContent).toBe("Searching…");
    model.receive({
      matches: { query: "lo", items: [{ id: 7042, label: "␣love", piece: " love", p: 0.001, logit: 1 }] },
    });
    await settle();
    expect(options()).toEqual(["7042", "107"]);
    press(input, "Enter");
    await settle();
    expect(model.get("target")).toBe(7042);
    expect(one(root, ".jw-target-chip .jw-label").textContent).toBe("␣love");
    expect(state(root)).toBe("stale");
    expect(model.get("query")).toBe("");
  });
  test("an answer to an older query is not listed", async () => {
    const { root, model } = mount();
    one(root, ".jw-foil-chip").click();
    await settle();
    const picker = all(root, ".jw-picker")[1] as HTMLElement;
    const input = one(picker, ".jw-search") as HTMLInputElement;
    input.value = "zz";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    model.receive({
      matches: { query: "z", items: [{ id: 7042, label: "z", piece: "z", p: 0.001, logit: 1 }] },
    });
    await settle();
    expect(all(picker, ".jw-match")).toEqual([]);
  });
  test("arrows, Enter and Escape work inside, and none of them leaks", async () => {
    const { root, model } = mount();
    one(root, ".jw-target-chip").click();
    await settle();
    const input = one(root, ".jw-search");
    for (const key of ["ArrowDown", "ArrowDown", "x", "a"]) expect(press(input, key).leaked).toBe(false);
    press(input, "Enter");
    expect(model.get("target")).toBe(102);
    one(root, ".jw-target-chip").click();
    await settle();
    press(input, "Escape");
    await settle();
    expect(shown(input)).toBe(false);
  });
});

describe("keyboard", () => {
  const active = () => document.activeElement as HTMLElement;

  test("one token is reachable by Tab: the explained one", () => {
    const { root } = mount();
    expect(all(root, ".jw-text [tabindex='0']").map((t) => t.dataset.start)).toEqual(["19"]);
  });
  test("arrows walk, Home and End jump, Enter explains", async () => {
    const { root, model } = mount();
    one(root, ".jw-text [tabindex='0']").focus();
    press(active(), "ArrowLeft");
    expect(active().dataset.start).toBe("18");
    expect(active().getAttribute("aria-label")).toMatch(
      /^a, [\d.]+, \d+\w\w of 19, \d+\s% of the influence$/,
    );
    expect(all(root, ".jw-text [tabindex='0']").length).toBe(1);
    press(active(), "Home");
    expect(active().dataset.start).toBe("0");
    press(active(), "ArrowLeft");
    expect(active().dataset.start).toBe("0");
    press(active(), "ArrowRight");
    expect(press(active(), "Enter").prevented).toBe(true);
    expect(model.get("position")).toBe(1);
    press(active(), "End");
    expect(active().className).toContain("jw-next");
    press(active(), " ");
    expect(model.get("position")).toBeNull();
  });
  test("tokens without a visible character have a name, and a left token takes its scores with it", () => {
    const { root } = mount(readyModel(["a", " ", "\n", "\u200b", "b"], { position: 4 }));
    const names = () => tokens(root).map((t) => t.getAttribute("aria-label"));
    const resting = names();
    expect([resting[0], resting[4]]).toEqual([null, null]);
    for (const name of resting.slice(1, 4)) expect(name).toMatch(/\S/);
    one(root, ".jw-text [tabindex='0']").focus();
    press(active(), "Home");
    expect(names()[0]).toMatch(/^a, .* of the influence$/);
    press(active(), "ArrowRight");
    expect(names()[1]).toMatch(/^space, /);
    press(active(), "ArrowRight");
    expect(names().slice(0, 2)).toEqual([null, resting[1]]);
  });
  test("no key reaches the notebook, but chords such as Ctrl+S do", () => {
    const { root } = mount();
    const token = tokens(root)[3] as HTMLElement;
    for (const key of ["x", "a", "b", "d", "j", "ArrowDown", "Enter", "Escape", "Delete"])
      expect(press(token, key).leaked, key).toBe(false);
    expect(press(token, "s", { ctrlKey: true })).toEqual({ prevented: false, leaked: true });
    expect(press(token, "s", { metaKey: true }).leaked).toBe(true);
    expect(press(document.body, "x").leaked).toBe(true);
  });
  test("text fields keep their own editing chords from the notebook", async () => {
    const { root } = mount();
    const box = one(root, ".jw-editor");
    expect(press(box, "z", { ctrlKey: true })).toEqual({ prevented: false, leaked: false });
    expect(press(box, "s", { ctrlKey: true }).leaked).toBe(true);
  });
  test("? opens help, but not while typing; Esc closes it", async () => {
    const { root, model } = mount();
    press(one(root, ".jw-editor"), "?");
    expect(model.get("panel")).not.toBe("help");
    press(tokens(root)[0] as HTMLElement, "?");
    await settle();
    expect(model.get("panel")).toBe("help");
    expect(one(root, ".jw-help-button").getAttribute("aria-expanded")).toBe("true");
    press(tokens(root)[0] as HTMLElement, "Escape");
    await settle();
    expect(model.get("panel")).toBe("");
  });
  test("arrows in the scopes choose", async () => {
    const { root, model } = mount();
    press(radio(root, "Semantic"), "ArrowRight");
    expect(model.get("scope")).toBe("fisher");
    press(radio(root, "Semantic"), "ArrowLeft");
    expect(model.get("scope")).toBe("temperature");
  });
});

describe("screen reader", () => {
  test("a result is announced once, after it has come, not when the page opens", async () => {
    const { root, model } = mount();
    const live = one(root, ".jw-live");
    vi.advanceTimersByTime(1000);
    expect(live.textContent).toBe("");
    one(root, ".jw-prediction[data-id='101'] .jw-as-target").click();
    await settle();
    vi.advanceTimersByTime(1000);
    expect(live.textContent).toMatch(/^Semantic, target food: strongest token .+, [\d.]+\.$/);
    expect(live.getAttribute("aria-live")).toBe("polite");
    model.receive({ status: { ...READY } });
    await settle();
  });
});

describe("life", () => {
  test("disposing removes the view and every listener of the model and the window", async () => {
    const add = vi.spyOn(window, "addEventListener");
    const view = mount();
    expect(view.model.listening).toBeGreaterThan(5);
    const signals = add.mock.calls.map(([, , options]) => (options as AddEventListenerOptions).signal);
    add.mockRestore();
    expect(signals.length).toBeGreaterThan(1);
    expect(signals.map((signal) => signal?.aborted)).toEqual(signals.map(() => false));
    view.dispose();
    expect(signals.map((signal) => signal?.aborted)).toEqual(signals.map(() => true));
    expect(view.model.listening).toBe(0);
    expect(view.el.childElementCount).toBe(0);
    view.model.receive({ scope: "fisher" });
    await settle();
    document.body.append(view.root);
    expect(press(view.root, "x").leaked).toBe(true);
  });

  test("the signal of anywidget disposes as well", () => {
    const controller = new AbortController();
    const model = readyModel();
    const el = document.createElement("div");
    factory().render({ model, el, signal: controller.signal });
    controller.abort();
    expect([model.listening, el.childElementCount]).toEqual([0, 0]);
  });

  test("two views of one model show the same and are cleared one by one", async () => {
    const widget = factory();
    const model = readyModel();
    const a = mount(model, widget);
    const b = mount(model, widget);
    radio(a.root, "Fisher").click();
    await settle();
    expect(inks(b.root)).toBe(inks(a.root));
    expect(radio(b.root, "Fisher").getAttribute("aria-checked")).toBe("true");
    const ids = (root: HTMLElement) => all(root, "[id]").map((e) => e.id);
    expect(new Set([...ids(a.root), ...ids(b.root)]).size).toBe(ids(a.root).length * 2);
    tokens(a.root)[2]?.dispatchEvent(new MouseEvent("pointerover", { bubbles: true }));
    await settle();
    expect(all(b.root, ".is-hot")).toEqual([]);
    a.dispose();
    radio(b.root, "Semantic").click();
    await settle();
    expect(state(b.root)).toBe("ready");
    expect(radio(b.root, "Semantic").getAttribute("aria-checked")).toBe("true");
  });

  test("two models on one page do not mix, even from one factory", async () => {
    const widget = factory();
    const a = mount(readyModel(SENTENCE, { position: 19 }), widget);
    const b = mount(readyModel(["Five", " words", " are", " here", "."], { position: 4, seed: 5 }), widget);
    const before = inks(b.root);
    radio(a.root, "Fisher").click();
    press(tokens(a.root)[2] as HTMLElement, "Enter");
    await settle();
    expect(inks(b.root)).toBe(before);
    expect(b.model.saved).toEqual([]);
  });

  test("works inside a shadow root", async () => {
    const host = document.body.appendChild(document.createElement("div"));
    const el = document.createElement("div");
    host.attachShadow({ mode: "open" }).append(el);
    const { root, model } = mount(readyModel(), factory(), el);
    const token = one(root, ".jw-text [tabindex='0']");
    token.focus();
    expect(press(token, "ArrowLeft").leaked).toBe(false);
    tokens(root)[4]?.click();
    await settle();
    expect(model.get("position")).toBe(4);
  });
});
