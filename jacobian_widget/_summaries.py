"""Aggregates of many rows in the notebook: computed in the background, shown as a table with bars."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as w
import numpy as np

from jacobian_widget import aggregate
from jacobian_widget.labels import visible
from jacobian_widget.rows import Rows
from jacobian_widget.scopes import SCOPES

if TYPE_CHECKING:
    import pandas as pd

MOST_TOKENS: Final = 40
_LEAST_TEXTS: Final = 10
_DISTANCES: Final = 16
KINDS: Final = {"distance": "By distance", "part": "By part", "token": "By token", "runs": "Two runs"}
_ABOUT: Final = {
    "distance": "Mean share of the influence, by distance to the explained token: 1 is the token just before it.",
    "part": "Mean share of the influence of each part of the text, over the texts that have it.",
    "token": f"The tokens with the most influence for their number, {MOST_TOKENS} at most. Lift is the mean share of "
    "one as a multiple of the mean token’s in the same text.",
    "runs": "Of each text, how much of the influence both runs give to the same tokens, and how often they predict the "
    "same target.",
}


class _Stopped(Exception):  # noqa: N818 - how a computation that nobody wants any more ends
    pass


class Summary(w.VBox):  # type: ignore[misc]
    """One kind of aggregate; computes once it is `wanted`, and again when the rows asked for are others.

    Args:
        kind: a key of `KINDS`.
        runs: one run, or two to compare, each with its name.
    """

    def __init__(self, kind: str, runs: Mapping[str, Rows]) -> None:
        self._kind, self._runs = kind, runs
        shared = [scope for scope in next(iter(runs.values())).scopes if all(scope in r.scopes for r in runs.values())]
        options = [(SCOPES[s].title if s in SCOPES else s, s) for s in shared]  # type: ignore[index]
        self._scope = w.Dropdown(options=options, description="Scope", style={"description_width": "initial"})
        self._controls = [self._scope]
        if kind == "part":
            pattern = w.Text(
                description="Pattern",
                placeholder=r"a regular expression, such as \d+; empty for the roles",
                continuous_update=False,
                style={"description_width": "initial"},
            )
            pattern.add_class("jw-dataset-filter")
            self._controls.append(pattern)
        self._shown = w.HTML()
        self._asked: tuple[str, str] | None = None
        self._key: Hashable = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        for control in self._controls:
            control.observe(self._changed, "value")
        bar = w.HBox(self._controls)
        bar.add_class("jw-dataset-bar")
        super().__init__([bar, self._shown])

    def want(self, search: str, where: str) -> None:
        """Show the aggregate of the rows that answer."""
        self._asked = (search, where)
        self._changed()

    def rest(self) -> None:
        """Nobody looks: stop computing."""
        self._asked = None
        if self._thread is not None and self._thread.is_alive():  # what is done stays
            self._stop.set()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait for the computation that is on its way."""
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def html(self) -> str:
        """What is shown."""
        return str(self._shown.value)

    def close(self) -> None:
        """Stop computing."""
        self._stop.set()
        super().close()

    def _changed(self, _: Any = None) -> None:
        if self._asked is None or self._scope.value is None:
            return
        chosen = [control.value for control in self._controls]
        key = (self._asked, *chosen)
        if key == self._key and (not self._stop.is_set()):
            return
        self._stop.set()
        self._key, self._stop = key, threading.Event()
        self.say("Computing…")
        # The thread holds the rows, not the view: one that nobody holds any more stops it.
        task = (weakref.ref(self), self._stop, dict(self._runs), self._kind, *self._asked)
        arguments = (*task, *chosen)
        self._thread = threading.Thread(target=_work, args=arguments, name="jacobian-widget-summary", daemon=True)
        self._thread.start()

    def say(self, words: str) -> None:
        """Say where the computation stands."""
        self._shown.value = f'<div class="jw-ds-said" role="status">{escape(words)}</div>'

    def fail(self, words: str) -> None:
        """Say why there is nothing to show; the same question may be asked again."""
        self._key = None
        self._shown.value = f'<div class="jw-ds-error" role="alert">{escape(words)}</div>'

    def put(self, html: str) -> None:
        """Show the result, whose text is escaped."""
        self._shown.value = html


def _work(
    view: weakref.ref[Summary],
    stop: threading.Event,
    runs: dict[str, Rows],
    kind: str,
    search: str,
    where: str,
    scope: str,
    pattern: str = "",
) -> None:
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        summary = view()
        if stop.is_set() or summary is None:
            raise _Stopped
        if done / total >= told + 0.02:
            told = done / total
            summary.say(f"Computing, {done:,} of {total:,} rows")

    def tell(how: Callable[[Summary], None]) -> None:
        summary = view()
        if summary is not None and not stop.is_set():
            how(summary)

    try:
        html = _computed(runs, kind, scope, pattern, progress, search=search, where=where)
    except _Stopped:
        return
    except Exception as error:  # noqa: BLE001 - a thread has nobody above it to report to
        said = str(error) or type(error).__name__
        tell(lambda summary: summary.fail(said))
    else:
        tell(lambda summary: summary.put(html))


def _computed(
    runs: Mapping[str, Rows], kind: str, scope: str, pattern: str, progress: aggregate.Progress, search: str, where: str
) -> str:
    some: dict[str, Any] = {"progress": progress, "search": search, "where": where}
    if kind == "runs":
        one, two = runs.values()
        return _compared(aggregate.compare_runs(one, two, scope, **some), list(runs))
    if kind == "distance":
        frames = [aggregate.by_distance(r, scope, limit=_DISTANCES, **some) for r in runs.values()]
        return chart(kind, frames, list(runs), "distance")
    if kind == "part":
        frames = [aggregate.by_part(r, scope, pattern=pattern or None, **some) for r in runs.values()]
        return chart(kind, frames, list(runs), "part")
    frames = [aggregate.by_token(r, scope, **some) for r in runs.values()]
    most = int(frames[0]["n"].max()) if len(frames[0]) else 0
    least = max(1, min(_LEAST_TEXTS, most // 5))
    frames[0] = frames[0][frames[0]["n"] >= least].head(MOST_TOKENS)
    note = f"Tokens of fewer than {least} texts are left out." if least > 1 else ""
    return chart(kind, frames, list(runs), "token", measure="lift", note=note)


def chart(
    kind: str,
    frames: Sequence[pd.DataFrame],
    names: Sequence[str],
    title: str,
    *,
    measure: str = "mean_share",
    note: str = "",
) -> str:
    """A table of the first run's rows with a bar for each run; all text is escaped."""
    # An id alone is another token where the runs have two vocabularies.
    keys = ["id", "token"] if title == "token" else [title]
    first, *others = [frame.set_index(keys, drop=False) for frame in frames]
    values = [[float(row[measure]), *(_at(o, key, measure) for o in others)] for key, row in first.iterrows()]
    largest = max((v for row in values for v in row if v == v), default=0.0) or 1.0  # noqa: PLR0124 - not NaN
    body = []
    for (key, row), found in zip(first.iterrows(), values, strict=True):
        bars = "".join(
            _bar(v / largest, k)
            for k, v in enumerate(found)
            if v == v  # noqa: PLR0124 - not NaN
        )
        label = visible(str(row[title])) if title == "token" else str(row[title])
        cells = [
            _cell(row, measure),
            *(_cell(o.loc[key], measure) if key in o.index else "–" for o in others),
        ]
        count = f"<td>{int(row['n']):,}</td>"
        body.append(
            f'<tr><th scope="row">{escape(label)}</th><td class="jw-ds-bars">{bars}</td>'
            f"{''.join(f'<td>{cell}</td>' for cell in cells)}{count}</tr>"
        )
    unit = "Lift" if measure == "lift" else "Share"
    heads = [unit] if len(names) == 1 else [f"{unit}, {_key(k)}{escape(name)}" for k, name in enumerate(names)]
    head = "".join(f'<th scope="col">{text}</th>' for text in [*heads, "Texts"])
    error = "" if measure == "lift" else "± is the standard error over texts."
    about = " ".join(part for part in (_ABOUT[kind], note, error) if part)
    if not body:
        return f'<p>{escape(about)}</p><div class="jw-ds-said" role="status">No rows have scores here.</div>'
    return (
        f'<p>{escape(about)}</p><table class="jw-ds-chart">'
        f'<thead><tr><th scope="col">{escape(title.capitalize())}</th><th class="jw-ds-bars"></th>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _compared(frame: pd.DataFrame, names: Sequence[str]) -> str:
    if not len(frame):
        return f'<p>{escape(_ABOUT["runs"])}</p><div class="jw-ds-said" role="status">No row has scores in both.</div>'
    known = frame["overlap"].dropna()
    same = float((frame["target_a"] == frame["target_b"]).mean())
    edges = [k / 10 for k in range(11)]
    counts = np.histogram(known, edges)[0].tolist()
    most = max(counts) or 1
    bars = "".join(
        f'<tr><th scope="row">{low:.0%} to {high:.0%}</th><td class="jw-ds-bars">'
        f"{_bar(n / most) if n else ''}</td><td>{n:,}</td></tr>"
        for (low, high), n in zip(pairwise(edges), counts, strict=True)
    )
    apart = frame.nsmallest(5, "overlap")["row"].tolist()
    facts = [
        f"{len(frame):,} rows have scores in both. The same target is predicted in {same:.0%} of them.",
        f"Mean p of the target: {frame['p_a'].mean():.3f} in {names[0]}, {frame['p_b'].mean():.3f} in {names[1]}.",
    ]
    if len(known):
        facts.append(f"Mean overlap: {known.mean():.0%}. Furthest apart: rows {', '.join(map(str, apart))}.")
    if len(known) < len(frame):
        facts.append(f"{len(frame) - len(known):,} rows were split into different tokens and have no overlap.")
    return (
        f"<p>{escape(_ABOUT['runs'])}</p><p>{escape(' '.join(facts))}</p>"
        '<table class="jw-ds-chart"><thead><tr><th scope="col">Overlap</th><th class="jw-ds-bars"></th>'
        f'<th scope="col">Texts</th></tr></thead><tbody>{bars}</tbody></table>'
    )


def _at(frame: pd.DataFrame, key: Any, measure: str) -> float:
    return float(frame.loc[key, measure]) if key in frame.index else float("nan")


def _cell(row: Any, measure: str) -> str:
    if row is None:
        return "–"
    if measure == "lift":
        return f"{row['lift']:.2f}"
    error = row["standard_error"]
    return f"{row['mean_share']:.1%}" + (f" ± {100 * error:.1f}" if error == error else "")  # noqa: PLR0124 - not NaN


def _bar(part: float, k: int = 0) -> str:
    return f'<span class="jw-ds-bar{" jw-ds-b" if k else ""}" style="width:{100 * part:.1f}%"></span>'


def _key(k: int) -> str:
    return f'<span class="jw-ds-key jw-ds-bar{" jw-ds-b" if k else ""}"></span>'
