"""Several texts in one forward pass, and one backward pass for all of them: what `attribute` says of each, sooner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from jacobian_widget import memory
from jacobian_widget import model as adapter
from jacobian_widget import scopes as scope_table
from jacobian_widget.attribution import Attribution
from jacobian_widget.check import check
from jacobian_widget.explain import stream
from jacobian_widget.forward import Gate, Way
from jacobian_widget.model import NonFiniteError, UnsupportedModelError
from jacobian_widget.passes import Passes, batchable
from jacobian_widget.prefix_sharing import side
from jacobian_widget.probe import GramBlock, Probe, gram_block, rows_vjp, unit
from jacobian_widget.scopes import Direction, ScopeName, cotangents, wide
from jacobian_widget.session import FisherOptions, Session
from jacobian_widget.tokens import Tokens
from jacobian_widget.untouched import ModelChangedError, refuse_changed, state_of

_BAD = (ValueError, TypeError, ArithmeticError, LookupError, MemoryError)
"""What is wrong with one text. Anything else is wrong with all of them, and ends the run."""


@dataclass(frozen=True)
class Question:
    """What is asked of one text."""

    source: Tokens
    position: int | None = None
    """Counted from the start; None for the next token."""
    target: int | None = None
    foil: int | None = None

    @property
    def ids(self) -> tuple[int, ...]:
        """`[n]` with BOS, up to the predicting position."""
        return (*self.source.bos, *self.source.ids[: self.end])

    @property
    def end(self) -> int:
        return len(self.source) if self.position is None else self.position


@dataclass(frozen=True)
class Batching:
    """How many texts go together: not as many as fit just now, so that a run gives the same numbers again.

    The same to the last digit on the same machine and versions, while memory suffices: batches that do not fit are
    halved.
    """

    texts: int = 16
    tokens: int = 2048
    """Padding counted."""

    def split(self, questions: Sequence[Question], side: Callable[[int], int] = lambda _: 0) -> Iterator[list[int]]:
        """Indices of texts of about one length, the longest first; those whose lengths have different `side`s apart."""
        lengths = [len(question.ids) for question in questions]
        order = sorted(range(len(questions)), key=lambda i: (-lengths[i], i))
        sides = {n: side(n) for n in set(lengths)}
        while order:
            longest = lengths[order[0]]
            together = [i for i in order if sides[lengths[i]] == sides[longest]]
            count = max(1, min(self.texts, self.tokens // max(1, longest)))
            yield together[:count]
            order = order[len(together[:count]) :]


def attribute_batch(
    model: torch.nn.Module,
    tokenizer: Any,
    questions: Sequence[Question],
    *,
    scopes: Sequence[ScopeName],
    n_targets: int = 5,
    fisher_options: FisherOptions | None = None,
    batching: Batching | None = None,
    max_memory: int | None = None,
    gate: Gate | None = None,
) -> Iterator[tuple[int, Attribution | Exception]]:
    """The results of `attribute(…, scopes=scopes)` for many texts, equal to 1e-4 of a text's largest score.

    Texts are padded on the right, where a causal model does not look. A model whose texts change each other all the
    same, as a short trial shows, takes them one at a time; so does Fisher, whose probes fill a batch of their own.

    Args:
        model: a causal LM of `transformers`; it is left exactly as found.
        tokenizer: its tokenizer, or None.
        questions: texts that passed `explain.read_tokens`.
        scopes: their keys.
        n_targets: how many of the likeliest tokens each result names.
        fisher_options: how Fisher is estimated, where it is asked for.
        batching: see `Batching`.
        max_memory: bytes above the loaded model; None for 70 % of what is free. Where it is full, batches are halved.
        gate: asked at every block of every pass; what it raises ends the computation.

    Yields:
        The index of a question, in any order, and its result without a model; or what was wrong with the text.

    Raises:
        UnsupportedModelError: no text can be explained with this model.
        ModelChangedError: it changed meanwhile.
    """
    job = _Job(model, tokenizer, tuple(scopes), n_targets, fisher_options, max_memory, gate or Gate())
    for part in (batching or Batching()).split(questions, lambda n: side(model, n)):
        yield from zip(part, job.results([questions[i] for i in part]), strict=True)


@dataclass(frozen=True)
class _Job:
    model: torch.nn.Module
    tokenizer: Any
    scopes: tuple[ScopeName, ...]
    n_targets: int
    fisher_options: FisherOptions | None
    max_memory: int | None
    gate: Gate

    def results(self, questions: Sequence[Question]) -> list[Attribution | Exception]:
        """In the order of `questions`."""
        if len(questions) == 1 or "fisher" in self.scopes or not self._batchable(questions):
            return [self._alone(question) for question in questions]
        if self._fits(questions):
            try:
                return self._together(questions)
            except (RuntimeError, MemoryError) as error:
                if self.gate.raised or not memory.is_out_of_memory(error):
                    raise
        # Not while an error is handled: its traceback holds the graph.
        half = len(questions) // 2
        return self.results(questions[:half]) + self.results(questions[half:])

    def _batchable(self, questions: Sequence[Question]) -> bool:
        try:
            for question in questions:
                check(self.model, question.ids)
        except NonFiniteError:
            return False  # of one text or of all: each will tell alone
        if adapter.offloaded(self.model):
            return False
        try:
            return batchable(self.model, [question.ids for question in questions])
        except (RuntimeError, MemoryError) as error:
            if not memory.is_out_of_memory(error):
                raise
            return False

    def _fits(self, questions: Sequence[Question]) -> bool:
        ids = max((question.ids for question in questions), key=len)
        vjps = len(scope_table.needed(self.scopes, {0: 1.0}, {1: 1.0}, range(self.n_targets + 2)))
        try:
            plans = list(memory.plans(self.model, ids, vjps, self.max_memory))
        except memory.TooLargeError:
            return False
        each = next((plan.bytes for plan in plans if plan.way == Way()), None)
        return each is not None and len(questions) * each <= memory.allowed(self.model, self.max_memory)

    def _alone(self, question: Question) -> Attribution | Exception:
        try:
            *_, result = stream(
                self.model,
                self.tokenizer,
                question.source,
                position=question.position,
                scopes=self.scopes,
                target=question.target,
                foil=question.foil,
                n_targets=self.n_targets,
                fisher_options=self.fisher_options,
                max_memory=self.max_memory,
                progress=lambda *_: self.gate(),
            )
        except (UnsupportedModelError, ModelChangedError):
            raise
        except _BAD as error:
            if self.gate.raised:
                raise
            return error.with_traceback(None)
        return result.detached()

    @torch.inference_mode(False)
    @torch.enable_grad()
    def _together(self, questions: Sequence[Question]) -> list[Attribution | Exception]:
        started, state = time.perf_counter(), state_of(self.model)
        passes = Passes(self.model, [question.ids for question in questions], self.gate)
        rows: list[_Row | Exception] = []
        for i, question in enumerate(questions):
            finite = passes.finite[i]
            rows.append(_Row(self, question, passes, i) if finite else passes.nonfinite("the model's forward pass"))
        good = {i: row for i, row in enumerate(rows) if isinstance(row, _Row)}
        try:
            for g in _vjps(passes, {i: row.directions for i, row in good.items()}):  # [B, N, d_in], one direction each
                for i, row in good.items():
                    row.take(g[i])
        except RuntimeError as error:
            if not memory.is_out_of_memory(error):
                self._same(state)  # autograd refuses weights that changed since its forward pass
            raise
        self._same(state)
        seconds = (time.perf_counter() - started) / len(questions)
        return [row if isinstance(row, Exception) else row.result(seconds) for row in rows]

    def _same(self, state: int) -> None:
        what = "their results would mix two models. Compute them again."
        refuse_changed(self.model, state, "while texts were computed", what)


class _Row:
    """One text of a batch; a `Session` asks of it what it asks of a `Probe`."""

    def __init__(self, job: _Job, question: Question, passes: Passes, index: int) -> None:
        self.job, self.question, self.passes = job, question, passes
        n = len(question.ids)
        self.x = passes.graph.x.detach()[index, :n]
        self.y = passes.head.y.detach()[index]
        self.z = passes.head.z.detach()[index]
        vocabulary = adapter.target_count(job.model)
        options = job.fisher_options or FisherOptions()
        probe = cast("Probe", self)
        self.session = Session(probe, job.tokenizer, question.source, question.end, options, vocabulary)
        self.asked = asked = self.session.asked(question.position, question.target, question.foil, job.n_targets)
        self.directions = scope_table.needed(job.scopes, {asked.default: 1.0}, {asked.other: 1.0}, asked.targets)
        self._taken: list[Tensor] = []

    def take(self, g: Tensor) -> None:
        """Keep the VJP of the next direction, `[N, d_in]`."""
        if len(self._taken) < len(self.directions):
            self._taken.append(g[: len(self.x)])

    def gram(self, directions: Sequence[Direction], _: object = None) -> GramBlock:
        """See `Probe.gram`."""
        vjps = torch.stack(self._taken) if self._taken else self.x.new_zeros(0, *self.x.shape)
        return gram_block(directions, vjps, range(len(directions)), self.x)

    def result(self, seconds: float) -> Attribution | Exception:
        if not all(bool(torch.isfinite(g).all()) for g in self._taken):
            return self.passes.nonfinite("the backward pass")
        session, question = self.session, self.question
        basis = session.basis(self.directions)
        return Attribution(
            source=question.source,
            position=question.position,
            basis=basis,
            fisher=None,
            predictions=session.predictions(self.asked.shown),
            default_target=self.asked.default,
            chosen_foil=question.foil,
            entropy=float(scope_table.entropy(self.z.float())),
            beta=session.beta,
            degenerate=session.degenerate(basis),
            model=adapter.model_name(self.job.model),
            seconds=seconds,
            _vjps=len(self.directions),
        )


def _vjps(passes: Passes, directions: dict[int, list[Direction]]) -> Iterator[Tensor]:
    """`J_tᵀ v` `[B, N, d_in]` for the first direction of every text, then for the second; zero where there is none."""
    count = max(map(len, directions.values()), default=0)
    if not count:
        return
    z, y = passes.head.z.detach(), passes.head.y.detach()
    rows: list[Tensor] = []
    for k in range(count):
        own = {i: each[k] for i, each in directions.items() if k < len(each)}
        u = torch.zeros_like(wide(z))
        for i, direction in own.items():
            u[i] = cotangents([direction], z[i])[0]
        v = rows_vjp(passes.head, u)  # [B, d]
        for i, (kind, _) in own.items():
            if kind == "temperature":
                v[i] = unit(y[i], v.dtype)
        rows.append(v)
    yield from passes.vjps(torch.stack(rows))
