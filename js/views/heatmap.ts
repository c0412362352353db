/** The text itself: one span per group, in the flow, recoloured by swapping a level class. */
import { paintLevels } from "../color";
import { activeElement, attr, h, mark, show } from "../dom";
import { plain } from "../keys";
import { describe, type Scene } from "../scene";
import {
  explainable,
  ghostMark,
  groupEnd,
  groupLabel,
  groupOf,
  groupPiece,
  isGenerated,
  isTemplateGroup,
  needsIsolation,
  spoken,
} from "../tokens";
import type { Tokens } from "../wire";
import type { Context, View } from "./context";

const FADE_UP_TO = 300;
const BLANK = /^[\s\p{C}]*$/u;
// Six bits of ink, then one for each of these classes.
const FLAGS = [
  "is-dim",
  "is-explained",
  "is-hot",
  "is-ghost",
  "is-isolated",
  "is-locked",
  "is-template",
  "is-generated",
  "is-negative",
] as const;
const DIM = 1 << 6;
const EXPLAINED = 1 << 7;
const HOT = 1 << 8;
const GHOST = 1 << 9;
const ISOLATED = 1 << 10;
const LOCKED = 1 << 11;
const TEMPLATE = 1 << 12;
const GENERATED = 1 << 13;
const NEGATIVE = 1 << 14;

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

  let spans: HTMLElement[] = [];
  let painted = new Int32Array(0);
  let fixed = new Int32Array(0);
  let inks = new Int8Array(0);
  let drawnTokens: Tokens | null = null;
  let drawnStarts: readonly number[] = [];
  let drawnPlain: string | null = null;
  let selected: HTMLElement | null = null;
  let reachable: HTMLElement | null = null;
  let labelled: { group: number; scene: Scene } | null = null;

  const classFor = (code: number) => {
    let name = classes.get(code);
    if (name === undefined) {
      const ink = code & 63;
      name = `jw-token${ink ? ` w${ink}` : ""}${FLAGS.map((flag, i) => (code & (DIM << i) ? ` ${flag}` : "")).join("")}`;
      classes.set(code, name);
    }
    return name;
  };

  function append(span: HTMLElement, piece: string): void {
    if (!piece.includes("\n")) {
      span.textContent = piece;
      return;
    }
    // The break stays in the text; the faint mark before it is drawn by the style sheet.
    for (const part of piece.split(/(\n)/)) {
      if (part === "\n") span.append(h("span.jw-break", part));
      else if (part) span.append(part);
    }
  }

  function build(tokens: Tokens, starts: readonly number[], explained: number | null): void {
    drawnTokens = tokens;
    drawnStarts = starts;
    drawnPlain = null;
    const fragment = document.createDocumentFragment();
    spans = new Array(starts.length);
    fixed = new Int32Array(starts.length);
    inks = new Int8Array(starts.length);
    painted = new Int32Array(starts.length).fill(-1);
    for (let g = 0; g < starts.length; g++) {
      const span = template.cloneNode(false) as HTMLElement;
      const piece = groupPiece(tokens, starts, g);
      span.setAttribute("data-start", String(starts[g]));
      const ghost = ghostMark(piece);
      const locked = !explainable(tokens, starts, g);
      attr(span, "data-mark", ghost);
      attr(span, "aria-disabled", locked || null);
      fixed[g] =
        (ghost === null ? 0 : GHOST) |
        (locked ? LOCKED : 0) |
        (needsIsolation(piece) ? ISOLATED : 0) |
        (isTemplateGroup(tokens, starts, g) ? TEMPLATE : 0) |
        (isGenerated(tokens, starts, g) ? GENERATED : 0);
      append(span, piece);
      attr(span, "aria-label", restingName(tokens, starts, g));
      spans[g] = span;
      fragment.append(span);
    }
    fragment.append(next);
    const keepFocus = activeElement(el) !== null && el.contains(activeElement(el));
    el.replaceChildren(fragment);
    mark(el, "is-fading", starts.length <= FADE_UP_TO);
    selected = null;
    reachable = null;
    labelled = null;
    const cursor = explained ?? starts.length;
    dispatch({ type: "regrouped", groups: starts.length, cursor });
    const stop = spans[cursor] ?? next;
    reach(stop);
    if (keepFocus) stop.focus();
    const below = stop.offsetTop + stop.offsetHeight - el.offsetTop - el.clientHeight;
    if (below > 0) el.scrollTop = below + el.clientHeight / 3;
  }

  function buildPlain(text: string): void {
    if (drawnPlain === text) return;
    drawnPlain = text;
    drawnTokens = null;
    drawnStarts = [];
    spans = [];
    painted = new Int32Array(0);
    el.replaceChildren(h("span.jw-plain", text), next);
  }

  function paint({ picture, explained, pointed, view, degenerate, wish }: Scene): void {
    if (picture && !degenerate) paintLevels(picture, wish, inks);
    else inks.fill(0);
    for (let g = 0; g < spans.length; g++) {
      const ink = inks[g] as number;
      let code = (fixed[g] as number) | (ink < 0 ? NEGATIVE - ink : ink);
      if (g === explained) code |= EXPLAINED;
      else if (picture && !picture.rank[g]) code |= DIM;
      if (g === pointed) code |= HOT;
      if (code !== painted[g]) {
        painted[g] = code;
        (spans[g] as HTMLElement).className = classFor(code);
      }
    }
    const chosen = explained !== null ? (spans[explained] ?? null) : wish.position === null ? next : null;
    if (chosen !== selected) {
      if (selected) ring(selected, false);
      selected?.removeAttribute("aria-selected");
      chosen?.setAttribute("aria-selected", "true");
      if (chosen) ring(chosen, true);
      selected = chosen;
    }
    mark(next, "is-explained", chosen === next);
    reach(spans[view.cursor] ?? next);
  }

  /** Leaves the leading space outside, which may hang at the end of the line before. */
  function ring(span: HTMLElement, on: boolean): void {
    if (span === next || span.querySelector(".jw-break")) return;
    const text = span.textContent ?? "";
    const bare = text.trimStart();
    if (!on) span.textContent = text;
    else if (bare !== "" && bare !== text) {
      span.replaceChildren(text.slice(0, -bare.length), h("span.jw-ring", bare));
    }
  }

  function reach(stop: HTMLElement): void {
    if (stop === reachable) return;
    reachable?.removeAttribute("tabindex");
    stop.setAttribute("tabindex", "0");
    reachable = stop;
  }

  /** A token reads as its own text; one that is all white space needs a word for it. */
  function restingName(tokens: Tokens, starts: readonly number[], group: number): string | null {
    return BLANK.test(groupPiece(tokens, starts, group)) ? spoken(groupLabel(tokens, starts, group)) : null;
  }

  /** Spoken names are written when a token is reached, not for every token on every change. */
  function name(group: number): void {
    const now = scene();
    if (labelled?.group === group && labelled.scene === now) return;
    const left = labelled ? spans[labelled.group] : undefined;
    if (left && labelled && drawnTokens) {
      attr(left, "aria-label", restingName(drawnTokens, drawnStarts, labelled.group));
    }
    labelled = { group, scene: now };
    const span = spans[group];
    const said = describe(now, group);
    if (!span || !said) return;
    const parts = [spoken(said.label), said.origin, said.score, said.place, said.share, said.hint].filter(
      (part) => part !== "",
    );
    attr(span, "aria-label", parts.join(", "));
  }

  const groupAt = (event: Event): number | null => {
    const start = (event.target as Element).closest?.<HTMLElement>(".jw-token")?.dataset.start;
    return start === undefined ? null : groupOf(drawnStarts, Number(start));
  };

  function explain(group: number): void {
    if (!drawnTokens) return;
    if (group >= spans.length) wishes.explain(null);
    else if (explainable(drawnTokens, drawnStarts, group)) {
      wishes.explain(groupEnd(drawnStarts, group, drawnTokens.ids.length) - 1);
    }
  }

  const hidden = (span: HTMLElement | undefined) =>
    span !== undefined &&
    el.classList.contains("hides-template") &&
    span.classList.contains("is-template") &&
    !span.classList.contains("is-explained");

  /** The next group that is shown, from `group` on; the way back where there is none. */
  function seen(group: number, step: 1 | -1): number {
    let at = Math.max(0, Math.min(spans.length, group));
    while (hidden(spans[at])) at += step;
    return at < 0 ? seen(0, 1) : at;
  }

  function focus(group: number): void {
    dispatch({ type: "cursor", group });
    const span = spans[group] ?? next;
    reach(span);
    span.focus();
    dispatch({ type: "focus", focused: true });
  }

  on(el, "pointerover", (event) => dispatch({ type: "hover", group: groupAt(event) }));
  // The browser then moves the focus there by itself, without the ring that the keyboard gets.
  on(el, "pointerdown", (event) => {
    const group = groupAt(event) ?? (event.target === next ? spans.length : null);
    if (group === null) return;
    dispatch({ type: "cursor", group });
    reach(spans[group] ?? next);
  });
  on(el, "pointerleave", () => dispatch({ type: "hover", group: null }));
  on(el, "click", (event) => {
    const selection = getSelection();
    if (selection && !selection.isCollapsed && selection.anchorNode && el.contains(selection.anchorNode))
      return;
    const group = groupAt(event);
    if (group !== null) explain(group);
    else if (event.target === next) explain(spans.length);
  });
  on(el, "focusin", (event) => {
    const group = groupAt(event);
    if (group !== null) name(group);
    dispatch({ type: "cursor", group: group ?? spans.length });
    dispatch({
      type: "focus",
      focused: group !== null && (event.target as Element).matches(":focus-visible"),
    });
  });
  on(el, "focusout", () => dispatch({ type: "focus", focused: false }));

  const middle = (element: HTMLElement) => {
    const rect = element.getBoundingClientRect();
    return { x: (rect.left + rect.right) / 2, y: (rect.top + rect.bottom) / 2, height: rect.height };
  };

  /** The token nearest above or below, wherever the lines happen to break. */
  function vertical(from: number, step: 1 | -1): number {
    const all = [...spans, next];
    const here = middle(all[from] as HTMLElement);
    let line: number | null = null;
    let best = from;
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = from + step; i >= 0 && i < all.length; i += step) {
      if (hidden(all[i])) continue;
      const there = middle(all[i] as HTMLElement);
      if (Math.abs(there.y - here.y) < here.height / 2) continue;
      if (line === null) line = there.y;
      else if (Math.abs(there.y - line) > here.height / 2) break;
      const distance = Math.abs(there.x - here.x);
      if (distance < nearest) {
        nearest = distance;
        best = i;
      }
    }
    return best;
  }

  /** Whether the text runs to the left around this token; its own direction is not in any style. */
  function rightToLeft(at: number): boolean {
    const here = spans[at];
    const after = spans[at + 1];
    const before = spans[at - 1];
    const leftwards = (from: HTMLElement | undefined, to: HTMLElement | undefined) => {
      if (!from || !to) return null;
      const start = middle(from);
      const end = middle(to);
      return Math.abs(start.y - end.y) < start.height / 2 ? end.x < start.x : null;
    };
    return leftwards(here, after) ?? leftwards(before, here) ?? false;
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
        focus(spans.length);
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
      const span = spans[group];
      if (!span) return null;
      const rects = [...span.getClientRects()];
      if (y === undefined || rects.length < 2) return rects[0] ?? null;
      const away = (rect: DOMRect) => Math.max(rect.top - y, y - rect.bottom, 0);
      return rects.reduce((a, b) => (away(b) < away(a) ? b : a));
    },
    update(now) {
      show(el, now.view.draft === null && now.state !== "empty");
      if (now.tokens && now.drawable) {
        if (now.tokens !== drawnTokens || now.starts !== drawnStarts)
          build(now.tokens, now.starts, now.explained);
        paint(scene());
      } else {
        buildPlain(now.tokens?.text ?? now.wish.text);
      }
      mark(el, "is-mono", now.view.mono);
      mark(el, "hides-template", now.wish.hide.includes("template"));
      if (hidden(spans[now.view.cursor])) reach(spans[seen(now.view.cursor, 1)] ?? next);
      mark(el, "is-stale", now.picture !== null && !now.fresh);
      attr(el, "aria-busy", now.state === "computing" ? "true" : null);
      if (now.view.focused && now.view.cursor < spans.length) name(now.view.cursor);
    },
  };
}
