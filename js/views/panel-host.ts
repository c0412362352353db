/** Where the open panel stands: its name, Close, and its code once that has come. */
import { attr, h, show, text } from "../dom";
import type { CreatePanel, Guess, Panel, PanelBundle, PanelContext } from "../panels/panel";
import type { Scene } from "../scene";
import type { PanelName } from "../wire";
import type { View } from "./context";

export const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface PanelHost extends View {
  /** Where the bar of guess mode stands. */
  guess: HTMLElement;
  mark(group: number): void;
}

export function createPanelHost(
  context: PanelContext,
  load: (code: string) => Promise<PanelBundle>,
): PanelHost {
  const { root, wishes, on, signal, uid } = context;
  const title = h("b", { id: `${uid}-panel` });
  const close = h("button.jw-link jw-close", "Close");
  const note = h("p.jw-quiet", { role: "status", hidden: true });
  const place = h("div.jw-panel-body");
  const el = h(
    "div.jw-panel",
    { role: "region", "aria-labelledby": `${uid}-panel`, hidden: true },
    h("div.jw-row jw-between", title, close),
    note,
    place,
  );
  const guess = h("div.jw-guess", { hidden: true });
  const made = new Map<PanelName, Panel>();
  let bundle: PanelBundle | null = null;
  let bar: Guess | undefined;
  let failure = "";
  let loading = "";
  let shown: PanelName | null = null;
  on(close, "click", () => wishes.panel(null));

  function fetched(code: string): void {
    if (code === loading) return;
    loading = code;
    load(code).then(
      (module) => {
        if (code !== loading) return;
        bundle = module;
        el.prepend(h("style", module.css));
        if (!signal.aborted) update(context.scene());
      },
      (error: unknown) => {
        if (code !== loading) return;
        failure = `The panels could not be loaded here: ${reason(error)}`;
        if (!signal.aborted) update(context.scene());
      },
    );
  }

  function panelOf(name: PanelName): Panel | null {
    const known = made.get(name);
    if (known) return known;
    const create: CreatePanel | undefined = bundle?.panels?.[name];
    if (!create) return null;
    const panel = create(context);
    panel.el.hidden = true;
    made.set(name, panel);
    place.append(panel.el);
    return panel;
  }

  /** Why the code is not here. */
  function absence(scene: Scene): string {
    if (failure) return failure;
    if (bundle?.panels) return "This panel is not there.";
    return scene.state === "no-kernel" && (bundle || !context.get("panels"))
      ? "This panel needs a kernel the first time it is opened."
      : "One moment …";
  }

  function drawGuess(scene: Scene): void {
    const on = !!scene.wish.guess;
    show(guess, on);
    try {
      if (on && !bar && bundle?.guess) {
        bar = bundle.guess(context);
        guess.replaceChildren(bar.el);
      }
      bar?.update(scene);
      if (on && !bar) text(guess, absence(scene));
    } catch (error) {
      text(guess, `Guess mode failed: ${reason(error)}`);
    }
  }

  function update(scene: Scene): void {
    const { panel: wished, guess: guessing } = scene.wish;
    const name = scene.hidden && wished !== "help" ? null : wished;
    const code = context.get("panels");
    if ((name || guessing) && typeof code === "string" && code !== "") fetched(code);
    attr(root, "data-guess", guessing);
    drawGuess(scene);
    show(el, name !== null);
    if (name === null) {
      shown = null;
      return;
    }
    text(title, titled(name));
    let said = "";
    let panel: Panel | null = null;
    try {
      panel = panelOf(name);
      panel?.update(scene);
      if (!panel) said = absence(scene);
    } catch (error) {
      // It must not take the picture with it.
      said = `This panel failed: ${reason(error)}`;
      panel = null;
    }
    show(note, said !== "");
    text(note, said);
    for (const [other, { el: body }] of made) show(body, other === name && panel !== null);
    if (panel && shown !== name) {
      shown = name;
      panel.opened?.();
    } else if (!panel) shown = null;
  }

  return { el, guess, update, mark: (group) => bar?.mark(group) };
}
