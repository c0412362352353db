"""The traits that say how scores become a picture; the browser alone acts on them."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jacobian_widget._traits import bad_values
from jacobian_widget.figure import INKS
from jacobian_widget.picture import check_look, one_of


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

    @t.validate("scale", "threshold", "vmax", "hide")
    def _check_look(self, proposal: dict[str, Any]) -> Any:
        with bad_values():
            check_look(**{proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    @t.validate("palette")
    def _check_palette(self, proposal: dict[str, Any]) -> str:
        with bad_values():
            one_of("palette", proposal["value"], INKS)
        return str(proposal["value"])
