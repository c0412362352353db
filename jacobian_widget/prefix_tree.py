"""Runs a model on many short continuations of one context, each token once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from jacobian_widget import forward
from jacobian_widget import model as adapter
from jacobian_widget.untouched import undisturbed

Suffix = tuple[int, ...]


class Tree:
    """The context and its continuations as one row of tokens: each sees the context and its own ancestors.

    The keys and values of all of them stay in one cache, so a continuation costs one token, however long it is.
    """

    def __init__(self, context: int, cache: Any) -> None:
        self._context = context
        self._cache = cache
        self._slots: dict[Suffix, int] = {}
        """Where in the cache the last token of a continuation stands, after the context."""
        self.checked = False
        """Whether it was seen to answer what the model answers to plain rows; positions and masks are given by hand,
        which not every model heeds."""

    @classmethod
    def of(cls, context: int, cache: Any) -> Tree | None:
        """A tree on the cache of a context of so many tokens; None for a cache that does not keep them all."""
        layers = getattr(cache, "layers", ())
        whole = type(cache).__name__ == "DynamicCache" and all(
            type(layer).__name__ == "DynamicLayer" for layer in layers
        )
        return cls(context, cache) if whole and layers else None

    def logits(self, model: Any, suffixes: Sequence[Suffix]) -> Tensor | None:
        """`[k, V]`, after each of `suffixes` `[k][…]`, whose beginnings were all asked before; None if refused."""
        before = len(self._slots)
        slots = {suffix: before + i for i, suffix in enumerate(suffixes)}
        device = adapter.input_device(model)
        sees = torch.zeros(len(suffixes), self._context + before + len(suffixes), dtype=torch.bool)
        sees[:, : self._context] = True
        for row, suffix in enumerate(suffixes):
            ancestors = [{**self._slots, **slots}[suffix[:n]] for n in range(1, len(suffix) + 1)]
            sees[row, [self._context + slot for slot in ancestors]] = True
        dtype = self._cache.layers[0].keys.dtype
        mask = torch.zeros(sees.shape, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)
        try:
            with undisturbed(model) as twin:
                forward.at_head(twin, lambda hidden: hidden[0])
                output = twin(
                    input_ids=torch.tensor([[suffix[-1] for suffix in suffixes]], device=device),
                    position_ids=torch.tensor([[self._context + len(s) - 1 for s in suffixes]], device=device),
                    attention_mask=mask[None, None].to(device),
                    past_key_values=self._cache,
                    use_cache=True,
                )
        except BaseException as error:
            for layer in self._cache.layers:  # some have the new tokens, some do not
                layer.keys = layer.keys[..., : self._context + before, :]
                layer.values = layer.values[..., : self._context + before, :]
            if self.checked or not isinstance(error, Exception):
                raise
            return None  # a model or an attention that takes no mask of this kind
        self._slots |= slots
        logits: Tensor = output.logits[0]
        return logits


def logits_of(model: Any, rows: Sequence[Sequence[int]], *, use_cache: bool = False) -> tuple[Tensor, Any]:
    """`[k, V]`, after each of `rows` of token ids, and all that the model returned."""
    width = max(map(len, rows))
    # What stands to the right of a row's end cannot be seen from it.
    padded = [[*row, *[row[-1]] * (width - len(row))] for row in rows]
    ends = [len(row) - 1 for row in rows]
    with undisturbed(model) as twin:
        forward.at_head(twin, lambda hidden: hidden[list(range(len(rows))), ends])
        output = twin(input_ids=torch.tensor(padded, device=adapter.input_device(twin)), use_cache=use_cache)
    return output.logits[0], output
