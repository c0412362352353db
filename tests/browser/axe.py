"""axe-core on the widget, with the assurance that it looked at something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async standards => {
  // What an open popover covers for the moment is no smaller for that.
  const bare = n => !/partially obscured/.test(n.failureSummary);
  const node = n => n.target.join(' ') + ': ' + n.failureSummary;
  const brief = rule => ({id: rule.id, nodes: rule.nodes.filter(bare).map(node)});
  const found = await axe.run('.jw', {runOnly: standards, rules: {'target-size': {enabled: true}}});
  const passed = Object.fromEntries(found.passes.map(rule => [rule.id, rule.nodes.length]));
  return {violations: found.violations.map(brief).filter(rule => rule.nodes.length > 0), passed};
}"""


def prepare(page: Page) -> None:
    # The bodies of Lab and Notebook 7 have no height, so axe would take everything in them for invisible.
    page.add_style_tag(content="body { min-height: 100vh }")
    page.add_script_tag(path=AXE)


def axe(page: Page) -> dict[str, Any]:
    """`violations`, and the number of nodes that `passed` each rule."""
    return dict(page.evaluate(RUN, STANDARDS))


def finds_nothing(page: Page, contrasts: int = 10) -> None:
    result = axe(page)
    assert result["violations"] == [], result["violations"]
    seen = result["passed"].get("color-contrast", 0)
    assert seen >= contrasts, f"axe saw the contrast of {seen} elements: they are covered or out of sight"
