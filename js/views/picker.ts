/** A chip that opens a search box over the vocabulary: used for the target and for the foil. */
import { AS_TYPED, attr, h, mark, show, text } from "../dom";
import * as numbers from "../numbers";
import type { Scene } from "../scene";
import { spoken, visible } from "../tokens";
import { opening } from "../view-state";
import type { Prediction } from "../wire";
import type { Context, View } from "./context";

export interface Picker extends View {
  chip: HTMLElement;
  panel: HTMLElement;
}

const PAUSE_MS = 150;

function found(items: readonly Prediction[], query: string): Prediction[] {
  const wanted = query.trim().toLowerCase();
  return wanted === "" ? [...items] : items.filter((p) => p.piece.toLowerCase().includes(wanted));
}

export function createPicker(context: Context, kind: "target" | "foil"): Picker {
  const { wishes, dispatch, scene, keys, on, signal, uid, label } = context;
  const id = `${uid}-${kind}`;
  const isTarget = kind === "target";
  const value = h("span.jw-label");
  const chip = h(
    "button",
    {
      class: `jw-chip jw-${kind}-chip`,
      "aria-haspopup": "dialog",
      "aria-controls": `${id}-panel`,
    },
    value,
    h("span.jw-caret", { "aria-hidden": true }, "▾"),
  );
  const input = h("input.jw-search", {
    ...AS_TYPED,
    role: "combobox",
    placeholder: "Search the vocabulary",
    "aria-label": isTarget ? "Target token" : "Token to compare with",
    "aria-autocomplete": "list",
    "aria-controls": `${id}-list`,
  });
  const options = h("ul.jw-matches", { id: `${id}-list`, role: "listbox", "aria-label": "Tokens" });
  const note = h("div.jw-note", { role: "status" });
  const panel = h(
    "div.jw-popover jw-picker",
    {
      id: `${id}-panel`,
      role: "dialog",
      "aria-label": isTarget ? "Choose the target" : "Choose the token to compare with",
      hidden: true,
    },
    input,
    options,
    note,
  );

  let open = false;
  let active = 0;
  let ids: (number | null)[] = [];
  let drawn = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));

  function choose(index: number): void {
    const chosen = ids[index];
    if (chosen === undefined) return;
    clearTimeout(timer);
    dispatch(opening(null));
    if (isTarget) wishes.target(chosen);
    else wishes.foil(chosen);
    chip.focus();
  }

  function activate(index: number): void {
    const rows = [...options.children];
    active = rows.length ? (index + rows.length) % rows.length : 0;
    for (const [i, row] of rows.entries()) mark(row, "is-active", i === active);
    const row = rows[active];
    attr(input, "aria-activedescendant", row?.id ?? null);
    row?.scrollIntoView?.({ block: "nearest" });
  }

  function candidates(now: Scene): { items: Prediction[]; waiting: boolean } {
    const known = now.basis?.predictions ?? [];
    const query = input.value;
    if (query === "") return { items: known.slice(0, 50), waiting: false };
    const items = found(known, query);
    const answered = now.matches?.query === query;
    if (answered) {
      const seen = new Set(now.matches?.items.map((p) => p.id));
      return {
        items: [...(now.matches?.items ?? []), ...items.filter((p) => !seen.has(p.id))],
        waiting: false,
      };
    }
    return { items, waiting: !now.view.silent };
  }

  function list(now: Scene): void {
    const { items, waiting } = candidates(now);
    const chosen = isTarget ? now.target : now.foil;
    const offerDefault = input.value === "" && (isTarget ? now.wish.target : now.wish.foil) !== null;
    const key = JSON.stringify([items.map((p) => p.id), chosen, offerDefault]);
    if (key !== drawn) {
      drawn = key;
      const rows: HTMLElement[] = [];
      ids = [];
      const row = (token: number | null, ...content: HTMLElement[]) => {
        const isChosen = token !== null && token === chosen;
        rows.push(
          h(
            "li.jw-match",
            {
              role: "option",
              id: `${id}-${ids.length}`,
              "data-id": token ?? "",
              "aria-selected": isChosen,
            },
            ...content,
          ),
        );
        ids.push(token);
      };
      if (offerDefault) {
        const back = isTarget
          ? now.wish.position === null
            ? "The likeliest next token"
            : "The token in the text"
          : "The likeliest other token";
        row(null, h("span", back));
      }
      for (const p of items) {
        row(p.id, h("span.jw-label", visible(p.label)), h("span.jw-number", numbers.probability(p.p)));
      }
      options.replaceChildren(...rows);
      activate(0);
    }
    const silent = now.state === "no-kernel" && input.value !== "";
    const nothing = items.length === 0 ? `No such token${silent ? " is saved here" : ""}.` : "";
    text(note, waiting ? "Searching…" : `${nothing}${silent ? " Others need a kernel." : ""}`.trim());
    show(note, note.textContent !== "");
  }

  on(chip, "click", () => dispatch(opening(open ? null : kind)));
  on(input, "input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => wishes.search(input.value), PAUSE_MS);
    list(scene());
  });
  on(options, "click", (event) => {
    const row = (event.target as Element).closest(".jw-match");
    if (row) choose([...options.children].indexOf(row));
  });
  keys.on(input, (event) => {
    switch (event.key) {
      case "ArrowDown":
        activate(active + 1);
        return true;
      case "ArrowUp":
        activate(active - 1);
        return true;
      case "Enter":
        choose(active);
        return true;
      default:
        return false;
    }
  });

  return {
    el: chip,
    chip,
    panel,
    update(now) {
      const shown = isTarget ? now.target : now.wish.scope === "contrast" ? now.foil : null;
      const name = shown === null ? "" : visible(label(shown));
      text(value, shown === null ? (isTarget ? "…" : "rather than …") : name);
      mark(value, "is-words", shown === null);
      mark(chip, "is-ghost", shown === null);
      const words = isTarget ? "Target" : "Rather than";
      attr(
        chip,
        "aria-label",
        shown === null ? `${words}: choose a token` : `${words} ${spoken(name)}: change`,
      );
      const wasOpen = open;
      open = now.view.popover === kind;
      for (const one of [chip, input]) attr(one, "aria-expanded", open);
      show(panel, open);
      if (open && !wasOpen) {
        input.value = "";
        drawn = "";
      }
      if (!open && wasOpen) {
        clearTimeout(timer);
        if (now.wish.query !== "") wishes.search("");
      }
      if (open) list(now);
    },
  };
}
