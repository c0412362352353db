"""What a prediction becomes when tokens are taken away: many ablated texts in batched forward passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor

from jacobian_widget import forward, memory
from jacobian_widget import model as adapter
from jacobian_widget import prefix_sharing as sharing
from jacobian_widget.attribution import Floats
from jacobian_widget.check import check
from jacobian_widget.explain import check_position
from jacobian_widget.forward import Gate, Way
from jacobian_widget.ids import integer
from jacobian_widget.prefix_sharing import Prefix
from jacobian_widget.replacement import embedding_in_place, id_in_place
from jacobian_widget.tokens import Tokens
from jacobian_widget.untouched import refuse_changed, state_of
from jacobian_widget.variants import Batch, Budget, Row, batches

Ablation = Literal["zero", "mean", "pad", "bos", "remove"]
"""How a token is taken away."""
ABLATIONS: Mapping[Ablation, str] = MappingProxyType(
    {
        "zero": "The token's embedding becomes zero.",
        "mean": "The token's embedding becomes the mean of the embedding matrix.",
        "pad": "The token's embedding becomes that of the padding token.",
        "bos": "The token's embedding becomes that of the BOS token.",
        "remove": "The token is left out, and what follows moves up.",
    }
)
"""The ablations by name: "zero", "mean", "pad", "bos" and "remove", each with what it does."""
Progress = Callable[[int, int], None]
"""Called with the ablated texts done and wanted, at every block of every pass; what it raises ends the computation."""


@dataclass(frozen=True, eq=False)
class Effects:
    """What ablating each of `k` sets of tokens does to the prediction `p`, in nats."""

    ablation: Ablation
    """How tokens were taken away: a key of `ABLATIONS`."""
    target: int
    """`i*`, the token that `log_p` and `delta_log_p` are about."""
    log_p: float
    """`log p(i*)`, of the whole text."""
    entropy: float
    """`H(p)`, of the whole text."""
    kl: Floats
    """`[k]`, `KL(p ‖ p_ablated)`."""
    delta_log_p: Floats
    """`[k]`, `log p_ablated(i*) − log p(i*)`: below zero where the tokens spoke for it."""
    delta_entropy: Floats
    """`[k]`, `H(p_ablated) − H(p)`."""


class Ablator:
    """One prediction of a model, with tokens of its text taken away.

    A text's passes share what does not change: the keys and values of the tokens before the first ablated one are
    computed once, where the model allows it (see `prefix_sharing`).
    """

    def __init__(
        self,
        model: torch.nn.Module,
        source: Tokens,
        position: int | None = None,
        *,
        ablation: Ablation | str = "zero",
        target: int | None = None,
        tokenizer: Any = None,
        share_prefix: bool = True,
        max_memory: int | None = None,
    ) -> None:
        """Nothing is computed yet, but for the check of a model that is new.

        Args:
            model: a causal LM of `transformers`; it is left exactly as found.
            source: the text. Its BOS tokens are context and never ablated.
            position: index of the token that is predicted, negative from the end; None for the next one.
            ablation: a key of `ABLATIONS`.
            target: a vocabulary id; None for the model's own likeliest.
            tokenizer: asked for its padding token where the model's configuration names none.
            share_prefix: False to compute every ablated text whole.
            max_memory: bytes above the loaded model; None for 70 % of what is free.

        Raises:
            ValueError: an unknown ablation, a token to put in place that the model does not have, a position or
                target out of range.
            UnsupportedModelError, NonFiniteError: see `check.check`.
        """
        self.ablation = check_ablation(ablation)
        adapter.check_kind(model)
        place = check_position(position, source)
        self.end = len(source) if place is None else place
        """Tokens before this index can be ablated."""
        self.model = model
        self.source = source
        self.max_memory = max_memory
        self.n_bos = len(source.bos)
        self.ids = (*source.bos, *source.ids[: self.end])
        if not self.ids:
            raise ValueError("there are no tokens before the prediction; give at least one.")
        with torch.inference_mode(False), torch.enable_grad():
            check(model, self.ids)
        count = adapter.target_count(model)
        if target is not None and not 0 <= integer(target, "target", "a token id (int)") < count:
            raise ValueError(f"target must lie in 0..{count - 1}, got {target}.")
        self._target = target
        self._instead = id_in_place(model, tokenizer, self.ablation)
        self._share = share_prefix
        self._gate = Gate()
        self._z: Tensor | None = None
        self._state = 0  # of the model when it was computed
        self._x = torch.empty(0)  # [n, d_in]
        self._prefix: Prefix | None = None
        self._packs = False
        self._replacement: Tensor | None = None  # [d_in]

    @property
    def z(self) -> Tensor:
        """`[V]`, the logits of the whole text, as the model gave them."""
        self._start(None)
        assert self._z is not None
        return self._z

    @property
    def target(self) -> int:
        """The target that was given, else the likeliest token."""
        return int(self.z.argmax()) if self._target is None else self._target

    def effects(
        self, sets: Sequence[Sequence[int]], *, keep: bool = False, progress: Progress | None = None
    ) -> Effects:
        """What each of `sets` does to the prediction.

        Args:
            sets: `k` sets of token indices, each of `0..end - 1`.
            keep: ablate everything but the set instead.
            progress: see `Progress`.

        Raises:
            ValueError: an index out of range, or a set whose removal leaves no token at all.
            NonFiniteError: NaN in the logits.
            TooLargeError: a single pass does not fit into memory.
        """
        kl, delta_log_p, delta_entropy = (np.zeros(len(sets), np.float32) for _ in range(3))
        batches = self.logits(sets, keep=keep, progress=progress)
        self._start(forward.telling(progress, 0, len(sets)))
        log_p = sharing.log_p(self.z)
        p, target, entropy = log_p.exp(), self.target, _entropy(log_p)
        for at, z in batches:
            log_q = sharing.log_p(z)
            # A masked token has no probability in either, and 0·(−∞ + ∞) is none.
            kl[at] = torch.where(p > 0, p * (log_p - log_q), 0).sum(-1).cpu().numpy()
            delta_log_p[at] = (log_q[:, target] - log_p[target]).cpu().numpy()
            delta_entropy[at] = (_entropy(log_q) - entropy).cpu().numpy()
        return Effects(
            self.ablation,
            target,
            float(log_p[target]),
            float(entropy),
            np.maximum(kl, 0),
            delta_log_p,
            delta_entropy,
        )

    def logits(
        self, sets: Sequence[Sequence[int]], *, keep: bool = False, progress: Progress | None = None
    ) -> Iterator[tuple[list[int], Tensor]]:
        """Which of `sets`, and their logits `[k, V]`, batch by batch in an order that suits the passes.

        Arguments and errors as in `effects`. Indices are checked at once, the rest happens as batches are asked for.
        """
        return self._logits([self._ablated(chosen, keep=keep) for chosen in sets], progress)

    def _logits(self, sets: list[list[int]], progress: Progress | None) -> Iterator[tuple[list[int], Tensor]]:
        done, total = 0, len(sets)
        self._start(forward.telling(progress, 0, total))
        assert self._z is not None
        whole = [i for i, chosen in enumerate(sets) if not chosen]
        if whole:
            yield whole, self._z.expand(len(whole), -1)
            done = len(whole)
        rows = self._rows(sets)
        waiting, most = self._batches(rows), len(rows)
        while waiting:
            batch = waiting.pop()
            if len(batch.rows) > most:
                waiting.append(replace(batch, rows=batch.rows[most:]))
                batch = replace(batch, rows=batch.rows[:most])
            at = [row.index for row in batch.rows]
            try:
                with self._gate.asking(forward.telling(progress, done, total)):
                    z = self._pass(batch, [sets[i] for i in at])
            except Exception as error:
                full = memory.is_out_of_memory(error)
                if self._gate.raised or not (full or batch.packed):
                    raise
                if not full:  # the model does not take packed rows of this length
                    self._packs = False
                    waiting = self._batches([row for left in (*waiting, batch) for row in left.rows])
                elif len(at) == 1:
                    raise self._too_large() from error
                else:
                    most = len(at) // 2
                    waiting.append(batch)
                continue
            if bool(torch.isnan(z).any()):
                raise adapter.nonfinite("the forward pass of an ablated text", self.model)
            done += len(at)
            self._same_model()
            yield at, z
            if progress:
                progress(done, total)

    def _rows(self, sets: Sequence[Sequence[int]]) -> list[Row]:
        """One for each set that is not empty."""
        n, rows = len(self.ids), []
        side = sharing.side(self.model, n)
        for i, chosen in enumerate(sets):
            length = n - len(chosen) if self.ablation == "remove" else n
            shares = chosen and self._prefix and (length == n or sharing.side(self.model, length) == side)
            # The last token is computed in any case: it predicts.
            start = min(chosen[0], length - 1) if shares else 0
            rows += [Row(i, start, length)] if chosen else []
        return rows

    def _batches(self, rows: Sequence[Row]) -> list[Batch]:
        """The last is the first to compute. Some models go by the longest text of a pass: see `sharing.side`."""
        budget = Budget.of(self.model, len(self.ids), packed=self._packs, max_memory=self.max_memory)
        sides: dict[int, list[Row]] = {}
        for row in rows:
            sides.setdefault(sharing.side(self.model, row.length), []).append(row)
        return [batch for each in sides.values() for batch in batches(each, budget)][::-1]

    def _start(self, interrupt: forward.Interrupt | None) -> None:
        """The whole text: its embeddings and logits, and its keys and values if they are to be shared."""
        if self._z is not None:
            self._same_model()
            return
        self._state = state_of(self.model)
        proof = sharing.proven(self.model, self.ids) if self._share and len(self.ids) > 1 else sharing.Proof()
        with adapter.model_lock(self.model), forward.surroundings(self.model, Way()) as twin, torch.no_grad():
            tokens = torch.tensor([self.ids], device=adapter.input_device(twin))
            self._x = adapter.input_embeddings(twin)(tokens)[0]
            if self.ablation != "remove":
                self._replacement = embedding_in_place(self.model, self.ablation, self._instead).to(self._x)
        prefix = sharing.Prefix() if proof.rows else None
        try:
            with self._gate.asking(interrupt):
                z = sharing.logits(self.model, [self.ids], [self._x], [len(self.ids) - 1], self._gate, keep=prefix)[0]
        except (RuntimeError, MemoryError) as error:
            if self._gate.raised or not memory.is_out_of_memory(error):
                raise
            raise self._too_large() from error
        if bool(torch.isnan(z).any()):
            raise adapter.nonfinite("the model's forward pass", self.model)
        self._prefix, self._packs = prefix, proof.packed
        self._same_model()
        self._z = z

    def _same_model(self) -> None:
        what = "effects would mix two models. Make a new Ablator."
        refuse_changed(self.model, self._state, "since its whole text was computed", what)

    def _pass(self, batch: Batch, sets: Sequence[Sequence[int]]) -> Tensor:
        """The logits `[k, V]` of one batch."""
        n, ids, x = len(self.ids), [], []
        starts = [batch.start(row) for row in batch.rows]
        longest = max(row.length for row in batch.rows)
        for row, start, chosen in zip(batch.rows, starts, sets, strict=True):
            if self._replacement is None:
                gone = set(chosen)
                tokens = [t for t in range(start, n) if t not in gone]
                # What stands to the right of a row's end cannot be seen from it.
                tokens += [] if batch.packed else [n - 1] * (longest - row.length)
                x.append(self._x[tokens])
            else:
                tokens = list(range(start, n))
                embedded = self._x[start:].clone()
                embedded[[t - start for t in chosen]] = self._replacement
                x.append(embedded)
            ids.append([self.ids[t] for t in tokens])
        return sharing.logits(
            self.model,
            ids,
            x,
            [row.length - 1 - start for row, start in zip(batch.rows, starts, strict=True)],
            self._gate,
            after=self._prefix,
            starts=starts,
            packed=batch.packed,
        )

    def _too_large(self) -> memory.TooLargeError:
        return memory.TooLargeError(
            f"memory is full in a single forward pass of {len(self.ids)} tokens of "
            f"{adapter.model_name(self.model)}: shorten the text or free memory."
        )

    def _ablated(self, chosen: Sequence[int], *, keep: bool) -> list[int]:
        """Indices into `ids`, ascending."""
        found = {integer(t, "a token index", f"an int, 0 to {self.end - 1}") for t in chosen}
        wrong = sorted(t for t in found if not 0 <= t < self.end)
        if wrong:
            raise ValueError(
                f"token {wrong[0]} cannot be ablated: only the {self.end} tokens before the prediction can, "
                f"0 to {self.end - 1}."
            )
        if keep:
            found = set(range(self.end)) - found
        if self.ablation == "remove" and len(found) == len(self.ids):
            raise ValueError(
                "removing every token leaves the model nothing to read; keep one, put BOS before the text "
                "(n_bos=1), or choose another ablation."
            )
        return [self.n_bos + t for t in sorted(found)]


def check_ablation(name: object) -> Ablation:
    """`name`, if it is one.

    Raises:
        ValueError: it is not; the message lists them.
    """
    for ablation in get_args(Ablation):
        if name == ablation:
            return ablation  # type: ignore[no-any-return]
    raise ValueError(f"unknown ablation {name!r}; choose one of {', '.join(ABLATIONS)}.")


def _entropy(log_p: Tensor) -> Tensor:
    p = log_p.exp()
    return -torch.where(p > 0, p * log_p, 0).sum(-1)
