"""Forward passes over many variants of one text, which begin where the variants part from it."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import torch
from torch import Tensor

from jacobian_widget import forward, memory, variants
from jacobian_widget import model as adapter
from jacobian_widget.forward import Gate, Way
from jacobian_widget.scopes import wide
from jacobian_widget.untouched import state_of

_SAMPLE = 10
_LOGIT_ERROR = 1e-4
"""As a share of the largest number there is."""
_EFFECT_ERROR = 0.01
"""As a share of what ablating a token does."""
_ORIGINAL = "original_max_position_embeddings"
_HORIZONS = (
    "sliding_window",
    "window_size",
    "local_attention",
    "attention_window_size",
    "attention_chunk_size",
    "keep_window_size",
    "index_topk",
    _ORIGINAL,
)
"""What configurations call a length beyond which tokens are treated otherwise."""


class Prefix:
    """Keys and values of a text, for passes that begin anywhere in it."""

    def __init__(self) -> None:
        from transformers import DynamicCache

        # Without a configuration it keeps every token, also where a model would only keep those in its window.
        self.cache: Any = DynamicCache()

    def whole(self, n: int) -> bool:
        """Whether each layer holds `n` tokens."""
        layers: Any = getattr(self.cache, "layers", None)  # earlier versions of transformers keep them otherwise
        return bool(layers) and all(
            isinstance(kept, Tensor) and kept.dim() == 4 and kept.shape[0] == 1 and kept.shape[2] == n
            for layer in layers
            for kept in (layer.keys, layer.values)
        )

    def upto(self, start: int, rows: int, unseen: int = 0) -> Any:
        """A cache of the first `start` tokens for each of `rows`. It shares the memory, and keeps nothing more.

        `unseen` repeats of a later token follow them: a mask must hide these.
        """
        cache = copy.copy(self.cache)
        cache.layers = [copy.copy(layer) for layer in self.cache.layers]
        for layer in cache.layers:
            layer.keys = layer.keys[:, :, :start].expand(rows, -1, -1, -1)
            layer.values = layer.values[:, :, :start].expand(rows, -1, -1, -1)
            layer.update = _joined(layer.keys, layer.values, unseen)
            # Only the length of what is kept is read, as the joined ones are made layer by layer.
            layer.keys, layer.values = (
                kept[:, :, :1].expand(-1, -1, start + unseen, -1) if unseen else kept
                for kept in (layer.keys, layer.values)
            )
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
    unseen: int = 0,
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
        unseen: how many tokens that no row sees stand between the prefix and packed rows.
    """
    device, start = adapter.input_device(model), max(starts)
    lengths = [len(row) for row in ids]
    options: dict[str, Any] = {"use_cache": False}
    if keep is not None:
        options = {"use_cache": True, "past_key_values": keep.cache}
    elif after is not None and start:
        options = {"use_cache": True, "past_key_values": after.upto(start, 1 if packed else len(ids), unseen)}
    if packed:
        options |= _hidden_from_each_other(starts, lengths, unseen, x[0].dtype, device)
        ids, embedded = [[k for row in ids for k in row]], torch.cat(list(x))[None]
        begins = [0, *accumulate(lengths)]
        at = [0] * len(lengths), [begin + end for begin, end in zip(begins, ends, strict=False)]
    else:
        embedded, at = torch.stack(list(x)), (list(range(len(ids))), list(ends))
    tokens = torch.tensor([list(row) for row in ids], device=device)
    with adapter.model_lock(model), forward.surroundings(model, Way()) as twin, torch.no_grad():
        forward.at_head(twin, lambda hidden: hidden[at])
        replaced = forward.embedding(twin, embedded, tokens)
        with forward.watched(gate, Way(), adapter.blocks(twin)):
            z: Tensor = twin(input_ids=tokens, **options).logits[0]
    if not replaced or z.shape[0] != len(lengths):
        raise adapter.UnsupportedModelError(
            f"{type(model).__name__} does not turn {len(lengths)} texts into as many rows of logits through its "
            "embeddings."
        )
    return z


def _hidden_from_each_other(
    starts: Sequence[int], lengths: Sequence[int], unseen: int, dtype: torch.dtype, device: torch.device
) -> dict[str, Tensor]:
    """Positions and a mask for rows that stand in one: each sees its own beginning of the prefix, and itself."""
    prefix, count = max(starts) + unseen, sum(lengths)
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


_proofs: weakref.WeakKeyDictionary[torch.nn.Module, dict[tuple[int, int], tuple[int, Proof]]] = (
    weakref.WeakKeyDictionary()
)


def proven(model: torch.nn.Module, ids: Sequence[int]) -> Proof:
    """Whether passes that begin in the middle of `ids` give what whole ones give: tried once, on a few tokens.

    A model that has windows, or positions that change beyond some length, is tried again on a text beyond it. Models
    whose cache is not the keys and values of every token do not pass: recurrent ones, and those that mix both. A packed
    pass puts tokens further apart than they stand in the text, and some models look at how far: it is tried with as
    many unseen tokens between them as there can be, for each power of two.
    """
    with adapter.model_lock(model):
        known = _proofs.setdefault(model, {})
        beyond = side(model, len(ids))
        reach = 0 if beyond else 1 << (len(ids) + variants.most_packed(model) - 1).bit_length()
        state, key = state_of(model), (beyond, reach)
        if key not in known or known[key][0] != state:
            longest = min(_SAMPLE, adapter.context_limit(model) or _SAMPLE)
            sample = list(ids) if beyond else (list(ids) * longest)[:longest]
            known[key] = state, _tried(model, sample, reach, packed=not beyond)
        return known[key][1]


def side(model: torch.nn.Module, n: int) -> int:
    """How many of the lengths beyond which the model treats tokens otherwise a text of `n` tokens exceeds."""
    return sum(length < n for length in horizons(model))


def _tried(model: torch.nn.Module, ids: Sequence[int], reach: int, *, packed: bool) -> Proof:
    """Compare two variants of `ids`, one of them shorter. A mask given by hand knows of no window: hence `packed`."""
    gate, n, start = Gate(), len(ids), len(ids) // 2
    if n < 4:
        return Proof()
    with adapter.model_lock(model), forward.surroundings(model, Way()) as twin, torch.no_grad():
        x = adapter.input_embeddings(twin)(torch.tensor([ids], device=adapter.input_device(twin)))[0]
    blank = x.clone()
    blank[start + 1] = 0
    shorter = [*range(start), *range(start + 1, n), n - 1]
    rows, embedded = [list(ids), [ids[t] for t in shorter]], [blank, x[shorter]]
    ends = [n - 1, n - 2]
    plain = logits(model, [ids], [x], [n - 1], gate)
    want = logits(model, rows, embedded, ends, gate)
    slack, prefix = _slack(model, want, plain), Prefix()

    def agrees(starts: list[int], *, packed: bool, unseen: int = 0) -> bool:
        cut = [row[at:] for row, at in zip(rows, starts, strict=True)]
        inputs = [variant[at:] for variant, at in zip(embedded, starts, strict=True)]
        last = [end - at for end, at in zip(ends, starts, strict=True)]
        try:
            got = logits(model, cut, inputs, last, gate, after=prefix, starts=starts, packed=packed, unseen=unseen)
        except Exception as error:
            if memory.is_out_of_memory(error):
                raise
            return False  # it takes no cache, or no mask, of this kind
        return _close(got, want, slack)

    try:
        whole = logits(model, [ids], [x], [n - 1], gate, keep=prefix)
    except Exception as error:
        if memory.is_out_of_memory(error):
            raise
        return Proof()
    if not prefix.whole(n) or not _close(whole, plain, slack.amin(0)) or not agrees([start, start], packed=False):
        return Proof()
    return Proof(rows=True, packed=packed and agrees([start + 1, start], packed=True, unseen=reach))


def _slack(model: torch.nn.Module, want: Tensor, plain: Tensor) -> Tensor:
    """`[k, 1]`, how far `log p` of each variant `[k, V]` may be off: little, beside what was done to the text too."""
    coarsest = max(
        torch.finfo(t.dtype).eps for t in (want, adapter.input_embeddings(model).weight) if t.is_floating_point()
    )
    wanted, finite = log_p(want), torch.isfinite(want)
    size = wanted[finite].abs().amax() if bool(finite.any()) else 0
    effect = torch.where(finite, wanted - log_p(plain), 0).abs().amax(-1, keepdim=True)
    bound = max(_LOGIT_ERROR, 8 * coarsest) * size
    return torch.clamp(max(_EFFECT_ERROR, 32 * coarsest) * effect, max=bound)


def _close(got: Tensor, want: Tensor, slack: Tensor) -> bool:
    finite = torch.isfinite(want)
    if got.shape != want.shape or not bool(finite.any()):
        return False
    return bool((torch.where(finite, log_p(got) - log_p(want), 0).abs() <= slack).all())


def log_p(z: Tensor) -> Tensor:
    """`log softmax(z)` `[…, V]`, in float64 where the device has it."""
    return wide(z).log_softmax(-1)


def horizons(model: torch.nn.Module) -> set[int]:
    """Lengths beyond which the model treats tokens otherwise."""
    text_config = adapter.text_config(model)
    rope = getattr(text_config, "rope_parameters", None) or {}
    ropes = [rope, *(each for each in rope.values() if isinstance(each, dict))]  # one, or one for each kind of layer
    found = [getattr(text_config, name, None) for name in _HORIZONS]
    found += [each.get(_ORIGINAL) for each in ropes]
    return {length for length in found if isinstance(length, int) and length > 0}


def _joined(keys: Tensor, values: Tensor, unseen: int) -> Callable[..., tuple[Tensor, Tensor]]:
    def joined(kept: Tensor, new: Tensor) -> Tensor:
        return torch.cat([kept, new[:, :, -1:].expand(-1, -1, unseen, -1), new], -2)

    def update(new_keys: Tensor, new_values: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        return joined(keys, new_keys), joined(values, new_values)

    return update
