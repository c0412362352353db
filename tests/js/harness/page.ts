/** A plain page that mounts the built bundle on fake models; `make` in the page's console builds others. */
import * as fake from "../fake";

declare global {
  interface Window {
    harness: typeof fake & { mount: (model: fake.FakeModel, el?: HTMLElement) => Promise<AbortController> };
  }
}

const WORDS =
  "the of and model token attention weight gradient norm layer head prompt answer reader river house quickly never always blue seven Paris is was had".split(
    " ",
  );

export function longText(n: number): string[] {
  const next = fake.random(3);
  return Array.from({ length: n }, (_, i) => {
    const word = WORDS[Math.floor(next() * WORDS.length)] as string;
    if (i % 97 === 96) return ".\n";
    return i === 0 || i % 97 === 0 ? word : ` ${word}`;
  });
}

async function mount(model: fake.FakeModel, el?: HTMLElement): Promise<AbortController> {
  const url = "/widget.js";
  const module = await import(url);
  const widget = await module.default();
  const controller = new AbortController();
  const target = el ?? document.body.appendChild(document.createElement("div"));
  await widget.initialize({ model, signal: controller.signal });
  await widget.render({ model, el: target, signal: controller.signal });
  return controller;
}

window.harness = { ...fake, mount, ...{ longText } };
