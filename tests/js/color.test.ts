import { describe, expect, test } from "vitest";
import { alpha, bar, LEVELS, level, levelRules, MAX_ALPHA } from "../../js/color";
import committed from "../../js/levels.css?raw";
import style from "../../js/widget.css?raw";

type Rgb = [number, number, number];
type Rgba = [...Rgb, number];

const hex = (code: string): Rgb => [1, 3, 5].map((i) => Number.parseInt(code.slice(i, i + 2), 16)) as Rgb;

/** `color-mix(in srgb, a p%, b)`: premultiplied, as the standard says. */
function mix(a: Rgba, p: number, b: Rgba): Rgba {
  const opacity = a[3] * p + b[3] * (1 - p);
  const channel = (i: 0 | 1 | 2) => (a[i] * a[3] * p + b[i] * b[3] * (1 - p)) / opacity;
  return [channel(0), channel(1), channel(2), opacity];
}

const over = (top: Rgba, below: Rgb): Rgb =>
  [0, 1, 2].map((i) => (top[i] as number) * top[3] + (below[i] as number) * (1 - top[3])) as Rgb;

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((x) =>
    x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4,
  ) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function mixed(name: string): [Rgb, number] {
  const found = style.match(
    new RegExp(`--jw-${name}: color-mix\\(in srgb, (#[0-9a-f]{6}) (\\d+)%, var\\(--jw-fg\\)\\)`),
  );
  if (!found) throw new Error(`--jw-${name} is no longer a mix of a colour with the text colour`);
  return [hex(found[1] as string), Number(found[2]) / 100];
}

const THEMES: [string, Rgb, Rgba][] = [
  ["JupyterLab light", [255, 255, 255], [0, 0, 0, 0.87]],
  ["JupyterLab dark", [17, 17, 17], [255, 255, 255, 0.87]],
  ["JupyterLab dark high contrast", [17, 17, 17], [255, 255, 255, 1]],
  ["VS Code light", [255, 255, 255], [59, 59, 59, 1]],
  ["VS Code dark", [31, 31, 31], [204, 204, 204, 1]],
  ["VS Code high contrast", [0, 0, 0], [255, 255, 255, 1]],
  ["Canvas, light", [255, 255, 255], [0, 0, 0, 1]],
  ["Canvas, dark", [18, 18, 18], [255, 255, 255, 1]],
];

describe.each(THEMES)("%s", (_, background, text) => {
  const solid = (c: Rgb): Rgba => [...c, 1];
  const [inkBase, inkPart] = mixed("ink");
  const ink = mix(solid(inkBase), inkPart, text);
  const [accentBase, accentPart] = mixed("accent");
  const mutePart = Number(style.match(/--jw-mute: color-mix\(in srgb, var\(--jw-fg\) (\d+)%/)?.[1]) / 100;
  const mute = mix(text, mutePart, solid(background));
  const paper = (l: number): Rgb => over([ink[0], ink[1], ink[2], ink[3] * alpha(l)], background);

  test("text keeps 4.5:1 on every level of ink", () => {
    for (let l = 0; l < LEVELS; l++)
      expect(contrast(over(text, paper(l)), paper(l)), `level ${l}`).toBeGreaterThanOrEqual(4.5);
  });
  test("neighbouring eighths of the ramp can be told apart, and it only gets stronger", () => {
    const away = (l: number) => contrast(paper(l), background);
    for (let l = 8; l < LEVELS; l += 8) expect(away(l)).toBeGreaterThan(away(l - 8));
    expect(away(LEVELS - 1)).toBeGreaterThan(1.8);
  });
  test("quiet text and the accent keep 4.5:1, the bar 3:1", () => {
    expect(contrast(over(mute, background), background)).toBeGreaterThanOrEqual(4.5);
    expect(
      contrast(over(mix(solid(accentBase), accentPart, text), background), background),
    ).toBeGreaterThanOrEqual(4.5);
    expect(contrast(over(ink, background), background)).toBeGreaterThanOrEqual(3);
  });
});

describe("levels", () => {
  test("zero is blank, the maximum full, every score above zero leaves a trace", () => {
    expect([level(0, 5), level(-1, 5), level(Number.NaN, 5), level(3, 0)]).toEqual([0, 0, 0, 0]);
    expect(level(5, 5)).toBe(LEVELS - 1);
    expect(level(1e-9, 5)).toBe(1);
    for (let i = 1; i < 100; i++) expect(level(i, 100)).toBeGreaterThanOrEqual(level(i - 1, 100));
  });
  test("ink stays below 0.6, bars grow to 4 pixels", () => {
    expect(MAX_ALPHA).toBeLessThanOrEqual(0.6);
    expect(alpha(LEVELS - 1)).toBe(MAX_ALPHA);
    expect([bar(0), bar(16), bar(63)]).toEqual([0, 1, 4]);
  });
  test("levels.css is what color.ts says", () => expect(committed).toBe(levelRules()));
});

test("every rule of the style sheet stays under .jw", () => {
  const bare = `${style}\n${committed}`.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@import[^;]+;/g, "");
  const selectors = [...bare.matchAll(/(?:^|[{};])\s*([^{};@]+)\{/g)].flatMap((found) =>
    (found[1] as string).split(","),
  );
  expect(selectors.length).toBeGreaterThan(150);
  for (const selector of selectors) expect(selector.trim()).toMatch(/^\.jw(?![\w])|^\.jw-caret$/);
});
