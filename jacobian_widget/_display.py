"""The traits that say how scores become a picture; the browser alone acts on them."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jacobian_widget._traits import BadValueError

SCALES = ("linear", "log", "rank", "share")
PALETTES = ("blue", "purple", "green", "grey")
HIDEABLE = ("template", "delimiters")


class Display(t.HasTraits):
    """How the picture is drawn. Nothing here changes a score."""

    scale = t.Unicode("linear").tag(sync=True)
    """How a score becomes ink: "linear" (default), "log" (arcsinh), "rank" among the scored pieces, or "share" of the
    influence. Written by both sides."""

    threshold = t.Float(0.0).tag(sync=True)
    """Pieces whose place on the colour bar, 0 to below 1, is less than this get no ink. Default 0: all get some.
    Written by both sides."""

    vmax = t.Float(None, allow_none=True).tag(sync=True)
    """The score that gets full ink, in the scope's unit: set it to compare pictures. Default None: the picture's own
    maximum. Written by both sides."""

    palette = t.Unicode("blue").tag(sync=True)
    """The ink: "blue" (default), "purple", "green" or "grey"; each has a second colour for negative values. Written by
    both sides."""

    bars = t.Bool(True).tag(sync=True)
    """Whether pieces are underlined too, the higher the stronger: the cue that needs no colour. Default True. Written
    by both sides."""

    signed = t.Bool(False).tag(sync=True)
    """Gradient × input, with its sign, instead of the gradient's norm; Fisher has none. Default False. Written by both
    sides."""

    hide = t.List(t.Unicode()).tag(sync=True)
    """Which tokens get no colour: any of "template" (what a chat template wrote) and "delimiters" (punctuation and
    white space). Their share is named. Default none. Written by both sides."""

    @t.validate("scale")
    def _check_scale(self, proposal: dict[str, Any]) -> str:
        return _one_of("scale", proposal["value"], SCALES)

    @t.validate("palette")
    def _check_palette(self, proposal: dict[str, Any]) -> str:
        return _one_of("palette", proposal["value"], PALETTES)

    @t.validate("threshold")
    def _check_threshold(self, proposal: dict[str, Any]) -> float:
        value = float(proposal["value"])
        if not 0 <= value < 1:
            raise BadValueError(f"threshold is a place on the colour bar, from 0 to below 1; got {value}.")
        return value

    @t.validate("vmax")
    def _check_vmax(self, proposal: dict[str, Any]) -> float | None:
        value = proposal["value"]
        if value is not None and not 0 < value < float("inf"):
            raise BadValueError(f"vmax is the score that gets full ink, above 0, or None; got {value}.")
        return None if value is None else float(value)

    @t.validate("hide")
    def _check_hide(self, proposal: dict[str, Any]) -> list[str]:
        return [_one_of("hide", name, HIDEABLE) for name in dict.fromkeys(proposal["value"])]


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadValueError(f"{name} {value!r} is unknown; choose one of {', '.join(allowed)}.")
    return value
