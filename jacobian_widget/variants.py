"""Variants of one text, put together into forward passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from jacobian_widget import memory
from jacobian_widget import model as adapter

_TOKENS = {"cpu": 512}
_TOKENS_ON_ACCELERATOR = 16384
_PACKED = {"cpu": 256}
"""On accelerators, where passes are long, most of the attention of a packed one would be masked away."""
_CALL = {"cpu": 28}
_CALL_ON_ACCELERATOR = 2048
"""What a pass costs beside its tokens, as a number of them."""
_PREFIX = 0.005
"""What a token of the prefix costs for each row, as a number of computed ones: its keys and values are copied."""
_MASKED = 1 / 4000
"""What a computed token costs for each other one of a packed pass, as a share of its cost."""
_ACTIVATIONS = 8
"""Numbers that a block holds for each token at once, as a multiple of the longest side of its weights."""


@dataclass(frozen=True)
class Row:
    """One variant of the text."""

    index: int
    start: int
    """Tokens that it shares with the text."""
    length: int


@dataclass(frozen=True)
class Batch:
    """Variants that are computed in one pass."""

    rows: list[Row]
    packed: bool = False
    """Whether each begins where it parts from the text, and all stand in one row of tokens, hidden from each other;
    else each is a row of its own, from the earliest such place on."""

    def start(self, row: Row) -> int:
        """The first token that is computed."""
        return row.start if self.packed else min(row.start for row in self.rows)


@dataclass(frozen=True)
class Budget:
    """How large a batch may be, and what one costs."""

    tokens: int
    """Computed in one pass."""
    packed: int
    """The same of a packed one; 0 for none."""
    rows: int
    call: int
    """See `_CALL`."""

    @classmethod
    def of(cls, model: torch.nn.Module, n: int, *, packed: bool, max_memory: int | None = None) -> Budget:
        """For variants of a text of `n` tokens."""
        kind = adapter.input_device(model).type
        limit = memory.allowed(model, max_memory)
        blocks = adapter.blocks(model) or [model]
        sides = (max(p.shape) for block in blocks for p in block.parameters() if p.dim() > 1)
        size = max(adapter.input_embeddings(model).weight.element_size(), 2)
        each = size * n * (_ACTIVATIONS * max(sides, default=1) + n) + 32 * adapter.target_count(model)
        return cls(
            tokens=_TOKENS.get(kind, _TOKENS_ON_ACCELERATOR),
            packed=most_packed(model) if packed else 0,
            rows=max(1, int(limit / each)),
            call=_CALL.get(kind, _CALL_ON_ACCELERATOR),
        )


def most_packed(model: torch.nn.Module) -> int:
    """The most tokens that a packed pass computes."""
    return _PACKED.get(adapter.input_device(model).type, 0)


def batches(rows: Sequence[Row], budget: Budget) -> list[Batch]:
    """`rows` in batches, the later starts last, at the lowest cost in all.

    Rows of a batch compute tokens that they share with the text, or attention that is masked away; more batches are
    more passes.
    """
    rows = sorted(rows, key=lambda row: row.start)
    best = [0.0]  # cost of the first rows, for each number of them
    last: list[Batch] = []  # of these
    for stop in range(1, len(rows) + 1):
        cost, chosen = float("inf"), Batch([])
        longest = own = 0
        for at in range(stop - 1, max(-1, stop - 1 - budget.rows), -1):
            count, start = stop - at, rows[at].start
            longest = max(longest, rows[at].length)
            own += rows[at].length - start
            tokens, alone = count * (longest - start), count == 1
            fits, packs = alone or tokens <= budget.tokens, own <= budget.packed and not alone
            if not fits and not packs:
                break
            packed = own * (1 + own * _MASKED) if packs else float("inf")
            plain = tokens + count * start * _PREFIX if fits else float("inf")
            total = best[at] + budget.call + min(packed, plain)
            if total < cost:
                cost, chosen = total, Batch(rows[at:stop], packed < plain)
        best.append(cost)
        last.append(chosen)
    found, stop = [], len(rows)
    while stop:
        found.append(last[stop - 1])
        stop -= len(found[-1].rows)
    return found[::-1]
