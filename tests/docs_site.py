"""Builds the documentation, and opens the hooks that its build uses."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def build(folder: Path, *, lessons: str = "run") -> Path:
    """Build into `folder`, with a pipe for the network: whatever asks for an address fails.

    Raises:
        AssertionError: the build failed, with what it said.
    """
    # Not --quiet: warnings would not be heard, and so would not count.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "JW_DOCS_LESSONS": lessons, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def hook(name: str) -> ModuleType:
    """`docs/_hooks/<name>.py` as a module."""
    spec = importlib.util.spec_from_file_location(f"docs_hook_{name}", DOCS / "_hooks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages() -> list[str]:
    """Every page of the site, by its address."""
    written = [path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")]
    return sorted([*written, *(f"tutorial/{path.stem}.html" for path in hook("lessons").notebooks())])
