"""One JupyterLab tab with one notebook in it, driven by command ids."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, expect
from tab import Tab

if TYPE_CHECKING:
    from jupyter_server import JupyterServer

PANEL = "window.jupyterapp.shell.currentWidget"
KERNEL_MS = 60_000

RUN_LAST = """async code => {
  const app = window.jupyterapp, panel = app.shell.currentWidget, notebook = panel.content;
  const model = notebook.model.sharedModel;
  const empty = notebook.model.cells.length === 1 && !model.getCell(0).source;
  if (!empty) model.addCell({cell_type: 'code', source: ''});
  const index = notebook.model.cells.length - 1;
  model.getCell(index).setSource(code);
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  const {outputs} = notebook.model.cells.get(index);
  // The kernel does not run what waits behind a cell that failed: ask again.
  for (let i = 0; i < 20 && notebook.model.cells.get(index).executionCount === null; i++)
    await app.commands.execute('notebook:run-cell');
  let printed = '', failed = '';
  for (let i = 0; i < outputs.length; i++) {
    const output = outputs.get(i).toJSON();
    if (output.output_type === 'stream') printed += [].concat(output.text).join('');
    if (output.output_type === 'error') failed = output.ename + ': ' + output.evalue;
    if (output.output_type === 'execute_result') printed += [].concat(output.data['text/plain'] ?? '').join('');
  }
  return {index, printed, failed};
}"""
TELL = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const {content} = await kernel.requestExecute({code, store_history: false}).done;
  return content.status === 'error' ? content.ename + ': ' + content.evalue : '';
}"""
SEND = """([id, state]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  kernel._comms.get(id).send({method: 'update', state, buffer_paths: []});
}"""


class CellError(AssertionError):
    """A cell raised; the message is `Name: value`."""


@dataclass
class Cell:
    """A cell that has run."""

    index: int
    printed: str
    node: Locator

    @property
    def view(self) -> Locator:
        return self.node.locator(".jw")


class Lab(Tab):
    """A tab with one notebook in it."""

    server: JupyterServer

    def open(self, path: str, *, kernel: bool = True) -> None:
        workspace = f"/lab/workspaces/{secrets.token_hex(6)}/tree/{path}"
        self.page.goto(self.server.url(workspace))
        self.page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)", timeout=KERNEL_MS)
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=KERNEL_MS)
        if kernel:
            self.wait_for_kernel()

    def new(self, name: str) -> None:
        """Open an empty notebook."""
        cell = (
            '{"cell_type": "code", "id": "first", "source": "", "metadata": {}, "outputs": [], "execution_count": null}'
        )
        kernel = '{"name": "python3", "display_name": "Python 3", "language": "python"}'
        text = f'{{"cells": [{cell}], "metadata": {{"kernelspec": {kernel}}}, "nbformat": 4, "nbformat_minor": 5}}'
        (self.server.root / name).write_text(text)
        self.open(name)

    def wait_for_kernel(self) -> None:
        status = f"{PANEL}?.sessionContext?.session?.kernel?.status"
        self.page.wait_for_function(f"() => {status} === 'idle'", timeout=KERNEL_MS)

    def command(self, name: str, **arguments: Any) -> None:
        call = "([name, given]) => window.jupyterapp.commands.execute(name, given).then(() => null)"
        self.page.evaluate(call, [name, arguments])

    def start(self, name: str) -> None:
        """Execute a command without waiting for its end."""
        self.page.evaluate("name => { window.jupyterapp.commands.execute(name) }", name)

    def run(self, code: str) -> Cell:
        """Run `code` in a new last cell, wait for it, and give its output.

        Raises:
            CellError: the code raised.
        """
        result = self.page.evaluate(RUN_LAST, code)
        if result["failed"]:
            raise CellError(result["failed"])
        return Cell(result["index"], result["printed"].strip(), self.cell(result["index"]))

    def tell(self, code: str) -> None:
        """Run `code` without a cell, so that nothing on the page moves.

        Raises:
            CellError: the code raised.
        """
        failed = self.page.evaluate(TELL, code)
        if failed:
            raise CellError(failed)

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-NotebookPanel:visible .jp-Notebook-cell").nth(index)

    def cells(self) -> int:
        return int(self.page.evaluate(f"() => {PANEL}.content.model.cells.length"))

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")

    def clear_cells(self) -> None:
        """Delete every cell; the kernel lives on."""
        self.page.evaluate(
            f"() => {{ const m = {PANEL}.content.model.sharedModel;"
            "  m.addCell({cell_type: 'code', source: ''}); m.deleteCellRange(0, m.cells.length - 1); }"
        )
        expect(self.page.locator(".jp-NotebookPanel:visible .jw")).to_have_count(0)

    def clear_output(self, index: int) -> None:
        self.page.evaluate(f"i => {{ {PANEL}.content.activeCellIndex = i; {PANEL}.content.deselectAll(); }}", index)
        self.command("notebook:clear-cell-output")

    def restart_kernel(self) -> None:
        self.page.evaluate(f"() => {PANEL}.sessionContext.restartKernel().then(() => null)")
        self.wait_for_kernel()

    def interrupt_kernel(self) -> None:
        self.command("notebook:interrupt-kernel")

    def save(self) -> None:
        self.command("docmanager:save")

    def theme(self, name: str) -> None:
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")  # Lab covers the page for a moment

    def send(self, model_id: str, state: dict[str, Any]) -> None:
        """Write widget traits as a browser would, past all that the view itself allows."""
        self.page.evaluate(SEND, [model_id, state])
