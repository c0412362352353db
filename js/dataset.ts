/**
 * Beside the grid of a dataset: what the grid itself leaves out. Headers sort all rows, not those of the page; arrows
 * walk the rows, Enter opens one, Page Up and Page Down turn pages. The grid builds its table anew for each page.
 */
import { attr, listener } from "./dom";
import { plain, shieldKeys } from "./keys";

interface Order {
  sortable: number[]; // columns
  column: number | null;
  descending: boolean;
  label: string; // of the table
  widths: string[]; // of the columns, in CSS
}

interface Model {
  get(name: "order"): Order;
  on(event: string, handler: () => void): void;
  off(event: string, handler: () => void): void;
  send(message: unknown): void;
}

const FRAME = ".jw-dataset-grid";

function headers(frame: Element): HTMLElement[] {
  return [...frame.querySelectorAll<HTMLElement>("thead th")];
}

function rows(frame: Element): HTMLElement[] {
  return [...frame.querySelectorAll<HTMLElement>("tbody tr")];
}

/** Writes only what differs: it is called for its own changes too. */
function dress(frame: Element, order: Order): void {
  for (const table of frame.querySelectorAll("table")) attr(table, "aria-label", order.label);
  for (const [i, column] of frame.querySelectorAll("col").entries()) {
    column.style.width = order.widths[i] ?? "auto"; // the grid measures its own, before it is in sight
  }
  for (const [i, header] of headers(frame).entries()) {
    const can = order.sortable.includes(i);
    attr(header, "tabindex", can ? 0 : null);
    attr(header, "data-sorts", can ? "" : null);
    const way = order.descending ? "descending" : "ascending";
    attr(header, "aria-sort", can ? (order.column === i ? way : "none") : null);
  }
  for (const row of rows(frame)) {
    attr(row, "tabindex", 0);
    attr(row, "aria-selected", row.classList.contains("selected"));
  }
}

function step(frame: Element, row: HTMLElement, key: string): HTMLElement | undefined {
  const all = rows(frame);
  const to = { ArrowDown: all.indexOf(row) + 1, ArrowUp: all.indexOf(row) - 1, Home: 0, End: all.length - 1 };
  return key in to ? all[Math.max(0, Math.min(all.length - 1, to[key as keyof typeof to]))] : undefined;
}

function attach(frame: HTMLElement, model: Model, signal: AbortSignal): void {
  const on = listener(signal);
  const sort = (header: HTMLElement) => model.send({ sort: headers(frame).indexOf(header) });
  const sorting = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<HTMLElement>("th[data-sorts]") : null;

  on(frame, "click", ({ target }) => {
    const header = sorting(target);
    if (header) sort(header);
  });
  shieldKeys(frame, signal).on(frame, (event) => {
    const target = event.composedPath()[0] as HTMLElement;
    if (!plain(event)) return false;
    const opens = event.key === "Enter" || event.key === " ";
    const header = sorting(target);
    if (header && opens) {
      sort(header);
      return true;
    }
    const row = target.closest<HTMLElement>("tbody tr");
    if (!row) return false;
    if (opens) {
      row.querySelector("td")?.click(); // the grid asks which cell it was
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      model.send({ turn: event.key === "PageDown" ? 1 : -1 });
    } else {
      const to = step(frame, row, event.key);
      if (!to) return false;
      to.focus();
    }
    return true;
  });

  const dressed = () => dress(frame, model.get("order"));
  let at = -1; // the row that has the focus, to give it back after the page was turned
  on(frame, "focusin", ({ target }) => {
    at = rows(frame).indexOf((target as Element).closest("tr") as HTMLElement);
  });
  on(frame, "focusout", ({ relatedTarget }) => {
    if (relatedTarget) at = -1;
  });
  const observer = new MutationObserver(() => {
    dressed();
    const lost = at >= 0 && (document.activeElement === document.body || document.activeElement === null);
    if (lost)
      rows(frame)
        .at(Math.min(at, rows(frame).length - 1))
        ?.focus();
  });
  observer.observe(frame, { childList: true, subtree: true, attributeFilter: ["class"] });
  model.on("change:order", dressed);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    model.off("change:order", dressed);
  });
  dressed();
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const own = new AbortController();
  const wait = () => {
    if (own.signal.aborted) return;
    const frame = el.closest<HTMLElement>(FRAME); // there once the page has taken `el` in
    if (frame) attach(frame, model, own.signal);
    else requestAnimationFrame(wait);
  };
  wait();
  return () => own.abort();
}

export default { render };
