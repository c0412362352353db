// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import { listener } from "../../js/dom";
import { shieldKeys } from "../../js/keys";
import { createMap } from "../../js/panels/map";
import type { Panel, PanelContext } from "../../js/panels/panel";
import type { Scene } from "../../js/scene";
import { decodeTokens, decodeWish } from "../../js/wire";
import { chatTokens, SENTENCE, type Sketch, shownIn, tokensOf } from "./fake";

const ends = new AbortController();
afterEach(() => document.body.replaceChildren());

/** Scores that fall off with distance; `rows` of them. */
function payload(tokens: Sketch["tokens"], rows: number, changes: Record<string, unknown> = {}) {
  const scores: number[] = [];
  for (let q = 0; q < rows; q++) for (let t = 0; t < q; t++) scores.push(0x3c00 - 0x40 * (q - t));
  return {
    text: tokens.text,
    n: tokens.ids.length,
    rows,
    state: rows < tokens.ids.length ? "computing" : "done",
    scale: 1,
    scores: Uint16Array.from(scores),
    bos: new Uint16Array(rows),
    scope: "semantic",
    unit: "logits",
    seconds: 42,
    ...changes,
  };
}

interface Mounted {
  panel: Panel;
  traits: Record<string, unknown>;
  wished: Record<string, unknown>[];
  explained: (number | null)[];
  lit: (number | null)[];
  update(changes?: Record<string, unknown>): void;
}

function mount(raw: Sketch["tokens"], traits: Record<string, unknown>): Mounted {
  const found = decodeTokens({ ...raw, groups: { ...raw.groups, sentence: raw.groups.line } });
  if (!found.ok || !found.value) throw new Error("no tokens");
  const tokens = found.value;
  const root = document.body.appendChild(document.createElement("div"));
  const wished: Mounted["wished"] = [];
  const explained: Mounted["explained"] = [];
  const lit: Mounted["lit"] = [];
  const scene = () =>
    ({
      tokens,
      starts: tokens.groups.token,
      wish: decodeWish((name) => traits[name]),
      view: { hover: null },
      state: traits.state ?? "ready",
    }) as unknown as Scene;
  const context = {
    root,
    scene,
    signal: ends.signal,
    on: listener(ends.signal),
    uid: "u",
    keys: shieldKeys(root, ends.signal),
    wishes: { explain: (q: number | null) => explained.push(q) },
    dispatch: (action: { type: string; group: number | null }) => lit.push(action.group),
    get: (name: string) => traits[name],
    wish: (values: Record<string, unknown>) => wished.push(values),
  } as unknown as PanelContext;
  const panel = createMap(context);
  root.append(panel.el);
  const update = (changes: Record<string, unknown> = {}) => {
    Object.assign(traits, changes);
    panel.update(scene());
  };
  update();
  return { panel, traits, wished, explained, lit, update };
}

const all = (panel: Panel, selector: string) => shownIn(panel.el, selector);
const button = (panel: Panel, name: string) => all(panel, "button").find((b) => b.textContent === name);
const choose = (panel: Panel, name: string) => {
  const label = all(panel, "label").find((one) => one.textContent === name);
  const input = label?.querySelector("input") as HTMLInputElement;
  input.checked = true;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

describe("computing", () => {
  const text = tokensOf(SENTENCE);

  test("Compute, Stop and Continue are offered when they do something, and write one trait", () => {
    const { panel, wished, update } = mount(text, {
      map: payload(text, 0, { state: "waiting", seconds: 90 }),
    });
    expect(all(panel, "canvas")).toHaveLength(0);
    button(panel, "Compute the map")?.click();
    update({ panel_run: true, map: payload(text, 7) });
    expect(button(panel, "Compute the map")).toBeUndefined();
    expect(all(panel, "canvas")).toHaveLength(1);
    expect(panel.el.querySelector("progress")?.value).toBe(7);
    button(panel, "Stop")?.click();
    update({ panel_run: false, map: payload(text, 9, { state: "stopped" }) });
    button(panel, "Continue")?.click();
    expect(wished).toEqual([{ panel_run: true }, { panel_run: false }, { panel_run: true }]);
    update({ panel_run: true, map: payload(text, SENTENCE.length) });
    expect(all(panel, "progress, .jw-primary")).toHaveLength(0);
  });

  test("the map of another text is not shown, nor one that cannot be read", () => {
    const other = tokensOf(["a", " b", " c"]);
    const { panel, update } = mount(text, { map: payload(other, 3) });
    expect(all(panel, "canvas")).toHaveLength(0);
    update({ map: payload(text, 5, { bos: new Uint16Array(4) }) });
    expect(panel.el.textContent).toContain("do not make 5 rows");
    update({ map: { error: "20 tokens need 3 GiB" } });
    expect(panel.el.textContent).toContain("20 tokens need 3 GiB");
  });

  test("a short map is a table too", () => {
    const { panel } = mount(text, { map: payload(text, SENTENCE.length) });
    const rows = [...panel.el.querySelectorAll("tbody tr")];
    expect(rows).toHaveLength(SENTENCE.length - 1);
    expect([...(rows[2] as Element).children].map((cell) => cell.textContent).slice(0, 5)).toEqual([
      "␣food",
      "0.906",
      "0.938",
      "0.969",
      "",
    ]);
  });
});

describe("the answer", () => {
  const chat = chatTokens();
  const map = payload(chat, chat.ids.length - 1);

  test("has a column for each of its tokens, strongest first, which explains it", () => {
    const { panel, explained, lit } = mount(chat, { map });
    choose(panel, "Answer in columns");
    const columns = all(panel, ".jw-map-answer");
    expect(columns).toHaveLength(chat.ids.length - chat.generated);
    const chips = [...(columns[2] as Element).querySelectorAll(".jw-map-chip")].map((c) => c.textContent);
    const q = chat.generated + 2;
    expect(chips).toEqual([1, 2, 3, 4, 5].map((back) => (chat.labels as string[])[q - back]));
    expect(columns.at(-1)?.textContent).toContain("to come");
    columns[2]?.querySelector("button")?.click();
    expect(explained).toEqual([q]);
    columns[2]?.querySelector("li")?.dispatchEvent(new Event("pointerover", { bubbles: true }));
    expect(lit.at(-1)).toBe(q - 1);
  });

  test("what is hidden in the text is no source of it", () => {
    const { panel, update } = mount(chat, { map });
    choose(panel, "Answer in columns");
    update({ hide: ["template"] });
    const template = new Set(all(panel, ".jw-map-chip").map((chip) => chip.textContent));
    expect(template.has("<|im_start|>")).toBe(false);
    expect(template.has("Because")).toBe(true);
  });

  test("as arcs, a pointed token keeps only its own", () => {
    const { panel, explained } = mount(chat, { map });
    choose(panel, "Answer in arcs");
    const [every, some] = [...panel.el.querySelectorAll("svg g")] as [SVGGElement, SVGGElement];
    expect(every.children.length).toBeGreaterThan(10);
    const words = all(panel, ".jw-map-words span");
    const q = chat.generated + 3;
    words[q]?.dispatchEvent(new Event("pointerover", { bubbles: true }));
    expect(some.children).toHaveLength(5);
    expect(every.getAttribute("visibility")).toBe("hidden");
    expect(words.flatMap((word, t) => (word.classList.contains("is-lit") ? [t] : []))).toEqual(
      [5, 4, 3, 2, 1, 0].map((back) => q - back),
    );
    words[q]?.click();
    words[2]?.click();
    expect(explained).toEqual([q]);
  });

  test("a text without an answer has only its map", () => {
    const text = tokensOf(SENTENCE);
    const { panel } = mount(text, { map: payload(text, 20) });
    expect(all(panel, "label").map((label) => label.textContent)).not.toContain("Answer in arcs");
  });

  test("hostile tokens stay text", () => {
    const pieces = ["<img src=x onerror=hack()>", "<script>", "\u202e", " evil", "</b>"];
    const raw = { ...tokensOf(pieces), generated: 1 };
    const { panel } = mount(raw, { map: payload(raw, 5) });
    choose(panel, "Answer in columns");
    const labels = all(panel, ".jw-label");
    expect(labels.length).toBeGreaterThan(0);
    for (const label of labels) expect(label.textContent).not.toContain("\u202e");
    expect(panel.el.querySelector("img, script, b")).toBeNull();
    choose(panel, "Answer in arcs");
    const word = all(panel, ".jw-map-words span")[2];
    expect(word?.classList.contains("is-isolated")).toBe(true);
    word?.dispatchEvent(new Event("pointerover", { bubbles: true }));
    expect(all(panel, ".jw-map-said")[0]?.textContent).toMatch(/^⟨U\+202E⟩ was moved most by /);
    expect(panel.el.querySelector("img, script, b")).toBeNull();
  });
});
