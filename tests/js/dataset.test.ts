// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import dataset from "../../js/dataset";

const ORDER = {
  sortable: [0, 2],
  column: 2,
  descending: true,
  label: "7 rows",
  widths: ["20px", "auto", "5em"],
};

class Grid {
  readonly sent: unknown[] = [];
  readonly clicked: string[] = [];
  readonly leaked: string[] = [];
  readonly frame = document.createElement("div");
  private handler: (() => void) | null = null;
  private order = ORDER;
  readonly stop: () => void;

  constructor() {
    this.frame.className = "jw-dataset-grid";
    const el = document.createElement("div");
    this.frame.append(el);
    document.body.append(this.frame);
    document.body.addEventListener("keydown", this.leak);
    this.page("a", "b", "c");
    this.stop = dataset.render({
      el,
      model: {
        get: () => this.order,
        on: (_, handler) => {
          this.handler = handler;
        },
        off: () => {
          this.handler = null;
        },
        send: (message) => this.sent.push(message),
      },
    });
  }

  private readonly leak = ({ key }: KeyboardEvent) => this.leaked.push(key);

  /** As the grid does it: the whole table anew. */
  page(...names: string[]): void {
    this.frame.querySelector("table")?.remove();
    const table = document.createElement("table");
    for (const tag of ["colgroup", "thead", "tbody"]) table.append(document.createElement(tag));
    const [columns, head, body] = [...table.children] as [HTMLElement, HTMLElement, HTMLElement];
    const titles = document.createElement("tr");
    for (let i = 0; i < 3; i++) {
      columns.append(document.createElement("col"));
      titles.append(document.createElement("th"));
    }
    head.append(titles);
    for (const name of names) {
      const row = document.createElement("tr");
      const cell = document.createElement("td");
      cell.textContent = name;
      cell.addEventListener("click", () => this.clicked.push(name));
      row.append(cell);
      body.append(row);
    }
    this.frame.append(table);
  }

  receive(order: Partial<typeof ORDER>): void {
    this.order = { ...this.order, ...order };
    this.handler?.();
  }

  all(selector: string): HTMLElement[] {
    return [...this.frame.querySelectorAll<HTMLElement>(selector)];
  }

  values(selector: string, name: string): (string | null)[] {
    return this.all(selector).map((one) => one.getAttribute(name));
  }

  press(key: string, options: KeyboardEventInit = {}): void {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...options }),
    );
  }

  end(): void {
    this.stop();
    document.body.removeEventListener("keydown", this.leak);
    this.frame.remove();
  }
}

let grid: Grid;
beforeEach(() => {
  grid = new Grid();
});
afterEach(() => grid.end());
const rebuilt = () => new Promise((done) => setTimeout(done, 0));
const focused = () => document.activeElement?.textContent;

test("the table says what it is, how it is sorted, and which row is open", async () => {
  expect(grid.values("table", "aria-label")).toEqual(["7 rows"]);
  expect(grid.values("th", "aria-sort")).toEqual(["none", null, "descending"]);
  expect(grid.values("th", "tabindex")).toEqual(["0", null, "0"]);
  expect(grid.all("col").map((column) => column.style.width)).toEqual(["20px", "auto", "5em"]);
  grid.receive({ column: 0, descending: false });
  expect(grid.values("th", "aria-sort")).toEqual(["ascending", null, "none"]);
  grid.all("tr")[2]?.classList.add("selected");
  await rebuilt();
  expect(grid.values("tbody tr", "aria-selected")).toEqual(["false", "true", "false"]);
});

test("a header sorts all rows, by mouse and by keyboard, where it can", () => {
  for (const header of grid.all("th")) header.click();
  grid.all("th")[2]?.focus();
  grid.press("Enter");
  grid.press(" ");
  grid.press("Enter", { ctrlKey: true });
  expect(grid.sent).toEqual([{ sort: 0 }, { sort: 2 }, { sort: 2 }, { sort: 2 }]);
});

test("arrows walk the rows and stop at the ends; Enter opens one; a page is turned", () => {
  grid.all("tbody tr")[0]?.focus();
  const seen = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "ArrowUp", "End"].map((key) => {
    grid.press(key);
    return focused();
  });
  expect(seen).toEqual(["b", "c", "c", "b", "a", "a", "c"]);
  grid.press("Enter");
  grid.press(" ");
  expect(grid.clicked).toEqual(["c", "c"]);
  grid.press("PageDown");
  grid.press("PageUp");
  expect(grid.sent).toEqual([{ turn: 1 }, { turn: -1 }]);
});

test("a key that is used does not reach the notebook", () => {
  grid.all("tbody tr")[0]?.focus();
  for (const key of ["ArrowDown", "Enter", "PageDown", "End"]) grid.press(key);
  expect(grid.leaked).toEqual([]);
});

test("after a page was turned the same row has the focus, or the last", async () => {
  grid.all("tbody tr")[1]?.focus();
  grid.page("d", "e", "f");
  await rebuilt();
  expect(focused()).toBe("e");
  grid.page("g");
  await rebuilt();
  expect(focused()).toBe("g");
});

test("a focus that went elsewhere is left there", async () => {
  const elsewhere = document.createElement("button");
  document.body.append(elsewhere);
  grid.all("tbody tr")[1]?.focus();
  elsewhere.focus();
  grid.page("d", "e", "f");
  await rebuilt();
  expect(document.activeElement).toBe(elsewhere);
  elsewhere.remove();
});

test("once it is gone it asks and dresses nothing more", async () => {
  grid.stop();
  grid.page("d");
  await rebuilt();
  for (const header of grid.all("th")) header.click();
  expect(grid.sent).toEqual([]);
  expect(grid.values("th", "aria-sort")).toEqual([null, null, null]);
});
