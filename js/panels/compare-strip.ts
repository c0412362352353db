/** A long text as rows of cells: each cell one piece, or the strongest of a few. */
import { LEVELS } from "../color";
import { attr, h, type On } from "../dom";
import { type Keys, plain } from "../keys";
import { type ListHandlers, step } from "./compare-list";

const MOST_ROWS = 24;

export interface Strip {
  el: HTMLElement;
  draw(levels: Int8Array, perRow: number): void;
  light(item: number | null): void;
}

const stop = (level: number) =>
  level === 0
    ? "transparent"
    : `color-mix(in srgb,var(${level < 0 ? "--jw-negative" : "--jw-ink"}) ${((100 * Math.abs(level)) / (LEVELS - 1)).toFixed(1)}%,transparent)`;

/** Hard stops, one cell after the other; the colours follow the theme by themselves. */
export function rowImage(cells: ArrayLike<number>, perRow: number): string {
  const stops: string[] = [];
  for (let from = 0; from < cells.length; ) {
    let to = from + 1;
    while (to < cells.length && cells[to] === cells[from]) to++;
    const color = stop(cells[from] as number);
    stops.push(`${color} ${((100 * from) / perRow).toFixed(3)}% ${((100 * to) / perRow).toFixed(3)}%`);
    from = to;
  }
  if (cells.length < perRow) stops.push(`transparent ${((100 * cells.length) / perRow).toFixed(3)}%`);
  return `linear-gradient(90deg,${stops.join(",")})`;
}

export function createStrip(keys: Keys, on: On, id: string, handlers: ListHandlers): Strip {
  const mark = h("span", { class: "jw-cell", role: "option", id: `${id}-cell` });
  const el = h("div", { class: "jw-strip", role: "listbox", tabindex: 0, dir: "ltr" }, mark);
  let rows: HTMLElement[] = [];
  let count = 0;
  let width = 1; // cells in a row
  let pieces = 1; // in a cell
  let strongest = new Int32Array(0); // item of each cell
  let cursor = 0;
  let focused = false;

  const cellOf = (item: number) => Math.floor(item / pieces);

  function place(item: number | null): void {
    mark.classList.toggle("is-hot", item !== null);
    const at = cellOf(item ?? cursor);
    const row = rows[Math.floor(at / width)];
    if (!row) return;
    mark.style.insetInlineStart = `${(100 * (at % width)) / width}%`;
    mark.style.inlineSize = `${100 / width}%`;
    mark.style.top = `${(100 * Math.floor(at / width)) / rows.length}%`;
    mark.style.height = `${100 / rows.length}%`;
  }

  function say(): void {
    attr(mark, "aria-label", handlers.name(cursor));
    attr(mark, "aria-posinset", cursor + 1);
    attr(mark, "aria-setsize", count);
  }

  const itemAt = (event: PointerEvent | MouseEvent): number | null => {
    const rect = el.getBoundingClientRect();
    const row = Math.floor(((event.clientY - rect.top) / rect.height) * rows.length);
    const column = Math.floor(((event.clientX - rect.left) / rect.width) * width);
    if (row < 0 || row >= rows.length || column < 0 || column >= width) return null;
    return strongest[row * width + column] ?? null;
  };

  on(el, "pointermove", (event) => handlers.point(itemAt(event)), { passive: true });
  on(el, "pointerleave", () => handlers.point(null));
  on(el, "click", (event) => {
    const item = itemAt(event);
    if (item === null) return;
    cursor = item;
    handlers.choose(item);
  });
  on(el, "focusin", () => {
    focused = el.matches(":focus-visible");
    say();
    if (focused) handlers.point(cursor);
  });
  on(el, "focusout", () => {
    focused = false;
    handlers.point(null);
  });
  keys.on(el, (event) => {
    if (!plain(event) || count === 0) return false;
    if (event.key === "Enter" || event.key === " ") {
      handlers.choose(cursor);
      return true;
    }
    const line = width * pieces;
    const down = event.key === "ArrowDown" ? line : event.key === "ArrowUp" ? -line : 0;
    const next = down === 0 ? step(event.key, cursor, count, false) : cursor + down;
    if (next === null) return false;
    cursor = Math.max(0, Math.min(count - 1, next));
    say();
    handlers.point(cursor);
    return true;
  });

  return {
    el,
    draw(levels, perRow) {
      if (count !== levels.length) cursor = Math.min(cursor, Math.max(0, levels.length - 1));
      count = levels.length;
      width = perRow;
      pieces = Math.max(1, Math.ceil(count / (perRow * MOST_ROWS)));
      const cells = new Int8Array(Math.ceil(count / pieces));
      strongest = new Int32Array(cells.length);
      for (let cell = 0; cell < cells.length; cell++) {
        let best = cell * pieces;
        for (let i = best + 1; i < Math.min(count, (cell + 1) * pieces); i++)
          if (Math.abs(levels[i] as number) > Math.abs(levels[best] as number)) best = i;
        strongest[cell] = best;
        cells[cell] = levels[best] as number;
      }
      const needed = Math.max(1, Math.ceil(cells.length / width));
      if (rows.length !== needed) {
        rows = Array.from({ length: needed }, () => h("div", { class: "jw-strip-row" }));
        el.replaceChildren(...rows, mark);
      }
      for (const [i, row] of rows.entries())
        row.style.backgroundImage = rowImage(cells.subarray(i * width, (i + 1) * width), width);
      attr(el, "aria-activedescendant", mark.id);
      say();
    },
    light: place,
  };
}
