/** The tokens that matter most, linked to the text by hover; all of them on request, in a list that scrolls. */
import { attr, byKeyboard, h, mark, show, text } from "../dom";
import { pieceName, type Scene, scoreText } from "../scene";
import type { Picture } from "../store";
import { groupLabel, spoken } from "../tokens";
import { hovering } from "../view-state";
import type { Context, View } from "./context";
import { ROWS } from "./predictions";

const MORE_ROWS = 60;
const MOST_ROWS = 500;

interface Row {
  el: HTMLElement;
  button: HTMLElement;
  label: HTMLElement;
  value: HTMLElement;
  group: number;
}

export function createStrongest(
  { dispatch, on, uid, scene }: Context,
  focusToken: (group: number) => void,
): View {
  const heading = h("span.jw-heading", { id: `${uid}-strongest` }, "Strongest tokens");
  const all = h("button.jw-link", { "aria-controls": `${uid}-rows` });
  const list = h("ol", { id: `${uid}-rows`, "aria-labelledby": `${uid}-strongest` });
  const el = h("div.jw-strongest", h("div.jw-row jw-between jw-over", heading, all), list);
  const made: Row[] = [];
  let wanted = ROWS;
  let drawn: Picture | null = null;

  const rowOf = (event: Event) => {
    const item = (event.target as Element).closest("li");
    return made.find((row) => row.el === item);
  };
  const link = (event: Event) => dispatch(hovering(rowOf(event)?.group ?? null));
  on(list, "focusin", (event) => {
    if (byKeyboard(event)) link(event);
  });
  on(list, "pointerover", link);
  for (const left of ["pointerleave", "focusout"] as const) on(list, left, () => dispatch(hovering(null)));
  on(list, "click", (event) => {
    const row = rowOf(event);
    if (row) focusToken(row.group);
  });
  on(
    list,
    "scroll",
    () => {
      if (list.scrollTop + 2 * list.clientHeight < list.scrollHeight || wanted >= MOST_ROWS) return;
      wanted += MORE_ROWS;
      fill(scene());
    },
    { passive: true },
  );
  on(all, "click", () => dispatch({ type: "toggle-all" }));

  function fill({ tokens, starts, picture, degenerate, pointed }: Scene): void {
    const strength = picture && !degenerate && picture.max > 0 ? picture.order : null;
    const shown = Math.min(wanted, strength?.length ?? 0);
    while (made.length < shown) {
      const label = h("span.jw-label");
      const value = h("span.jw-number");
      const button = h("button", label, value);
      const row = { el: h("li", button), button, label, value, group: -1 };
      made.push(row);
      list.append(row.el);
    }
    for (const [i, row] of made.entries()) {
      show(row.el, i < shown);
      const group = i < shown ? strength?.[i] : undefined;
      if (group === undefined || !tokens || !picture) {
        row.group = -1;
        continue;
      }
      if (picture !== drawn || row.group !== group) {
        row.group = group;
        const name = groupLabel(tokens, starts, group);
        const value = scoreText(picture, group);
        text(row.label, name);
        text(row.value, value);
        attr(row.button, "aria-label", `${spoken(name)}, ${value}: show in the text`);
      }
      mark(row.el, "is-hot", pointed === group);
      // Under the pointer the list must not move.
      if (pointed === group && wanted > ROWS && !list.matches(":hover")) reveal(row.el);
    }
    drawn = picture;
  }

  /** Scrolls the list alone, never the page. */
  function reveal(row: HTMLElement): void {
    const top = row.offsetTop - list.offsetTop;
    if (top < list.scrollTop) list.scrollTop = top;
    else list.scrollTop = Math.max(list.scrollTop, top + row.offsetHeight - list.clientHeight);
  }

  return {
    el,
    update(now) {
      const { picture, degenerate, fresh, state, granularity, view } = now;
      show(el, state !== "empty");
      text(heading, `Strongest ${pieceName(granularity)}s`);
      if (!view.all) wanted = ROWS;
      else if (wanted === ROWS) wanted = MORE_ROWS;
      mark(list, "is-long", view.all);
      show(all, !degenerate && (picture?.scored ?? 0) > ROWS);
      text(all, view.all ? "Show fewer" : "Show all");
      attr(all, "aria-expanded", view.all);
      fill(now);
      mark(el, "is-stale", picture !== null && !fresh);
    },
  };
}
