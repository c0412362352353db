"""Where a Chromium is, and how it is started."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

HOW_TO_GET_IT = (
    "no Chromium here: apt-get install chromium, or .venv/bin/playwright install chromium, or set JW_CHROMIUM"
)
NAMES = ("chromium", "google-chrome", "chromium-browser")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def launch_options(playwright: Playwright) -> dict[str, Any] | None:
    """For `chromium.launch`: the system's browser, else the one playwright installed; None where there is neither."""
    found = os.environ.get("JW_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and not Path(playwright.chromium.executable_path).exists():
        return None
    return {"executable_path": found, "args": SWITCHES}
