/** Away from the page: a file, or a text on the clipboard. */
import { h, show } from "../dom";

const REFUSED =
  "The browser keeps its clipboard to itself here. The text is selected: press Ctrl+C, or ⌘C on a Mac.";

export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Shows the content in `area` too. `done`, or what to do where the browser refuses. */
export async function copy(content: string, area: HTMLTextAreaElement, done: string): Promise<string> {
  show(area, true);
  area.value = content;
  try {
    await navigator.clipboard.writeText(content);
    return done;
  } catch {
    area.focus();
    area.select();
    // Frames without the permission may still copy what is selected.
    return document.execCommand("copy") ? done : REFUSED;
  }
}
