/** A picture kept to compare the next one with. */
import { attr, h, show, text } from "../dom";
import type { Scene } from "../scene";
import { SCOPE_WORDS } from "../scopes";
import { foilOf, isSigned, type Question, targetOf } from "../store";
import type { Decoded } from "../wire";
import { createAligned } from "./compare-aligned";
import { createDifference } from "./compare-difference";
import { decodePinned, type Pinned, pinOf } from "./compare-pin";
import type { Part } from "./compare-scopes";
import { type Asked, nodes, placeWords, plainWords, questionWords } from "./compare-words";
import type { PanelContext } from "./panel";
import { asShown } from "./shown";

const NOTHING: Decoded<Pinned> = { ok: true, value: null };

const sameIds = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/** Whether two pictures answer one question about one text. */
function samePicture(a: Asked, b: Asked): boolean {
  const part = ({ basis, question: q }: Asked) => {
    return [
      basis.text,
      basis.position,
      basis.model,
      q.scope,
      isSigned(q),
      SCOPE_WORDS[q.scope].target ? targetOf(basis, q.target) : null,
      q.scope === "contrast" ? foilOf(basis, q.target, q.foil) : null,
      q.scope === "fisher" ? q.rank : null,
    ].join("\u0000");
  };
  return part(a) === part(b);
}

export function createPinned(context: PanelContext): Part {
  const { on, uid, label } = context;
  const heading = h("div", { class: "jw-heading jw-part", id: `${uid}-pinned` }, "Pinned");
  const pin = h("button.jw-chip", "Pin this picture");
  const unpin = h("button.jw-chip", "Unpin");
  const advice = h("p", { class: "jw-quiet" });
  const was = h("dd");
  const is = h("dd");
  const both = h("dl", { class: "jw-questions" }, h("dt", {}, "Pinned"), was, h("dt", {}, "Now"), is);
  const difference = createDifference(context);
  const aligned = createAligned(context);
  const el = h(
    "section",
    { "aria-labelledby": heading.id },
    h("div", { class: "jw-row" }, heading, pin, unpin),
    advice,
    both,
    difference.el,
    aligned.el,
  );
  let raw: unknown;
  let kept = NOTHING;
  let same: { of: readonly number[]; and: readonly number[]; are: boolean } | null = null;

  /** The payload is replaced, never changed in place. */
  function pinned(): Decoded<Pinned> {
    const now = context.get("pinned");
    if (now !== raw) {
      raw = now;
      kept = decodePinned(now, context.decode);
    }
    return kept;
  }

  on(pin, "click", () => {
    const { question, fresh } = context.scene();
    if (!question || !fresh) return;
    const found = pinOf(context.get("tokens"), context.get("basis"), question);
    context.wish({ pinned: found });
  });
  on(unpin, "click", () => {
    context.wish({ pinned: {} });
    pin.focus();
  });

  function write(into: HTMLElement, asked: Asked): void {
    const words = questionWords(asked, label);
    const place = placeWords(asked);
    const said = `${plainWords(words)} ${place}`;
    if (into.dataset.said === said) return;
    into.dataset.said = said;
    into.replaceChildren(h("span", {}, ...nodes(words)), h("span", { class: "jw-quiet" }, ` ${place}`));
  }

  function sameText(scene: Scene, with_: Pinned): boolean {
    const now = scene.tokens?.ids ?? [];
    const before = with_.tokens.ids;
    if (same?.of !== now || same.and !== before) same = { of: now, and: before, are: sameIds(now, before) };
    return same.are && scene.tokens?.text === with_.tokens.text;
  }

  function update(wished: Scene): string {
    const scene = asShown(wished);
    const { tokens, basis, question, fresh } = scene;
    const found = pinned();
    const value = found.ok ? found.value : null;
    attr(pin, "disabled", !fresh || !scene.drawable);
    text(pin, value ? "Pin this picture instead" : "Pin this picture");
    show(unpin, value !== null || !found.ok);
    show(difference.el, false);
    show(aligned.el, false);
    const now: Asked | null = tokens && basis && question ? { tokens, basis, question } : null;
    show(both, value !== null && now !== null);
    if (!found.ok) {
      text(advice, `What was pinned cannot be read (${found.error}). Pin again.`);
      show(advice, true);
      return "";
    }
    const [words, summary] = compare(scene, value, now);
    text(advice, words);
    show(advice, words !== "");
    return summary;
  }

  /** What to say instead of a comparison, and what to read out. */
  function compare(scene: Scene, value: Pinned | null, now: Asked | null): [string, string] {
    if (!value)
      return ["Keep this picture, then change scope, target or text: the next one is compared with it.", ""];
    if (!now || !scene.picture) return ["The picture to compare with is on its way.", ""];
    write(was, value);
    write(is, now);
    const { tokens } = now;
    if (samePicture(value, now))
      return ["This is the pinned picture. Change scope, target, token or text to compare.", "Pinned."];
    const one = sameText(scene, value);
    if (!one && !aligned.fits(scene, value))
      return ["The pinned text is not cut by this pattern. Pin it again, or colour by words.", ""];
    const question: Question = value.question;
    const before = context.picture(value.basis, one ? tokens : value.tokens, question);
    if (!before) return ["What was pinned has no scores for its question. Pin again.", ""];
    const part = one ? difference : aligned;
    show(part.el, true);
    part.el.classList.toggle("is-stale", !scene.fresh);
    attr(part.el, "aria-busy", scene.fresh ? null : "true");
    return ["", part.update(scene, value, before, scene.picture)];
  }
  return { el, update };
}
