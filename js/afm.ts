/** The part of anywidget's front-end module interface that this view uses. */

export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(name: string, callback: () => void): void;
  off(name: string, callback: () => void): void;
  widget_manager?: unknown;
}

export interface RenderProps {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
}

export type KernelState = "gone" | "busy" | "unknown";

/** Only Jupyter's own managers tell; everywhere else silence has to. */
export function kernelState(model: Model): KernelState {
  try {
    const manager = model.widget_manager;
    if (typeof manager !== "object" || manager === null || !("kernel" in manager)) return "unknown";
    const kernel = manager.kernel as { status?: string; isDisposed?: boolean } | null | undefined;
    if (!kernel || kernel.isDisposed || kernel.status === "dead") return "gone";
    return kernel.status === "busy" ? "busy" : "unknown";
  } catch {
    return "unknown";
  }
}
