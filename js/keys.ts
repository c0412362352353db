/** Keeps keys pressed in the widget away from the notebook's shortcuts, and routes them inside. */

/** Returns true when it has dealt with the key. */
export type KeyHandler = (event: KeyboardEvent) => boolean;

export interface Keys {
  on(element: Element, handler: KeyHandler): void;
}

const EDITING = new Set(["a", "c", "v", "x", "y", "z", "Backspace", "Delete", "Enter", "Home", "End"]);

function isEditing(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  const field = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
  return (
    field && (EDITING.has(event.key) || EDITING.has(event.key.toLowerCase()) || event.key.startsWith("Arrow"))
  );
}

/**
 * Notebook 7 listens in the capture phase on `document`, so only `window` comes before it. Chords such as Ctrl+S pass;
 * `data-lm-suppress-shortcuts` is left off on purpose, because Lumino then drops those as well.
 */
export function shieldKeys(root: HTMLElement, signal: AbortSignal): Keys {
  const handlers = new WeakMap<EventTarget, KeyHandler>();
  window.addEventListener(
    "keydown",
    (event) => {
      const path = event.composedPath();
      const end = path.indexOf(root);
      if (end < 0) return;
      let handled = false;
      if (!event.isComposing) {
        for (let i = 0; i <= end && !handled; i++)
          handled = handlers.get(path[i] as EventTarget)?.(event) ?? false;
      }
      if (handled) event.preventDefault();
      if (handled || plain(event) || isEditing(event)) event.stopImmediatePropagation();
    },
    { capture: true, signal },
  );
  return { on: (element, handler) => handlers.set(element, handler) };
}

export function plain(event: KeyboardEvent): boolean {
  return !(event.ctrlKey || event.metaKey || event.altKey);
}
