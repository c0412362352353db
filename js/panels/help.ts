/** What the scopes mean, how to read the numbers, the keys, and the way into the tour. */
import { h, text } from "../dom";
import { SCOPE_WORDS } from "../scopes";
import { SCOPES, type Scope } from "../wire";
import type { Panel, PanelContext } from "./panel";
import notes from "./scopes.json";
import { createTour } from "./tour";

const KEYS: readonly [where: string, keys: readonly [string, string][]][] = [
  [
    "In the text",
    [
      ["← → ↑ ↓", "walk"],
      ["Home End", "first token, the “next” slot"],
      ["Enter or Space", "explain the token; while you guess, mark it"],
    ],
  ],
  ["In the editor", [["Ctrl+Enter", "explain the edited text"]]],
  [
    "In a series or a map",
    [
      ["← → ↑ ↓", "walk its values or cells"],
      ["Enter", "explain the one you are on"],
      ["+ − 0", "zoom in, zoom out, show all"],
    ],
  ],
  [
    "In the text of a check",
    [
      ["← → ↑ ↓", "walk"],
      ["Enter or Space", "take the token away, or put it back"],
    ],
  ],
  [
    "Anywhere here",
    [
      ["Esc", "undo the zoom, close, or restore the text"],
      ["?", "this help"],
    ],
  ],
];

const SYMBOLS =
  "Jₜ is the Jacobian of the final hidden state y with respect to the embedding of token t. Z = dz/dy takes y to the logits z, p is the prediction. The position explained is fixed.";

const NUMBERS = [
  "A score is a gradient norm: the most the asked quantity can change, to first order, when the token’s embedding moves by one unit. It has no sign; gradient × input, under Scale, has one. Fisher adds up over all directions and is given in nats; where it is estimated, ± is one standard error.",
  "A share is the token’s part of the total: of the squares, or of the trace for Fisher, with BOS included. So shares add up when tokens are grouped into words, numbers or lines, and what is hidden is named with its share.",
];

const CAVEATS = [
  "A gradient says what a small change would do, not what would happen if the word were gone. A token can matter and have a small gradient, once the model is sure.",
  "No scope wins everywhere: on some models and texts one ranks tokens better by what happens when they are deleted, on others another, and the differences are often within the error. So a good average says little about your own text: open Check, which takes the strongest tokens away and says whether the ranking holds there.",
  "Temperature depends on how the model is written down, and says nothing for a final norm without a gain. When in doubt, ask for Entropy.",
];

interface Entry {
  scope: Scope;
  el: HTMLDetailsElement;
}

function createEntry(scope: Scope): Entry {
  const { name, explains, unit } = SCOPE_WORDS[scope];
  const { paragraph, formula } = notes[scope];
  const el = h(
    "details",
    { class: "jw-help-scope" },
    h("summary", {}, h("b", {}, name), h("span", { class: "jw-quiet" }, explains)),
    h("p", {}, paragraph),
    h("p", { class: "jw-help-formula" }, formula),
    h("p", { class: "jw-quiet" }, `In ${unit}.`),
  );
  return { scope, el };
}

export function createHelp(context: PanelContext): Panel {
  const entries = SCOPES.map(createEntry);
  const list = h("div", {}, ...entries.map(({ el }) => el));
  const about = h("button.jw-primary", "What am I looking at?");
  const hint = h("span", { class: "jw-quiet" }, "A walk through the parts, on your own text.");
  const section = (title: string, ...parts: Node[]) => h("section", {}, h("h3", {}, title), ...parts);
  const keys = KEYS.flatMap(([where, meanings]) => [
    h("dt", { class: "jw-quiet jw-help-where" }, where),
    ...meanings.flatMap(([key, meaning]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, meaning)]),
  ]);
  const el = h(
    "div",
    { class: "jw-help" },
    h("div", { class: "jw-row" }, about, hint),
    section("What each scope explains", list, h("p", { class: "jw-quiet" }, SYMBOLS)),
    section("How to read the numbers", ...NUMBERS.map((words) => h("p", {}, words))),
    section("What the numbers do not say", ...CAVEATS.map((words) => h("p", {}, words))),
    section("Keys", h("dl", { class: "jw-keys" }, ...keys)),
  );
  const tour = createTour(context, () => about.focus());
  context.on(about, "click", () => tour.start());
  let first: Scope | null = null;

  return {
    el,
    update(scene) {
      const { scope } = scene.wish;
      if (scope !== first) {
        first = scope;
        for (const entry of entries) entry.el.open = entry.scope === scope;
        list.replaceChildren(
          ...[...entries]
            .sort((a, b) => Number(b.scope === scope) - Number(a.scope === scope))
            .map((e) => e.el),
        );
      }
      const ready = scene.picture !== null;
      about.disabled = !ready;
      text(hint, ready ? "A walk through the parts, on your own text." : "Once there is a picture.");
      tour.update(scene);
    },
    opened: () => (about.disabled ? list.querySelector("summary") : about)?.focus({ preventScroll: true }),
  };
}
