"""Writes what the view takes over from Python's registries, word for word: `python tests/view_registry.py`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from jacobian_widget.gallery import GALLERY
from jacobian_widget.scopes import SCOPES

JS = Path(__file__).parents[1] / "js"


def files() -> dict[Path, str]:
    """Each file of the view that is written from here, and what it must hold."""
    words = {
        name: {
            "name": scope.title,
            "unit": scope.unit,
            "explains": scope.explains,
            "target": scope.needs_target,
        }
        for name, scope in SCOPES.items()
    }
    notes = {name: {"formula": scope.formula, "paragraph": scope.paragraph} for name, scope in SCOPES.items()}
    return {
        JS / "scopes.json": _json(words),
        JS / "panels" / "scopes.json": _json(notes),
        JS / "panels" / "gallery.json": _json([asdict(example) for example in GALLERY.values()]),
    }


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, "utf-8")
