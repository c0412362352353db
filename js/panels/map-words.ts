/** What the map says: how far it is, and what a cell means. */
import * as numbers from "../numbers";
import { SCOPE_WORDS } from "../scopes";
import { spoken, visible } from "../tokens";
import type { Scope, Tokens } from "../wire";
import { bosShare, rankInRow, scoreOf, type TokenMap } from "./map-data";

const MOST_TOKENS = 4096;

export interface Situation {
  words: string;
  button: "compute" | "continue" | "stop" | null;
  done: number; // rows, for the meter
  total: number; // 0 for no meter
}

export interface Circumstances {
  tokens: Tokens | null;
  map: TokenMap | null; // of this text
  error: string | null;
  kernel: boolean;
  asked: boolean; // Compute was pressed
}

const about = (seconds: number) => `about ${numbers.duration(seconds)}`;

export function situation({ tokens, map, error, kernel, asked }: Circumstances): Situation {
  const said = (words: string, button: Situation["button"] = null): Situation => ({
    words,
    button,
    done: 0,
    total: 0,
  });
  const n = tokens?.ids.length ?? 0;
  if (n === 0) return said("There is no text to map yet.");
  if (n > MOST_TOKENS || map?.state === "too long") {
    const most = MOST_TOKENS.toLocaleString("en");
    return said(`A map is drawn of up to ${most} tokens; this text has ${n.toLocaleString("en")}.`);
  }
  if (error !== null) return said(error);
  const length = numbers.count(n, "token");
  if (map === null) {
    return kernel
      ? said(asked ? "Waiting for the model …" : "Asking how long the map takes …")
      : said("No map was saved with this text. To compute one takes a running kernel.");
  }
  const part = `${map.rows.toLocaleString("en")} of ${length}`;
  const progress = (words: string, button: Situation["button"] = null): Situation => ({
    words,
    button,
    done: map.rows,
    total: map.n,
  });
  if (map.state === "done") return said("");
  if (!kernel) {
    return map.rows > 0
      ? said(`A saved map of ${part}. To compute the rest takes a running kernel.`)
      : said("No map was saved with this text. To compute one takes a running kernel.");
  }
  if (map.state === "waiting") {
    return asked
      ? said("Waiting for the model …", "stop")
      : said(`${length}, ${about(map.seconds)}`, "compute");
  }
  if (map.state === "computing") {
    return progress(`${part}, ${about(map.seconds)} left`, asked ? "stop" : null);
  }
  return asked
    ? progress("Waiting for the model …", "stop")
    : progress(`Stopped at ${part}, ${about(map.seconds)} for the rest`, "continue");
}

/** What is shown, in which scope, and why that is another one than the text's. */
export function caption(map: TokenMap, asked: Scope, whole: boolean): string {
  const { name } = SCOPE_WORDS[map.scope];
  const what = whole
    ? "each row is a token, each column a token before it that moved it"
    : "the tokens that moved each token of the answer most";
  const none = asked === "fisher" || asked === "contrast" ? ` ${SCOPE_WORDS[asked].name} has no map.` : "";
  return `${name}: ${what}.${none}`;
}

export interface CellWords {
  score: string; // "3.20 nats per unit embedding norm"
  place: string; // "1st of 12"
}

export function cellWords(map: TokenMap, q: number, t: number): CellWords {
  const value = numbers.score(scoreOf(map, q, t), map.rowMax[q] as number);
  return {
    score: `${value}${map.unit ? ` ${map.unit}` : ""}`,
    place: `${numbers.ordinal(rankInRow(map, q, t))} of ${q.toLocaleString("en")}`,
  };
}

/** What a screen reader says about a cell. */
export function spokenCell(map: TokenMap, tokens: Tokens, q: number, t: number): string {
  const { score, place } = cellWords(map, q, t);
  return `${spokenToken(tokens, q)}, from ${spokenToken(tokens, t)}: ${score}, ${place}`;
}

export function spokenToken(tokens: Tokens, t: number): string {
  return spoken(tokenLabel(tokens, t));
}

export function tokenLabel(tokens: Tokens, t: number): string {
  const label = visible(tokens.labels[t] ?? "");
  return label.length > 40 ? `${[...label].slice(0, 38).join("")}…` : label;
}

/** How much of a row lies outside the text; "" for next to nothing. */
export function bosWords(map: TokenMap, q: number): string {
  const share = bosShare(map, q);
  return share >= 0.005 ? `BOS holds ${numbers.share(share)} of what moved it.` : "";
}
