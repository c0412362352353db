/** What the model expects: a click on a row makes it the target, its second button the foil. */
import { attr, h, mark, show, text } from "../dom";
import * as numbers from "../numbers";
import type { Scene } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { spoken, visible } from "../tokens";
import type { Prediction } from "../wire";
import type { Context, View } from "./context";

export const ROWS = 7;

/** The likeliest, but always with the actual token, the target and the foil among them. */
export function rows(
  predictions: readonly Prediction[],
  named: readonly (number | null)[],
  count = ROWS,
): Prediction[] {
  const wanted = new Set(named.filter((id) => id !== null));
  const top = predictions.slice(0, count);
  for (const p of predictions.slice(count)) {
    if (!wanted.has(p.id)) continue;
    const spare = top.findLastIndex((q) => !wanted.has(q.id));
    if (spare < 0) break;
    top.splice(spare, 1);
    top.push(p);
  }
  return top.sort((a, b) => b.p - a.p);
}

interface Row {
  el: HTMLElement;
  target: HTMLElement;
  foil: HTMLElement;
  label: HTMLElement;
  bar: HTMLElement;
  value: HTMLElement;
}

function createRow(): Row {
  const label = h("span.jw-label");
  const bar = h("i");
  const value = h("span.jw-number");
  const target = h("button.jw-as-target", label, h("span.jw-bar", bar), value);
  const foil = h("button.jw-as-foil", "vs");
  return { el: h("li.jw-prediction", target, foil), target, foil, label, bar, value };
}

export function createPredictions({ wishes, on, uid }: Context): View {
  const heading = h("div.jw-heading", { id: `${uid}-predictions` });
  const list = h("ul", { "aria-labelledby": `${uid}-predictions` });
  const el = h("div.jw-predictions", heading, list);
  const made: Row[] = [];

  on(list, "click", (event) => {
    const element = event.target as Element;
    const id = Number(element.closest<HTMLElement>(".jw-prediction")?.dataset.id);
    if (!Number.isInteger(id)) return;
    if (element.closest(".jw-as-foil")) wishes.foil(id);
    else if (element.closest(".jw-as-target")) wishes.target(id);
  });

  function write(row: Row, p: Prediction, scene: Scene, likeliest: number): void {
    const { wish, target, foil, basis } = scene;
    const isTarget = SCOPE_WORDS[wish.scope].target && p.id === target;
    const isFoil = wish.scope === "contrast" && p.id === foil;
    const isActual = p.id === basis?.actual;
    const name = visible(p.label);
    const read = spoken(name);
    attr(row.el, "data-id", p.id);
    mark(row.el, "is-target", isTarget);
    mark(row.el, "is-foil", isFoil);
    mark(row.el, "is-actual", isActual);
    text(row.label, name);
    text(row.value, numbers.probability(p.p));
    row.bar.style.inlineSize = `${likeliest > 0 ? (100 * p.p) / likeliest : 0}%`;
    attr(
      row.target,
      "aria-label",
      `${read}, ${numbers.probability(p.p)}${isActual ? ", stands here" : ""}: make it the target`,
    );
    attr(row.target, "aria-pressed", isTarget);
    attr(row.foil, "aria-label", `Rather than ${read}`);
    attr(row.foil, "aria-pressed", isFoil);
    attr(row.foil, "data-tip", isTarget ? null : `Why the target rather than ${name}?`);
    attr(row.foil, "disabled", isTarget);
  }

  return {
    el,
    update(scene) {
      const { wish, basis, state } = scene;
      show(el, state !== "empty");
      text(
        heading,
        (basis ? basis.position : wish.position) === null
          ? "The model expects next"
          : "The model expects here",
      );
      const named = [basis?.actual ?? null, scene.target, wish.scope === "contrast" ? scene.foil : null];
      const shown = basis ? rows(basis.predictions, named) : [];
      const likeliest = shown[0]?.p ?? 0;
      while (made.length < shown.length) {
        const row = createRow();
        made.push(row);
        list.append(row.el);
      }
      for (const [i, row] of made.entries()) {
        const p = shown[i];
        show(row.el, p !== undefined);
        if (p) write(row, p, scene, likeliest);
      }
      mark(el, "is-stale", basis !== null && !scene.fits);
    },
  };
}
