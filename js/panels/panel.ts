/** What a panel beside the text is given, and what it gives back. */
import type { Note, Scene } from "../scene";
import type { Picture, Question } from "../store";
import type { Context } from "../views/context";
import type { Basis, decodeBasis, decodeTokens, Granularity, PanelName, Tokens } from "../wire";

/** The widget's own, so that the panels do not bring them a second time. */
export interface Decoders {
  tokens: typeof decodeTokens;
  basis: typeof decodeBasis;
}

export interface PanelContext extends Context {
  /** A raw trait. */
  get(name: string): unknown;
  decode: Decoders;
  /** Writes traits in one message. */
  wish(values: Record<string, unknown>): void;
  /** Through the store that all views share, with the scene's hiding, and its granularity where none is named. */
  picture(basis: Basis, tokens: Tokens, question: Question, granularity?: Granularity): Picture | null;
  /** What is said of a piece of the text, and marked in it, also while the panel is closed; "" for nothing. */
  note(of: Note): void;
  /** Moves the keyboard to a piece of the text. */
  focus(group: number): void;
}

export interface Panel {
  el: HTMLElement;
  /** Called while the panel is shown. */
  update(scene: Scene): void;
  /** Called each time it is shown, after the first `update`. */
  opened?(): void;
}

/** The bar of guess mode. */
export interface Guess {
  el: HTMLElement;
  update(scene: Scene): void;
  /** Marks a piece of the text, or takes its mark away. */
  mark(group: number): void;
}

export type CreateGuess = (context: PanelContext) => Guess;

export type CreatePanel = (context: PanelContext) => Panel;

/** The second bundle: what its module exports. One for guess mode alone has no panels. */
export interface PanelBundle {
  panels?: Partial<Record<PanelName, CreatePanel>>;
  guess?: CreateGuess;
  css: string;
}
