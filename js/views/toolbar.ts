/** First row: the scopes, and the quiet words behind which everything else waits. */
import { AS_TYPED, activeElement, attr, h, mark, show, text } from "../dom";
import { plain } from "../keys";
import { FIRST_SCOPES, MORE_SCOPES, SCOPE_WORDS } from "../scopes";
import { isSeries } from "../tokens";
import { opening, type Popover } from "../view-state";
import {
  GRANULARITIES,
  type Hideable,
  PALETTES,
  PANELS,
  type PanelName,
  SCALES,
  type Scope,
  type Tokens,
} from "../wire";
import type { Context, View } from "./context";
import { toggled } from "./legend";
import { titled } from "./panel-host";

type MenuName = Exclude<Popover, "target" | "foil">;

interface Choice {
  el: HTMLElement;
  input: HTMLInputElement;
}

export interface Toolbar extends View {
  menus: Record<MenuName, { anchor: HTMLElement; panel: HTMLElement }>;
  editButton: HTMLElement;
  /** The button that opens a panel, or the menu it is folded into. */
  openerOf(name: PanelName): HTMLElement;
}

export function createToolbar({ wishes, dispatch, scene, keys, on, uid }: Context): Toolbar {
  const caret = () => h("span.jw-caret", { "aria-hidden": true }, "▾");
  const opens = (name: MenuName) => ({ "aria-haspopup": "true", "aria-controls": `${uid}-${name}` });
  const tool = (label: string) => h("button.jw-tool", label);
  const menu = (name: MenuName, label: string) =>
    h(`button.jw-tool jw-${name}-button`, opens(name), label, caret());
  const popover = (name: MenuName, label: string, ...children: HTMLElement[]) =>
    h(
      "div.jw-popover jw-choices",
      { id: `${uid}-${name}`, role: "group", "aria-label": label, hidden: true },
      ...children,
    );
  const part = (...choices: Choice[]) => h("div.jw-separate", {}, ...choices.map(({ el }) => el));

  const choice = (label: string, pick: (on: boolean) => void, name = "", value = ""): Choice => {
    const input = h("input", { type: name ? "radio" : "checkbox", name: name && `${uid}-${name}`, value });
    on(input, "change", () => pick(input.checked));
    return { input, el: h("label", input, h("span", label)) };
  };
  const choices = <T extends string>(
    caption: string,
    values: readonly T[],
    pick: (value: T) => void,
    label: (value: T) => string = titled,
  ) => {
    const made = values.map((value) => choice(label(value), () => pick(value), caption, value));
    const el = h("div", { role: "radiogroup", "aria-label": caption }, h("div.jw-caption", caption));
    el.append(...made.map((one) => one.el));
    return {
      el,
      made,
      mark(chosen: T) {
        for (const { input } of made) input.checked = input.value === chosen;
      },
    };
  };

  const radios = new Map<Scope, HTMLButtonElement>();
  const radio = (scope: Scope) => {
    const { name, explains } = SCOPE_WORDS[scope];
    const more = MORE_SCOPES.includes(scope);
    const button = h(
      "button.jw-scope",
      {
        role: "radio",
        "data-scope": scope,
        "aria-label": more ? name : null,
        "aria-description": more ? explains : null,
        "data-tip": more ? null : explains,
      },
      h("span", name),
      more ? h("span.jw-quiet", explains) : "",
    );
    on(button, "click", () => {
      wishes.scope(scope);
      close("more");
    });
    radios.set(scope, button);
    return button;
  };
  const first = h("div.jw-first", { role: "radiogroup", "aria-label": "Scope" }, ...FIRST_SCOPES.map(radio));
  const moreName = h("span", "More");
  const moreButton = h("button.jw-more", opens("more"), moreName, caret());
  const morePanel = h(
    "div.jw-popover jw-menu",
    { id: `${uid}-more`, role: "radiogroup", "aria-label": "More scopes", hidden: true },
    ...MORE_SCOPES.map(radio),
  );

  const groups = choices(
    "Colour by",
    GRANULARITIES,
    (value) => {
      if (value !== "regex") wishes.granularity(value);
      else if (pattern.value !== "") ask();
      else pattern.focus();
    },
    (value) => (value === "regex" ? "Matches of a pattern" : `${titled(value)}s`),
  );
  const pattern = h("input.jw-field jw-pattern", {
    ...AS_TYPED,
    "aria-label": "Regular expression",
    "aria-describedby": `${uid}-pattern`,
    placeholder: "\\w+ing, \\d+ …",
  });
  const refusal = h("div.jw-refused", { id: `${uid}-pattern`, role: "alert", hidden: true });
  groups.el.append(pattern, refusal);
  const hiding = (name: Hideable) => () => wishes.draw({ hide: toggled(scene().wish.hide, name) });
  const template = choice("Hide template tokens", hiding("template"));
  const delimiters = choice("Hide delimiters", hiding("delimiters"));
  const mono = choice("Monospace", (on) => dispatch({ type: "mono", on }));

  const scales = choices("Scale", SCALES, (scale) => wishes.draw({ scale }));
  const palettes = choices("Ink", PALETTES, (palette) => wishes.draw({ palette }));
  for (const { input } of palettes.made)
    input.after(h("i.jw-swatch", { "data-palette": input.value, "aria-hidden": true }));
  const bars = choice("Underline", (bars) => wishes.draw({ bars }));
  // A fixed scale is fixed in its unit.
  const signed = choice("Signed: gradient × input", (signed) => wishes.draw({ signed, vmax: null }));
  const unsigned = h("div.jw-quiet", { id: `${uid}-unsigned` }, "Fisher has no sign.");
  attr(signed.input, "aria-describedby", unsigned.id);
  const drawing = part(bars, signed);
  drawing.append(unsigned);

  const openers = PANELS.filter((name) => name !== "help").map((name) => ({
    name,
    el: opener(name, titled(name)),
  }));
  const helpButton = opener("help", "?");
  helpButton.classList.add("jw-help-button");
  attr(helpButton, "aria-label", "Help");
  const editButton = tool("Edit");
  const guessButton = h("button.jw-tool jw-guess-button", "Guess");

  const menus: Toolbar["menus"] = {
    more: { anchor: moreButton, panel: morePanel },
    tokens: {
      anchor: menu("tokens", "Tokens"),
      panel: popover("tokens", "Tokens", groups.el, part(template, delimiters, mono)),
    },
    scale: {
      anchor: menu("scale", "Scale"),
      panel: popover("scale", "Scale", scales.el, h("div.jw-separate", palettes.el), drawing),
    },
    // One set of buttons: in the row where there is room, else what "View" opens.
    view: {
      anchor: menu("view", "View"),
      panel: h(
        "div.jw-views",
        { id: `${uid}-view`, hidden: true },
        guessButton,
        ...openers.map(({ el }) => el),
      ),
    },
  };
  const { more, ...tools } = menus;
  const el = h(
    "div.jw-head",
    h("div.jw-scopes", first, more.anchor, more.panel),
    h(
      "div.jw-tools",
      {},
      ...Object.values(tools).flatMap(({ anchor, panel }) => [anchor, panel]),
      editButton,
      helpButton,
    ),
  );

  function close(name: MenuName): void {
    if (scene().view.popover !== name) return;
    dispatch(opening(null));
    menus[name].anchor.focus();
  }

  function opener(name: PanelName, label: string): HTMLButtonElement {
    const button = tool(label);
    attr(button, "aria-controls", `${uid}-panel`);
    on(button, "click", () => {
      close("view");
      wishes.panel(scene().wish.panel === name ? null : name);
    });
    return button;
  }

  const step = (among: readonly Scope[], choose: boolean) => (event: KeyboardEvent) => {
    const delta = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (delta === undefined || !plain(event)) return false;
    const here = (event.target as HTMLElement).dataset.scope as Scope | undefined;
    if (!here) return false;
    const next = among[(among.indexOf(here) + delta + among.length) % among.length] as Scope;
    if (choose) wishes.scope(next);
    radios.get(next)?.focus();
    return true;
  };
  keys.on(first, step(FIRST_SCOPES, true));
  keys.on(morePanel, step(MORE_SCOPES, false));

  for (const [name, { anchor }] of Object.entries(menus) as [MenuName, { anchor: HTMLElement }][])
    on(anchor, "click", () => dispatch(opening(scene().view.popover === name ? null : name)));

  let asked: string | null = null; // the pattern that Python has been asked to take
  function ask(): void {
    asked = pattern.value;
    wishes.pattern(asked);
  }
  on(pattern, "change", () => {
    if (pattern.value !== (asked ?? scene().wish.pattern)) ask();
  });
  keys.on(pattern, (event) => {
    if (event.key !== "Enter") return false;
    ask();
    return true;
  });
  on(guessButton, "click", () => {
    close("view");
    wishes.guess(!scene().wish.guess);
  });
  on(editButton, "click", () => {
    const { view, wish } = scene();
    dispatch(view.draft === null ? { type: "edit", text: wish.text } : { type: "drop-draft" });
  });

  let seen: Tokens | null = null;
  let series = false;
  let patterned = "";

  return {
    el,
    menus,
    editButton,
    openerOf(name) {
      const button = openers.find((opener) => opener.name === name)?.el ?? helpButton;
      return button.offsetParent ? button : menus.view.anchor;
    },
    update({ wish, view, tokens, status }) {
      const more = MORE_SCOPES.includes(wish.scope);
      for (const [scope, button] of radios) {
        const among = MORE_SCOPES.includes(scope) ? MORE_SCOPES : FIRST_SCOPES;
        const reachable = scope === wish.scope || (scope === among[0] && !among.includes(wish.scope));
        attr(button, "aria-checked", scope === wish.scope);
        attr(button, "tabindex", reachable ? 0 : -1);
      }
      text(moreName, more ? SCOPE_WORDS[wish.scope].name : "More");
      attr(
        moreButton,
        "aria-label",
        more ? `More scopes, ${SCOPE_WORDS[wish.scope].name} is chosen` : "More scopes",
      );
      mark(moreButton, "is-on", more);
      for (const [name, { anchor, panel }] of Object.entries(menus)) {
        attr(anchor, "aria-expanded", view.popover === name);
        show(panel, view.popover === name);
      }

      groups.mark(wish.granularity);
      scales.mark(wish.scale);
      palettes.mark(wish.palette);
      // What is typed stays, also when Python refuses it.
      if (wish.pattern !== patterned) {
        patterned = wish.pattern;
        if (patterned !== "" && activeElement(pattern) !== pattern) pattern.value = patterned;
      }
      if (asked === tokens?.pattern) asked = null;
      const refused = asked !== null && asked !== wish.pattern && status.state === "error";
      text(refusal, refused ? status.message : "");
      show(refusal, refused);
      attr(pattern, "aria-invalid", refused || null);

      show(template.el, tokens?.roles != null);
      template.input.checked = wish.hide.includes("template");
      delimiters.input.checked = wish.hide.includes("delimiters");
      mono.input.checked = view.mono;
      bars.input.checked = wish.bars;
      const fisher = wish.scope === "fisher";
      signed.input.checked = wish.signed && !fisher;
      signed.input.disabled = fisher;
      show(unsigned, fisher);

      if (tokens !== seen) {
        seen = tokens;
        series = tokens !== null && isSeries(tokens);
      }
      for (const { name, el } of openers) {
        attr(el, "aria-expanded", wish.panel === name);
        show(el, name !== "series" || series);
      }
      attr(helpButton, "aria-expanded", wish.panel === "help");
      attr(editButton, "aria-pressed", view.draft !== null);
      attr(guessButton, "aria-pressed", !!wish.guess);
    },
  };
}
