/** Where the open panel stands: its name, Close, and its code once that has come. */
import { h, show, text } from "../dom";
import type { CreatePanel, Panel, PanelBundle, PanelContext } from "../panels/panel";
import type { Scene } from "../scene";
import type { PanelName } from "../wire";
import type { View } from "./context";

export const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function createPanelHost(context: PanelContext, load: (code: string) => Promise<PanelBundle>): View {
  const { wishes, on, signal, uid } = context;
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
  const made = new Map<PanelName, Panel>();
  let bundle: PanelBundle | null = null;
  let failure = "";
  let loading = "";
  let shown: PanelName | null = null;
  on(close, "click", () => wishes.panel(null));

  function fetched(code: string): void {
    if (code === loading) return;
    loading = code;
    load(code).then(
      (module) => {
        bundle = module;
        el.prepend(h("style", module.css));
        if (!signal.aborted) update(context.scene());
      },
      (error: unknown) => {
        failure = `The panels could not be loaded here: ${reason(error)}`;
        if (!signal.aborted) update(context.scene());
      },
    );
  }

  function panelOf(name: PanelName): Panel | null {
    const known = made.get(name);
    if (known) return known;
    const create: CreatePanel | undefined = bundle?.panels[name];
    if (!create) return null;
    const panel = create(context);
    panel.el.hidden = true;
    made.set(name, panel);
    place.append(panel.el);
    return panel;
  }

  function update(scene: Scene): void {
    const name = scene.wish.panel;
    show(el, name !== null);
    if (name === null) {
      shown = null;
      return;
    }
    text(title, titled(name));
    const code = context.get("panels");
    if (typeof code === "string" && code !== "" && !bundle) fetched(code);
    let said = failure;
    let panel: Panel | null = null;
    if (!said) {
      try {
        panel = panelOf(name);
        panel?.update(scene);
      } catch (error) {
        // It must not take the picture with it.
        said = `This panel failed: ${reason(error)}`;
        panel = null;
      }
    }
    if (!panel && !said) {
      said = bundle
        ? "This panel is not there."
        : scene.state === "no-kernel" && !code
          ? "This panel needs a kernel the first time it is opened."
          : "One moment …";
    }
    show(note, said !== "");
    text(note, said);
    for (const [other, { el: body }] of made) show(body, other === name && panel !== null);
    if (panel && shown !== name) {
      shown = name;
      panel.opened?.();
    } else if (!panel) shown = null;
  }

  return { el, update };
}
