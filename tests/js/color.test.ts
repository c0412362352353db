import { describe, expect, test } from "vitest";
import {
  alpha,
  bar,
  type Ink,
  LEVELS,
  level,
  levelRules,
  MAX_ALPHA,
  paintLevels,
  scoreAt,
  shareAt,
  ticks,
  weight,
} from "../../js/color";
import committed from "../../js/levels.css?raw";
import type { Picture } from "../../js/store";
import style from "../../js/widget.css?raw";
import { PALETTES, SCALES } from "../../js/wire";

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
  const [r, g, b] = color.map(linear) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function mixed(name: string, palette = ""): [Rgb, number] {
  const rules = palette === "" ? style : style.slice(style.indexOf(`.jw [data-palette="${palette}"]`));
  const found = rules.match(
    new RegExp(`--jw-${name}: color-mix\\(in srgb, (#[0-9a-f]{6}) (\\d+)%, var\\(--jw-fg\\)\\)`),
  );
  if (!found) throw new Error(`--jw-${name} is no longer a mix of a colour with the text colour`);
  return [hex(found[1] as string), Number(found[2]) / 100];
}

const linear = (x: number) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4);
const encoded = (x: number) => 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);

type Matrix = readonly [Rgb, Rgb, Rgb];
const times = (matrix: Matrix, [r, g, b]: Rgb): Rgb =>
  matrix.map((row) => row[0] * r + row[1] * g + row[2] * b) as Rgb;

/** Colour vision without one kind of cones: Machado, Oliveira and Fernandes (2009), severity 1, in linear light. */
const EYES: Record<string, Matrix> = {
  trichromat: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const simulated = (color: Rgb, matrix: Matrix): Rgb =>
  times(matrix, color.map(linear) as Rgb).map((x) => encoded(Math.max(0, Math.min(1, x)))) as Rgb;

/** CIELAB, white point D65. */
function lab(color: Rgb): Rgb {
  const xyz = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    color.map(linear) as Rgb,
  );
  const [x, y, z] = [xyz[0] / 0.95047, xyz[1], xyz[2] / 1.08883].map((t) =>
    t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116,
  ) as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

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
  const [accentBase, accentPart] = mixed("accent");
  const mutePart = Number(style.match(/--jw-mute: color-mix\(in srgb, var\(--jw-fg\) (\d+)%/)?.[1]) / 100;
  const mute = mix(text, mutePart, solid(background));
  const inkOf = (name: string, palette: string) => {
    const [base, part] = mixed(name, palette);
    return mix(solid(base), part, text);
  };
  const papered = (ink: Rgba, l: number): Rgb =>
    over([ink[0], ink[1], ink[2], ink[3] * alpha(l)], background);

  describe.each(PALETTES.flatMap((palette) => ["ink", "negative"].map((name) => [palette, name] as const)))(
    "%s, %s",
    (palette, name) => {
      const ink = inkOf(name, palette);
      const paper = (l: number) => papered(ink, l);
      test("text keeps 4.5:1 on every level of ink", () => {
        for (let l = 0; l < LEVELS; l++)
          expect(contrast(over(text, paper(l)), paper(l)), `level ${l}`).toBeGreaterThanOrEqual(4.5);
      });
      test("neighbouring eighths of the ramp can be told apart, and it only gets stronger", () => {
        const away = (l: number) => contrast(paper(l), background);
        for (let l = 8; l < LEVELS; l += 8) expect(away(l)).toBeGreaterThan(away(l - 8));
        expect(away(LEVELS - 1)).toBeGreaterThan(1.5);
      });
      test("the bar has 3:1", () =>
        expect(contrast(over(ink, background), background)).toBeGreaterThanOrEqual(3));
    },
  );
  test.each(PALETTES)("%s: everyone can tell a positive from a negative", (palette) => {
    const [plus, minus] = [inkOf("ink", palette), inkOf("negative", palette)];
    for (const [eyes, matrix] of Object.entries(EYES)) {
      const seen = (ink: Rgba, l: number) => lab(simulated(papered(ink, l), matrix));
      for (const [l, apart] of [
        [LEVELS - 1, 20],
        [LEVELS >> 1, 10],
      ] as const)
        expect(distance(seen(plus, l), seen(minus, l)), `${eyes}, level ${l}`).toBeGreaterThan(apart);
    }
  });
  test("quiet text and the accent keep 4.5:1", () => {
    expect(contrast(over(mute, background), background)).toBeGreaterThanOrEqual(4.5);
    expect(
      contrast(over(mix(solid(accentBase), accentPart, text), background), background),
    ).toBeGreaterThanOrEqual(4.5);
  });
});

describe("levels", () => {
  test("no weight is blank, the whole full, a little leaves a trace, what is below the threshold none", () => {
    expect([level(0), level(-1), level(Number.NaN)]).toEqual([0, 0, 0]);
    expect(level(1)).toBe(LEVELS - 1);
    expect(level(1e-9)).toBe(1);
    for (let i = 1; i < 100; i++) expect(level(i / 100)).toBeGreaterThanOrEqual(level((i - 1) / 100));
    expect([level(0.29, 0.3), level(0.3, 0.3)]).toEqual([0, 19]);
  });
  test("ink stays below 0.6, bars grow to 4 pixels", () => {
    expect(MAX_ALPHA).toBeLessThanOrEqual(0.6);
    expect(alpha(LEVELS - 1)).toBe(MAX_ALPHA);
    expect([bar(0), bar(16), bar(63)]).toEqual([0, 1, 4]);
  });
  test("levels.css is what color.ts says", () => expect(committed).toBe(levelRules()));
});

/** A picture of these scores, as `computePicture` makes it; the last one is hidden. */
function pictureOf(values: number[], power: 1 | 2 = 2): Picture {
  const scores = Float64Array.from([...values, 0]);
  const order = Int32Array.from(values.keys()).sort(
    (a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0),
  );
  const whole = values.reduce((sum, x) => sum + Math.abs(x) ** power, 0);
  const rank = Int32Array.from(scores, (_, g) => 1 + order.indexOf(g));
  return {
    scores,
    shares: scores.map((x) => Math.abs(x) ** power / whole),
    errors: null,
    bosShare: 0,
    templateShare: 0,
    delimiterShare: 0,
    signed: values.some((x) => x < 0),
    power,
    max: Math.max(...values.map(Math.abs)),
    scored: values.length,
    order,
    rank,
  };
}

describe("scales", () => {
  const picture = pictureOf([0.5, 8, 4, 0, 1, 2]);
  const ink = (parts: Partial<Ink>): Ink => ({ scale: "linear", vmax: null, threshold: 0, ...parts });
  const weights = (parts: Partial<Ink>) =>
    [...picture.scores].slice(0, 6).map((x) => +weight(x, picture, ink(parts)).toFixed(4));

  test("linear", () => expect(weights({})).toEqual([0.0625, 1, 0.5, 0, 0.125, 0.25]));
  test("log is arcsinh: a tenth of the maximum lies beyond the middle, and small scores stay apart", () => {
    const at = (part: number) => Math.asinh(100 * part) / Math.asinh(100);
    expect(weights({ scale: "log" })[1]).toBe(1);
    expect(weight(0.8, picture, ink({ scale: "log" }))).toBeCloseTo(at(0.1), 12);
    expect(at(0.1)).toBeGreaterThan(0.5);
  });
  test("rank: every step up is the same, the strongest is full, no score is no ink", () => {
    expect(weights({ scale: "rank" })).toEqual([0.3333, 1, 0.8333, 0, 0.5, 0.6667]);
    const tied = pictureOf([2, 2, 1]);
    expect([...tied.scores].map((x) => +weight(x, tied, ink({ scale: "rank" })).toFixed(4))).toEqual([
      1, 1, 0.3333, 0,
    ]);
  });
  test("share: of squares where these add up, else of the scores", () => {
    expect(weights({ scale: "share" })[2]).toBe(0.25);
    expect(weight(4, pictureOf([8, 4], 1), ink({ scale: "share" }))).toBe(0.5);
    expect(shareAt(4, picture)).toBeCloseTo(picture.shares[2] as number, 12);
  });
  test("a fixed scale does not depend on the picture, and what is beyond it is full", () => {
    const weaker = pictureOf([1, 4]);
    for (const scale of ["linear", "log", "share"] as const) {
      const fixed = ink({ scale, vmax: 4 });
      expect(weight(1, weaker, fixed)).toBe(weight(1, picture, fixed));
      expect(weight(8, picture, fixed)).toBe(1);
    }
    expect(weights({ scale: "rank", vmax: 4 })).toEqual(weights({ scale: "rank" }));
  });
  test.each(SCALES)("%s: the bar's numbers lie where their scores are painted", (scale) => {
    for (const vmax of [null, 5]) {
      for (const shown of [picture, pictureOf([-3, 1, 0.2, -0.1])]) {
        const painted = ink({ scale, vmax });
        const marks = ticks(shown, painted);
        expect(marks.map(({ at }) => at)).toEqual(marks.map(({ at }) => at).sort((a, b) => a - b));
        expect([marks[0]?.at, marks.at(-1)?.at]).toEqual([0, 1]);
        for (const { at, score } of marks) {
          const place = shown.signed ? 2 * at - 1 : at;
          if (scale === "rank") continue; // a quantile lies between two scores
          expect(weight(score, shown, painted) * Math.sign(score || 1)).toBeCloseTo(place, 9);
        }
        for (const place of [0.37, 0.6, 1])
          expect(weight(scoreAt(place, shown, painted), shown, painted)).toBeGreaterThanOrEqual(place - 1e-9);
      }
    }
  });
  test("rank: at least as many pieces keep their colour as the threshold says, and not one more", () => {
    for (const threshold of [0.2, 0.5, 0.9]) {
      const least = scoreAt(threshold, picture, ink({ scale: "rank" }));
      const kept = [...picture.scores].filter((x) =>
        level(weight(x, picture, ink({ scale: "rank" })), threshold),
      );
      expect(Math.min(...kept)).toBe(least);
    }
  });
  test("a negative score has its own ink, of the same strength", () => {
    const out = new Int8Array(4);
    paintLevels(pictureOf([2, -2, 1]), ink({ threshold: 0.6 }), out);
    expect([...out]).toEqual([63, -63, 0, 0]);
  });
});

test("every rule of the style sheet stays under .jw", () => {
  const bare = `${style}\n${committed}`.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@import[^;]+;/g, "");
  const selectors = [...bare.matchAll(/(?:^|[{};])\s*([^{};@]+)\{/g)].flatMap((found) =>
    (found[1] as string).split(","),
  );
  expect(selectors.length).toBeGreaterThan(150);
  for (const selector of selectors) expect(selector.trim()).toMatch(/^\.jw(?![\w])|^\.jw-caret$/);
});
