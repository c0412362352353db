"""The code of the how-to guides, and what it prints. `python tests/guides.py [name …]` writes that into the pages."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = [path for folder in ("explanation", "how-to") for path in sorted((DOCS / folder).glob("*.md"))]
GUIDES = [path for path in GUIDES if "```python" in path.read_text("utf-8")]
# A block that is shown and cannot run here is fenced with {.python .elsewhere}.
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```$(?:\n\n```text\n(?P<prints>.*?)^```$)?", re.DOTALL | re.MULTILINE)
ELSEWHERE = re.compile(r"^```\{\.python \.elsewhere\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    code: str
    prints: str | None
    """What stands below it; None where nothing does."""
    span: tuple[int, int]
    """Of `prints` in the page."""


def blocks(page: str) -> list[Block]:
    return [Block(found["code"], found["prints"], found.span("prints")) for found in BLOCK.finditer(page)]


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)


def run(page: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Each block with what it prints and the value of its last line, as a notebook would show it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with inside(folder):
        for block in blocks(page):
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                tree = ast.parse(block.code)
                last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, "guide", "exec"), names)  # noqa: S102 - the guide's own code
                if isinstance(last, ast.Expr):
                    value = eval(compile(ast.Expression(last.value), "guide", "eval"), names)  # noqa: S307 - same
                    if value is not None:
                        print(repr(value))  # noqa: T201
            yield block, said.getvalue()


def rewritten(page: str, folder: Path) -> str:
    """The page with what its code prints now."""
    new, end = "", 0
    for block, said in run(page, folder):
        if block.prints is not None:
            new += page[end : block.span[0]] + said
            end = block.span[1]
    return new + page[end:]


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    for path in GUIDES:
        if len(sys.argv) == 1 or path.stem in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as scratch:
                path.write_text(rewritten(path.read_text("utf-8"), Path(scratch)), "utf-8")
