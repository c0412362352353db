/** The question in words; its blanks are the controls. */
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import { SCOPE_WORDS } from "../scopes";
import type { Scope } from "../wire";
import type { Context, View } from "./context";
import { createPicker, type Picker } from "./picker";

/** Before the target, after it, and between it and the foil. */
const WORDS: Record<Scope, [lead: string, tail?: string, between?: string]> = {
  semantic: ["What moved the logit of"],
  contrast: ["Why", "?", "rather than"],
  log_probability: ["What moved the probability of", "?"],
  fisher: ["What moved the whole prediction?"],
  temperature: ["What moved the model’s confidence?"],
  entropy: ["What moved its uncertainty?"],
};

const CAVEAT =
  "Depends on how the model is written down: fold its final norm’s gain into the unembedding and it vanishes. Entropy does not.";

export interface Question extends View {
  target: Picker;
  foil: Picker;
}

export function createQuestion(context: Context): Question {
  const { wishes, on } = context;
  const target = createPicker(context, "target");
  const foil = createPicker(context, "foil");
  const lead = h("span");
  const between = h("span");
  const tail = h("span");
  const rank = h("select.jw-chip jw-rank", { "aria-label": "Directions of the Fisher metric" });
  const note = h("span.jw-quiet");
  const caveat = h("button.jw-info", { "aria-label": `Caveat. ${CAVEAT}`, "data-tip": CAVEAT }, "i");
  const line = h(
    "div.jw-ask",
    lead,
    target.chip,
    target.panel,
    between,
    foil.chip,
    foil.panel,
    tail,
    rank,
    note,
    caveat,
  );
  let ranks = "";

  on(rank, "change", () => wishes.rank(rank.value === "" ? null : Number(rank.value)));

  return {
    el: line,
    target,
    foil,
    update(scene) {
      const { wish, basis } = scene;
      const words = WORDS[wish.scope];
      for (const [i, part] of [lead, tail, between].entries()) {
        text(part, words[i] ?? "");
        show(part, words[i] !== undefined);
      }
      const fisher = basis?.fisher ?? null;
      attr(line, "data-scope", wish.scope);
      show(target.chip, SCOPE_WORDS[wish.scope].target);
      show(foil.chip, wish.scope === "contrast" || wish.scope === "semantic");
      show(caveat, wish.scope === "temperature");
      const ranked = wish.scope === "fisher" && fisher !== null && fisher.rank > 0;
      show(rank, ranked);
      show(note, ranked);
      if (fisher && ranked) {
        const wanted = `${fisher.rank} of ${fisher.dimension}`;
        if (wanted !== ranks) {
          ranks = wanted;
          const option = (k: number) =>
            h("option", { value: k }, k === 1 ? "the top direction" : `the top ${k} directions`);
          rank.replaceChildren(
            h("option", { value: "" }, "all directions"),
            ...Array.from({ length: fisher.rank }, (_, i) => option(i + 1)),
          );
        }
        const shown = wish.rank === null ? null : Math.min(wish.rank, fisher.rank);
        rank.value = shown === null ? "" : String(shown);
        const estimated =
          fisher.exact || fisher.directions === 0
            ? `${fisher.dimension} in all, ${fisher.exact ? "exact" : "estimated"}`
            : `${fisher.dimension} in all, estimated from ${fisher.directions} within ${numbers.share(fisher.rtol)}`;
        text(
          note,
          shown === null
            ? estimated
            : `rank ${shown} of ${fisher.dimension}, captures ${numbers.share(fisher.captured[shown - 1] ?? 0)}`,
        );
      }
      target.update(scene);
      foil.update(scene);
    },
  };
}
