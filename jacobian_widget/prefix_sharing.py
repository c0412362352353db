"""Forward passes over many variants of one text, which begin where the variants part from it."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import accumulate
from typing import Any, NamedTuple

import torch
from torch import Tensor

from jacobian_widget import forward, memory
from jacobian_widget import model as adapter
from jacobian_widget.forward import Gate, Way
from jacobian_widget.untouched import state_of

_SAMPLE = 10
_LOGIT_ERROR = 1e-4


class Prefix:
    """Keys and values of a text, for passes that begin anywhere in it."""

    def __init__(self) -> None:
        from transformers import DynamicCache

        # Without a configuration it keeps every token, also where a model would only keep those in its window.
        self.cache: Any = DynamicCache()

    def whole(self, n: int) -> bool:
        """Whether each layer holds `n` tokens."""
        layers = self.cache.layers
        return bool(layers) and all(
            isinstance(kept, Tensor) and kept.dim() == 4 and kept.shape[0] == 1 and kept.shape[2] == n
            for layer in layers
            for kept in (layer.keys, layer.values)
        )

    def upto(self, start: int, rows: int) -> Any:
        """A cache of the first `start` tokens for each of `rows`. It shares the memory, and keeps nothing more."""
        cache = copy.copy(self.cache)
        cache.layers = [copy.copy(layer) for layer in self.cache.layers]
        for layer in cache.layers:
            layer.keys = layer.keys[:, :, :start].expand(rows, -1, -1, -1)
            layer.values = layer.values[:, :, :start].expand(rows, -1, -1, -1)
            layer.update = _joined(layer.keys, layer.values)
        return cache


def logits(
    model: torch.nn.Module,
    ids: Sequence[Sequence[int]],
    x: Sequence[Tensor],
    ends: Sequence[int],
    gate: Gate,
    *,
    keep: Prefix | None = None,
    after: Prefix | None = None,
    starts: Sequence[int] = (0,),
    packed: bool = False,
) -> Tensor:
    """Logits `[k, V]` without a graph.

    Args:
        model: a causal LM that passed `check.check`; it is left exactly as found.
        ids: `k` rows of token ids, of one length unless `packed`.
        x: the embeddings `[n, d_in]` of each row.
        ends: `[k]`, the predicting position of each row.
        gate: passed at each block.
        keep: takes the keys and values of this pass.
        after: holds those of the tokens before the rows.
        starts: how many of these there are, for each row; the same for all unless `packed`.
        packed: whether all rows stand in one (see `variants.Batch`).
    """
    device, start = adapter.input_device(model), max(starts)
    lengths = [len(row) for row in ids]
    options: dict[str, Any] = {"use_cache": False}
    if keep is not None:
        options = {"use_cache": True, "past_key_values": keep.cache}
    elif after is not None and start:
        options = {"use_cache": True, "past_key_values": after.upto(start, 1 if packed else len(ids))}
    if packed:
        options |= _hidden_from_each_other(starts, lengths, x[0].dtype, device)
        ids, embedded = [[k for row in ids for k in row]], torch.cat(list(x))[None]
        begins = [0, *accumulate(lengths)]
        at = [0] * len(lengths), [begin + end for begin, end in zip(begins, ends, strict=False)]
    else:
        embedded, at = torch.stack(list(x)), (list(range(len(ids))), list(ends))
    tokens = torch.tensor([list(row) for row in ids], device=device)
    with adapter.model_lock(model), forward.surroundings(model, Way()), torch.no_grad(), ExitStack() as stack:
        stack.enter_context(forward.watched(gate, Way(), adapter.blocks(model)))
        stack.enter_context(forward.at_head(model, lambda hidden: hidden[at]))
        replaced = stack.enter_context(forward.embedding(model, embedded))
        z: Tensor = model(input_ids=tokens, **options).logits[0]
    if not replaced or z.shape[0] != len(lengths):
        raise adapter.UnsupportedModelError(
            f"{type(model).__name__} does not turn {len(lengths)} texts into as many rows of logits through its "
            "embeddings."
        )
    return z


def _hidden_from_each_other(
    starts: Sequence[int], lengths: Sequence[int], dtype: torch.dtype, device: torch.device
) -> dict[str, Tensor]:
    """Positions and a mask for rows that stand in one: each sees its own beginning of the prefix, and itself."""
    prefix, count = max(starts), sum(lengths)
    sees = torch.zeros(count, prefix + count, dtype=torch.bool)
    positions: list[int] = []
    for start, length in zip(starts, lengths, strict=True):
        own = slice(len(positions), len(positions) + length)
        sees[own, :start] = True
        sees[own, prefix + own.start : prefix + own.stop] = torch.ones(length, length, dtype=torch.bool).tril()
        positions += range(start, start + length)
    mask = torch.zeros(sees.shape, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)
    return {
        "position_ids": torch.tensor([positions], device=device),
        "attention_mask": mask[None, None].to(device),
    }


class Proof(NamedTuple):
    """Which passes may share a prefix."""

    rows: bool = False
    """Those of rows that begin at one token."""
    packed: bool = False


_proofs: weakref.WeakKeyDictionary[torch.nn.Module, dict[int, tuple[int, Proof]]] = weakref.WeakKeyDictionary()


def proven(model: torch.nn.Module, ids: Sequence[int]) -> Proof:
    """Whether passes that begin in the middle of `ids` give what whole ones give: tried once, on a few tokens.

    A model that has windows, or positions that change beyond some length, is tried again on a text beyond it. Models
    whose cache is not the keys and values of every token do not pass: recurrent ones, and those that mix both.
    """
    with adapter.model_lock(model):
        known = _proofs.setdefault(model, {})
        beyond = sum(length < len(ids) for length in _horizons(model))
        state = state_of(model)
        if beyond not in known or known[beyond][0] != state:
            longest = min(_SAMPLE, adapter.context_limit(model) or _SAMPLE)
            sample = list(ids) if beyond else (list(ids) * longest)[:longest]
            known[beyond] = state, _tried(model, sample, packed=not beyond)
        return known[beyond][1]


def _tried(model: torch.nn.Module, ids: Sequence[int], *, packed: bool) -> Proof:
    """Compare two variants of `ids`, one of them shorter. A mask given by hand knows of no window: hence `packed`."""
    gate, n, start = Gate(), len(ids), len(ids) // 2
    if n < 4:
        return Proof()
    with adapter.model_lock(model), forward.surroundings(model, Way()), torch.no_grad():
        x = adapter.input_embeddings(model)(torch.tensor([ids], device=adapter.input_device(model)))[0]
    blank = x.clone()
    blank[start + 1] = 0
    shorter = [*range(start), *range(start + 1, n), n - 1]
    rows, variants = [list(ids), [ids[t] for t in shorter]], [blank, x[shorter]]
    ends = [n - 1, n - 2]
    plain = logits(model, [ids], [x], [n - 1], gate)
    want = logits(model, rows, variants, ends, gate)
    prefix = Prefix()

    def agrees(starts: list[int], *, packed: bool) -> bool:
        cut = [row[at:] for row, at in zip(rows, starts, strict=True)]
        inputs = [variant[at:] for variant, at in zip(variants, starts, strict=True)]
        last = [end - at for end, at in zip(ends, starts, strict=True)]
        try:
            got = logits(model, cut, inputs, last, gate, after=prefix, starts=starts, packed=packed)
        except Exception as error:
            if memory.is_out_of_memory(error):
                raise
            return False  # it takes no cache, or no mask, of this kind
        return _close(model, got, want)

    try:
        whole = logits(model, [ids], [x], [n - 1], gate, keep=prefix)
    except Exception as error:
        if memory.is_out_of_memory(error):
            raise
        return Proof()
    if not prefix.whole(n) or not _close(model, whole, plain) or not agrees([start, start], packed=False):
        return Proof()
    return Proof(rows=True, packed=packed and agrees([start + 1, start], packed=True))


def _close(model: torch.nn.Module, got: Tensor, want: Tensor) -> bool:
    finite = torch.isfinite(want)
    if got.shape != want.shape or not bool(finite.any()):
        return False
    coarsest = max(
        torch.finfo(t.dtype).eps for t in (want, adapter.input_embeddings(model).weight) if t.is_floating_point()
    )
    bound = max(_LOGIT_ERROR, 8 * coarsest) * want[finite].abs().max().clamp(min=1e-3)
    return bool((got - want)[finite].abs().max() <= bound)


def _horizons(model: torch.nn.Module) -> set[int]:
    """Lengths beyond which the model treats tokens otherwise."""
    config: Any = model.config
    text_config = config.get_text_config() if hasattr(config, "get_text_config") else config
    rope = getattr(text_config, "rope_parameters", None) or {}
    found = [getattr(text_config, name, None) for name in ("sliding_window", "attention_chunk_size")]
    found.append(rope.get("original_max_position_embeddings"))
    return {length for length in found if isinstance(length, int) and length > 0}


def _joined(keys: Tensor, values: Tensor) -> Callable[..., tuple[Tensor, Tensor]]:
    def update(new_keys: Tensor, new_values: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        return torch.cat([keys, new_keys], -2), torch.cat([values, new_values], -2)

    return update
