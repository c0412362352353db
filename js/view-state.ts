/** What only this view knows: pointer, keyboard, open popovers, the unsent draft. A pure reducer. */

export type Popover = "more" | "tokens" | "scale" | "view" | "target" | "foil";

export interface ViewState {
  hover: number | null; // group under the pointer, or linked from a list
  cursor: number; // group that Tab reaches; the number of groups means the "next" slot
  focused: boolean; // the keyboard is in the text
  popover: Popover | null;
  mono: boolean;
  all: boolean; // every token is listed, not only the strongest
  draft: string | null; // text being edited
  sent: string | null; // the draft Python has been asked to accept
  silent: boolean; // a wish went unanswered: there is no kernel
}

export const INITIAL: ViewState = {
  hover: null,
  cursor: 0,
  focused: false,
  popover: null,
  mono: false,
  all: false,
  draft: null,
  sent: null,
  silent: false,
};

export type Action =
  | { type: "hover"; group: number | null }
  | { type: "cursor"; group: number }
  | { type: "focus"; focused: boolean }
  | { type: "popover"; popover: Popover | null }
  | { type: "mono"; on: boolean }
  | { type: "toggle-all" }
  | { type: "edit"; text: string }
  | { type: "draft"; text: string }
  | { type: "drop-draft" }
  | { type: "send-draft" }
  | { type: "accepted"; text: string }
  | { type: "silence" }
  | { type: "answer" }
  | { type: "regrouped"; groups: number; cursor: number }
  | { type: "escape" };

/** The pointer is on a group, or on what is linked with it. */
export const hovering = (group: number | null): Action => ({ type: "hover", group });
export const opening = (popover: Popover | null): Action => ({ type: "popover", popover });

const drafted = (draft: string | null = null) => ({ draft, sent: null });

export function reduce(state: ViewState, action: Action): ViewState {
  /** The same object where nothing changes, so that nothing is drawn. */
  const to = (values: Partial<ViewState>): ViewState =>
    Object.entries(values).every(([name, value]) => state[name as keyof ViewState] === value)
      ? state
      : { ...state, ...values };
  switch (action.type) {
    case "hover":
      return to({ hover: action.group });
    case "cursor":
      return to({ cursor: action.group });
    case "focus":
      return to({ focused: action.focused });
    case "popover":
      return state.popover === action.popover ? state : to({ popover: action.popover, hover: null });
    case "mono":
      return to({ mono: action.on });
    case "toggle-all":
      return to({ all: !state.all });
    case "edit":
      return state.draft === null ? to({ ...drafted(action.text), popover: null, hover: null }) : state;
    case "draft":
      return state.draft === action.text ? state : to(drafted(action.text));
    case "drop-draft":
      return to(drafted());
    case "send-draft":
      return to({ sent: state.draft });
    case "accepted":
      return state.sent === action.text ? to(drafted()) : state;
    case "silence":
      return to({ silent: true });
    case "answer":
      return to({ silent: false });
    case "regrouped":
      return to({ hover: null, cursor: Math.max(0, Math.min(action.groups, action.cursor)) });
    case "escape":
      if (state.popover !== null) return to({ popover: null });
      if (state.draft !== null) return to(drafted());
      return to({ hover: null, focused: false });
  }
}
