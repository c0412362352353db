"""Colours as the browser paints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAINT = (
    "c => { const x = new OffscreenCanvas(1, 1).getContext('2d'); x.fillStyle = c; x.fillRect(0, 0, 1, 1);"
    " return [...x.getImageData(0, 0, 1, 1).data] }"
)


def rgb(page: Page, colour: str) -> list[int]:
    """A CSS colour of any kind: red, green, blue, alpha, each 0 to 255."""
    return list(page.evaluate(PAINT, colour))


def contrast(page: Page, one: str, other: str) -> float:
    """WCAG's contrast ratio of two opaque CSS colours."""
    light, dark = sorted((luminance(rgb(page, colour)) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[int]) -> float:
    parts = [part / 255 for part in colour[:3]]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
