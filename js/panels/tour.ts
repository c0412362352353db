/** "What am I looking at?": a walk through the parts of the view, with the numbers of the user's own text. */
import { scoreAt } from "../color";
import { activeElement, h, show, text } from "../dom";
import { plain } from "../keys";
import * as numbers from "../numbers";
import { describe, pieceName, type Scene, unit } from "../scene";
import type { Question } from "../store";
import { groupLabel, visible } from "../tokens";
import type { PanelContext } from "./panel";

const GAP = 10;
const MARGIN = 3;

export interface Step {
  title: string;
  words: string;
  part: HTMLElement | null;
}

/** A token in quotes; its spaces are shown as they are, and it cannot reorder what stands around it. */
const quoted = (label: string) => `‘\u2068${label.replace(/␣/g, " ")}\u2069’`;

function asked({ scope, target, foil }: Question, label: (id: number) => string): string {
  const named = (id: number | null) => (id === null ? "the target" : quoted(visible(label(id))));
  switch (scope) {
    case "semantic":
      return `the logit of ${named(target)}`;
    case "log_probability":
      return `the log-probability of ${named(target)}`;
    case "contrast":
      return `the choice of ${named(target)} rather than ${named(foil)}`;
    case "fisher":
      return "the whole prediction";
    case "temperature":
      return "the model’s confidence";
    case "entropy":
      return "the model’s uncertainty";
  }
}

/** What there is to show of this scene; a part that is not on screen is left out. */
function stepsOf(scene: Scene, root: HTMLElement, label: (id: number) => string): Step[] {
  const { picture, question, tokens, starts, explained, basis } = scene;
  if (!picture || !question || !tokens || !basis) return [];
  const find = (selector: string) => root.querySelector<HTMLElement>(selector);
  const what = asked(question, label);
  const top = picture.order[0];
  const strongest = top === undefined ? null : describe(scene, top);
  const piece = pieceName(scene.granularity);
  const here =
    explained === null ? "the token that would come next" : quoted(groupLabel(tokens, starts, explained));
  const likeliest = basis.predictions[0];
  const share =
    picture.bosShare > 0
      ? ` BOS, which stands before the text, holds ${numbers.share(picture.bosShare)}.`
      : "";
  const after = explained === null ? "" : " Tokens after the ring cannot have moved it, so they are dimmed.";
  const click =
    scene.state === "no-kernel"
      ? ""
      : " Click any other token, or use the arrow keys and Enter, to explain that one instead.";
  const least =
    scene.wish.scale === "rank"
      ? `From the least ink at ${numbers.score(scoreAt(0, picture, scene.wish), picture.max)}`
      : "From no ink at 0";
  const steps: Step[] = [
    {
      title: "The question",
      words: `You are asking what moved ${what}. The scopes above change the question, and its framed words are buttons.`,
      part: find(".jw-ask"),
    },
    {
      title: "The explained token",
      words: `The ring marks what is explained: ${here}.${click}`,
      part: find(".jw-text .jw-ring, .jw-text .is-explained"),
    },
    {
      title: "The answer, in the text",
      words:
        strongest && picture.max > 0
          ? `${quoted(strongest.label)} moves ${what} most: ${strongest.score} ${unit(question)}, ${strongest.share}. The deeper the colour and the taller the underline, the more a ${piece} moved it.${after}`
          : `Here no ${piece} has any influence.`,
      part: top === undefined ? null : find(`.jw-text [data-start="${starts[top]}"]`),
    },
    {
      title: "The colour bar",
      words: `${least} to full ink at the strongest ${piece}. Its unit is that of the scope: ${unit(question)}.${share}`,
      part: find(".jw-scale"),
    },
    {
      title: "What the model expects",
      words: likeliest
        ? `At this place ${quoted(visible(likeliest.label))} is likeliest, with ${numbers.probability(likeliest.p)}. Click a row to ask about that token, or “vs” to ask why not that one.`
        : "Here stand the tokens that the model expects at this place.",
      part: find(".jw-predictions"),
    },
    {
      title: `The strongest ${piece}s`,
      words: `The same scores as a list, the strongest of ${picture.scored.toLocaleString("en")} first. Point at one to find it in the text.`,
      part: find(".jw-strongest"),
    },
    {
      title: "Tokens, words, lines",
      words: `Here you choose what is coloured as one. The influence of a word, a number or a line is the joint one of its tokens, computed exactly and not as a mean.`,
      part: find("[aria-controls$='-tokens']"),
    },
    {
      title: "Everything else",
      words:
        "Behind these words: pictures side by side, the map of the whole text, a series of numbers as a plot, examples, and ways to save what you see.",
      part: [find(".jw-views"), find("[aria-controls$='-view']")].find(isShown) ?? null,
    },
  ];
  return steps.filter(({ part }) => isShown(part));
}

/** The first line of the part; a piece of the text goes on in the spans that are told by its first. */
function boxOf(part: HTMLElement): DOMRect {
  const [line, ...more] = part.getClientRects();
  if (!line || (more.length === 0 && part.closest(".jw-text") === null)) return part.getBoundingClientRect();
  let { left, right } = line;
  for (let after = part.nextElementSibling; after?.ariaHidden === "true"; after = after.nextElementSibling) {
    const [beside] = after.getClientRects();
    if (!beside || Math.abs(beside.top - line.top) > line.height / 2) break;
    left = Math.min(left, beside.left);
    right = Math.max(right, beside.right);
  }
  return new DOMRect(left, line.top, right - left, line.height);
}

function isShown(part: HTMLElement | null): boolean {
  return part !== null && part.getClientRects().length > 0;
}

export interface Tour {
  start(): void;
  update(scene: Scene): void;
}

export function createTour(context: PanelContext, ended: () => void): Tour {
  const { root, keys, label, on, signal, uid, scene: current } = context;
  const count = h("span", { class: "jw-tour-count jw-quiet" });
  const title = h("b", { id: `${uid}-tour-title` });
  const words = h("p", { id: `${uid}-tour-words` });
  const back = h("button.jw-tool", "Back");
  const next = h("button.jw-primary", "Next");
  const close = h("button.jw-tool", "End");
  const bubble = h(
    "div",
    {
      class: "jw-tour",
      role: "dialog",
      "aria-labelledby": `${uid}-tour-title`,
      "aria-describedby": `${uid}-tour-words`,
      hidden: true,
    },
    title,
    words,
    h("div", { class: "jw-row" }, count, close, back, next),
  );
  const ring = h("div", { class: "jw-tour-ring", "aria-hidden": "true", hidden: true });
  let steps: Step[] = [];
  let at: number | null = null;
  let watched: AbortController | null = null;

  /** Rings the part where it stands now, and puts the words where there is room. */
  function place(): void {
    const part = at === null ? null : steps[at]?.part;
    if (!part?.isConnected) return;
    const outer = root.getBoundingClientRect();
    const text = root.querySelector(".jw-text")?.getBoundingClientRect();
    const box = boxOf(part);
    const inText = text !== undefined && part.closest(".jw-text") !== null;
    const seen = !inText || (box.bottom > text.top && box.top < text.bottom);
    show(ring, seen);
    ring.style.left = `${box.left - outer.left - MARGIN}px`;
    ring.style.top = `${box.top - outer.top - MARGIN}px`;
    ring.style.width = `${box.width + 2 * MARGIN}px`;
    ring.style.height = `${box.height + 2 * MARGIN}px`;
    const room = Math.max(6, outer.width - bubble.offsetWidth - 6);
    bubble.style.left = `${Math.min(room, Math.max(6, box.left - outer.left))}px`;
    const below = box.bottom - outer.top + GAP;
    const above = box.top - outer.top - bubble.offsetHeight - GAP;
    const fits = below + bubble.offsetHeight <= outer.height;
    bubble.style.top = `${fits || above < 0 ? below : above}px`;
  }

  function write(): void {
    if (at === null) return;
    const step = steps[at];
    if (!step) return;
    text(title, step.title);
    text(words, step.words);
    text(count, `${at + 1} of ${steps.length}`);
    back.disabled = at === 0;
    text(next, at === steps.length - 1 ? "Done" : "Next");
    place();
  }

  function go(index: number): void {
    if (index >= steps.length) {
      end();
      return;
    }
    at = Math.max(0, index);
    write();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const part of [steps[at]?.part, bubble])
      part?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    if (back.disabled && activeElement(bubble) === back) next.focus({ preventScroll: true });
  }

  function start(): void {
    steps = stepsOf(current(), root, label);
    if (steps.length === 0) return;
    root.append(ring, bubble);
    show(ring, true);
    show(bubble, true);
    watched?.abort();
    watched = new AbortController();
    const still = AbortSignal.any([signal, watched.signal]);
    root.addEventListener("scroll", place, { signal: still, capture: true, passive: true });
    const sizes = new ResizeObserver(place);
    sizes.observe(root);
    still.addEventListener("abort", () => sizes.disconnect());
    go(0);
    next.focus({ preventScroll: true });
  }

  function end(): void {
    at = null;
    watched?.abort();
    ring.remove();
    bubble.remove();
    ended();
  }

  on(next, "click", () => go((at ?? 0) + 1));
  on(back, "click", () => go((at ?? 0) - 1));
  on(close, "click", end);
  keys.on(bubble, (event) => {
    if (!plain(event)) return false;
    if (event.key === "Escape") end();
    else if (event.key === "ArrowRight") go((at ?? 0) + 1);
    else if (event.key === "ArrowLeft") go((at ?? 0) - 1);
    else return false;
    return true;
  });
  signal.addEventListener("abort", () => {
    ring.remove();
    bubble.remove();
  });

  return {
    start,
    update(scene) {
      if (at === null) return;
      const found = stepsOf(scene, root, label);
      if (found.length === 0) return;
      const here = steps[at]?.title;
      steps = found;
      const same = found.findIndex((step) => step.title === here);
      at = same >= 0 ? same : Math.min(at, found.length - 1);
      write();
    },
  };
}
