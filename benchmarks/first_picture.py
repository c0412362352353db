"""How long a newcomer waits: from a fresh clone to the first coloured picture, and once more the day after.

Run `python benchmarks/first_picture.py`; it needs Chromium. The clone lies in a folder of its own, with no cache of
packages or weights, and is started by `make demo`. The bars are 300 s with the downloads and 30 s the second time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bars import MISSED
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from chromium import launch_options

ADDRESS = re.compile(r"http://127\S*?token=\w+")
BARS = (300, 30)
# The colour of a token is a class, w1 to w9 and on; w0 is none.
COLOURED = ".jp-OutputArea .jw .jw-token[class*=' w']:not(.w0)"


def first_picture(clone: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until JupyterLab gave its address, and until the first token has its colour."""
    log = clone.parent / "lab.log"
    started = time.perf_counter()
    with log.open("w") as output:
        command = ["make", "demo", "ARGS=--no-browser --ServerApp.port=0"]
        lab = subprocess.Popen(
            command, cwd=clone, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        while not (found := ADDRESS.search(log.read_text())):
            if lab.poll() is not None:
                raise RuntimeError(log.read_text()[-2000:])
            time.sleep(0.1)
        served = time.perf_counter() - started
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**(launch_options(playwright) or {}))
            page = browser.new_page()
            page.goto(found[0])
            cells = page.locator(".jp-NotebookPanel:visible .jp-CodeCell")
            cells.nth(1).wait_for(timeout=120_000)
            page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(timeout=120_000)
            # What is stored in the notebook is coloured already.
            page.get_by_role("menuitem", name="Edit", exact=True).click()
            page.get_by_role("menuitem", name="Clear Outputs of All Cells").click()
            page.locator(COLOURED).first.wait_for(state="detached")
            for k in range(2):
                cells.nth(k).locator(".cm-content").click()
                page.keyboard.press("Shift+Enter")
            page.locator(COLOURED).first.wait_for(timeout=300_000)
            seconds = time.perf_counter() - started
            browser.close()
        return served, seconds
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--working-tree", action="store_true", help="as it is, instead of what was committed last")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="first-picture-") as folder:
        clone = Path(folder) / "clone"
        git = shutil.which("git") or "git"
        subprocess.run([git, "clone", "--quiet", str(ROOT), str(clone)], check=True)
        if arguments.working_tree:
            listed = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
            names = subprocess.run(listed, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split("\0")
            for name in filter(None, names):
                if (ROOT / name).is_file():
                    (clone / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, clone / name)
        own = {
            "XDG_CACHE_HOME": f"{folder}/cache",
            "PIP_CACHE_DIR": f"{folder}/pip",
            "JUPYTER_CONFIG_DIR": f"{folder}/j",
        }
        environment = {k: v for k, v in os.environ.items() if k not in ("JACOBIAN_WIDGET_CACHE", "VIRTUAL_ENV")} | own
        print("| | JupyterLab serves, s | first coloured picture, s | bar, s |")
        print("|---|---:|---:|---:|")
        missed = False
        for name, bar in zip(("a fresh clone, with downloads", "the second time"), BARS, strict=True):
            served, seconds = first_picture(clone, environment)
            missed |= seconds > bar
            print(f"| {name} | {served:.0f} | {seconds:.0f} | {bar} |", flush=True)
    sys.exit(MISSED if missed else 0)


if __name__ == "__main__":
    main()
