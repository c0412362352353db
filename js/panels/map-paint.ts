/** The map's pixels: cells painted once for each payload and scale, then only blitted. */
import { h } from "../dom";
import type { Tokens } from "../wire";
import type { TokenMap } from "./map-data";
import { halve, halvings, type Ink, paint, type Viewport } from "./map-draw";
import { tokenLabel } from "./map-words";

const LEAST_LABEL = 9; // pixels of a cell whose label can be read
const LARGEST_LABEL = 12;
const LEAST_GAP = 8; // pixels of a cell that is parted from its neighbours
const COMPUTED = 0.05;
const TO_COME = 0.1;

export interface Cells {
  paint(map: TokenMap, ink: Ink): void;
  /** The cells halved so often, in one colour. */
  at(level: number, colour: string): HTMLCanvasElement | null;
}

export function createCells(): Cells {
  let size = 0;
  let bytes: Uint8Array[] = []; // each half as fine as the one before
  let images: ({ pen: CanvasRenderingContext2D; colour: string } | undefined)[] = [];

  function made(level: number): (typeof images)[0] {
    let finest = bytes[0] as Uint8Array;
    let n = size;
    for (let i = 1; i <= level; i++) {
      bytes[i] ??= halve(finest, n);
      finest = bytes[i] as Uint8Array;
      n = Math.ceil(n / 2);
    }
    const pen = h("canvas", { width: n, height: n }).getContext("2d");
    if (!pen) return undefined;
    const pixels = pen.createImageData(n, n);
    for (let i = 0; i < finest.length; i++) pixels.data[4 * i + 3] = finest[i] as number;
    pen.putImageData(pixels, 0, 0);
    pen.globalCompositeOperation = "source-atop";
    return { pen, colour: "" };
  }

  return {
    paint(map, ink) {
      size = map.n;
      bytes = [paint(map, ink)];
      images = [];
    },
    at(level, colour) {
      images[level] ??= made(level);
      const image = images[level];
      if (!image) return null;
      const { pen } = image;
      if (image.colour !== colour) {
        image.colour = colour;
        pen.fillStyle = colour;
        // Twice, as the page's ink may let a little of the colour before it through.
        for (let i = 0; i < 2; i++) pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
      }
      return pen.canvas;
    },
  };
}

export interface Page {
  ink: string;
  soft: string;
  font: string;
}

export interface Picture {
  map: TokenMap;
  tokens: Tokens;
  view: Viewport;
  side: number; // of the plot, in page pixels
  gutter: number; // at its left and below it, for the labels
  ratio: number; // pixels of the screen in one of the page
  page: Page;
}

export function labelSize(cell: number): number {
  return cell < LEAST_LABEL ? LARGEST_LABEL : Math.min(LARGEST_LABEL, cell - 0.5);
}

/** The plot's corner is the origin. */
export function drawMap(pen: CanvasRenderingContext2D, cells: Cells, picture: Picture): void {
  const { view, side, gutter, ratio } = picture;
  pen.setTransform(ratio, 0, 0, ratio, gutter * ratio, 0);
  pen.clearRect(-gutter, 0, gutter + side, side + gutter);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, side, side);
  pen.clip();
  blit(pen, cells, picture);
  if (view.cell >= LEAST_GAP) gaps(pen, view, side);
  ground(pen, picture);
  pen.restore();
  if (view.cell >= LEAST_LABEL) labels(pen, picture);
}

function blit(pen: CanvasRenderingContext2D, cells: Cells, { map, view, side, ratio, page }: Picture): void {
  const { x, y, cell } = view;
  const level = halvings(cell, ratio, map.n);
  const from = cells.at(level, page.ink);
  if (!from) return;
  const step = 2 ** level;
  const [left, top] = [Math.floor(x / step), Math.floor(y / step)];
  const across = Math.min(from.width, Math.ceil((x + side / cell) / step)) - left;
  const down = Math.min(from.height, Math.ceil((y + side / cell) / step)) - top;
  const size = step * cell;
  const [toX, toY] = [(left * step - x) * cell, (top * step - y) * cell];
  pen.imageSmoothingEnabled = level > 0;
  pen.drawImage(from, left, top, across, down, toX, toY, across * size, down * size);
}

function gaps(pen: CanvasRenderingContext2D, { x, y, cell }: Viewport, side: number): void {
  pen.globalCompositeOperation = "destination-out";
  for (let i = 1 - (x % 1); i * cell < side; i++) pen.fillRect(i * cell - 0.5, 0, 1, side);
  for (let i = 1 - (y % 1); i * cell < side; i++) pen.fillRect(0, i * cell - 0.5, side, 1);
}

/** Under the cells: where they are, and where others are to come. */
function ground(pen: CanvasRenderingContext2D, { map: { n, rows }, view, side, page }: Picture): void {
  const { x, y, cell } = view;
  const corner = (t: number, q: number): [number, number] => [(t - x) * cell, (q - y) * cell];
  pen.globalCompositeOperation = "destination-over";
  pen.fillStyle = page.soft;
  for (const [first, last, strength] of [
    [0, rows, COMPUTED],
    [rows, n, TO_COME],
  ] as const) {
    pen.globalAlpha = strength;
    if (cell >= LEAST_GAP) {
      for (let q = Math.max(first, Math.floor(y)); q < Math.min(last, y + side / cell); q++) {
        pen.fillRect(...corner(0, q), q * cell - 1, cell - 1);
      }
      continue;
    }
    pen.beginPath();
    pen.moveTo(...corner(0, first));
    pen.lineTo(...corner(first, first));
    pen.lineTo(...corner(last, last));
    pen.lineTo(...corner(0, last));
    pen.fill();
  }
}

function labels(pen: CanvasRenderingContext2D, { map, tokens, view, side, gutter, page }: Picture): void {
  const { x, y, cell } = view;
  const size = labelSize(cell);
  const letters = Math.max(1, Math.floor((gutter - 6) / (size * 0.6)));
  const short = (t: number) => {
    const label = [...tokenLabel(tokens, t)];
    return label.length > letters ? `${label.slice(0, letters - 1).join("")}…` : label.join("");
  };
  const inside = (at: number) => at > 0 && at < side;
  pen.save();
  pen.fillStyle = page.soft;
  pen.font = `${size}px ${page.font}`;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  pen.beginPath();
  pen.rect(-gutter, 0, gutter, side);
  pen.rect(0, side, side, gutter);
  pen.clip();
  for (let q = Math.floor(y); q < map.n && (q - y) * cell < side; q++) {
    const middle = (q + 0.5 - y) * cell;
    if (inside(middle)) pen.fillText(short(q), -5, middle);
  }
  pen.rotate(-Math.PI / 2);
  for (let t = Math.floor(x); t < map.n && (t - x) * cell < side; t++) {
    const middle = (t + 0.5 - x) * cell;
    if (inside(middle)) pen.fillText(short(t), -side - 5, middle);
  }
  pen.restore();
}
