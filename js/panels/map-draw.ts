/** The drawing maths of the map: scores to ink, coarser copies for a distant view, and what of it is in view. */
import { bend } from "../color";
import type { Scale } from "../wire";
import { rowStart, type TokenMap } from "./map-data";

/** In pixels of the page. */
export const LARGEST_CELL = 34;
export const MOST_ZOOM = 64;

export interface Ink {
  scale: Scale;
  threshold: number;
  vmax: number | null; // the score with full ink where there is one scale for all; null for the largest
  perRow: boolean; // each row by its own maximum
}

/** The place on the colour bar, 0 to 1, of `part` = score / maximum; for "rank" it depends on the others. */
export function place(scale: Scale, part: number): number {
  if (scale === "log") return bend(part);
  return scale === "share" ? part * part : part;
}

// What float16 holds is in the upper bits of a float32, whose order, above zero, is that of the numbers.
const UNUSED_BITS = 13;
const ROW_BITS = 12;

function bitsOf(scores: Float32Array): Uint32Array {
  return new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
}

/** Which part of a row is at most as strong as each of its cells. */
function rankedInRow(row: Float32Array): Float32Array {
  const order = bitsOf(row).map((word, t) => ((word >>> UNUSED_BITS) << ROW_BITS) | t);
  order.sort();
  const ranked = new Float32Array(row.length);
  let place = row.length;
  for (let i = row.length - 1; i >= 0; i--) {
    const key = order[i] as number;
    if (i + 1 < row.length && key >>> ROW_BITS !== (order[i + 1] as number) >>> ROW_BITS) place = i + 1;
    ranked[key & (2 ** ROW_BITS - 1)] = place / row.length;
  }
  return ranked;
}

/** How many of all cells are at most as strong, by the upper bits of a score; null where `ink` does not ask. */
export function ranksOfAll(map: TokenMap, ink: Ink): Uint32Array | null {
  if (ink.scale !== "rank" || ink.perRow) return null;
  const counts = new Uint32Array(2 ** (31 - UNUSED_BITS));
  const bits = bitsOf(map.scores);
  for (let i = 0; i < bits.length; i++) {
    const bin = (bits[i] as number) >>> UNUSED_BITS;
    counts[bin] = (counts[bin] as number) + 1;
  }
  for (let bin = 1; bin < counts.length; bin++)
    counts[bin] = (counts[bin] as number) + (counts[bin - 1] as number);
  return counts;
}

/** How strong one row is painted: the weight 0 to 1 of each of its cells. `ranks` are those of `ranksOfAll`. */
export function rowWeights(map: TokenMap, q: number, ink: Ink, ranks: Uint32Array | null): Float32Array {
  const row = map.scores.subarray(rowStart(q), rowStart(q) + q);
  const max = ink.perRow ? (map.rowMax[q] as number) : (ink.vmax ?? map.max);
  const bits = bitsOf(row);
  const ranked = ink.scale === "rank" && !ranks ? rankedInRow(row) : null;
  const weights = new Float32Array(q);
  for (let t = 0; t < q; t++) {
    const score = row[t] as number;
    if (!(score > 0)) continue;
    let weight: number;
    if (ranks) weight = (ranks[(bits[t] as number) >>> UNUSED_BITS] as number) / map.scores.length;
    else weight = ranked ? (ranked[t] as number) : place(ink.scale, Math.min(1, score / max));
    if (weight >= ink.threshold) weights[t] = weight;
  }
  return weights;
}

/** One byte of ink for each cell `[n * n]`, row by row; a score above zero, and not below the threshold, gets some. */
export function paint(map: TokenMap, ink: Ink): Uint8Array {
  const { n } = map;
  const bytes = new Uint8Array(n * n);
  const ranks = ranksOfAll(map, ink);
  for (let q = 1; q < map.rows; q++) {
    const weights = rowWeights(map, q, ink, ranks);
    for (let t = 0; t < q; t++) {
      const weight = weights[t] as number;
      if (weight > 0) bytes[q * n + t] = Math.max(3, Math.round(255 * weight));
    }
  }
  return bytes;
}

/** Half as many cells each way, each as strong as the strongest of its four: a single strong cell stays in sight. */
export function halve(bytes: Uint8Array, n: number): Uint8Array {
  const size = Math.ceil(n / 2);
  const coarse = new Uint8Array(size * size);
  for (let y = 0; y < n; y++) {
    const row = (y >> 1) * size;
    for (let x = 0, at = y * n; x < n; x++, at++) {
      const byte = bytes[at] as number;
      const into = row + (x >> 1);
      if (byte > (coarse[into] as number)) coarse[into] = byte;
    }
  }
  return coarse;
}

/** How often to halve, so that a cell fills at least one pixel of the screen. */
export function halvings(cell: number, ratio: number, n: number): number {
  let level = 0;
  while (cell * ratio * 2 ** level < 1 && n >> level > 1) level++;
  return level;
}

/** Which part of the map is in view: its first column and row, in cells, and the size of a cell in page pixels. */
export interface Viewport {
  x: number;
  y: number;
  cell: number;
}

export function overview(n: number, side: number): Viewport {
  return { x: 0, y: 0, cell: Math.min(LARGEST_CELL, side / Math.max(1, n)) };
}

/** Never beyond the edges, never coarser than the whole. */
export function clamp(view: Viewport, n: number, side: number): Viewport {
  const whole = overview(n, side).cell;
  const cell = Math.max(whole, Math.min(view.cell, Math.max(MOST_ZOOM, whole)));
  const most = Math.max(0, n - side / cell);
  return { x: Math.max(0, Math.min(most, view.x)), y: Math.max(0, Math.min(most, view.y)), cell };
}

/** Zoom by `factor` around a point of the plot, in page pixels. */
export function zoom(
  view: Viewport,
  factor: number,
  px: number,
  py: number,
  n: number,
  side: number,
): Viewport {
  const { cell } = clamp({ ...view, cell: view.cell * factor }, n, side);
  return clamp(
    { x: view.x + px / view.cell - px / cell, y: view.y + py / view.cell - py / cell, cell },
    n,
    side,
  );
}

export function pan(view: Viewport, dx: number, dy: number, n: number, side: number): Viewport {
  return clamp({ ...view, x: view.x - dx / view.cell, y: view.y - dy / view.cell }, n, side);
}

/** The view moved just as far as it takes to have a cell in it. */
export function reveal(view: Viewport, { q, t }: Cell, n: number, side: number): Viewport {
  const room = side / view.cell;
  const into = (first: number, at: number) => Math.min(at, Math.max(first, at + 1 - room));
  return clamp({ ...view, x: into(view.x, t), y: into(view.y, q) }, n, side);
}

export interface Cell {
  q: number; // the token explained: a row
  t: number; // the token before it: a column
}

/** The computed cell at a point of the plot. */
export function cellAt(view: Viewport, px: number, py: number, rows: number): Cell | null {
  const t = Math.floor(view.x + px / view.cell);
  const q = Math.floor(view.y + py / view.cell);
  return t >= 0 && t < q && q < rows ? { q, t } : null;
}

/** Where a key moves the cursor, within the computed cells; null for a key that moves nothing. */
export function moved({ q, t }: Cell, key: string, rows: number): Cell | null {
  const step: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-10, 0],
    PageDown: [10, 0],
    Home: [0, -t],
    End: [0, q],
  };
  const by = step[key];
  if (!by) return null;
  const row = Math.max(1, Math.min(rows - 1, q + by[0]));
  return { q: row, t: Math.max(0, Math.min(row - 1, t + by[1])) };
}
