/** The bar of guess mode: what to do, how many are marked, and after the reveal how many of them were right. */
import { AS_TYPED, attr, h, show, text } from "../dom";
import type { Scene } from "../scene";
import { decodeIndices, type Tokens } from "../wire";
import {
  type Answer,
  answerOf,
  chosen,
  decodeLeftOut,
  type LeftOut,
  markable,
  strongestOf,
  tokensOf,
} from "./guess-data";
import { countWords, fileOf, frames, instruction, type Part, verdicts } from "./guess-words";
import type { CreateGuess } from "./panel";
import * as take from "./take";

const PATIENCE_MS = 4000;

interface Found {
  of: unknown[];
  leftOut: LeftOut;
  answer: Answer | null;
}

export const createGuess: CreateGuess = (context) => {
  const { on, uid, get, wish, root, label, signal } = context;
  const ask = h("p.jw-guess-ask", { id: `${uid}-guess` });
  const count = h("span.jw-quiet", { role: "status" });
  const reveal = h("button.jw-primary", "Reveal");
  const clear = h("button.jw-link", "Clear");
  const said = h("div.jw-guess-said", { role: "status", tabindex: -1 });
  const key = h("p.jw-quiet");
  const again = h("button.jw-chip");
  const stop = h("button.jw-link jw-guess-stop", "Stop guessing");
  const name = h("input.jw-field", { ...AS_TYPED, id: `${uid}-name`, autocomplete: "name", maxlength: 80 });
  const save = h("button.jw-chip", "Save my answers");
  const copy = h("button.jw-chip", "Copy my answers");
  const done = h("span.jw-quiet", { role: "status" });
  const content = h("textarea.jw-preview", {
    readonly: true,
    rows: 4,
    "aria-label": "Answers",
    hidden: true,
  });
  const keep = h(
    "div.jw-row jw-guess-keep",
    h("label.jw-row", { for: name.id }, "Your name", name),
    save,
    copy,
    done,
  );
  const el = h(
    "div.jw-guess-bar",
    { role: "group", "aria-label": "Guess" },
    ask,
    said,
    key,
    h("div.jw-row", reveal, again, count, clear, stop),
    keep,
    content,
  );

  let question: string | null = null; // that the marks are about
  let silent = false; // Python did not answer the last reveal
  let mine: unknown = null; // answers that were written in its place
  let left: unknown = null; // marks about the question before
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  let asked = "";
  let last: Found | null = null;
  let painted: { tokens: Tokens | null; starts: readonly number[]; marks: string } | null = null;

  const marks = () => decodeIndices(get("marked"));
  const given = (): unknown[] => {
    const answers = get("answers");
    return Array.isArray(answers) ? answers : [];
  };
  const textEl = () => root.querySelector<HTMLElement>(".jw-place .jw-text");
  const toText = () => textEl()?.querySelector<HTMLElement>("[tabindex='0']")?.focus();

  on(reveal, "click", () => {
    const scene = context.scene();
    const own = answerOf(scene, marks(), decodeLeftOut(get("left_out"), scene).kl, given());
    const before = get("answers");
    const answers = [...given(), ...(own ? [own] : [])];
    silent = false;
    clearTimeout(timer);
    if (scene.state === "no-kernel") wish({ guess: "revealed", answers });
    else {
      // Python answers itself; a kernel that is gone does not say so.
      wish({ guess: "revealed" });
      timer = setTimeout(() => {
        if (!own || get("answers") !== before || get("guess") !== "revealed") return;
        silent = true;
        mine = answers;
        wish({ answers });
        update(context.scene());
      }, PATIENCE_MS);
    }
    update(context.scene());
    said.focus();
  });
  on(again, "click", () => {
    context.wishes.guess(true);
    update(context.scene());
    toText();
  });
  on(clear, "click", () => {
    wish({ marked: [] });
    toText();
  });
  on(stop, "click", () => {
    context.wishes.guess(false);
    const opener = root.querySelector<HTMLElement>(".jw-guess-button");
    (opener?.offsetParent ? opener : root.querySelector<HTMLElement>(".jw-view-button"))?.focus();
  });

  function written(): string {
    const student = name.value.trim();
    const answers = given().map((one) => (student ? { student, ...(one as object) } : one));
    return `${JSON.stringify(answers, null, 1)}\n`;
  }
  on(save, "click", () => {
    const file = fileOf(name.value);
    take.download(new Blob([written()], { type: "application/json;charset=utf-8" }), file);
    show(content, false);
    text(done, `Saving ${file}.`);
  });
  on(copy, "click", async () => text(done, await take.copy(written(), content, "Copied.")));

  function mark(group: number): void {
    const scene = context.scene();
    if (!scene.hidden || !markable(scene, group)) return;
    const own = tokensOf(scene, group);
    const before = marks();
    const marked = before.some((t) => own.includes(t))
      ? before.filter((t) => !own.includes(t))
      : [...before, ...own].sort((a, b) => a - b);
    wish({ marked });
  }

  /** Frames around what is marked: attributes, which the text's own drawing leaves alone. */
  function paint(scene: Scene, groups: readonly number[]): void {
    const { tokens, starts, hidden } = scene;
    const strongest = strongestOf(scene, groups.length);
    const how = (g: number) => (hidden ? "" : strongest.has(g) ? "hit" : "miss");
    const now = { tokens, starts, marks: JSON.stringify(groups.map((g) => [g, how(g)])) };
    if (painted?.tokens === tokens && painted.starts === starts && painted.marks === now.marks) return;
    painted = now;
    const area = textEl();
    for (const span of area?.querySelectorAll("[data-marked], [aria-description]") ?? []) {
      for (const name of ["data-marked", "data-edge", "aria-description"]) attr(span, name, null);
      const inner = span.querySelector(".jw-mark");
      inner?.replaceWith(inner.textContent ?? "");
    }
    for (const g of groups) {
      const spans = tokensOf(scene, g)
        .map((t) => area?.querySelector(`[data-start="${t}"]`))
        .filter((span) => !!span); // of a very long text, where a span holds more than a token
      // A space that is a token of its own may hang at the end of the line before.
      const first = Math.max(
        0,
        spans.findIndex((span) => span.textContent?.trim()),
      );
      for (const span of spans.slice(first)) {
        attr(span, "data-marked", how(g));
        frame(span);
      }
      const leftwards = spans.length > 1 && spans.at(-1)?.classList.contains("is-left");
      if (first > 0) attr(spans[first] as Element, "data-edge", leftwards ? "right" : "left");
      const words = how(g) === "hit" ? "marked, among the strongest" : "marked";
      if (spans[0]) attr(spans[0], "aria-description", words);
    }
  }

  /** Leaves the leading space outside. */
  function frame(span: Element): void {
    const whole = span.textContent ?? "";
    const bare = whole.trimStart();
    if (bare !== "" && !whole.includes("\n") && span.childElementCount === 0)
      span.replaceChildren(whole.slice(0, whole.length - bare.length), h("span.jw-mark", bare));
  }

  /** Found anew only for something else: a pointer that moves draws too. */
  function found(scene: Scene, marked: readonly number[], some: boolean): Found {
    const { ranked, starts, hidden, fresh } = scene;
    const of = [ranked, starts, hidden, fresh, get("marked"), get("left_out"), get("answers")];
    if (last && of.every((one, i) => one === last?.of[i])) return last;
    const leftOut = decodeLeftOut(get("left_out"), scene);
    const answer = !hidden && some ? answerOf(scene, marked, leftOut.kl, given()) : null;
    last = { of, leftOut, answer };
    return last;
  }

  function draw(parts: readonly Part[]): void {
    const next = JSON.stringify(parts);
    if (next === asked) return;
    asked = next;
    ask.replaceChildren(
      ...parts.map((part) => (typeof part === "string" ? part : h("span.jw-label", part.label))),
    );
  }

  function update(scene: Scene): void {
    const { wish: wished, hidden } = scene;
    let marked = marks();
    const about = JSON.stringify([wished.text, wished.position, wished.target, wished.foil]);
    if (about !== question) {
      if (question !== null) left = get("marked");
      question = about;
    }
    if (silent && get("answers") !== mine) silent = false; // it was only slow
    const alone = silent || scene.state === "no-kernel";
    // Python clears them itself, and may have set others since.
    if (alone && marked.length > 0 && get("marked") === left) {
      marked = [];
      wish({ marked });
    }
    const guessing = wished.guess !== null;
    const groups = guessing ? chosen(scene, new Set(marked)) : [];
    paint(scene, groups);
    const area = textEl();
    if (area) {
      attr(
        area,
        "aria-label",
        hidden ? "Text. Mark the tokens that you think matter." : "Text. Choose the token to explain.",
      );
    }
    if (!guessing) return;
    const { leftOut, answer } = found(scene, marked, groups.length > 0);
    const sentences = answer ? verdicts(answer, leftOut, !alone) : [];
    if (!hidden && sentences.length === 0) {
      sentences.push(groups.length > 0 ? "The model is still computing." : "No guess for this question.");
    }
    draw(hidden ? instruction(scene, label) : []);
    show(ask, hidden);
    const verdict = hidden ? "" : JSON.stringify(sentences);
    if (said.dataset.said !== verdict) {
      said.dataset.said = verdict;
      said.replaceChildren(...(hidden ? [] : sentences.map((words) => h("p", words))));
    }
    text(key, answer ? frames(answer) : "");
    show(key, key.textContent !== "");
    for (const part of [reveal, count, clear]) show(part, hidden);
    text(count, hidden ? countWords(scene, groups.length) : "");
    reveal.disabled = groups.length === 0 || !scene.fresh;
    show(clear, hidden && groups.length > 0);
    show(again, !hidden);
    text(again, groups.length > 0 ? "Guess again" : "Guess this one");
    show(keep, !hidden && alone && given().length > 0);
    if (keep.hidden) show(content, false);
  }

  return { el, update, mark };
};
