/** Up and down in text that wraps: the browser alone knows where the lines break. */
import { boxOf } from "../dom";

interface Middle {
  x: number;
  y: number;
  height: number;
}

export function middle(element: Element): Middle {
  const rect = boxOf(element);
  return { x: (rect.left + rect.right) / 2, y: (rect.top + rect.bottom) / 2, height: rect.height };
}

/** Which of `count` items stands nearest above (`step` −1) or below the item `from`; `from` itself where none does. */
export function nearestLine(
  from: number,
  step: 1 | -1,
  count: number,
  element: (item: number) => Element,
  skip?: (item: number) => boolean | undefined,
): number {
  const here = middle(element(from));
  let line: number | null = null;
  let best = from;
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = from + step; i >= 0 && i < count; i += step) {
    if (skip?.(i)) continue;
    const there = middle(element(i));
    if (Math.abs(there.y - here.y) < here.height / 2) continue;
    if (line === null) line = there.y;
    else if (Math.abs(there.y - line) > here.height / 2) break;
    const distance = Math.abs(there.x - here.x);
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  }
  return best;
}
