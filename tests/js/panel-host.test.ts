// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { h } from "../../js/dom";
import type { CreatePanel, PanelBundle, PanelContext } from "../../js/panels/panel";
import type { Scene } from "../../js/scene";
import { createPanelHost } from "../../js/views/panel-host";

interface Stage {
  host: ReturnType<typeof createPanelHost>;
  show: (panel: string | null, traits?: Record<string, unknown>, state?: string) => void;
  wishes: (string | null)[];
  answer: (bundle: PanelBundle) => Promise<void>;
  refuse: (error: Error) => Promise<void>;
  loads: string[];
}

let stop: AbortController;
beforeEach(() => {
  stop = new AbortController();
});
afterEach(() => stop.abort());

const settle = async () => {
  for (let i = 0; i < 4; i++) await Promise.resolve();
};

function stage(): Stage {
  let scene = { wish: { panel: null }, state: "ready" } as unknown as Scene;
  let traits: Record<string, unknown> = { panels: "" };
  const wishes: (string | null)[] = [];
  const loads: string[] = [];
  let resolve: (bundle: PanelBundle) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const context = {
    root: h("div"),
    wishes: { panel: (name: string | null) => wishes.push(name) },
    scene: () => scene,
    get: (name: string) => traits[name],
    signal: stop.signal,
    on: (element: EventTarget, type: string, handler: () => void) =>
      element.addEventListener(type, handler, { signal: stop.signal }),
    uid: "jw-1",
  } as unknown as PanelContext;
  const host = createPanelHost(context, (code) => {
    loads.push(code);
    return new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
  });
  document.body.append(host.el);
  return {
    host,
    wishes,
    loads,
    show(panel, values = {}, state = "ready") {
      traits = { ...traits, ...values };
      scene = { wish: { panel }, state } as unknown as Scene;
      host.update(scene);
    },
    async answer(bundle) {
      resolve(bundle);
      await settle();
    },
    async refuse(error) {
      reject(error);
      await settle();
    },
  };
}

const panel =
  (name: string, log: string[]): CreatePanel =>
  () => ({
    el: h("div", { class: name }, name),
    update: () => log.push(`${name} updated`),
    opened: () => log.push(`${name} opened`),
  });
const note = (s: Stage) => s.host.el.querySelector<HTMLElement>("[role=status]");

describe("panel host", () => {
  test("nothing is asked for while no panel is open", () => {
    const s = stage();
    s.show(null);
    expect(s.host.el.hidden).toBe(true);
    expect(s.loads).toEqual([]);
  });

  test("the code is loaded once, each panel made once, and only the open one drawn", async () => {
    const s = stage();
    const log: string[] = [];
    s.show("map");
    expect(note(s)?.textContent).toBe("One moment …");
    s.show("map", { panels: "code" });
    s.show("map");
    expect(s.loads).toEqual(["code"]);
    await s.answer({
      panels: { map: panel("map", log), save: panel("save", log) },
      css: ".jw .map{color:red}",
    });
    expect(note(s)?.hidden).toBe(true);
    expect(s.host.el.querySelector("style")?.textContent).toBe(".jw .map{color:red}");
    s.show("map");
    s.show("save");
    s.show(null);
    s.show("map");
    expect(log).toEqual([
      "map updated",
      "map opened",
      "map updated",
      "save updated",
      "save opened",
      "map updated",
      "map opened",
    ]);
    expect(s.host.el.querySelectorAll(".map")).toHaveLength(1);
    expect(s.host.el.querySelector<HTMLElement>(".save")?.hidden).toBe(true);
    expect(s.loads).toEqual(["code"]);
  });

  test("Close wishes for no panel", () => {
    const s = stage();
    s.show("help");
    s.host.el.querySelector<HTMLElement>("button")?.click();
    expect(s.wishes).toEqual([null]);
  });

  test("what cannot be had is said: no kernel, no import, a panel that fails", async () => {
    const s = stage();
    s.show("map", {}, "no-kernel");
    expect(note(s)?.textContent).toBe("This panel needs a kernel the first time it is opened.");
    s.show("map", { panels: "code" });
    await s.refuse(new Error("blocked by a policy"));
    expect(note(s)?.textContent).toBe("The panels could not be loaded here: blocked by a policy");

    const other = stage();
    other.show("map", { panels: "code" });
    await other.answer({
      panels: {
        map: () => {
          throw new Error("no canvas");
        },
      },
      css: "",
    });
    expect(note(other)?.textContent).toBe("This panel failed: no canvas");
    other.show("save");
    expect(note(other)?.textContent).toBe("This panel is not there.");
  });
});
