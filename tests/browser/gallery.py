"""Write a screenshot of each view in each theme, and a page that shows them all, into build/gallery.

Run `make gallery`. The demo model's own results, on a page without a notebook that has Lab's colours.
"""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from chromium import HOW_TO_GET_IT, launch_options
from picture import Picture
from plain_page import HTML, NO_KERNEL, mount, packed, sent
from playwright.sync_api import Browser, Page, sync_playwright

from jacobian_widget import JacobianWidget, load_demo
from jacobian_widget._panels import PANELS

OUT = Path(__file__).parents[2] / "build" / "gallery"
THEMES = {
    "light": ("light", {"--jp-layout-color0": "#fff", "--jp-ui-font-color1": "rgba(0, 0, 0, 0.87)"}),
    "dark": ("dark", {"--jp-layout-color0": "#111", "--jp-ui-font-color1": "rgba(255, 255, 255, 0.87)"}),
    "contrast": ("dark", {"--jp-layout-color0": "#000", "--jp-ui-font-color1": "#fff"}),
}
SENTENCE = "Tom loves Korean food. He grew up in the South and goes to Columbia. He is a liberal"
OTHER = SENTENCE.replace("liberal", "conservative")
SERIES = "1.0, 1.9, 2.6, 2.9, 2.7, 2.1, 1.2, 0.3, -0.2, -0.1, 0.5,"
MESSAGES = [{"role": "user", "content": "Which city is the capital of France? Answer in one word."}]
LONG = "The committee met in the old library, where the windows looked out over the river.\n" * 6
DESK, PHONE = 960, 360
PANEL_SECONDS = 40
STEADY = """async () => {
  const height = () => document.documentElement.scrollHeight;
  const frames = n => new Promise(done => requestAnimationFrame(() => n > 1 ? done(frames(n - 1)) : done()));
  for (let was = -1; was !== height();) { was = height(); await frames(12); }
}"""
"""Charts and canvases take their place some frames after they are there."""
DRAWN = """async () => {
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return !document.querySelector(".jw-panel")?.innerText.includes("One moment");
}"""
COMPUTING = {"state": "computing", "done": 7, "total": 20, "seconds": 38.0, "bytes": 1_300_000_000}
ERROR = {
    "state": "error",
    "message": "CUDA out of memory. Shorten the text, or load the model in bfloat16.",
    "detail": "Traceback (most recent call last):\n  ...\ntorch.OutOfMemoryError: CUDA out of memory.",
}
Step = Callable[[Picture], None]


@dataclass(frozen=True)
class Shot:
    """One view: a state from Python, what is different in it, and what a person then does."""

    name: str
    state: str
    change: dict[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    width: int = DESK
    manager: dict[str, Any] | None = None


def press(name: str) -> Step:
    return lambda picture: picture.root.get_by_role("button", name=name).locator("visible=true").first.click()


def say(**about: Any) -> dict[str, Any]:
    return {"status": {"done": 0, "total": 0, "message": "", "detail": "", **about}}


def hover(start: int, picture: Picture) -> None:
    picture.token(start).hover()


def walk(picture: Picture) -> None:
    picture.root.locator(".jw-text [tabindex='0']").focus()
    picture.root.page.keyboard.press("ArrowLeft")


SHOTS = (
    Shot("ready", "sentence"),
    Shot("tooltip", "sentence", steps=(partial(hover, 14),)),
    Shot("keyboard", "sentence", steps=(walk,)),
    Shot("fisher", "sentence", {"scope": "fisher", "rank": 4}),
    Shot("contrast", "sentence", {"scope": "contrast"}),
    Shot("signed", "sentence", {"signed": True}),
    Shot("rank-purple", "sentence", {"scale": "rank", "palette": "purple", "threshold": 0.3}),
    Shot("words", "sentence", {"granularity": "word", "scale": "log"}),
    Shot("more", "sentence", steps=(press("More scopes"),)),
    Shot("tokens", "sentence", steps=(press("Tokens"),)),
    Shot("scale", "sentence", steps=(press("Scale"),)),
    Shot("target", "sentence", steps=(lambda picture: picture.target.click(),)),
    Shot("foil", "sentence", steps=(lambda picture: picture.foil.click(),)),
    Shot("editor", "sentence", steps=(press("Edit"),)),
    Shot("help", "sentence", steps=(press("Help"),)),
    Shot("computing", "sentence", {"position": None, **say(**COMPUTING)}),
    Shot("first-computing", "sentence", {"basis": {}, **say(**COMPUTING)}),
    Shot("error", "sentence", say(**ERROR), (lambda picture: picture.root.get_by_text("Details").click(),)),
    Shot("no-kernel", "sentence", steps=(lambda picture: picture.token(4).click(),), manager=NO_KERNEL),
    Shot("empty", "sentence", {"text": "", "tokens": {}, "basis": {}, **say(state="empty")}),
    Shot("chat", "chat"),
    Shot("chat-hidden", "chat", {"hide": ["template"]}),
    Shot("long", "long"),
    Shot("numbers", "numbers"),
    *(Shot(f"panel-{name}", f"panel-{name}") for name in PANELS if name),
    Shot("narrow", "sentence", width=PHONE),
    Shot("narrow-scale", "sentence", steps=(press("Scale"),), width=PHONE),
    *(Shot(f"narrow-panel-{name}", f"panel-{name}", width=PHONE) for name in PANELS if name),
)


def states(wanted: set[str]) -> dict[str, dict[str, Any]]:
    """What Python sends for each text, and with each panel open."""
    model, tokenizer = load_demo()
    widget = partial(JacobianWidget, model, tokenizer)
    sentence = widget(SENTENCE, position=-1)
    sentence.attribution  # noqa: B018 - waits
    found = {"sentence": packed(sent(sentence))}
    series = widget(SERIES, granularity="number") if wanted & {"numbers", "panel-series"} else sentence
    series.attribution  # noqa: B018 - waits
    found["numbers"] = packed(sent(series))
    for name in filter(None, PANELS):
        if f"panel-{name}" in wanted:
            w = series if name == "series" else sentence
            pinned = pin(widget(OTHER, position=-1)) if name == "compare" else {}
            w.panel, w.panel_run = name, True
            wait_for_panel(w)
            found[f"panel-{name}"] = packed({**sent(w), "pinned": pinned})
            w.panel = ""
    if "chat" in wanted:
        chat = widget(messages=MESSAGES, scope="fisher")
        chat.generate(6)
        chat.position = len(chat.tokens["ids"]) - 3
        chat.attribution  # noqa: B018 - waits
        found["chat"] = packed(sent(chat))
    if "long" in wanted:
        long = widget(LONG)
        long.attribution  # noqa: B018 - waits
        found["long"] = packed(sent(long))
    return found


def pin(w: JacobianWidget) -> dict[str, Any]:
    w.attribution  # noqa: B018 - waits
    return {"tokens": w.tokens, "basis": w.basis, "question": {"scope": "semantic"}}


def wait_for_panel(w: JacobianWidget) -> None:
    end = time.monotonic() + PANEL_SECONDS
    # A job that gave way is followed by another.
    while (job := w._panel_job) is not None and not job[0].finished and job[0].wait(end - time.monotonic()):
        pass


def page_in(browser: Browser, theme: str, width: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 600},
        color_scheme=THEMES[theme][0],  # type: ignore[arg-type]
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(5_000)
    return page


def take(page: Page, shot: Shot, theme: str, state: dict[str, Any]) -> str:
    """One picture; the first line of what went wrong on the way, or nothing."""
    scheme, colours = THEMES[theme]
    errors: list[str] = []
    page.set_content(HTML)
    variables = "; ".join(f"{name}: {value}" for name, value in colours.items())
    page.add_style_tag(content=f":root {{ color-scheme: {scheme}; {variables} }}")
    page.add_style_tag(content="body { margin: 8px; background: var(--jp-layout-color0) }")
    notice = lambda error: errors.append(str(error))  # noqa: E731 - to be taken off again
    page.on("pageerror", notice)
    try:
        mount(page, {**state, **shot.change}, manager=shot.manager)
        for step in shot.steps:
            step(Picture(page.locator(".jw")))
        page.wait_for_function(DRAWN)
        page.evaluate(STEADY)
    except Exception as error:  # noqa: BLE001 - the others are still worth looking at
        errors.append(str(error))
    page.screenshot(path=OUT / f"{shot.name}-{theme}.png", full_page=True)
    page.remove_listener("pageerror", notice)
    page.mouse.move(0, 0)
    return errors[0].splitlines()[0] if errors else ""


def write_index(failures: dict[str, str]) -> None:
    rows = []
    for shot in SHOTS:
        pictures = "".join(
            f"<figure><a href='{shot.name}-{theme}.png'><img src='{shot.name}-{theme}.png' alt=''></a>"
            f"<figcaption>{theme} {html.escape(failures.get(f'{shot.name}-{theme}', ''))}</figcaption></figure>"
            for theme in THEMES
        )
        rows.append(f"<h2 id={shot.name}>{shot.name}</h2><div>{pictures}</div>")
    style = "body{font:14px system-ui;margin:24px;background:#888}div{display:flex;gap:12px;align-items:start}"
    style += "figure{margin:0;flex:1;min-width:0}img{max-width:100%}"
    page = f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{style}</style>{''.join(rows)}"
    (OUT / "index.html").write_text(page, "utf-8")


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    only = sys.argv[1:]
    shots = [shot for shot in SHOTS if not only or any(name in shot.name for name in only)]
    start = time.monotonic()
    made = states({shot.state for shot in shots})
    computed = time.monotonic() - start
    failures = {}
    with sync_playwright() as playwright:
        options = launch_options(playwright)
        if options is None:
            sys.exit(HOW_TO_GET_IT)
        browser = playwright.chromium.launch(**options)
        for theme, width in product(THEMES, (DESK, PHONE)):
            page = page_in(browser, theme, width)
            for shot in shots:
                if shot.width == width and (failure := take(page, shot, theme, made[shot.state])):
                    failures[f"{shot.name}-{theme}"] = failure
                    sys.stderr.write(f"{shot.name}, {theme}: {failure}\n")
            page.context.close()
        browser.close()
    write_index(failures)
    seconds = f"{computed:.0f} s for the model, {time.monotonic() - start:.0f} s in all"
    sys.stdout.write(f"{len(shots) * len(THEMES)} pictures in {OUT}, {seconds}: open index.html\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
