import { describe, expect, test } from "vitest";
import { curve, strokeWidth } from "../../js/panels/map-arcs";
import {
  answerTokens,
  bosShare,
  decodeMap,
  rankInRow,
  rowStart,
  scoreOf,
  strongest,
  type TokenMap,
} from "../../js/panels/map-data";
import * as draw from "../../js/panels/map-draw";
import {
  bosWords,
  type Circumstances,
  caption,
  cellWords,
  situation,
  spokenCell,
} from "../../js/panels/map-words";
import { decodeTokens, type Tokens } from "../../js/wire";
import { chatTokens, random, SENTENCE, tokensOf } from "./fake";

/** The bits of a float16 that is not negative, rounded to nearest. */
function half(value: number): number {
  const words = new Uint32Array(new Float32Array([value / 2 ** 112]).buffer);
  return ((words[0] as number) + 0x1000) >>> 13;
}

const score = (q: number, t: number) => 0.01 + ((q * 37 + t * 61) % 97) / 16;

function payload(n: number, rows = n, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const scale = 2 ** -7;
  const scores: number[] = [];
  for (let q = 0; q < rows; q++) for (let t = 0; t < q; t++) scores.push(half(score(q, t) / scale));
  const bos = Array.from({ length: rows }, (_, q) => half(q / scale / 8));
  const bytes = (values: number[]) => {
    const padded = new Uint8Array(2 * values.length + 3); // a comm's views start anywhere
    padded.set(new Uint8Array(Uint16Array.from(values).buffer), 3);
    return new DataView(padded.buffer, 3);
  };
  return {
    text: "x".repeat(n),
    n,
    rows,
    state: rows < n ? "computing" : "done",
    scale,
    scores: bytes(scores),
    bos: bytes(bos),
    scope: "semantic",
    unit: "logits",
    seconds: 42,
    ...changes,
  };
}

function decoded(raw: unknown): TokenMap {
  const found = decodeMap(raw);
  if (!found.ok || !found.value) throw new Error(found.ok ? "nothing" : found.error);
  return found.value;
}

function tokens(raw: unknown): Tokens {
  const found = decodeTokens(raw);
  if (!found.ok || !found.value) throw new Error(found.ok ? "nothing" : found.error);
  return found.value;
}

/** A text of `n` tokens with all the groups that the decoder asks for. */
const text = (n: number) => tokens(whole(tokensOf(Array.from({ length: n }, (_, i) => ` w${i}`))));

function whole<T extends { groups: Record<string, number[]> }>(raw: T): T {
  return { ...raw, groups: { ...raw.groups, sentence: raw.groups.line } };
}

describe("payload", () => {
  test("halves become the scores, to a part in two thousand", () => {
    const map = decoded(payload(40));
    expect(map.scores).toHaveLength(780);
    for (let q = 0; q < 40; q++) {
      for (let t = 0; t < q; t++) {
        expect(Math.abs(scoreOf(map, q, t) - score(q, t))).toBeLessThanOrEqual(2 ** -11 * score(q, t));
      }
      expect(map.rowMax[q]).toBe(Math.max(0, ...Array.from({ length: q }, (_, t) => scoreOf(map, q, t))));
    }
    expect(map.max).toBe(Math.max(...map.rowMax));
    expect(map.bos[16]).toBe(2);
  });

  test("the smallest halves and the largest scales lose nothing", () => {
    for (const [bits, scale, value] of [
      [1, 1, 2 ** -24],
      [0x3ff, 1, 0x3ff * 2 ** -24],
      [0x400, 2 ** 100, 2 ** 86],
      [0x7bff, 2 ** -100, 65504 * 2 ** -100],
    ] as const) {
      const map = decoded(
        payload(2, 2, { scale, scores: new Uint16Array([bits]), bos: new Uint16Array(2).buffer }),
      );
      expect(map.scores[0]).toBe(value);
    }
  });

  test("what does not add up is refused with a reason", () => {
    for (const [changes, reason] of [
      [{ rows: 6 }, "6 rows of 5"],
      [{ rows: 4 }, "do not make 4 rows"],
      [{ scores: new Uint16Array(9) }, "do not make"],
      [{ scores: new Uint8Array(19) }, "float16"],
      [{ scores: new Uint16Array(10).fill(0x7c00) }, "float16"],
      [{ scores: new Uint16Array(10).fill(0x8001) }, "float16"],
      [{ scores: "abc" }, "float16"],
      [{ scale: 0 }, "scale"],
      [{ scale: Number.NaN }, "scale"],
      [{ n: 2.5 }, "rows"],
      [{ state: "other" }, "state"],
      [{ scope: 7 }, "scope"],
      [{ text: null }, "text"],
    ] as const) {
      const found = decodeMap(payload(5, 5, changes));
      expect(found.ok ? "taken" : found.error).toContain(reason);
    }
    expect(decodeMap({ error: "no memory" })).toEqual({ ok: false, error: "no memory" });
    for (const nothing of [undefined, null, {}, 3])
      expect(decodeMap(nothing)).toEqual({ ok: true, value: null });
  });

  test("shares, ranks and the strongest agree with sorting the row", () => {
    const map = decoded(payload(50));
    for (const q of [1, 2, 17, 49]) {
      const row = [...map.scores.subarray(rowStart(q), rowStart(q) + q)];
      const order = row.map((_, t) => t).sort((a, b) => (row[b] as number) - (row[a] as number) || a - b);
      expect(strongest(map, q, 5)).toEqual(order.slice(0, 5));
      expect(strongest(map, q, 3, (t) => t === order[0])).toEqual(order.slice(1, 4));
      for (const t of order)
        expect(rankInRow(map, q, t)).toBe(1 + row.filter((s) => s > (row[t] as number)).length);
      const squares = row.reduce((sum, s) => sum + s * s, (map.bos[q] as number) ** 2);
      expect(bosShare(map, q)).toBeCloseTo((map.bos[q] as number) ** 2 / squares, 12);
    }
  });
});

describe("ink", () => {
  const map = decoded(payload(60, 45));
  const at = (bytes: Uint8Array, q: number, t: number) => bytes[q * 60 + t] as number;

  test("each row's strongest is full where each has its own maximum, one cell of all where not", () => {
    for (const scale of ["linear", "log", "share"] as const) {
      const own = draw.paint(map, { scale, threshold: 0, vmax: null, perRow: true });
      const all = draw.paint(map, { scale, threshold: 0, vmax: null, perRow: false });
      for (let q = 1; q < 45; q++) {
        const best = strongest(map, q, 1)[0] as number;
        expect(at(own, q, best)).toBe(255);
        expect(at(all, q, best) === 255).toBe((map.rowMax[q] as number) > 0.995 * map.max);
      }
      expect(own.every((byte, i) => byte >= (all[i] as number))).toBe(true);
    }
  });

  test("nothing is painted on or above the diagonal, nor in rows to come, and every score below has ink", () => {
    for (const scale of ["linear", "log", "share", "rank"] as const) {
      const bytes = draw.paint(map, { scale, threshold: 0, vmax: null, perRow: true });
      for (let q = 0; q < 60; q++)
        for (let t = 0; t < 60; t++) expect(at(bytes, q, t) > 0).toBe(t < q && q < 45);
    }
  });

  test("a fixed scale is that of all rows together, and ends where it ends", () => {
    const fixed = draw.paint(map, { scale: "linear", threshold: 0, vmax: 2, perRow: false });
    for (let t = 0; t < 40; t++) {
      expect(at(fixed, 40, t)).toBe(Math.max(3, Math.round(255 * Math.min(1, scoreOf(map, 40, t) / 2))));
    }
    const own = draw.paint(map, { scale: "linear", threshold: 0, vmax: 2, perRow: true });
    expect(own).toEqual(draw.paint(map, { scale: "linear", threshold: 0, vmax: null, perRow: true }));
  });

  test("below the threshold there is none", () => {
    const half = draw.paint(map, { scale: "linear", threshold: 0.5, vmax: null, perRow: true });
    for (let q = 1; q < 45; q++)
      for (let t = 0; t < q; t++)
        expect(at(half, q, t) > 0).toBe(scoreOf(map, q, t) / (map.rowMax[q] as number) >= 0.5);
  });

  test("rank is the place in the row, or among all", () => {
    const own = draw.rowWeights(map, 40, { scale: "rank", threshold: 0, vmax: null, perRow: true }, null);
    for (let t = 0; t < 40; t++) {
      const above = [...map.scores.subarray(rowStart(40), rowStart(41))].filter(
        (s) => s > scoreOf(map, 40, t),
      );
      expect(own[t]).toBeCloseTo(1 - above.length / 40, 6);
    }
    const ink = { scale: "rank", threshold: 0, vmax: null, perRow: false } as const;
    const all = draw.rowWeights(map, 3, ink, draw.ranksOfAll(map, ink));
    const above = map.scores.filter((s) => s > scoreOf(map, 3, 1));
    expect(all[1]).toBeCloseTo(1 - above.length / map.scores.length, 6);
  });

  test("a coarser copy keeps the strongest of its cells", () => {
    for (const n of [7, 8]) {
      const next = random(n);
      const bytes = Uint8Array.from({ length: n * n }, () => Math.floor(256 * next()));
      const coarse = draw.halve(bytes, n);
      const size = Math.ceil(n / 2);
      expect(coarse).toHaveLength(size * size);
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
          const four = [0, 1].flatMap((dy) => [0, 1].map((dx) => [2 * y + dy, 2 * x + dx] as const));
          const inside = four.filter(([row, column]) => row < n && column < n);
          expect(coarse[y * size + x]).toBe(
            Math.max(...inside.map(([row, column]) => bytes[row * n + column] as number)),
          );
        }
    }
  });

  test("cells are halved until each fills a pixel of the screen", () => {
    expect(draw.halvings(0.28, 1, 2000)).toBe(2);
    expect(draw.halvings(0.28, 3, 2000)).toBe(1);
    expect(draw.halvings(1, 1, 600)).toBe(0);
    expect(draw.halvings(30, 2, 5)).toBe(0);
    expect(draw.halvings(1e-9, 1, 1)).toBe(0);
  });
});

describe("viewport", () => {
  test("the whole fits at first, without giant cells", () => {
    expect(draw.overview(2000, 600)).toEqual({ x: 0, y: 0, cell: 0.3 });
    expect(draw.overview(5, 600).cell).toBe(draw.LARGEST_CELL);
  });

  test("zooming keeps the cell under the pointer there", () => {
    let view = draw.overview(2000, 600);
    const under = () => [view.x + 250 / view.cell, view.y + 400 / view.cell];
    const before = under();
    for (const factor of [1.5, 3, 0.8, 2]) {
      view = draw.zoom(view, factor, 250, 400, 2000, 600);
      const [x, y] = under();
      expect(x).toBeCloseTo(before[0] as number, 6);
      expect(y).toBeCloseTo(before[1] as number, 6);
    }
    expect(draw.zoom(view, 1e-9, 250, 400, 2000, 600)).toEqual(draw.overview(2000, 600));
    expect(draw.zoom(view, 1e9, 250, 400, 2000, 600).cell).toBe(draw.MOST_ZOOM);
  });

  test("panning ends at the edges", () => {
    const view = draw.zoom(draw.overview(100, 500), 4, 0, 0, 100, 500);
    expect(draw.pan(view, 50, 50, 100, 500)).toEqual(view);
    const far = draw.pan(view, -1e6, -1e6, 100, 500);
    expect(far.x).toBeCloseTo(100 - 500 / far.cell, 9);
    expect(draw.pan(draw.overview(100, 500), -40, -40, 100, 500)).toEqual(draw.overview(100, 500));
  });

  test("a point of the plot is the cell whose square holds it, among those computed", () => {
    const view = { x: 10.5, y: 20.25, cell: 8 };
    expect(draw.cellAt(view, 0, 0, 100)).toEqual({ q: 20, t: 10 });
    expect(draw.cellAt(view, 4, 6, 100)).toEqual({ q: 21, t: 11 });
    expect(draw.cellAt(view, 0, 0, 20)).toBeNull();
    expect(draw.cellAt(view, 8 * 30, 0, 100)).toBeNull();
  });

  test("the keyboard stays in the triangle, and the cell in view", () => {
    let cell = { q: 30, t: 12 };
    let view = draw.zoom(draw.overview(60, 400), 5, 0, 0, 60, 400);
    const next = random(5);
    const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"];
    for (let i = 0; i < 500; i++) {
      cell = draw.moved(cell, keys[Math.floor(next() * keys.length)] as string, 45) as draw.Cell;
      expect(cell.q > 0 && cell.q < 45 && cell.t >= 0 && cell.t < cell.q).toBe(true);
      view = draw.reveal(view, cell, 60, 400);
      const [left, top] = [(cell.t - view.x) * view.cell, (cell.q - view.y) * view.cell];
      for (const edge of [left, top]) {
        expect(edge).toBeGreaterThan(-1e-6);
        expect(edge + view.cell).toBeLessThan(400 + 1e-6);
      }
    }
    expect(draw.moved({ q: 30, t: 12 }, "End", 45)).toEqual({ q: 30, t: 29 });
    expect(draw.moved({ q: 30, t: 29 }, "ArrowUp", 45)).toEqual({ q: 29, t: 28 });
    expect(draw.moved(cell, "x", 45)).toBeNull();
  });
});

describe("words", () => {
  const n = SENTENCE.length;
  const text20 = tokens(whole(tokensOf(SENTENCE)));
  const now = (changes: Partial<Circumstances>): Circumstances => ({
    tokens: text20,
    map: null,
    error: null,
    kernel: true,
    asked: false,
    ...changes,
  });
  const map = (rows: number, changes = {}) => decoded(payload(n, rows, changes));

  test("every state says what there is and offers what can be done", () => {
    const said = (changes: Partial<Circumstances>) => {
      const { words, button, done, total } = situation(now(changes));
      return `${words} [${button}] ${done}/${total}`;
    };
    const waiting = map(0, { state: "waiting", seconds: 130 });
    expect(said({})).toBe("Asking how long the map takes … [null] 0/0");
    expect(said({ map: waiting })).toBe("20 tokens, about 2\u00a0min [compute] 0/0");
    expect(said({ map: waiting, asked: true })).toBe("Waiting for the model … [stop] 0/0");
    expect(said({ map: map(8), asked: true })).toBe("8 of 20 tokens, about 40\u00a0s left [stop] 8/20");
    expect(said({ map: map(8) })).toBe("8 of 20 tokens, about 40\u00a0s left [null] 8/20");
    expect(said({ map: map(8, { state: "stopped" }) })).toBe(
      "Stopped at 8 of 20 tokens, about 40\u00a0s for the rest [continue] 8/20",
    );
    expect(said({ map: map(n) })).toBe(" [null] 0/0");
    expect(said({ map: map(8), kernel: false })).toContain("A saved map of 8 of 20 tokens.");
    expect(said({ kernel: false })).toContain("No map was saved");
    expect(said({ map: waiting, kernel: false })).toContain("No map was saved");
    expect(said({ error: "no memory" })).toBe("no memory [null] 0/0");
    expect(said({ tokens: null })).toContain("no text");
    expect(said({ tokens: text(4097) })).toContain("up to 4,096 tokens; this text has 4,097");
    expect(said({ map: map(0, { state: "too long" }) })).toContain("up to 4,096 tokens");
  });

  test("a cell is told as score, unit and place in its row", () => {
    const full = map(n);
    const { score: value, place } = cellWords(full, 12, strongest(full, 12, 1)[0] as number);
    expect(value).toMatch(/^\d\.\d\d logits$/);
    expect(place).toBe("1st of 12");
    expect(spokenCell(full, text20, 3, 2)).toMatch(/^food, from Korean: [\d.]+ logits, \d\w\w of 3$/);
    expect(bosWords(full, 0)).toBe("");
    expect(bosWords(full, 16)).toMatch(/^BOS holds \d+\u00a0% of what moved it\.$/);
  });

  test("a scope without a map says so", () => {
    expect(caption(map(n), "semantic", true)).not.toContain("no map");
    expect(caption(map(n, { scope: "log_probability" }), "fisher", true)).toContain("Fisher has no map");
  });

  test("the answer is what the model wrote, or else the assistant's words", () => {
    const chat = chatTokens();
    expect(answerTokens(tokens(whole(chat)))[0]).toBe(chat.generated);
    const { generated, ...spoken } = chat;
    const found = answerTokens(tokens(whole(spoken)));
    expect(found).toEqual(chat.pieces.map((_, t) => t).filter((t) => t >= generated));
    expect(answerTokens(text20)).toEqual([]);
  });
});

describe("arcs", () => {
  const box = (x: number, line: number) => ({ x, top: 50 * line, bottom: 50 * line + 18 });

  test("over one line the arc stays above it, and below the line before", () => {
    for (const distance of [5, 60, 900]) {
      const path = curve(box(1000, 1), box(1000 - distance, 1));
      const [, , , handle] = (path.match(/[\d.]+/g) ?? []).map(Number) as [number, number, number, number];
      const top = 50 - 0.75 * (50 - handle);
      expect(top).toBeLessThan(50);
      expect(top).toBeGreaterThan(18);
    }
  });

  test("between lines it runs from the near edges", () => {
    expect(curve(box(100, 2), box(40, 0))).toBe("M100 100C100 59 40 59 40 18");
    expect(curve(box(40, 0), box(100, 2))).toBe("M40 18C40 59 100 59 100 100");
  });

  test("more influence is a thicker arc", () => {
    expect(strokeWidth(1)).toBeGreaterThan(strokeWidth(0.5));
    expect(strokeWidth(0)).toBeGreaterThan(0);
    expect(strokeWidth(7)).toBe(strokeWidth(1));
  });
});
