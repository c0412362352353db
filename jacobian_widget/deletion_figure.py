"""Deletion curves of an evaluation, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jacobian_widget.figure import SUFFIXES
from jacobian_widget.methods import METHODS
from jacobian_widget.scopes import SCOPES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jacobian_widget.evaluation import Evaluation

_REFERENCE: Final = {"random": "#8a8a8a", "leave_one_out": "#111111"}
"""Grey and black for the floor and the ceiling."""
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7a4fb5", "#8c3b2a")
_DASHED: Final = (0, (5, 1.5))
_DOTTED: Final = (0, (1.2, 1.2))


def draw(
    evaluation: Evaluation,
    methods: Sequence[str],
    path: str | PathLike[str] | None,
    *,
    insertion: bool,
    width: float,
    dpi: int,
) -> Figure:
    """As `Evaluation.plot`; `methods` are names in the result."""
    suffix = None if path is None else Path(path).suffix.lower()
    if suffix is not None and suffix not in SUFFIXES:
        raise ValueError(f"a figure is a file that ends in {', '.join(SUFFIXES)}; got {str(path)!r}.")
    all_curves = evaluation.curves(insertion=insertion)
    all_curves = all_curves[np.isfinite(all_curves).all((1, 2))]
    if not len(all_curves) or not methods:
        raise ValueError("there is no curve to draw; evaluate at least one text with one method.")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("a figure needs matplotlib. Run: pip install 'jacobian-widget[figure]'") from error

    settings: Any = {"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "jacobian-widget", "font.size": 8}
    with rc_context(settings):
        figure = Figure(figsize=(width, width * 0.62), layout="constrained")
        axes = figure.add_subplot()
        share = 100 * np.array(evaluation.fractions)
        for method, style in _styles([evaluation.methods[method] for method in methods], methods):
            curves = all_curves[:, list(evaluation.methods).index(method)]
            mean = curves.mean(0)
            band = curves.std(0, ddof=1) / np.sqrt(len(curves)) if len(curves) > 1 else np.zeros_like(mean)
            axes.plot(share, mean, marker="o", markersize=2.5, linewidth=1.2, label=evaluation.title(method), **style)
            axes.fill_between(share, mean - band, mean + band, color=style["color"], alpha=0.12, linewidth=0)
        axes.axhline(0, color="#bbbbbb", linewidth=0.6)
        axes.set_xticks(share, [f"{x:g}" for x in share])
        axes.set_xlabel(f"top tokens {'kept' if insertion else 'ablated'} (%), ablation: {evaluation.ablation}")
        axes.set_ylabel("Δ log p (nats)")
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(f"{evaluation.model}, {len(all_curves)} texts", loc="left", fontsize=8)
        figure.legend(loc="outside right center", frameon=False, fontsize=7)
        if path is not None:
            undated = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(str(suffix), {})
            figure.savefig(path, dpi=dpi, facecolor="white", metadata=undated)
    return figure


def _styles(keys: Sequence[str], methods: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Scopes are solid, what is verified is dotted in the colour of its scope, and all other methods are dashed."""
    known: dict[str, str] = {}
    for key, method in zip(keys, methods, strict=True):
        own = METHODS[key].screen or key
        colour = _REFERENCE.get(key) or known.setdefault(own, _COLOURS[len(known) % len(_COLOURS)])
        solid = own in SCOPES or key in _REFERENCE
        yield method, {"color": colour, "linestyle": _DOTTED if METHODS[key].screen else "-" if solid else _DASHED}
