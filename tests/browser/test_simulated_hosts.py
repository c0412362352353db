"""VS Code and Colab, as far as a page can stand in for them: their variables, policies and frames (docs/hosts.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from colours import contrast
from journey import SETUP, points, reads, switches
from picture import Picture
from plain_page import HTML, NO_KERNEL, mount, sent
from playwright.sync_api import Error, expect
from tab import ALLOWED

from jacobian_widget._panels import panels_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Frame, Page

PAGE = "http://page.test/"
# Of notebook webviews, when the setting `notebook.experimental.enableCsp` is on; it is off by default.
VSCODE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'{blob}; style-src 'unsafe-inline';"
    " img-src https: http: data:; font-src https:; connect-src https:; child-src https: data:"
)
VSCODE = """
:root {{ --vscode-editor-background: {ground}; --vscode-editor-foreground: {words};
  --vscode-font-family: sans-serif; --vscode-editor-font-family: monospace; }}
body {{ margin: 0; background: {ground}; color: {words}; }}
.cell-output-ipywidget-background {{ background: white !important; }}
"""
# Colab's manager of widgets gives Jupyter's colour of text, and not that of its ground.
COLAB = """
:root {{ --colab-primary-surface-color: {ground}; --colab-primary-text-color: {words};
  --colab-secondary-surface-color: {ground};
  --jp-ui-font-color1: var(--colab-primary-text-color); --jp-layout-color2: var(--colab-secondary-surface-color); }}
body {{ margin: 0; background: {ground}; color: {words}; }}
"""
COLAB_SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-pointer-lock"
LIGHT, DARK = {"ground": "#ffffff", "words": "#1f1f1f"}, {"ground": "#1e1e1e", "words": "#d4d4d4"}


@pytest.fixture(scope="module")
def state() -> Iterator[dict[str, Any]]:
    names: dict[str, Any] = {}
    exec(SETUP, names)  # noqa: S102 - what the notebooks of the other tests run
    w = names["w"]
    w.attribution  # noqa: B018 - waits
    yield {**sent(w), "panels": panels_code()}
    w.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with no network but what a test serves, on which nothing may complain."""
    opened = browser.new_page(viewport={"width": 900, "height": 1000})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            errors.append(said.text)
            if said.type == "error" and not any(known in said.text for known in ALLOWED)
            else None
        ),
    )
    opened.on("request", lambda asked: None if asked.url.startswith((PAGE, "blob:")) else errors.append(asked.url))
    yield opened
    opened.close()
    assert errors == []


def serve(page: Page, body: str, policy: str = "", path: str = "") -> None:
    headers = {"Content-Type": "text/html; charset=utf-8", **({"Content-Security-Policy": policy} if policy else {})}
    page.route(f"{PAGE}{path}", lambda route: route.fulfill(body=body, headers=headers))


def is_legible(page: Page | Frame, picture: Picture, ground: str) -> None:
    """The widget stands on the page's own ground, and its words can be read on it."""
    shown, words = picture.root.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]")
    tab = picture.root.page
    assert contrast(tab, shown, ground) < 1.1
    assert contrast(tab, shown, words) >= 7


def opens_a_panel(picture: Picture) -> None:
    """The second bundle is imported from text, under whatever policy the page has."""
    picture.root.get_by_role("button", name="Compare", exact=True).click()
    region = picture.panel("compare")
    region.get_by_role("button", name="Close", exact=True).click()
    expect(region).to_be_hidden()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_in_a_webview_like_vs_codes(page: Page, state: dict[str, Any], colours: dict[str, str]) -> None:
    style = VSCODE.format(**colours)
    body = HTML.replace(
        "<main id=here>", f"<style>{style}</style><main id=here class=cell-output-ipywidget-background>"
    )
    serve(page, body, VSCODE_POLICY.format(blob=" blob:"))
    page.goto(PAGE)
    mount(page, state)
    picture = Picture(page.locator(".jw"))
    reads(picture)
    is_legible(page, picture, colours["ground"])
    points(picture)
    switches(picture)
    opens_a_panel(picture)


def test_a_policy_without_blobs_stops_every_such_widget(browser: Browser, state: dict[str, Any]) -> None:
    """With that setting on, VS Code refuses the way in which any anywidget is loaded; ours is no exception."""
    opened = browser.new_page()
    serve(opened, HTML, VSCODE_POLICY.format(blob=""))
    opened.goto(PAGE)
    with pytest.raises(Error, match="Failed to fetch dynamically imported module"):
        mount(opened, state)
    opened.close()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_in_a_frame_like_colabs(page: Page, state: dict[str, Any], colours: dict[str, str]) -> None:
    theme = "dark" if colours is DARK else "light"
    output = HTML.replace("<html", f"<html theme={theme}").replace(
        "<main", f"<style>{COLAB.format(**colours)}</style><main"
    )
    frame = f"<iframe id=output src=output sandbox='{COLAB_SANDBOX}' style='width: 100%; height: 900px'></iframe>"
    serve(page, HTML.replace("<main id=here></main>", frame))
    serve(page, output, path="output")
    page.goto(PAGE)
    inside = page.locator("#output").element_handle().content_frame()
    assert inside is not None
    inside.wait_for_load_state()
    mount(inside, state)
    picture = Picture(page.frame_locator("#output").locator(".jw"))
    reads(picture)
    is_legible(inside, picture, colours["ground"])
    points(picture)
    switches(picture)
    opens_a_panel(picture)


def test_without_any_variable_it_follows_the_browsers_scheme(page: Page, state: dict[str, Any]) -> None:
    serve(page, HTML.replace("<html", "<html style='color-scheme: light dark'"))
    page.goto(PAGE)
    mount(page, state, manager=NO_KERNEL)
    picture = Picture(page.locator(".jw"))
    page.emulate_media(color_scheme="light")
    is_legible(page, picture, "#ffffff")
    page.emulate_media(color_scheme="dark")
    is_legible(page, picture, "#121212")
    picture.token(4).click()
    picture.is_in_state("no-kernel")
