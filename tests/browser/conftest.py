"""A browser, and one JupyterLab tab for each module that asks for one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chromium import HOW_TO_GET_IT, launch_options
from journey import TEXT
from jupyter_server import JupyterServer
from lab import Lab
from picture import Picture
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"

expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any(HOW_TO_GET_IT in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"The browser tests were skipped: {HOW_TO_GET_IT}.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    options = launch_options(playwright)
    if options is None:
        pytest.skip(HOW_TO_GET_IT)
    return {**browser_type_launch_args, **options}


@pytest.fixture(scope="session")
def server() -> Iterator[JupyterServer]:
    with JupyterServer([ROOT / "examples" / "quickstart.ipynb"]) as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser: Browser, server: JupyterServer) -> Iterator[Lab]:
    opened = Lab(browser, server)
    yield opened
    opened.close()


@pytest.fixture
def lab(tab: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The module's tab; the test fails if the page complained or asked for anything outside this machine."""
    tab.complaints()
    yield tab
    failed = getattr(request.node, "failed", False)
    complaints = tab.complaints()
    if failed or complaints:
        RESULTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "_", request.node.name)
        tab.page.screenshot(path=RESULTS / f"{name}.png")
    assert complaints == []


@pytest.fixture
def empty(lab: Lab) -> None:
    """No widget, and no cell that shows one; for a notebook that ran `journey.MODEL`."""
    lab.run("Widget.close_all()")
    lab.clear_cells()


@pytest.fixture
def show(lab: Lab) -> Callable[..., Picture]:
    """A picture of `model`, in a notebook that has one."""

    def shown(text: str = TEXT, arguments: str = "") -> Picture:
        picture = Picture(lab.run(f"w = JacobianWidget(model, tokenizer, {text!r}{arguments})\nw").view)
        picture.is_ready()
        return picture

    return shown


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]
    return report
