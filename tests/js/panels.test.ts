// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from "vitest";
import type { KeyHandler } from "../../js/keys";
import { createExamples } from "../../js/panels/examples";
import gallery from "../../js/panels/gallery.json";
import { createHelp } from "../../js/panels/help";
import type { CreatePanel, Panel } from "../../js/panels/panel";
import notes from "../../js/panels/scopes.json";
import { createSeries } from "../../js/panels/series";
import { SCOPE_WORDS } from "../../js/scopes";
import { createStore } from "../../js/store";
import factory from "../../js/widget";
import { SCOPES } from "../../js/wire";
import { FakeModel, panelContext, READY, readyModel, shown, sketch } from "./fake";

type Raw = Record<string, unknown>;

const undo: (() => void)[] = [];
/** Those of the panels; the view around them has its own, which comes after them. */
const handlers = new WeakMap<EventTarget, KeyHandler>();

afterEach(() => {
  for (const each of undo.splice(0)) each();
  vi.unstubAllGlobals();
});

/** The panel over the real view of the same model, through the real scene and store. */
function mount(create: CreatePanel, model: FakeModel) {
  // happy-dom lays nothing out: every element there is gets a box, and the panel a width.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly told: (entries: unknown[]) => void) {}
      observe() {
        this.told([{ contentRect: { width: 800 } }]);
      }
      disconnect() {}
    },
  );
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => {
    queueMicrotask(draw);
    return 1;
  });
  vi.spyOn(HTMLElement.prototype, "getClientRects").mockReturnValue([new DOMRect(0, 0, 50, 20)] as never);
  const widget = factory();
  widget.initialize();
  const el = document.body.appendChild(document.createElement("div"));
  const dispose = widget.render({ model, el });
  const root = el.querySelector<HTMLElement>(".jw") as HTMLElement;
  const stop = new AbortController();
  const { signal } = stop;
  const context = panelContext(model, root, signal, {
    keys: { on: (element, handler) => handlers.set(element, handler) },
    label: (id) => `␣token ${id}`,
  });
  const { scene } = context;
  const panel: Panel = create(context);
  root.append(panel.el);
  const update = () => panel.update(scene());
  update();
  panel.opened?.();
  undo.push(() => {
    stop.abort();
    dispose();
    el.remove();
    vi.restoreAllMocks();
  });
  return { model, root, el: panel.el, scene, update };
}

const all = (root: ParentNode, selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
const one = (root: ParentNode, selector: string) => {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
const button = (root: ParentNode, name: string) => {
  const found = all(root, "button").find(
    (b) => (b.getAttribute("aria-label") ?? b.textContent) === name && shown(b),
  );
  if (!found) throw new Error(`no button ${name}`);
  return found as HTMLButtonElement;
};
function press(element: Element, key: string): void {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true });
  for (let at: Element | null = element; at; at = at.parentElement) if (handlers.get(at)?.(event)) return;
  element.dispatchEvent(event);
}
const settle = async () => {
  for (let i = 0; i < 4; i++) await Promise.resolve();
};

describe("examples", () => {
  test("one click writes all that the example sets, in one message", () => {
    const { model, el } = mount(createExamples, readyModel());
    model.saved = [];
    one(el, "[data-name=pronoun]").click();
    const example = gallery.find(({ name }) => name === "pronoun");
    expect(model.saved).toHaveLength(1);
    expect(model.get("text")).toBe(example?.text);
    expect(model.get("scope")).toBe("contrast");
    expect([model.get("target"), model.get("foil")]).toEqual([" she", " he"]);
    expect(model.get("position")).toBeNull();
  });
  test("a series opens its panel, others close the gallery", () => {
    const { model, el } = mount(createExamples, readyModel());
    model.set("panel", "examples");
    one(el, "[data-name=lorenz]").click();
    expect(model.get("panel")).toBe("series");
    expect(model.get("granularity")).toBe("number");
    one(el, "[data-name=doubt]").click();
    expect(model.get("panel")).toBe("");
    expect(model.get("granularity")).toBe("token");
  });
  test("every example has a card, and the text that is shown is marked", () => {
    const { model, el, update } = mount(createExamples, readyModel(["Other", " text"], { position: 1 }));
    expect(all(el, ".jw-example")).toHaveLength(gallery.length);
    expect(all(el, "[aria-current]")).toHaveLength(0);
    model.set("text", gallery[0]?.text);
    update();
    expect(all(el, "[aria-current]").map((card) => card.dataset.name)).toEqual([gallery[0]?.name]);
  });
});

describe("help", () => {
  test("the present scope comes first and open, the others are folded", () => {
    const { model, el, update } = mount(createHelp, readyModel());
    const names = () => all(el, ".jw-help-scope b").map((b) => b.textContent);
    const open = () => all(el, ".jw-help-scope[open] b").map((b) => b.textContent);
    expect(names()[0]).toBe("Semantic");
    expect(open()).toEqual(["Semantic"]);
    model.set("scope", "entropy");
    update();
    expect(names()[0]).toBe("Entropy");
    expect(open()).toEqual(["Entropy"]);
    expect(names().sort()).toEqual(SCOPES.map((scope) => SCOPE_WORDS[scope].name).sort());
  });
  test("what was unfolded stays so while the scope does", () => {
    const { el, update } = mount(createHelp, readyModel());
    (all(el, ".jw-help-scope")[2] as HTMLDetailsElement).open = true;
    update();
    expect((all(el, ".jw-help-scope")[2] as HTMLDetailsElement).open).toBe(true);
  });
  test("every scope has its paragraph, formula and unit", () => {
    const { el } = mount(createHelp, readyModel());
    for (const scope of SCOPES) {
      expect(el.textContent).toContain(notes[scope].paragraph);
      expect(el.textContent).toContain(notes[scope].formula);
      expect(el.textContent).toContain(SCOPE_WORDS[scope].unit);
    }
    expect(el.textContent).toContain("No scope wins everywhere");
  });
  test("without a picture there is nothing to walk through", () => {
    const { el } = mount(createHelp, new FakeModel({ text: "a", status: READY }));
    expect(button(el, "What am I looking at?").disabled).toBe(true);
  });
});

describe("the tour", () => {
  test("walks the parts with the numbers of this text, and gives the focus back", () => {
    const { root, el, scene } = mount(createHelp, readyModel());
    const about = button(el, "What am I looking at?");
    about.click();
    const bubble = one(root, ".jw-tour");
    expect(document.activeElement).toBe(button(bubble, "Next"));
    expect(one(bubble, ".jw-tour-count").textContent).toMatch(/^1 of [5-8]$/);
    const { picture, tokens } = scene();
    const strongest = tokens?.pieces[picture?.order[0] as number] as string;
    const said: string[] = [];
    for (let i = 0; i < 8 && bubble.isConnected; i++) {
      said.push(bubble.textContent ?? "");
      button(bubble, /Done/.test(bubble.textContent ?? "") ? "Done" : "Next").click();
    }
    expect(said.some((words) => words.includes(`${strongest}\u2069’ moves the logit of`))).toBe(true);
    expect(
      said.some((words) => /logits per unit embedding norm, \d+\u00a0% of the influence/.test(words)),
    ).toBe(true);
    expect(new Set(said).size).toBe(said.length);
    expect(root.querySelector(".jw-tour, .jw-tour-ring")).toBeNull();
    expect(document.activeElement).toBe(about);
  });
  test("goes back, ends on Escape, and follows a change of the question", () => {
    const { root, el, model, update } = mount(createHelp, readyModel());
    button(el, "What am I looking at?").click();
    const bubble = one(root, ".jw-tour");
    expect(button(bubble, "Back").disabled).toBe(true);
    press(button(bubble, "Next"), "ArrowRight");
    press(button(bubble, "Next"), "ArrowRight");
    expect(one(bubble, "b").textContent).toBe("The answer, in the text");
    button(bubble, "Back").click();
    expect(one(bubble, "b").textContent).toBe("The explained token");
    button(bubble, "Back").click();
    expect(document.activeElement).not.toBe(document.body);
    model.set("scope", "fisher");
    update();
    expect(bubble.textContent).toContain("what moved the whole prediction");
    press(button(bubble, "Next"), "Escape");
    expect(bubble.isConnected).toBe(false);
  });
  test("a token's text is only text", () => {
    const evil = ["Tom", " <img src=x onerror=alert(1)>", " \u202eevil", "."];
    const { root, el } = mount(createHelp, readyModel(evil, { position: 3 }));
    button(el, "What am I looking at?").click();
    for (let i = 0; i < 3; i++) button(one(root, ".jw-tour"), "Next").click();
    expect(root.querySelector("img")).toBeNull();
    expect(one(root, ".jw-tour").textContent).not.toContain("\u202e");
  });
});

const PIECES = "1|2|,|-|3|,|4|5|,|7|,|8".split("|");
const STARTS = [0, 2, 3, 5, 6, 8, 9, 10, 11];

function seriesModel(traits: Raw = {}, position: number | null = null): FakeModel {
  const { tokens, basis } = sketch(PIECES, { position });
  tokens.groups.number = STARTS;
  const base = { text: tokens.text, position, tokens, basis, status: READY };
  return new FakeModel({ ...base, ...traits });
}

const PREDICTION = {
  text: PIECES.join(""),
  at: null,
  actual: null,
  values: [8, 9, 40],
  p: [0.2, 0.5, 0.1],
  unexplored: 0.15,
  other: 0.05,
  state: "done",
  more: true,
};

describe("series", () => {
  test("values, bars and prediction are drawn and told", async () => {
    const { el } = mount(createSeries, seriesModel({ series: PREDICTION }));
    await settle();
    expect(one(el, ".jw-series-summary").textContent).toMatch(
      /^5 values\. The prediction explained is the next value\. The \d\w\w value.*The model expects 9 \(median/,
    );
    expect(el.querySelector(".jw-series-line")?.getAttribute("d")?.split("L")).toHaveLength(5);
    expect(el.querySelector(".jw-series-bars")?.getAttribute("d")?.match(/M/g)).toHaveLength(5);
    expect(el.querySelector(".jw-series-side")?.getAttribute("d")?.match(/M/g)).toHaveLength(3);
    expect(el.querySelector(".jw-series-slot")?.getAttribute("d")).toMatch(/^M/);
    expect(one(el, ".jw-series-coverage").textContent).toContain("3 values found with 80.0");
  });
  test("the influence of a number is the joint one of its tokens, and the ranks are among the numbers", async () => {
    const { el, scene } = mount(createSeries, seriesModel());
    const { basis, tokens, question } = scene();
    if (!basis || !tokens || !question) throw new Error("no picture");
    const picture = createStore().picture(basis, tokens, "number", question);
    (one(el, "details") as HTMLDetailsElement).open = true;
    one(el, "details").dispatchEvent(new Event("toggle"));
    const rows = all(el, "tbody tr").map((row) => all(row, "td").map((cell) => cell.textContent));
    expect(rows.map(([value]) => value)).toEqual(["12", "-3", "45", "7", "8"]);
    expect(rows.map((row) => row[2]).sort()).toEqual(["1st", "2nd", "3rd", "4th", "5th"]);
    const first = rows.findIndex((row) => row[2] === "1st");
    const group = [0, 2, 4, 6, 8][first] as number;
    expect(Number(rows[first]?.[1])).toBeCloseTo(picture?.scores[group] as number, 0);
  });
  test("an estimated influence has its standard error in the table, and its unit in words", async () => {
    const { el } = mount(createSeries, seriesModel({ scope: "fisher" }));
    await settle();
    (one(el, "details") as HTMLDetailsElement).open = true;
    one(el, "details").dispatchEvent(new Event("toggle"));
    expect(all(el, "thead th").map((cell) => cell.textContent)[2]).toBe(
      `Influence, ${SCOPE_WORDS.fisher.unit}`,
    );
    const scores = all(el, "tbody tr").map((row) => all(row, "td")[1]?.textContent ?? "");
    expect(scores).toHaveLength(5);
    for (const score of scores) expect(score).toMatch(/^[\d.]+ ± [\d.]+$/);
    const first = all(el, "tbody tr").findIndex((row) => all(row, "td")[2]?.textContent === "1st");
    expect(one(el, ".jw-series-summary").textContent).toContain(
      `moved it most: ${scores[first]} ${SCOPE_WORDS.fisher.unit}.`,
    );
  });
  test("arrows walk the values, say them, link them with the text, and Enter explains the first token", async () => {
    const { el, model, scene } = mount(createSeries, seriesModel());
    await settle();
    const figure = one(el, ".jw-series-figure");
    press(figure, "Home");
    press(figure, "ArrowRight");
    expect(one(el, ".jw-live").textContent).toMatch(/^2nd value: -3, influence .* \(\d\w\w of 5\)/);
    expect(scene().pointed).toBe(3);
    press(figure, "Enter");
    expect(model.get("position")).toBe(3);
    press(figure, "End");
    expect(one(el, ".jw-live").textContent).toContain("6th value: what comes next");
    press(figure, "Enter");
    expect(model.get("position")).toBeNull();
  });
  test("a number in the text is ringed, its actual value told, and what comes after has no bar", async () => {
    const series = { ...PREDICTION, at: 6, actual: 45, values: [40, 45, 50], p: [0.3, 0.25, 0.2] };
    const { el } = mount(createSeries, seriesModel({ series }, 7));
    await settle();
    expect(one(el, ".jw-series-summary").textContent).toContain("the 3rd value, by its 2nd of 2 tokens");
    expect(one(el, ".jw-series-summary").textContent).toContain("The text says 45: it had 25.0");
    expect(el.querySelector(".jw-series-ring")?.getAttribute("visibility")).toBe("visible");
    const bars = el.querySelector(".jw-series-bars")?.getAttribute("d") ?? "";
    expect(bars.match(/M/g)?.length).toBeLessThanOrEqual(3);
    press(one(el, ".jw-series-figure"), "End");
    expect(one(el, ".jw-live").textContent).toContain("no influence");
  });
  test("while an answer is awaited, what is said is of the picture that is shown", async () => {
    const { el, model, update } = mount(createSeries, seriesModel({}, 6));
    await settle();
    const bars = el.querySelector(".jw-series-bars")?.getAttribute("d");
    const said = one(el, ".jw-series-summary").textContent;
    expect(said).toContain("Explained here: the 3rd value, by its 1st of 2 tokens. The");
    model.set("position", 9);
    update();
    await settle();
    expect(one(el, ".jw-series-summary").textContent).toBe(said);
    expect(one(el, ".jw-series-summary").classList.contains("is-stale")).toBe(true);
    expect(el.querySelector(".jw-series-bars")?.getAttribute("d")).toBe(bars);
  });
  test("a saved page promises nothing that needs a kernel", async () => {
    const { el } = mount(createSeries, seriesModel({ status: { state: "saved" } }));
    await settle();
    expect(one(el, ".jw-series-coverage").textContent).toContain(
      "The distribution of the next value was not saved.",
    );
    expect(one(el, ".jw-series-readout").textContent).not.toContain("click");
  });
  test("a prediction for another place is not shown as one for this", async () => {
    const { el } = mount(createSeries, seriesModel({ series: { ...PREDICTION, at: 3 } }));
    await settle();
    expect(el.querySelector(".jw-series-side")?.getAttribute("d")).toBe("");
    expect(one(el, ".jw-series-summary").textContent).not.toContain("expects");
  });
  test("keys and buttons zoom, Escape shows all again before it closes the panel", async () => {
    const { el, model } = mount(createSeries, seriesModel({ panel: "series" }));
    await settle();
    const figure = one(el, ".jw-series-figure");
    expect(button(el, "Zoom out").disabled).toBe(true);
    press(figure, "+");
    await settle();
    expect(figure.classList.contains("is-zoomed")).toBe(true);
    expect(button(el, "Show the whole series").disabled).toBe(false);
    press(figure, "Escape");
    expect(figure.classList.contains("is-zoomed")).toBe(false);
    expect(model.get("panel")).toBe("series");
    press(figure, "Escape");
    expect(model.get("panel")).toBe("");
  });
  test("a drag zooms to what it spans, a click explains, a double click shows all again", async () => {
    const { el, model } = mount(createSeries, seriesModel());
    await settle();
    const figure = one(el, ".jw-series-figure");
    vi.spyOn(figure, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 800, 324));
    figure.setPointerCapture = () => undefined;
    const pointer = (type: string, x: number) =>
      figure.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: 80, pointerId: 1, button: 0 }));
    const dots = () =>
      [
        ...(el.querySelector(".jw-series-dots:not(.is-late)")?.getAttribute("d") ?? "").matchAll(
          /M([\d.]+) /g,
        ),
      ].map(([, x]) => Number(x) + 2.6);
    const [, , third = 0] = dots();
    pointer("pointermove", third);
    expect(one(el, ".jw-series-readout").textContent).toMatch(/^3rd value: 45/);
    pointer("pointerdown", third);
    pointer("pointerup", third);
    expect(model.get("position")).toBe(6);
    pointer("pointerdown", third - 30);
    pointer("pointermove", third);
    pointer("pointermove", 790);
    pointer("pointerup", 790);
    await settle();
    expect(figure.classList.contains("is-zoomed")).toBe(true);
    expect(model.get("position")).toBe(6);
    figure.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    expect(figure.classList.contains("is-zoomed")).toBe(false);
  });
  test("looking further asks Python once", async () => {
    const { el, model, update } = mount(createSeries, seriesModel({ series: PREDICTION }));
    button(el, "Look further").click();
    expect(model.get("panel_run")).toBe(true);
    update();
    expect(all(el, "button").filter((b) => b.textContent === "Look further" && shown(b))).toHaveLength(0);
  });
  test("an error is told, and a text without a series points to the examples", () => {
    const failed = mount(createSeries, seriesModel({ series: { error: "out of memory" } }));
    expect(one(failed.el, ".jw-series-coverage").textContent).toContain("out of memory");
    const { el, model } = mount(createSeries, readyModel());
    expect(shown(one(el, ".jw-series-figure"))).toBe(false);
    button(el, "Load one of the examples").click();
    expect(model.get("panel")).toBe("examples");
  });
  test("of several series one is chosen, at first that of the explained number", async () => {
    const pieces = [...PIECES, "\n", "5", ",", "6", ",", "7"];
    const { tokens, basis } = sketch(pieces, { position: 3 });
    tokens.groups.number = [...STARTS, ...[12, 13, 14, 15, 16, 17]];
    const model = new FakeModel({ text: tokens.text, position: 3, tokens, basis, status: READY });
    const { el } = mount(createSeries, model);
    const choice = one(el, "select") as HTMLSelectElement;
    expect(choice.value).toBe("0");
    choice.value = "1";
    choice.dispatchEvent(new Event("change"));
    expect(one(el, ".jw-series-summary").textContent).toMatch(/^3 values\./);
  });
});
