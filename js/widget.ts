/** The anywidget module: connects the model's traits to the views, and nothing else. */
import { kernelState, type Model, type RenderProps } from "./afm";
import { activeElement, byKeyboard, h, listener } from "./dom";
import { plain, shieldKeys } from "./keys";
import type { PanelBundle } from "./panels/panel";
import { derive, type Held, type Note, type Scene } from "./scene";
import { SCOPE_WORDS } from "./scopes";
import { createStore, type Store } from "./store";
import { type Action, INITIAL, opening, reduce, type ViewState } from "./view-state";
import { createAnnouncer } from "./views/announcer";
import type { Context, View, Wishes } from "./views/context";
import { createEditor } from "./views/editor";
import { createHeatmap } from "./views/heatmap";
import { createLegend } from "./views/legend";
import { createPanelHost } from "./views/panel-host";
import { place, release } from "./views/popover";
import { createPredictions } from "./views/predictions";
import { createQuestion } from "./views/question";
import { createStatus } from "./views/status";
import { createStrongest } from "./views/strongest";
import { createToolbar } from "./views/toolbar";
import { createTooltip } from "./views/tooltip";
import {
  decodeBasis,
  decodeMatches,
  decodePlaces,
  decodeStatus,
  decodeTokens,
  decodeWish,
  type PanelName,
} from "./wire";

const PANEL = "panel_run pinned panels map series check ablation ablated marked answers left_out";
const WISHES = [...Object.keys(decodeWish(() => null)), ...PANEL.split(" ")];
const ANSWERS = ["tokens", "basis", "status", "matches"];
const PATIENCE_MS = 3000;

/** The payload objects are replaced, never changed in place, so each is decoded once for all views. */
function remember<T>(decode: (raw: unknown) => T): (raw: unknown) => T {
  const known = new WeakMap<object, T>();
  return (raw) => {
    if (typeof raw !== "object" || raw === null) return decode(raw);
    let value = known.get(raw);
    if (value === undefined) {
      value = decode(raw);
      known.set(raw, value);
    }
    return value;
  };
}

interface Shared {
  store: Store;
  tokens: typeof decodeTokens;
  basis: typeof decodeBasis;
  matches: typeof decodeMatches;
  panels: (code: string) => Promise<PanelBundle>;
  count: () => number;
}

/** As anywidget loads this module itself, so it works wherever this one does. */
function importOnce(): (code: string) => Promise<PanelBundle> {
  const known = new Map<string, Promise<PanelBundle>>();
  return (code) => {
    let bundle = known.get(code);
    if (!bundle) {
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      bundle = (import(url) as Promise<PanelBundle>).finally(() => URL.revokeObjectURL(url));
      known.set(code, bundle);
    }
    return bundle;
  };
}

function mount({ model, el }: RenderProps, shared: Shared, signal: AbortSignal): void {
  let view: ViewState = INITIAL;
  let held: Held | null = null;
  let note: Note | undefined;
  let current: Scene | null = null;
  let queued = false;
  let waiting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let undo: Record<string, unknown> | null = null; // what a refused text puts back
  const labels = new Map<number, string>();

  const uid = `jw-${shared.count()}-${Math.random().toString(36).slice(2, 8)}`;
  const root = h("div.jw", { role: "group", "aria-label": "Token attributions" });

  function scene(): Scene {
    if (!current) {
      current = derive(
        shared.store,
        {
          wish: decodeWish((name) => model.get(name)),
          tokens: shared.tokens(model.get("tokens")),
          basis: shared.basis(model.get("basis")),
          matches: shared.matches(model.get("matches")),
          status: decodeStatus(model.get("status")),
          further: decodePlaces(model.get("_further")),
          view,
          waiting,
          note,
        },
        held,
      );
      held = current.held;
      for (const p of [...(current.matches?.items ?? []), ...(current.basis?.predictions ?? [])])
        labels.set(p.id, p.label);
    }
    return current;
  }

  function changed(): void {
    current = null;
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      if (!signal.aborted) draw();
    });
  }

  function dispatch(action: Action): void {
    const next = reduce(view, action);
    if (next === view) return;
    const before = view;
    view = next;
    changed();
    if (action.type === "escape" || action.type === "drop-draft") giveBackFocus(before);
  }

  /**
   * Writes wishes in one message, then listens for the kernel if the browser cannot answer alone. Without `keep` they
   * are not yet sent.
   */
  function wish(values: Record<string, unknown>, keep = true): void {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    if (!keep) return;
    model.save_changes();
    waiting = false;
    changed();
    const now = scene();
    const searching = now.wish.query !== "" && now.matches?.query !== now.wish.query;
    if ((now.fresh || now.wish.text === "") && !searching) clearTimeout(timer);
    else listen();
  }

  function listen(): void {
    clearTimeout(timer);
    if (kernelState(model) === "gone") {
      dispatch({ type: "silence" });
      return;
    }
    timer = setTimeout(() => {
      if (kernelState(model) === "busy") {
        waiting = true;
        changed();
        listen();
      } else dispatch({ type: "silence" });
    }, PATIENCE_MS);
  }

  const press = (name: string) => () => wish({ [name]: Number(model.get(name) ?? 0) + 1 });

  const wishes: Wishes = {
    scope(scope) {
      const { vmax, scope: before } = scene().wish;
      // A fixed scale is fixed in its unit.
      const same = vmax === null || SCOPE_WORDS[scope].unit === SCOPE_WORDS[before].unit;
      wish(same ? { scope } : { scope, vmax: null });
    },
    target(target) {
      const { scope: asked, foil } = scene().wish;
      const values: Record<string, unknown> = { target };
      if (!SCOPE_WORDS[asked].target) values.scope = "semantic";
      if (target !== null && target === foil) values.foil = null;
      wish(values);
    },
    foil(foil) {
      wish({ foil, scope: "contrast" });
    },
    rank: (rank) => wish({ rank }),
    granularity: (granularity) => wish({ granularity }),
    draw: wish,
    pattern(pattern) {
      const { granularity } = scene().wish;
      wish({ pattern, granularity: pattern ? "regex" : granularity === "regex" ? "token" : granularity });
    },
    panel: (name) => wish({ panel: name ?? "" }),
    guess: (on) => wish({ guess: on ? "hidden" : "", marked: [] }),
    mark: (group) => panels.mark(group),
    explain: (position) => wish({ position, target: null, foil: null }),
    submit() {
      const { wish: now, view: local } = scene();
      if (local.draft === null) return;
      if (local.draft === now.text) {
        dispatch({ type: "drop-draft" });
        return;
      }
      dispatch({ type: "send-draft" });
      undo = { position: now.position, target: now.target, foil: now.foil };
      wish({
        text: local.draft,
        position: null,
        ...(now.position === null ? {} : { target: null, foil: null }),
      });
    },
    search: (query) => wish({ query }),
    cancel: press("cancelled"),
    retry: press("retries"),
    back() {
      const { basis, tokens, wish: asked } = scene();
      if (basis) wish({ text: basis.text, position: basis.position, target: null, foil: null });
      if (tokens && tokens.pattern !== asked.pattern) wishes.pattern(tokens.pattern);
      dispatch({ type: "drop-draft" });
      heatmap.focus(view.cursor);
    },
  };

  const keys = shieldKeys(root, signal);
  const label = (id: number): string => {
    const known = labels.get(id);
    if (known !== undefined) return known;
    const { tokens } = scene();
    const at = tokens?.ids.indexOf(id) ?? -1;
    return (at >= 0 ? tokens?.labels[at] : undefined) ?? `token ${id}`;
  };
  const on = listener(signal);
  const context: Context = { root, wishes, dispatch, scene, label, keys, on, signal, uid };

  const toolbar = createToolbar(context);
  const question = createQuestion(context);
  const heatmap = createHeatmap(context);
  const editor = createEditor(context);
  const legend = createLegend(context);
  const predictions = createPredictions(context);
  const strongest = createStrongest(context, (group) => heatmap.focus(group));
  const status = createStatus(context);
  const tooltip = createTooltip(context, heatmap);
  const announcer = createAnnouncer(context);
  const panels = createPanelHost(
    {
      ...context,
      get: (name) => model.get(name),
      decode: shared,
      wish,
      picture: (basis, tokens, question, granularity = scene().granularity) =>
        shared.store.picture(basis, tokens, granularity, question, scene().wish.hide),
      note(of) {
        note = of;
        changed();
      },
      focus: (group) => heatmap.focus(group),
    },
    shared.panels,
  );
  const views: View[] = [
    toolbar,
    question,
    heatmap,
    editor,
    legend,
    predictions,
    strongest,
    panels,
    status,
    tooltip,
    announcer,
  ];
  root.append(
    toolbar.el,
    question.el,
    h("div.jw-place", heatmap.el, editor.el),
    panels.guess,
    legend.el,
    h("div.jw-columns", predictions.el, strongest.el),
    panels.el,
    status.el,
    tooltip.el,
    announcer.el,
  );

  const popovers = {
    ...toolbar.menus,
    target: { panel: question.target.panel, anchor: question.target.chip },
    foil: { panel: question.foil.panel, anchor: question.foil.chip },
  };
  let opened: ViewState["popover"] = null;
  let editing = false;
  let typing = false; // the keyboard is in the editor, or was in a button that sending has disabled
  let panel: PanelName | null = null;

  function draw(): void {
    const { tokens, status: said, wish: asked } = scene();
    if (
      view.sent !== null &&
      tokens?.text === view.sent &&
      asked.text === view.sent &&
      said.state !== "error"
    ) {
      dispatch({ type: "accepted", text: view.sent });
    }
    if (undo && view.sent !== null && said.state === "error" && asked.text !== view.sent) {
      const before = undo;
      undo = null;
      if (before.position !== asked.position) wish(before);
    }
    const left = asked.panel === null && panels.el.contains(activeElement(root)) ? panel : null;
    panel = asked.panel;
    if (document.activeElement !== document.body) typing = editor.el.contains(activeElement(root));
    for (const part of views) part.update(scene());
    if (left) toolbar.openerOf(left).focus();
    const before = opened;
    opened = view.popover;
    if (opened !== null) {
      const { panel, anchor } = popovers[opened];
      place(panel, anchor, root);
      if (opened !== before)
        panel.querySelector<HTMLElement>(".jw-search, [tabindex='0'], input:checked, button")?.focus();
    } else if (before !== null) release(root);
    if (editing !== (view.draft !== null)) {
      editing = view.draft !== null;
      if (editing) editor.focus();
      else if (typing) heatmap.el.querySelector<HTMLElement>("[tabindex]")?.focus();
    }
  }

  function giveBackFocus(before: ViewState): void {
    if (before.popover !== null) popovers[before.popover].anchor.focus();
    else if (before.draft !== null) toolbar.editButton.focus();
  }

  keys.on(root, (event) => {
    if (!plain(event)) return false;
    if (event.key === "Escape") {
      const before = view;
      tooltip.tip(null);
      dispatch({ type: "escape" });
      if (before === view && scene().wish.panel !== null) {
        wishes.panel(null);
        return true;
      }
      return before !== view;
    }
    const typing = (event.composedPath()[0] as Element).matches?.(
      "input:not([type=radio],[type=checkbox]), textarea",
    );
    if (event.key !== "?" || typing) return false;
    dispatch(opening(null));
    wishes.panel(scene().wish.panel === "help" ? null : "help");
    return true;
  });

  const tipped = (event: Event) =>
    tooltip.tip((event.target as Element).closest?.<HTMLElement>("[data-tip]") ?? null);
  const untip = () => tooltip.tip(null);
  on(root, "pointerover", tipped);
  for (const left of ["pointerleave", "click", "focusout"] as const) on(root, left, untip);
  on(root, "focusin", (event) => {
    if (byKeyboard(event)) tipped(event);
  });
  on(root, "pointermove", (event) => tooltip.pointer(event.clientY), { passive: true });
  window.addEventListener(
    "pointerdown",
    (event) => {
      if (view.popover === null) return;
      const { panel, anchor } = popovers[view.popover];
      const path = event.composedPath();
      if (!path.includes(panel) && !path.includes(anchor)) dispatch(opening(null));
    },
    { signal, capture: true },
  );

  const answered = () => {
    clearTimeout(timer);
    waiting = false;
    dispatch({ type: "answer" });
    changed();
  };
  const listening = (how: "on" | "off") => {
    for (const name of WISHES) model[how](`change:${name}`, changed);
    for (const name of ANSWERS) model[how](`change:${name}`, answered);
  };
  listening("on");
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    listening("off");
    root.remove();
  });

  el.append(root);
  draw();
  if (scene().wish.text !== "" && kernelState(model) === "gone") dispatch({ type: "silence" });
}

export default () => {
  let views = 0;
  const shared: Shared = {
    store: createStore(),
    tokens: remember(decodeTokens),
    basis: remember(decodeBasis),
    matches: remember(decodeMatches),
    panels: importOnce(),
    count: () => ++views,
  };
  return {
    initialize(): void {},
    render(props: RenderProps): () => void {
      const own = new AbortController();
      const signal = props.signal ? AbortSignal.any([props.signal, own.signal]) : own.signal;
      mount(props, shared, signal);
      return () => own.abort();
    },
  };
};

export type { Model };
