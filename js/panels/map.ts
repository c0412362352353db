/** The map panel: target × source for the whole text, or only what moved the answer. */
import { h, show, text } from "../dom";
import * as numbers from "../numbers";
import type { Scene } from "../scene";
import { groupOf, tokenKinds } from "../tokens";
import type { Decoded, Tokens } from "../wire";
import { createArcs, createColumns, sourceRow } from "./map-answer";
import { createMapCanvas, ZOOM } from "./map-canvas";
import { answerTokens, decodeMap, strongest, type TokenMap } from "./map-data";
import { type Cell, type Ink, ranksOfAll, rowWeights } from "./map-draw";
import { createMapTable, MOST_IN_TABLE } from "./map-table";
import { bosWords, caption, cellWords, situation, spokenCell, tokenLabel } from "./map-words";
import type { CreatePanel } from "./panel";
import { createZoom } from "./zoom";

const LOOKS = { map: "Whole text", columns: "Answer in columns", arcs: "Answer in arcs" } as const;
type Look = keyof typeof LOOKS;
const STRONGEST = 5;
const HINT = "Point at a cell to see which token moved which. A click explains the row’s token in the text.";

export const createMap: CreatePanel = (context) => {
  const { wishes, dispatch, on, uid, get, wish } = context;
  let look: Look = "map";
  let perRow = true;
  let raw: unknown;
  let decoded: Decoded<TokenMap> = { ok: true, value: null };
  let tokens: Tokens | null = null;
  let answer: number[] = [];
  let hidden: (t: number) => boolean = () => false;
  let hiding = "";
  let map: TokenMap | null = null;
  let drawn = ""; // what the answer views show

  const looks = choices("View", "look", LOOKS, (name) => {
    look = name as Look;
    update(context.scene());
  });
  const scales = choices(
    "Ink",
    "scale",
    { row: "Each row by its own maximum", all: "One scale for all" },
    (name) => {
      perRow = name === "row";
      update(context.scene());
    },
  );
  const zoom = createZoom(context, ZOOM, ["Fit", "Fit the whole map"], {
    zoom: (factor) => canvas.zoom(factor),
    whole: () => canvas.fit(),
  });
  const head = h("div", { class: "jw-row jw-map-head" }, looks, scales, zoom.el);
  const about = h("p", { class: "jw-quiet jw-map-caption", id: `${uid}-map-caption` });

  const cellScore = h("div", { class: "jw-number" });
  const cellName = h("div", { class: "jw-map-cell" });
  const heading = h("div", { class: "jw-heading" });
  const list = h("ol", { class: "jw-map-list" });
  const outside = h("p", { class: "jw-quiet" });
  const aside = h("div", { class: "jw-map-aside" }, cellName, cellScore, heading, list, outside);
  const stage = h("div", { class: "jw-map-stage" }, aside);
  const canvas = createMapCanvas(context, stage, {
    cell: pointed,
    open: (q) => wishes.explain(q),
    view: () => zoom.update(!canvas.fitted),
  });
  const ends = [h("span", { class: "jw-number" }), h("span", { class: "jw-number" })] as const;
  const legend = h(
    "div",
    { class: "jw-map-legend jw-quiet" },
    ends[0],
    h("i", { class: "jw-map-ramp", "aria-hidden": "true" }),
    ends[1],
  );
  const table = createMapTable();
  const columns = createColumns(context);
  const arcs = createArcs(context);
  const live = h("div", { class: "jw-live", role: "status" });

  const words = h("span", { role: "status" });
  const meter = h("progress", { class: "jw-meter", "aria-label": "Rows computed" });
  const compute = h("button.jw-primary", "Compute the map");
  const stop = h("button.jw-link", "Stop");
  const goOn = h("button.jw-primary", "Continue");
  const progress = h("div", { class: "jw-row" }, compute, goOn, words, meter, stop);
  for (const button of [compute, goOn]) on(button, "click", () => wish({ panel_run: true }));
  on(stop, "click", () => wish({ panel_run: false }));

  const el = h(
    "div",
    { class: "jw-map" },
    h("div", { class: "jw-row jw-between jw-map-about" }, about, progress),
    head,
    stage,
    columns.el,
    arcs.el,
    legend,
    table.el,
    live,
  );

  function choices(
    name: string,
    key: string,
    options: Record<string, string>,
    chosen: (name: string) => void,
  ): HTMLElement {
    const inputs = Object.entries(options).map(([value, label], i) => {
      const input = h("input", { type: "radio", name: `${uid}-map-${key}`, value, checked: i === 0 });
      on(input, "change", () => chosen(value));
      return h("label", {}, input, label);
    });
    return h("div", { class: "jw-map-choice", role: "radiogroup", "aria-label": name }, ...inputs);
  }

  function ink({ wish: { scale, threshold, vmax, scope } }: Scene): Ink {
    return { scale, threshold, vmax: map?.scope === scope ? vmax : null, perRow };
  }

  /** A cell was reached by the pointer or the keyboard, or left. */
  function pointed(cell: Cell | null, byKey: boolean): void {
    const now = context.scene();
    dispatch({ type: "hover", group: cell ? groupOf(now.starts, cell.t) : null });
    describe(now, cell);
    if (byKey && cell && map && tokens) text(live, spokenCell(map, tokens, cell.q, cell.t));
  }

  const label = (t: number) => h("span", { class: "jw-label" }, tokenLabel(tokens as Tokens, t));
  let described = "";

  let rankedOf: { map: TokenMap; key: string; ranks: Uint32Array | null } | null = null;

  /** Ranking all cells is too slow for every move of the pointer. */
  function ranks(of: TokenMap, how: Ink): Uint32Array | null {
    const key = `${how.scale},${how.perRow}`;
    if (rankedOf?.map !== of || rankedOf.key !== key) rankedOf = { map: of, key, ranks: ranksOfAll(of, how) };
    return rankedOf.ranks;
  }

  function describe(now: Scene, cell: Cell | null): void {
    if (!map || !tokens) return;
    const own = now.wish.position;
    const q = cell?.q ?? (own !== null && own > 0 && own < map.rows ? own : null);
    const key = `${cell?.q},${cell?.t},${q},${map.rows},${map.scope},${hiding},${JSON.stringify(ink(now))}`;
    if (key === described) return;
    described = key;
    for (const part of [cellName, cellScore]) show(part, cell !== null);
    for (const part of [heading, list]) show(part, q !== null);
    if (cell) {
      const { score, place } = cellWords(map, cell.q, cell.t);
      cellName.replaceChildren(label(cell.q), " ← ", label(cell.t));
      text(cellScore, `${score}, ${place}`);
    }
    if (q === null) {
      text(outside, HINT);
      return;
    }
    heading.replaceChildren("What moved ", label(q), " most");
    const weights = rowWeights(map, q, ink(now), ranks(map, ink(now)));
    list.replaceChildren(
      ...strongest(map, q, STRONGEST, hidden).map((t) => {
        const item = sourceRow(map as TokenMap, tokens as Tokens, q, t, weights[t] as number);
        item.classList.toggle("is-hot", t === cell?.t);
        return item;
      }),
    );
    text(outside, bosWords(map, q));
  }

  function update(scene: Scene): void {
    const next = get("map");
    if (next !== raw) {
      raw = next;
      decoded = decodeMap(next);
    }
    if (scene.tokens !== tokens) {
      tokens = scene.tokens;
      answer = tokens ? answerTokens(tokens) : [];
      hiding = "\n";
      described = "";
    }
    const wanted = scene.wish.hide.join();
    if (wanted !== hiding && tokens) {
      hiding = wanted;
      const kinds = tokenKinds(tokens);
      const mask = (wanted.includes("template") ? 1 : 0) | (wanted.includes("delimiters") ? 2 : 0);
      hidden = (t) => ((kinds[t] as number) & mask) !== 0;
    }
    const found = decoded.ok ? decoded.value : null;
    map = found && tokens && found.text === tokens.text && found.n === tokens.ids.length ? found : null;

    const told = situation({
      tokens,
      map,
      error: decoded.ok ? null : decoded.error,
      kernel: scene.state !== "no-kernel",
      asked: get("panel_run") === true,
    });
    text(words, told.words);
    show(progress, told.words !== "");
    show(compute, told.button === "compute");
    show(goOn, told.button === "continue");
    show(stop, told.button === "stop");
    show(meter, told.total > 0);
    meter.max = Math.max(1, told.total);
    meter.value = told.done;

    const there = map !== null && map.rows > 0;
    const shown: Look | null = !there ? null : answer.length > 0 ? look : "map";
    show(looks, there && answer.length > 0);
    for (const part of [about, head, legend]) show(part, there);
    show(zoom.el, shown === "map");
    show(stage, shown === "map");
    show(table.el, shown === "map" && (tokens?.ids.length ?? 0) <= MOST_IN_TABLE);
    show(columns.el, shown === "columns");
    show(arcs.el, shown === "arcs");
    if (!map || !tokens || shown === null) return;
    text(about, caption(map, scene.wish.scope, shown === "map"));
    const now = ink(scene);
    legends(map, now);
    if (shown === "map") {
      canvas.show(map, tokens, now, scene.wish.position);
      if (tokens.ids.length <= MOST_IN_TABLE) table.show(map, tokens);
      if (scene.view.hover === null) describe(scene, null);
      return;
    }
    const key = JSON.stringify([shown, map.text, map.rows, map.scope, map.max, answer.length, now, hiding]);
    if (key === drawn) return;
    drawn = key;
    (shown === "columns" ? columns : arcs).show({ map, tokens, answer, ink: now, hidden });
  }

  function legends(of: TokenMap, { scale, vmax }: Ink): void {
    const most = scale === "share" ? "largest share" : "strongest";
    const ranked = scale === "rank";
    text(ends[0], ranked ? "weakest" : "0");
    let end = perRow ? `${most} of each row` : `${most} of all`;
    if (!perRow && (scale === "linear" || scale === "log")) {
      end = `${numbers.score(vmax ?? of.max, vmax ?? of.max)} ${of.unit}${scale === "log" ? ", logarithmic" : ""}`;
    } else if (scale === "log") end += ", logarithmic";
    text(ends[1], end);
    legend.classList.toggle("is-chips", look !== "map" && answer.length > 0);
  }

  return { el, update };
};
