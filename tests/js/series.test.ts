import { describe, expect, test } from "vitest";
import { niceStep, ticks } from "../../js/panels/chart";
import {
  decodeSeries,
  domainOf,
  histogram,
  type NextValues,
  numberIn,
  numbersOf,
  predictedPoint,
  quantile,
  seriesOf,
  shareBelow,
} from "../../js/panels/series-data";
import { brushed, frameOf, pathsOf, scalesOf, sidePath, zoomed } from "../../js/panels/series-draw";
import { coverageWords, pointWords, predictionWords } from "../../js/panels/series-words";
import { decodeTokens, type Tokens } from "../../js/wire";
import cases from "../vectors/numerals.json";
import { tokensOf } from "./fake";

function tokensFrom(pieces: string[], starts: number[]): Tokens {
  const raw = tokensOf(pieces, []);
  raw.groups.number = starts;
  const decoded = decodeTokens(raw);
  if (!decoded.ok || !decoded.value) throw new Error("no tokens");
  return decoded.value;
}

const TWO_LINES = tokensFrom(
  ["1", "2", ",", "-", "3", ",", "4", "5", "\n", "Day", " 7", ":", "8", ",", "9", ",", "10", "\n"],
  [0, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
);

const NEXT: NextValues = {
  text: "x",
  at: null,
  actual: null,
  values: [400, 410, 500, 9000],
  p: [0.1, 0.5, 0.2, 0.05],
  found: 0.85,
  unexplored: 0.1,
  other: 0.05,
  computing: false,
  more: true,
};

describe("numbers", () => {
  test.each(cases as [string, number | null][])("%j is read as in Python", (piece, value) => {
    expect(numberIn(piece)).toBe(value);
  });
  test("numbers of several tokens are one value, and lines are series of their own", () => {
    const points = numbersOf(TWO_LINES);
    expect(points.map(({ value }) => value)).toEqual([12, -3, 45, 7, 8, 9, 10]);
    expect(points[1]).toMatchObject({ start: 3, stop: 5, text: "-3" });
    const all = seriesOf(TWO_LINES);
    expect(all.map(({ points }) => points.length)).toEqual([3, 4]);
    expect(all[0]?.name).toBe("1: 12, -3, 45");
    expect(all[1]?.name).toBe("2: 7, 8, 9 …");
  });
  test("one number a line makes one series; two numbers make none", () => {
    const column = tokensFrom(["1", "\n", "2", "\n", "3"], [0, 1, 2, 3, 4]);
    expect(seriesOf(column)[0]?.points.map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(seriesOf(tokensFrom(["1", ",", "2"], [0, 1, 2]))).toEqual([]);
  });
  test("the predicted number holds the position, or is the first after it", () => {
    const points = numbersOf(TWO_LINES);
    expect(predictedPoint(points, 1)?.value).toBe(12);
    expect(predictedPoint(points, 2)?.value).toBe(-3);
    expect(predictedPoint(points, 17)).toBeNull();
    expect(predictedPoint(points, null)).toBeNull();
  });
});

describe("the prediction", () => {
  test("quantiles are of what was found", () => {
    expect(quantile(NEXT, 0)).toBe(400);
    expect(quantile(NEXT, 0.5)).toBe(410);
    expect(quantile(NEXT, 1)).toBe(9000);
    expect(quantile({ ...NEXT, values: [], p: [], found: 0 }, 0.5)).toBeNull();
    expect(shareBelow(NEXT, 410)).toBeCloseTo(0.35 / 0.85);
  });
  test("bins hold all that was found, and what is off the axis is named", () => {
    const bins = histogram(NEXT, { low: 300, high: 600 }, 30);
    expect(bins.step).toBe(10);
    expect(bins.bins.map(({ low }) => low)).toEqual([395, 405, 495]);
    expect(bins.bins.reduce((sum, { p }) => sum + p, 0) + bins.outside).toBeCloseTo(NEXT.found);
    expect(bins.outside).toBeCloseTo(0.05);
    expect(bins.most).toBe(0.5);
  });
  test("an outlier does not flatten the series", () => {
    const points = numbersOf(TWO_LINES).slice(0, 3);
    const far = { ...NEXT, values: [10, 1e9], p: [0.5, 0.4], found: 0.9 };
    const { low, high } = domainOf(points, far);
    expect(low).toBeLessThan(-3);
    expect(high).toBeLessThan(120);
    const flat = domainOf([{ group: 0, start: 0, stop: 1, value: 5, text: "5" }], null);
    expect(flat.low).toBeLessThan(5);
    expect(flat.high).toBeGreaterThan(5);
  });
  test("a payload that does not add up becomes an error, one of another kind nothing", () => {
    expect(decodeSeries({ text: "x", values: [1], p: [] })).toHaveProperty("error");
    expect(decodeSeries({ text: "x", values: [Number.NaN], p: [1] })).toHaveProperty("error");
    expect(decodeSeries({ error: "out of memory" })).toEqual({ error: "out of memory" });
    expect(decodeSeries({})).toBeNull();
    expect(decodeSeries(null)).toBeNull();
    expect(decodeSeries({ text: "x", at: 3, actual: 4, values: [4], p: [0.5], more: true })).toMatchObject({
      at: 3,
      found: 0.5,
      more: true,
      computing: false,
    });
  });
});

describe("the figure", () => {
  const frame = frameOf(800, 4, true);
  const points = Array.from({ length: 50 }, (_, i) => ({
    group: i,
    start: i,
    stop: i + 1,
    value: i,
    text: String(i),
  }));
  const window = { from: 0, to: 49 };
  const scales = scalesOf(frame, window, { low: 0, high: 49 });

  test("every value finds its way back from its place", () => {
    for (let i = 0; i < 50; i++) expect(scales.index(scales.x(i))).toBe(i);
    expect(scales.y(0)).toBe(frame.bottom);
    expect(scales.y(49)).toBe(frame.top);
  });
  test("bars are as tall as their scores, below the line for those below zero", () => {
    const scores = points.map((_, i) => (i === 3 ? 10 : i === 4 ? -5 : 0));
    const paths = pathsOf(points, scores, frame, window, scales, 50, 10, true);
    const half = (frame.barBottom - frame.barTop) / 2;
    expect(paths.rising).toContain(`v${-half}h`);
    expect(paths.falling).toContain(`v${half / 2}h`);
    const unsigned = pathsOf(points, scores, frame, window, scales, 50, 10, false);
    expect(unsigned.rising).toContain(`v${-2 * half}h`);
  });
  test("the line changes at the explained value, and only what is in sight is drawn", () => {
    const paths = pathsOf(points, [], frame, window, scales, 20, 0, false);
    expect(paths.before.split("L").length).toBe(21);
    expect(paths.after.split("L").length).toBe(30);
    const near = pathsOf(points, [], frame, { from: 10, to: 14 }, scales, 50, 0, false);
    expect(near.before.split("L").length).toBe(7);
  });
  test("the likeliest bin fills the side", () => {
    const path = sidePath(histogram(NEXT, { low: 300, high: 600 }, 30), frame, scales, 700, 790);
    expect(path).toContain("h90v");
    expect(path.match(/M/g)?.length).toBe(3);
  });
  test("zoom keeps the value under the pointer and stays within the series", () => {
    const near = zoomed(window, 2, 10, 50);
    expect(near.to - near.from).toBeCloseTo(24);
    expect((10 - near.from + 0.5) / 25).toBeCloseTo(10.5 / 50);
    expect(zoomed(near, 0.01, 10, 50)).toEqual(window);
    const close = zoomed(window, 1e9, 49, 50);
    expect(close.to - close.from).toBeCloseTo(3);
    expect(close.to + 0.5).toBeGreaterThan(49);
    expect(brushed(40, 20, 50)).toEqual({ from: 20, to: 40 });
    expect(brushed(49, 49, 50)).toEqual({ from: 46, to: 49 });
    expect(brushed(0, 1, 2)).toEqual({ from: 0, to: 1 });
  });
  test("ticks are round", () => {
    expect(ticks(147, 853, 5)).toEqual([200, 400, 600, 800]);
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceStep(0)).toBe(1);
    expect(niceStep(30)).toBe(50);
  });
});

test("the words say the value, its influence and what the model expects", () => {
  const points = numbersOf(TWO_LINES);
  const known = { score: "3.1", unit: "nats", rank: 2, scored: 60, share: "4 %" };
  expect(pointWords(0, points, known, false)).toBe(
    "1st value: 12, influence 3.1 nats (2nd of 60), 4 % of the influence",
  );
  expect(pointWords(0, points, known, true)).toBe("1st value: 12, explained here");
  expect(pointWords(1, points, null, false)).toContain("no influence");
  expect(pointWords(7, points, null, true)).toBe("8th value: what comes next");
  expect(predictionWords(NEXT)).toBe("The model expects 410 (median, half of it from 410 to 500).");
  expect(predictionWords({ ...NEXT, actual: 500 })).toContain("The text says 500: it had 20.0");
  expect(predictionWords({ ...NEXT, actual: 7 })).toContain("not among the values found");
  expect(predictionWords({ ...NEXT, values: [], p: [], found: 0 })).toBe("");
  expect(coverageWords(NEXT)).toMatch(
    /^4 values found with 85\.0.%.*10\.0.% not followed.*5\.0.% is no number\.$/,
  );
});
