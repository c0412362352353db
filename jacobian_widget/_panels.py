"""The panels beside the text: their code, sent when one is first opened, and the data that each asks the model for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import traitlets as t

from jacobian_widget._bundle import self_unpacking_panels
from jacobian_widget._pinned import check_pinned
from jacobian_widget._traits import BadValueError, WholeNumber, bad_values, indices
from jacobian_widget._worker import Job, Superseded, Worker
from jacobian_widget.ablation import check_ablation
from jacobian_widget.tokens import Tokens

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution

PANELS = ("", "compare", "check", "map", "series", "examples", "help", "save")
_CODE = Path(__file__).parent / "static" / "panels.js"
_DATA = {
    "check": "jacobian_widget._check",
    "map": "jacobian_widget._map",
    "series": "jacobian_widget._series",
}
"""Panels that need the model, and the module of each; loaded when first asked for."""
_TURN_SECONDS = 2.0
"""How long a panel computes before it lets another widget's panel have its turn."""


@dataclass(frozen=True)
class Ask:
    """What a panel's data is about, and how to find out that nobody wants it any more."""

    model: Any
    tokenizer: Any
    source: Tokens
    position: int | None
    scope: str
    target: int | None
    foil: int | None
    run: bool
    """Whether what takes long may be computed."""
    interrupt: Callable[..., None]
    """Raises when somebody else waits for the model, or nobody wants the data; call it between steps."""
    rank: int | None = None
    signed: bool = False
    ablation: str = "zero"
    ablated: tuple[int, ...] = ()
    """Tokens whose joint ablation is asked for."""
    result: Attribution | None = None
    """The widget's newest result, whatever it is of."""
    kept: dict[Hashable, Any] = field(default_factory=dict)
    """The widget's own, for what a panel wants to find again after another question."""


class PanelData(Protocol):
    """A module that computes the data of one panel."""

    trait: str
    """The trait that takes the payload."""

    def key(self, ask: Ask) -> Hashable:
        """What the data depends on; the same value means that it is still good."""

    # Optional: `request(ask)`, what is asked beside the key.

    def compute(self, ask: Ask, before: Any) -> Iterator[tuple[dict[str, Any], Any]]:
        """Yield payloads, each with the state to go on from; `before` is the last one for the same key, or None.

        A state whose `more` is true can go on once `run` is allowed; one without `more` is complete.
        """


@dataclass
class _Known:
    key: Hashable
    state: Any = None
    complete: Hashable = None
    """The request that is answered; None while one is not."""
    failed: bool = False


class Panels(t.HasTraits):
    """One panel may be open; what it needs is computed while it is, behind everything else."""

    panel = t.Unicode("").tag(sync=True)
    """The open panel: "compare", "check", "map", "series", "examples", "help", "save", or "" (default) for none.
    Written by both sides."""

    panel_run = t.Bool(False).tag(sync=True)
    """Whether the open panel may compute what takes long: its Compute button sets it, Stop takes it back. Default
    False. Written by both sides."""

    pinned = t.Dict().tag(sync=True)
    """A picture kept to compare the present one with: `tokens`, `basis` and `question`. Default empty. Written by both
    sides."""

    panels = t.Unicode("").tag(sync=True)
    """The code of the panels, once one was opened; before, that of guess mode, once it was on. Written by Python."""

    map = t.Dict().tag(sync=True)
    """The map as far as it is computed (see `_wire.pack_map`). Written by Python."""

    series = t.Dict().tag(sync=True)
    """The predicted next values of a series (see `_wire.pack_series`). Written by Python."""

    check = t.Dict().tag(sync=True)
    """What ablation says about the picture (see `_wire.pack_check`). Written by Python."""

    ablation = t.Unicode("zero").tag(sync=True)
    """How the check takes tokens away, a key of `ablation.ABLATIONS`: "zero" (default), "mean", "pad", "bos" or
    "remove". Written by both sides."""

    ablated = t.List(WholeNumber()).tag(sync=True)
    """Indices of the tokens that the check takes away together, to see the prediction without them. Default none; a new
    text has none. Written by both sides."""

    _guard: threading.RLock
    """Held wherever a trait is set from the worker's thread. Taken before `_panel_guard`, never inside it."""
    _panel_job: tuple[Job, Hashable] | None = None  # a widget whose constructor failed is closed too

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._panel_owner = object()
        self._panel_guard = threading.RLock()
        self._panel_known: dict[str, _Known] = {}
        self._panel_kept: dict[Hashable, Any] = {}
        super().__init__(*args, **kwargs)

    @t.validate("pinned")
    def _check_pinned(self, proposal: dict[str, Any]) -> dict[str, Any]:
        with bad_values():
            return check_pinned(proposal["value"])

    @t.validate("panel")
    def _check_panel(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in PANELS:
            raise BadValueError(f"unknown panel {proposal['value']!r}; choose one of {', '.join(PANELS[1:])}, or ''.")
        return str(proposal["value"])

    @t.validate("ablation")
    def _check_ablation(self, proposal: dict[str, Any]) -> str:
        with bad_values():
            return check_ablation(proposal["value"])

    @t.validate("ablated")
    def _check_ablated(self, proposal: dict[str, Any]) -> list[int]:
        count = self._panel_tokens()
        return indices("ablated", proposal["value"], count, f"the text's {count} tokens")

    @t.observe("ablation", "ablated", "signed")
    def _check_changed(self, change: dict[str, Any]) -> None:
        self._settle_panel()

    @t.observe("panel")
    def _panel_opened(self, change: dict[str, Any]) -> None:
        with self.hold_trait_notifications():
            if self.panel:  # in the place of the little that guess mode needs
                self.set_trait("panels", self_unpacking_panels(panels_code()))
            self.panel_run = False
        self._forget_failures()
        self._settle_panel()

    @t.observe("panel_run")
    def _panel_allowed(self, change: dict[str, Any]) -> None:
        if not self.panel_run:
            self._stop_panel()
        else:
            self._forget_failures()
        self._settle_panel()

    def _panel_wish(self) -> tuple[Worker, Callable[[Callable[..., None]], Ask]] | None:
        """The model's worker, and the question with an interrupt put in; None before there is anything to ask."""
        raise NotImplementedError

    def _panel_tokens(self) -> int:
        """How many tokens the text has."""
        raise NotImplementedError

    def _forget_failures(self) -> None:
        """What failed is tried again when it is next wanted."""
        with self._panel_guard:
            self._panel_known = {name: known for name, known in self._panel_known.items() if not known.failed}

    def _stop_panel(self) -> None:
        if self._panel_job is not None:
            self._panel_job[0].stop()
            self._panel_job = None

    def _settle_panel(self) -> None:
        """Make the open panel's data catch up with the wish."""
        with self._panel_guard:
            self._settle_open_panel()

    def _settle_open_panel(self) -> None:
        name = _DATA.get(self.panel)
        wish = self._panel_wish() if name else None
        if name is None or wish is None:
            self._stop_panel()
            return
        worker, ask = wish
        data = cast("PanelData", import_module(name))
        asked = ask(_never)
        request = _request(data, asked)
        key = (data.key(asked), self.panel_run, request)
        known = self._panel_known.get(self.panel)
        if known is not None and known.key == key[0] and known.complete == request:
            self._stop_panel()
            return
        if self._panel_job is not None and self._panel_job[1] == key and not self._panel_job[0].finished:
            return
        if known is None or known.key != key[0]:
            if known is not None and self.panel_run:
                self.panel_run = False  # it was asked for something else; the observer settles
                return
            self._panel_known[self.panel] = known = _Known(key[0])
        run = partial(self._compute_panel, worker, ask, data, known)
        self._panel_job = worker.submit(self._panel_owner, run, lambda: None, behind=True), key

    def _compute_panel(
        self, worker: Worker, ask: Callable[[Callable[..., None]], Ask], data: PanelData, known: _Known, job: Job
    ) -> None:
        turn = Turn(worker, job)
        asked = ask(turn.interrupt)
        try:
            for payload, state in data.compute(asked, known.state):
                job.check()
                known.state = state
                with self._guard:
                    self.set_trait(data.trait, payload)
                turn.recorded(state)
            known.complete = None if getattr(known.state, "more", False) else _request(data, asked)
        except GiveWay:
            with self._panel_guard:
                if not job.stopped and self._panel_job is not None and self._panel_job[0] is job:
                    run = partial(self._compute_panel, worker, ask, data, known)
                    again = worker.submit(self._panel_owner, run, lambda: None, behind=True)
                    self._panel_job = again, self._panel_job[1]
        except Superseded:
            raise
        except Exception as error:
            if not job.stopped:
                with self._panel_guard:
                    known.complete, known.failed = _request(data, asked), True
                    if self._panel_job is not None and self._panel_job[0] is job:
                        self._panel_job = None  # whoever reads of the error may ask again at once
                with self._guard:
                    said = {"error": str(error) or type(error).__name__}
                    self.set_trait(data.trait, {**getattr(self, data.trait), **said})
            raise


class Turn:
    """One turn of a job that is behind: when it lets others have theirs."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self._worker, self._job = worker, job
        self._started = time.monotonic()

    def interrupt(self, *_: object) -> None:
        """At every step: give way to all that is not a panel."""
        self._job.check()
        if self._worker.crowded:
            raise GiveWay

    def recorded(self, state: object) -> None:
        """Where something was recorded: give way to another panel too. At every step, two would never get anywhere."""
        unfinished = getattr(state, "more", False)
        if unfinished and self._worker.queued and time.monotonic() - self._started > _TURN_SECONDS:
            raise GiveWay


class GiveWay(Superseded):
    """Somebody waits for the model: the job goes to the end of the queue."""


def panels_code() -> str:
    """The panels' JavaScript module."""
    return _CODE.read_text("utf-8")


def _request(data: PanelData, asked: Ask) -> Hashable:
    """What is asked beside the key: another request goes on from the same state. A panel need not have any."""
    return getattr(data, "request", lambda _: ())(asked)


def _never(*_: object) -> None: ...
