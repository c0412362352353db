import { describe, expect, test } from "vitest";
import { fileName } from "../../js/panels/save";
import { archive, toPage, traitsShown, widgetCode } from "../../js/panels/save-page";
import { withSize } from "../../js/panels/save-png";
import { toSvg } from "../../js/panels/svg";
import { derive, type Held, type Scene } from "../../js/scene";
import { createStore } from "../../js/store";
import { DECODE, type FakeModel, inputsOf, readyModel, SENTENCE, sketch } from "./fake";

const sceneOf = (model: FakeModel, before: Held | null): Scene =>
  derive(
    createStore(),
    inputsOf((name) => model.get(name)),
    before,
  );

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";

async function opened(text: string): Promise<{ json: Record<string, unknown>; binary: Uint8Array }> {
  const fours = text.slice(1).match(/.{5}/g) ?? [];
  const packed = fours.flatMap((five) => {
    const four = [...five].reduce((sum, digit) => 85 * sum + DIGITS.indexOf(digit), 0);
    return [24, 16, 8, 0].map((bits) => (four >>> bits) & 255);
  });
  const end = packed.length - Number(text[0]);
  const stream = new Blob([Uint8Array.from(packed.slice(0, end))])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const whole = new Uint8Array(await new Response(stream).arrayBuffer());
  const json = 4 + new DataView(whole.buffer).getUint32(0, true);
  return {
    json: JSON.parse(new TextDecoder().decode(whole.subarray(4, json))),
    binary: whole.subarray(json),
  };
}

test.each([
  ["Tom loves Korean food. He grew up in the South", "tom-loves-korean-food-he-grew"],
  ["../../etc/passwd\0", "etc-passwd"],
  ["猫が好き", "猫が好き"],
  ["  ?! ", "attribution"],
  ["x".repeat(100_000), "attribution"],
])("the file of %j is named %s", (text, name) => expect(fileName(text)).toBe(name));

describe("the page", () => {
  const code = { _esm: "export default 1 // </script>", panels: "export const x = 1" };
  const model = readyModel();
  const get = (name: string) => model.get(name);

  test("holds traits and code in a form that no text can break out of", async () => {
    model.traits.text = "%%SAVED%% </script><!--";
    const page = await toPage(get, code, "<b>", "%%TITLE%%", "<p>%%SAVED%%</p>");
    expect(page).toContain("<title>&lt;b&gt;</title>");
    expect(page).toContain("<p>%%SAVED%%</p>");
    const saved = /id="jw-saved">([^<]*)</.exec(page)?.[1] ?? "";
    const { json } = await opened(saved);
    expect(json.code).toEqual(code);
    expect(json.traits).toMatchObject({ text: model.traits.text, panel: "", status: { state: "saved" } });
    expect(page.length).toBeLessThan(40_000);
  });

  test("keeps every target", async () => {
    const page = await toPage(get, code, "", "", "");
    const { json } = await opened(/id="jw-saved">([^<]*)</.exec(page)?.[1] ?? "");
    const { basis } = json.traits as { basis: { predictions: unknown; directions: unknown } };
    const own = get("basis") as typeof basis;
    expect(basis.predictions).toEqual(own.predictions);
    expect(basis.directions).toEqual(own.directions);
  });

  test("holds the question of what is shown, which may be older than the wish", () => {
    const model = readyModel();
    const get = (name: string) => model.get(name);
    const { held, fresh } = sceneOf(model, null);
    expect(fresh).toBe(true);
    const basis = model.get("basis");
    const asked = { position: 8, target: 4242, scope: "contrast", scale: "log" };
    model.receive(asked);
    const stale = sceneOf(model, held);
    expect(stale.fresh).toBe(false);
    const shown = traitsShown(stale, get, DECODE);
    const values = ["text", "position", "target", "scope", "scale", "basis", "signed"].map((name) =>
      shown?.(name),
    );
    expect(values).toEqual([SENTENCE.join(""), 19, null, "semantic", "log", basis, false]);
    // A first part of the next answer has taken the place of the basis shown.
    model.receive({ basis: sketch(SENTENCE, { position: 8, only: ["temperature"] }).basis });
    expect(traitsShown(sceneOf(model, held), get, DECODE)).toBeNull();
    model.receive({ _further: [basis] });
    expect(traitsShown(sceneOf(model, held), get, DECODE)?.("basis")).toBe(basis);
  });

  test("is not made where the host keeps the code", () => {
    expect(widgetCode(() => undefined)).toBeNull();
    expect(widgetCode((name) => code[name as keyof typeof code])).toEqual(code);
  });
});

test("an archive holds any bytes", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const { json, binary } = await opened(
    await archive({ a: "\u2028</script>", b: new DataView(bytes.buffer) }),
  );
  const [begin, length] = (json.b as { $bytes: [number, number] }).$bytes;
  expect(json.a).toBe("\u2028</script>");
  expect([...binary.subarray(begin, begin + length)]).toEqual([...bytes]);
});

test("a PNG says how large it is in print", async () => {
  const png = Uint8Array.from({ length: 40 }, (_, i) => i);
  const out = new Uint8Array(await withSize(png, 300).arrayBuffer());
  expect([...out.subarray(0, 33), ...out.subarray(54)]).toEqual([...png]);
  const view = new DataView(out.buffer, 33, 21);
  expect(new TextDecoder().decode(out.subarray(37, 41))).toBe("pHYs");
  expect([view.getUint32(8), view.getUint32(12), view.getUint8(16)]).toEqual([11811, 11811, 1]);
  expect(view.getUint32(17)).toBe(0x78a53f76); // as every program writes it for 300 dpi
});

test("an SVG is well-formed whatever the text", () => {
  const line = { x: 1, y: 9, width: 5, text: "<a>&\"'\u0000\ud800\uffff", size: 9, fill: "#111111" };
  const svg = toSvg({
    width: 100,
    height: 20,
    ground: null,
    title: "<script>",
    shapes: [{ x: 0, y: 0, width: 5, height: 5, fill: "#2474bd", opacity: 0.5, stroke: null }],
    ramp: { x: 0, y: 12, width: 50, height: 5, stops: [] },
    lines: [line, { ...line, x: 6, text: " b" }],
  });
  const text = svg.match(/<text.*<\/text>/g);
  expect(text).toHaveLength(1); // one line, one text
  expect(svg).toContain("<title>&#60;script&#62;</title>");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(svg).not.toMatch(/[\u0000\ud800\uffff]/);
});
