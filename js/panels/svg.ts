/** A laid-out picture as an SVG file: shapes, and text that stays text. */
import { FAMILY, type Line, RING, type Sheet } from "./svg-layout";

const CM = 72 / 2.54;

export function toSvg({ width, height, ground, title, shapes, ramp, lines }: Sheet): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width / CM)}cm" height="${n(height / CM)}cm" viewBox="0 0 ${n(width)} ${n(height)}" font-family="${FAMILY}">`,
    `<title>${xml(title)}</title>`,
  ];
  if (ground) parts.push(`<rect width="${n(width)}" height="${n(height)}" fill="${ground}"/>`);
  for (const { x, y, width, height, fill, opacity, stroke } of shapes) {
    const paint = stroke
      ? `fill="none" stroke="${stroke}" stroke-width="${RING}" rx="1.5"`
      : `fill="${fill}"${opacity < 1 ? ` fill-opacity="${n(opacity)}"` : ""}`;
    parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" ${paint}/>`);
  }
  const stops = ramp.stops.map(
    ({ at, fill, opacity }) => `<stop offset="${at}" stop-color="${fill}" stop-opacity="${opacity}"/>`,
  );
  parts.push(
    `<defs><linearGradient id="ramp">${stops.join("")}</linearGradient></defs>`,
    `<rect x="${n(ramp.x)}" y="${n(ramp.y)}" width="${n(ramp.width)}" height="${n(ramp.height)}" fill="url(#ramp)"/>`,
  );
  for (const { y, size, parts: spans } of rows(lines)) {
    const words = spans.map(({ x, text, fill }) => `<tspan x="${n(x)}" fill="${fill}">${xml(text)}</tspan>`);
    parts.push(`<text y="${n(y)}" font-size="${n(size)}" xml:space="preserve">${words.join("")}</text>`);
  }
  return `${parts.join("\n")}\n</svg>\n`;
}

/** What stands in one line is one text, so that it can be searched and copied as such. */
function rows(lines: readonly Line[]): { y: number; size: number; parts: Line[] }[] {
  const found: { y: number; size: number; parts: Line[] }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && last.size === line.size && Math.abs(last.y - line.y) < 0.5) last.parts.push(line);
    else found.push({ y: line.y, size: line.size, parts: [line] });
  }
  return found;
}

const n = (value: number) => String(Math.round(value * 1000) / 1000);

/** XML does not allow every character, not even escaped. */
function xml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (c) => (c === "\t" ? c : "\ufffd"))
    .replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);
}
