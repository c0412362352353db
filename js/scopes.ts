/** What each scope is called, asks and measures: the words of Python's registry, which writes `scopes.json`. */
import words from "./scopes.json";
import { SCOPES, type Scope } from "./wire";

export interface ScopeWords {
  name: string;
  unit: string;
  explains: string;
  target: boolean;
}

export const SCOPE_WORDS: Record<Scope, ScopeWords> = words;

export const FIRST_SCOPES: readonly Scope[] = SCOPES.slice(0, 3);
export const MORE_SCOPES: readonly Scope[] = SCOPES.slice(3);
