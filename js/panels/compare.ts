/** The panel that sets pictures side by side: three scopes, two answers, and a pinned picture. */
import { h, text } from "../dom";
import { createPinned } from "./compare-pinned";
import { createScopes } from "./compare-scopes";
import { createTowards } from "./compare-towards";
import type { Panel, PanelContext } from "./panel";

const CALM_MS = 400;

export function createCompare(context: PanelContext): Panel {
  const parts = [createScopes(context), createPinned(context), createTowards(context)];
  const live = h("div", { class: "jw-live", role: "status" });
  const el = h("div", { class: "jw-compare" }, ...parts.map((part) => part.el), live);
  let heard = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  context.signal.addEventListener("abort", () => clearTimeout(timer));

  return {
    el,
    update(scene) {
      const said = parts.map((part) => part.update(scene)).filter((words) => words !== "");
      const next = said.at(-1) ?? "";
      if (next === heard || !scene.fresh) return;
      heard = next;
      clearTimeout(timer);
      timer = setTimeout(() => text(live, next), CALM_MS);
    },
  };
}
