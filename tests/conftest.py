"""What all tests share: no network for weights, the demo model once, and nothing skipped where CI asks for it."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported

import pytest

from jacobian_widget import load_demo

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from nbformat import NotebookNode


@pytest.fixture(scope="session")
def demo() -> tuple[Any, Any]:
    return load_demo()


@pytest.fixture(scope="session")
def executed_lesson() -> Callable[[str], NotebookNode]:
    """A notebook of `examples/`, by its name without .ipynb, as it runs here; each is run once."""
    from lesson_runs import EXAMPLES, executed

    return functools.cache(lambda name: executed(EXAMPLES / f"{name}.ipynb"))


@pytest.fixture(scope="session")
def lesson_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of `small_lesson`, made once; the notebook lies beside it."""
    from small_lesson import small_lesson, write

    from jacobian_widget import export_lesson

    folder = tmp_path_factory.mktemp("lesson") / "inner"
    folder.mkdir()
    notebook = write(small_lesson(), folder / "lesson.ipynb")
    export_lesson(notebook, folder / "lesson.html", progress=False)
    return folder / "lesson.html"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as `make docs` builds it, with the lessons as they are stored: nothing is run."""
    pytest.importorskip("mkdocs")  # of which no lower bound is stated; in CI a skipped test has failed
    from docs_site import build

    return build(tmp_path_factory.mktemp("docs") / "site", lessons="stored")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where JW_REQUIRE_BROWSER is set, as in CI, a skipped test has failed."""
    report = yield
    if report.skipped and os.environ.get("JW_REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, where nothing may be: {item.nodeid}: {report.longrepr}"
    return report
