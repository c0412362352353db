/** A picture as HTML that needs no script. Mirror of `still` in `_static_html.py`. */
import { MAX_ALPHA } from "../color";
import { footnote, legend, readable, type Written, type WrittenPiece } from "./written";

const INK = "#2166ac";
const AGAINST = "#b2182b";
const SHADES = 32;

export function toStill(written: Written, note: string): string {
  const spans: { shown: string; style: string }[] = [];
  for (const [i, piece] of written.pieces.entries()) {
    const style = i === written.explained ? "outline:2px solid #b35806;border-radius:3px" : pieceStyle(piece);
    const last = spans.at(-1);
    if (last && style === last.style) last.shown += shown(piece.text);
    else spans.push({ shown: shown(piece.text), style });
  }
  const text = spans
    .map((span) => (span.style ? `<span style="${span.style}">${span.shown}</span>` : span.shown))
    .join("");
  const [low, top] = legend(written);
  const said = `${low} to ${top} · ${footnote(written)} · ${note}`;
  return (
    `<div style="max-width:860px;overflow-wrap:anywhere">` +
    `<div style="font:15px system-ui,sans-serif;margin-bottom:8px">${escapeHtml(readable(written.question))}</div>` +
    `<div style="white-space:pre-wrap;font:17px/2 system-ui,sans-serif">${text}</div>` +
    `<div style="opacity:.75;font:12.5px system-ui,sans-serif;margin-top:8px">${escapeHtml(readable(said))}</div></div>`
  );
}

function pieceStyle({ score, weight }: WrittenPiece): string {
  if (score === null) return "opacity:.6";
  const shade = Math.floor(SHADES * weight + 0.5) / SHADES;
  if (shade === 0) return "";
  const ink = score < 0 ? AGAINST : INK;
  const bar = Math.floor(4 * shade + 0.5);
  const alpha = Math.floor(255 * MAX_ALPHA * shade + 0.5)
    .toString(16)
    .padStart(2, "0");
  return `background:${ink}${alpha}${bar ? `;border-bottom:${bar}px solid ${ink}` : ""}`;
}

/** A piece of nothing but line ends would have no width. */
function shown(text: string): string {
  const breaks = /^\n*$/.test(text);
  return escapeHtml(breaks ? "↵".repeat(text.length) + text : readable(text));
}

const NAMED: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => NAMED[c] as string);
}
