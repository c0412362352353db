/** Reads a finished answer out, once. */
import { h, text } from "../dom";
import { pieceName, type Scene, scoreText } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { groupLabel, spoken, visible } from "../tokens";
import type { Context, View } from "./context";

const CALM_MS = 400;

function sentence(scene: Scene, label: (id: number) => string): string {
  const { picture, question, tokens, starts, degenerate, fresh } = scene;
  if (!fresh || !picture || !question || !tokens) return "";
  const { name, target } = SCOPE_WORDS[question.scope];
  let asked = name;
  if (target && question.target !== null) asked += `, target ${spoken(visible(label(question.target)))}`;
  if (question.scope === "contrast" && question.foil !== null)
    asked += ` rather than ${spoken(visible(label(question.foil)))}`;
  if (degenerate) return `${asked}: says nothing about this model.`;
  const first = picture.order[0];
  if (first === undefined) return `${asked}: no tokens to score.`;
  const strongest = spoken(groupLabel(tokens, starts, first));
  return `${asked}: strongest ${pieceName(scene.granularity)} ${strongest}, ${scoreText(picture, first)}.`;
}

export function createAnnouncer({ label, signal, scene: current }: Context): View {
  const el = h("div.jw-live", { "aria-live": "polite", role: "status" });
  let heard: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return {
    el,
    update(scene) {
      const { state, status } = scene;
      const words = () => (state === "error" ? status.message : sentence(current(), label));
      const next = words();
      if (next === heard) return;
      const first = heard === null;
      heard = next;
      clearTimeout(timer);
      // What is there when the page opens is found by reading, not announced.
      if (!first) timer = setTimeout(() => text(el, next), CALM_MS);
    },
  };
}
