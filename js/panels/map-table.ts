/** The map of a short text as a table: for screen readers, and for everybody who wants the numbers. */
import { h, text } from "../dom";
import * as numbers from "../numbers";
import type { Tokens } from "../wire";
import { scoreOf, type TokenMap } from "./map-data";
import { tokenLabel } from "./map-words";

export const MOST_IN_TABLE = 30;

export interface MapTable {
  el: HTMLElement;
  show(map: TokenMap, tokens: Tokens): void;
}

export function createMapTable(): MapTable {
  const table = h("table", {});
  const scroll = h("div", {
    class: "jw-map-scroll",
    tabindex: 0,
    role: "region",
    "aria-label": "The map as a table",
  });
  scroll.append(table);
  const unit = h("p", { class: "jw-quiet" });
  const el = h("details", { class: "jw-map-table" }, h("summary", {}, "As a table"), unit, scroll);
  let shown: TokenMap | null = null;

  const fill = (map: TokenMap, tokens: Tokens): void => {
    const name = (t: number, scope: string) => h("th", { scope, class: "jw-label" }, tokenLabel(tokens, t));
    const every = Array.from({ length: map.n - 1 }, (_, t) => t);
    const head = h("tr", {}, h("td"), ...every.map((t) => name(t, "col")));
    const body = [];
    for (let q = 1; q < map.rows; q++) {
      const cells = every.map((t) =>
        h(
          "td",
          { class: "jw-number" },
          t < q ? numbers.score(scoreOf(map, q, t), map.rowMax[q] as number) : "",
        ),
      );
      body.push(h("tr", {}, name(q, "row"), ...cells));
    }
    text(unit, `Each row is explained by its columns, in ${map.unit}.`);
    table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...body));
  };

  return {
    el,
    show(map, tokens) {
      if (shown === map) return;
      shown = map;
      fill(map, tokens);
    },
  };
}
