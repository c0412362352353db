"""What the theme needs to be a good frame for lessons, and for readers who hear the page.

Its style sheets go into a cascade layer: what stands in no layer wins over what stands in one. `site.css` then takes
back everything that the theme says about a lesson, and what the lesson and the widget say themselves is left.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

UNNAMED = 'data-md-component="search" role="dialog"'


def on_post_page(output: str, **_: Any) -> str:
    return output.replace(UNNAMED, f'{UNNAMED} aria-label="Search"')


def on_post_build(config: Any) -> None:
    for sheet in Path(config.site_dir, "assets", "stylesheets").glob("*.css"):
        rules = sheet.read_text("utf-8").removeprefix("\ufeff").removeprefix('@charset "UTF-8";')
        sheet.write_text(f"@layer theme{{{rules}}}", "utf-8")
