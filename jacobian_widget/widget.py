"""JacobianWidget: the traits that Python and the browser share, and what happens when one of them changes."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

import anywidget
import traitlets as t

from jacobian_widget import _wire
from jacobian_widget._bundle import one_module, self_unpacking, view_code
from jacobian_widget._display import Display
from jacobian_widget._export import Positions, chosen_positions, html_page, write_page
from jacobian_widget._guess import Guess
from jacobian_widget._panels import Ask, panels_code
from jacobian_widget._pinned import pinned_picture
from jacobian_widget._static_html import static_html
from jacobian_widget._traits import BadValueError, WholeNumber, bad_values
from jacobian_widget._worker import Job, Pace, Superseded, Worker, worker_of
from jacobian_widget.chat import Message
from jacobian_widget.explain import check_model, check_position, foresee, highest_rank, read_tokens, stream
from jacobian_widget.gallery import id_or_none
from jacobian_widget.generation import MAX_NEW_TOKENS, write_on
from jacobian_widget.model import target_count
from jacobian_widget.scopes import SCOPES, ScopeName, check_scope, is_own
from jacobian_widget.session import FisherOptions
from jacobian_widget.tokens import GRANULARITIES, Tokens, one_token_id, search_vocabulary
from jacobian_widget.untouched import ModelChangedError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from jacobian_widget.attribution import Attribution

_TARGETS = 12
"""Likeliest tokens that can be chosen at once. A notebook keeps them all, and the Gram grows with their square."""
_FIRST_PICTURE_WAIT = 10.0
_PROGRESS_STEPS = 25
_KEPT_TEXTS = 8
_CHANGES = 2
"""How often a computation begins again because the model was changed meanwhile."""
VIEW = "application/vnd.jupyter.widget-view+json"
_DRAWING = ("pattern", "panel", "guess", *Display.class_trait_names())
_KEYWORDS = ", ".join(
    (*("messages", "n_bos", "scope", "target", "foil", "position", "rank", "granularity", "n_eigen"), *_DRAWING)
)


class JacobianWidget(Display, Guess, anywidget.AnyWidget):
    """An interactive heatmap of which earlier tokens moved a prediction.

    The widget computes in the background and shows what it has; `attribution` and `scores` wait for the result.

    Args:
        model: a causal LM of `transformers`; it is left exactly as found.
        tokenizer: its tokenizer.
        text: the text to explain. Give this or `messages`.
        messages: a chat, put through the tokenizer's chat template (see `attribute`). `text` is then the rendered
            text, and its tokens carry their roles; a text edited by hand has none.
        n_bos: BOS tokens put before the text; None for what the tokenizer itself would add, with `messages` none.
        scope: first value of the trait of this name, as of those that follow.
        target: see the trait.
        foil: see the trait.
        position: see the trait.
        rank: see the trait.
        granularity: see the trait.
        n_eigen: eigen-directions of the Fisher scope, the highest `rank`.
        drawing: first values of `pattern`, `panel`, `guess` ("hidden" lets the reader guess before the colours are
            shown) and of the traits that say how the picture is drawn: `scale`, `threshold`, `vmax`, `palette`, `bars`,
            `signed`, `hide`.

    Raises:
        ValueError: empty text, text longer than the model's context, a bad value of a trait (`BadValueError`).
        TypeError: an unknown keyword.
    """

    # Text, not paths: anywidget ties each widget to a path's change signal, which would keep it and its model alive.
    _esm = self_unpacking(*view_code())

    text = t.Unicode().tag(sync=True)
    """The text. Written by both sides; a change computes anew, and keeps `position` while it is still a token."""

    scope = t.Unicode("semantic").tag(sync=True)
    """Which scope the picture shows, a key of `jacobian_widget.SCOPES`. Default "semantic". Written by both sides."""

    target = t.Union([WholeNumber(), t.Unicode()], default_value=None, allow_none=True).tag(sync=True)
    """Target token as a vocabulary id; a string that is exactly one token is turned into its id. Default None: the
    token at `position`, or the likeliest where that lies beyond the text. Written by both sides."""

    foil = t.Union([WholeNumber(), t.Unicode()], default_value=None, allow_none=True).tag(sync=True)
    """The other token of the Contrast scope, like `target`. Default None: the likeliest token that is not the target.
    Written by both sides."""

    position = WholeNumber(None, allow_none=True).tag(sync=True)
    """Index of the token explained; a negative one counts from the end and is stored from the start. Default None:
    the next token after the text. Written by both sides."""

    rank = WholeNumber(None, allow_none=True).tag(sync=True)
    """How many eigen-directions the Fisher scope sums. Default None: the whole trace. Written by both sides."""

    granularity = t.Unicode("token").tag(sync=True)
    """What one coloured piece is: "token" (default), "word", "number", "sentence", "line", or "regex": a match of
    `pattern`. Written by both sides."""

    pattern = t.Unicode("").tag(sync=True)
    """The regular expression of granularity "regex". Default empty. Written by both sides."""

    query = t.Unicode("").tag(sync=True)
    """What is typed into the search box for targets. Written by the browser."""

    cancelled = t.Int(0).tag(sync=True)
    """Grows by one each time Cancel is pressed. Written by the browser."""

    retries = t.Int(0).tag(sync=True)
    """Grows by one each time Try again is pressed. Written by the browser."""

    tokens = t.Dict().tag(sync=True)
    """The tokens of `text` (see `_wire.pack_tokens`). Written by Python."""

    basis = t.Dict().tag(sync=True)
    """The Grams of the newest result (see `_wire.pack_basis`). Written by Python."""

    status = t.Dict().tag(sync=True)
    """What Python is doing, or what went wrong (see `_wire.status`). Written by Python."""

    matches = t.Dict().tag(sync=True)
    """Vocabulary tokens that answer `query`. Written by Python."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        text: str | None = None,
        *,
        messages: Sequence[Message] | None = None,
        n_bos: int | None = None,
        scope: ScopeName | str = "semantic",
        target: int | str | None = None,
        foil: int | str | None = None,
        position: int | None = None,
        rank: int | None = None,
        granularity: str = "token",
        n_eigen: int = FisherOptions.n_eigen,
        **drawing: Any,
    ) -> None:
        if unknown := [name for name in drawing if name not in _DRAWING]:
            raise TypeError(f"JacobianWidget got unknown keyword {', '.join(unknown)}; allowed are {_KEYWORDS}.")
        self._model, self._tokenizer = model, tokenizer
        # A rendered chat shows its BOS; tokenized again, after an edit by hand, it must not get a second one.
        self._n_bos = 0 if n_bos is None and messages is not None else n_bos
        self._fisher = FisherOptions(n_eigen=n_eigen)
        self._fisher.check()
        self._guard = threading.RLock()
        self._moved = threading.Condition(self._guard)
        self._source = read_tokens(model, tokenizer, text, messages=messages, n_bos=n_bos)
        self._kept = {} if messages is None else {self._source.text: self._source}
        self._writing: tuple[Job, Tokens] | None = None
        check_model(model, self._source.ids)
        self._refusal = ""
        self._job: Job | None = None
        self._pace: Pace | None = None
        self._asked: tuple[Tokens, int | None] | None = None
        self._result: Attribution | None = None
        self._first_picture = threading.Event()
        super().__init__()
        try:
            self.set_trait("tokens", _wire.pack_tokens(self._source))
            self.set_trait("text", self._source.text)
            for name, value in drawing.items():
                setattr(self, name, value)
            self.scope, self.granularity, self.rank = scope, granularity, rank
            self.position, self.target, self.foil = position, target, foil
        except BaseException:
            self.close()
            raise
        self._ready = True
        self._settle()

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 40 else self.text[:39] + "…"
        return f"JacobianWidget({text!r}, scope={self.scope!r}, position={self.position})"

    @property
    def attribution(self) -> Attribution:
        """The result that belongs to the traits as they are now; waits for it, and computes again what was cancelled.

        Raises:
            Exception: the error that ended the computation.
            RuntimeError: it was cancelled meanwhile, or an observer that runs inside the computation asks before
                anything is there.
        """
        worker = worker_of(self._model)
        with self._moved:
            if not worker.is_current_thread:
                if self._job is None or self._job.stopped:
                    self._settle()
                self._wait_until(lambda: self._job is None or self._job.finished)
            job, result = self._job, self._result
            if result is not None and self._answers(result):
                return result  # whatever became of another wish meanwhile
            if job is not None and job.finished and job.error is not None and not job.stopped:
                job.stop()  # the next one to ask tries again
                raise job.error
            if result is None or not self._fits(result):
                raise RuntimeError("the computation was cancelled; ask again, or set position or text.")
            return result

    def _wait_until(self, ended: Callable[[], bool]) -> None:
        """Wait without the guard, whoever holds it: the worker needs it to end. An interrupt cancels the job."""
        with self._moved:
            try:
                while not ended():
                    self._moved.wait(0.2)
            except KeyboardInterrupt:
                self._cancel()
                raise

    def _job_ended(self) -> None:
        with self._moved:
            self._moved.notify_all()

    @property
    def scores(self) -> NDArray[Any]:
        """The scores in the picture: float32, one per token, or one per group for a coarser `granularity`."""
        return self.attribution.scores(**self._question())

    def generate(self, max_new_tokens: int = MAX_NEW_TOKENS, **options: Any) -> str:
        """Let the model go on writing; `text` becomes the longer text, and each new token can be explained.

        The new tokens are the very ids that the model chose, marked in the view; in a chat they are the assistant's.
        Cancel, another text, or an interrupt ends the writing and leaves the text as it was.

        Args:
            max_new_tokens: at most so many; it ends earlier at EOS (not kept), and where the model's context is full.
            options: of `transformers`' `generate`, such as `do_sample=True, temperature=0.7`. Greedy by default.

        Returns:
            The text that was added.

        Raises:
            ValueError: the model's first token is EOS, its context is full, or an option is not known.
            RuntimeError: cancelled, or asked by an observer that runs inside the computation.
        """
        worker = worker_of(self._model)
        if worker.is_current_thread:
            raise RuntimeError("generate waits for the computation that this observer runs in; call it from a cell.")
        outcome: list[str | Exception] = []
        with self._guard:
            source, self._refusal, self._asked = self._source, "", None
            self._job = job = worker.submit(
                self, lambda job: self._write(job, source, outcome, max_new_tokens, options), self._job_ended
            )
            self._writing = (job, source)
            self._say("computing")
        self._wait_until(lambda: job.finished)
        result = outcome[0] if outcome else RuntimeError("the writing was cancelled; the text is as it was.")
        if isinstance(result, Exception):
            raise result
        return result

    def to_html(
        self, path: str | PathLike[str] | None = None, *, positions: Positions | None = None, title: str | None = None
    ) -> str | None:
        """The widget as one HTML file that needs no kernel and no network: everything in it works but new positions.

        Args:
            path: where to write it, ending in .html; None to get it as text.
            positions: further tokens to open with a click: "all", or a list of their indices (None in it for the next
                token). Each is computed here, and adds about 0.3 kB per token before it to the file: "all" makes some
                6 MB of 200 tokens.
            title: of the page; None for its question.

        Raises:
            ValueError, TypeError: a path or a position that is none; and as `attribution`.
        """
        attribution, wanted = self._settled(positions)
        further = (self._explained(attribution.source, k) for k in wanted)
        code = {"_esm": one_module(*view_code()), "panels": panels_code()}
        question = {**self._question(), **self._drawing()}
        page = html_page(self.get_state(), attribution, question, code=code, further=further, title=title)
        if path is None:
            return page
        write_page(page, path)
        return None

    def figure(
        self,
        path: str | PathLike[str] | None = None,
        scopes: ScopeName | str | Sequence[ScopeName | str] | None = None,
        **look: Any,
    ) -> Figure:
        """The picture as a paper's figure; see `Attribution.figure`.

        Args:
            path: ends in .pdf, .svg or .png.
            scopes: one below the other; None for the one in the picture. Target, foil, granularity and scale are the
                widget's.
            look: what else `Attribution.figure` takes: `width` in inches, `font_size`, `dark`, `dpi` …
        """
        own = {name: getattr(self, name) for name in ("target", "foil", "rank", "signed", "palette", "bars")}
        own |= {"granularity": self.granularity, "pattern": self.pattern, **self._drawing()}
        return self.attribution.figure(path, self.scope if scopes is None else scopes, **{**own, **look})

    @staticmethod
    def from_attribution(attribution: Attribution, **drawing: Any) -> JacobianWidget:
        """A widget of a result without its model, as loaded from a file: it computes nothing.

        Scopes and targets that the result holds can be chosen; what would need the model is said.

        Args:
            attribution: the result.
            drawing: as for `JacobianWidget`.
        """
        from jacobian_widget._stored import StoredWidget  # it extends this class

        if unknown := [name for name in drawing if name not in _DRAWING]:
            allowed = ", ".join(_DRAWING)
            raise TypeError(f"from_attribution got unknown keyword {', '.join(unknown)}; allowed are {allowed}.")
        return StoredWidget(attribution, **drawing)

    def open_tokens(self, source: Tokens, position: int | None) -> None:
        """Explain tokens whose ids and roles are to be kept as they are, such as those of a stored result.

        Raises:
            ValueError: ids that the model does not have, or more than its context holds.
        """
        check_model(self._model, source.ids)
        with self.hold_sync():
            self._kept = dict([*self._kept.items(), (source.text, source)][-_KEPT_TEXTS:])
            self.target = self.foil = self.position = None
            if self.text == source.text:
                self._take(source)
            else:
                self.text = source.text
            self.position = position

    def _drawing(self) -> dict[str, Any]:
        return {"scale": self.scale, "threshold": self.threshold, "vmax": self.vmax, "hide": self.hide}

    def _settled(self, positions: Positions | None) -> tuple[Attribution, list[int | None]]:
        """The result, once there is all that a page keeps, and the positions that it is to hold besides."""
        attribution = self.attribution
        source = attribution.source
        wanted = chosen_positions(positions, len(source), partial(check_position, source=source))
        self._finish_left_out()
        return attribution, [k for k in wanted if k != attribution.position]

    def _explained(
        self,
        source: Tokens,
        position: int | None,
        *,
        n_targets: int = _TARGETS,
        fisher_options: FisherOptions | None = None,
    ) -> Attribution:
        *_, last = stream(
            self._model,
            self._tokenizer,
            source,
            position=position,
            n_targets=n_targets,
            fisher_options=fisher_options or self._fisher,
        )
        return last

    def pin(self) -> None:
        """Keep the present picture in `pinned`, to compare the next ones with: other scopes, targets, positions, texts.

        Raises:
            Exception: see `attribution`.
        """
        attribution = self.attribution
        target = attribution.default_target if self.target is None else self.target
        foil = attribution.foil_of(target) if self.foil is None else self.foil
        question = {**self._question(), "target": target, "foil": foil, "rank": self.rank}
        self.pinned = pinned_picture(self.tokens, _wire.pack_basis(attribution), question)

    def unpin(self) -> None:
        """Forget the pinned picture."""
        self.pinned = {}

    def close(self) -> None:
        """Stop computing and close the views."""
        if hasattr(self, "_model"):
            worker_of(self._model).cancel(self)
            self._stop_panel()
            self._stop_left_out()
        super().close()

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """As in traitlets, and the computation waits: what it sets meanwhile would be lost."""
        with self._guard, super().hold_trait_notifications():
            yield

    @contextmanager
    def hold_sync(self) -> Iterator[None]:
        """As in ipywidgets, and the computation waits: what it sets meanwhile would be lost."""
        with self._guard, super().hold_sync():
            yield

    # What the browser sends

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the browser's wish; a value that is not allowed is refused with a message and sent back."""
        wish = {name: value for name, value in sync_data.items() if name in _wire.WISH}
        if "text" in wish:  # an example, whose target need not be one token of this vocabulary
            for name in ("target", "foil"):
                if isinstance(wish.get(name), str):
                    wish[name] = id_or_none(self._tokenizer, wish[name])
        with self._guard:
            self._refusal = ""
            try:
                for part in self._in_turn(wish):
                    super().set_state(part)
            except Exception as error:  # noqa: BLE001 - whatever a browser sends must not end in a lost message
                self._refusal = str(error)
                self._say("error")
        if refused := [name for name in sync_data if name in self.keys and sync_data[name] != getattr(self, name)]:
            self.send_state(refused)

    # Validation

    @t.validate("text")
    def _check_text(self, proposal: dict[str, Any]) -> str:
        with bad_values():
            self._read(proposal["value"])
        return str(proposal["value"])

    @t.validate("scope")
    def _check_scope(self, proposal: dict[str, Any]) -> str:
        with bad_values():
            return check_scope(proposal["value"])

    @t.validate("target", "foil")
    def _check_target(self, proposal: dict[str, Any]) -> int | None:
        value = proposal["value"]
        if value is None:
            return None
        with bad_values():
            return self._token_id(value)

    @t.validate("position")
    def _check_position(self, proposal: dict[str, Any]) -> int | None:
        with bad_values():
            return check_position(proposal["value"], self._read(self.text))

    @t.validate("rank")
    def _check_rank(self, proposal: dict[str, Any]) -> int | None:
        rank: int | None = proposal["value"]
        highest = highest_rank(self._model, self._fisher)
        if rank is not None and not 1 <= rank <= highest:
            raise BadValueError(
                f"rank must be a whole number from 1 to {highest}, or None for the whole trace; got {rank}."
            )
        return rank

    @t.validate("pattern")
    def _check_pattern(self, proposal: dict[str, Any]) -> str:
        if proposal["value"]:
            with bad_values():
                self._source.groups("regex", proposal["value"])
        return str(proposal["value"])

    @t.validate("granularity")
    def _check_granularity(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in GRANULARITIES:
            raise BadValueError(f"unknown granularity {proposal['value']!r}; choose one of {', '.join(GRANULARITIES)}.")
        return str(proposal["value"])

    # What follows from a change

    @t.observe("text")
    def _text_changed(self, change: dict[str, Any]) -> None:
        if not self._is_ready:
            return
        with self._guard:
            self._take(self._read(self.text))

    def _take(self, source: Tokens) -> None:
        with self.hold_sync():
            self._refusal = ""
            self._source = source
            self.tokens = _wire.pack_tokens(source, self.pattern)
            self._unmark()
            self._settle()
            self.ablated = []

    @t.observe("position", "target", "foil", "scope", "rank", "granularity")
    def _wish_changed(self, change: dict[str, Any]) -> None:
        if self._is_ready:
            self._refusal = ""
            self._settle()

    @t.observe("pattern")
    def _pattern_changed(self, change: dict[str, Any]) -> None:
        with self.hold_sync():
            self.tokens = _wire.pack_tokens(self._source, self.pattern)
            if self.granularity == "regex" and not self.pattern:
                self.granularity = "token"

    @t.observe("retries")
    def _retry_pressed(self, change: dict[str, Any]) -> None:
        self._forget_failures()
        self._settle()

    @t.observe("cancelled")
    def _cancel_pressed(self, change: dict[str, Any]) -> None:
        self._cancel()

    @t.observe("query")
    def _search(self, change: dict[str, Any]) -> None:
        found = search_vocabulary(self._tokenizer, self.query) if self.query else []
        result = self._result
        items = result.candidates([k for k in found if k < self._vocabulary]) if result else ()
        self.matches = {"query": self.query, "items": _wire.pack_predictions(items)}

    # The computation

    @property
    def _is_ready(self) -> bool:
        return getattr(self, "_ready", False)

    @property
    def _vocabulary(self) -> int:
        return target_count(self._model)

    def _token_id(self, value: int | str) -> int:
        return one_token_id(self._tokenizer, value, self._vocabulary)

    def _read(self, text: str) -> Tokens:
        if text == self._source.text:
            return self._source
        if text in self._kept:
            return self._kept[text]
        latest = getattr(self, "_latest_read", None)
        if latest is None or latest.text != text:
            latest = self._latest_read = read_tokens(self._model, self._tokenizer, text, n_bos=self._n_bos)
        return latest

    def _fits(self, result: Attribution) -> bool:
        return result.source == self._source and result.position == self.position

    def _question(self) -> dict[str, Any]:
        question: dict[str, Any] = {"scope": self.scope}
        if SCOPES[self.scope].needs_target:  # type: ignore[index]
            question["target"] = self.target
        if SCOPES[self.scope].needs_foil:  # type: ignore[index]
            question["foil"] = self.foil
        if self.scope == "fisher":
            question["rank"] = self.rank
        elif self.signed:
            question["signed"] = True
        if self.granularity != "token":
            question["granularity"] = self.granularity
        if self.granularity == "regex":
            question["pattern"] = self.pattern
        return question

    def _panel_wish(self) -> tuple[Worker, Callable[[Callable[..., None]], Ask]] | None:
        if not self._is_ready:
            return None
        wish = (self._model, self._tokenizer, self._source, self.position, self.scope, self.target, self.foil)
        more = (self.rank, self.signed, self.ablation, cast("tuple[int, ...]", tuple(self.ablated)))
        run = self.panel_run
        return worker_of(self._model), lambda interrupt: Ask(
            *wish, run, interrupt, *more, self._result, self._panel_kept
        )

    def _panel_tokens(self) -> int:
        return len(self._source)

    def _guess_tokens(self) -> int:
        return len(self._source) if self.position is None else self.position

    def _guess_pieces(self) -> tuple[str, str]:
        return self.granularity, self.pattern if self.granularity == "regex" else ""

    def _guess_picture(self) -> tuple[Attribution, dict[str, Any]] | None:
        result = self._result
        if result is None or not self._is_ready or not self._fits(result):
            return None  # what is not complete can be answered as soon as it is drawn
        return result, {**self._question(), "hide": self.hide}

    def _settle(self) -> None:
        """Make the result, and the open panel's data, catch up with the wish where they do not answer it already."""
        with self._guard:
            self._settle_result()
            self._settle_panel()
            self._settle_guess()

    def _settle_result(self) -> None:
        if self.position is not None and self.position >= len(self._source):
            self.position = None  # its observer settles
            return
        if self._writing is not None:
            job, text = self._writing
            if text is self._source and not job.done and not job.stopped:
                return  # what it writes will be explained
        wanted = (self._source, self.position)
        running = self._job is not None and not self._job.done and not self._job.stopped
        if running and self._asked == wanted:
            return  # the job looks at target and foil again before it ends
        result = self._result
        if not running and result is not None and self._answers(result):
            self._say("ready")
            return
        self._asked = wanted
        total = 0 if result is None else result.n_vjps
        self._job = worker_of(self._model).submit(self, self._compute, self._job_ended)
        self._say("computing", total=total)

    def _answers(self, result: Attribution) -> bool:
        return result.complete and self._fits(result) and not self._missing(result)

    def _missing(self, result: Attribution) -> list[int]:
        return [k for k in (self.target, self.foil) if k is not None and not result.knows(k)]

    def _compute(self, job: Job) -> None:
        with self._guard:
            source, position, result = self._source, self.position, self._result
        if position is not None and position >= len(source):
            raise Superseded  # the text became shorter; the wish that follows is on its way
        try:
            self._answer(job, source, position, result)
        except Superseded:
            raise
        except BaseException as error:
            with self._guard:
                if not job.stopped:
                    detail = "".join(traceback.format_exception(error))
                    message = str(error) or type(error).__name__
                    self._say("error", message=message, detail=detail)
                    self._asked = None
            raise
        finally:
            job.done = True
            self._first_picture.set()

    def _answer(
        self, job: Job, source: Tokens, position: int | None, result: Attribution | None, again: int = _CHANGES
    ) -> None:
        try:
            while True:
                if result is None or not result.complete or not self._fits(result):
                    result = self._streamed(job, source, position)
                with self._guard:
                    job.check()
                    missing = self._missing(result)
                    if not missing:
                        self._say("ready")
                        job.done = True
                        return
                self._publish(job, result := result.extended(*missing, progress=partial(self._progress, job)))
        except ModelChangedError:
            if not again:
                raise
        self._answer(job, source, position, None, again - 1)  # the answer is the changed model's

    def _streamed(self, job: Job, source: Tokens, position: int | None) -> Attribution:
        plan = foresee(self._model, source, position=position, n_targets=_TARGETS, fisher_options=self._fisher)
        self._pace = Pace(plan.seconds, plan.bytes)
        for step in stream(
            self._model,
            self._tokenizer,
            source,
            position=position,
            first=check_scope(self.scope),
            n_targets=_TARGETS,
            fisher_options=self._fisher,
            target=self.target,
            foil=self.foil,
            progress=partial(self._progress, job),
        ):
            self._publish(job, result := step)
        return result

    def _write(
        self, job: Job, source: Tokens, outcome: list[str | Exception], max_new_tokens: int, options: dict[str, Any]
    ) -> None:
        self._pace = None  # how many tokens come before the end is not to be foreseen
        try:
            longer = write_on(
                self._model, self._tokenizer, source, max_new_tokens, progress=partial(self._progress, job), **options
            )
            with self._guard:
                if self.text != source.text:
                    job.stop()  # another text was set, and its observer waits for the guard
                job.check()
                job.done = True
                self._kept = dict([*self._kept.items(), (longer.text, longer)][-_KEPT_TEXTS:])
                if longer.text == self.text:
                    self._take(longer)
                else:
                    self.text = longer.text
            outcome.append("".join(longer.pieces[len(source) :]))
        except Superseded:
            raise
        except Exception as error:  # noqa: BLE001 - for whoever asked; others wait here for an attribution
            outcome.append(error)
            with self._guard:
                job.done = True
                if not job.stopped:
                    self._settle()

    def _progress(self, job: Job, done: int, total: int) -> None:
        job.check()
        shown = self.status.get("done", 0) if self.status.get("state") == "computing" else 0
        if done - shown >= total / _PROGRESS_STEPS or self.status.get("total") != total:
            with self._guard:
                job.check()
                left = self._pace.left(done, total) if self._pace else {}
                self._say("computing", done=done, total=total, **left)

    def _publish(self, job: Job, result: Attribution) -> None:
        payload = _wire.pack_basis(result)
        with self._guard:
            job.check()
            self._result = result
            self.basis = payload
        self._first_picture.set()

    def _cancel(self) -> None:
        with self._guard:
            if self._job is not None and not self._job.done:
                worker_of(self._model).cancel(self)
                self._asked = None
                self._say("cancelled", message="Cancelled. Try again, or choose another token.")

    def _say(self, state: str, **parts: Any) -> None:
        if self._refusal:  # stays in sight while an earlier wish is still being computed
            state, parts = ("error" if state == "ready" else state), {**parts, "message": self._refusal}
        self.status = _wire.status(state, **parts)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        self._first_picture.wait(_FIRST_PICTURE_WAIT)
        data, metadata = bundle
        result = self._result if self._result and self._fits(self._result) else None
        still = {}
        if is_own(self.scope):  # the view knows the package's scopes, and would draw another one
            data.pop(VIEW, None)
            still["note"] = "Static picture: the interactive view draws only the scopes of the package, not your own."
        # Without its model: a scope that is still on its way is no reason to compute it here.
        data["text/html"] = static_html(
            self._source,
            result and result.detached(),
            {**self._question(), **self._drawing()},
            hidden=self.guess == "hidden",
            **still,
        )
        return data, metadata
