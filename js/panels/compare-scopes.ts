/** The same text once for each of three scopes, and how alike they order its pieces. */
import { type Ink, paintLevels } from "../color";
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import { explainedBy, pieceName, type Scene, scoreText, unit } from "../scene";
import { FIRST_SCOPES, MORE_SCOPES, SCOPE_WORDS } from "../scopes";
import type { Picture, Question } from "../store";
import { groupLabel } from "../tokens";
import type { Scope } from "../wire";
import { createSmallText } from "./compare-text";
import { readoutOf } from "./compare-words";
import { alikeness, spearman, topQuarter } from "./correlation";
import type { PanelContext } from "./panel";

const PER_ROW = 100;

export interface Part {
  el: HTMLElement;
  /** Returns what is new, in a sentence to be read out. */
  update(scene: Scene): string;
}

/** What is said of a group that has no influence because of its place. */
export function beyond(start: number, end: number): string {
  return start === end ? "explained here" : "after the explained token";
}

/** Where a group stands in a picture, as words. */
function standing(picture: Picture, group: number, start: number, end: number): string {
  if (start >= end) return beyond(start, end);
  const rank = picture.rank[group] ?? 0;
  if (rank === 0) return "hidden";
  return `${scoreText(picture, group)}, ${numbers.ordinal(rank)} of ${picture.scored.toLocaleString("en")}`;
}

/** The rank correlation of two pictures of one text, over the pieces that both score; signs do not count. */
export function agreement(a: Picture, b: Picture): { rho: number | null; count: number } {
  const both = [...a.order].filter((group) => (b.rank[group] ?? 0) > 0);
  const sizes = (picture: Picture) => both.map((group) => Math.abs(picture.scores[group] as number));
  return { rho: spearman(sizes(a), sizes(b)), count: both.length };
}

export function rhoWords(rho: number): string {
  return `ρ\u00a0=\u00a0${numbers.minus(rho.toFixed(2))}`;
}

interface Column {
  scope: Scope;
  el: HTMLElement;
  select: HTMLSelectElement;
  small: ReturnType<typeof createSmallText>;
  readout: HTMLElement;
  range: HTMLElement;
  picture: Picture | null;
  levels: Int8Array;
  painted: string;
}

export function createScopes(context: PanelContext): Part {
  const { on, uid } = context;
  const columns = FIRST_SCOPES.map((scope, i): Column => {
    const select = h(
      "select",
      { "aria-label": `Scope of picture ${i + 1}` },
      ...[...FIRST_SCOPES, ...MORE_SCOPES].map((s) => h("option", { value: s }, SCOPE_WORDS[s].name)),
    );
    const small = createSmallText(context, `${uid}-scope-${i}`, SCOPE_WORDS[scope].name, PER_ROW);
    const readout = h("p", { class: "jw-readout" });
    const range = h("p", { class: "jw-readout jw-quiet" });
    const el = h("div", { class: "jw-multiple" }, select, small.el, readout, range);
    return { scope, el, select, small, readout, range, picture: null, levels: new Int8Array(), painted: "" };
  });
  const heading = h("div", { class: "jw-heading jw-part", id: `${uid}-scopes` }, "Three scopes");
  const rows = h("tbody");
  const caption = h("caption", { class: "jw-heading" });
  const table = h("table", { class: "jw-alike" }, caption, rows);
  const note = h(
    "p",
    { class: "jw-quiet" },
    "ρ is Spearman’s rank correlation: 1 for the same order, 0 for unrelated ones, −1 for the reverse.",
  );
  const el = h(
    "section",
    { "aria-labelledby": heading.id },
    heading,
    h("div", { class: "jw-multiples" }, ...columns.map((column) => column.el)),
    table,
    note,
  );
  let compared: (Picture | null)[] = [];
  let summary = "";

  // The multiples hold the same lines, so what is in sight in one is in sight in all.
  const scrollers = columns.map(({ small }) => small.el.querySelector(".jw-mini") as HTMLElement);
  for (const from of scrollers) {
    const follow = () => {
      for (const other of scrollers) if (other.scrollTop !== from.scrollTop) other.scrollTop = from.scrollTop;
    };
    on(from, "scroll", follow, { passive: true });
  }
  for (const column of columns) {
    on(column.select, "change", () => {
      const chosen = column.select.value as Scope;
      const twin = columns.find((other) => other.scope === chosen);
      if (twin) twin.scope = column.scope;
      column.scope = chosen;
      update(context.scene());
    });
  }

  function asked(scene: Scene, scope: Scope): Question {
    const { wish, question } = scene;
    return {
      scope,
      target: question ? question.target : wish.target,
      foil: question ? question.foil : wish.foil,
      rank: scope === "fisher" ? wish.rank : null,
      signed: wish.signed,
    };
  }

  function drawColumn(column: Column, scene: Scene): void {
    const { tokens, starts, basis, wish, pointed } = scene;
    const { name } = SCOPE_WORDS[column.scope];
    column.select.value = column.scope;
    if (!tokens || !basis) return;
    const question = asked(scene, column.scope);
    const explained = explainedBy(scene, basis);
    const empty = column.scope === "temperature" && basis.degenerate;
    const picture = empty ? null : context.picture(basis, tokens, question);
    const ink: Ink = {
      scale: wish.scale,
      vmax: column.scope === wish.scope ? wish.vmax : null,
      threshold: wish.threshold,
    };
    const painted = `${ink.scale} ${ink.vmax} ${ink.threshold}`;
    if (picture !== column.picture || painted !== column.painted || column.levels.length !== starts.length) {
      column.levels = new Int8Array(starts.length);
      if (picture) paintLevels(picture, ink, column.levels);
      column.picture = picture;
      column.painted = painted;
    }
    column.small.name(`${name}: ${starts.length.toLocaleString("en")} ${pieceName(scene.granularity)}s`);
    const says = (group: number) =>
      picture ? standing(picture, group, starts[group] as number, basis.end) : "no score";
    column.small.draw({ tokens, starts, levels: column.levels, end: basis.end, explained, pointed, says });
    const first = picture?.order[0];
    const shown = pointed ?? first;
    if (!picture || first === undefined || shown === undefined || shown >= starts.length) {
      const waiting = scene.state === "computing" ? "On its way" : "Not computed";
      column.readout.replaceChildren(empty ? "Says nothing about this model" : waiting);
      text(column.range, "");
      return;
    }
    column.readout.replaceChildren(
      pointed === null ? "Strongest" : "",
      ...readoutOf(
        [groupLabel(tokens, starts, shown)],
        pointed === null ? scoreText(picture, shown) : says(shown),
      ),
    );
    text(column.range, `Up to ${scoreText(picture, first)} ${unit(question)}`);
  }

  function drawTable(scene: Scene): void {
    const pictures = columns.map((column) => column.picture);
    if (pictures.every((picture, i) => picture === compared[i]) && compared.length > 0) return;
    compared = pictures;
    const many = `${pieceName(scene.granularity)}s`;
    const found: HTMLElement[] = [];
    const said: string[] = [];
    let count = 0;
    for (const [i, first] of columns.entries()) {
      for (const second of columns.slice(i + 1)) {
        if (!first.picture || !second.picture) continue;
        const { rho, count: over } = agreement(first.picture, second.picture);
        const { shared, of } = topQuarter(first.picture.order, second.picture.order);
        count = over;
        if (rho === null) continue;
        const pair = `${SCOPE_WORDS[first.scope].name} and ${SCOPE_WORDS[second.scope].name}`;
        said.push(`${pair} rank the ${many} ${alikeness(rho)}, ${rhoWords(rho)}.`);
        found.push(
          h(
            "tr",
            {},
            h("th", { scope: "row" }, `${pair} rank the ${many} ${alikeness(rho)}`),
            h("td", { class: "jw-number" }, rhoWords(rho)),
            h("td", { class: "jw-number" }, `${shared} of the ${of} strongest are the same`),
          ),
        );
      }
    }
    rows.replaceChildren(...found);
    text(
      caption,
      found.length > 0
        ? `How alike they rank ${numbers.count(count, pieceName(scene.granularity))}`
        : count > 0
          ? `Too few ${many} to say how alike they are ranked`
          : "",
    );
    show(note, found.length > 0);
    summary = said.join(" ");
  }

  function update(scene: Scene): string {
    const there = scene.tokens !== null && scene.basis !== null && scene.drawable;
    show(el, there);
    if (!there) return "";
    for (const column of columns) drawColumn(column, scene);
    drawTable(scene);
    el.classList.toggle("is-stale", !scene.fits);
    attr(el, "aria-busy", scene.fits ? null : "true");
    return summary;
  }
  return { el, update };
}
