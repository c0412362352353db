/** What a pointer does on the map: point, open, pan, zoom; with a mouse, a trackpad or fingers. */
import type { On } from "../dom";
import { STILL, wheelZoom } from "./zoom";

export interface Gestures {
  point(px: number, py: number): void;
  leave(): void;
  open(px: number, py: number): void;
  pan(dx: number, dy: number): void;
  zoom(factor: number, px: number, py: number): void;
}

export function listen(surface: HTMLElement, on: On, gestures: Gestures): void {
  const down = new Map<number, { x: number; y: number }>();
  let dragging = false;
  let from = { x: 0, y: 0 };

  const at = (event: MouseEvent) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const pair = () => {
    const [a, b] = [...down.values()];
    if (!a || !b) return null;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) };
  };

  on(surface, "pointerdown", (event) => {
    if (event.button !== 0) return;
    from = at(event);
    down.set(event.pointerId, from);
    dragging = down.size > 1;
  });
  on(surface, "pointermove", (event) => {
    const now = at(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (down.size === 0) gestures.point(now.x, now.y);
      return;
    }
    const two = pair();
    if (!dragging && Math.hypot(now.x - from.x, now.y - from.y) < STILL) return;
    if (!dragging) {
      dragging = true;
      surface.setPointerCapture(event.pointerId);
    }
    down.set(event.pointerId, now);
    const moved = pair();
    if (two && moved) {
      gestures.pan(moved.x - two.x, moved.y - two.y);
      if (two.apart > 0) gestures.zoom(moved.apart / two.apart, moved.x, moved.y);
    } else gestures.pan(now.x - before.x, now.y - before.y);
  });
  const up = (event: PointerEvent) => {
    const known = down.delete(event.pointerId);
    if (known && !dragging && event.type === "pointerup") {
      const now = at(event);
      gestures.point(now.x, now.y);
      gestures.open(now.x, now.y);
    }
    if (down.size === 0) dragging = false;
  };
  on(surface, "pointerup", up);
  on(surface, "pointercancel", up);
  on(surface, "pointerleave", (event) => {
    if (!down.has(event.pointerId)) gestures.leave();
    else if (!dragging) down.delete(event.pointerId);
  });
  on(
    surface,
    "wheel",
    (event) => {
      const factor = wheelZoom(event);
      if (factor === null) return;
      const { x, y } = at(event);
      gestures.zoom(factor, x, y);
    },
    { passive: false },
  );
}
