/** Taking it away: the whole result as a page, the picture for print, the numbers, and texts to paste. */
import { attr, h, show, text } from "../dom";
import * as numbers from "../numbers";
import type { Scene } from "../scene";
import type { Panel, PanelContext } from "./panel";
import { toPage, traitsShown, widgetCode } from "./save-page";
import { writtenPicture } from "./save-picture";
import { toPng } from "./save-png";
import { toSvg } from "./svg";
import { type Ground, layOut } from "./svg-layout";
import { copy, download } from "./take";
import { readable, toCsv, toJson, toMarkdown, type Written } from "./written";
import { toStill } from "./written-html";
import { toLatex } from "./written-latex";

const CM = 72 / 2.54;
const NARROWEST = 4;
const WIDEST = 60;
const NO_CODE =
  'This notebook does not hand the widget’s code to the page. In Python: w.to_html("result.html")';

const OLDER = "What is shown is older than what was asked; the files hold what is shown.";
const REPLACED = "The picture shown is just being replaced. Save again in a moment.";

/** "tom-loves-korean-food" of a text; what a file system may not like is left out. */
export function fileName(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  let name = "";
  for (const word of words.slice(0, 6)) if (name.length + word.length < 40) name += `${name && "-"}${word}`;
  return name || "attribution";
}

function size(bytes: number): string {
  return bytes < 1e6
    ? `${Math.max(1, Math.round(bytes / 1000))}\u00a0kB`
    : `${(bytes / 1e6).toFixed(1)}\u00a0MB`;
}

export function createSave(context: PanelContext): Panel {
  const { on, uid, root } = context;
  const said = h("p", { class: "jw-said", role: "status" });
  const preview = h("textarea", {
    class: "jw-preview",
    readonly: true,
    spellcheck: "false",
    rows: 7,
    "aria-label": "What was copied",
    hidden: true,
  });
  const width = h("input", {
    id: `${uid}-width`,
    class: "jw-size",
    type: "number",
    min: NARROWEST,
    max: WIDEST,
    step: 0.5,
    value: 16,
  });
  const letters = h("input", {
    id: `${uid}-letters`,
    class: "jw-size",
    type: "number",
    min: 5,
    max: 30,
    step: 0.5,
    value: 10,
  });
  const ground = h(
    "select",
    { id: `${uid}-ground`, class: "jw-chip" },
    h("option", { value: "light" }, "Light"),
    h("option", { value: "dark" }, "Dark"),
    h("option", { value: "transparent" }, "Transparent"),
  );
  const buttons: HTMLButtonElement[] = [];
  let working = false;

  function button(words: string, act: (written: Written) => Promise<string> | string): HTMLButtonElement {
    const el = h("button.jw-chip", words);
    buttons.push(el);
    on(el, "click", async () => {
      const written = writtenPicture(context.scene(), context.label);
      if (!written || working) return;
      working = true;
      text(said, "One moment …");
      try {
        text(said, await act(written));
      } catch (error) {
        text(said, `This did not work: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        working = false;
      }
    });
    return el;
  }

  function saveAs(content: Blob, kind: string): string {
    const name = `${fileName(context.scene().tokens?.text ?? "")}.${kind}`;
    download(content, name);
    show(preview, false);
    return `Saving ${name}, ${size(content.size)}.`;
  }

  function copyAs(content: string, kind: string): Promise<string> {
    attr(preview, "aria-label", `${kind}, as copied`);
    const length = numbers.count([...content].length, "character");
    return copy(content, preview, `Copied as ${kind}, ${length}.`);
  }

  function sheet(written: Written) {
    const within = (input: HTMLInputElement, low: number, high: number, usual: number) =>
      Math.max(low, Math.min(high, Number(input.value) || usual));
    const { palette, bars } = context.scene().wish;
    return layOut(
      written,
      {
        width: within(width, NARROWEST, WIDEST, 16) * CM,
        size: within(letters, 5, 30, 10),
        ground: ground.value as Ground,
        palette,
        bars,
      },
      root,
    );
  }

  const file = (content: string, type: string) => new Blob([content], { type: `${type};charset=utf-8` });
  const html = button("Save as HTML", async (written) => {
    const code = widgetCode(context.get);
    if (!code) return NO_CODE;
    const traits = traitsShown(context.scene(), context.get, context.decode);
    if (!traits) return REPLACED;
    const title = `${readable(written.question)} · ${written.model}`;
    const heading = readable(`What moved a prediction of ${written.model}`);
    const still = toStill(written, "Static picture: for the rest, this page needs JavaScript.");
    return saveAs(file(await toPage(traits, code, title, heading, still), "text/html"), "html");
  });
  const svg = button("Save as SVG", (written) => saveAs(file(toSvg(sheet(written)), "image/svg+xml"), "svg"));
  const png = button("Save as PNG", async (written) => {
    const { blob, dpi } = await toPng(sheet(written));
    return `${saveAs(blob, "png").slice(0, -1)}, ${dpi} dots per inch.`;
  });
  const csv = button("Save as CSV", (written) => saveAs(file(`\ufeff${toCsv(written)}`, "text/csv"), "csv"));
  const json = button("Save as JSON", (written) => saveAs(file(toJson(written), "application/json"), "json"));
  const markdown = button("Copy as Markdown", (written) => copyAs(toMarkdown(written), "Markdown"));
  const latex = button("Copy as LaTeX", (written) => copyAs(toLatex(written), "LaTeX"));

  const row = (caption: string, note: string, ...parts: (Node | string)[]) => [
    h("span", { class: "jw-caption" }, caption),
    h("div", { class: "jw-row" }, ...parts, note ? h("span", { class: "jw-quiet" }, note) : ""),
  ];
  const field = (words: string, input: HTMLElement, after: string) =>
    h("label", { class: "jw-setting", for: input.id }, words, input, after);
  const older = h("p", { class: "jw-quiet", hidden: true }, OLDER);
  const el = h(
    "div",
    { class: "jw-save" },
    older,
    h(
      "div",
      { class: "jw-ways" },
      ...row("Everything", "One file that goes on working without a kernel or a network", html),
      ...row(
        "The picture",
        "",
        svg,
        png,
        field("Width", width, "cm"),
        field("Text size", letters, "pt"),
        field("Background", ground, ""),
      ),
      ...row("The numbers", "", csv, json),
      ...row("To paste", "", markdown, latex),
    ),
    said,
    preview,
  );

  return {
    el,
    update(scene: Scene) {
      const none = scene.picture === null || scene.degenerate;
      for (const one of buttons) one.disabled = none;
      show(older, !none && !scene.fresh);
      if (none) text(said, "There are no scores to save yet.");
      else if (said.textContent === "There are no scores to save yet.") text(said, "");
    },
  };
}
