"""The graph of several texts at once, padded on the right, and the trial whether a model leaves each alone."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from jacobian_widget import forward, memory
from jacobian_widget import model as adapter
from jacobian_widget.backward import unit_size
from jacobian_widget.forward import Gate, Graph, Head, Way
from jacobian_widget.model import NonFiniteError, UnsupportedModelError
from jacobian_widget.prefix_sharing import horizons
from jacobian_widget.untouched import state_of

_ALIKE = 1e-4
"""Largest difference between a text in a batch and the text alone, as a share of the largest number there is."""
_SAMPLE = (3, 12, 7)
"""Lengths of the texts that a model is tried on."""

_trials: weakref.WeakKeyDictionary[torch.nn.Module, dict[int, tuple[int, bool]]] = weakref.WeakKeyDictionary()


class Passes:
    """The graph of several texts, padded on the right: from the embeddings `x` to the last hidden state of each."""

    def __init__(self, model: torch.nn.Module, texts: Sequence[Sequence[int]], gate: Gate) -> None:
        """Run the model once.

        Args:
            model: a causal LM that passed `check.check`.
            texts: `B` lists of ids, none empty.
            gate: see `attribute_batch`.

        Raises:
            UnsupportedModelError: see `forward.run`.
        """
        self.model = model
        self.lengths = [len(ids) for ids in texts]
        longest = max(self.lengths)
        self.last = torch.tensor(self.lengths) - 1
        # A token of the text for padding: some models treat the token that is made for it in a way of its own.
        padded = [[*ids, *[ids[-1]] * (longest - len(ids))] for ids in texts]
        way = Way()
        with adapter.model_lock(model), forward.surroundings(model, way) as twin:
            tokens = torch.tensor(padded, device=adapter.input_device(twin))
            x = adapter.input_embeddings(twin)(tokens).detach().requires_grad_()
            self.graph = Graph(padded[0], x, way)
            self.graph.gate = gate
            head = forward.at_head(twin, self._lasts)
            embedded = forward.embedding(twin, x, tokens)
            with forward.watched(gate, way, adapter.blocks(twin)):
                logits = getattr(twin(input_ids=tokens, use_cache=False), "logits", None)
        if not embedded or len(head) != 1 or logits is None or tuple(logits.shape[:2]) != (1, len(texts)):
            raise UnsupportedModelError(f"{type(model).__name__} does not take {len(texts)} texts at once.")
        self.head = Head(head[0], logits[0])
        z = self.head.z.detach()
        finite = torch.isfinite(head[0]).all(-1) & ~(torch.isnan(z) | (z == torch.inf)).any(-1)
        self.finite: list[bool] = finite.tolist()

    def _lasts(self, hidden: Tensor) -> Tensor:
        if hidden.dim() != 3 or hidden.shape[:2] != (len(self.lengths), max(self.lengths)):
            raise UnsupportedModelError(
                f"{type(self.model).__name__}: the output embedding received a tensor of shape {tuple(hidden.shape)} "
                f"for {len(self.lengths)} texts."
            )
        at = self.last.to(hidden.device)
        self.graph.y = hidden[torch.arange(len(at), device=hidden.device), at]
        return self.graph.y.detach().requires_grad_()

    def vjp(self, v: Tensor) -> Tensor:
        """`J_tᵀ v_b` `[B, N, d_in]`, each text with its own `v_b` `[B, d]`; float32 or wider."""
        part, scale = unit_size(v)
        with forward.backward_of(self.model, self.graph):
            (g,) = torch.autograd.grad(self.graph.y, self.graph.x, part.to(self.graph.y), retain_graph=True)
        return g.to(scale.dtype) * scale[:, :, None].to(g.device)

    def vjps(self, v: Tensor) -> Iterator[Tensor]:
        """`vjp` of each of `v` `[m, B, d]`.

        On a CPU one by one: the texts fill its cores, and fused attention has no backward that is batched over probes.
        """
        if self.graph.x.device.type == "cpu" or len(v) == 1:
            yield from map(self.vjp, v)
            return
        part, scale = unit_size(v)
        try:
            with forward.backward_of(self.model, self.graph), warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="There is a performance drop")
                (g,) = torch.autograd.grad(
                    self.graph.y, self.graph.x, part.to(self.graph.y), retain_graph=True, is_grads_batched=True
                )
        except RuntimeError as error:
            if self.graph.gate.raised or memory.is_out_of_memory(error):
                raise
            g = None  # an operation of this architecture has no batching rule
        if g is None:
            yield from map(self.vjp, v)
        else:
            yield from g.to(scale.dtype) * scale[..., None].to(g.device)

    def nonfinite(self, where: str) -> NonFiniteError:
        return adapter.nonfinite(where, self.model)


def batchable(model: torch.nn.Module, texts: Sequence[Sequence[int]] = ()) -> bool:
    """Whether texts in one padded batch leave each other alone: hidden states and gradients are those of each alone.

    Tried once, on a few tokens; where the model treats tokens otherwise beyond some length also once on the longest of
    `texts` beyond it, and on parts of that which are beyond it.
    """
    with adapter.model_lock(model):
        state, known = state_of(model), _trials.setdefault(model, {})

        def alike(beyond: int, sample: list[Sequence[int]]) -> bool:
            if beyond not in known or known[beyond][0] != state:
                known[beyond] = state, _tried(model, sample)
            return known[beyond][1]

        longest = max(texts, key=len, default=())
        beyond = max((length for length in horizons(model) if length < len(longest)), default=0)
        few = alike(0, _sample(model))
        # Texts of one length are not padded.
        sample = [longest, longest[: beyond + 1], longest[: (beyond + len(longest)) // 2 + 1]]
        return few and (beyond in (0, len(longest) - 1) or alike(beyond, sample))


def _sample(model: torch.nn.Module) -> list[Sequence[int]]:
    limit = adapter.context_limit(model) or max(_SAMPLE)
    size = min(adapter.vocabulary_size(model), adapter.target_count(model))
    return [[(7 + 31 * i * (j + 1)) % size for i in range(min(n, limit))] for j, n in enumerate(_SAMPLE)]


def _tried(model: torch.nn.Module, texts: Sequence[Sequence[int]]) -> bool:
    """Texts of different lengths in one batch against each alone: `y` and the VJP of a random direction."""
    try:
        with torch.inference_mode(False), torch.enable_grad():
            whole = Passes(model, texts, Gate())
            generator = torch.Generator().manual_seed(0)
            v = torch.randn(whole.graph.y.shape, generator=generator).to(whole.graph.y.device)
            g = whole.vjp(v)
            for i, text in enumerate(texts):
                one = Passes(model, [text], Gate())
                own = one.vjp(v[i : i + 1])[0]
                if not _alike(whole.head.y[i], one.head.y[0]) or not _alike(g[i, : len(text)], own):
                    return False
    except (RuntimeError, ValueError, TypeError, LookupError) as error:
        if memory.is_out_of_memory(error):
            raise
        return False
    return True


def _alike(found: Tensor, alone: Tensor) -> bool:
    """Coarse numbers may differ by more: the order of a sum is not that of another shape."""
    slack = max(_ALIKE, 16 * torch.finfo(alone.dtype).eps) if alone.dtype != torch.float64 else _ALIKE
    difference = (found.detach().double() - alone.detach().double()).abs().max()
    return bool(difference <= slack * alone.detach().double().abs().max())
