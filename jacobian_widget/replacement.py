"""What stands in for the embedding of a token that is taken away."""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor

from jacobian_widget import model as adapter
from jacobian_widget.untouched import state_of, undisturbed

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


_means: weakref.WeakKeyDictionary[torch.nn.Module, tuple[int, Tensor]] = weakref.WeakKeyDictionary()


def embedding_in_place(model: torch.nn.Module, ablation: str, instead: int | None) -> Tensor:
    """`[d_in]`, what stands in for the embedding of an ablated token."""
    if instead is None and ablation == "mean":
        return mean_embedding(model)
    with torch.inference_mode(False), undisturbed(model) as twin:
        token = torch.tensor([[instead or 0]], device=adapter.input_device(twin))
        row: Tensor = adapter.input_embeddings(twin)(token)[0, 0]
    return torch.zeros_like(row) if instead is None else row


def mean_embedding(model: torch.nn.Module) -> Tensor:
    """`[d_in]`, float32: the mean over the vocabulary."""
    state = state_of(model)
    known = _means.get(model)
    if known is None or known[0] != state:
        count = adapter.vocabulary_size(model)
        with torch.inference_mode(False), torch.no_grad(), undisturbed(model) as twin:
            embeddings, device = adapter.input_embeddings(twin), adapter.input_device(twin)
            parts = (torch.arange(k, min(k + _CHUNK, count), device=device) for k in range(0, count, _CHUNK))
            total: Any = sum(embeddings(part[None])[0].float().sum(0) for part in parts)
        known = _means[model] = state, total / count
    return known[1]
