"""Guess mode: the reader marks what they think matters before they see it, and is told how much of it was right."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import numpy as np
import traitlets as t

from jacobian_widget import _wire
from jacobian_widget._bundle import self_unpacking_panels
from jacobian_widget._panels import Ask, GiveWay, Panels, Turn
from jacobian_widget._traits import BadValueError, WholeNumber, indices
from jacobian_widget._worker import Job, Superseded
from jacobian_widget.ablation import Ablator
from jacobian_widget.guesses import answer_of, pieces_before
from jacobian_widget.untouched import state_of

if TYPE_CHECKING:
    from jacobian_widget._worker import Worker
    from jacobian_widget.attribution import Attribution, Floats
    from jacobian_widget.tokens import Tokens

    _Key: TypeAlias = tuple[Tokens, int | None, str, str, Hashable]

GUESSES: Final = ("", "hidden", "revealed")
UNASKED_SECONDS: Final = 30.0
"""What leave-one-out may take; longer, and only the Check panel does it."""
_CODE: Final = Path(__file__).parent / "static" / "guess.js"
_STEP: Final = 16
_KEPT: Final = 8


class Guess(Panels):
    """The traits of guess mode, and leave-one-out for what is guessed about: computed behind everything else."""

    guess = t.Unicode("").tag(sync=True)
    """Guess mode: "" (default) is off. "hidden" hides colours, scores and ranks, and a click marks a token instead of
    explaining it. "revealed" shows them, with the marks around them. Written by both sides."""

    marked = t.List(WholeNumber()).tag(sync=True)
    """Indices of the tokens that are marked, ascending; all come before the position. A coarser `granularity` marks all
    tokens of a piece. Default none; another text, position, target or foil has none. Written by both sides."""

    answers = t.List(t.Dict()).tag(sync=True)
    """One dictionary for each time that a guess was revealed, the newest last: see `guesses.answer_of`, and
    `class_table` for a table of them. `left_out_hits` is None until leave-one-out is computed. Written by Python; where
    there is none, as in an exported page, by the browser."""

    left_out = t.Dict().tag(sync=True)
    """Leave-one-out of the pieces that can be marked (see `_wire.pack_left_out`). Written by Python."""

    _left_out_job: tuple[Job, _Key] | None = None  # a widget whose constructor failed is closed too

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._left_out_owner = object()
        self._left_out_guard = threading.RLock()
        self._left_out_done: _Key | None = None
        self._left_out_kept: dict[_Key, dict[tuple[int, int], float]] = {}
        self._owed = False  # a revealed guess whose answer is still to be given
        self._answered: tuple[Any, ...] | None = None  # what the newest answer is about
        super().__init__(*args, **kwargs)

    # What the widget is asked

    def _guess_picture(self) -> tuple[Attribution, dict[str, Any]] | None:
        """The newest result of this text and position, and the question; None while there is none."""
        raise NotImplementedError

    def _guess_tokens(self) -> int:
        """How many tokens come before the prediction."""
        raise NotImplementedError

    def _guess_pieces(self) -> tuple[str, str]:
        """The granularity, and the pattern that it needs; "" for one that needs none."""
        raise NotImplementedError

    # Validation

    @t.validate("guess")
    def _check_guess(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in GUESSES:
            raise BadValueError(f"unknown guess {proposal['value']!r}; it is 'hidden', 'revealed', or '' for off.")
        return str(proposal["value"])

    @t.validate("marked")
    def _check_marked(self, proposal: dict[str, Any]) -> list[int]:
        count = self._guess_tokens()
        return indices("marked", proposal["value"], count, f"the {count} tokens before the prediction")

    # What follows from a change

    @t.observe("guess")
    def _guess_changed(self, change: dict[str, Any]) -> None:
        if self.guess and not self.panels:
            self.set_trait("panels", self_unpacking_panels(guess_code()))
        if self.guess != "revealed":
            self.marked = []
        self._owed = self.guess == "revealed" and bool(self.marked)
        self._settle_guess()

    @t.observe("position", "target", "foil")
    def _guessed_about(self, change: dict[str, Any]) -> None:
        self._unmark()

    @t.observe("pattern", "basis")
    def _guess_seen(self, change: dict[str, Any]) -> None:
        self._settle_guess()

    def _in_turn(self, wish: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The wish in parts, each to be set before the next is taken: a browser merges what a busy kernel holds up.

        Another question clears the marks that were there, not those that come with it; a reveal is of those.
        """
        names = ("marked", "guess") if wish.get("guess") == "revealed" else ("marked",)
        late = [name for name in names if name in wish]
        first = list(self.marked)
        yield {name: value for name, value in wish.items() if name not in late}
        was, before = self.guess, list(self.marked)
        for name in late:
            yield {name: wish[name]}
        if before != first and "marked" in late:
            cast("Any", self).send_state("marked")  # the browser was told that they are cleared
        if was == wish.get("guess") == "revealed" and self.marked != before:
            self._owed = bool(self.marked)
            self._settle_guess()

    def _unmark(self) -> None:
        self.marked, self._owed = [], False

    def _settle_guess(self) -> None:
        """Make leave-one-out, and the newest answer, catch up with the wish."""
        with self._left_out_guard:
            self._settle_left_out()
        self._settle_answer()

    def _settle_answer(self) -> None:
        with self._guard:
            self._give_answer()

    def _give_answer(self) -> None:
        marked = cast("list[int]", self.marked)
        found = self._guess_picture() if self.guess == "revealed" and marked else None
        if found is None:
            return
        a, question = found
        asked = (a.source.text, a.position, question)
        newest = self.answers[-1] if self.answers else {}
        known = newest.get("left_out_hits") is not None or newest.get("marked") != marked
        if not self._owed and (known or asked != self._answered):
            return
        before = self.answers if self._owed else self.answers[:-1]
        attempt = 1 + sum((one.get("text"), one.get("position")) == (a.source.text, a.position) for one in before)
        try:
            answer = answer_of(a.detached(), question, marked, self._left_out_of(a), attempt=attempt)
        except ValueError:
            return  # this scope is still on its way
        self._owed, self._answered = False, asked
        if answer["k"]:
            self.answers = [*before, answer]

    def _left_out_of(self, a: Attribution) -> Floats | None:
        """`[G]`, of the pieces as they are now; None while it is not known."""
        found = self.left_out
        asked = (a.source.text, a.position, *self._guess_pieces())
        known = tuple(found.get(name) for name in ("text", "position", "granularity", "pattern"))
        return np.frombuffer(found["kl"], "<f4") if asked == known and found["state"] == "done" else None

    # Leave-one-out

    def _settle_left_out(self) -> None:
        wish = self._panel_wish() if self.guess else None
        if wish is None:
            self._stop_left_out()
            return
        worker, ask = wish
        asked = ask(_never)
        key = (asked.source, asked.position, *self._guess_pieces(), state_of(asked.model))
        if key == self._left_out_done:
            self._stop_left_out()
            return
        if self._left_out_job is not None and self._left_out_job[1] == key and not self._left_out_job[0].finished:
            return
        self._left_out_job = self._submitted(worker, ask, key), key

    def _submitted(self, worker: Worker, ask: Callable[[Callable[..., None]], Ask], key: _Key) -> Job:
        def run(job: Job) -> None:
            self._compute_left_out(worker, ask, key, job)

        return worker.submit(self._left_out_owner, run, lambda: None, behind=True)

    def _stop_left_out(self) -> None:
        if self._left_out_job is not None:
            self._left_out_job[0].stop()
            self._left_out_job = None

    def _finish_left_out(self) -> None:
        """Wait for it, unless this runs inside the computation."""
        wish = self._panel_wish()
        if wish is None or wish[0].is_current_thread:
            return
        while (running := self._left_out_job) is not None and running[1] != self._left_out_done:
            if running[0].wait(0.2) and self._left_out_job is running:
                return  # it was ended, and nothing follows it

    def _compute_left_out(self, worker: Worker, ask: Callable[[Callable[..., None]], Ask], key: _Key, job: Job) -> None:
        asked = ask(Turn(worker, job).interrupt)
        about: dict[str, Any] = dict(zip(("granularity", "pattern"), key[2:4], strict=True))
        try:
            payload = self._left_out_payload(asked, key, about)
        except GiveWay:
            with self._left_out_guard:
                if not job.stopped and self._left_out_job is not None and self._left_out_job[0] is job:
                    self._left_out_job = self._submitted(worker, ask, key), key
            return
        except Superseded:
            raise
        except Exception as error:  # noqa: BLE001 - the guess is worth its answer without it
            payload = _wire.pack_left_out(
                asked.source, asked.position, None, state="error", error=str(error) or type(error).__name__, **about
            )
        job.check()
        with self._guard:
            self.set_trait("left_out", payload)
        self._settle_answer()
        self._left_out_done = key  # last: whoever waits for it finds all of it

    def _left_out_payload(self, ask: Ask, key: _Key, about: dict[str, Any]) -> dict[str, Any]:
        end = len(ask.source) if ask.position is None else ask.position
        pieces = pieces_before(ask.source, end, **about)
        known = self._left_out_kept.pop(key, {})
        self._left_out_kept[key] = known
        while len(self._left_out_kept) > _KEPT:
            self._left_out_kept.pop(next(iter(self._left_out_kept)))
        ablator = Ablator(ask.model, ask.source, ask.position, tokenizer=ask.tokenizer)
        ask.interrupt()
        started, first = time.monotonic(), True
        while missing := [piece for piece in pieces if piece not in known]:
            step = missing[: 1 if first else _STEP]  # the first takes the whole text too
            effects = ablator.effects([range(*piece) for piece in step], progress=ask.interrupt)
            known.update(zip(step, effects.kl.tolist(), strict=True))
            now = time.monotonic()
            seconds = (now - started) / len(step) * (len(missing) - len(step))
            if not first and seconds > UNASKED_SECONDS:
                return _wire.pack_left_out(
                    ask.source, ask.position, None, state="too long", seconds=round(seconds, 1), **about
                )
            started, first = now, False
        kl = np.array([known[piece] for piece in pieces], np.float32)
        return _wire.pack_left_out(ask.source, ask.position, kl, state="done", **about)


def guess_code() -> str:
    """The JavaScript module of guess mode alone; that of the panels holds it too."""
    return _CODE.read_text("utf-8")


def _never(*_: object) -> None: ...
