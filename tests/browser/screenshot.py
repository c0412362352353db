"""Write the README's pictures: the first picture of the quickstart in a real JupyterLab, light and dark."""

from __future__ import annotations

import sys
from pathlib import Path

from chromium import HOW_TO_GET_IT, launch_options
from jupyter_server import JupyterServer
from lab import Lab
from picture import Picture
from playwright.sync_api import sync_playwright

EXAMPLES = Path(__file__).parents[2] / "examples"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
COLUMBIA = 14
MARGIN = 8


def main() -> None:
    with JupyterServer([EXAMPLES / "quickstart.ipynb"]) as server, sync_playwright() as playwright:
        options = launch_options(playwright)
        if options is None:
            sys.exit(HOW_TO_GET_IT)
        browser = playwright.chromium.launch(**options)
        lab = Lab(browser, server, viewport={"width": 1120, "height": 1400}, device_scale_factor=2)
        lab.open("quickstart.ipynb")
        lab.command("application:toggle-left-area")
        lab.run_all()
        picture = Picture(lab.page.locator(".jp-NotebookPanel:visible .jw"))
        picture.is_ready()
        lab.page.evaluate("() => document.activeElement.blur()")
        for name, theme in THEMES.items():
            lab.theme(theme)
            picture.token(COLUMBIA).hover()
            box = picture.root.bounding_box()
            if box is None:
                sys.exit("the widget is not on screen")
            clip = {
                "x": box["x"] - MARGIN,
                "y": box["y"],
                "width": box["width"] + 2 * MARGIN,
                "height": box["height"] + MARGIN,
            }
            lab.page.screenshot(path=EXAMPLES / f"screenshot-{name}.png", clip=clip)
        lab.close()
        browser.close()


if __name__ == "__main__":
    main()
