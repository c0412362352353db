/** What every part of the view is given: how to ask for things, and when to stop listening. */
import type { On } from "../dom";
import type { Keys } from "../keys";
import type { Scene } from "../scene";
import type { Action } from "../view-state";
import type { Granularity, PanelName, Scope, Wish } from "../wire";

export type Drawing = "scale" | "threshold" | "vmax" | "palette" | "bars" | "signed" | "hide";

export interface Wishes {
  scope(scope: Scope): void;
  target(id: number | null): void;
  foil(id: number | null): void;
  rank(rank: number | null): void;
  granularity(granularity: Granularity): void;
  /** How the picture is drawn: traits that only the browser acts on. Without `keep` they are not yet sent. */
  draw(values: Partial<Pick<Wish, Drawing>>, keep?: boolean): void;
  pattern(pattern: string): void;
  panel(name: PanelName | null): void;
  explain(position: number | null): void;
  guess(on: boolean): void;
  mark(group: number): void;
  submit(): void;
  search(query: string): void;
  cancel(): void;
  retry(): void;
  back(): void;
}

export interface Context {
  root: HTMLElement;
  wishes: Wishes;
  dispatch(action: Action): void;
  scene(): Scene;
  label(id: number): string;
  keys: Keys;
  on: On; // listeners that end with `signal`
  signal: AbortSignal;
  uid: string;
}

export interface View {
  el: HTMLElement;
  update(scene: Scene): void;
}
