/** The deletion curve: what log p loses as more tokens are taken away, and the same as a table. */
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import { visible } from "../tokens";
import { svg, ticks } from "./chart";
import type { Check, Curves } from "./check-data";
import { pointsOf } from "./check-data";
import type { PanelContext } from "./panel";

const HEIGHT = 216;
const TOP = 26;
const BOTTOM = 178;
const RIGHT = 14;
const LETTER = 7;
const DOT = 2.75;

type Points = readonly (readonly [share: number, delta: number])[];

const line = (name: string) => svg("path", { class: `jw-check-${name}` });
const n = (x: number) => String(Math.round(x * 100) / 100);

export interface Curve {
  el: HTMLElement;
  draw(check: Check & { curves: Curves }, title: string): void;
}

export function createCurve({ signal }: PanelContext): Curve {
  const axes = svg("g", {});
  const layers = {
    band: line("band"),
    random: line("random"),
    confirmed: line("confirmed"),
    baseline: line("baseline"),
    scope: line("scope"),
    dots: line("dots"),
  };
  const picture = svg("svg", { "aria-hidden": "true" }, axes, ...Object.values(layers));
  const figure = h("div", { class: "jw-chart jw-check-figure", role: "img" }, picture);
  const sample = (name: keyof typeof layers) => {
    const parts = name === "random" ? [svg("path", { class: "jw-check-band", d: "M0 2H26V14H0z" })] : [];
    parts.push(svg("path", { class: `jw-check-${name}`, d: "M0 8H26" }));
    if (name === "scope") parts.push(svg("circle", { class: "jw-check-dots", cx: 13, cy: 8, r: DOT }));
    const words = h("span");
    const mark = svg(
      "svg",
      { class: "jw-check-sample", width: 26, height: 16, "aria-hidden": "true" },
      ...parts,
    );
    const el = h("span", { class: "jw-check-entry" });
    el.append(mark, words);
    return { el, words };
  };
  const entries = {
    scope: sample("scope"),
    baseline: sample("baseline"),
    random: sample("random"),
    confirmed: sample("confirmed"),
  };
  const legend = h("div", { class: "jw-check-legend" }, ...Object.values(entries).map(({ el }) => el));
  const head = h("tr");
  const body = h("tbody");
  const table = h("table", {}, h("thead", {}, head), body);
  const details = h(
    "details",
    { class: "jw-check-table" },
    h("summary", "The same as a table"),
    h(
      "div",
      { class: "jw-check-scroll", tabindex: 0, role: "region", "aria-label": "Deletion curves" },
      table,
    ),
  );
  const el = h("div", { class: "jw-check-curve" }, figure, legend, details);

  let check: (Check & { curves: Curves }) | null = null;
  let width = 0;
  let queued = 0;

  function soon(): void {
    queued ||= requestAnimationFrame(() => {
      queued = 0;
      render();
    });
  }

  function render(): void {
    if (!check || width <= 0 || signal.aborted) return;
    const { curves, end, measured } = check;
    const { random, baseline, scope, confirmed, counts } = curves;
    const of = (values: readonly number[]): Points => pointsOf(values, counts, end);
    const values = [
      0,
      ...scope,
      ...baseline.values,
      ...random.low,
      ...random.high,
      ...(confirmed?.values ?? []),
    ];
    const low = Math.min(...values);
    const high = Math.max(...values);
    const room = Math.max(0.05, high - low) * 0.04;
    const rows = ticks(low - room, high + room, 5);
    const left = 12 + LETTER * Math.max(...rows.map((y) => numbers.minus(String(y)).length));
    const most = Math.max(0.05, ...counts.map((count) => count / end));
    const x = (share: number) => left + (share / most) * (width - left - RIGHT);
    const y = (delta: number) => TOP + ((high + room - delta) / (high - low + 2 * room)) * (BOTTOM - TOP);
    const path = (points: Points) =>
      points.map(([share, delta], i) => `${i ? "L" : "M"}${n(x(share))} ${n(y(delta))}`).join("");

    attr(picture, "viewBox", `0 0 ${width} ${HEIGHT}`);
    const word = (at: number, height: number, anchor: string, words: string) =>
      svg("text", { x: n(at), y: n(height), "text-anchor": anchor, class: "jw-chart-tick" }, words);
    const grid = rows.map((delta) => `M${n(left)} ${Math.round(y(delta)) + 0.5}H${width - RIGHT}`).join("");
    axes.replaceChildren(
      svg("path", { class: "jw-chart-grid", d: grid }),
      svg("path", { class: "jw-chart-base", d: `M${n(left)} ${Math.round(y(0)) + 0.5}H${width - RIGHT}` }),
      ...rows.map((delta) => word(left - 6, y(delta) + 4, "end", numbers.minus(String(delta)))),
      ...ticks(0, most, 4).map((share) => word(x(share), BOTTOM + 17, "middle", numbers.share(share))),
      word(0, 11, "start", `Δ log p(${visible(measured.label)}), nats`),
      word(width - RIGHT, BOTTOM + 34, "end", "of the tokens taken away"),
    );
    const down = of(random.low);
    const up = [...of(random.high)].reverse();
    attr(layers.band, "d", `${path(down)}${path(up).replace("M", "L")}z`);
    attr(layers.random, "d", path(of(random.mean)));
    attr(layers.confirmed, "d", confirmed ? path(of(confirmed.values)) : "");
    attr(layers.baseline, "d", path(of(baseline.values)));
    attr(layers.scope, "d", path(of(scope)));
    const dots = of(scope)
      .slice(1)
      .map(
        ([share, delta]) =>
          `M${n(x(share) - DOT)} ${n(y(delta))}a${DOT} ${DOT} 0 1 0 ${2 * DOT} 0a${DOT} ${DOT} 0 1 0 ${-2 * DOT} 0`,
      );
    attr(layers.dots, "d", dots.join(""));
  }

  function fill({ curves, end }: Check & { curves: Curves }, title: string): void {
    const { fractions, counts, scope, random, baseline, confirmed, aopc } = curves;
    const cell = (words: string) => h("td", words);
    const values = [
      ...scope,
      ...random.low,
      ...random.high,
      ...baseline.values,
      ...(confirmed?.values ?? []),
    ];
    const most = Math.max(...values.map(Math.abs));
    const change = (x: number) => numbers.signed(x, most);
    const names = [title, "Random, and its range", baseline.title, ...(confirmed ? [confirmed.title] : [])];
    head.replaceChildren(...["Share", "Tokens", ...names].map((name) => h("th", { scope: "col" }, name)));
    const each = fractions.map((fraction, i) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, `${numbers.minus(String(Number((100 * fraction).toPrecision(3))))}\u00a0%`),
        cell(`${counts[i]} of ${end}`),
        cell(change(scope[i] as number)),
        cell(
          `${change(random.mean[i] as number)} (${change(random.low[i] as number)} to ${change(random.high[i] as number)})`,
        ),
        cell(change(baseline.values[i] as number)),
        ...(confirmed ? [cell(change(confirmed.values[i] as number))] : []),
      ),
    );
    const mean = h(
      "tr",
      {},
      h("th", { scope: "row" }, "5 to 20\u00a0%"),
      cell("mean"),
      cell(change(aopc.scope)),
      cell(change(aopc.random)),
      cell(change(aopc.baseline)),
      ...(confirmed ? [cell("")] : []),
    );
    body.replaceChildren(...each, mean);
  }

  new ResizeObserver(([entry]) => {
    width = Math.floor(entry?.contentRect.width ?? 0);
    soon();
  }).observe(figure);
  signal.addEventListener("abort", () => cancelAnimationFrame(queued));

  return {
    el,
    draw(next, title) {
      if (check === next && entries.scope.words.textContent === title) return;
      check = next;
      const { random, baseline, confirmed } = next.curves;
      text(entries.scope.words, title);
      text(entries.baseline.words, baseline.title);
      text(entries.random.words, `Random, mean and range of ${random.seeds} orders`);
      text(entries.confirmed.words, confirmed?.title ?? "");
      show(entries.confirmed.el, confirmed !== null);
      attr(figure, "aria-label", "Deletion curves, the same as in the table below");
      fill(next, title);
      soon();
    },
  };
}
