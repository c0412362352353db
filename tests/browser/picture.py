"""What a test reads off one view of the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from collections.abc import Sequence


class Picture:
    """One `.jw` root."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.tokens = root.locator(".jw-token")
        self.options = root.locator(".jw-token[role='option']:not([aria-hidden])")  # one a piece
        self.status = root.locator(".jw-status")
        self.question = root.locator(".jw-ask")
        self.legend = root.locator(".jw-legend")
        self.tooltip = root.locator(".jw-tooltip")
        self.predictions = root.locator(".jw-prediction")
        self.target = root.locator(".jw-target-chip")
        self.foil = root.locator(".jw-foil-chip")
        self.next = root.locator(".jw-next")
        self.editor = root.locator(".jw-editor")

    def is_in_state(self, *states: str) -> None:
        expect(self.root.locator(", ".join(f".jw-status[data-state='{state}']" for state in states))).to_be_visible()

    def is_ready(self) -> None:
        self.is_in_state("ready")

    def token(self, start: int) -> Locator:
        return self.root.locator(f".jw-token[data-start='{start}']")

    def text(self) -> str:
        return "".join(self.tokens.all_text_contents())

    def ink(self) -> list[str]:
        """The level of each token, `w0` to `w63`: the picture itself."""
        read = "spans => spans.map(s => [...s.classList].find(name => /^w\\d+$/.test(name)) ?? 'w0')"
        return list(self.tokens.evaluate_all(read))

    def becomes(self, other_than: Sequence[str]) -> list[str]:
        """Wait until the ink differs."""
        was = " ".join(other_than)
        read = (
            "([root, was]) => [...root.querySelectorAll('.jw-token')]"
            ".map(s => [...s.classList].find(name => /^w\\d+$/.test(name)) ?? 'w0').join(' ') !== was"
        )
        self.root.page.wait_for_function(read, arg=[self.root.element_handle(), was])
        return self.ink()

    def panel(self, name: str) -> Locator:
        """The open panel, by the name of the trait's value; its code has come, and it has drawn itself."""
        region = self.root.get_by_role("region", name=name.capitalize(), exact=True)
        expect(region).to_be_visible()
        for excuse in ("One moment", "This panel is not there", "This panel failed", "could not be loaded"):
            expect(region.get_by_text(excuse)).to_have_count(0)
        return region

    def background(self, start: int) -> str:
        return str(self.token(start).evaluate("s => getComputedStyle(s).backgroundColor"))

    def explained(self) -> Locator:
        return self.root.locator(".jw-text [aria-selected='true']")

    def scope(self, name: str) -> None:
        """Choose a scope as a person would, in the first row or behind More."""
        radio = self.root.get_by_role("radio", name=name, exact=True)
        if not radio.is_visible():
            self.root.locator(".jw-more").click()
        radio.click()
        expect(self.root.get_by_role("radio", name=name, exact=True, include_hidden=True)).to_have_attribute(
            "aria-checked", "true"
        )
