/** The map on a canvas: cells are painted once per change, then only blitted; what follows the pointer lies above. */
import { h, show, text } from "../dom";
import { plain } from "../keys";
import type { Tokens } from "../wire";
import type { TokenMap } from "./map-data";
import * as draw from "./map-draw";
import { listen } from "./map-gestures";
import { createCells, drawMap, labelSize } from "./map-paint";
import { tokenLabel } from "./map-words";
import type { PanelContext } from "./panel";

export const ZOOM = 1.5; // of one step
const MOST_SIDE = 640;
const ASIDE = 216;
const NARROW = 560;
const GUTTER = { least: 30, most: 84, mostNarrow: 60, letter: 7.25 };

export interface MapCanvas {
  /** Whether the cells are painted anew is for `ink` and `map` to say: the same ones are not. */
  show(map: TokenMap, tokens: Tokens, ink: draw.Ink, explained: number | null): void;
  zoom(factor: number): void;
  fit(): void;
  readonly fitted: boolean;
}

interface Told {
  cell(cell: draw.Cell | null, byKey: boolean): void;
  open(q: number): void;
  view(): void;
}

/** `stage` is what it fills, but for the text at its side. */
export function createMapCanvas(
  { keys, on, signal, uid }: PanelContext,
  stage: HTMLElement,
  told: Told,
): MapCanvas {
  const canvas = h("canvas", {
    class: "jw-map-canvas",
    tabindex: 0,
    role: "application",
    "aria-roledescription": "map",
    "aria-label": "Map of influence",
    "aria-describedby": `${uid}-map-caption`,
  });
  const row = h("i", { class: "jw-map-row" });
  const column = h("i", { class: "jw-map-column" });
  const ring = h("i", { class: "jw-map-ring" });
  const mark = h("i", { class: "jw-map-explained" });
  const marks = h("div", { class: "jw-map-marks", "aria-hidden": "true" }, mark, row, column, ring);
  const rowLabel = h("span", { class: "jw-label jw-map-at-row", "aria-hidden": "true" });
  const columnLabel = h("span", { class: "jw-label jw-map-at-column", "aria-hidden": "true" });
  const frame = h("div", { class: "jw-map-frame" }, canvas, marks, rowLabel, columnLabel);
  stage.prepend(frame);
  const pen = canvas.getContext("2d");

  let map: TokenMap | null = null;
  let tokens: Tokens | null = null;
  let ink: draw.Ink | null = null;
  let explained: number | null = null;
  const cells = createCells();
  let width = 0;
  let gutter = GUTTER.least;
  let side = 0;
  let view: draw.Viewport = { x: 0, y: 0, cell: 1 };
  let fitted = true;
  let cursor: draw.Cell | null = null;
  let queued = 0;

  function soon(): void {
    queued ||= requestAnimationFrame(() => {
      queued = 0;
      render();
    });
  }

  function measure(): void {
    if (!map || !tokens || width <= 0) return;
    const narrow = width < NARROW;
    const letters = tokens.labels.reduce((most, label) => Math.max(most, label.length), 1);
    const most = narrow ? GUTTER.mostNarrow : GUTTER.most;
    gutter = Math.round(Math.min(most, Math.max(GUTTER.least, 12 + letters * GUTTER.letter)));
    const room = Math.min(MOST_SIDE, (narrow ? width : width - ASIDE) - gutter - 1);
    side = Math.floor(Math.min(room, map.n * draw.LARGEST_CELL));
    view = fitted ? draw.overview(map.n, side) : draw.clamp(view, map.n, side);
    frame.style.width = `${gutter + side}px`;
    frame.style.height = `${side + gutter}px`;
    marks.style.cssText = `left:${gutter}px;width:${side}px;height:${side}px`;
    rowLabel.style.width = `${gutter - 5}px`;
    columnLabel.style.maxHeight = `${gutter - 3}px`;
  }

  function render(): void {
    if (!pen || !map || !tokens || side <= 0 || signal.aborted) return;
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const [wide, high] = [Math.round((gutter + side) * ratio), Math.round((side + gutter) * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    const page = {
      ink: getComputedStyle(canvas).color,
      soft: getComputedStyle(marks).color,
      font: getComputedStyle(rowLabel).fontFamily,
    };
    drawMap(pen, cells, { map, tokens, view, side, gutter, ratio, page });
    place();
  }

  /** Puts what follows the pointer or the keyboard where it belongs: nothing is painted. */
  function place(): void {
    if (!map || !tokens) return;
    const { x, y, cell } = view;
    show(mark, explained !== null);
    if (explained !== null) {
      const end = Math.max(0, (Math.min(map.n, explained) - x) * cell);
      mark.style.cssText = `top:${(explained - y) * cell}px;height:${cell}px;width:${end}px`;
    }
    for (const part of [row, column, ring, rowLabel, columnLabel]) show(part, cursor !== null);
    if (!cursor) return;
    const { q, t } = cursor;
    const [left, top] = [(t - x) * cell, (q - y) * cell];
    const size = Math.max(cell, 1);
    row.style.cssText = `top:${top}px;height:${size}px;width:${Math.max(0, left + cell)}px`;
    column.style.cssText = `left:${left}px;top:${top}px;width:${size}px;bottom:0`;
    ring.style.cssText = `left:${left}px;top:${top}px;width:${size}px;height:${size}px`;
    const font = `${labelSize(cell)}px`;
    rowLabel.style.fontSize = font;
    columnLabel.style.fontSize = font;
    text(rowLabel, tokenLabel(tokens, q));
    text(columnLabel, tokenLabel(tokens, t));
    rowLabel.style.top = `${Math.max(0, Math.min(side, top + cell / 2))}px`;
    columnLabel.style.left = `${gutter + Math.max(0, Math.min(side, left + cell / 2))}px`;
    columnLabel.style.top = `${side + 3}px`;
  }

  function point(cell: draw.Cell | null, byKey = false): void {
    if (cell?.q === cursor?.q && cell?.t === cursor?.t) return;
    cursor = cell;
    if (cell && map && byKey) {
      const into = draw.reveal(view, cell, map.n, side);
      if (into.x !== view.x || into.y !== view.y) look(into);
    }
    place();
    told.cell(cell, byKey);
  }

  function look(next: draw.Viewport): void {
    if (!map) return;
    view = next;
    fitted = next.cell <= draw.overview(map.n, side).cell * 1.0001;
    canvas.classList.toggle("is-zoomed", !fitted);
    soon();
    told.view();
  }

  const under = (px: number, py: number) =>
    map && px >= gutter && py < side ? draw.cellAt(view, px - gutter, py, map.rows) : null;
  const zoom = (factor: number, px = side / 2, py = side / 2) => {
    if (map) look(draw.zoom(view, factor, px, py, map.n, side));
  };

  listen(canvas, on, {
    point: (px, py) => point(under(px, py)),
    leave: () => point(null),
    open(px, py) {
      const cell = under(px, py);
      if (cell) told.open(cell.q);
    },
    pan(dx, dy) {
      if (map && !fitted) look(draw.pan(view, dx, dy, map.n, side));
    },
    zoom: (factor, px, py) => zoom(factor, px - gutter, py),
  });
  keys.on(canvas, (event) => {
    if (!plain(event) || !map || map.rows < 2) return false;
    if (event.key === "+" || event.key === "=") zoom(ZOOM);
    else if (event.key === "-") zoom(1 / ZOOM);
    else if (event.key === "0") look(draw.overview(map.n, side));
    else if (event.key === "Enter" || event.key === " ") {
      if (!cursor) return false;
      told.open(cursor.q);
    } else {
      const to = draw.moved(cursor ?? start(map), event.key, map.rows);
      if (!to) return false;
      point(to, true);
    }
    return true;
  });
  const start = ({ rows }: TokenMap): draw.Cell => {
    const q = explained !== null && explained > 0 && explained < rows ? explained : rows - 1;
    return { q, t: q - 1 };
  };
  on(canvas, "focus", () => {
    if (map && map.rows > 1 && !cursor && canvas.matches(":focus-visible")) point(start(map), true);
  });
  on(canvas, "blur", () => point(null));
  // The colours come from the page. A transition of no length ends whenever they change, whatever changed them.
  on(frame, "transitionend", soon);

  const resized = new ResizeObserver(([entry]) => {
    const room = entry?.contentRect.width ?? 0;
    if (Math.abs(room - width) < 1) return;
    width = room;
    measure();
    soon();
  });
  resized.observe(stage);
  signal.addEventListener("abort", () => {
    resized.disconnect();
    cancelAnimationFrame(queued);
  });
  const denser = () => {
    if (signal.aborted) return;
    soon();
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", denser, {
      signal,
      once: true,
    });
  };

  return {
    show(nextMap, nextTokens, nextInk, nextExplained) {
      const size = map?.n;
      const painted =
        map === nextMap &&
        ink !== null &&
        ink.scale === nextInk.scale &&
        ink.threshold === nextInk.threshold &&
        ink.vmax === nextInk.vmax &&
        ink.perRow === nextInk.perRow;
      if (painted && tokens === nextTokens && explained === nextExplained) return;
      if (map === null) denser();
      if (tokens !== nextTokens) cursor = null;
      [map, tokens, ink, explained] = [nextMap, nextTokens, nextInk, nextExplained];
      if (!painted) cells.paint(map, ink);
      if (size !== map.n) fitted = true;
      measure();
      soon();
    },
    zoom,
    fit() {
      if (map) look(draw.overview(map.n, side));
    },
    get fitted() {
      return fitted;
    },
  };
}
