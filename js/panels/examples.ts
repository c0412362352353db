/** The gallery: texts worth a first look, loaded with one click. */
import { attr, h, show } from "../dom";
import { SCOPE_WORDS } from "../scopes";
import type { Scope } from "../wire";
import gallery from "./gallery.json";
import type { Panel, PanelContext } from "./panel";

type Example = (typeof gallery)[number];

/** The traits that an example sets. What is no single token of this vocabulary is left out by Python. */
function wishFor(example: Example): Record<string, unknown> {
  const { text, scope, position, target, foil, granularity, panel } = example;
  return { text, scope, position, target, foil, rank: null, granularity, vmax: null, panel };
}

export function createExamples({ wish, dispatch, root, on }: PanelContext): Panel {
  const note = h("p", { class: "jw-quiet", hidden: true }, "A saved page: these need a running kernel.");
  const cards = gallery.map((example) => {
    const card = h(
      "button.jw-example",
      { "data-name": example.name },
      h("b", {}, example.title),
      h("span", { class: "jw-example-question" }, example.question),
      h("span", { class: "jw-example-text jw-quiet" }, example.text),
      h("span", { class: "jw-example-scope jw-quiet" }, SCOPE_WORDS[example.scope as Scope].name),
    );
    on(card, "click", () => load(example));
    return { card, example };
  });
  const el = h(
    "div",
    {},
    note,
    h(
      "ul",
      { class: "jw-examples", "aria-label": "Examples" },
      ...cards.map(({ card }) => h("li", {}, card)),
    ),
  );

  function load(example: Example): void {
    dispatch({ type: "drop-draft" });
    wish(wishFor(example));
    root.querySelector<HTMLElement>(".jw-text [tabindex='0']")?.focus({ preventScroll: true });
    root.scrollIntoView({ block: "nearest" });
  }

  return {
    el,
    update({ wish: asked, state }) {
      const saved = state === "no-kernel";
      show(note, saved);
      for (const { card, example } of cards) {
        card.disabled = saved;
        attr(card, "aria-current", asked.text === example.text ? "true" : null);
      }
    },
    opened: () => cards[0]?.card.focus({ preventScroll: true }),
  };
}
