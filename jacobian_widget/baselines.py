"""Older gradient attributions of the same prediction, to compare the scopes with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from jacobian_widget import forward
from jacobian_widget import model as adapter
from jacobian_widget.attribution import Attribution, Floats
from jacobian_widget.probe import rows_vjp
from jacobian_widget.replacement import embedding_in_place
from jacobian_widget.scopes import (
    SCOPES,
    Direction,
    ScopeName,
    check_scope,
    combination,
    cotangents,
    entropy,
    needed,
    quantity_of,
)

Start = Literal["zero", "mean", "bos"]
"""Where a path begins: embeddings of zeros, the mean of the embedding matrix, or the embedding of BOS."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PathGradient:
    """Gradients of one quantity, averaged along the straight path from `start` to the text's own embeddings."""

    start: str
    """The baseline: integrated gradients mean little without its name."""
    integrated_gradients: Floats
    """`[T]`, `⟨mean ∇_{x_t} f, x_t − start_t⟩`, signed (Sundararajan et al. 2017, arXiv 1703.01365)."""
    norms: Floats
    """`[T]`, `‖mean ∇_{x_t} f‖`: the path-integrated scope."""
    difference: float
    """`f(text) − f(start)`; the integrated gradients add up to it as the number of steps grows."""


def gradient_x_input(
    a: Attribution,
    scope: ScopeName | str = "semantic",
    *,
    target: int | str | None = None,
    foil: int | str | None = None,
    norm: bool = False,
) -> Floats:
    """Gradient × input: `⟨g_t, x_t⟩` `[T]`, signed, or with `norm` `‖g_t ⊙ x_t‖`, as the scopes' paper uses it.

    Args:
        a: a result whose model is at hand.
        scope: any linear scope: what the gradient is of.
        target: as in `Attribution.scores`, one token.
        foil: the same.
        norm: the length of the product instead of its sum. One VJP.

    Raises:
        ValueError: `scope` is not linear, or the result was loaded from a file.
    """
    weights = _coefficients(a, scope, target, foil)
    probe = a.session.probe
    v = sum(c * probe.directions([d])[0] for d, c in weights.items())
    assert isinstance(v, Tensor)
    (g,) = probe.vjps(v[None])
    product = g[0].double() * probe.x.double()
    values = product.norm(dim=-1) if norm else product.sum(-1)
    return _text(a, values)


def path_gradient(
    a: Attribution,
    scope: ScopeName | str = "semantic",
    *,
    target: int | str | None = None,
    foil: int | str | None = None,
    start: Start = "zero",
    steps: int = 32,
    progress: Progress | None = None,
) -> PathGradient:
    """Average the gradient along a path: integrated gradients, and the path-integrated Semantic scope.

    One forward and one backward pass for each step, at the midpoints of `steps` equal parts, and a forward pass at
    each end. BOS tokens are context: they stay as they are.

    Args:
        a: a result whose model is at hand.
        scope: "semantic", "log_probability", "contrast", "entropy" or one that was registered.
        target: as in `Attribution.scores`, one token.
        foil: the same.
        start: the baseline. It changes the ranking a lot. From "zero", a model that begins with a normalisation jumps
            right at the beginning of the path, between steps: `difference` is not reached then.
        steps: how many gradients are averaged.
        progress: called with the steps done and `steps`, at every block of every pass.

    Raises:
        ValueError: another scope or start, fewer than one step, a model without BOS for "bos", or a result that was
            loaded from a file.
    """
    weights = _coefficients(a, scope, target, foil)
    if ("temperature", None) in weights:
        raise ValueError("the temperature scope has no path; choose semantic, log_probability, contrast or entropy.")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps must be a whole number of at least 1, got {steps!r}.")
    probe, n_bos = a.session.probe, len(a.source.bos)
    model = probe.backward.model
    x = probe.x.clone()  # [n, d_in]
    begin = x.clone()
    begin[n_bos:] = _start(model, start, x)
    total = torch.zeros_like(x, dtype=torch.float64)
    for step in range(steps):
        point = begin + (step + 0.5) / steps * (x - begin)
        interrupt = forward.telling(progress, step, steps)
        total += _gradient(model, probe.ids, point, weights, interrupt).double()
        if progress:
            progress(step + 1, steps)
    mean = total / steps
    last = forward.telling(progress, steps, steps)
    ends = [_value(model, probe.ids, point, weights, last) for point in (x, begin)]
    return PathGradient(
        start=start,
        integrated_gradients=_text(a, (mean * (x - begin).double()).sum(-1)),
        norms=_text(a, mean.norm(dim=-1)),
        difference=ends[0] - ends[1],
    )


def _coefficients(
    a: Attribution, scope: str, target: int | str | None, foil: int | str | None
) -> dict[Direction, float]:
    name = check_scope(scope)
    if name == "fisher":
        linear = ", ".join(key for key in SCOPES if key != "fisher")
        raise ValueError(f"the fisher scope is not the gradient of one quantity; choose one of {linear}.")
    k = a.default_target if target is None else a.resolve(target)
    other = a.foil_of(k) if foil is None else a.resolve(foil)
    directions = needed([name], {k: 1.0}, {other: 1.0})
    c = combination(name, {k: 1.0}, {other: 1.0}, directions)
    # A token against itself: zero times anything.
    return {directions[i]: weight for i, weight in c.items()} if c else {directions[0]: 0.0}


def _gradient(
    model: torch.nn.Module,
    ids: Sequence[int],
    x: Tensor,
    weights: dict[Direction, float],
    interrupt: forward.Interrupt | None,
) -> Tensor:
    """`∇_x f` `[n, d_in]` at the embeddings `x` `[n, d_in]`."""
    at = len(ids) - 1
    graph, head = forward.run(model, ids, at, x=x, interrupt=interrupt)
    u = cotangents(list(weights), head.z[0])  # [m, V]
    c = torch.tensor(list(weights.values()), dtype=u.dtype, device=u.device)
    v = rows_vjp(head, (c @ u)[None])
    with graph.gate.asking(interrupt), forward.backward_of(model, graph):
        (g,) = torch.autograd.grad(graph.y[at], graph.x, v[0].to(graph.y))
    if not bool(torch.isfinite(g).all()):
        raise adapter.nonfinite("the backward pass", model)
    return g[0]


def _value(
    model: torch.nn.Module,
    ids: Sequence[int],
    x: Tensor,
    weights: dict[Direction, float],
    interrupt: forward.Interrupt | None,
) -> float:
    _, head = forward.run(model, ids, len(ids) - 1, x=x, interrupt=interrupt)
    z = head.z.detach()[0].double()
    log_p = z.log_softmax(-1)
    values = {"logit": z, "log_probability": log_p}
    total = 0.0
    for (kind, k), c in weights.items():
        if k is not None:
            total += c * float(values[kind][k])
        else:
            total += c * float(entropy(z) if kind == "entropy" else quantity_of(kind, z))
    return total


def _start(model: torch.nn.Module, start: str, x: Tensor) -> Tensor:
    if start not in get_args(Start):
        raise ValueError(f"unknown start {start!r}; choose 'zero', 'mean' or 'bos'.")
    bos = adapter.bos_id(model) if start == "bos" else None
    if start == "bos" and bos is None:
        raise ValueError(f"{type(model).__name__} names no BOS token; choose start='zero' or 'mean'.")
    return embedding_in_place(model, start, bos).detach().to(x)


def _text(a: Attribution, values: Tensor) -> Floats:
    """`[T]` without BOS, 0 from the position on."""
    out = np.zeros(len(a.source), np.float32)
    n_bos = len(a.source.bos)
    out[: len(values) - n_bos] = values[n_bos:].float().cpu().numpy()
    return out
