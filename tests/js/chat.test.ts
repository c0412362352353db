// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import { derive, describe as describeGroup } from "../../js/scene";
import { computePicture, createStore } from "../../js/store";
import { isGenerated, origin, tokenKinds } from "../../js/tokens";
import factory from "../../js/widget";
import { type Basis, decodeBasis, decodeTokens, type Granularity, type Tokens } from "../../js/wire";
import { chatModel, chatTokens, FakeModel, inputsOf, READY, SENTENCE, sketch, tokensOf } from "./fake";

const QUESTION = { scope: "semantic", target: null, foil: null, rank: null } as const;

function decode(model = chatModel()): { basis: Basis; tokens: Tokens } {
  const basis = decodeBasis(model.get("basis"));
  const tokens = decodeTokens(model.get("tokens"));
  if (!basis.ok || !basis.value || !tokens.ok || !tokens.value) throw new Error("the chat does not decode");
  return { basis: basis.value, tokens: tokens.value };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe("roles on the wire", () => {
  test("runs become one role per token", () => {
    const { tokens } = decode();
    expect(tokens.roles?.length).toBe(tokens.ids.length);
    expect(tokens.roles?.filter((role, i, roles) => role !== roles[i - 1])).toEqual([
      "template",
      "system",
      "template",
      "user",
      "template",
      "assistant",
    ]);
    expect(tokens.pieces[tokens.roles?.indexOf("user") ?? 0]).toBe("Why");
    expect(tokens.pieces[tokens.generated ?? 0]).toBe("Because");
  });
  test("a text that is no chat has none", () =>
    expect(decodeTokens(tokensOf(SENTENCE))).toMatchObject({
      ok: true,
      value: { roles: null, generated: null },
    }));
  test.each([
    ["not from the first token", [["user", 1]]],
    [
      "out of order",
      [
        ["user", 0],
        ["template", 3],
        ["user", 2],
      ],
    ],
    [
      "beyond the end",
      [
        ["user", 0],
        ["template", 400],
      ],
    ],
    ["no name", [[0, 0]]],
    ["no pair", ["user"]],
    ["none at all", []],
    ["no list", "user"],
  ])("refused: %s", (_, roles) => expect(decodeTokens({ ...chatTokens(), roles }).ok).toBe(false));
  test("refused: a first generated token that is none", () =>
    expect(decodeTokens({ ...chatTokens(), generated: -1 }).ok).toBe(false));
});

describe("what the template wrote", () => {
  const { basis, tokens } = decode();
  const template = (tokens.roles ?? []).map((role) => role === "template");
  const kinds = tokenKinds(tokens);

  test.each<Granularity>(["token", "word", "line"])("holds a share of its own, hidden or not (%s)", (by) => {
    const starts = tokens.groups[by];
    const open = computePicture(basis, starts, QUESTION, kinds);
    const hidden = computePicture(basis, starts, QUESTION, kinds, ["template"]);
    const whole = computePicture(basis, tokens.groups.token, QUESTION)?.shares ?? [];
    const held = sum(Array.from(whole).filter((_, t) => template[t]));
    expect(held).toBeGreaterThan(0.05);
    expect(open?.templateShare).toBeCloseTo(held, 9);
    expect(hidden?.templateShare).toBeCloseTo(held, 9);
    expect(sum(open?.shares ?? [])).toBeCloseTo(1 - (open?.bosShare ?? 0), 9);
    expect(sum(hidden?.shares ?? [])).toBeCloseTo(1 - held - (open?.bosShare ?? 0), 9);
  });
  test("hidden, it is neither coloured nor ranked", () => {
    const hidden = computePicture(basis, tokens.groups.token, QUESTION, kinds, ["template"]);
    const kept = template.filter((is) => !is).length;
    expect(hidden?.scored).toBe(kept);
    expect([...(hidden?.order ?? [])].every((g) => !template[g])).toBe(true);
    expect(template.every((is, t) => (is ? hidden?.scores[t] === 0 && hidden.rank[t] === 0 : true))).toBe(
      true,
    );
    expect(Math.max(...(hidden?.rank ?? []))).toBe(kept);
    expect(hidden?.max).toBe(Math.max(...(hidden?.scores ?? [])));
  });
  test("a text that is no chat has nothing to hide", () => {
    const plain = sketch(SENTENCE);
    const decoded = decodeBasis(plain.basis);
    if (!decoded.ok || !decoded.value) throw new Error("the sketch does not decode");
    const open = computePicture(decoded.value, plain.tokens.groups.token as number[], QUESTION);
    const hidden = computePicture(decoded.value, plain.tokens.groups.token as number[], QUESTION, null, [
      "template",
    ]);
    expect(hidden).toEqual(open);
    expect(open?.templateShare).toBe(0);
  });
});

test("whose words a group holds", () => {
  const { tokens } = decode();
  const of = (by: Granularity, piece: string) => {
    const at = tokens.pieces.indexOf(piece);
    return origin(
      tokens,
      tokens.groups[by],
      tokens.groups[by].findLastIndex((start) => start <= at),
    );
  };
  expect(of("token", "<|im_start|>")).toBe("chat template");
  expect(of("token", " sky")).toBe("user");
  expect(of("token", " air")).toBe("assistant, generated");
  expect(of("line", " sky")).toBe("user");
  expect(origin({ ...tokens, roles: null }, tokens.groups.token, 0)).toBe("");
  expect(origin({ ...tokens, roles: null, generated: 0 }, tokens.groups.token, 0)).toBe("generated");
  expect(isGenerated(tokens, tokens.groups.token, (tokens.generated ?? 0) - 1)).toBe(false);
});

test("a hidden token is said to be hidden", () => {
  const model = chatModel();
  model.set("hide", ["template"]);
  const scene = derive(
    createStore(),
    inputsOf((name) => model.get(name)),
    null,
  );
  expect(describeGroup(scene, 0)).toMatchObject({
    origin: "chat template",
    place: "hidden",
    score: "",
    share: "",
  });
  expect(describeGroup(scene, 4)?.place).toMatch(/ of \d+$/);
});

describe("in the widget", () => {
  const disposals: (() => void)[] = [];
  afterEach(() => {
    for (const dispose of disposals.splice(0)) dispose();
    document.body.replaceChildren();
  });
  const mount = (model = chatModel()) => {
    const widget = factory();
    const el = document.body.appendChild(document.createElement("div"));
    widget.initialize();
    disposals.push(widget.render({ model, el }));
    return el;
  };
  const settle = () => Promise.resolve().then(() => Promise.resolve());
  const one = (el: Element, selector: string) => el.querySelector(selector) as HTMLElement;
  const inked = (el: Element, selector: string) =>
    [...el.querySelectorAll(selector)].filter((span) => / w\d/.test(span.className)).length;

  test("hide and show the template", async () => {
    const el = mount();
    const chat = one(el, ".jw-chat");
    const toggle = one(chat, "button");
    expect(chat.textContent).toMatch(/^Template tokens hold \d+\u00a0%Hide template$/);
    const share = chat.textContent?.match(/\d+/)?.[0];
    const before = [inked(el, ".is-template"), inked(el, ".jw-token:not(.is-template)")];
    expect(before[0]).toBeGreaterThan(5);
    toggle.click();
    await settle();
    expect(inked(el, ".is-template")).toBe(0);
    expect(inked(el, ".jw-token:not(.is-template)")).toBe(before[1]);
    expect(chat.textContent).toBe(`Template tokens hold ${share}\u00a0%, hiddenShow template`);
    expect(el.querySelector(".jw-strongest")?.textContent).not.toMatch(/<\|im_/);
    toggle.click();
    await settle();
    expect([inked(el, ".is-template"), inked(el, ".jw-token:not(.is-template)")]).toEqual(before);
  });
  test("keys walk past what is hidden", async () => {
    const el = mount();
    one(el, ".jw-chat button").click();
    await settle();
    const stops = el.querySelectorAll("[role=listbox] [tabindex='0'], .jw-text [tabindex='0']");
    expect(stops.length).toBeGreaterThan(0);
    expect([...stops].some((stop) => stop.classList.contains("is-template"))).toBe(false);
    const press = (key: string) =>
      (document.activeElement as HTMLElement).dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
      );
    const shown = [...el.querySelectorAll<HTMLElement>(".jw-token")].filter(
      (span) => !span.classList.contains("is-template") || span.classList.contains("is-explained"),
    );
    shown[3]?.focus();
    press("Home");
    const walked: (Element | null)[] = [document.activeElement];
    for (let i = 1; i < shown.length; i++) {
      press("ArrowRight");
      walked.push(document.activeElement);
    }
    expect(walked).toEqual(shown);
    press("Home");
    press("ArrowLeft");
    expect(document.activeElement).toBe(shown[0]);
  });
  test("nothing of it for a text that is no chat", () => {
    const { tokens, basis } = sketch(SENTENCE);
    const el = mount(new FakeModel({ text: tokens.text, tokens, basis, status: READY }));
    expect(one(el, ".jw-chat").hidden).toBe(true);
    expect(el.querySelector(".is-template, .is-generated")).toBeNull();
  });
  test("a generated token can be told, by eye and by ear, and explained", async () => {
    const model = chatModel();
    const el = mount(model);
    const air = [...el.querySelectorAll<HTMLElement>(".jw-token")].find((s) => s.textContent === " air");
    expect(air?.classList.contains("is-generated")).toBe(true);
    expect(el.querySelectorAll(".is-generated").length).toBe(9);
    air?.focus();
    await settle();
    expect(air?.getAttribute("aria-label")).toMatch(/^air, assistant, generated, /);
    air?.click();
    expect(model.saved.at(-1)).toMatchObject({ position: Number(air?.dataset.start) });
  });
});
