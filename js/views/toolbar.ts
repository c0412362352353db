/** First row: the scopes, and the quiet words behind which everything else waits. */
import { attr, h, show, text } from "../dom";
import { FIRST_SCOPES, MORE_SCOPES, SCOPE_WORDS } from "../scopes";
import { GRANULARITIES, type Granularity, type Scope } from "../wire";
import type { Context, View } from "./context";

const GROUP_NAMES: Record<Granularity, string> = {
  token: "Tokens",
  word: "Words",
  number: "Numbers",
  line: "Lines",
};

export interface Toolbar extends View {
  morePanel: HTMLElement;
  moreButton: HTMLElement;
  tokensPanel: HTMLElement;
  tokensButton: HTMLElement;
  editButton: HTMLElement;
  helpButton: HTMLElement;
}

export function createToolbar({ wishes, dispatch, scene, keys, signal, uid }: Context): Toolbar {
  const radios = new Map<Scope, HTMLButtonElement>();
  const radio = (scope: Scope) => {
    const { name, explains } = SCOPE_WORDS[scope];
    if (MORE_SCOPES.includes(scope)) {
      const described = h(
        "button",
        {
          type: "button",
          role: "radio",
          class: "jw-scope",
          "data-scope": scope,
          "aria-label": name,
          "aria-description": explains,
        },
        h("span", {}, name),
        h("span", { class: "jw-quiet" }, explains),
      );
      radios.set(scope, described);
      return described;
    }
    const button = h(
      "button",
      { type: "button", role: "radio", class: "jw-scope", "data-scope": scope, "data-tip": explains },
      name,
    );
    radios.set(scope, button);
    return button;
  };

  const first = h(
    "div",
    { class: "jw-first", role: "radiogroup", "aria-label": "Scope" },
    ...FIRST_SCOPES.map(radio),
  );
  const moreName = h("span", {}, "More");
  const moreButton = h(
    "button",
    { type: "button", class: "jw-more", "aria-haspopup": "true", "aria-controls": `${uid}-more` },
    moreName,
    h("span", { class: "jw-caret", "aria-hidden": "true" }, "▾"),
  );
  const morePanel = h(
    "div",
    {
      class: "jw-popover jw-menu",
      id: `${uid}-more`,
      role: "radiogroup",
      "aria-label": "More scopes",
      hidden: true,
    },
    ...MORE_SCOPES.map(radio),
  );

  const groups = new Map<Granularity, HTMLInputElement>();
  const choices = GRANULARITIES.map((granularity) => {
    const input = h("input", { type: "radio", name: `${uid}-granularity`, value: granularity });
    groups.set(granularity, input);
    return h("label", {}, input, GROUP_NAMES[granularity]);
  });
  const mono = h("input", { type: "checkbox" });
  const tokensButton = h(
    "button",
    { type: "button", class: "jw-tool", "aria-haspopup": "true", "aria-controls": `${uid}-tokens` },
    "Tokens",
    h("span", { class: "jw-caret", "aria-hidden": "true" }, "▾"),
  );
  const tokensPanel = h(
    "div",
    {
      class: "jw-popover jw-choices",
      id: `${uid}-tokens`,
      role: "group",
      "aria-label": "Tokens",
      hidden: true,
    },
    h(
      "div",
      { role: "radiogroup", "aria-label": "Colour by" },
      h("div", { class: "jw-caption" }, "Colour by"),
      ...choices,
    ),
    h("label", { class: "jw-separate" }, mono, "Monospace"),
  );
  const editButton = h("button", { type: "button", class: "jw-tool" }, "Edit");
  const helpButton = h(
    "button",
    { type: "button", class: "jw-tool jw-help-button", "aria-label": "Help", "aria-controls": `${uid}-help` },
    "?",
  );

  const el = h(
    "div",
    { class: "jw-head" },
    h("div", { class: "jw-scopes" }, first, moreButton, morePanel),
    h("div", { class: "jw-tools" }, tokensButton, tokensPanel, editButton, helpButton),
  );

  const pick = (event: Event) => {
    const chosen = (event.target as Element).closest<HTMLElement>("[data-scope]")?.dataset.scope;
    if (!chosen) return;
    wishes.scope(chosen as Scope);
    if (scene().view.popover === "more") {
      dispatch({ type: "popover", popover: null });
      moreButton.focus();
    }
  };
  first.addEventListener("click", pick, { signal });
  morePanel.addEventListener("click", pick, { signal });

  const step = (among: readonly Scope[], choose: boolean) => (event: KeyboardEvent) => {
    const delta = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (delta === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    const here = (event.target as HTMLElement).dataset.scope as Scope | undefined;
    if (!here) return false;
    const next = among[(among.indexOf(here) + delta + among.length) % among.length] as Scope;
    if (choose) wishes.scope(next);
    radios.get(next)?.focus();
    return true;
  };
  keys.on(first, step(FIRST_SCOPES, true));
  keys.on(morePanel, step(MORE_SCOPES, false));

  const toggle = (popover: "more" | "tokens") =>
    dispatch({ type: "popover", popover: scene().view.popover === popover ? null : popover });
  moreButton.addEventListener("click", () => toggle("more"), { signal });
  tokensButton.addEventListener("click", () => toggle("tokens"), { signal });
  tokensPanel.addEventListener(
    "change",
    (event) => {
      const input = event.target as HTMLInputElement;
      if (input === mono) dispatch({ type: "mono", on: mono.checked });
      else wishes.granularity(input.value as Granularity);
    },
    { signal },
  );
  editButton.addEventListener(
    "click",
    () => {
      const { view, wish } = scene();
      dispatch(view.draft === null ? { type: "edit", text: wish.text } : { type: "drop-draft" });
    },
    { signal },
  );
  helpButton.addEventListener("click", () => dispatch({ type: "toggle-help" }), { signal });

  return {
    el,
    morePanel,
    moreButton,
    tokensPanel,
    tokensButton,
    editButton,
    helpButton,
    update({ wish, view }) {
      const more = MORE_SCOPES.includes(wish.scope);
      for (const [scope, button] of radios) {
        const among = MORE_SCOPES.includes(scope) ? MORE_SCOPES : FIRST_SCOPES;
        const reachable = scope === wish.scope || (scope === among[0] && !among.includes(wish.scope));
        attr(button, "aria-checked", scope === wish.scope ? "true" : "false");
        attr(button, "tabindex", reachable ? 0 : -1);
      }
      text(moreName, more ? SCOPE_WORDS[wish.scope].name : "More");
      attr(
        moreButton,
        "aria-label",
        more ? `More scopes, ${SCOPE_WORDS[wish.scope].name} is chosen` : "More scopes",
      );
      moreButton.classList.toggle("is-on", more);
      attr(moreButton, "aria-expanded", view.popover === "more" ? "true" : "false");
      attr(tokensButton, "aria-expanded", view.popover === "tokens" ? "true" : "false");
      show(morePanel, view.popover === "more");
      show(tokensPanel, view.popover === "tokens");
      for (const [granularity, input] of groups) input.checked = granularity === wish.granularity;
      mono.checked = view.mono;
      attr(editButton, "aria-pressed", view.draft === null ? "false" : "true");
      attr(helpButton, "aria-expanded", view.help ? "true" : "false");
    },
  };
}
