"""A result without its model, in the widget: every scope, target and panel that its Grams can answer."""

from __future__ import annotations

import threading
import warnings
from typing import TYPE_CHECKING, Any, Final

import traitlets as t

from jacobian_widget import _wire
from jacobian_widget._traits import BadValueError, bad_values
from jacobian_widget.scopes import SCOPES, check_scope
from jacobian_widget.session import FisherOptions
from jacobian_widget.widget import JacobianWidget

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution
    from jacobian_widget.tokens import Tokens

NOTE: Final = "This result was computed earlier; only its model could explain other tokens."


class StoredWidget(JacobianWidget):
    """The widget of a stored `Attribution`: nothing in it computes, and what cannot be answered is said.

    Args:
        attribution: the result.
        note: what to say where a model would be needed.
        drawing: as for `JacobianWidget`.
    """

    def __init__(self, attribution: Attribution, *, note: str = NOTE, **drawing: Any) -> None:
        self._note = note
        self._tokenizer = None
        self._fisher = FisherOptions()
        self._guard = threading.RLock()
        self._first_picture = threading.Event()
        self._first_picture.set()
        self._refusal = ""
        self._source, self._result = attribution.source, attribution.detached()
        super(JacobianWidget, self).__init__()
        try:
            self.show(attribution)
            for name, value in drawing.items():
                setattr(self, name, value)
        except BaseException:
            self.close()
            raise

    @property
    def attribution(self) -> Attribution:
        """The stored result."""
        assert self._result is not None
        return self._result

    def show(self, attribution: Attribution) -> None:
        """Show another stored result in the place of this one; what it is drawn by stays, and so does a pinned one."""
        with self.hold_sync():
            self._ready = False
            self._refusal = ""
            self._source, self._result = attribution.source, attribution.detached()
            try:
                self.tokens = _wire.pack_tokens(self._source, self.pattern)
            except ValueError:  # the pattern matches nothing at all in this text
                self.pattern, self.granularity = "", "token"
                self.tokens = _wire.pack_tokens(self._source)
            self.target = self.foil = self.rank = self.position = None
            self.ablated = []
            self._unmark()
            self.set_trait("text", self._source.text)
            self.position = attribution.position
            if not self._knows(self.scope):
                self.scope = next((name for name in SCOPES if self._knows(name)), "semantic")
            timed = {} if attribution.seconds else {"n_vjps": 0}  # what it took is said, or nothing is
            self.basis = {**_wire.pack_basis(self._result), **timed}
            self._ready = True
            self._settle_result()

    def generate(self, *_: Any, **__: Any) -> str:
        """Not without a model.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError(self._note)

    # Validation: what is stored, and nothing else

    @t.validate("scope")
    def _check_scope(self, proposal: dict[str, Any]) -> str:
        with bad_values():
            name = check_scope(proposal["value"])
        if not self._knows(name):
            raise BadValueError(f"{SCOPES[name].title} was not stored. {self._note}")
        return name

    def _token_id(self, value: int | str) -> int:
        k = self.attribution.resolve(value)
        if not self.attribution.knows(k):
            raise ValueError(f"token {k} is not among the targets that were stored. {self._note}")
        return k

    @t.validate("position")
    def _check_position(self, proposal: dict[str, Any]) -> int | None:
        if self._is_ready and proposal["value"] != self.attribution.position:
            raise BadValueError(self._note)
        position: int | None = proposal["value"]
        return position

    @t.validate("rank")
    def _check_rank(self, proposal: dict[str, Any]) -> int | None:
        rank: int | None = proposal["value"]
        if rank is not None:
            with bad_values():
                self.attribution.scores("fisher", rank=rank)
        return rank

    def _read(self, text: str) -> Tokens:
        if text != self._source.text:
            raise ValueError(self._note)
        return self._source

    def _knows(self, scope: str) -> bool:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.attribution.scores(scope)
        except ValueError:
            return False
        return True

    # What would need a model

    @t.observe("query")
    def _search(self, change: dict[str, Any]) -> None:
        asked = self.query.strip().casefold()
        items = [p for p in self.attribution.predictions if asked and asked in p.token.casefold()]
        self.matches = {"query": self.query, "items": _wire.pack_predictions(items)}

    def _explained(self, source: Tokens, position: int | None, **_: Any) -> Attribution:
        raise ValueError(self._note)

    def _settle(self) -> None:
        self._settle_result()

    def _panel_wish(self) -> None:
        """There is no model to ask."""

    def _settle_panel(self) -> None:
        """Panels that compute are still; the others need nobody."""

    def _settle_result(self) -> None:
        if self._is_ready and self.position != self.attribution.position:  # None is not validated
            self.position = self.attribution.position
        self._say("saved")

    def _cancel(self) -> None:
        """Nothing runs."""

    def _say(self, state: str, **parts: Any) -> None:
        self.status = _wire.status("saved", message=self._refusal or self._note)
