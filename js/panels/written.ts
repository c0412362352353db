/** A picture as text to take elsewhere: CSV, JSON, Markdown. Mirror of `picture.py` and `written.py`. */
import * as numbers from "../numbers";

export interface WrittenPiece {
  text: string;
  label: string;
  start: number;
  stop: number;
  score: number | null; // null at and after the position, and where the piece is hidden
  error: number;
  share: number;
  weight: number; // place on the colour bar, 0 to 1; 0 below the threshold
}

/** What a reader is shown, as plain data. */
export interface Written {
  question: string;
  scope: string;
  title: string;
  unit: string;
  model: string;
  position: number | null;
  explained: number | null;
  granularity: string;
  rank: number | null;
  signed: boolean;
  scale: string;
  top: number; // the score that has full ink
  bos_share: number | null;
  hidden_share: number | null;
  pieces: WrittenPiece[];
}

const CODED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const KEPT = "\n\t\u200c\u200d";
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\n])/u;
const MARKUP = /[\\`*_[\]<>&|~$#@]|:(?=\/\/)|(?<=^\s*)[+\-=]|(?<=^\s*\d+)[.)]/gmu;
const ENTITIES: Record<string, string> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  "@": "&#64;",
  ":": "&#58;",
};
const WORD = /^[\p{L}\p{N}](?:.*[\p{L}\p{N}])?$/u;
const STRONG = 0.5;
const LISTED = 10;

/** Control and format characters written out: they could hide or reorder what stands beside them. */
export function readable(text: string): string {
  return text.replace(CODED, (c) =>
    KEPT.includes(c) ? c : `⟨U+${(c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

/** The pieces that have a score, strongest first. */
export function order({ pieces }: Written): number[] {
  const size = (i: number) => Math.abs(pieces[i]?.score ?? 0);
  return pieces
    .flatMap((piece, i) => (piece.score === null ? [] : [i]))
    .sort((a, b) => size(b) - size(a) || a - b);
}

function places(written: Written): Map<number, number> {
  const found = new Map<number, number>();
  let before: number | null = null;
  let n = 0;
  for (const i of order(written)) {
    n++;
    const size = Math.abs(written.pieces[i]?.score ?? 0);
    const tied = before !== null && Math.abs(written.pieces[before]?.score ?? 0) === size;
    found.set(i, tied ? (found.get(before as number) as number) : n);
    before = i;
  }
  return found;
}

/** Python's `format(x, ".6g")`. */
export function general(x: number): string {
  if (x === 0) return "0";
  const [digits, power] = x.toExponential(5).split("e") as [string, string];
  const e = Number(power);
  const bare = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (e < -4 || e >= 6) return `${bare(digits)}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  return bare(x.toFixed(5 - e));
}

const rounded = (x: number | null) => (x === null ? null : Number(general(x)));

function cell(text: string): string {
  const shown = readable(text);
  const value = FORMULA.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export function toCsv(written: Written): string {
  const place = places(written);
  const rows = [["start", "stop", "text", `score [${written.unit}]`, "standard_error", "share", "place"]];
  for (const [i, { start, stop, text, score, error, share }] of written.pieces.entries()) {
    const values =
      score === null
        ? ["", "", "", ""]
        : [general(score), general(error), general(share), String(place.get(i))];
    rows.push([String(start), String(stop), cell(text), ...values]);
  }
  return rows.map((row) => `${row.join(",")}\r\n`).join("");
}

export function toJson(written: Written): string {
  const place = places(written);
  const { question, scope, unit, model, position, explained, granularity, rank, signed } = written;
  const pieces = written.pieces.map(({ text, start, stop, score, error, share }, i) => ({
    text,
    start,
    stop,
    score: rounded(score),
    standard_error: score === null ? null : rounded(error),
    share: score === null ? null : rounded(share),
    place: place.get(i) ?? null,
  }));
  const shares = { bos_share: rounded(written.bos_share), hidden_share: rounded(written.hidden_share) };
  const head = { question, scope, unit, model, position, explained, granularity, rank, signed };
  return `${JSON.stringify({ ...head, ...shares, pieces }, null, 1)}\n`;
}

export function toMarkdown(written: Written): string {
  const place = places(written);
  const lines = [`**${plain(readable(written.question))}**`, "", ...quotation(written), ""];
  lines.push(`| Place | Piece | Score, ${written.unit} | Share |`, "|--:|:--|--:|--:|");
  for (const i of order(written).slice(0, LISTED)) {
    const { label, share } = written.pieces[i] as WrittenPiece;
    lines.push(
      `| ${place.get(i)} | ${code(readable(label))} | ${withError(written, i)} | ${numbers.share(share)} |`,
    );
  }
  return `${[...lines, "", plain(readable(footnote(written)))].join("\n")}\n`;
}

/** Scope and model, and what the picture does not colour. */
export function footnote({ title, model, signed, rank, bos_share, hidden_share }: Written): string {
  const parts = [`${title} scope, ${model}`];
  if (signed) parts.push("gradient × input");
  if (rank !== null) parts.push(`top ${rank} direction${rank > 1 ? "s" : ""}`);
  if (bos_share !== null) parts.push(`BOS holds ${numbers.share(bos_share)}, hidden`);
  if (hidden_share !== null) parts.push(`hidden tokens hold ${numbers.share(hidden_share)}`);
  return parts.join(" · ");
}

/** What stands at the two ends of the colour bar. */
export function legend(written: Written): [string, string] {
  const { top, signed, scale, unit, pieces } = written;
  const most = highest(written);
  const first = order(written)[0];
  const low = scale === "rank" ? "weakest" : signed ? `−${numbers.score(top, most)}` : "0";
  const estimated = first !== undefined && top === most && pieces.some(({ error }) => error > 0);
  const high = estimated ? withError(written, first) : numbers.score(top, most);
  return [low, `${high} ${unit}${scale === "linear" ? "" : ` (${scale} scale)`}`];
}

function highest({ pieces }: Written): number {
  return pieces.reduce((most, { score }) => Math.max(most, Math.abs(score ?? 0)), 0);
}

function withError(written: Written, i: number): string {
  const { score, error } = written.pieces[i] as WrittenPiece;
  const first = order(written)[0] ?? 0;
  return numbers.scoreWithError(score ?? 0, error, highest(written), written.pieces[first]?.error ?? 0);
}

/** Bold needs a letter or digit at both ends to be read as bold everywhere. */
function quotation({ pieces }: Written): string[] {
  const runs: { text: string; bold: boolean }[] = [];
  for (const { text, weight } of pieces) {
    for (const part of readable(text).split(/(\s+)/)) {
      if (part === "") continue;
      const bold = weight >= STRONG && WORD.test(part);
      const last = runs.at(-1);
      if (last && last.bold === bold) last.text += part;
      else runs.push({ text: part, bold });
    }
  }
  const text = runs.map((run) => (run.bold ? `**${plain(run.text)}**` : plain(run.text))).join("");
  const lines = text.split("\n").map((line) => line.trim());
  // A backslash at the end of a line keeps its break.
  return lines.map((line, i) => (line === "" ? ">" : `> ${line}${lines[i + 1] ? "\\" : ""}`));
}

/** Markdown that shows `text`, whatever it holds. */
function plain(text: string): string {
  return text.replace(MARKUP, (c) => ENTITIES[c] ?? `\\${c}`);
}

/** A code span for a cell of a table. */
function code(text: string): string {
  if (text === "") return "";
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text.replaceAll("|", "\\|")}${pad}${fence}`;
}
