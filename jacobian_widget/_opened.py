"""One row of a dataset in the heatmap: as it was stored, or, where there is a model, live."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Final

import ipywidgets as w

from jacobian_widget._stored import StoredWidget
from jacobian_widget.attribution import Attribution
from jacobian_widget.rows import Rows
from jacobian_widget.shards import attribution_of
from jacobian_widget.widget import JacobianWidget

STORED: Final = "This row was computed earlier; give DatasetView a model to explain other tokens."
_HINT: Final = "Choose a row to open it here."


class Opened(w.VBox):  # type: ignore[misc]
    """The heatmap below the table.

    Args:
        model, tokenizer: None shows what is stored.
        stepped: called with 1 or −1, for the next or the previous row of the table.
    """

    def __init__(self, model: Any, tokenizer: Any, stepped: Callable[[int], None]) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._title = w.HTML()
        self._before = w.Button(description="Previous row", icon="chevron-up", layout={"width": "auto"})
        self._next = w.Button(description="Next row", icon="chevron-down", layout={"width": "auto"})
        self._before.on_click(lambda _: stepped(-1))
        self._next.on_click(lambda _: stepped(1))
        bar = w.HBox([self._title, self._before, self._next])
        bar.add_class("jw-dataset-bar")
        self._bar, self._pictures = bar, w.VBox()
        self.attributions: list[Attribution] = []
        """What is open: of each run, as it was stored."""
        super().__init__([self._bar, self._pictures])
        self.clear()

    @property
    def widgets(self) -> list[JacobianWidget]:
        """The heatmaps in use."""
        return [child for child in self._pictures.children if isinstance(child, JacobianWidget)]

    def clear(self) -> None:
        """Show no row."""
        self._say(_HINT, buttons=False)

    def refuse(self, row: int, why: str) -> None:
        """Say that a row has no result."""
        self._say(f"Row {row:,} has no result: {why}")

    def show(self, row: int, found: list[tuple[str, Attribution]]) -> None:
        """Open a row: the result of each run, with its name."""
        self._say(f"Row {row:,}")
        self.attributions = [a for _, a in found]
        if self._model is not None and len(found) == 1:
            self._show_live(found[0][1])
            return
        known = [widget for widget in self.widgets if isinstance(widget, StoredWidget)]
        children: list[w.Widget] = []
        for k, (name, a) in enumerate(found):
            if k < len(known):
                known[k].show(a)
            else:
                known.append(StoredWidget(a, note=STORED))
            if len(found) > 1:
                children.append(w.HTML(f'<div class="jw-ds-title">{escape(name)}</div>'))
            children.append(known[k])
        for widget in known[len(found) :]:
            widget.close()
        self._put(children)

    def _show_live(self, a: Attribution) -> None:
        live = next((widget for widget in self.widgets if not isinstance(widget, StoredWidget)), None)
        if live is None:
            live = JacobianWidget(self._model, self._tokenizer, a.source.text, n_bos=len(a.source.bos))
        live.open_tokens(a.source, a.position)
        self._put([live])

    def _put(self, children: list[w.Widget]) -> None:
        if list(self._pictures.children) != children:
            self._pictures.children = tuple(children)
        self._pictures.layout.display = None

    def _say(self, words: str, *, buttons: bool = True) -> None:
        self.attributions = []
        style = "jw-ds-title" if buttons else "jw-ds-said"
        self._title.value = f'<div class="{style}" role="status">{escape(words)}</div>'
        self._before.layout.display = self._next.layout.display = None if buttons else "none"
        self._pictures.layout.display = "none"


def results_of(row: int, runs: dict[str, Rows]) -> list[tuple[str, Attribution]]:
    """The stored result of `row` in each run that has it.

    Raises:
        IndexError: no run has such a row.
        ValueError: it was recorded with an error, in the words of that error.
    """
    found, refused = [], ""
    for name, rows in runs.items():
        place = int(rows.places([row])[0])
        if place < 0:
            continue
        record = rows.table(place).to_pylist()[0]
        if record["error"] is not None:
            refused = str(record["error"])
            continue
        told = rows.about.get("model", {})
        found.append((name, attribution_of(record, str(told.get("name", "")) if isinstance(told, dict) else str(told))))
    if found:
        return found
    if refused:
        raise ValueError(refused)
    raise IndexError(f"there is no row {row} in {', '.join(str(rows.path) for rows in runs.values())}.")
