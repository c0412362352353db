"""The live side of a result: one probe on one prediction, and what it says about text tokens and BOS tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from jacobian_widget import scopes as scope_table
from jacobian_widget.attribution import Basis, Fisher, Floats, Prediction
from jacobian_widget.backward import Progress
from jacobian_widget.probe import FisherBlock, GramBlock, Probe
from jacobian_widget.scopes import Direction
from jacobian_widget.tokens import Tokens, token_label, token_piece

_DEGENERATE = 1e-3
_ADDED = 8
"""Targets added to the basis later that it keeps."""


class Session:
    """What an `Attribution` needs to be asked for more: the probe, the tokenizer, the settings of Fisher."""

    def __init__(
        self,
        probe: Probe,
        tokenizer: Any,
        source: Tokens,
        end: int,
        n_eigen: int,
        n_probes: int,
        seed: int,
        vocabulary: int,
    ) -> None:
        self.probe, self.tokenizer, self.source, self.end = probe, tokenizer, source, end
        self.n_eigen, self.n_probes, self.seed, self.vocabulary = n_eigen, n_probes, seed, vocabulary
        self.z = probe.z.float().cpu()  # [V]
        self.beta = float(probe.y.float().norm())
        self.dimension = len(probe.y)
        self.resolution = torch.finfo(probe.y.dtype).eps
        self.lengths = probe.x[len(source.bos) :].float().norm(dim=-1).cpu().numpy()  # [end]
        self._fisher: Fisher | None = None
        self._added: list[int] = []

    @property
    def fisher_vjps(self) -> int:
        wanted = self.n_eigen + self.n_probes
        return self.dimension if wanted == 0 else min(self.dimension, wanted)

    @property
    def fisher_done(self) -> bool:
        return self._fisher is not None

    def remember(self, targets: Sequence[int]) -> set[int]:
        """Note targets that come to the basis; returns those that leave it."""
        added = list(dict.fromkeys([*targets, *self._added]))
        self._added = added[:_ADDED]
        return set(added[_ADDED:])

    def likeliest(self, count: int) -> list[int]:
        return [int(k) for k in self.z.topk(max(1, min(count, len(self.z)))).indices]

    def predictions(self, ids: Sequence[int]) -> tuple[Prediction, ...]:
        p = torch.softmax(self.z.double(), -1)
        return tuple(
            Prediction(
                k,
                token_piece(self.tokenizer, k),
                token_label(self.tokenizer, k),
                float(p[k]),
                float(self.z[k]),
            )
            for k in ids
        )

    def basis(self, directions: Sequence[Direction], progress: Progress | None = None) -> Basis:
        block = self.probe.gram(directions, progress)
        return _basis(block, len(self.source.bos), len(self.source))

    def fisher(self, progress: Progress | None = None) -> Fisher:
        if self._fisher is None:
            self._fisher = self._probed(self.n_eigen or self.dimension, self.n_probes, progress)
        return self._fisher

    def glance(self, n_vjps: int, progress: Progress | None = None) -> Fisher:
        """A coarse estimate to look at while the real one is on its way."""
        return self._probed(n_vjps // 2, n_vjps - n_vjps // 2, progress)

    def _probed(self, n_eigen: int, n_probes: int, progress: Progress | None) -> Fisher:
        block = self.probe.fisher(n_eigen, n_probes, seed=self.seed, progress=progress)
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
        captured=(block.eigenvalues.cumsum(0) / max(block.trace, 1e-30)).clamp(max=1.0).numpy(),
        exact=block.exact,
    )


def _rows(values: torch.Tensor, count: int) -> Floats:
    """`values` `[end, …]` as float32 with zero rows up to `count`."""
    out = np.zeros((count, *values.shape[1:]), np.float32)
    out[: len(values)] = values.numpy()
    return out
