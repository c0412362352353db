import { describe, expect, test } from "vitest";
import { type Action, INITIAL, reduce, type ViewState } from "../../js/view-state";

const run = (...actions: Action[]): ViewState => actions.reduce(reduce, INITIAL);

describe("draft", () => {
  test("survives until Python has taken exactly this text", () => {
    const sent = run({ type: "edit", text: "old" }, { type: "draft", text: "new" }, { type: "send-draft" });
    expect(sent).toMatchObject({ draft: "new", sent: "new" });
    expect(reduce(sent, { type: "accepted", text: "other" })).toBe(sent);
    expect(reduce(sent, { type: "accepted", text: "new" })).toMatchObject({ draft: null, sent: null });
  });
  test("typing on withdraws what was sent", () => {
    const typed = run({ type: "edit", text: "a" }, { type: "send-draft" }, { type: "draft", text: "ab" });
    expect(typed).toMatchObject({ draft: "ab", sent: null });
    expect(reduce(typed, { type: "accepted", text: "a" })).toBe(typed);
  });
  test("edit does not overwrite a draft", () => {
    expect(run({ type: "edit", text: "a" }, { type: "edit", text: "b" }).draft).toBe("a");
  });
});

test("escape closes one thing at a time, the innermost first", () => {
  let state = run(
    { type: "edit", text: "a" },
    { type: "popover", popover: "tokens" },
    { type: "hover", group: 3 },
  );
  state = reduce(state, { type: "escape" });
  expect(state).toMatchObject({ popover: null, draft: "a", hover: 3 });
  state = reduce(state, { type: "escape" });
  expect(state).toMatchObject({ draft: null, hover: 3 });
  state = reduce(state, { type: "escape" });
  expect(state.hover).toBeNull();
  expect(reduce(state, { type: "escape" })).toBe(state);
});

test("nothing changes when nothing happened, so nothing is drawn", () => {
  const state = run({ type: "hover", group: 2 }, { type: "cursor", group: 4 });
  for (const action of [
    { type: "hover", group: 2 },
    { type: "cursor", group: 4 },
    { type: "focus", focused: false },
    { type: "popover", popover: null },
    { type: "answer" },
  ] as Action[]) {
    expect(reduce(state, action)).toBe(state);
  }
});

test("new groups keep the cursor inside the text", () => {
  expect(run({ type: "regrouped", groups: 5, cursor: 9 }).cursor).toBe(5);
  expect(run({ type: "hover", group: 3 }, { type: "regrouped", groups: 5, cursor: 2 })).toMatchObject({
    hover: null,
    cursor: 2,
  });
});

test("silence ends with an answer", () => {
  expect(run({ type: "silence" }).silent).toBe(true);
  expect(run({ type: "silence" }, { type: "answer" }).silent).toBe(false);
});
