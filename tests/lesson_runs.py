"""Runs the lessons: `make lessons` stores what they show, and the tests compare that with what they show now."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from stored_outputs import STATE, VIEW, differences

from jacobian_widget._bundle import self_unpacking_panels
from jacobian_widget._guess import guess_code
from jacobian_widget._panels import panels_code

if TYPE_CHECKING:
    from nbformat import NotebookNode

EXAMPLES = Path(__file__).parents[1] / "examples"
SECONDS = 600
KEPT = ("jp-MarkdownHeadingCollapsed", "jupyter", "tags")
# Not stored. What is computed behind the last cell is waited for, and the browser's state told once more: of messages
# between two cells the client takes no notice. The picture that GitHub shows is then the one that the widget shows.
SETTLE = """
import json
from ipywidgets.widgets.widget import _instances
from jacobian_widget import JacobianWidget
shown = {}
for widget in [one for one in _instances.values() if isinstance(one, JacobianWidget)]:
    widget.attribution
    if widget.guess:
        widget._finish_left_out()
    widget.send_state()
    data, _ = widget._repr_mimebundle_()
    shown[widget.model_id] = data["text/html"]
print(json.dumps(shown))
"""


def lessons() -> list[Path]:
    """The notebooks in the order in which they are read."""
    return [EXAMPLES / "quickstart.ipynb", *sorted(EXAMPLES.glob("[0-9]*.ipynb"))]


def executed(path: Path) -> NotebookNode:
    """A notebook as it runs here from top to bottom, with its widgets, and nothing in it that tells when and where.

    Raises:
        CellExecutionError: a cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(SETTLE))
    with tempfile.TemporaryDirectory() as folder:  # what a lesson writes is not left beside it
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=SECONDS,
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        client.execute(env=_environment(folder))
    pictures = json.loads("".join(output.get("text", "") for output in notebook.cells.pop().outputs))
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(VIEW)
            if view and view["model_id"] in pictures:
                output.data["text/html"] = pictures[view["model_id"]]
    return clean(notebook, path.stem)


def _environment(folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "IPYTHONDIR": folder,  # nobody's own start-up files
        "PYTHONPATH": os.pathsep.join(filter(None, [str(EXAMPLES.parent), os.environ.get("PYTHONPATH")])),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def clean(notebook: NotebookNode, name: str) -> NotebookNode:
    """The notebook without what an editor or a run leaves in it; widgets are numbered, the same in every run."""
    metadata: dict[str, Any] = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    held = notebook.metadata.get("widgets", {}).get(STATE)
    names = {}
    if held is not None:
        shown = _shown(json.dumps(notebook.cells), held["state"])
        names = {model: uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{n}").hex for n, model in enumerate(shown)}
        metadata["widgets"] = {STATE: {**held, "state": {model: held["state"][model] for model in shown}}}
    notebook.metadata = nbformat.from_dict(metadata)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)})
    text = json.dumps(notebook)
    for model, known in names.items():
        text = text.replace(model, known)
    return nbformat.from_dict(json.loads(text))


def renewed(notebook: NotebookNode) -> NotebookNode:
    """The notebook with the view as it is now in its widgets."""
    for held in notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}).values():
        traits = held["state"]
        module, _, name = traits.get("_anywidget_id", "").rpartition(".")
        if module:
            traits["_esm"] = getattr(importlib.import_module(module), name)._esm
        if traits.get("panels"):
            code = guess_code() if traits["guess"] and not traits["panel"] else panels_code()
            traits["panels"] = self_unpacking_panels(code)
    return notebook


def _shown(cells: str, state: dict[str, Any]) -> list[str]:
    """The widgets that the cells show, in their order, each followed by those that it is made of."""
    found: list[str] = []
    waiting = re.findall(r'"model_id": "(\w+)"', cells)
    while waiting:
        model = waiting.pop(0)
        if model in state and model not in found:
            found.append(model)
            waiting = re.findall(r"IPY_MODEL_(\w+)", json.dumps(state[model], sort_keys=True)) + waiting
    return found


def main() -> None:
    """Run the lessons that are named, or all, and store those whose outputs are stale; --view runs none."""
    named = [name for name in sys.argv[1:] if name != "--view"]
    for path in lessons():
        if named and not any(re.search(name, path.name) for name in named):
            continue
        started = time.monotonic()
        stored = nbformat.read(path, as_version=4)
        fresh = None if "--view" in sys.argv else executed(path)
        found = differences(stored, fresh) if fresh else []
        # As long as nothing differs, what is stored stays: the last bits of a score are another in every run.
        nbformat.write(fresh if found else renewed(clean(stored, path.stem)), path)
        seconds, size = time.monotonic() - started, path.stat().st_size / 1000
        said = f"stored anew: {found[0]}" if found else "as stored"
        print(f"{path.name}: {seconds:.0f} s, {size:.0f} kB, {said}")  # noqa: T201 - for whoever runs it


if __name__ == "__main__":
    main()
