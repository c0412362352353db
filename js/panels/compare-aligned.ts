/** Two texts token by token: what stands in the place of what, in one ink for both. */
import { level, paintLevels } from "../color";
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import { explainedBy, pieceName, type Scene, scoreText, unit } from "../scene";
import { isSigned, type Picture } from "../store";
import { groupEnd, groupLabel, groupPiece, spoken } from "../tokens";
import type { Basis, Tokens } from "../wire";
import { align, type Pair } from "./alignment";
import {
  type Comparison,
  createRanked,
  createSidesLegend,
  differenceLevels,
  hint,
  largest,
  type Ranked,
} from "./compare-difference";
import { createPairs } from "./compare-pairs";
import type { Pinned } from "./compare-pin";
import { rhoWords } from "./compare-scopes";
import { createStrip } from "./compare-strip";
import { MOST_READABLE } from "./compare-text";
import { bothWords, points, readoutOf, type Side, shareWords, sideWords, signedShare } from "./compare-words";
import { alikeness, spearman } from "./correlation";
import type { PanelContext } from "./panel";

const PER_ROW = 160;

interface Drawn {
  before: Picture;
  now: Picture;
  end: number; // of the present basis
  pairs: Pair[];
  itemOf: Int32Array; // pair of each group of the present text
  levels: Int8Array;
  rows: Ranked[];
  alike: string;
  scale: string;
}

/** What makes two pieces equal: pieces of a character have no text of their own, their labels tell them apart. */
function keysOf(tokens: Tokens, starts: readonly number[]): string[] {
  return starts.map((start, g) => {
    const labels = tokens.labels.slice(start, groupEnd(starts, g, tokens.ids.length));
    return `${groupPiece(tokens, starts, g)}\u0000${labels.join("")}`;
  });
}

/** What the two texts share, in words, and how alike they rank what is paired. */
function inCommon(pairs: readonly Pair[], piece: string, rho: number | null, scored: number): string {
  const same = pairs.filter((pair) => pair.same).length;
  const dropped = pairs.filter((pair) => pair.now === null).length;
  const added = pairs.filter((pair) => pair.before === null).length;
  const replaced = pairs.length - same - dropped - added;
  const counts = [
    `${numbers.count(same, piece)} in both texts`,
    replaced > 0 ? `${replaced.toLocaleString("en")} replaced` : "",
    dropped > 0 ? `${dropped.toLocaleString("en")} only in the pinned one` : "",
    added > 0 ? `${added.toLocaleString("en")} only in the one now` : "",
  ].filter((words) => words !== "");
  const alike =
    rho === null
      ? `Too few ${piece}s stand opposite each other to say how alike they are ranked.`
      : `The two rank the ${numbers.count(scored, `paired ${piece}`)} ${alikeness(rho)}: ${rhoWords(rho)}.`;
  const little = same < Math.min(pairs.length - added, pairs.length - dropped) / 3;
  return `${counts.join(", ")}. ${alike}${little ? " The texts have little in common." : ""}`;
}

export function createAligned(
  context: PanelContext,
): Comparison<Picture> & { fits(scene: Scene, pinned: Pinned): boolean } {
  const { dispatch, focus, keys, on, uid, scene: current } = context;
  let drawn: Drawn | null = null;
  let pinned: Pinned | null = null;
  let pairAt: number | null = null; // the pair under the pointer here, which may have no piece in the present text
  let summary = "";
  let aligned: { before: readonly number[]; now: readonly number[]; pairs: Pair[] } | null = null;
  const groupAt = (item: number) => drawn?.pairs[item]?.now ?? null;
  const handlers = {
    point(item: number | null) {
      if (pairAt === item) return;
      pairAt = item;
      dispatch({ type: "hover", group: item === null ? null : groupAt(item) });
      light(current());
    },
    choose(item: number) {
      const group = groupAt(item);
      if (group !== null) focus(group);
    },
    name(item: number) {
      const [labels, said] = pairWords(item);
      return `${labels.map(spoken).join(" becomes ")}, ${said}`;
    },
  };
  const list = createPairs(keys, on, handlers);
  const strip = createStrip(keys, on, `${uid}-aligned`, handlers);
  const legend = createSidesLegend();
  const scale = h("p", { class: "jw-quiet" });
  const readout = h("p", { class: "jw-readout" });
  const ranked = createRanked(context, `${uid}-aligned-differences`);
  const alike = h("p");
  const el = h(
    "div",
    { class: "jw-aligned" },
    scale,
    legend.el,
    list.el,
    strip.el,
    readout,
    ranked.el,
    alike,
  );

  const startsOf = (which: Pinned) => which.tokens.groups[current().granularity] ?? [];
  const labelBefore = (group: number) => (pinned ? groupLabel(pinned.tokens, startsOf(pinned), group) : "");
  const labelNow = (group: number) => {
    const { tokens, starts } = current();
    return tokens ? groupLabel(tokens, starts, group) : "";
  };

  const sideBefore = ({ before }: Drawn, { before: group }: Pair): Side | null =>
    pinned && group !== null
      ? { picture: before, group, start: startsOf(pinned)[group] ?? 0, end: pinned.basis.end }
      : null;
  const sideNow = ({ now, end }: Drawn, { now: group }: Pair): Side | null =>
    group === null ? null : { picture: now, group, start: current().starts[group] ?? 0, end };

  /** Label, then what is said of the pair. */
  function pairWords(item: number): [string[], string] {
    const pair = drawn?.pairs[item];
    if (!pair || !drawn) return [[], ""];
    const was = sideBefore(drawn, pair);
    const is = sideNow(drawn, pair);
    if (!was) return is ? [[labelNow(is.group)], `only in the text now, ${sideWords(is)}`] : [[], ""];
    if (!is) return [[labelBefore(was.group)], `only in the pinned text, ${sideWords(was)}`];
    const labels = pair.same ? [labelNow(is.group)] : [labelBefore(was.group), labelNow(is.group)];
    return [labels, bothWords(was, is)];
  }

  function compute(
    scene: Scene,
    { tokens, basis }: { tokens: Tokens; basis: Basis },
    kept: Pinned,
    before: Picture,
    now: Picture,
  ): Drawn {
    const { starts, question, explained } = scene;
    const theirs = startsOf(kept);
    const fresh = aligned?.now !== starts || aligned.before !== theirs;
    if (!aligned || fresh)
      aligned = {
        before: theirs,
        now: starts,
        pairs: align(keysOf(kept.tokens, theirs), keysOf(tokens, starts)),
      };
    const { pairs } = aligned;
    const differences = new Float64Array(pairs.length);
    const itemOf = new Int32Array(starts.length).fill(-1);
    const x: number[] = [];
    const y: number[] = [];
    for (const [i, pair] of pairs.entries()) {
      if (pair.now !== null) itemOf[pair.now] = i;
      const paired = pair.now !== null && pair.before !== null;
      if (paired && !(now.rank[pair.now ?? 0] && before.rank[pair.before ?? 0])) continue;
      differences[i] =
        (pair.now === null ? 0 : signedShare(now, pair.now)) -
        (pair.before === null ? 0 : signedShare(before, pair.before));
      if (pair.now === null || pair.before === null) continue;
      x.push(Math.abs(before.scores[pair.before] as number));
      y.push(Math.abs(now.scores[pair.now] as number));
    }
    const { levels, full } = differenceLevels(differences);
    const { end } = basis;
    const drawnNow: Drawn = { before, now, end, pairs, itemOf, levels, rows: [], alike: "", scale: "" };
    drawn = drawnNow;
    pinned = kept;
    drawnNow.rows = largest(differences).map((item) => {
      const pair = pairs[item] as Pair;
      const [labels] = pairWords(item);
      const was = pair.before === null ? "–" : shareWords(signedShare(before, pair.before));
      const is = pair.now === null ? "–" : shareWords(signedShare(now, pair.now));
      return {
        labels,
        detail: `${was} → ${is}`,
        value: points(differences[item] as number),
        group: pair.now,
      };
    });
    drawnNow.alike = inCommon(pairs, pieceName(scene.granularity), spearman(x, y), x.length);
    const inks = common(kept, scene, before, now);
    const strongest = inks.by === "score" && question ? (before.max > now.max ? before : now) : null;
    const most =
      strongest && question
        ? `${scene.wish.vmax === null ? scoreText(strongest, strongest.order[0] ?? 0) : numbers.score(inks.full, inks.full)} ${unit(question)}`
        : `${numbers.share(inks.full)} of the influence`;
    const readable = pairs.length <= MOST_READABLE;
    drawnNow.scale = readable
      ? `Upper line pinned, lower line now, in one ink: up to ${most}.`
      : "Too long to set one above the other: each cell is a pair, inked by its difference.";
    legend.draw(
      before.signed || now.signed
        ? { more: "higher now", less: "lower now" }
        : { more: "more now", less: "less now" },
      `${readable ? "bars up to" : "full ink:"} ${points(full).slice(1)} points of the influence`,
    );
    show(list.el, readable);
    show(strip.el, !readable);
    if (readable) {
      const theirPlace = explainedBy({ tokens: kept.tokens, starts: theirs }, kept.basis);
      if (fresh) list.build({ tokens: kept.tokens, starts: theirs }, { tokens, starts }, pairs);
      list.paint(
        { levels: inks.before, end: kept.basis.end, explained: theirPlace },
        { levels: inks.now, end: basis.end, explained },
        levels,
      );
    } else strip.draw(levels, PER_ROW);
    const words = `Pinned text and text now: ${numbers.count(pairs.length, "pair")}`;
    for (const part of [list.el, strip.el]) attr(part, "aria-label", words);
    return drawnNow;
  }

  /** One ink for both: by score where both are of one scope, by share of the influence otherwise. */
  function common(kept: Pinned, scene: Scene, before: Picture, now: Picture) {
    const asked = scene.question;
    const alikeUnits =
      asked !== null && asked.scope === kept.question.scope && isSigned(asked) === isSigned(kept.question);
    if (alikeUnits) {
      const ink = {
        scale: scene.wish.scale,
        vmax: scene.wish.vmax ?? Math.max(before.max, now.max),
        threshold: scene.wish.threshold,
      };
      const of = (picture: Picture) => {
        const levels = new Int8Array(picture.scores.length);
        paintLevels(picture, ink, levels);
        return levels;
      };
      return { by: "score" as const, full: ink.vmax, before: of(before), now: of(now) };
    }
    const full = Math.max(1e-9, ...[before, now].map((p) => p.shares[p.order[0] ?? 0] ?? 0));
    const of = (picture: Picture) =>
      Int8Array.from(picture.shares, (_, group) => {
        const share = signedShare(picture, group);
        return Math.sign(share) * level(Math.abs(share) / full);
      });
    return { by: "share" as const, full, before: of(before), now: of(now) };
  }

  function light(scene: Scene): void {
    if (!drawn) return;
    const { pointed } = scene;
    const item = pointed === null ? pairAt : (drawn.itemOf[pointed] ?? null);
    const at = item === null || item < 0 ? null : item;
    if (drawn.pairs.length <= MOST_READABLE) list.light(at);
    else strip.light(at);
    ranked.draw("Largest differences, in points of the influence", drawn.rows, pointed);
    readout.replaceChildren(...(at === null ? [hint()] : readoutOf(...pairWords(at))));
  }

  let drawnFor = "";
  return {
    el,
    fits: (scene, kept) =>
      scene.granularity !== "regex" || kept.tokens.pattern === (scene.tokens?.pattern ?? ""),
    update(scene, kept, before, now) {
      const { wish, explained, tokens, basis } = scene;
      if (!tokens || !basis) return "";
      const key = `${wish.scale} ${wish.vmax} ${wish.threshold} ${explained}`;
      if (drawn?.before !== before || drawn.now !== now || drawnFor !== key) {
        drawnFor = key;
        pairAt = null;
        const found = compute(scene, { tokens, basis }, kept, before, now);
        text(alike, found.alike);
        text(scale, found.scale);
        const first = found.rows[0];
        summary = first
          ? `Pinned text and text now: largest difference at ${first.labels.map(spoken).join(" becoming ")}, ${first.value} points. ${found.alike}`
          : `Pinned text and text now: no difference. ${found.alike}`;
      }
      light(scene);
      return summary;
    },
  };
}
