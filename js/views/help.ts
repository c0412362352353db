/** What the scopes mean, the keys, and how to read the numbers. */
import { h, show } from "../dom";
import { SCOPE_WORDS } from "../scopes";
import { SCOPES } from "../wire";
import type { Context, View } from "./context";

const KEYS: readonly [string, string][] = [
  ["← → ↑ ↓", "walk through the text"],
  ["Home End", "first token, the “next” slot"],
  ["Enter or Space", "explain the token"],
  ["Ctrl+Enter", "explain the edited text"],
  ["Esc", "close, or restore the text"],
  ["?", "this help"],
];

const CAVEAT =
  "Temperature depends on how the model is written down. Fold the gain of its final norm into the unembedding and the model predicts the same, yet the scores collapse to zero; so they do for a norm without a gain. The other scopes do not change. When in doubt, ask about Entropy.";

const READING =
  "A score is a gradient norm: the most the asked quantity can change, to first order, when the token’s embedding moves by one unit. It has no sign. Fisher adds up over all directions and is given in nats; where it is estimated, ± is one standard error. A share is the token’s part of the total, of squares (or of the trace, for Fisher), with BOS included. So shares add up when tokens are grouped into words or lines, and BOS’s own share is named beside the legend; so is that of the tokens a chat template wrote.";

export function createHelp({ dispatch, uid, signal }: Context): View {
  const close = h("button", { type: "button", class: "jw-link jw-close" }, "Close");
  const scopes = h("dl", { class: "jw-glossary" });
  for (const scope of SCOPES) {
    const { name, explains, formula, unit } = SCOPE_WORDS[scope];
    scopes.append(
      h("dt", {}, name),
      h("dd", {}, explains, h("div", { class: "jw-quiet" }, `${formula}; in ${unit}`)),
    );
  }
  const keys = h("dl", { class: "jw-keys" });
  for (const [key, meaning] of KEYS) keys.append(h("dt", {}, h("kbd", {}, key)), h("dd", {}, meaning));
  const el = h(
    "div",
    { class: "jw-help", id: `${uid}-help`, role: "region", "aria-label": "Help", hidden: true },
    h("div", { class: "jw-row jw-between" }, h("b", {}, "What each scope explains"), close),
    h(
      "p",
      { class: "jw-quiet" },
      "Jₜ is the Jacobian of the final hidden state with respect to the embedding of token t.",
    ),
    scopes,
    h("p", {}, CAVEAT),
    h("b", {}, "How to read the numbers"),
    h("p", {}, READING),
    h("b", {}, "Keys"),
    keys,
  );
  close.addEventListener("click", () => dispatch({ type: "toggle-help" }), { signal });
  return { el, update: ({ view }) => show(el, view.help) };
}
