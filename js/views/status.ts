/** The last line: which model, at what cost, and whether what is shown is what was asked. */
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import { allOpen, type Scene } from "../scene";
import type { Status } from "../wire";
import type { Context, View } from "./context";

/** What a computation still takes; nothing for one that is over before it can be read. */
function foreseen({ seconds, bytes }: Status): string {
  if (seconds < 2) return "";
  const memory = bytes > 0 ? `, ${numbers.bytes(bytes)} of memory` : "";
  return `, about ${numbers.duration(seconds)} left${memory}`;
}

const BUSY = "the kernel is busy, waiting";

function saved(scene: Scene): string {
  const { open, basis } = scene;
  const others = open ? open.size - (basis && open.has(basis.position) ? 1 : 0) : 0;
  if (others > 0 && allOpen(scene)) return "scopes, targets and positions work, a new text needs a kernel";
  const known = `${numbers.count(others, "other position")} (dashed) can be opened`;
  return `scopes and targets work, ${others > 0 ? `${known}, the rest` : "new positions"} need a kernel`;
}

function sentence(scene: Scene): string {
  const { state, status, problem, waiting, wish, view } = scene;
  switch (state) {
    case "empty":
      return "nothing to explain yet";
    case "idle":
      return waiting ? BUSY : "waiting for the model";
    case "computing":
      if (waiting) return BUSY;
      return (
        (status.total > 0 ? `computing ${status.done} of ${status.total}` : "computing") + foreseen(status)
      );
    case "ready":
      return "up to date";
    case "stale":
      return waiting ? BUSY : "asking the kernel";
    case "cancelled":
      return "cancelled, the older picture stays";
    case "no-kernel":
      if (status.state === "saved" && status.message) return status.message;
      return `Reading a saved result: ${saved(scene)}`;
    case "error":
      if (problem !== null) return "This result cannot be drawn. Run the cell again.";
      if (view.sent !== null) return "the text was not accepted";
      return (
        status.message || `The computation failed${wish.text ? "" : " without a text"}. Run the cell again.`
      );
  }
}

export function createStatus({ wishes, on }: Context): View {
  const model = h("span.jw-model");
  const cost = h("span");
  const hint = h("span.jw-hint");
  const words = h("span.jw-words");
  const dot = h("i.jw-dot", { "aria-hidden": true });
  const meter = h("progress.jw-meter", { "aria-label": "Progress", hidden: true });
  const button = (act: "cancel" | "retry" | "back", words: string) => {
    const made = h(`button.jw-link jw-${act}`, { hidden: true }, words);
    on(made, "click", () => wishes[act]());
    return made;
  };
  const cancel = button("cancel", "Cancel");
  const retry = button("retry", "Try again");
  const back = button("back", "Back to the saved result");
  const detail = h("pre", { tabindex: 0, role: "region", "aria-label": "Error details" });
  const details = h("details", { hidden: true }, h("summary", "Details"), detail);
  const el = h(
    "div.jw-status",
    { "data-state": "idle" },
    model,
    cost,
    hint,
    h("span.jw-state", h("span.jw-now", dot, words), meter, cancel, retry, back),
    details,
  );

  return {
    el,
    update(scene) {
      const { basis, state, status, tokens, granularity, wish, drawable, view } = scene;
      attr(el, "data-state", state);
      text(model, basis?.model ?? "");
      text(
        cost,
        basis && basis.nVjps > 0
          ? `${numbers.count(basis.nVjps, "direction")} computed in ${numbers.seconds(basis.seconds)}`
          : "",
      );
      let advice = "Click a token to explain it";
      if (tokens && !drawable) advice = `${numbers.count(tokens.ids.length, "token")}: too many to colour`;
      else if (tokens && granularity !== wish.granularity) {
        advice = `${numbers.count(tokens.ids.length, "token")}: coloured by ${granularity}`;
      }
      text(hint, tokens && state !== "empty" && state !== "no-kernel" ? advice : "");
      for (const part of [model, cost, hint]) show(part, part.textContent !== "");
      text(words, sentence(scene));
      const computing = state === "computing";
      show(cancel, computing);
      show(retry, state === "cancelled" || (state === "error" && !scene.fresh && view.sent === null));
      show(back, state === "no-kernel" && !scene.fresh && basis !== null);
      show(meter, computing && status.total > 0);
      if (status.total > 0) {
        meter.max = status.total;
        meter.value = Math.min(status.done, status.total);
      }
      const folded = state === "error" ? (scene.problem ?? status.detail) : "";
      text(detail, folded);
      show(details, folded !== "");
    },
  };
}
