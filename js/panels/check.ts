/** The check panel: whether taking away what the scope ranks high does what the picture promises. */
import { h, show, text } from "../dom";
import type { Scene } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { groupEnd } from "../tokens";
import { type Decoded, decodeIndices } from "../wire";
import { createAnswer } from "./check-answer";
import { createCurve } from "./check-curve";
import { belongs, type Check, type Curves, decodeCheck, topTokens } from "./check-data";
import { createCheckStrip, MOST_TOKENS } from "./check-strip";
import { ABLATIONS, NEEDS_KERNEL, noteOf, situation } from "./check-words";
import type { CreatePanel } from "./panel";
import { asShown } from "./shown";

const PATIENCE_MS = 4000;
const TOP = 0.05;
const NO_ANSWER = "No answer yet. This takes a running kernel that is not busy.";

export const createCheck: CreatePanel = (context) => {
  const { on, uid, get, wish, signal } = context;
  let raw: unknown;
  let decoded: Decoded<Check> = { ok: true, value: null };
  let noted: { check: Check; starts: readonly number[]; notes: string[] } | null = null;
  let silent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const verdict = h("p", { class: "jw-check-verdict", role: "status" });
  const options = Object.entries(ABLATIONS).map(([value, [name]]) => h("option", { value }, name));
  const select = h("select", { class: "jw-chip", id: `${uid}-ablation` }, ...options);
  const explains = h("span", { class: "jw-quiet" });
  const how = h(
    "div",
    { class: "jw-row" },
    h("label", { for: `${uid}-ablation` }, "Take tokens away by"),
    select,
    explains,
  );
  const words = h("span", { role: "status" });
  const meter = h("progress", { class: "jw-meter", "aria-label": "Tokens left out" });
  const all = h("button.jw-primary", "Check all tokens");
  const stop = h("button.jw-link", "Stop");
  const progress = h("div", { class: "jw-row" }, words, meter, all, stop);

  const curve = createCurve(context);
  const strip = createCheckStrip(context, (from, to) => {
    const chosen = ablated();
    const every = range(from, to);
    choose(
      chosen.includes(from)
        ? chosen.filter((t) => !every.includes(t))
        : [...chosen, ...every].sort((a, b) => a - b),
    );
  });
  const answer = createAnswer();
  const top = h("button.jw-link", "Take the top 5\u00a0%");
  const none = h("button.jw-link", "Put all back");
  const heading = (words: string) => h("h3", { class: "jw-part" }, words);
  const key = h(
    "p",
    { class: "jw-quiet" },
    "Ink is the KL divergence that leaving a token out alone causes; a dot marks the tokens that were left out, here and in the text.",
  );
  const away = h(
    "section",
    {},
    heading("Left out, and taken away"),
    key,
    strip.el,
    h("div", { class: "jw-row" }, top, none),
    answer.el,
  );
  const curves = h("section", {}, heading("Deletion curve"), curve.el);
  const parts = h("div", { class: "jw-check-parts" }, curves, away);
  const missing = h("p", { class: "jw-quiet" });
  const head = h("div", { class: "jw-row jw-between jw-check-head" }, how, progress);
  const el = h("div", { class: "jw-check" }, verdict, head, missing, parts);

  on(select, "change", () => ask({ ablation: select.value }));
  on(all, "click", () => ask({ panel_run: true }));
  on(stop, "click", () => wish({ panel_run: false }));
  on(top, "click", () => {
    const { basis, tokens, question } = asShown(context.scene());
    const picture = basis && tokens && question && context.picture(basis, tokens, question, "token");
    if (!picture || !tokens) return;
    const starts = tokens.groups.token;
    const tokensOf = (group: number) =>
      range(starts[group] as number, Math.min(basis.end, starts[group + 1] ?? basis.end));
    choose(topTokens(picture.order, TOP).flatMap(tokensOf));
  });
  on(none, "click", () => choose([]));
  signal.addEventListener("abort", () => clearTimeout(timer));

  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

  const ablated = () => decodeIndices(get("ablated"));

  function way(): string {
    const named = get("ablation");
    return typeof named === "string" ? named : "zero";
  }

  function choose(tokens: number[]): void {
    if (context.scene().state !== "no-kernel") ask({ ablated: tokens });
  }

  /** A kernel that is gone does not say so. */
  function ask(values: Record<string, unknown>): void {
    const before = get("check");
    silent = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = get("check") === before;
      if (silent) update(context.scene());
    }, PATIENCE_MS);
    wish(values);
  }

  function read(): Check | null {
    const next = get("check");
    if (next !== raw) {
      raw = next;
      decoded = decodeCheck(next);
      silent = false;
    }
    return decoded.ok ? decoded.value : null;
  }

  context.note((group) => {
    const scene = context.scene();
    const check = read();
    if (!check || check.ablation !== way() || !belongs(check, scene)) return "";
    const { starts } = scene;
    if (noted?.check !== check || noted.starts !== starts) {
      const notes = starts.map((start, g) => noteOf(check, start, groupEnd(starts, g, check.kl.length)));
      noted = { check, starts, notes };
    }
    return noted.notes[group] ?? "";
  });

  function update(wished: Scene): void {
    const scene = asShown(wished);
    const { tokens, state } = scene;
    const found = read();
    const own = found && belongs(found, wished) ? found : null;
    const shown =
      own ??
      (found && tokens && found.text === tokens.text && found.kl.length === tokens.ids.length ? found : null);
    const kernel = state !== "no-kernel";
    const current = way();
    const stale = shown !== null && (shown !== own || shown.ablation !== current || !wished.fresh);
    const error = decoded.ok ? (found?.error ?? "") : decoded.error;

    text(verdict, shown?.verdict ?? "");
    show(verdict, verdict.textContent !== "");
    const told = situation({
      check: own && own.ablation === current ? own : null,
      picture: wished.picture !== null,
      error,
      kernel,
      message: wished.status.state === "saved" ? wished.status.message : "",
      asked: get("panel_run") === true,
    });
    text(words, silent ? NO_ANSWER : told.words);
    show(progress, words.textContent !== "");
    show(all, told.button === "all" && !silent);
    show(stop, told.button === "stop");
    show(meter, told.total > 0);
    meter.max = Math.max(1, told.total);
    meter.value = told.done;

    if (select.value !== current) select.value = current;
    select.disabled = !kernel;
    text(explains, ABLATIONS[current]?.[1] ?? "");
    const lacks = Object.entries(shown?.unavailable ?? {});
    for (const option of options) option.disabled = lacks.some(([name]) => name === option.value);
    const reasons = lacks.map(([name]) => `${ABLATIONS[name]?.[0] ?? name}: this model names no such token.`);
    text(missing, reasons.join(" "));
    show(missing, reasons.length > 0);

    el.classList.toggle("is-stale", stale);
    show(parts, tokens !== null && shown !== null && shown.screened > 0);
    if (!tokens || !shown || shown.screened === 0) return;
    show(curves, shown.curves !== null);
    if (shown.curves) curve.draw(shown as Check & { curves: Curves }, SCOPE_WORDS[shown.scope].name);

    const chosen = ablated();
    const readable = tokens.groups.token.length <= MOST_TOKENS;
    show(strip.el, readable);
    if (readable) {
      strip.draw(tokens, shown, chosen, scene.basis?.position ?? null);
      strip.light(scene.pointed === null ? null : (scene.starts[scene.pointed] ?? null));
    }
    show(top, kernel);
    show(none, kernel && chosen.length > 0);
    const without = shown.ablated?.tokens ?? [];
    const counted = chosen.filter((t) => t < shown.end);
    const answered = counted.length === without.length && counted.every((t, i) => t === without[i]) && !stale;
    let said = "";
    if (!kernel) said = NEEDS_KERNEL;
    else if (counted.length === 0) said = "Choose tokens to see the prediction without them.";
    else if (!answered && !error) said = "Computing the prediction without them …";
    answer.draw(tokens, counted.length > 0 ? shown : null, said, counted.length > 0 && !answered);
  }

  return { el, update };
};
