/** Elements without a framework: build once, write only what changed, text only as text. */

type Value = string | number | boolean | null | undefined;

/** `h("p.jw-note", …)` is a `p` of that class. A button never submits a form around the widget. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K | `${K}.${string}`,
  attributes: Record<string, Value> | Node | string = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  if (attributes instanceof Node || typeof attributes === "string")
    return h(tag, {}, attributes, ...children);
  const [name, className] = tag.split(".") as [K, string | undefined];
  const element = document.createElement(name);
  if (className) element.className = className;
  if (name === "button") attr(element, "type", name);
  for (const [key, value] of Object.entries(attributes)) attr(element, key, value);
  element.append(...children);
  return element;
}

/** `null` and `false` take the attribute away; a state of ARIA is said either way. */
export function attr(element: Element, name: string, value: Value): void {
  if (value === null || value === undefined || (value === false && !name.startsWith("aria-"))) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true && !name.startsWith("aria-") ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Of a field whose content is no prose. */
export const AS_TYPED = { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };

export type On = <K extends keyof HTMLElementEventMap>(
  target: HTMLElement,
  type: K,
  handler: (event: HTMLElementEventMap[K]) => void,
  options?: AddEventListenerOptions,
) => void;

/** Adds listeners that go with `signal`. */
export function listener(signal: AbortSignal): On {
  return (target, type, handler, options) => target.addEventListener(type, handler, { ...options, signal });
}

export function text(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}

export function mark(element: Element, className: string, on: boolean): void {
  element.classList.toggle(className, on);
}

export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible;
}

export const boxOf = (element: Element): DOMRect => element.getBoundingClientRect();

/** Whether what takes the focus shows it: a pointer gives it without. */
export const byKeyboard = ({ target }: Event): boolean => (target as Element).matches(":focus-visible");

/** Works inside a shadow root too, where `document.activeElement` is the host. */
export function activeElement(inside: Element): Element | null {
  return (inside.getRootNode() as Document | ShadowRoot).activeElement ?? null; // none above what is not in the page
}
