"""One row of a dataset in the heatmap: as it was stored, or, where there is a model, live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        self.attributions: list[Attribution | None] = []
        """What is open: of each run, as it was stored; None of a run that does not have it. Empty if nothing is."""
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

    def show(self, row: int, results: list[tuple[str, Attribution | None]]) -> None:
        """Open a row: the result of each run that has it, with the run's name where there are several."""
        self._say(f"Row {row:,}")
        found = [(name, a) for name, a in results if a is not None]
        first = results[0][1]
        if self._model is not None and len(found) == 1 and first is not None:
            try:
                pictures: list[JacobianWidget] = [self._live(first)]
            except (ValueError, ArithmeticError) as error:  # the model has other tokens, or gives no numbers
                self.refuse(row, str(error))
                return
        else:
            pictures = self._stored([a for _, a in found])
        names = [w.HTML(f'<div class="jw-ds-title">{escape(name)}</div>') for name, _ in found if len(results) > 1]
        self.attributions = [a for _, a in results]
        self._put([child for pair in zip(names, pictures, strict=True) for child in pair] if names else pictures)

    def _stored(self, found: list[Attribution]) -> list[JacobianWidget]:
        known = [widget for widget in self.widgets if isinstance(widget, StoredWidget)]
        for widget, a in zip(known, found, strict=False):
            widget.show(a)
        return [*known[: len(found)], *(StoredWidget(a, note=STORED) for a in found[len(known) :])]

    def _live(self, a: Attribution) -> JacobianWidget:
        live = next((widget for widget in self.widgets if not isinstance(widget, StoredWidget)), None)
        source = a.source
        made = live or JacobianWidget(self._model, self._tokenizer, source.text, n_bos=len(source.bos))
        try:
            made.open_tokens(source, a.position)
            own = a.predictions[0].id if a.position is None else source.ids[a.position]
            made.target = None if a.default_target == own else a.default_target
            made.foil = a.chosen_foil
        except BaseException:
            if live is None:
                made.close()
            raise
        return made

    def _put(self, children: Sequence[w.Widget]) -> None:
        before = self._pictures.children
        self._pictures.children = tuple(children)
        for widget in before:
            if widget not in children:
                widget.close()
        self._pictures.layout.display = None

    def _say(self, words: str, *, buttons: bool = True) -> None:
        self.attributions = []
        style = "jw-ds-title" if buttons else "jw-ds-said"
        self._title.value = f'<div class="{style}" role="status">{escape(words)}</div>'
        self._before.layout.display = self._next.layout.display = None if buttons else "none"
        self._pictures.layout.display = "none"


def missing(row: int, runs: dict[str, Rows]) -> str:
    """Why `row` can't be opened: that no run has it; empty if one does.

    Raises:
        OSError: a file can't be read.
    """
    if any(rows.places([row])[0] >= 0 for rows in runs.values()):
        return ""
    return f"there is no row {row} in {', '.join(str(rows.path) for rows in runs.values())}."


def results_of(row: int, runs: dict[str, Rows]) -> list[tuple[str, Attribution | None]]:
    """The stored result of `row` in each run; None of a run that does not have it.

    Raises:
        IndexError: no run has such a row.
        ValueError: it was recorded with an error, in the words of that error.
        OSError: a file can't be read.
    """
    if why := missing(row, runs):
        raise IndexError(why)
    found: list[tuple[str, Attribution | None]] = []
    refused = ""
    for name, rows in runs.items():
        place = int(rows.places([row])[0])
        record = rows.table(place).to_pylist()[0] if place >= 0 else None
        if record is None or record["error"] is not None:
            refused = refused if record is None else str(record["error"])
            found.append((name, None))
            continue
        told = rows.about.get("model", {})
        found.append((name, attribution_of(record, str(told.get("name", "")) if isinstance(told, dict) else str(told))))
    if all(a is None for _, a in found):
        raise ValueError(refused)
    return found
