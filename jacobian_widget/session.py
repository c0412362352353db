"""The live side of a result: one probe on one prediction, and what it says about text tokens and BOS tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from jacobian_widget import fisher
from jacobian_widget import scopes as scope_table
from jacobian_widget.attribution import Basis, Fisher, Floats, Prediction
from jacobian_widget.backward import Backward, Progress
from jacobian_widget.fisher import FisherBlock
from jacobian_widget.probe import GramBlock, Probe, rows_vjp
from jacobian_widget.scopes import Direction, cotangents, wide
from jacobian_widget.tokens import Tokens, token_label, token_piece

Doubles = NDArray[np.float64]
_DEGENERATE = 1e-3
_ADDED = 8
"""Targets added to the basis later that it keeps."""


@dataclass(frozen=True)
class FisherOptions:
    """How the Fisher trace is estimated; see `fisher.estimate`."""

    n_eigen: int = fisher.N_EIGEN
    n_probes: int = fisher.N_PROBES
    rtol: float | None = fisher.RTOL
    seed: int = 0
    exact: bool = False

    def check(self) -> None:
        """Refuse what gives no estimate.

        Raises:
            ValueError: the message says what is allowed.
        """
        for name, count, least, why in (
            ("n_eigen", self.n_eigen, 1, ""),
            ("n_probes", self.n_probes, 2, ": fewer give no standard error. For the exact trace use exact_fisher=True"),
        ):
            if isinstance(count, bool) or not isinstance(count, int) or count < least:
                raise ValueError(f"{name} must be a whole number of at least {least}, got {count!r}{why}.")
        rtol = self.rtol
        if rtol is not None and not (isinstance(rtol, (int, float)) and rtol > 0):
            raise ValueError(f"rtol must be a number above 0, or None for no more than n_probes, got {rtol!r}.")

    def highest_rank(self, d: int) -> int:
        """Eigen-directions, for a hidden state of size `d`."""
        return self._planned(d, 0)[0]

    def vjps(self, d: int, tokens: int) -> int:
        """VJPs of the first result, for a hidden state of size `d` and so many tokens without BOS."""
        return sum(self._planned(d, tokens))

    def _planned(self, d: int, tokens: int) -> tuple[int, int, int]:
        return (d, 0, 0) if self.exact else fisher.planned(d, self.n_eigen, self.n_probes, tokens, self.rtol)


@dataclass(frozen=True)
class Asked:
    """The tokens of a question, by vocabulary id."""

    at_hand: int
    """The token at the position, or the likeliest where it lies beyond the text."""
    default: int
    """The target."""
    other: int
    """The foil."""
    shown: list[int]
    """Those whose probability is told."""

    @property
    def targets(self) -> list[int]:
        """Those of the basis."""
        return list(dict.fromkeys([self.default, self.other, *self.shown]))


class Session:
    """What an `Attribution` needs to be asked for more: the probe, the tokenizer, the options of Fisher."""

    def __init__(
        self,
        probe: Probe,
        tokenizer: Any,
        source: Tokens,
        end: int,
        options: FisherOptions,
        vocabulary: int,
    ) -> None:
        self.probe, self.tokenizer, self.source, self.end = probe, tokenizer, source, end
        self.vocabulary = vocabulary
        self.options = options
        self.z = probe.z.float()  # [V], where it was computed: a vocabulary takes a CPU as long as a block takes a GPU
        self.beta = float(probe.y.float().norm())
        self.dimension = len(probe.y)
        self.resolution = torch.finfo(probe.y.dtype).eps
        self.lengths = probe.x[len(source.bos) :].float().norm(dim=-1).cpu().numpy()  # [end]
        self._fisher: Fisher | None = None
        self._added: list[int] = []

    @property
    def fisher_vjps(self) -> int:
        return self.options.vjps(self.dimension, self.end)

    @property
    def fisher_done(self) -> bool:
        return self._fisher is not None

    def remember(self, targets: Sequence[int]) -> set[int]:
        """Note targets that come to the basis; returns those that leave it."""
        added = list(dict.fromkeys([*targets, *self._added]))
        self._added = added[:_ADDED]
        return set(added[_ADDED:])

    def likeliest(self, count: int) -> list[int]:
        ids: list[int] = self.z.topk(max(1, min(count, len(self.z)))).indices.tolist()
        return ids

    def asked(self, position: int | None, target: int | None, foil: int | None, n_targets: int) -> Asked:
        """Which tokens a question is about; `target` and `foil` where they are named."""
        likeliest = self.likeliest(n_targets)
        actual = None if position is None else self.source.ids[position]
        at_hand = likeliest[0] if actual is None else actual
        default = at_hand if target is None else target
        other = next((k for k in likeliest if k != default), default) if foil is None else foil
        named = [k for k in (actual, target, foil) if k is not None]
        return Asked(at_hand, default, other, list(dict.fromkeys([*likeliest, *named])))

    def predictions(self, ids: Sequence[int]) -> tuple[Prediction, ...]:
        p = torch.softmax(wide(self.z), -1)[list(ids)].tolist()
        z = self.z[list(ids)].tolist()
        return tuple(
            Prediction(k, token_piece(self.tokenizer, k), token_label(self.tokenizer, k), p[i], z[i])
            for i, k in enumerate(ids)
        )

    def basis(self, directions: Sequence[Direction], progress: Progress | None = None) -> Basis:
        block = self.probe.gram(directions, progress)
        return _basis(block, len(self.source.bos), len(self.source))

    def fisher(self, progress: Progress | None = None) -> Fisher:
        if self._fisher is None:
            options = self.options
            blocks = self.probe.fisher(
                self.dimension if options.exact else options.n_eigen,
                options.n_probes,
                rtol=options.rtol,
                seed=options.seed,
                skip=len(self.source.bos),
                progress=progress,
            )
            self._fisher = self._of(blocks)
        return self._fisher

    def own(self, v: torch.Tensor | Callable[[torch.Tensor], torch.Tensor]) -> tuple[Doubles, float]:
        """`‖J_tᵀv‖²` per text token `[T]` and summed over BOS, for a direction or the gradient of a function of `y`."""
        block = self.probe.norms(_direction(v, self.probe.y)[None])[:, 0]
        return self._split(block)

    def span(self, start: int, stop: int) -> tuple[Doubles, float]:
        """`‖∇_{x_t} Σ log p(token_i)‖²` over `start <= i < stop`, per text token `[T]` and summed over BOS."""
        n_bos, count = len(self.source.bos), len(self.source)
        if not (0 if n_bos else 1) <= start < stop <= count:
            raise ValueError(
                f"span must be (start, stop) with {0 if n_bos else 1} <= start < stop <= {count}, got {(start, stop)}: "
                "tokens of the text with at least one token before them."
            )
        ids = self.source.ids[start:stop]
        backward = Backward(
            self.probe.backward.model,
            (*self.source.bos, *self.source.ids[: stop - 1]),
            max_memory=self.probe.backward.max_memory,
        )
        at = [n_bos + i - 1 for i in range(start, stop)]
        head = backward.heads(at)
        u = [cotangents([("log_probability", k)], z)[0] for k, z in zip(ids, head.z, strict=True)]
        g = backward.vjp_of_sum(rows_vjp(head, torch.stack(u)), at)  # [n, d_in]
        return self._split(g.double().square().sum(-1).cpu())

    def _split(self, squares: torch.Tensor) -> tuple[Doubles, float]:
        n_bos = len(self.source.bos)
        out = np.zeros(len(self.source))
        out[: len(squares) - n_bos] = squares[n_bos:].numpy()
        return out, float(squares[:n_bos].sum())

    def glance(self, n_vjps: int, progress: Progress | None = None) -> Fisher:
        """A coarse estimate to look at while the real one is on its way."""
        half = n_vjps // 2
        blocks = self.probe.fisher(half, n_vjps - half, steer=False, seed=self.options.seed, progress=progress)
        return self._of(blocks)

    def _of(self, blocks: Iterator[FisherBlock]) -> Fisher:
        *_, block = blocks
        return _fisher(block, len(self.source.bos), len(self.source))

    def degenerate(self, basis: Basis) -> bool:
        """Whether moving any token's embedding by its own length moves β by less than a thousandth."""
        c = scope_table.combination("temperature", None, None, basis.directions)
        if c is None or self.end == 0:
            return False
        squares, _ = basis.squares(c)
        return bool(
            (np.sqrt(squares[: self.end]) * self.lengths).max() < max(_DEGENERATE, 2 * self.resolution) * self.beta
        )


def _direction(v: object, y: torch.Tensor) -> torch.Tensor:
    """`[d]` in float32 or wider, from a direction or from a function of `y`."""
    if callable(v):
        with torch.inference_mode(False), torch.enable_grad():
            leaf = y.clone().requires_grad_()
            value = v(leaf)
            if not isinstance(value, torch.Tensor) or value.numel() != 1 or not value.requires_grad:
                raise ValueError("v as a function must turn y, a tensor [d], into one number that depends on it.")
            (v,) = torch.autograd.grad(value.reshape(()), leaf)
    v = torch.as_tensor(v).detach()
    if v.shape != y.shape or not v.is_floating_point() or not bool(torch.isfinite(v).all()):
        raise ValueError(
            f"v must be {len(y)} finite numbers, one for each dimension of the final hidden state; "
            f"got shape {tuple(v.shape)}, {v.dtype}."
        )
    return v.to(y.device, torch.promote_types(v.dtype, torch.float32))


def _basis(block: GramBlock, n_bos: int, count: int) -> Basis:
    lower = torch.tril_indices(len(block.directions), len(block.directions))
    packed = block.gram[:, lower[0], lower[1]]
    return Basis(
        block.directions,
        _rows(packed[n_bos:], count),
        packed[:n_bos].sum(0).numpy(),
        _rows(block.signed[n_bos:], count),
    )


def _fisher(block: FisherBlock, n_bos: int, count: int) -> Fisher:
    return Fisher(
        spectrum=_rows(block.spectrum[n_bos:], count),
        spectrum_bos=block.spectrum[:n_bos].sum(0).numpy(),
        remainder=_rows(block.remainder[n_bos:], count),
        remainder_bos=float(block.remainder[:n_bos].sum()),
        standard_error=_rows(block.standard_error[n_bos:], count),
        dimension=block.dimension,
        n_directions=block.n_directions,
        rtol=block.rtol,
        captured=(block.eigenvalues.cumsum(0) / max(block.trace, 1e-30)).clamp(max=1.0).numpy(),
        exact=block.exact,
    )


def _rows(values: torch.Tensor, count: int) -> Floats:
    """`values` `[end, …]` as float32 with zero rows up to `count`."""
    out = np.zeros((count, *values.shape[1:]), np.float32)
    out[: len(values)] = values.numpy()
    return out
