"""One browser tab on a server of this machine, watched for what must never happen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server import JupyterServer
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route

OUTSIDE = re.compile(r"^(?!(?:https?|wss?)://127\.0\.0\.1[:/]|data:|blob:)")
# The notebooks' own complaints: the debugger after a kernel restart, and what a kernel that is gone cannot answer.
ALLOWED = ("Could not restore the debugger state", "favicon.ico")


class Tab:
    """A tab of its own: settings, workspace and storage are shared with no other."""

    def __init__(
        self, browser: Browser, server: JupyterServer, *, allowed: tuple[str, ...] = (), **context: Any
    ) -> None:
        self.server = server
        self._allowed = (*ALLOWED, *allowed)
        self.outside: list[str] = []
        self.errors: list[str] = []
        self._context = browser.new_context(**{"viewport": {"width": 1280, "height": 1000}, **context})
        self._context.route(OUTSIDE, self._refuse)
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", self._raised)
        self.page.on("console", self._console)

    def _refuse(self, route: Route) -> None:
        if not self._is_known(route.request.url):
            self.outside.append(route.request.url)
        route.abort()

    def _raised(self, error: Error) -> None:
        if not self._is_known(f"{error} {error.stack}"):
            self.errors.append(str(error))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_known(f"{message.text} {message.location['url']}"):
            self.errors.append(message.text)

    def _is_known(self, complaint: str) -> bool:
        return any(known in complaint for known in self._allowed)

    def complaints(self) -> list[str]:
        """What went wrong since the last call."""
        found = [*(f"request to {url}" for url in self.outside), *self.errors]
        self.outside.clear()
        self.errors.clear()
        return found

    def close(self) -> None:
        self._context.close()
