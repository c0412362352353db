/** What the ink means: zero, the ramp, the maximum with its unit, and what is hidden. */
import { h, show, text } from "../dom";
import * as numbers from "../numbers";
import { scoreText, unit } from "../scene";
import type { Context, View } from "./context";

export function createLegend({ wishes, dispatch, signal }: Context): View {
  const marker = h("i", { class: "jw-marker", hidden: true });
  const zero = h("span", { class: "jw-number" }, "0");
  const ramp = h("span", { class: "jw-ramp", "aria-hidden": "true" }, marker);
  const top = h("span", { class: "jw-number" });
  const hidden = h("span", {
    class: "jw-hidden",
    "data-tip":
      "The model also reads BOS, the token put before the text. Its share of the influence counts in the total, but it has no colour.",
  });
  const template = h("span", {
    "data-tip":
      "What the chat template wrote: delimiters, role names, a system prompt of its own. Hidden, it is left out of the picture; its share still counts in the total.",
  });
  const toggle = h("button", { type: "button", class: "jw-link" });
  const chat = h("span", { class: "jw-chat", hidden: true }, template, toggle);
  const scale = h("span", { class: "jw-scale" }, zero, ramp, top);
  const advice = h("span", { class: "jw-advice" });
  const entropy = h("button", { type: "button", class: "jw-link" }, "Ask about Entropy");
  const flat = h("span", { class: "jw-flat", hidden: true }, advice, entropy);
  const el = h("div", { class: "jw-legend" }, scale, flat, chat, hidden);
  toggle.addEventListener("click", () => dispatch({ type: "toggle-template" }), { signal });
  entropy.addEventListener("click", () => wishes.scope("entropy"), { signal });

  return {
    el,
    update({ picture, question, tokens, pointed, degenerate, state, view }) {
      const drawn = picture !== null && question !== null;
      show(el, state !== "empty");
      show(scale, drawn && !degenerate);
      show(flat, degenerate || (!drawn && state !== "empty"));
      show(entropy, degenerate);
      text(
        advice,
        degenerate
          ? "Temperature says nothing about this model: its β does not depend on the text."
          : "No scores yet.",
      );
      const whole = drawn && !degenerate && tokens !== null;
      const share = whole && tokens.bos.length > 0;
      text(hidden, share && picture ? `BOS holds ${numbers.share(picture.bosShare)}, hidden` : "");
      const said = picture ? `Template tokens hold ${numbers.share(picture.templateShare)}` : "";
      text(template, view.hideTemplate ? `${said}, hidden` : said);
      text(toggle, view.hideTemplate ? "Show template" : "Hide template");
      show(chat, whole && tokens.roles !== null);
      show(hidden, share);
      if (!picture || !question) return;
      text(top, `${scoreText(picture, picture.order[0] ?? 0)} ${unit(question)}`);
      const score = pointed === null ? undefined : picture.scores[pointed];
      show(marker, score !== undefined && picture.max > 0);
      if (score !== undefined && picture.max > 0)
        marker.style.insetInlineStart = `${(100 * score) / picture.max}%`;
    },
  };
}
