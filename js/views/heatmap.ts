/** The text itself: one span per token, in the flow. A coarser piece is a run of them that look and act as one. */
import { paintLevels } from "../color";
import { activeElement, attr, byKeyboard, h, mark, show } from "../dom";
import { plain } from "../keys";
import { allOpen, describe, MOST_SPANS, type Scene } from "../scene";
import {
  explainable,
  ghostMark,
  groupEnd,
  groupLabel,
  groupOf,
  groupPiece,
  isBlank,
  isGenerated,
  isTemplateGroup,
  needsIsolation,
  spoken,
} from "../tokens";
import { hovering } from "../view-state";
import type { Tokens } from "../wire";
import type { Context, View } from "./context";
import { middle, nearestLine } from "./lines";

const FADE_UP_TO = 300;
// Six bits of ink, then one for each of these classes.
const FLAGS =
  "dim explained hot ghost isolated locked template generated negative part left right focused held noted".split(
    " ",
  );
const INK = 63;
const DIM = 1 << 6;
const EXPLAINED = 1 << 7;
const HOT = 1 << 8;
const GHOST = 1 << 9;
const ISOLATED = 1 << 10;
const LOCKED = 1 << 11;
const TEMPLATE = 1 << 12;
const GENERATED = 1 << 13;
const NEGATIVE = 1 << 14;
const PART = 1 << 15; // of a piece of several spans
const LEFT = 1 << 16; // its sides
const RIGHT = 1 << 17;
const FOCUSED = 1 << 18;
const HELD = 1 << 19; // can be opened where most cannot
const NOTED = 1 << 20;
const LEFTWARDS = 1 << 21; // no class: the piece runs to the left
const RUNS_LEFT = /^\P{L}*[\u0590-\u08ff\ufb1d-\ufefc]/u;

export interface Heatmap extends View {
  /** Where the group is drawn; of a wrapped group the line nearest to `y`. */
  rect(group: number, y?: number): DOMRect | null;
  focus(group: number): void;
}

export function createHeatmap({ wishes, dispatch, scene, keys, on }: Context): Heatmap {
  const el = h("div.jw-text", {
    role: "listbox",
    "aria-label": "Text. Choose the token to explain.",
  });
  const next = h(
    "span.jw-next",
    { role: "option", "data-tip": "Explain the token that comes after the text." },
    "next",
  );
  const template = h("span.jw-token", { role: "option" });
  const classes = new Map<number, string>();

  // Of each span.
  let spans: HTMLElement[] = [];
  let own: number[] = [];
  let painted: number[] = [];
  // Of each group.
  let fixed: number[] = [];
  let inks = new Int8Array(0);
  let drawnTokens: Tokens | null = null;
  let drawnBase: readonly number[] = [];
  let drawnStarts: readonly number[] = [];
  let drawnPlain: string | null = null;
  let drawnOpen: string | undefined;
  let selected: HTMLElement | null = null;
  let ringed: HTMLElement | undefined;
  let reachable: HTMLElement | null = null;
  let labelled: { group: number; scene: Scene } | null = null;

  const classFor = (code: number) => {
    let name = classes.get(code);
    if (name === undefined) {
      const ink = code & INK;
      name = `jw-token${ink ? ` w${ink}` : ""}${FLAGS.map((flag, i) => (code & (DIM << i) ? ` is-${flag}` : "")).join("")}`;
      classes.set(code, name);
    }
    return name;
  };

  function append(span: HTMLElement, piece: string): void {
    // The break stays in the text; the faint mark before it is drawn by the style sheet.
    span.append(...piece.split(/(\n)/).map((part) => (part === "\n" ? h("span.jw-break", part) : part)));
  }

  /** The first span of a group; spans are tokens wherever they are not the groups themselves. */
  const begin = (group: number): number =>
    spans.length > drawnStarts.length ? (drawnStarts[group] ?? spans.length) : group;
  const end = (group: number): number => begin(group + 1);
  const head = (group: number): HTMLElement => spans[begin(group)] ?? next;

  function build(tokens: Tokens, base: readonly number[]): void {
    drawnPlain = null;
    const fragment = document.createDocumentFragment();
    spans = [];
    own = [];
    painted = [];
    for (let i = 0; i < base.length; i++) {
      const span = template.cloneNode(false) as HTMLElement;
      const piece = groupPiece(tokens, base, i);
      attr(span, "data-start", base[i]);
      attr(span, "data-mark", ghostMark(piece));
      own[i] = needsIsolation(piece) ? ISOLATED : 0;
      append(span, piece);
      spans[i] = span;
      fragment.append(span);
    }
    fragment.append(next);
    el.replaceChildren(fragment);
    mark(el, "is-fading", base.length <= FADE_UP_TO);
    selected = null;
    ringed = undefined;
    reachable = null;
  }

  /** Builds the spans of another text; of the same, groups them anew: what one piece is, and which span speaks for it. */
  function arrange({ tokens, starts, explained }: Scene): void {
    if (!tokens || (tokens === drawnTokens && starts === drawnStarts)) return;
    const all = tokens.groups.token;
    const base = all.length === tokens.ids.length && all.length <= MOST_SPANS ? all : starts;
    const same =
      base === drawnBase ||
      (spans.length === all.length && JSON.stringify(tokens.pieces) === JSON.stringify(drawnTokens?.pieces));
    const keepFocus = el.contains(activeElement(el));
    if (!same) build(tokens, base);
    drawnTokens = tokens;
    drawnBase = base;
    drawnStarts = starts;
    drawnOpen = undefined;
    labelled = null;
    inks = new Int8Array(starts.length);
    fixed = starts.map((_, g) => {
      const piece = groupPiece(tokens, starts, g);
      return (
        (ghostMark(piece) === null ? 0 : GHOST) |
        (isTemplateGroup(tokens, starts, g) ? TEMPLATE : 0) |
        (isGenerated(tokens, starts, g) ? GENERATED : 0) |
        (end(g) - begin(g) < 2 ? 0 : RUNS_LEFT.test(piece) ? PART | LEFTWARDS : PART)
      );
    });
    for (let g = 0; g < starts.length; g++) {
      rest(g);
      const from = begin(g);
      for (let i = from; i < end(g); i++) attr(spans[i] as HTMLElement, "aria-hidden", i > from || null);
    }
    const cursor = explained ?? starts.length;
    dispatch({ type: "regrouped", groups: starts.length, cursor });
    const stop = head(cursor);
    reach(stop);
    if (keepFocus) stop.focus();
    if (same) return;
    const below = stop.offsetTop + stop.offsetHeight - el.offsetTop - el.clientHeight;
    if (below > 0) el.scrollTop = below + el.clientHeight / 3;
  }

  /**
   * What cannot be opened: nothing stands before it, or no kernel is there to compute it. A kernel may come back, so
   * only a page refuses to ask. While the reader guesses, what cannot be marked: all that stands after the question.
   */
  function lock(now: Scene): void {
    const { tokens, starts, open, hidden, wish } = now;
    if (!tokens) return;
    const end = wish.position ?? tokens.ids.length;
    const key = `${hidden && end} ${open && [...open]}`;
    if (key === drawnOpen) return;
    drawnOpen = key;
    const some = !hidden && !allOpen(now);
    const page = now.status.state === "saved";
    for (let g = 0; g < starts.length; g++) {
      const last = groupEnd(starts, g, tokens.ids.length) - 1;
      const first = hidden ? (starts[g] as number) >= end : !explainable(tokens, starts, g);
      const opens = !first && (hidden || open === null || open.has(last));
      fixed[g] = ((fixed[g] as number) & ~(LOCKED | HELD)) | (opens ? (some ? HELD : 0) : LOCKED);
      attr(head(g), "aria-disabled", first || (page && !opens) || null);
    }
    const locked = hidden || open?.has(null) === false;
    mark(next, "is-locked", locked);
    attr(next, "aria-disabled", ((page || hidden) && locked) || null);
  }

  function buildPlain(text: string): void {
    if (drawnPlain === text) return;
    drawnPlain = text;
    drawnTokens = null;
    drawnBase = [];
    drawnStarts = [];
    spans = [];
    el.replaceChildren(h("span.jw-plain", text), next);
  }

  /** Where the ring of the explained piece begins: the space that leads may hang at the end of the line before. */
  function ringStart(group: number): number {
    const from = begin(group);
    const at = spans.slice(from, end(group)).findIndex((span) => span.textContent?.trim());
    return from + Math.max(0, at);
  }

  function paint({ picture, ranked, explained, pointed, view, degenerate, wish, note, held }: Scene): void {
    if (picture && !degenerate) paintLevels(picture, wish, inks);
    else inks.fill(0);
    const from = explained === null ? -1 : ringStart(explained);
    for (let g = 0; g < drawnStarts.length; g++) {
      const ink = inks[g] as number;
      const base = (fixed[g] as number) | (ink < 0 ? NEGATIVE - ink : ink);
      let code = base;
      if (g === explained) code |= EXPLAINED;
      else if (ranked && !ranked.rank[g]) code |= DIM;
      if (g === pointed) code |= HOT;
      if (note?.(g)) code |= NOTED;
      if (code & PART && view.focused && g === view.cursor) code |= FOCUSED;
      // Of the piece that holds the explained token, only what stands before it can have moved it.
      const cut =
        g === explained && held && spans.length > drawnStarts.length ? held.basis.end : spans.length;
      const first = g === explained ? from : begin(g);
      const last = end(g) - 1;
      const [left, right] = code & LEFTWARDS ? [last, first] : [first, last];
      for (let i = begin(g); i <= last; i++) {
        let now = (i < first ? base : code) | (own[i] as number);
        if (i >= cut) now = (now & ~(INK | NEGATIVE)) | (i > cut ? DIM : 0);
        if (code & PART) now |= (i === left ? LEFT : 0) | (i === right ? RIGHT : 0);
        if (now === painted[i]) continue;
        painted[i] = now;
        (spans[i] as HTMLElement).className = classFor(now);
      }
    }
    const chosen = explained !== null ? head(explained) : wish.position === null ? next : null;
    if (chosen !== selected) {
      if (selected) attr(selected, "aria-selected", null);
      if (chosen) attr(chosen, "aria-selected", true);
      selected = chosen;
    }
    ring(spans[from]);
    mark(next, "is-explained", chosen === next);
    reach(head(view.cursor));
  }

  /** Leaves the leading space outside, which may hang at the end of the line before. */
  function ring(span: HTMLElement | undefined): void {
    if (span === ringed) return;
    if (ringed?.querySelector(".jw-ring")) ringed.replaceChildren(ringed.textContent ?? "");
    ringed = span;
    const text = span?.textContent ?? "";
    const bare = text.trimStart();
    if (bare !== "" && bare !== text && !text.includes("\n"))
      span?.replaceChildren(text.slice(0, -bare.length), h("span.jw-ring", bare));
  }

  function reach(stop: HTMLElement): void {
    if (stop === reachable) return;
    if (reachable) attr(reachable, "tabindex", null);
    attr(stop, "tabindex", 0);
    reachable = stop;
  }

  /** One span reads as its own text; a piece of several, or all of white space, needs words for it. */
  function rest(group: number): void {
    if (!drawnTokens) return;
    const piece = groupPiece(drawnTokens, drawnStarts, group);
    const parts = (fixed[group] as number) & PART;
    attr(
      head(group),
      "aria-label",
      isBlank(piece) ? spoken(groupLabel(drawnTokens, drawnStarts, group)) : parts ? piece : null,
    );
  }

  /** Spoken names are written when a token is reached, not for every token on every change. */
  function name(group: number): void {
    const now = scene();
    if (labelled?.group === group && labelled.scene === now) return;
    if (labelled) rest(labelled.group);
    labelled = { group, scene: now };
    const said = describe(now, group);
    if (group >= drawnStarts.length || !said) return;
    const parts = [spoken(said.label), said.origin, said.score, said.place, said.share, said.hint].filter(
      Boolean,
    );
    attr(head(group), "aria-label", parts.join(", "));
  }

  const groupAt = (event: Event): number | null => {
    const start = (event.target as Element).closest?.<HTMLElement>(".jw-token")?.dataset.start;
    return start === undefined ? null : groupOf(drawnStarts, Number(start));
  };

  const pressed = (event: Event) => groupAt(event) ?? (event.target === next ? drawnStarts.length : null);

  function explain(group: number): void {
    if (!drawnTokens || head(group).hasAttribute("aria-disabled")) return;
    if (scene().hidden) wishes.mark(group);
    else if (group >= drawnStarts.length) wishes.explain(null);
    else if (explainable(drawnTokens, drawnStarts, group)) {
      wishes.explain(groupEnd(drawnStarts, group, drawnTokens.ids.length) - 1);
    }
  }

  const hidden = (group: number) =>
    spans[begin(group)]?.matches(".hides-template .is-template:not(.is-explained)");

  /** The next group that is shown, from `group` on; the way back where there is none. */
  function seen(group: number, step: 1 | -1): number {
    let at = Math.max(0, Math.min(drawnStarts.length, group));
    while (at >= 0 && hidden(at)) at += step;
    return at < 0 ? seen(0, 1) : at;
  }

  function focus(group: number): void {
    dispatch(hovering(null)); // a pointer at rest must not outdo the keyboard
    dispatch({ type: "cursor", group });
    const span = head(group);
    reach(span);
    span.focus();
    dispatch({ type: "focus", focused: true });
  }

  on(el, "pointerover", (event) => dispatch(hovering(groupAt(event))));
  // The browser then moves the focus there by itself, without the ring that the keyboard gets.
  on(el, "pointerdown", (event) => {
    const group = pressed(event);
    if (group === null) return;
    dispatch({ type: "cursor", group });
    reach(head(group));
  });
  on(el, "pointerleave", () => dispatch(hovering(null)));
  on(el, "click", (event) => {
    const selection = getSelection();
    if (selection && !selection.isCollapsed && el.contains(selection.anchorNode)) return;
    const group = pressed(event);
    if (group === null) return;
    // Only the first span of a piece takes the focus by itself.
    const first = head(group);
    if (!first.contains(event.target as Node)) {
      first.focus({ preventScroll: true });
      dispatch({ type: "focus", focused: false });
    }
    explain(group);
  });
  on(el, "focusin", (event) => {
    const group = groupAt(event);
    if (group !== null) name(group);
    dispatch({ type: "cursor", group: group ?? drawnStarts.length });
    dispatch({ type: "focus", focused: group !== null && byKeyboard(event) });
  });
  on(el, "focusout", () => dispatch({ type: "focus", focused: false }));

  const vertical = (from: number, step: 1 | -1) =>
    nearestLine(from, step, drawnStarts.length + 1, head, hidden);

  /** Whether the text runs to the left around this token; its own direction is not in any style. */
  function rightToLeft(at: number): boolean {
    const here = middle(head(at));
    for (const step of [1, -1]) {
      const beside = at + step;
      if (beside < 0 || beside >= drawnStarts.length) continue;
      const there = middle(head(beside));
      if (Math.abs(here.y - there.y) < here.height / 2) return (there.x - here.x) * step < 0;
    }
    return false;
  }

  keys.on(el, (event) => {
    if (!plain(event)) return false;
    const { cursor } = scene().view;
    switch (event.key) {
      case "ArrowRight":
      case "ArrowLeft": {
        const step = (event.key === "ArrowRight") !== rightToLeft(cursor) ? 1 : -1;
        focus(seen(cursor + step, step));
        return true;
      }
      case "ArrowDown":
        focus(vertical(cursor, 1));
        return true;
      case "ArrowUp":
        focus(vertical(cursor, -1));
        return true;
      case "Home":
        focus(seen(0, 1));
        return true;
      case "End":
        focus(drawnStarts.length);
        return true;
      case "Enter":
      case " ":
        explain(cursor);
        return true;
      default:
        return false;
    }
  });

  return {
    el,
    focus,
    rect(group, y) {
      const rects = spans.slice(begin(group), end(group)).flatMap((span) => [...span.getClientRects()]);
      if (!rects[0]) return null;
      const away = (rect: DOMRect) => (y ? Math.max(rect.top - y, y - rect.bottom, 0) : 0);
      const line = rects.reduce((a, b) => (away(b) < away(a) ? b : a));
      const sides = rects
        .filter(({ top }) => Math.abs(top - line.top) < line.height / 2)
        .flatMap((rect) => [rect.left, rect.right]);
      const left = Math.min(...sides);
      return new DOMRect(left, line.top, Math.max(...sides) - left, line.height);
    },
    update(now) {
      show(el, now.view.draft === null && now.state !== "empty");
      if (now.tokens && now.drawable) {
        arrange(now);
        lock(now);
        paint(scene());
      } else {
        buildPlain(now.tokens?.text ?? now.wish.text);
      }
      mark(el, "is-mono", now.view.mono);
      mark(el, "hides-template", now.wish.hide.includes("template"));
      if (hidden(now.view.cursor)) reach(head(seen(now.view.cursor, 1)));
      mark(el, "is-stale", now.picture !== null && !now.fresh);
      attr(el, "aria-busy", now.state === "computing" || null);
      if (now.view.focused && now.view.cursor < drawnStarts.length) name(now.view.cursor);
    },
  };
}
