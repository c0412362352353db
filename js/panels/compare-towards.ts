/** Target and foil as a contrast with its sign: which of the two each piece speaks for. */
import { type Ink, paintLevels } from "../color";
import { attr, h, show } from "../dom";
import * as numbers from "../numbers";
import { explainedBy, pieceName, type Scene } from "../scene";
import type { Picture } from "../store";
import { groupLabel, visible } from "../tokens";
import { createRanked, createSidesLegend, hint, LISTED, type Ranked } from "./compare-difference";
import { beyond, type Part } from "./compare-scopes";
import { createSmallText } from "./compare-text";
import { nodes, readoutOf } from "./compare-words";
import type { PanelContext } from "./panel";

const PER_ROW = 160;

export function createTowards(context: PanelContext): Part {
  const { uid, label } = context;
  const heading = h("div", { class: "jw-heading jw-part", id: `${uid}-towards` });
  const explained = h(
    "p",
    { class: "jw-quiet" },
    "Gradient × input of the difference of the two logits: what each token adds to it, to first order.",
  );
  const legend = createSidesLegend();
  const small = createSmallText(context, `${uid}-towards-text`, "Towards", PER_ROW);
  const readout = h("p", { class: "jw-readout" });
  const forTarget = createRanked(context, `${uid}-for-target`);
  const forFoil = createRanked(context, `${uid}-for-foil`);
  const el = h(
    "section",
    { "aria-labelledby": heading.id },
    heading,
    explained,
    legend.el,
    small.el,
    readout,
    h("div", { class: "jw-both" }, forTarget.el, forFoil.el),
  );
  let drawn: Picture | null = null;
  let key = "";
  let levels = new Int8Array();
  let towards: [Ranked[], Ranked[]] = [[], []];

  return {
    el,
    update(scene: Scene) {
      const { tokens, starts, basis, question, wish, pointed } = scene;
      const target = question?.target ?? scene.target;
      const foil = question?.foil ?? scene.foil;
      const picture =
        tokens && basis && target !== null && foil !== null && target !== foil
          ? context.picture(basis, tokens, { scope: "contrast", target, foil, rank: null, signed: true })
          : null;
      show(el, picture !== null && scene.drawable);
      if (!picture || !tokens || !basis || target === null || foil === null) return "";
      const [a, b] = [visible(label(target)), visible(label(foil))];
      const ink: Ink = { scale: wish.scale, vmax: null, threshold: wish.threshold };
      const asked = `${a} ${b} ${ink.scale} ${ink.threshold}`;
      const score = (group: number) => picture.scores[group] as number;
      if (drawn !== picture || key !== asked) {
        drawn = picture;
        key = asked;
        levels = new Int8Array(starts.length);
        paintLevels(picture, ink, levels);
        const side = (sign: 1 | -1) =>
          [...picture.order]
            .filter((group) => sign * score(group) > 0)
            .slice(0, LISTED / 2)
            .map((group) => ({
              labels: [groupLabel(tokens, starts, group)],
              detail: "",
              value: numbers.score(Math.abs(score(group)), picture.max),
              group,
            }));
        towards = [side(1), side(-1)];
        heading.replaceChildren(...nodes(["Towards ", { token: a }, " or towards ", { token: b }]));
        legend.draw(
          { more: `towards ${a}`, less: `towards ${b}` },
          `full ink: ${numbers.score(picture.max, picture.max)} logits`,
        );
      }
      const says = (group: number) => {
        const start = starts[group] as number;
        if (start >= basis.end) return beyond(start, basis.end);
        if ((picture.rank[group] ?? 0) === 0) return "hidden";
        if (score(group) === 0) return "towards neither";
        return `${numbers.score(Math.abs(score(group)), picture.max)} towards ${score(group) > 0 ? a : b}`;
      };
      small.name(
        `Towards ${a} or ${b}: ${starts.length.toLocaleString("en")} ${pieceName(scene.granularity)}s`,
      );
      const ring = explainedBy(scene, basis);
      small.draw({ tokens, starts, levels, end: basis.end, explained: ring, pointed, says });
      forTarget.draw(`Most towards ${a}`, towards[0], pointed);
      forFoil.draw(`Most towards ${b}`, towards[1], pointed);
      readout.replaceChildren(
        ...(pointed === null || pointed >= starts.length
          ? [hint()]
          : readoutOf([groupLabel(tokens, starts, pointed)], says(pointed))),
      );
      el.classList.toggle("is-stale", !scene.fresh);
      attr(el, "aria-busy", scene.fresh ? null : "true");
      return "";
    },
  };
}
