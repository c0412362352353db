"""The scopes: what each explains, in which unit, and the direction `v` in hidden space that it follows.

Notation as in *Jacobian Scopes* (arXiv 2601.16407): `y` `[d]` final hidden state, `z = head(y)` `[V]` logits,
`p = softmax(z)`, `Z = dz/dy` `[V, d]`. A linear scope scores token `t` by `s_t = ‖J_tᵀ v‖₂`, `J_t = dy/dx_t`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import torch
from torch import Tensor

ScopeName = Literal["semantic", "fisher", "temperature", "contrast", "log_probability", "entropy"]
DirectionKind = Literal["logit", "log_probability", "mean", "temperature", "entropy"]
Direction = tuple[DirectionKind, int | None]
"""A probe direction: its kind and, for `logit` and `log_probability`, the vocabulary id it belongs to."""


Weights = Mapping[int, float]
"""A target: vocabulary ids with weights that sum to one. A single token has weight 1; a set of tokens, explained by
the logarithm of its summed probability (or of its summed `exp(logit)`), weighs each by its share of that sum."""


@dataclass(frozen=True)
class Scope:
    """Name, question, formula and unit of one scope."""

    name: ScopeName
    title: str
    explains: str
    formula: str
    unit: str
    needs_target: bool = False
    needs_foil: bool = False


SCOPES: Mapping[ScopeName, Scope] = {
    scope.name: scope
    for scope in (
        Scope(
            "semantic",
            "Semantic",
            "What moved the logit of one target token.",
            "v = Z[k]",
            "logits per unit embedding norm",
            needs_target=True,
        ),
        Scope(
            "fisher",
            "Fisher",
            "What moved the whole predictive distribution, measured by the KL divergence.",
            "tr(Jᵀ F J), F = Zᵀ(diag p − p pᵀ)Z; rank k keeps the k largest eigenvalues of F",
            "nats",
        ),
        Scope(
            "temperature",
            "Temperature",
            "What moved the model's confidence β = ‖y‖. It depends on how the model is parametrised: folding the "
            "final norm's gain into the unembedding leaves every logit as it is and makes this scope vanish; "
            "Entropy does not change.",
            "v = y / ‖y‖",
            "β per unit embedding norm",
        ),
        Scope(
            "contrast",
            "Contrast",
            "Why one token rather than another: what moved the difference of two logits.",
            "v = Z[a] − Z[b]",
            "logits per unit embedding norm",
            needs_target=True,
            needs_foil=True,
        ),
        Scope(
            "log_probability",
            "Log-probability",
            "What moved the log-probability of one target token.",
            "v = Z[k] − Σⱼ pⱼ Z[j]",
            "nats per unit embedding norm",
            needs_target=True,
        ),
        Scope(
            "entropy",
            "Entropy",
            "What moved the model's uncertainty H(p).",
            "v = −Zᵀ(p ⊙ (log p + H))",
            "nats per unit embedding norm",
        ),
    )
}


def check_scope(name: object) -> ScopeName:
    """Return `name` as a scope.

    Raises:
        ValueError: it is none; the message lists those there are.
    """
    if isinstance(name, str) and name in SCOPES:
        return cast("ScopeName", name)
    raise ValueError(f"unknown scope {name!r}; choose one of {', '.join(SCOPES)}.")


def needed(scopes: Sequence[ScopeName], target: Weights, foil: Weights, basis: Sequence[int] = ()) -> list[Direction]:
    """The directions that `scopes` need for a target and a foil, each of which may be a set of tokens.

    With every linear scope asked for, one centred direction for each id of `basis` as well: the whole basis, from
    which the scopes of all those targets follow.
    """
    linear = set(scopes) - {"fisher"}
    ids: dict[int, None] = {}
    if {"semantic", "log_probability", "contrast"} <= linear:
        ids |= dict.fromkeys(basis)
    if linear & {"log_probability", "contrast"}:
        ids |= dict.fromkeys(target)
    if "contrast" in linear:
        ids |= dict.fromkeys(foil)
    if "semantic" in linear and not ids and len(target) == 1:
        directions: list[Direction] = [("logit", k) for k in target]  # one VJP instead of two
    else:
        if "semantic" in linear:
            ids |= dict.fromkeys(target)
        directions = [("log_probability", k) for k in ids]
        if "semantic" in linear:
            directions.append(("mean", None))
    return directions + [(kind, None) for kind in ("temperature", "entropy") if kind in linear]


def combination(
    scope: ScopeName, target: Weights | None, foil: Weights | None, directions: Sequence[Direction]
) -> dict[int, float] | None:
    """The scope's direction as `Σ cᵢ vᵢ` over `directions`: `{i: cᵢ}`, or None if `directions` don't span it.

    `∇ log Σ_{k∈S} p_k = Σ_{k∈S} (p_k / p_S) ∇ log p_k`, so a set of targets needs no direction of its own.
    `Z[k] − Σⱼ pⱼ Z[j]` is kept centred: for a confident prediction it is a small difference of large vectors, which
    float32 Grams of the two could not resolve.
    """
    at = {direction: i for i, direction in enumerate(directions)}
    target, foil = target or {}, foil or {}

    def pick(terms: Mapping[Direction, float]) -> dict[int, float] | None:
        if not all(direction in at for direction in terms):
            return None
        return {at[direction]: c for direction, c in terms.items()}

    def of(kind: DirectionKind, weights: Weights) -> dict[Direction, float]:
        return {(kind, k): w for k, w in weights.items()}

    if scope == "semantic":
        return pick(of("log_probability", target) | {("mean", None): 1.0}) or pick(of("logit", target))
    if scope == "log_probability":
        return pick(of("log_probability", target))
    if scope == "contrast":
        difference = {k: target.get(k, 0.0) - foil.get(k, 0.0) for k in (*target, *foil)}
        difference = {k: w for k, w in difference.items() if w}
        if not difference:
            return {}
        return pick(of("log_probability", difference)) or pick(of("logit", difference))
    if scope in ("temperature", "entropy"):
        return pick({(scope, None): 1.0})
    return None


def cotangents(directions: Sequence[Direction], z: Tensor) -> Tensor:
    """`[m, V]` float64 `U` with `v_i = Zᵀ U_i`, for every direction but temperature (a row of zeros).

    Args:
        directions: `[m]`.
        z: `[V]` logits.
    """
    log_p = torch.log_softmax(_wide(z), dim=-1)  # [V]
    p = log_p.exp()
    rows: list[Tensor] = []
    for kind, k in directions:
        if kind == "logit":
            row = torch.zeros_like(p)
            row[k] = 1.0
        elif kind == "log_probability":
            row = -p
            # 1 − p_k as the sum of the others: for a confident prediction the difference would lose its digits.
            row[k] = 0.0
            row[k] = -row.sum()
        elif kind == "mean":
            row = p
        elif kind == "entropy":
            row = -(torch.special.xlogy(p, p) + p * entropy(z))
        else:
            row = torch.zeros_like(p)
        rows.append(row)
    return torch.stack(rows) if rows else p.new_zeros(0, p.shape[0])


def entropy(z: Tensor) -> Tensor:
    """`H(p)` in nats, of logits `z` `[V]`."""
    p = torch.softmax(_wide(z), dim=-1)
    h: Tensor = -torch.special.xlogy(p, p).sum()
    return h


def _wide(tensor: Tensor) -> Tensor:
    return tensor.detach().to(torch.float32 if tensor.device.type == "mps" else torch.float64)
