/** The panel for a series of numbers: the figure, what it says, and the same as a table. */
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import { type Scene, scoreText, unit } from "../scene";
import { explainable, groupEnd, groupOf } from "../tokens";
import type { Tokens } from "../wire";
import type { Panel, PanelContext } from "./panel";
import {
  decodeSeries,
  type NextValues,
  numbersOf,
  type Point,
  predictedPoint,
  type Series,
  seriesOf,
} from "./series-data";
import { type Content, createFigure, ZOOM } from "./series-figure";
import { coverageWords, type Influence, pointWords, predictionWords } from "./series-words";
import { asShown } from "./shown";
import { createZoom } from "./zoom";

const MOST_ROWS = 1000;

/** What is explained on screen, which may be older than what was asked. */
const positionOf = ({ basis, wish }: Scene) => (basis ? basis.position : wish.position);

/** Which of a number's tokens is explained, where it has several. */
function tokenOf({ start, stop }: Point, position: number | null): string {
  if (position === null || stop - start < 2 || position < start) return "";
  return `, by its ${numbers.ordinal(position - start + 1)} of ${stop - start} tokens`;
}

export function createSeries(context: PanelContext): Panel {
  const { wishes, wish, get, dispatch, on, uid } = context;

  const choice = h("select", { class: "jw-chip", "aria-label": "Series" });
  const chooser = h("label", { class: "jw-row" }, "Series", choice);
  const figure = createFigure(context, {
    pointed: (index, byKey) => pointed(index, byKey),
    open: (index) => open(index),
    zoomed: () => zoom.update(figure.zoomed),
  });
  const zoom = createZoom(context, ZOOM, ["All", "Show the whole series"], figure);
  const head = h("div", { class: "jw-row jw-series-head" }, chooser, zoom.el);
  const readout = h("p", { class: "jw-series-readout jw-number" });
  const summary = h("p", { class: "jw-series-summary", id: `${uid}-series-summary` });
  const coverage = h("span", { class: "jw-quiet" });
  const further = h("button.jw-link", "Look further");
  const live = h("div", { class: "jw-live", role: "status" });
  const tableBody = h("tbody");
  const tableNote = h("p", { class: "jw-quiet", hidden: true });
  const unitCell = h("th", { scope: "col" }, "Influence");
  const table = h(
    "details",
    { class: "jw-series-table" },
    h("summary", {}, "The same as a table"),
    h(
      "div",
      { class: "jw-series-scroll", tabindex: 0, role: "region", "aria-label": "Values and their influence" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["", "Value"].map((name) => h("th", { scope: "col" }, name)),
            unitCell,
            h("th", { scope: "col" }, "Rank"),
          ),
        ),
        tableBody,
      ),
    ),
    tableNote,
  );
  const load = h("button.jw-link", "Load one of the examples");
  const none = h(
    "p",
    { class: "jw-quiet", hidden: true },
    "No series here: this view takes three or more numbers, as in 412,398,377. ",
    load,
  );
  const about = h("div", {}, summary, h("p", { class: "jw-series-coverage" }, coverage, " ", further));
  const el = h("div", { class: "jw-series" }, none, head, figure.el, readout, about, table, live);

  let tokens: Tokens | null = null;
  let points: Point[] = [];
  let all: Series[] = [];
  let chosen: number | null = null;
  let series: Series | null = null;
  let content: Content | null = null;
  let influences: (Influence | null)[] = [];
  let own: number | null = null; // the value that the pointer or the keyboard is on here
  let raw: unknown;
  let next: NextValues | { error: string } | null = null;
  let drawn = "";
  let basis: Scene["basis"] = null;

  on(choice, "change", () => {
    chosen = Number(choice.value);
    update(context.scene());
  });
  on(further, "click", () => wish({ panel_run: true }));
  on(load, "click", () => wishes.panel("examples"));
  on(table, "toggle", () => fillTable());

  function pointed(index: number | null, byKey: boolean): void {
    own = index;
    const point = index === null ? undefined : series?.points[index];
    const { starts } = context.scene();
    dispatch({ type: "hover", group: point ? groupOf(starts, point.start) : null });
    say(index);
    if (byKey && index !== null) text(live, readout.textContent ?? "");
  }

  function say(index: number | null): void {
    if (!series || !content) return;
    const still = context.scene().state === "no-kernel";
    const click = still ? "Dragging" : "A click explains the first token of a number; dragging";
    text(
      readout,
      index === null
        ? `Point at a value, or walk with the arrow keys. ${click} zooms in.`
        : pointWords(index, series.points, influences[index] ?? null, index === content.explained),
    );
    readout.classList.toggle("jw-quiet", index === null);
  }

  /** A number's first token is explained: nothing of the number itself is known there yet. */
  function open(index: number): void {
    const point = series?.points[index];
    if (!point) {
      wishes.explain(null);
      return;
    }
    if (tokens && explainable(tokens, tokens.groups.token, groupOf(tokens.groups.token, point.start)))
      wishes.explain(point.start);
  }

  function read(scene: Scene): void {
    const series = get("series");
    if (series !== raw) {
      raw = series;
      next = decodeSeries(series);
    }
    if (scene.tokens === tokens) return;
    tokens = scene.tokens;
    points = tokens ? numbersOf(tokens) : [];
    all = tokens ? seriesOf(tokens, points) : [];
    chosen = null;
    choice.replaceChildren(...all.map(({ name }, i) => h("option", { value: i }, name)));
  }

  /** The series that is looked at: the one chosen, else that of the number explained, else the last. */
  function current(explained: Point | null): Series | null {
    const at = chosen ?? (explained ? all.findIndex((s) => s.points.includes(explained)) : -1);
    return all[at] ?? all.at(-1) ?? null;
  }

  function influence(
    scene: Scene,
    of: Series,
  ): { scores: number[]; cut: number; max: number; signed: boolean; unit: string } {
    const { basis, question } = scene;
    const picture = basis && question && tokens ? context.picture(basis, tokens, question, "number") : null;
    influences = of.points.map(() => null);
    if (!picture || !basis || !question || scene.degenerate) {
      return {
        scores: of.points.map(() => 0),
        cut: of.points.length,
        max: 0,
        signed: false,
        unit: question ? unit(question) : "",
      };
    }
    const before = of.points.findIndex((point) => point.start >= basis.end);
    const cut = before < 0 ? of.points.length : before;
    const scores = of.points.map(({ group }, i) => (i < cut ? (picture.scores[group] as number) : 0));
    const order = scores.slice(0, cut).map((_, i) => i);
    order.sort((a, b) => Math.abs(scores[b] as number) - Math.abs(scores[a] as number) || a - b);
    const word = unit(question);
    for (const [rank, i] of order.entries()) {
      const { group } = of.points[i] as Point;
      influences[i] = {
        score: scoreText(picture, group),
        unit: word,
        rank: rank + 1,
        scored: cut,
        share: numbers.share(picture.shares[group] as number),
      };
    }
    const max = order.length > 0 ? Math.abs(scores[order[0] as number] as number) : 0;
    return { scores, cut, max, signed: picture.signed, unit: word };
  }

  function prediction(explained: Point | null): NextValues | null {
    if (!next || "error" in next || !tokens) return null;
    return next.text === tokens.text && next.at === (explained?.start ?? null) ? next : null;
  }

  function fillTable(): void {
    if (!table.open || !series || !content) return;
    const { explained } = content;
    const shown = series.points.slice(0, MOST_ROWS);
    tableBody.replaceChildren(
      ...shown.map((point, i) => {
        const known = influences[i];
        const row = h(
          "tr",
          {},
          h("th", { scope: "row" }, (i + 1).toLocaleString("en")),
          h("td", {}, point.text),
          h("td", {}, known ? known.score : i === explained ? "explained" : ""),
          h("td", {}, known ? numbers.ordinal(known.rank) : ""),
        );
        row.classList.toggle("is-explained", i === explained);
        return row;
      }),
    );
    text(unitCell, content.unit ? `Influence, ${content.unit}` : "Influence");
    show(tableNote, series.points.length > MOST_ROWS);
    text(
      tableNote,
      `The first ${MOST_ROWS.toLocaleString("en")} of ${numbers.count(series.points.length, "value")}.`,
    );
  }

  function words(scene: Scene, of: Series, found: NextValues | null): void {
    const { points: values } = of;
    const explained = content?.explained ?? null;
    const which =
      explained === null
        ? ""
        : explained < values.length
          ? `Explained here: the ${numbers.ordinal(explained + 1)} value${tokenOf(values[explained] as Point, positionOf(scene))}.`
          : "The prediction explained is the next value.";
    const top = influences.findIndex((known) => known?.rank === 1);
    const most = influences[top];
    const strongest = most
      ? `The ${numbers.ordinal(top + 1)} value, ${values[top]?.text}, moved it most: ${most.score} ${most.unit}.`
      : "";
    const parts = [
      `${numbers.count(values.length, "value")}.`,
      which,
      strongest,
      found ? predictionWords(found) : "",
    ];
    text(summary, parts.filter((part) => part !== "").join(" "));
    summary.classList.toggle("is-stale", !scene.fresh);
  }

  function progress(scene: Scene, found: NextValues | null): void {
    const failed = next && "error" in next ? next.error : "";
    let said = "";
    if (failed) said = `The next values could not be predicted: ${failed}`;
    else if (found) said = coverageWords(found) + (found.computing ? " Looking further …" : "");
    else if (content?.explained !== null && series) {
      const which = content?.explained === series.points.length ? "the next value" : "this value";
      if (scene.status.state === "saved") said = `The distribution of ${which} was not saved.`;
      else if (scene.state === "no-kernel") said = `The distribution of ${which} needs a running kernel.`;
      else said = "Asking the model for its next values …";
    }
    text(coverage, said);
    show(
      further,
      !failed &&
        found?.more === true &&
        !found.computing &&
        scene.state !== "no-kernel" &&
        get("panel_run") !== true,
    );
  }

  function update(wished: Scene): void {
    const scene = asShown(wished);
    read(scene);
    const explained = predictedPoint(points, positionOf(scene));
    series = current(explained);
    const there = series !== null && tokens !== null;
    show(none, !there && tokens !== null);
    for (const part of [head, figure.el, readout, about, table]) show(part, there);
    if (!series || !tokens) return;
    show(chooser, all.length > 1);
    const at = all.indexOf(series);
    if (choice.value !== String(at)) choice.value = String(at);
    const found = prediction(explained);
    // What comes after the text comes after its last series.
    const place = explained
      ? series.points.indexOf(explained)
      : at === all.length - 1
        ? series.points.length
        : -1;
    const shown = place < 0 ? null : found;
    const key = JSON.stringify([
      scene.question,
      scene.wish.hide,
      scene.basis?.position,
      scene.basis?.complete,
      place,
      scene.degenerate,
    ]);
    const changed =
      key !== drawn || content?.points !== series.points || content?.next !== shown || content === null;
    if (changed || scene.basis !== basis) {
      drawn = key;
      basis = scene.basis;
      content = {
        points: series.points,
        ...influence(scene, series),
        explained: place < 0 ? null : place,
        next: shown,
      };
      figure.draw(content);
      attr(figure.el, "aria-label", `Series of ${numbers.count(series.points.length, "value")}`);
      fillTable();
    }
    figure.el.classList.toggle("is-stale", !scene.fresh);
    words(scene, series, shown);
    progress(scene, found);
    const linked = scene.pointed === null || own !== null ? own : linkedPoint(scene.pointed, scene);
    figure.point(linked);
    say(linked);
  }

  function linkedPoint(group: number, { starts }: Scene): number | null {
    const start = starts[group];
    if (start === undefined || !series || !tokens) return null;
    const end = groupEnd(starts, group, tokens.ids.length);
    const at = series.points.findIndex((point) => point.start < end && point.stop > start);
    return at < 0 ? null : at;
  }

  return { el, update };
}
