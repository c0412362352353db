"""What stands in for the embedding of a token that is taken away."""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor

from jacobian_widget import model as adapter

_CHUNK = 4096
"""Embeddings that are read at once for their mean."""


def id_in_place(model: torch.nn.Module, tokenizer: Any, ablation: str) -> int | None:
    """The id whose embedding stands in for a token's; None where it is no token's.

    Raises:
        ValueError: the model has no such token.
    """
    if ablation not in ("pad", "bos"):
        return None
    own = adapter.bos_id(model) if ablation == "bos" else getattr(adapter.text_config(model), "pad_token_id", None)
    size = adapter.vocabulary_size(model)
    found = own
    if found is None or not 0 <= found < size:  # some configurations say −1 for none
        found = getattr(tokenizer, f"{ablation}_token_id", None)
    if found is None or not 0 <= found < size:
        kind = "padding" if ablation == "pad" else "BOS"
        raise ValueError(
            f"{adapter.model_name(model)} names no {kind} token to put in place of others; "
            "choose ablation='zero', 'mean' or 'remove'."
        )
    return int(found)


_means: weakref.WeakKeyDictionary[torch.nn.Module, tuple[tuple[int, int], Tensor]] = weakref.WeakKeyDictionary()


def embedding_in_place(model: torch.nn.Module, ablation: str, instead: int | None) -> Tensor:
    """`[d_in]`, what stands in for the embedding of an ablated token."""
    embeddings, device = adapter.input_embeddings(model), adapter.input_device(model)
    if instead is not None:
        row: Tensor = embeddings(torch.tensor([[instead]], device=device))[0, 0]
        return row
    if ablation == "zero":
        return torch.zeros_like(embeddings(torch.tensor([[0]], device=device))[0, 0])
    return mean_embedding(model)


def mean_embedding(model: torch.nn.Module) -> Tensor:
    """`[d_in]`, float32: the mean over the vocabulary."""
    embeddings, device = adapter.input_embeddings(model), adapter.input_device(model)
    state = id(embeddings.weight), embeddings.weight._version  # noqa: SLF001 - torch has no other way to see a change
    known = _means.get(embeddings)
    if known is None or known[0] != state:
        count = adapter.vocabulary_size(model)
        parts = (torch.arange(k, min(k + _CHUNK, count), device=device) for k in range(0, count, _CHUNK))
        total: Any = sum(embeddings(part[None])[0].float().sum(0) for part in parts)
        known = _means[embeddings] = state, total / count
    return known[1]
