"""The table of a dataset: one page of rows in an `itables` grid, with its order and its pages."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets as w
import traitlets as t

from jacobian_widget.labels import visible
from jacobian_widget.rows import quoted

if TYPE_CHECKING:
    from jacobian_widget.rows import Rows

_STATIC = Path(__file__).parent / "static"
_NUMBERS = ("INT", "FLOAT", "DOUBLE", "DECIMAL")
_WHOLE: dict[str, Any] = {"maxBytes": 0, "maxColumns": 0}
"""A page is shown as it is: `itables` would leave out columns and rows of a large one."""
_TEXT = 200
"""Characters of a text that the table holds; what fits is shown."""


@dataclass(frozen=True)
class Column:
    """One column of the table."""

    title: str
    read: str
    """What to read, in SQL."""
    sort: str | None
    """The stored column that orders by it; None where none does."""
    show: Callable[[Any], str]
    width: str


def columns_of(rows: Rows) -> list[Column]:
    """What the table shows of each row: its text and prediction, what moved it, and the source's own columns."""
    shown = [
        Column("Row", "row", "row", str, "5.5em"),
        Column("Text", f"coalesce('⚠ ' || error, left(text, {_TEXT}))", "text", _line, "auto"),
        Column("Tokens", "len(tokens)", None, _plain, "5em"),
        Column("Target", "target_token", "target_token", _token, "8em"),
        Column("p", "p", "p", _number, "5em"),
        Column("Entropy", "entropy", "entropy", _number, "5.5em"),
    ]
    shown = [column for column in shown if column.sort in (None, *rows.columns)]
    for scope in rows.scopes[:1]:
        score = f'"score_{scope}"'
        strongest = f"tokens[list_position({score}, list_max({score}))]"
        shown.append(Column("Strongest", strongest, None, _token, "8em"))
    for name in rows.further:
        if name in rows.sortable:
            read = quoted(name)
            number = any(word in rows.columns[name] for word in _NUMBERS)
            # As text, a time with its zone needs no package that knows the zones.
            text = f"left(cast({read} as varchar), {_TEXT})"
            shown.append(Column(name, read if number else text, name, _plain, "8em"))
    return shown


def _line(value: Any) -> str:
    return " ".join(visible(line).replace("␣", " ") for line in str(value or "").split("\n"))


def _token(value: Any) -> str:
    return "" if value is None else visible(str(value))


def _plain(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else _line(str(value))


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return ""
    return f"{value:.3f}" if value >= 0.001 or value <= 0 else f"{value:.1e}"


class _Order(anywidget.AnyWidget):
    """What the grid leaves out: headers that sort all rows, and the keyboard. Sends `{sort: column}`, `{turn: ±1}`."""

    _esm = (_STATIC / "dataset.js").read_text("utf-8")
    _css = (_STATIC / "dataset.css").read_text("utf-8")

    order = t.Dict().tag(sync=True)
    """`sortable`: columns by index; `column`: the one sorted by, or None; `descending`; `label` of the table;
    `widths` of its columns."""


class Grid(w.VBox):  # type: ignore[misc]
    """A page of rows.

    Args:
        columns: of the table.
        chosen: called with the index on the page of the row that was chosen.
        sorted_by: called with a stored column that was asked to order the rows.
        turned: called with 1 or −1, the pages to turn.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        chosen: Callable[[int], None],
        sorted_by: Callable[[str], None],
        turned: Callable[[int], None],
    ) -> None:
        try:
            from itables.widget import ITable
        except ImportError as error:
            raise ImportError("DatasetView needs itables and pandas. Run: pip install 'itables>=2.5' pandas") from error
        self._columns, self._chosen = columns, chosen
        corners = ("topStart", "topEnd", "bottomStart", "bottomEnd")
        self.table = ITable(
            _frame(columns, []),
            allow_html=False,  # a text is text, whatever stands in it
            select="single",
            layout=dict.fromkeys(corners),
            paging=False,
            ordering=False,
            autoWidth=False,
            showIndex=False,
            classes="display compact",
            style="",
            **_WHOLE,
        )
        self.table.observe(self._selected, "selected_rows")
        self._order = _Order()
        self._order.on_msg(lambda _, said, __: self._heard(said, sorted_by, turned))
        super().__init__([self.table, self._order])
        self.add_class("jw-dataset-grid")
        self._quiet = False

    def close(self) -> None:
        """Let go of whoever listens: the code of `itables` is a file, whose change signal keeps every table alive."""
        self.table.unobserve_all()
        super().close()

    def show(
        self, rows: Sequence[Sequence[Any]], sort: str, *, descending: bool, chosen: int | None, label: str
    ) -> None:
        """Show `rows`, one value for each column, of which `chosen` is the open one."""
        by = [column.sort for column in self._columns]
        self._order.order = {
            "sortable": [k for k, name in enumerate(by) if name],
            "column": by.index(sort) if sort in by else None,
            "descending": descending,
            "label": label,
            "widths": [column.width for column in self._columns],
        }
        self._quiet = True
        try:
            selected = [] if chosen is None else [chosen]
            self.table.update(_frame(self._columns, rows), selected_rows=selected, **_WHOLE)
        finally:
            self._quiet = False

    def choose(self, index: int | None) -> None:
        """Mark the row that is open."""
        self._quiet = True
        try:
            self.table.selected_rows = [] if index is None else [index]
        finally:
            self._quiet = False

    def _selected(self, change: dict[str, Any]) -> None:
        if self.table.selected_rows and not self._quiet:
            self._chosen(int(self.table.selected_rows[0]))

    def _heard(self, said: Any, sorted_by: Callable[[str], None], turned: Callable[[int], None]) -> None:
        if not isinstance(said, dict):
            return
        column, turn = said.get("sort"), said.get("turn")
        if isinstance(column, int) and 0 <= column < len(self._columns):
            name = self._columns[column].sort
            if name is not None:
                sorted_by(name)
        elif turn in (1, -1):
            turned(int(turn))


def _frame(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Any:
    import pandas as pd

    cells = [[column.show(row[k]) for row in rows] for k, column in enumerate(columns)]
    # Two columns may have one name: the source's own may be called "Text".
    frame = pd.DataFrame({k: pd.Series(values, dtype=object) for k, values in enumerate(cells)})
    frame.columns = [column.title for column in columns]
    return frame
