"""What all tests share: no network for weights, the demo model once, and nothing skipped where CI asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported

import pytest

from jacobian_widget import load_demo

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(scope="session")
def demo() -> tuple[Any, Any]:
    return load_demo()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where JW_REQUIRE_BROWSER is set, as in CI, a skipped test has failed."""
    report = yield
    if report.skipped and os.environ.get("JW_REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, where nothing may be: {item.nodeid}: {report.longrepr}"
    return report
