"""The other places that a notebook runs in: Notebook 7, Voilà, marimo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server import JupyterServer
from lab import KERNEL_MS, Lab

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotebookServer(JupyterServer):
    """Jupyter Notebook 7 serving copies of `notebooks`."""

    NAME = "Jupyter Notebook"

    def _command(self, port: str) -> list[str]:
        return ["notebook", *self._jupyter(port), "--JupyterNotebookApp.expose_app_in_browser=True"]


class Notebook(Lab):
    """A tab of Notebook 7: the same commands as in Lab, and one notebook for the whole page."""

    def open(self, path: str, *, kernel: bool = True) -> None:
        self.page.goto(self.server.url(f"/notebooks/{path}"))
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=KERNEL_MS)
        if kernel:
            self.wait_for_kernel()


class VoilaServer(JupyterServer):
    """Voilà, which runs a notebook and shows its outputs alone."""

    NAME = "Voilà"

    def __init__(self, notebooks: Iterable[Path], theme: str = "light") -> None:
        self._theme = theme
        super().__init__(notebooks)

    def _command(self, port: str) -> list[str]:
        return [
            *("voila", str(self.root), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"),
            *(f"--theme={self._theme}", "--show_tracebacks=True"),
        ]

    def _answers(self) -> bool:
        return self._is_up("/voila/tree")


class MarimoServer(JupyterServer):
    """marimo on one of its notebooks: as an app, or with `edit` as the notebook that it is."""

    NAME = "marimo"

    def __init__(self, notebook: Path, *, edit: bool = False) -> None:
        self._mode = "edit" if edit else "run"
        self._file = notebook.name
        super().__init__([notebook])

    def _command(self, port: str) -> list[str]:
        return [
            *("marimo", "--quiet", "--yes", self._mode, self._file, "--headless", "--no-token"),
            *("--host=127.0.0.1", f"--port={port}", *(["--skip-update-check"] if self._mode == "edit" else [])),
        ]

    def _answers(self) -> bool:
        return self._is_up("/health")
