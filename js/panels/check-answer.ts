/** The prediction before and after tokens were taken away, side by side. */
import { h, show, text } from "../dom";
import * as numbers from "../numbers";
import { visible } from "../tokens";
import type { Tokens } from "../wire";
import type { Check } from "./check-data";
import { effectWords, namesOf } from "./check-words";

const ROWS = 8;

export interface Answer {
  el: HTMLElement;
  /** `check` holds the answer, `stale` where it is one to an older choice; `said` stands below it. */
  draw(tokens: Tokens, check: Check | null, said: string, stale: boolean): void;
}

export function createAnswer(): Answer {
  const title = h("div", { class: "jw-heading" });
  const words = h("p", { class: "jw-number", role: "status" });
  const note = h("p", { class: "jw-quiet", role: "status" });
  const body = h("tbody");
  const head = ["Token", "Before", "After"].map((name) => h("th", { scope: "col" }, name));
  const table = h("table", { class: "jw-check-answer" }, h("thead", {}, h("tr", {}, ...head)), body);
  const el = h("div", {}, title, words, note, table);
  let drawn: Check["ablated"] = null;

  const chance = (p: number, most: number) => {
    const bar = h("i");
    bar.style.inlineSize = `${most > 0 ? (100 * p) / most : 0}%`;
    return h(
      "td",
      {},
      h("span", { class: "jw-number" }, numbers.probability(p)),
      h("span", { class: "jw-bar", "aria-hidden": "true" }, bar),
    );
  };

  return {
    el,
    draw(tokens, check, said, stale) {
      const ablated = check?.ablated ?? null;
      show(title, ablated !== null);
      show(table, ablated !== null);
      text(words, check && ablated && !stale ? effectWords(check, ablated) : "");
      text(note, said);
      for (const part of [words, note]) show(part, part.textContent !== "");
      for (const part of [title, table]) part.classList.toggle("is-stale", stale);
      if (!check || !ablated) {
        drawn = null;
        return;
      }
      if (ablated === drawn) return;
      drawn = ablated;
      title.replaceChildren("Without ", h("span", { class: "jw-label" }, namesOf(tokens, ablated.tokens)));
      const pairs = ablated.before.map((before, i) => ({ before, after: ablated.after[i]?.p ?? 0 }));
      const wanted = [...pairs]
        .sort((a, b) => Math.max(b.before.p, b.after) - Math.max(a.before.p, a.after))
        .filter(({ before }, i) => i < ROWS || before.id === check.measured.id)
        .sort((a, b) => b.before.p - a.before.p);
      const most = Math.max(...wanted.flatMap(({ before, after }) => [before.p, after]));
      body.replaceChildren(
        ...wanted.map(({ before, after }) => {
          const row = h(
            "tr",
            {},
            h("th", { scope: "row", class: "jw-label" }, visible(before.label)),
            chance(before.p, most),
            chance(after, most),
          );
          row.classList.toggle("is-target", before.id === check.measured.id);
          return row;
        }),
      );
    },
  };
}
