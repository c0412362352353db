/** The shape of an arc between two tokens of a wrapped text. */

/** Where a token stands: the middle of its first line, and that line's top and bottom. */
export interface Box {
  x: number;
  top: number;
  bottom: number;
}

const LOWEST = 6;
const HIGHEST = 25; // what the space between two lines holds
const THINNEST = 0.7;
const THICKEST = 2.8;

export function strokeWidth(weight: number): number {
  return THINNEST + (THICKEST - THINNEST) * Math.max(0, Math.min(1, weight));
}

/** Over the line where both stand on one, else from the top of the lower to the bottom of the upper. */
export function curve(from: Box, to: Box): string {
  const n = (value: number) => Math.round(value * 10) / 10;
  const middle = (from.top + from.bottom) / 2;
  if (middle > to.top && middle < to.bottom) {
    const rise = Math.min(HIGHEST, LOWEST + Math.abs(from.x - to.x) * 0.04);
    // A cubic reaches three quarters of the way to its handles.
    const handle = Math.min(from.top, to.top) - rise / 0.75;
    return `M${n(from.x)} ${n(from.top)}C${n(from.x)} ${n(handle)} ${n(to.x)} ${n(handle)} ${n(to.x)} ${n(to.top)}`;
  }
  const [start, end] = from.top > to.top ? [from.top, to.bottom] : [from.bottom, to.top];
  const half = (start + end) / 2;
  return `M${n(from.x)} ${n(start)}C${n(from.x)} ${n(half)} ${n(to.x)} ${n(half)} ${n(to.x)} ${n(end)}`;
}
