/** What is on screen, as plain data for everything that is saved. Mirror of `picture_of` in `picture.py`. */
import { top, weight } from "../color";
import { type Scene, unit } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { groupEnd, groupPiece } from "../tokens";
import type { Scope } from "../wire";
import { asShown } from "./shown";
import type { Written } from "./written";

const QUESTIONS: Record<Scope, (target: string, foil: string) => string> = {
  semantic: (target) => `What moved the logit of ${target}?`,
  log_probability: (target) => `What moved the probability of ${target}?`,
  contrast: (target, foil) => `Why ${target} rather than ${foil}?`,
  fisher: () => "What moved the whole prediction?",
  temperature: () => "What moved the model’s confidence?",
  entropy: () => "What moved its uncertainty?",
};

/** The picture shown, which may be one that answers an older wish; null where there is none. */
export function writtenPicture(scene: Scene, label: (id: number) => string): Written | null {
  const { tokens, picture, question, starts, granularity, basis, wish, explained } = asShown(scene);
  if (!tokens || !picture || !question || !basis) return null;
  const { scale, threshold, hide } = wish;
  const { scope, target, foil, rank } = question;
  const name = (id: number | null) => (id === null ? "" : label(id));
  const seen = picture.order.reduce((sum, g) => sum + (picture.shares[g] ?? 0), 0);
  return {
    question: QUESTIONS[scope](name(target), name(foil)),
    scope,
    title: SCOPE_WORDS[scope].name,
    unit: unit(question),
    model: basis.model,
    position: basis.position,
    explained,
    granularity,
    rank: scope === "fisher" ? rank : null,
    signed: picture.signed,
    scale,
    top: top(picture, wish),
    bos_share: tokens.bos.length > 0 && !picture.signed ? picture.bosShare : null,
    hidden_share:
      hide.length === 0
        ? null
        : picture.signed
          ? (hide.includes("template") ? picture.templateShare : 0) +
            (hide.includes("delimiters") ? picture.delimiterShare : 0)
          : Math.max(0, 1 - picture.bosShare - seen),
    pieces: starts.map((start, g) => {
      const scored = (picture.rank[g] ?? 0) > 0;
      const score = picture.scores[g] ?? 0;
      const place = scored ? weight(score, picture, wish) : 0;
      const stop = groupEnd(starts, g, tokens.ids.length);
      return {
        text: groupPiece(tokens, starts, g),
        label: tokens.labels.slice(start, stop).join(""),
        start,
        stop,
        score: scored ? score : null,
        error: scored ? (picture.errors?.[g] ?? 0) : 0,
        share: scored ? (picture.shares[g] ?? 0) : 0,
        weight: place >= threshold ? place : 0,
      };
    }),
  };
}
