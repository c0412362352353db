"""Evaluation: how faithful several methods were on a list of texts, and every number that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jacobian_widget.ablation import Effects
from jacobian_widget.attribution import Floats
from jacobian_widget.deletion import aopc
from jacobian_widget.methods import METHODS
from jacobian_widget.ranks import order, percentile, spearman

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Doubles = NDArray[np.float64]
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "aopc": "Deletion: area over the curve of Δ log p, trapezoid over the fractions. Lower is better.",
        "aopc_per_width": "The same divided by the width of the fractions, in nats. Lower is better.",
        "insertion": "The same area with all but the top tokens ablated. Higher is better.",
        "insertion_per_width": "The same divided by the width of the fractions, in nats. Higher is better.",
        "spearman_kl": "Rank correlation of the size of the scores with leave-one-out KL.",
        "spearman_delta_log_p": "The same with the size of leave-one-out Δ log p.",
        "spearman_delta_entropy": "The same with the size of leave-one-out Δ entropy.",
        "percentile_kl": "Share of the other tokens with less leave-one-out KL than the top-scored one, 0 to 100.",
        "percentile_delta_log_p": "The same of the size of leave-one-out Δ log p.",
        "percentile_delta_entropy": "The same of the size of leave-one-out Δ entropy.",
    }
)
"""What `Evaluation.values` can be asked for."""
_BLOCK = 1_000_000
"""Draws of the bootstrap at once."""


@dataclass(frozen=True, eq=False)
class TextResult:
    """What was found on one text; all empty but `text` and `error` where it could not be evaluated."""

    text: str
    error: str | None = None
    tokens: tuple[str, ...] = ()
    """Those before the prediction, `n` of them."""
    target: int = -1
    """`i*`."""
    target_token: str = ""
    log_p: float = float("nan")
    """`log p(i*)` of the whole text."""
    entropy: float = float("nan")
    """`H(p)` of the whole text, in nats."""
    scores: Mapping[str, Floats] = field(default_factory=dict)
    """Of each method `[k, n]`; `k` is 1 but for random orders. Of a verified one the places, from the last."""
    deltas: Mapping[str, Floats] = field(default_factory=dict)
    """Of each method `[k, fractions]`: Δ log p with its top tokens ablated, in nats."""
    insertions: Mapping[str, Floats] = field(default_factory=dict)
    """The same with all but its top tokens ablated, if it was asked for."""
    leave_one_out: Effects | None = None
    """Of each token, if it was among the methods."""


@dataclass(frozen=True)
class Comparison:
    """Two methods on the same texts: the mean difference, and how sure it is (paired bootstrap over texts)."""

    a: str
    b: str
    measure: str
    texts: int
    difference: float
    """Mean of `a − b`."""
    low: float
    high: float
    """95 % interval of the mean difference: the 2.5th and 97.5th percentile of the resamples; NaN of a single text."""
    below_zero: float
    """Share of the resamples whose mean difference is below zero; the same."""

    def __str__(self) -> str:
        """In words."""
        return (
            f"{self.measure}: {self.a} − {self.b} = {self.difference:+.3f} (95 % from {self.low:+.3f} to "
            f"{self.high:+.3f}, {self.texts} texts; below zero in {self.below_zero:.0%} of the resamples)"
        )


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Deletion curves and leave-one-out agreement of several methods on several texts; made by `evaluate`."""

    results: tuple[TextResult, ...]
    """One for each text, in the order they were given."""
    methods: Mapping[str, str]
    """Names in the result and their keys in `METHODS`; integrated gradients carry their baseline in the name."""
    ablation: str
    """What was done to the tokens: a key of `ABLATIONS`."""
    fractions: tuple[float, ...]
    """Shares of the tokens that were ablated, ascending."""
    model: str
    """Name of the model."""

    def __repr__(self) -> str:
        failed = f", {len(self.errors)} failed" if self.errors else ""
        methods = ", ".join(self.methods)
        return f"<Evaluation of {len(self.results)} texts{failed}, {self.model}, ablation {self.ablation!r}: {methods}>"

    @property
    def errors(self) -> dict[int, str]:
        """Of the texts that could not be evaluated, by index."""
        return {i: result.error for i, result in enumerate(self.results) if result.error is not None}

    def title(self, method: str) -> str:
        """What `method` is called, its baseline included."""
        key = self.methods[method]
        rest = method.removeprefix(key).strip("_").replace("_", ", ")
        return METHODS[key].title + (f" ({rest} steps)" if rest else "")

    def values(self, measure: str = "aopc") -> Doubles:
        """`[texts, methods]` of one of `MEASURES`; NaN where there is none. Random orders of a text are averaged.

        Raises:
            ValueError: an unknown measure, or one that was not computed.
        """
        of = self._measure(measure)
        values = [
            [of(result, method) if result.error is None else np.nan for method in self.methods]
            for result in self.results
        ]
        return np.array(values, np.float64).reshape(len(self.results), len(self.methods))

    def curves(self, *, insertion: bool = False) -> Doubles:
        """Δ log p `[texts, methods, fractions]` in nats; NaN for texts that failed."""
        if insertion:
            self._measure("insertion")
        found = np.full((len(self.results), len(self.methods), len(self.fractions)), np.nan)
        for i, result in enumerate(self.results):
            for j, method in enumerate(self.methods if result.error is None else ()):
                found[i, j] = (result.insertions if insertion else result.deltas)[method].mean(0)
        return found

    def mean(self, measure: str = "aopc") -> dict[str, float]:
        """Of each method, over the texts that have a value; NaN where none has."""
        return {method: _mean(x) for method, x in self._columns(measure).items()}

    def standard_error(self, measure: str = "aopc") -> dict[str, float]:
        """Of each mean, over texts; NaN with fewer than two."""
        return {method: _standard_error(x) for method, x in self._columns(measure).items()}

    def compare(self, a: str, b: str, measure: str = "aopc", *, resamples: int = 10_000, seed: int = 0) -> Comparison:
        """Method `a` against method `b` on the texts that have both: a paired bootstrap, which resamples texts.

        Args:
            a: a name in the result; a key of `METHODS` too, where only one of its kind is there.
            b: the same.
            measure: a key of `MEASURES`.
            resamples: how often.
            seed: the same gives the same.

        Raises:
            ValueError: a method or measure that is not there, or no text that has both.
        """
        if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 1:
            raise ValueError(f"resamples must be a whole number of at least 1, got {resamples!r}.")
        a, b = self._method(a), self._method(b)
        columns = dict(zip(self.methods, self.values(measure).T, strict=True))
        x, y = columns[a], columns[b]
        differences = (x - y)[np.isfinite(x - y)]
        if not len(differences):
            raise ValueError(f"no text has a value of {measure} for both {a} and {b}.")
        generator = np.random.default_rng(seed)
        n = len(differences)
        blocks = np.array_split(np.arange(resamples), -(-resamples * n // _BLOCK))
        means = np.concatenate([differences[generator.integers(n, size=(len(b), n))].mean(1) for b in blocks])
        low, high = np.percentile(means, [2.5, 97.5])
        below = float((means < 0).mean())
        if n < 2:  # every resample is the same text
            low = high = below = float("nan")
        return Comparison(a, b, measure, n, float(differences.mean()), float(low), float(high), below)

    def joined(self, *others: Evaluation) -> Evaluation:
        """This evaluation with the texts of others after its own.

        Raises:
            ValueError: they used another model, ablation, fractions or methods.
        """
        for other in others:
            for name in ("model", "ablation", "fractions", "methods"):
                mine, its = getattr(self, name), getattr(other, name)
                if mine != its:
                    raise ValueError(f"these evaluations have different {name}: {mine!r} and {its!r}.")
        return replace(self, results=sum((other.results for other in others), self.results))

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each text and method: what was predicted, Δ log p at each fraction, and every measure.

        A text that failed has one row, with its error.
        """
        pd = _pandas()
        measures = {name: self.values(name) for name in self.measures}
        curves = self.curves()
        rows: list[dict[str, Any]] = []
        for i, result in enumerate(self.results):
            row: dict[str, Any] = {"index": i, "text": result.text, "error": result.error}
            if result.error is not None:
                rows.append(row)
                continue
            row |= {
                "n_tokens": len(result.tokens),
                "target": result.target,
                "target_token": result.target_token,
                "log_p": result.log_p,
                "entropy": result.entropy,
            }
            for j, method in enumerate(self.methods):
                deltas = {f"delta_log_p_{f:g}": curves[i, j, k] for k, f in enumerate(self.fractions)}
                rows.append({**row, "method": method, **deltas, **{name: x[i, j] for name, x in measures.items()}})
        return self._named(pd.DataFrame(rows))

    def summary(self) -> pd.DataFrame:
        """One row for each method: the mean of every measure over the texts, and its standard error (`_se`)."""
        pd = _pandas()
        columns: dict[str, Any] = {"title": [self.title(method) for method in self.methods]}
        columns["texts"] = [int(np.isfinite(x).sum()) for x in self._columns("aopc").values()]
        for name in self.measures:
            columns[name] = list(self.mean(name).values())
            columns[f"{name}_se"] = list(self.standard_error(name).values())
        return self._named(pd.DataFrame(columns, index=pd.Index(self.methods, name="method")))

    def plot(
        self,
        path: str | PathLike[str] | None = None,
        *,
        methods: Sequence[str] | None = None,
        insertion: bool = False,
        width: float = 6.0,
        dpi: int = 300,
    ) -> Figure:
        """Deletion curves: mean Δ log p against the share of tokens ablated, with a band of one standard error.

        Args:
            path: ends in .pdf, .svg or .png; None draws it only.
            methods: names in the result; None for all, of those that are the same one.
            insertion: the curves with all but the top tokens ablated.
            width: in inches.
            dpi: of a .png.

        Raises:
            ImportError: matplotlib is not installed.
            ValueError: a method that is not there, no curve to draw, or another suffix.
        """
        from jacobian_widget.deletion_figure import draw

        if methods is None:
            methods = [
                name for name in self.methods if name != "gradient_norm" or "log_probability" not in self.methods
            ]
        names = [self._method(name) for name in methods]
        return draw(self, names, path, insertion=insertion, width=width, dpi=dpi)

    @property
    def measures(self) -> list[str]:
        """Those of `MEASURES` that were computed."""
        done = [result for result in self.results if result.error is None]
        insertion, alone = any(r.insertions for r in done), any(r.leave_one_out for r in done)
        has = {"insertion": insertion, "spearman": alone, "percentile": alone}
        return [name for name in MEASURES if has.get(name.split("_")[0], True)]

    def _measure(self, name: str) -> Callable[[TextResult, str], float]:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r}; choose one of {', '.join(MEASURES)}.")
        if name not in self.measures and len(self.errors) < len(self.results):
            needed = "insertion=True" if name.startswith("insertion") else "the method 'leave_one_out'"
            raise ValueError(f"{name} was not computed; evaluate with {needed}.")
        kind, _, of = name.partition("_")
        if kind in ("aopc", "insertion"):
            return lambda result, method: float(
                aopc(
                    self.fractions,
                    (result.deltas if kind == "aopc" else result.insertions)[method],
                    per_width=of == "per_width",
                ).mean()
            )
        return lambda result, method: _agreement(kind, of, result, method)

    def _columns(self, measure: str) -> dict[str, Doubles]:
        """The finite values of each method."""
        values = self.values(measure)
        return {method: x[np.isfinite(x)] for method, x in zip(self.methods, values.T, strict=True)}

    def _method(self, name: str) -> str:
        if name in self.methods:
            return name
        same = [method for method, key in self.methods.items() if key == name]
        if len(same) == 1:
            return same[0]
        raise ValueError(f"method {name!r} is not in this evaluation; choose from {', '.join(self.methods)}.")

    def _named(self, table: pd.DataFrame) -> pd.DataFrame:
        table.attrs |= {"model": self.model, "ablation": self.ablation, "fractions": self.fractions}
        return table


def _agreement(kind: str, of: str, result: TextResult, method: str) -> float:
    """Sizes against sizes: a score below zero and a probability that rises are influence too."""
    assert result.leave_one_out is not None
    effect = np.abs(getattr(result.leave_one_out, of))
    scores = result.scores[method]
    if kind == "spearman":
        found = [spearman(np.abs(row), effect) for row in scores]
    else:
        found = [percentile(effect, order(row)[0]) for row in scores]
    return float(np.mean(found))


def _mean(x: Doubles) -> float:
    return float(x.mean()) if len(x) else float("nan")


def _standard_error(x: Doubles) -> float:
    return float(x.std(ddof=1) / np.sqrt(len(x))) if len(x) > 1 else float("nan")


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError("a table needs pandas. Run: pip install pandas") from error
    return pd
