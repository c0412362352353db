"""A JupyterLab of its own on loopback: it reads and writes nothing outside one temporary folder."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Light", "adaptive-theme": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # every output is in the page
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
    "@jupyterlab/completer-extension:manager": {"autoCompletion": False},
}
START_SECONDS = 90
TESTS = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class JupyterServer:
    """JupyterLab serving copies of `notebooks` until the `with` block ends."""

    NAME = "JupyterLab"

    def __init__(self, notebooks: Iterable[Path] = ()) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="jw-lab-"))
        self.root = self.home / "root"
        self.root.mkdir()
        for notebook in notebooks:
            shutil.copy(notebook, self.root)
        settings = self.home / "config" / "labconfig" / "default_setting_overrides.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(SETTINGS))
        self.token = secrets.token_hex(16)
        self.base = f"http://127.0.0.1:{free_port()}"
        self._log = (self.home / "server.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self._command(self.base.rpartition(":")[2])],
            env=self._environment(),
            cwd=self.root,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _command(self, port: str) -> list[str]:
        """The module to run, and its arguments."""
        return ["jupyterlab", *self._jupyter(port), "--LabApp.expose_app_in_browser=True"]

    def _jupyter(self, port: str) -> list[str]:
        return [
            *("--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *("--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}"),
            f"--ServerApp.root_dir={self.root}",
        ]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.home),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces"),
            "JUPYTER_PLATFORM_DIRS": "0",
            "IPYTHONDIR": str(self.home / "ipython"),
            "JACOBIAN_WIDGET_CACHE": os.environ.get("JACOBIAN_WIDGET_CACHE")
            or platformdirs.user_cache_dir("jacobian-widget"),
            "HF_HUB_OFFLINE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}",  # tiny_models and this checkout, for the kernels
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            if self._answers():
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)  # a server that dies is seen at once
        message = f"{self.NAME} did not start:\n{self.log()}"
        raise RuntimeError(message)

    def _answers(self) -> bool:
        return self._is_up("/api/status")

    def _is_up(self, path: str) -> bool:
        try:
            urllib.request.urlopen(self.url(path), timeout=1).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def log(self) -> str:
        self._log.flush()
        return (self.home / "server.log").read_text(errors="replace")

    def url(self, path: str) -> str:
        return f"{self.base}{path}?token={self.token}"

    def stop(self) -> None:
        if self._process.poll() is None:
            for signum, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
                os.killpg(self._process.pid, signum)
                try:
                    self._process.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self._log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
