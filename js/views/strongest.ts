/** The few tokens that matter most, linked to the text by hover. */
import { attr, h, show, text } from "../dom";
import { scoreText } from "../scene";
import { groupLabel, spoken } from "../tokens";
import type { Context, View } from "./context";
import { ROWS } from "./predictions";

interface Row {
  el: HTMLElement;
  button: HTMLElement;
  label: HTMLElement;
  value: HTMLElement;
  group: number;
}

export function createStrongest(
  { dispatch, signal, uid }: Context,
  focusToken: (group: number) => void,
): View {
  const heading = h("div", { class: "jw-heading", id: `${uid}-strongest` }, "Strongest tokens");
  const list = h("ol", { "aria-labelledby": `${uid}-strongest` });
  const el = h("div", { class: "jw-strongest" }, heading, list);
  const made: Row[] = [];

  const rowOf = (event: Event) => {
    const item = (event.target as Element).closest("li");
    return made.find((row) => row.el === item);
  };
  const link = (event: Event) => dispatch({ type: "hover", group: rowOf(event)?.group ?? null });
  list.addEventListener(
    "focusin",
    (event) => {
      if ((event.target as Element).matches(":focus-visible")) link(event);
    },
    { signal },
  );
  list.addEventListener("focusout", () => dispatch({ type: "hover", group: null }), { signal });
  list.addEventListener("pointerover", link, { signal });
  list.addEventListener("pointerleave", () => dispatch({ type: "hover", group: null }), { signal });
  list.addEventListener(
    "click",
    (event) => {
      const row = rowOf(event);
      if (row) focusToken(row.group);
    },
    { signal },
  );

  return {
    el,
    update({ tokens, starts, picture, degenerate, fresh, state, pointed, granularity }) {
      show(el, state !== "empty");
      text(heading, granularity === "token" ? "Strongest tokens" : `Strongest ${granularity}s`);
      const shown =
        tokens && picture && !degenerate && picture.max > 0 ? [...picture.order.subarray(0, ROWS)] : [];
      while (made.length < shown.length) {
        const label = h("span", { class: "jw-label" });
        const value = h("span", { class: "jw-number" });
        const button = h("button", { type: "button" }, label, value);
        const row = { el: h("li", {}, button), button, label, value, group: -1 };
        made.push(row);
        list.append(row.el);
      }
      for (const [i, row] of made.entries()) {
        const group = shown[i];
        show(row.el, group !== undefined);
        if (group === undefined || !tokens || !picture) continue;
        row.group = group;
        const name = groupLabel(tokens, starts, group);
        const value = scoreText(picture, group);
        text(row.label, name);
        text(row.value, value);
        attr(row.button, "aria-label", `${spoken(name)}, ${value}: show in the text`);
        row.el.classList.toggle("is-hot", pointed === group);
      }
      el.classList.toggle("is-stale", picture !== null && !fresh);
    },
  };
}
