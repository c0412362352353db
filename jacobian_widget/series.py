"""What a model expects as the next number of a series: an exact distribution over values, not over tokens."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final

import torch
from torch import Tensor

from jacobian_widget import model as adapter
from jacobian_widget.explain import check_model, check_position, read_tokens
from jacobian_widget.forward import Interrupt
from jacobian_widget.numerals import Continuations, Numeral, State, continuations, numerals, value_of
from jacobian_widget.prefix_tree import Tree, logits_of
from jacobian_widget.tokens import Tokens

MOST: Final = 1024
MASS: Final = 0.99
_BATCH: Final = 64
_BATCH_TOKENS: Final = 8192
"""Beginnings at once, and tokens at once where each brings the whole context with it."""
_LONGEST: Final = 12
_DEEPEST: Final = 12
"""Characters of a number, and tokens that spell it: what is longer is left among the unexplored."""
_NEGLIGIBLE: Final = 1e-9


@dataclass(frozen=True)
class NextValues:
    """A distribution over the next number, as far as it was found; `found + unexplored + other` is 1.

    Attributes:
        values: the numbers found, ascending.
        probabilities: of each; exact, summed over all ways in which the vocabulary spells it up to its delimiter.
        unexplored: probability of beginnings of numbers that were not followed to their end.
        other: probability that something else comes, no number.
        prefixes: beginnings that the model was run on.
        forwards: calls of the model.
        seconds: the time they took.
    """

    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    unexplored: float
    other: float
    prefixes: int
    forwards: int
    seconds: float

    @property
    def found(self) -> float:
        """The probability of all values found, together."""
        return sum(self.probabilities)

    def quantile(self, q: float) -> float | None:
        """The least value at or below which the share `q` of what was found lies; None while nothing is.

        Likely values are found first: where `found` is well below 1, an interval of quantiles comes out too narrow.
        """
        below = 0.0
        for value, p in zip(self.values, self.probabilities, strict=True):
            below += p
            if below >= q * self.found * (1 - 1e-12):
                return value
        return None


def next_values(
    model: torch.nn.Module,
    tokenizer: Any,
    text: str | Tokens,
    *,
    position: int | None = None,
    most: int = MOST,
    mass: float = MASS,
    n_bos: int | None = None,
    interrupt: Interrupt | None = None,
) -> NextValues:
    """The model's distribution over the next number of a series such as `"412,398,377,"`.

    The likeliest beginnings of a number are followed first, many in one forward pass, until each ends at a delimiter:
    white space, one of `, ; |`, a closing bracket or a special token.

    Args:
        model: a causal LM of `transformers`; it is left exactly as found.
        tokenizer: its tokenizer.
        text: the series, or its tokens. One that ends in a digit is taken to be complete: a delimiter must come first.
        position: index of a token; its number is predicted, from what stands before it (where it is in no number, the
            next number). None for what comes after the text.
        most: run the model on at most so many beginnings.
        mass: end when so much of the probability is settled.
        n_bos: BOS tokens put before a `text`; None for what the tokenizer itself would add.
        interrupt: called between forward passes; what it raises ends the search.

    Returns:
        `NextValues`; what was not found is named in it.

    Raises:
        ValueError: see `attribute`; nothing stands before the number; `most` below 1 or `mass` not from 0 to 1.
        TypeError: no tokenizer.
        NonFiniteError: NaN in the logits.
    """
    if tokenizer is None:
        raise TypeError("next_values needs a tokenizer, which says how numbers are spelled; got None.")
    if most < 1 or not 0 <= mass <= 1:
        raise ValueError(f"most is {most} and mass is {mass}; pass 1 or more, and a share from 0 to 1.")
    source = text if isinstance(text, Tokens) else read_tokens(model, tokenizer, text, n_bos=n_bos)
    start, _ = predicted(source, check_position(position, source))
    search = Search(model, tokenizer, source, start)
    for _ in search.steps(most, mass, interrupt):
        pass
    return search.result()


def predicted(source: Tokens, position: int | None) -> tuple[int, Numeral | None]:
    """Where the text that a prediction is made from ends, and the number that stands there; None beyond the text."""
    if position is None:
        return len(source), None
    here = next((number for number in numerals(source) if number.stop > position), None)
    return (len(source), None) if here is None else (here.start, here)


@dataclass(frozen=True)
class _Prefix:
    """A beginning of a number: the tokens after the context, and what they spell."""

    ids: tuple[int, ...]
    state: State
    spelled: str
    p: float


class Search:
    """A best-first search among the beginnings of numbers; it can be left and taken up again."""

    def __init__(self, model: torch.nn.Module, tokenizer: Any, source: Tokens, start: int) -> None:
        self.context = (*source.bos, *source.ids[:start])
        if not self.context:
            raise ValueError("nothing stands before the number, so the model does not predict it; use n_bos=1.")
        before = "".join(source.pieces[:start])
        limit = adapter.context_limit(model)
        self._room = _DEEPEST if limit is None else min(_DEEPEST, limit - len(self.context))
        self._model = model
        self._tokenizer = tokenizer
        self._ends = _end_ids(model)
        self._vocabulary = adapter.target_count(model)
        self._tables: dict[State, Continuations] = {}
        self._found: dict[float, float] = {}
        self._other = 0.0
        state: State = "separator" if before[-1:].isdigit() else "gap"
        self._heap: list[tuple[float, int, _Prefix]] = [(-1.0, 0, _Prefix((), state, "", 1.0))]
        self._pushed = 0
        self._first = True
        self._tree: Tree | None = None
        self.prefixes = 0
        self.forwards = 0
        self.seconds = 0.0

    @property
    def unexplored(self) -> float:
        """The probability that is not settled."""
        return max(0.0, 1.0 - sum(self._found.values()) - self._other)

    @property
    def ended(self) -> bool:
        """Whether no beginning is left to follow."""
        return not self._heap

    def steps(self, most: int, mass: float, interrupt: Interrupt | None = None) -> Iterator[None]:
        """Follow beginnings until `mass` is settled or `most` were run; yields after each forward pass."""
        check_model(self._model, self.context)
        while self._heap and self.prefixes < most and self.unexplored > 1 - mass:
            if interrupt is not None:
                interrupt()
            started = time.perf_counter()
            rows = _BATCH if self._tree is not None else max(1, min(_BATCH, _BATCH_TOKENS // len(self.context)))
            count = min(rows, most - self.prefixes, len(self._heap))
            batch = [heappop(self._heap) for _ in range(count)]
            try:
                p = self._probabilities([prefix for *_, prefix in batch])
            except BaseException:
                for entry in batch:
                    heappush(self._heap, entry)
                raise
            for row, (*_, prefix) in zip(p, batch, strict=True):
                self._grow(prefix, row)
            self.prefixes += count
            self.forwards += 1
            self.seconds += time.perf_counter() - started
            yield

    def result(self) -> NextValues:
        """What is found so far."""
        values = tuple(sorted(self._found))
        probabilities = tuple(self._found[value] for value in values)
        counted = (self.prefixes, self.forwards, self.seconds)
        return NextValues(values, probabilities, self.unexplored, self._other, *counted)

    def _grow(self, prefix: _Prefix, p: Tensor) -> None:
        """Take what follows `prefix` by the distribution `p` `[V]`."""
        table = self._tables.get(prefix.state)
        if table is None:
            table = continuations(self._tokenizer, prefix.state, ends=self._ends, limit=self._vocabulary)
            self._tables[prefix.state] = table
        on = p[table.ids]
        other = 1.0 - float(on.sum())
        for spelled, ids in table.ends:
            over = float(p[ids].sum())
            other -= over
            value = value_of(prefix.spelled + spelled)
            if over > 0 and value is not None:
                self._found[value] = self._found.get(value, 0.0) + prefix.p * over
        self._other += prefix.p * max(0.0, other)
        if len(prefix.ids) >= self._room:
            return
        for k, share, (state, spelled) in zip(table.ids.tolist(), on.tolist(), table.next, strict=True):
            longer = prefix.spelled + spelled
            if prefix.p * share > _NEGLIGIBLE and len(longer) <= _LONGEST:
                self._pushed += 1
                entry = _Prefix((*prefix.ids, k), state, longer, prefix.p * share)
                heappush(self._heap, (-entry.p, self._pushed, entry))

    def _probabilities(self, batch: Sequence[_Prefix]) -> list[Tensor]:
        """`[k]` distributions `[V]`, float64: what comes after the context and each prefix."""
        model = self._model
        with adapter.model_lock(model), torch.inference_mode(False), torch.no_grad():
            z: Tensor | None
            if self._tree is None:
                z, output = logits_of(model, [(*self.context, *prefix.ids) for prefix in batch], use_cache=self._first)
                if self._first:
                    self._first = False
                    self._tree = Tree.of(len(self.context), getattr(output, "past_key_values", None))
            else:
                z = self._tree.logits(model, [prefix.ids for prefix in batch])
                if not self._tree.checked:
                    self._tree.checked = True
                    plain, _ = logits_of(model, [(*self.context, *batch[0].ids)])
                    self.forwards += 1
                    if z is None or not _alike(z[0], plain[0]):
                        self._tree = None
                        return self._probabilities(batch)
        if z is None or bool(torch.isnan(z).any()):
            raise adapter.nonfinite("the model's forward pass", model)
        return [row.float().cpu().double().softmax(-1) for row in z]


def _alike(z: Tensor, plain: Tensor) -> bool:
    """Whether two rows of logits say the same but for rounding."""
    slack = 1e-3 + 8 * torch.finfo(z.dtype).eps
    return bool((z.float().softmax(-1) - plain.float().softmax(-1)).abs().max() <= slack)


def _end_ids(model: torch.nn.Module) -> tuple[int, ...]:
    settings = (getattr(model, name, None) for name in ("generation_config", "config"))
    named = next((k for s in settings if (k := getattr(s, "eos_token_id", None)) is not None), ())
    return tuple(named) if isinstance(named, (list, tuple)) else (int(named),)
