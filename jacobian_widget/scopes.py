"""The scopes: what each explains, in which unit, and the direction `v` in hidden space that it follows.

Notation as in *Jacobian Scopes* (arXiv 2601.16407): `y` `[d]` final hidden state, `z = head(y)` `[V]` logits,
`p = softmax(z)`, `Z = dz/dy` `[V, d]`. A linear scope scores token `t` by `s_t = ‖J_tᵀ v‖₂`, `J_t = dy/dx_t`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

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
    """What one scope is called, explains, computes and measures; the view shows the same words."""

    name: ScopeName
    """Its key in `SCOPES`."""
    title: str
    """What the view calls it."""
    question: str
    """What a picture of it answers, with `{target}` and `{foil}` where it has them."""
    explains: str
    """What it explains, one sentence."""
    formula: str
    """The score of token `t`."""
    unit: str
    """Of the score."""
    paragraph: str
    """How to read it, and where not to trust it."""
    needs_target: bool = False
    """Whether it is about a target token."""
    needs_foil: bool = False
    """Whether it is about a second token too."""
    quantity: Callable[[Tensor], Tensor] | None = None
    """What it explains, as a function of the logits `z` `[V]`, float64: one number, whose gradient is the direction
    `v = Zᵀ ∇_z`. None for a scope whose direction is written out below."""


_LOGITS: Final = "logits per unit embedding norm"
_NATS: Final = "nats per unit embedding norm"

_known: dict[ScopeName, Scope] = {
    scope.name: scope
    for scope in (
        Scope(
            "semantic",
            "Semantic",
            "What moved the logit of {target}?",
            "How far each token can move the logit of one target token.",
            "‖Jₜᵀ v‖, v = Z[k]",
            _LOGITS,
            "Choose a token, likely or not, and see which words hold its logit where it is. Nudge the embedding of "
            "token t by one unit in the worst direction, and the target’s logit changes by the score, to first order. "
            "A logit is not a probability: a token that lifts all logits alike scores here, though the prediction "
            "stays as it is. To leave that out, ask for Log-probability.",
            needs_target=True,
        ),
        Scope(
            "fisher",
            "Fisher",
            "What moved the whole prediction?",
            "How far each token can move the whole next-token distribution.",
            "tr(Jₜᵀ F Jₜ), F = Zᵀ(diag p − p pᵀ)Z; rank k keeps the k largest eigenvalues of F",
            "nats",
            "No target is needed: F, the Fisher information of the prediction, measures every change of the "
            "distribution at once by its KL divergence. With Gaussian noise of size ε on the embedding of token t, the "
            "expected divergence is ε²/2 times the score. The trace runs over all directions; where it is estimated, "
            "its standard error stands beside it. Rank 1 keeps only the strongest direction, as the paper’s code does, "
            "and misses much of the trace.",
        ),
        Scope(
            "temperature",
            "Temperature",
            "What moved the model’s confidence?",
            "How far each token can move the model’s confidence, its effective inverse temperature β.",
            "‖Jₜᵀ ŷ‖, ŷ = y / ‖y‖, β = ‖y‖",
            "β per unit embedding norm",
            "The length β of the final hidden state scales all logits alike, so it acts as an inverse temperature: a "
            "token that raises it makes the prediction sharper, whatever it is. It depends on how the model is written "
            "down: folding the final norm’s gain into the unembedding leaves every logit as it is and makes this scope "
            "vanish; Entropy does not change. So does a norm without a gain. When in doubt, ask for Entropy.",
        ),
        Scope(
            "contrast",
            "Contrast",
            "Why {target} rather than {foil}?",
            "How far each token can move the target’s logit away from another token’s.",
            "‖Jₜᵀ v‖, v = Z[a] − Z[b]",
            _LOGITS,
            "Why one token rather than another: whatever moves both logits alike cancels, and only what tells the two "
            "apart is left. It suits minimal pairs, such as a city and the city it could be mistaken for. The two need "
            "not be likely, but each has to be a single token.",
            needs_target=True,
            needs_foil=True,
        ),
        Scope(
            "log_probability",
            "Log-probability",
            "What moved the probability of {target}?",
            "How far each token can move the log-probability of one target token.",
            "‖Jₜᵀ v‖, v = Z[k] − Σⱼ pⱼ Z[j]",
            _NATS,
            "Like Semantic, but the target is weighed against all other tokens: only what changes its share of the "
            "prediction counts. For a token that is almost certain the scores become small, since its probability can "
            "hardly rise; ask for Contrast then.",
            needs_target=True,
        ),
        Scope(
            "entropy",
            "Entropy",
            "What moved its uncertainty?",
            "How far each token can move the uncertainty (entropy) of the prediction.",
            "‖Jₜᵀ v‖, v = ∇H = −Zᵀ(p ⊙ (log p + H))",
            _NATS,
            "Which words make the model surer or less sure, whichever token it then prefers. H is the entropy of the "
            "next-token distribution; it does not depend on how the model is written down, which is why it replaces "
            "Temperature where that says nothing.",
        ),
    )
}

SCOPES: Mapping[ScopeName, Scope] = _known
"""The scopes by name: "semantic", "fisher", "temperature", "contrast", "log_probability" and "entropy", and those that
were registered."""


def register(scope: Scope) -> Scope:
    """Make `scope` one of `SCOPES`, for as long as this process runs, and return it.

    Every result computed from then on holds its direction, one VJP more, so that `Attribution.scores`, shares, tables,
    figures, files, `verify` and the widget's `scope` know it. Its direction is `Zᵀ ∇_z quantity(z)`: it has no target.
    One that was registered before under the same name is replaced; results that are there keep the older direction.

    Raises:
        TypeError: it is no `Scope`.
        ValueError: its name is one of the package's, or no Python name; it has no quantity, or asks for a target.
    """
    if not isinstance(scope, Scope):
        raise TypeError(f"register takes a Scope, got {type(scope).__name__}.")
    name: str = scope.name
    taken = dict.fromkeys((*get_args(ScopeName), *get_args(DirectionKind)))
    if not name.isidentifier() or name in taken:
        raise ValueError(f"a scope cannot be called {name!r}: choose a Python name other than {', '.join(taken)}.")
    if scope.quantity is None or scope.needs_target or scope.needs_foil:
        raise ValueError(f"scope {name!r} needs a quantity, a function of the logits alone, and no target or foil.")
    _known[scope.name] = scope
    return scope


def is_own(name: str) -> bool:
    """Whether a scope was registered, rather than being one of the package's."""
    return name not in get_args(ScopeName)


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
    return directions + [
        (_own(name), None) for name, scope in tuple(SCOPES.items()) if name in linear and not scope.needs_target
    ]


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
    return None if scope == "fisher" else pick({(_own(scope), None): 1.0})


def _own(scope: ScopeName) -> DirectionKind:
    """The direction of a scope without a target has its name."""
    return cast("DirectionKind", scope)


def cotangents(directions: Sequence[Direction], z: Tensor) -> Tensor:
    """`[m, V]` float64 `U` with `v_i = Zᵀ U_i`, for every direction but temperature (a row of zeros).

    Args:
        directions: `[m]`.
        z: `[V]` logits.
    """
    log_p = torch.log_softmax(wide(z), dim=-1)  # [V]
    p = log_p.exp()
    rows: list[Tensor] = []
    for name, k in directions:
        kind: str = name  # that of a scope of one's own is none of `DirectionKind`
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
        elif kind == "temperature":
            row = torch.zeros_like(p)
        else:
            row = _gradient(kind, z)
        rows.append(row)
    return torch.stack(rows) if rows else p.new_zeros(0, p.shape[0])


def quantity_of(name: str, z: Tensor) -> Tensor:
    """The quantity of a scope that has one, as a scalar function of logits `z` `[V]`.

    Raises:
        ValueError: what it returned is not one number that depends on `z`.
    """
    quantity = SCOPES[cast("ScopeName", name)].quantity
    assert quantity is not None
    value = quantity(z)
    if not isinstance(value, Tensor) or value.numel() != 1 or (z.requires_grad and not value.requires_grad):
        raise ValueError(f"the quantity of scope {name!r} must turn logits, a tensor [V], into one number.")
    return value.reshape(())


def _gradient(name: str, z: Tensor) -> Tensor:
    with torch.inference_mode(False), torch.enable_grad():
        leaf = wide(z).clone().requires_grad_()
        (row,) = torch.autograd.grad(quantity_of(name, leaf), leaf)
    if not bool(torch.isfinite(row).all()):
        raise ValueError(f"the gradient of scope {name!r} holds NaN or infinity; masked logits are -inf.")
    return row


def entropy(z: Tensor) -> Tensor:
    """`H(p)` in nats, of logits `z` `[V]`."""
    p = torch.softmax(wide(z), dim=-1)
    h: Tensor = -torch.special.xlogy(p, p).sum()
    return h


def wide(tensor: Tensor) -> Tensor:
    """Off the graph, and in float64 where the device has it."""
    return tensor.detach().to(torch.float32 if tensor.device.type == "mps" else torch.float64)
