"""Attribution: the frozen result of probing one prediction, and every score that follows from it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from jacobian_widget import latex, written
from jacobian_widget import scopes as scope_table
from jacobian_widget.figure import draw
from jacobian_widget.picture import picture_of
from jacobian_widget.scopes import SCOPES, Direction, ScopeName
from jacobian_widget.tokens import Granularity, Tokens, one_token_id

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from torch import Tensor

    from jacobian_widget.backward import Progress
    from jacobian_widget.session import Session

Floats = NDArray[np.float32]
Target: TypeAlias = "int | str | Sequence[int | str]"
DEGENERATE_MESSAGE = (
    "Temperature says nothing about this model: its confidence β = ‖y‖ does not depend on the input (a final norm "
    "without a gain, or one folded into the unembedding). Use the Entropy scope instead."
)


class DegenerateScopeWarning(UserWarning):
    """Temperature says nothing about this model: its confidence β does not depend on the input."""


@dataclass(frozen=True)
class Prediction:
    """One candidate for the explained position."""

    id: int
    """Its vocabulary id."""
    token: str
    """The text it stands for, with its leading space."""
    label: str
    """The same, with white space made visible."""
    p: float
    """Probability."""
    logit: float
    """`z`, after whatever the model does to its logits."""


@dataclass(frozen=True)
class Basis:
    """Inner products of the VJPs of `m` directions, for `T` text tokens."""

    directions: tuple[Direction, ...]
    gram: Floats
    """`[T, m(m+1)/2]`, the lower triangle of each token's Gram matrix, row by row."""
    gram_bos: Floats
    """`[m(m+1)/2]`, summed over the BOS tokens."""
    signed: Floats
    """`[T, m]`, `⟨J_tᵀv_i, x_t⟩`."""

    def squares(self, c: Mapping[int, float]) -> tuple[NDArray[np.float64], float]:
        """`cᵀG_t c` for every token `[T]` and for the BOS tokens together, in float64."""
        total, bos = np.zeros(len(self.gram)), 0.0
        for i, a in c.items():
            for j, b in c.items():
                at = i * (i + 1) // 2 + j if i >= j else j * (j + 1) // 2 + i
                total += a * b * self.gram[:, at].astype(np.float64)
                bos += a * b * float(self.gram_bos[at])
        return np.maximum(total, 0), max(bos, 0.0)

    def products(self, c: Mapping[int, float]) -> NDArray[np.float64]:
        """Gradient × input `[T]`: `cᵀa_t`, in float64."""
        total = np.zeros(len(self.signed))
        for i, a in c.items():
            total += a * self.signed[:, i].astype(np.float64)
        return total


@dataclass(frozen=True)
class Fisher:
    """`tr(J_tᵀ F J_t)` per token: the top `r` eigen-directions one by one, and the rest."""

    spectrum: Floats
    """`[T, r]`, `λ_i ‖J_tᵀu_i‖²` in nats, largest `λ` first."""
    spectrum_bos: Floats
    """`[r]`, summed over the BOS tokens."""
    remainder: Floats
    """`[T]`, unbiased estimate of the rest; 0 when `exact`."""
    remainder_bos: float
    standard_error: Floats
    """`[T]`, of the trace; 0 when `exact`."""
    dimension: int
    """`d`, the number of directions there are."""
    captured: Floats
    """`[r]`, share of `tr F` in the top 1 … r, 0 to 1."""
    exact: bool
    n_directions: int = 0
    """VJPs taken for it."""
    rtol: float = 0.0
    """Largest standard error as a share of the score, among the half of the tokens with the highest scores."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """Which earlier tokens moved one prediction, under every scope.

    Made by `attribute()`. The scores of all linear scopes are quadratic forms of `basis`; a target or scope that
    was not asked for is computed on demand with the VJPs it needs, as long as the model is at hand (not after
    `load`).
    """

    source: Tokens
    """The text as tokens, with its BOS and its roles."""
    position: int | None
    """Index of the token explained; None for the token after the text."""
    basis: Basis
    """The Grams of which every linear scope is a quadratic form."""
    fisher: Fisher | None
    """The Fisher scope; None where it was not asked for."""
    predictions: tuple[Prediction, ...]
    """Likeliest next tokens, likeliest first, then every further token that was named."""
    default_target: int
    """The token at `position`, or the likeliest when it lies beyond the text."""
    chosen_foil: int | None
    """The foil that was named; None for the likeliest token that is not the target."""
    entropy: float
    """`H(p)` in nats."""
    beta: float
    """`β = ‖y‖`."""
    degenerate: bool
    """β does not depend on the input, so Temperature scores are all about 0."""
    model: str
    """Name of the model, as its configuration gives it, or its class."""
    seconds: float
    """What the computation took."""
    complete: bool = True
    """False while further scopes are on their way (only inside the widget)."""
    _vjps: int = 0
    _session: Session | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        scopes = ", ".join(dict.fromkeys(kind for kind, _ in self.basis.directions))
        where = "the next token" if self.position is None else f"token {self.position}"
        fisher = ", fisher" if self.fisher else ""
        return f"<Attribution of {where} of {len(self.source)}, {self.model}, {self.n_vjps} VJPs: {scopes}{fisher}>"

    @property
    def tokens(self) -> list[str]:
        """The text of each token; joined they give the text."""
        return list(self.source.pieces)

    @property
    def input_ids(self) -> list[int]:
        """`[T]`, BOS not among them."""
        return list(self.source.ids)

    @property
    def end(self) -> int:
        """Tokens before this index have scores; the rest cannot have caused the prediction and score 0."""
        return len(self.source) if self.position is None else self.position

    @property
    def n_vjps(self) -> int:
        """VJPs taken so far."""
        return self._session.probe.n_vjps if self._session else self._vjps

    @property
    def default_foil(self) -> int:
        """The likeliest token that is not the default target."""
        return self.foil_of(self.default_target)

    def foil_of(self, target: int) -> int:
        """The foil that was named, else the likeliest token that is not `target`."""
        if self.chosen_foil not in (None, target):
            return self.chosen_foil
        return next((c.id for c in self.predictions if c.id != target), target)

    def scores(
        self,
        scope: ScopeName | str = "semantic",
        *,
        target: Target | None = None,
        foil: Target | None = None,
        rank: int | None = None,
        v: Tensor | Callable[[Tensor], Tensor] | None = None,
        span: tuple[int, int] | None = None,
        granularity: Granularity | None = None,
        pattern: str | None = None,
        signed: bool = False,
    ) -> Floats:
        """Scores of `scope`, 0 at and after the position.

        Args:
            scope: a key of `jacobian_widget.SCOPES`, which also gives its formula and unit.
            target: a token id, a string that is exactly one token, or a list of these: then the logarithm of their
                summed probability (log-probability) or of their summed `exp(logit)` (semantic, contrast). Default:
                the token at `position`, or the likeliest when it lies beyond the text.
            foil: the same, for Contrast. Default: the likeliest token that is not the target.
            rank: for Fisher, the number of top eigen-directions; None for the whole trace.
            v: instead of a scope, a direction of one's own in hidden space: a tensor `[d]`, or a function of the
                final hidden state `y` `[d]` whose value is a scalar and whose gradient is the direction. The unit is
                that of the function. One VJP, not kept.
            span: instead of a scope, `(start, stop)`: the log-probability of the tokens `start` … `stop - 1` of the
                text together, whatever `position` is, in nats per unit embedding norm. One VJP, not kept.
            granularity: None for one score per token; else one per group of `source.groups(granularity)`, the joint
                influence of its tokens: perturbed together with total norm 1.
            pattern: with granularity "regex", the regular expression whose matches are the groups.
            signed: gradient × input `⟨J_tᵀv, x_t⟩` instead of the norm `‖J_tᵀv‖`: how much the asked quantity changes,
                to first order, when the token's embedding `x_t` doubles; below zero where that lowers it. Sums over a
                group, in the scope's unit without "per unit embedding norm". Not for Fisher, `v` or `span`.

        Returns:
            float32 `[T]`, or one per group.

        Raises:
            ValueError: unknown scope or granularity, a pattern that is none (see `Tokens.groups`), a target that is
                not one token, a rank or span out of range, a `v` of another shape, a sign where there is none, or a
                result loaded from a file that does not hold what is asked for.
        """
        if signed:
            if v is not None or span is not None:
                raise ValueError("signed is for the scopes; a direction v or a span gives norms only.")
            values = self._products(scope, target, foil, rank)
        else:
            values, _ = self._values(scope, target, foil, rank, v, span)
        if granularity is None and pattern is None:
            return values.astype(np.float32)
        starts = self._starts(granularity, pattern)
        if not starts:
            return np.zeros(0, np.float32)
        if signed:
            return np.add.reduceat(values, starts).astype(np.float32)
        if scope == "fisher" and v is None and span is None:
            return np.add.reduceat(values, starts).astype(np.float32)
        return np.sqrt(np.add.reduceat(values**2, starts)).astype(np.float32)

    def shares(
        self,
        scope: ScopeName | str = "semantic",
        *,
        target: Target | None = None,
        foil: Target | None = None,
        rank: int | None = None,
        v: Tensor | Callable[[Tensor], Tensor] | None = None,
        span: tuple[int, int] | None = None,
        granularity: Granularity | None = None,
        pattern: str | None = None,
    ) -> tuple[Floats, float]:
        """Share of the whole influence, BOS included: per token or group, and of the BOS tokens together.

        Linear scopes: of the squared scores, which add over tokens; Fisher: of the trace. So shares of groups add.
        """
        values, bos = self._values(scope, target, foil, rank, v, span)
        squared = scope != "fisher" or v is not None or span is not None
        parts, rest = (values**2, bos**2) if squared else (values, bos)
        total = float(parts.sum()) + rest
        if (granularity, pattern) != (None, None) and len(parts):
            parts = np.add.reduceat(parts, self._starts(granularity, pattern))
        if total <= 0:
            return np.zeros(len(parts), np.float32), 0.0
        return (parts / total).astype(np.float32), rest / total

    def role_shares(
        self,
        scope: ScopeName | str = "semantic",
        *,
        target: int | str | None = None,
        foil: int | str | None = None,
        rank: int | None = None,
    ) -> dict[str, float]:
        """Share of the whole influence that each role of a chat holds, as in `shares`; together 1.

        Keys: the roles of the messages in their order, `"template"` for the tokens that the chat template wrote, and
        `"BOS"` where BOS tokens stand before the text. Without a chat, all tokens are `"text"`.
        """
        shares, bos = self.shares(scope, target=target, foil=foil, rank=rank)
        found: dict[str, float] = {}
        for role, share in zip(self.source.roles or ["text"] * len(shares), shares, strict=True):
            found[role] = found.get(role, 0.0) + float(share)
        return {**found, "BOS": bos} if self.source.bos else found

    def standard_error(self, scope: ScopeName | str = "fisher", *, rank: int | None = None) -> Floats:
        """Standard error of each score, float32 `[T]`: of the Fisher trace where it is an estimate, else 0."""
        name = scope_table.check_scope(scope)
        if name != "fisher" or rank is not None:
            return np.zeros(len(self.source), np.float32)
        return self._with_fisher().standard_error.copy()

    def to_dataframe(self) -> pd.DataFrame:
        """One row per token: `token`, `id`, `role` in a chat, and for the default target each scope computed."""
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_dataframe needs pandas. Run: pip install pandas") from error

        columns: dict[str, Any] = {"token": self.tokens, "id": self.input_ids}
        if self.source.roles:
            columns["role"] = list(self.source.roles)
        for name in SCOPES:
            if name == "fisher":
                if self.fisher is not None:
                    columns["fisher"] = self.scores("fisher")
                    columns["fisher_standard_error"] = self.standard_error("fisher")
                continue
            pair = {self.default_target: 1.0}, {self.default_foil: 1.0}
            if scope_table.combination(name, *pair, self.basis.directions) is not None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DegenerateScopeWarning)
                    columns[name] = self.scores(name)
        return pd.DataFrame(columns)

    def to_csv(self, scope: ScopeName | str = "semantic", **question: Any) -> str:
        """A table of the pieces as CSV; `question` as in `picture_of`: target, foil, granularity, hide and so on."""
        return written.to_csv(picture_of(self, scope, **question))

    def to_json(self, scope: ScopeName | str = "semantic", **question: Any) -> str:
        """The pieces with score, share and standard error as JSON; `question` as in `picture_of`."""
        return written.to_json(picture_of(self, scope, **question))

    def to_markdown(self, scope: ScopeName | str = "semantic", **question: Any) -> str:
        """The text, its strongest words bold, and a table of the strongest; `question` as in `picture_of`."""
        return written.to_markdown(picture_of(self, scope, **question))

    def to_latex(self, scope: ScopeName | str = "semantic", **question: Any) -> str:
        """A coloured block for a LaTeX document that loads xcolor; `question` as in `picture_of`."""
        return latex.to_latex(picture_of(self, scope, **question))

    def figure(
        self,
        path: str | PathLike[str] | None = None,
        scopes: ScopeName | str | Sequence[ScopeName | str] = "semantic",
        *,
        width: float = 6.0,
        font_size: float = 9.0,
        dark: bool = False,
        palette: str = "blue",
        bars: bool = True,
        family: str | None = None,
        dpi: int = 300,
        **question: Any,
    ) -> Figure:
        """A paper's figure: the coloured text of each scope, one below the other, with its question and its legend.

        Args:
            path: ends in .pdf, .svg or .png; None draws it only.
            scopes: keys of `jacobian_widget.SCOPES`.
            width: in inches; a column of a paper is about 3.3, a page 6.
            font_size: of the text in points; captions are a little smaller.
            dark: light words on a dark ground.
            palette: "blue", "purple", "green" or "grey".
            bars: the underline that grows with the score.
            family: a font to try first. Characters it lacks come from others; what none has is drawn as a box.
            dpi: of a .png.
            question: as in `picture_of`; each scope takes of it what it needs.

        Raises:
            ImportError: matplotlib is not installed.
            ValueError: as `scores`; or another suffix, palette or size, or a text of more than 20,000 characters.
        """
        pictures = [picture_of(self, scope, **question) for scope in ([scopes] if isinstance(scopes, str) else scopes)]
        return draw(
            pictures,
            path,
            width=width,
            font_size=font_size,
            dark=dark,
            palette=palette,
            bars=bars,
            family=family,
            dpi=dpi,
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write the result to `path` (NumPy's npz; nothing in it is executed on loading)."""
        from jacobian_widget.saved import write  # it knows the classes of this file

        write(self, path)

    @staticmethod
    def load(path: str | PathLike[str]) -> Attribution:
        """Read a result that `save` wrote.

        Raises:
            ValueError: the file is not one, or of a later format.
        """
        from jacobian_widget.saved import read

        return read(path)

    def resolve(self, target: int | str) -> int:
        """The vocabulary id of `target`, a token id or a string that is exactly one token.

        Raises:
            ValueError, TypeError: it is none; the message says what it splits into.
        """
        if self._session is not None:
            return one_token_id(self._session.tokenizer, target, self._session.vocabulary)
        if isinstance(target, str):
            for candidate in self.predictions:
                if target in (candidate.token, candidate.label):
                    return candidate.id
            raise ValueError(
                f"target {target!r} is not among the tokens this saved result knows "
                f"({', '.join(repr(c.token) for c in self.predictions[:8])}, …); give a token id, or attribute() again."
            )
        return one_token_id(None, target, 2**31)

    def detached(self) -> Attribution:
        """This result without its model: it computes nothing more, and holds neither model nor graph."""
        return replace(self, _vjps=self.n_vjps, _session=None)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_vjps": self.n_vjps, "_session": None}

    def knows(self, target: int) -> bool:
        """Whether `target` is in the basis, so that its scores need no further VJP."""
        return ("log_probability", target) in self.basis.directions

    def extended(self, *targets: int, progress: Progress | None = None) -> Attribution:
        """This result with `targets` in its basis and its predictions; one more VJP for each that is new.

        Of the targets added so, the latest few stay: the Grams grow with the square of their number. `progress` is
        called as in `attribute`.

        Raises:
            ValueError: a result loaded from a file cannot be extended.
        """
        new = [k for k in targets if not self.knows(k)]
        if not new:
            return self
        session = self._needs_model(f"target {new[0]}")
        forgotten = session.remember(new) - set(targets)
        directions: list[Direction] = [("log_probability", k) for k in new]
        directions += [d for d in self.basis.directions if d[0] != "log_probability" or d[1] not in forgotten]
        shown = tuple(c for c in self.predictions if c.id not in forgotten)
        known = {c.id for c in shown}
        return replace(
            self,
            basis=session.basis(directions, progress),
            predictions=shown + session.predictions([k for k in new if k not in known]),
        )

    def candidates(self, ids: Sequence[int]) -> tuple[Prediction, ...]:
        """Probability and logit, at the explained position, of any vocabulary ids.

        Raises:
            ValueError: a result loaded from a file cannot answer.
        """
        return self._needs_model("the probability of other tokens").predictions(ids)

    def _values(
        self,
        scope: str,
        target: Target | None,
        foil: Target | None,
        rank: int | None,
        v: Tensor | Callable[[Tensor], Tensor] | None = None,
        span: tuple[int, int] | None = None,
    ) -> tuple[NDArray[np.float64], float]:
        if v is not None or span is not None:
            if (v is not None and span is not None) or (target, foil, rank) != (None, None, None):
                raise ValueError("give either v, or span, or a scope with its target, foil and rank.")
            if v is not None:
                squares, bos = self._needs_model("a direction v").own(v)
            else:
                squares, bos = self._needs_model(f"span {span}").span(*_checked_span(span))
            return np.sqrt(squares), bos**0.5
        name = scope_table.check_scope(scope)
        if name == "fisher":
            return self._fisher_values(rank)
        _check_no_rank(name, rank)
        basis, c = self._combined(name, target, foil)
        squares, bos = basis.squares(c)
        return np.sqrt(squares), bos**0.5

    def _products(
        self, scope: str, target: Target | None, foil: Target | None, rank: int | None
    ) -> NDArray[np.float64]:
        name = scope_table.check_scope(scope)
        if name == "fisher":
            raise ValueError(
                "signed is not for Fisher: it sums squares over many directions, each of which could as well point the "
                "other way. Use signed with a scope of one direction, such as 'semantic' or 'log_probability'."
            )
        _check_no_rank(name, rank)
        basis, c = self._combined(name, target, foil)
        return basis.products(c)

    def _combined(
        self, name: ScopeName, target: Target | None, foil: Target | None
    ) -> tuple[Basis, Mapping[int, float]]:
        """A basis, and the combination of its directions that is the scope's."""
        if name == "temperature" and self.degenerate:
            warnings.warn(DEGENERATE_MESSAGE, DegenerateScopeWarning, stacklevel=4)
        wanted = self._weights(self.default_target if target is None else target)
        other = self._weights(self.foil_of(next(iter(wanted))) if foil is None else foil)
        basis = self.basis
        c = scope_table.combination(name, wanted, other, basis.directions)
        if c is None:
            session = self._needs_model(f"scope {name!r} for target {', '.join(map(str, wanted))}")
            basis = session.basis(scope_table.needed([name], wanted, other))
            c = scope_table.combination(name, wanted, other, basis.directions)
            assert c is not None
        return basis, c

    @property
    def session(self) -> Session:
        """The model, the probe and the settings behind this result.

        Raises:
            ValueError: the result was loaded from a file.
        """
        return self._needs_model("what was asked for")

    def _weights(self, target: Target) -> dict[int, float]:
        """The vocabulary ids of `target`, each with its share of their summed probability."""
        if isinstance(target, (int, str, np.integer)):
            return {self.resolve(target): 1.0}
        ids = list(dict.fromkeys(self.resolve(k) for k in target))
        if not ids:
            raise ValueError("target is an empty list; name at least one token.")
        known = {c.id: c.logit for c in self.predictions}
        if not all(k in known for k in ids):
            known = {c.id: c.logit for c in self.candidates(ids)}
        logits = np.array([known[k] for k in ids])
        shares = np.exp(logits - logits.max())
        return dict(zip(ids, (shares / shares.sum()).tolist(), strict=True))

    def _fisher_values(self, rank: int | None) -> tuple[NDArray[np.float64], float]:
        fisher = self._with_fisher()
        r = fisher.spectrum.shape[1]
        if rank is None:
            whole = fisher.spectrum.astype(np.float64).sum(1) + fisher.remainder
            return whole, float(fisher.spectrum_bos.sum()) + fisher.remainder_bos
        if isinstance(rank, bool) or not isinstance(rank, (int, np.integer)) or not 1 <= rank <= r:
            raise ValueError(
                f"rank must be a whole number from 1 to {r}, or None for the whole trace; got {rank!r}. "
                f"For more eigen-directions of the {fisher.dimension} there are, use attribute(..., n_eigen=…)."
            )
        return fisher.spectrum[:, :rank].astype(np.float64).sum(1), float(fisher.spectrum_bos[:rank].sum())

    def _with_fisher(self) -> Fisher:
        return self.fisher or self._needs_model("scope 'fisher'").fisher()

    def _needs_model(self, what: str) -> Session:
        if self._session is None:
            raise ValueError(f"{what} is not in this saved result and its model is not at hand; attribute() again.")
        return self._session

    def _starts(self, granularity: Granularity | None, pattern: str | None) -> list[int]:
        return list(self.source.groups("token" if granularity is None else granularity, pattern))


def _check_no_rank(name: str, rank: int | None) -> None:
    if rank is not None:
        raise ValueError(f"rank is for the Fisher scope; got rank={rank!r} with scope {name!r}.")


def _checked_span(span: object) -> tuple[int, int]:
    if not (isinstance(span, (tuple, list)) and len(span) == 2 and all(isinstance(k, int) for k in span)):
        raise TypeError(f"span must be a pair of token indices (start, stop), got {span!r}.")
    return span[0], span[1]
