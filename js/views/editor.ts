/** The text as a draft: edited in place, sent on Explain, kept on screen when it is refused. */
import { attr, h, show, text } from "../dom";
import type { Context, View } from "./context";

export interface Editor extends View {
  focus(): void;
}

export function createEditor({ wishes, dispatch, scene, keys, on, uid }: Context): Editor {
  const box = h("textarea.jw-editor", {
    "aria-label": "Text to explain",
    "aria-describedby": `${uid}-refusal`,
    placeholder: "Write or paste a text",
    rows: 3,
    spellcheck: "false",
    dir: "auto",
  });
  const refusal = h("div.jw-refusal", { id: `${uid}-refusal`, role: "alert" });
  const explain = h("button.jw-primary", "Explain");
  const drop = h("button.jw-link", "Cancel");
  const el = h(
    "div.jw-edit",
    { hidden: true },
    box,
    refusal,
    h("div.jw-row", explain, drop, h("span.jw-quiet", "Ctrl+Enter explains, Esc restores")),
  );
  const start = h("button.jw-primary", "Write a text");
  const empty = h("div.jw-empty", { hidden: true }, h("span", "There is no text to explain yet."), start);
  const both = h("div", el, empty);

  on(box, "input", () => dispatch({ type: "draft", text: box.value }));
  on(explain, "click", () => wishes.submit());
  on(drop, "click", () => dispatch({ type: "drop-draft" }));
  on(start, "click", () => dispatch({ type: "edit", text: scene().wish.text }));
  keys.on(box, (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      wishes.submit();
      return true;
    }
    return false;
  });

  return {
    el: both,
    focus() {
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    },
    update({ view, status, wish, state }) {
      const editing = view.draft !== null;
      show(el, editing);
      show(empty, !editing && state === "empty");
      if (view.draft !== null && box.value !== view.draft) box.value = view.draft;
      const refused = editing && view.sent !== null && status.state === "error" && wish.text !== view.sent;
      const sending = editing && view.sent !== null && !refused;
      const saved = status.state === "saved";
      const said = refused ? status.message || "This text was not accepted." : "";
      text(refusal, saved ? status.message || "Another text needs a kernel." : said);
      show(refusal, refused || saved);
      attr(box, "aria-invalid", refused || null);
      attr(explain, "disabled", saved || (sending && !view.silent));
      attr(el, "aria-busy", sending || null);
    },
  };
}
