"""A lesson as it runs here: the notebook with its outputs, and beside each widget what a page needs of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from jacobian_widget._export import Positions, saved_traits
from jacobian_widget._lesson_record import MIME
from jacobian_widget.widget import VIEW

if TYPE_CHECKING:
    from nbformat import NotebookNode

STATE: Final = "application/vnd.jupyter.widget-state+json"
_PUBLISH: Final = "__import__('importlib').import_module('jacobian_widget._lesson_record').publish({!r}, {!r})"

Say = Callable[[str], None]


def read(path: Path, *, instructor: bool) -> NotebookNode:
    """The notebook as it is stored, without the instructor's cells unless they are asked for.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is not a notebook.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except nbformat.reader.NotJSONError as error:
        raise ValueError(f"{path} is not a notebook; export_lesson reads one that ends in .ipynb.") from error
    if not instructor:
        notebook.cells = [cell for cell in notebook.cells if "instructor" not in cell.metadata.get("tags", [])]
    return notebook


def executed(path: Path, positions: Positions | None, say: Say, *, instructor: bool) -> NotebookNode:
    """Run it with this Python, from top to bottom; each widget's output then has `MIME` too.

    Args:
        path: the notebook; its cells run in its folder.
        positions: further positions of each widget's text, as for `JacobianWidget.to_html`.
        say: called with what is being done.
        instructor: whether the instructor's cells run as well.

    Raises:
        RuntimeError: a cell failed; the message names it.
    """
    notebook = read(path, instructor=instructor)
    kernels = AsyncKernelManager(
        kernel_name="python3",  # whatever the notebook was written with: it is about this Python's packages
        kernel_spec_manager=KernelSpecManager(ensure_native_kernel=True, kernel_dirs=[]),
    )
    client = _Client(
        notebook,
        km=kernels,
        timeout=None,
        iopub_timeout=60,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    client.name, client.positions, client.say = path.name, positions, say
    client.execute(cleanup_kc=True)
    return notebook


def stored(path: Path, *, instructor: bool) -> NotebookNode:
    """The same of what is stored in the notebook: the widgets whose state was saved, at one position each."""
    notebook = read(path, instructor=instructor)
    known = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            held = known.get(data.get(VIEW, {}).get("model_id"), {})
            if "basis" in held.get("state", {}):
                data[MIME] = {"traits": _traits(held), "still": data.get("text/html", "")}
    return notebook


def revived(value: Any) -> Any:
    """What `MIME` holds, with its bytes as such."""
    if isinstance(value, dict):
        packed = value.get("$bytes")
        return {k: revived(v) for k, v in value.items()} if packed is None else base64.b64decode(packed)
    return [revived(inner) for inner in value] if isinstance(value, list) else value


class _Client(NotebookClient):
    """Asks, after each cell, for what the widgets that it shows are made of."""

    name = ""
    positions: Positions | None = None
    say: Say
    _saved: Mapping[str, Any] = {}
    _of = ""

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, *args: Any, **kwargs: Any) -> NotebookNode:
        number = f"cell {cell_index + 1} of {len(self.nb.cells)}"
        self.say(number)
        try:
            await super().async_execute_cell(cell, cell_index, *args, **kwargs)
        except CellExecutionError as error:
            raise RuntimeError(f"{self._named(cell, cell_index)} failed: {_why(error)}") from error
        except DeadKernelError as error:
            raise RuntimeError(f"{self._named(cell, cell_index)} ended its kernel; is there memory enough?") from error
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(VIEW)
            if view is not None:
                self._saved, self._of = {}, number
                asking = nbformat.v4.new_code_cell(_PUBLISH.format(view["model_id"], self.positions))
                try:
                    await super().async_execute_cell(asking, cell_index, store_history=False)
                except CellExecutionError as error:
                    where = self._named(cell, cell_index)
                    raise RuntimeError(f"The picture of {where} could not be computed: {_why(error)}") from error
                if self._saved:
                    output["data"][MIME] = self._saved
        self.nb.cells[cell_index] = cell
        return cell

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        told = msg["content"].get("data", {}).get(MIME) if msg["msg_type"] == "display_data" else None
        if told is None:
            return super().process_message(msg, cell, cell_index)
        if "traits" in told:
            self._saved = told
        else:
            self.say(f"{self._of}: {told['done']} of {told['total']} further positions")
        return None

    def _named(self, cell: NotebookNode, index: int) -> str:
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        return f"cell {index + 1} of {self.name} (`{first.strip()}`)"


def _why(error: CellExecutionError) -> str:
    return f"{error.ename}: {error.evalue}"


def _traits(held: dict[str, Any]) -> dict[str, Any]:
    """The traits of a widget's saved state, its buffers where they belong."""
    state = deepcopy(held["state"])
    for buffer in held.get("buffers", []):
        *path, last = buffer["path"]
        place = state
        for step in path:
            place = place[step]
        place[last] = {"$bytes": buffer["data"]}
    return saved_traits(state)
