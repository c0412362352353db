"""A page that is opened by itself, watched for what must never happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picture import Picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

ITS_OWN = ("blob:", "data:")


class Opened:
    """A page, and what it asked for and complained about; `own` begins the addresses that it may ask for."""

    def __init__(self, page: Page, *own: str) -> None:
        self.page = page
        self._own = (*ITS_OWN, *own)
        self._asked: list[str] = []
        self._said: list[str] = []
        page.context.on("request", lambda request: self._asked.append(request.url))
        page.on("pageerror", lambda error: self._said.append(str(error)))
        page.on("console", lambda m: self._said.append(m.text) if m.type in ("error", "warning") else None)

    @property
    def complaints(self) -> list[str]:
        outside = [url for url in self._asked if not url.startswith(self._own)]
        return [*(f"request to {url}" for url in outside), *self._said]

    @property
    def picture(self) -> Picture:
        return Picture(self.page.locator(".jw").first)
