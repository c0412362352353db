"""DatasetView: many texts in a table, one of them in the heatmap, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import ipywidgets as w
import traitlets as t

from jacobian_widget._grid import Grid, columns_of
from jacobian_widget._opened import Opened, missing, results_of
from jacobian_widget._summaries import KINDS, Summary
from jacobian_widget._traits import BadValueError, WholeNumber
from jacobian_widget.attribution import Attribution
from jacobian_widget.rows import Found, Rows
from jacobian_widget.widget import JacobianWidget

PAGE_SIZES = (10, 20, 50, 100)
_LOOSE = {"description_width": "initial"}


class DatasetView(w.VBox):  # type: ignore[misc]
    """A run of `attribute_dataset` in the notebook: search, filter and sort its rows, open one, see them together.

    Nothing is read that is not shown; a million rows open as ten do.

    Args:
        path: the folder that `attribute_dataset` wrote, or one Parquet file of it.
        model: to explain further tokens of an open row; without one it shows what was stored.
        tokenizer: the model's.
        compare: a second run over the same source: rows open in both, and aggregates stand side by side.
        search: first value of the trait of this name, as of those that follow.
        where: see the trait.
        sort: see the trait.
        descending: see the trait.
        page_size: see the trait.

    Raises:
        FileNotFoundError, ValueError: no run is there, or a bad value of a trait.
        OSError: a file of the run can't be read.
        ImportError: itables, pandas or DuckDB is not installed.
        TypeError: a model without a tokenizer, or the other way round.
    """

    search = t.Unicode("")
    """What the text must contain, in any case. Default empty: every row."""

    where = t.Unicode("")
    """A condition on the columns in SQL, as in `p < 0.5 and len(tokens) > 20`. Default empty: every row."""

    sort = t.Unicode("")
    """The column that orders the rows, one of `rows.sortable`. Default empty: as they lie."""

    descending = t.Bool(False)
    """The largest first. Default False."""

    page = t.Int(0)
    """The page shown, from 0; kept within those there are. Default 0."""

    page_size = t.Int(10)
    """Rows on a page. Default 10."""

    row = WholeNumber(None, allow_none=True)
    """The open row, its index in the source; a row that no run has is refused. Default None."""

    def __init__(
        self,
        path: str | PathLike[str],
        model: Any = None,
        tokenizer: Any = None,
        *,
        compare: str | PathLike[str] | None = None,
        search: str = "",
        where: str = "",
        sort: str = "",
        descending: bool = False,
        page_size: int = 10,
    ) -> None:
        if (model is None) != (tokenizer is None):
            raise TypeError("DatasetView takes a model and its tokenizer together, or neither.")
        self.rows = Rows(path)
        """The rows of the run; its `sortable` names the columns that `sort` takes."""
        self._runs = {_name(path): self.rows}
        if compare is not None:
            name = _name(compare)
            self._runs[name if name not in self._runs else f"{name} (2)"] = Rows(compare)
        self._columns = columns_of(self.rows)
        self._found = Found(0, None)
        self._shown: list[int] = []
        self._ready = False
        self._build(model, tokenizer)
        self.search, self.where, self.sort, self.descending = search, where, sort, descending
        self.page_size = page_size
        self._ready = True
        if problem := self._find():
            self.close()
            raise ValueError(problem)

    def __repr__(self) -> str:
        return f"DatasetView({str(self.rows.path)!r}, {len(self.rows):,} rows)"

    @property
    def attribution(self) -> Attribution | None:
        """The stored result of the open row; None while none is open. With `compare`, that of the first run, if any."""
        return self._opened.attributions[0] if self._opened.attributions else None

    @property
    def widget(self) -> JacobianWidget | None:
        """The heatmap of the open row; None while none is open."""
        return self._opened.widgets[0] if self._opened.widgets and self.attribution else None

    def open_row(self, row: int) -> None:
        """Open a row in the heatmap, by its index in the source.

        Raises:
            IndexError: there is no such row.
        """
        try:
            found = results_of(row, self._runs)
        except (ValueError, OSError) as error:
            self._opened.refuse(row, str(error))
        else:
            self._opened.show(row, found)
        with self._quietly():
            self.row = row
        self._grid.choose(self._shown.index(row) if row in self._shown else None)

    def close(self) -> None:
        """Close the view, its heatmap and its computations."""
        for widget in _inside(self):
            if widget is not self:
                widget.close()
        super().close()

    # The page

    def _build(self, model: Any, tokenizer: Any) -> None:
        self._search = w.Text(description="Search", placeholder="in the texts", continuous_update=False, style=_LOOSE)
        self._where = w.Text(
            description="Filter",
            placeholder="p < 0.5 and len(tokens) > 20",
            continuous_update=False,
            style=_LOOSE,
        )
        self._where.add_class("jw-dataset-filter")
        self._search.add_class("jw-dataset-grows")
        for control, name in ((self._search, "search"), (self._where, "where")):
            t.link((self, name), (control, "value"))
        options = [("As they lie", ""), *((name.replace("_", " "), name) for name in self.rows.sortable)]
        self._sort = w.Dropdown(options=options, description="Sort by", style=_LOOSE)
        self._sort.add_class("jw-dataset-grows")
        self._way = w.Dropdown(options=[("Ascending", False), ("Descending", True)], layout={"width": "8.5em"})
        t.link((self, "sort"), (self._sort, "value"))
        t.link((self, "descending"), (self._way, "value"))
        self._said = w.HTML()
        self._grid = Grid(self._columns, self._chosen, self._sorted_by, self._turned)
        self._opened = Opened(model, tokenizer, self._stepped)
        self._summaries = {kind: Summary(kind, self._runs) for kind in KINDS if kind != "runs" or len(self._runs) > 1}
        self._tabs = w.Tab(
            [w.VBox([self._grid, self._pager(), self._opened]), *self._summaries.values()],
            titles=["Rows", *(KINDS[kind] for kind in self._summaries)],
        )
        self._tabs.observe(self._looked, "selected_index")
        bar = w.HBox([self._search, self._where, self._sort, self._way])
        bar.add_class("jw-dataset-bar")
        super().__init__([bar, self._said, self._tabs])
        self.add_class("jw-dataset")

    def _pager(self) -> w.HBox:
        def button(words: str, turn: int) -> w.Button:
            made = w.Button(description=words, layout={"width": "auto"})
            made.on_click(lambda _: self._turned(turn))
            return made

        self._back, self._forth = button("Previous page", -1), button("Next page", 1)
        self._at = w.BoundedIntText(description="Page", min=1, max=1, style=_LOOSE, layout={"width": "8.5em"})
        self._at.observe(lambda change: setattr(self, "page", change["new"] - 1), "value")
        self._of = w.HTML()
        size = w.Dropdown(options=PAGE_SIZES, description="Rows a page", style=_LOOSE, layout={"width": "10.5em"})
        size.observe(lambda change: setattr(self, "page_size", change["new"]), "value")
        self._size = size
        box = w.HBox([self._back, self._at, self._of, self._forth, size])
        box.add_class("jw-dataset-bar")
        return box

    # What was asked

    @t.validate("sort")
    def _check_sort(self, proposal: dict[str, Any]) -> str:
        name = str(proposal["value"])
        if name and name not in self.rows.sortable:
            raise BadValueError(f"rows can't be sorted by {name!r}; choose one of {', '.join(self.rows.sortable)}.")
        return name

    @t.validate("page")
    def _check_page(self, proposal: dict[str, Any]) -> int:
        return max(0, min(int(proposal["value"]), self._pages - 1))

    @t.validate("page_size")
    def _check_page_size(self, proposal: dict[str, Any]) -> int:
        if not 1 <= proposal["value"] <= PAGE_SIZES[-1]:
            raise BadValueError(f"page_size is 1 to {PAGE_SIZES[-1]}; got {proposal['value']}.")
        return int(proposal["value"])

    @t.validate("row")
    def _check_row(self, proposal: dict[str, Any]) -> int | None:
        row: int | None = proposal["value"]
        if self._ready and row is not None and (why := missing(row, self._runs)):
            raise BadValueError(why)
        return row

    @t.observe("search", "where", "sort", "descending")
    def _asked(self, change: dict[str, Any]) -> None:
        if self._ready:
            self._find()

    @t.observe("page")
    def _page_changed(self, change: dict[str, Any]) -> None:
        if self._ready:
            self._draw()

    @t.observe("page_size")
    def _size_changed(self, change: dict[str, Any]) -> None:
        if change["new"] not in self._size.options:
            self._size.options = sorted({*PAGE_SIZES, change["new"]})
        self._size.value = change["new"]
        if self._ready:
            self._go(change["old"] * self.page // change["new"])

    @t.observe("row")
    def _row_changed(self, change: dict[str, Any]) -> None:
        if not self._ready:
            return
        if change["new"] is None:
            self._opened.clear()
            self._grid.choose(None)
        else:
            self.open_row(change["new"])

    def _find(self) -> str:
        """Find the rows asked for and show the first page; where that fails, the table stays and says why."""
        self._tell("Searching…")
        try:
            self._found = self.rows.find(self.search, self.where, self.sort, descending=self.descending)
        except (ValueError, OSError) as error:
            self._refuse(error)
            return str(error)
        self._go(0)
        self._looked()
        return ""

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Traits change inside without being answered."""
        ready, self._ready = self._ready, False
        try:
            yield
        finally:
            self._ready = ready

    def _go(self, page: int) -> None:
        with self._quietly():
            self.page = page
        self._draw()

    # What is shown

    @property
    def _pages(self) -> int:
        return max(1, -(-self._found.count // self.page_size))

    def _draw(self) -> None:
        places = self._found.page(self.page * self.page_size, self.page_size)
        try:
            lines = self.rows.read(places, [column.read for column in self._columns])
        except OSError as error:
            self._refuse(error)
            return
        self._shown = [int(line[0]) for line in lines]
        total, count = len(self.rows), self._found.count
        few = f"{count:,} of {total:,} rows" if count != total else f"{total:,} rows"
        first = self.page * self.page_size + 1
        place = f", {first:,} to {first + len(lines) - 1:,} shown" if lines else ""
        self._tell(few + place)
        self._grid.show(
            lines,
            self.sort,
            descending=self.descending,
            chosen=self._shown.index(self.row) if self.row in self._shown else None,
            label=few + place,
        )
        with self._quietly():
            self._at.max, self._at.value = self._pages, self.page + 1
        self._of.value = f'<span class="jw-ds-said">of {self._pages:,}</span>'
        self._back.disabled, self._forth.disabled = self.page == 0, self.page >= self._pages - 1

    def _tell(self, words: str) -> None:
        self._said.value = f'<div class="jw-ds-said" role="status">{escape(words)}</div>'

    def _refuse(self, error: Exception) -> None:
        self._said.value = f'<div class="jw-ds-error" role="alert">{escape(str(error))}</div>'

    def _looked(self, _: Any = None) -> None:
        open_tab = self._tabs.selected_index
        for k, summary in enumerate(self._summaries.values(), 1):
            if k == open_tab:
                summary.want(self.search, self.where)
            else:
                summary.rest()

    # What the page says

    def _chosen(self, index: int) -> None:
        if index < len(self._shown):
            self.open_row(self._shown[index])

    def _sorted_by(self, name: str) -> None:
        """A header was pressed: sort by it, or the other way round."""
        if self.sort == name:
            self.descending = not self.descending
            return
        with self._quietly():
            self.descending = False
        self.sort = name

    def _turned(self, pages: int) -> None:
        self.page = self.page + pages

    def _stepped(self, rows: int) -> None:
        """The row after or before the open one, on the next page too."""
        at = self._shown.index(self.row) + rows if self.row in self._shown else 0
        if not 0 <= at < len(self._shown):
            before = self.page
            self._turned(rows)
            if self.page == before:
                return
            at = 0 if rows > 0 else len(self._shown) - 1
        self._chosen(at)


def _inside(widget: w.Widget) -> list[w.Widget]:
    """The widget and all that it holds: ipywidgets keeps each until it is closed, and with it its callbacks."""
    return [widget, *(inner for child in getattr(widget, "children", ()) for inner in _inside(child))]


def _name(path: str | PathLike[str]) -> str:
    return Path(path).name
