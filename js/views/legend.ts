/** What the ink means: the colour bar with its numbers, the threshold on it, and what is hidden. */
import { scoreAt, shareAt, ticks, top, weight } from "../color";
import { attr, boxOf, h, show, text } from "../dom";
import { plain } from "../keys";
import * as numbers from "../numbers";
import { pieceName, type Scene, scoreText, unit } from "../scene";
import type { Picture } from "../store";
import type { Hideable, Wish } from "../wire";
import type { Context, View } from "./context";

const MOST_TICKS = 5;

/** A score as the chosen scale counts: in its unit, or as a share. */
function amount(score: number, picture: Picture, wish: Wish): string {
  if (wish.scale === "share") return numbers.share(shareAt(score, picture));
  const max = top(picture, wish);
  return picture.signed ? numbers.signed(score, max) : numbers.score(score, max);
}

/** How many pieces keep their colour. */
function coloured(picture: Picture, wish: Wish): number {
  const { order, scores, scored } = picture;
  let n = 0;
  while (n < scored && weight(scores[order[n] as number] as number, picture, wish) >= wish.threshold) n++;
  return n;
}

export function createLegend({ root, wishes, scene, keys, on }: Context): View {
  const marker = h("i.jw-marker", { hidden: true });
  const below = h("i.jw-below", { hidden: true });
  const ramp = h("span.jw-ramp", { "aria-hidden": true }, below, marker);
  const handle = h("span.jw-threshold", {
    role: "slider",
    tabindex: 0,
    "aria-label": "Threshold",
    title: "Weaker tokens get no colour. Drag it, or use the arrow keys.",
  });
  const marks = Array.from({ length: MOST_TICKS }, () => h("span.jw-tick jw-number"));
  const bar = h("span.jw-colours", { dir: "ltr" }, ramp, ...marks, handle);
  const measure = h("span.jw-unit");
  const fixed = h("span");
  const fix = h("button.jw-link", {
    "data-tip": "Full ink is then the same score in every picture.",
  });
  const kept = h("span");
  const every = h("button.jw-link", "Colour all");
  const above = h("span.jw-kept", { hidden: true }, kept, every);
  const hidden = h("span.jw-hidden", {
    "data-tip": "BOS, put before the text, has no colour, but its share counts in the total.",
  });
  const template = h("span", {
    "data-tip": "What the chat template wrote. Hidden or not, its share counts in the total.",
  });
  const toggle = h("button.jw-link");
  const chat = h("span.jw-chat", { hidden: true }, template, toggle);
  const delimiters = h("span");
  const scale = h("span.jw-scale", bar, measure, fixed, fix);
  const advice = h("span.jw-advice");
  const entropy = h("button.jw-link", "Ask about Entropy");
  const flat = h("span.jw-flat", { hidden: true }, advice, entropy);
  const notes = h("span.jw-notes", above, chat, delimiters, hidden);
  const el = h("div.jw-legend", scale, flat, notes);
  let dragged = false;

  on(entropy, "click", () => wishes.scope("entropy"));
  on(toggle, "click", () => wishes.draw({ hide: toggled(scene().wish.hide, "template") }));
  on(every, "click", () => {
    wishes.draw({ threshold: 0 });
    handle.focus();
  });
  on(fix, "click", () => {
    const { wish, picture } = scene();
    wishes.draw({ vmax: wish.vmax === null ? (picture?.max ?? null) : null });
  });

  const within = (x: number) => Math.round(100 * Math.max(0, Math.min(0.99, x))) / 100;
  function drag(event: PointerEvent): void {
    const { left, width } = boxOf(ramp);
    const at = (event.clientX - left) / width;
    const place = scene().picture?.signed ? Math.abs(2 * at - 1) : at;
    wishes.draw({ threshold: within(place) }, false);
  }
  on(bar, "pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = true;
    bar.setPointerCapture?.(event.pointerId);
    handle.focus();
    event.preventDefault();
    drag(event);
  });
  on(bar, "pointermove", (event) => dragged && drag(event));
  const drop = () => {
    if (dragged) wishes.draw({ threshold: scene().wish.threshold });
    dragged = false;
  };
  on(bar, "pointerup", drop);
  on(bar, "pointercancel", drop);
  keys.on(handle, (event) => {
    if (!plain(event)) return false;
    const { threshold } = scene().wish;
    const step = {
      ArrowRight: 0.01,
      ArrowUp: 0.01,
      ArrowLeft: -0.01,
      ArrowDown: -0.01,
      PageUp: 0.1,
      PageDown: -0.1,
      Home: -1,
      End: 1,
    }[event.key];
    if (step === undefined) return false;
    wishes.draw({ threshold: within(threshold + step) });
    return true;
  });

  function measured(picture: Picture, { wish, question, granularity, pointed }: Scene): void {
    const said = wish.scale === "share" ? "of the whole" : question ? unit(question) : "";
    text(measure, picture.signed ? `${said}, gradient × input` : said);
    const places = ticks(picture, wish);
    const clipped = wish.vmax !== null && wish.scale !== "rank" && picture.max > wish.vmax;
    for (const [i, mark] of marks.entries()) {
      const tick = places[i];
      show(mark, tick !== undefined);
      if (!tick) continue;
      const last = i === places.length - 1;
      const whole = last && wish.scale !== "share" && tick.score === picture.max && !picture.signed;
      const label = whole ? scoreText(picture, picture.order[0] ?? 0) : amount(tick.score, picture, wish);
      text(mark, last && clipped ? `≥ ${label}` : label);
      mark.style.setProperty("--jw-at", String(tick.at));
    }
    const { threshold } = wish;
    const least = scoreAt(threshold, picture, wish);
    const start = picture.signed ? (1 + threshold) / 2 : threshold;
    handle.style.left = `${100 * start}%`;
    below.style.left = picture.signed ? `${100 * (1 - start)}%` : "0";
    below.style.right = `${100 * (1 - start)}%`;
    show(below, threshold > 0);
    const from = `${amount(least, picture, wish).replace(/^\+/, "")} ${said}`;
    const count = threshold > 0 ? coloured(picture, wish) : picture.scored;
    const left = `${numbers.grouped(count)} of ${numbers.count(picture.scored, pieceName(granularity))}`;
    attr(handle, "aria-valuenow", Math.round(100 * threshold));
    attr(handle, "aria-valuetext", threshold > 0 ? `from ${from}, ${left} coloured` : "all are coloured");
    text(kept, threshold > 0 ? `${left} coloured` : "");
    const score = pointed !== null && picture.rank[pointed] ? picture.scores[pointed] : undefined;
    show(marker, score !== undefined);
    if (score === undefined) return;
    const place = weight(score, picture, wish);
    marker.style.left = `${100 * (picture.signed ? (1 + (score < 0 ? -place : place)) / 2 : place)}%`;
  }

  return {
    el,
    update(now) {
      const { picture, question, tokens, degenerate, state, wish } = now;
      const drawn = picture !== null && question !== null;
      attr(root, "data-palette", wish.palette);
      attr(root, "data-bars", wish.bars ? null : "off");
      attr(el, "data-signed", picture?.signed ? "" : null);
      show(el, state !== "empty");
      show(scale, drawn && !degenerate && picture.max > 0);
      show(flat, degenerate || !picture?.max);
      show(entropy, degenerate);
      text(
        advice,
        degenerate
          ? "Temperature says nothing about this model: its β does not depend on the text."
          : drawn
            ? "All scores are zero."
            : "No scores yet.",
      );
      const whole = drawn && !degenerate && tokens !== null;
      const holds = (what: string, share: number) =>
        `${what} hold${what === "BOS" ? "s" : ""} ${numbers.share(share)}`;
      const without = wish.hide.includes("template");
      show(hidden, whole && tokens.bos.length > 0);
      show(chat, whole && tokens.roles !== null);
      show(delimiters, whole && wish.hide.includes("delimiters"));
      show(above, whole && wish.threshold > 0);
      const { vmax } = wish;
      show(fix, wish.scale !== "rank");
      show(fixed, vmax !== null && wish.scale !== "rank");
      text(fixed, vmax === null ? "" : `fixed at ${numbers.score(vmax, vmax)}`);
      text(fix, vmax === null ? "Fix this scale" : "Let it adapt");
      if (!picture || !question) return;
      text(hidden, picture.signed ? "BOS is left out" : `${holds("BOS", picture.bosShare)}, hidden`);
      text(template, holds("Template tokens", picture.templateShare) + (without ? ", hidden" : ""));
      text(toggle, without ? "Show template" : "Hide template");
      text(delimiters, `${holds("Delimiters", picture.delimiterShare)}, hidden`);
      measured(picture, now);
    },
  };
}

export function toggled(hide: readonly Hideable[], name: Hideable): Hideable[] {
  return hide.includes(name) ? hide.filter((other) => other !== name) : [...hide, name];
}
