"""Files that lie elsewhere in the repository and belong to the site too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ("screenshot-light.png", "screenshot-dark.png")


def on_files(files: Any, config: Any) -> Any:
    for name in SCREENSHOTS:
        files.append(File.generated(config, f"images/{name}", abs_src_path=str(ROOT / "examples" / name)))
    return files
