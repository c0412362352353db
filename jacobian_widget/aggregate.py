"""What many texts have in common: mean shares of the influence by distance, part and token, and two runs compared.

Everything streams over the shards of `attribute_dataset`, some thousand rows at a time. The unit is the share of the
whole influence, BOS included, as in `Attribution.shares`: shares of one text add to 1, and a text weighs as much as
any other, however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from jacobian_widget.blocks import Block, blocks
from jacobian_widget.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

Source: TypeAlias = "Rows | str | PathLike[str]"
Progress: TypeAlias = Callable[[int, int], object]
BOS = "BOS"
REST = "rest"


class _Moments:
    """Count, sum and sum of squares over texts, of each of a growing number of keys."""

    def __init__(self) -> None:
        self.n = np.zeros(0, np.int64)
        self.sums = np.zeros((0, 2))

    def add(self, keys: NDArray[np.int64], values: NDArray[Any]) -> None:
        """Count `values` `[k]`, each of one text, to `keys` `[k]`."""
        size = max(len(self.n), int(keys.max(initial=-1)) + 1)
        grown = size - len(self.n)
        self.n = np.pad(self.n, (0, grown)) + np.bincount(keys, minlength=size)
        self.sums = np.pad(self.sums, ((0, grown), (0, 0)))
        for power in (1, 2):
            self.sums[:, power - 1] += np.bincount(keys, values**power, minlength=size)

    @property
    def mean(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: NDArray[np.float64] = self.sums[:, 0] / self.n
        return mean

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Of the mean over texts; NaN of fewer than two."""
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = (self.sums[:, 1] - self.n * self.mean**2) / (self.n - 1)
            error: NDArray[np.float64] = np.sqrt(np.maximum(variance, 0) / self.n)
        error[self.n < 2] = np.nan
        return error


def by_distance(
    path: Source,
    scope: str = "semantic",
    *,
    limit: int = 32,
    search: str = "",
    where: str = "",
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Mean share of the influence by distance to the explained token: 1 is the token just before it.

    Args:
        path: what `attribute_dataset` wrote.
        scope: one of those stored.
        limit: all that is further away is one row, the sum of its shares; so is BOS.
        search: only texts that contain it, as in `Rows.find`.
        where: only rows that meet this condition, as in `Rows.find`.
        progress: called as `progress(done, total)`, in rows; what it raises ends the computation.

    Returns:
        `distance` (text: "1" … "32", "33 or more", "BOS"), `mean_share` over the texts that reach so far,
        `standard_error` over these texts, and how many they are, `n`.

    Raises:
        ValueError: a scope that was not stored, a limit below 1, or a condition that is none.
    """
    if limit < 1:
        raise ValueError(f"limit is the furthest distance with a row of its own, 1 or more; got {limit}.")
    moments, width = _Moments(), limit + 2
    for block in _progressing(path, scope, search, where, progress):
        distance = np.minimum(block.ends[block.of] - block.at, limit + 1)  # [tokens], 1 …
        _add_parts(moments, block, distance, width)
    names = [BOS, *map(str, range(1, limit + 1)), f"{limit + 1} or more"]
    return _frame("distance", names, moments, order=[*range(1, width), 0])


def by_part(
    path: Source,
    scope: str = "semantic",
    *,
    pattern: str | Mapping[str, str] | None = None,
    search: str = "",
    where: str = "",
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Mean share of the influence by part of the text: the role of a chat, or what a regular expression matches.

    Args:
        path: what `attribute_dataset` wrote.
        scope: one of those stored.
        pattern: None for the roles; a regular expression of the `regex` package, for tokens that touch a match and
            the rest; or several with their names, of which the first that matches counts.
        search: as in `by_distance`.
        where: as in `by_distance`.
        progress: as in `by_distance`.

    Returns:
        `part`, `mean_share` over the texts that have this part, `standard_error`, `n`, and `tokens`: how many tokens
        before the explained one it has in all. Roles of a text that is no chat are "text".

    Raises:
        ValueError: as `by_distance`, and a pattern that is none.
    """
    patterns = _named(pattern)
    moments, tokens = _Moments(), np.zeros(0, np.int64)
    names: dict[str, int] = {BOS: 0, **{name: k for k, name in enumerate((*patterns, REST), 1) if patterns}}
    for block in _progressing(path, scope, search, where, progress, *(("text", "tokens") if patterns else ("roles",))):
        part = block.touching(list(patterns.values())) + 1 if patterns else block.roles(names)
        _add_parts(moments, block, part, len(names))
        counted = np.bincount(part, minlength=len(names))
        tokens = np.pad(tokens, (0, len(counted) - len(tokens))) + counted
    frame = _frame("part", list(names), moments, order=[*range(1, len(names)), 0])
    frame["tokens"] = [int(tokens[names[name]]) if name != BOS else 0 for name in frame["part"]]
    return frame


def by_token(
    path: Source,
    scope: str = "semantic",
    *,
    least: int = 1,
    search: str = "",
    where: str = "",
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Mean share of the influence of each vocabulary token, where it stands before the explained one.

    Args:
        path: what `attribute_dataset` wrote.
        scope: one of those stored.
        least: leave out tokens of fewer texts.
        search: as in `by_distance`.
        where: as in `by_distance`.
        progress: as in `by_distance`.

    Returns:
        `id`, `token`, `mean_share` of all its occurrences in a text together, over the texts that have it,
        `standard_error`, `n`, `occurrences`, and `lift`, the largest first: its mean share per occurrence as a
        multiple of the mean token's of the same text. Long texts leave less for each token; a lift does not see that.

    Raises:
        ValueError: as `by_distance`.
    """
    share, lift = _Moments(), _Moments()
    occurrences, pieces = np.zeros(0, np.int64), dict[int, str]()
    for block in _progressing(path, scope, search, where, progress, "ids", "tokens"):
        ids = block.ids
        size = int(ids.max(initial=-1)) + 1
        pairs, first, which = np.unique(block.of * size + ids, return_index=True, return_inverse=True)
        text, token = (pairs // size, pairs % size) if size else (pairs, pairs)
        sums, counts = np.bincount(which, block.shares), np.bincount(which)
        share.add(token, sums)
        even = (1 - block.bos[text]) / block.ends[text]  # the mean token's share
        lift.add(token, np.divide(sums / counts, even, out=np.zeros(len(sums)), where=even > 0))
        occurrences = np.pad(occurrences, (0, max(0, size - len(occurrences))))
        np.add.at(occurrences, token, counts)
        for k, at in zip(token.tolist(), first.tolist(), strict=True):
            if k not in pieces:
                pieces[k] = block.piece(at)
    import pandas as pd

    kept = np.flatnonzero(share.n >= max(1, least))
    frame = pd.DataFrame(
        {
            "id": kept,
            "token": [pieces[k] for k in kept.tolist()],
            "mean_share": share.mean[kept],
            "standard_error": share.standard_error[kept],
            "n": share.n[kept],
            "occurrences": occurrences[kept],
            "lift": lift.mean[kept],
        }
    )
    return frame.sort_values(["lift", "id"], ascending=[False, True], ignore_index=True)


def compare_runs(
    a: Source,
    b: Source,
    scope: str = "semantic",
    *,
    search: str = "",
    where: str = "",
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Two runs over the same source, row by row: of two models, or of one with two settings.

    Args:
        a: what `attribute_dataset` wrote.
        b: the same for the other run.
        scope: stored in both.
        search: as in `by_distance`, in the texts of `a`.
        where: as in `by_distance`, on the columns of `a`.
        progress: as in `by_distance`.

    Returns:
        One row for each that has scores in both: `row`, `target_a`, `target_b`, `p_a`, `p_b`, `entropy_a`,
        `entropy_b`, and `overlap`: the share of the influence that both give to the same tokens, `Σ min` of the two
        shares, 0 to 1. NaN where the two split the text into different tokens, or explain different positions.

    Raises:
        ValueError: as `by_distance`; or rows that are not in ascending order.
    """
    import pandas as pd

    left, right = _rows(a), _rows(b)
    more = ("ids", "row", "target_token", "p", "entropy")
    done: list[dict[str, Any]] = []
    blocks_a = _progressing(left, scope, search, where, progress, *more)
    for one, at, two, there in _aligned(blocks_a, _progressing(right, scope, "", "", None, *more)):
        both = {"row": one.rows[at]}
        for name, key in (("target", "target_token"), ("p", "p"), ("entropy", "entropy")):
            both |= {f"{name}_a": one.values(key)[at], f"{name}_b": two.values(key)[there]}
        done.append({**both, "overlap": one.overlap(at, two, there)})
    empty = ("row", "target_a", "target_b", "p_a", "p_b", "entropy_a", "entropy_b", "overlap")
    if not done:
        return pd.DataFrame({name: [] for name in empty})
    return pd.DataFrame({name: np.concatenate([part[name] for part in done]) for name in empty})


def _rows(path: Source) -> Rows:
    return path if isinstance(path, Rows) else Rows(path)


def _progressing(
    path: Source, scope: str, search: str, where: str, progress: Progress | None, *columns: str
) -> Iterator[Block]:
    rows = _rows(path)
    done = 0
    for block in blocks(rows, scope, columns, search, where):
        yield block
        done += len(block.ends)
        if progress is not None:
            progress(done, len(rows))


def _named(pattern: str | Mapping[str, str] | None) -> Mapping[str, str]:
    if pattern is None:
        return {}
    named = {"matches": pattern} if isinstance(pattern, str) else dict(pattern)
    if taken := {BOS, REST} & set(named):
        raise ValueError(f"{', '.join(sorted(taken))} is the name of another part; call the pattern something else.")
    if not named:
        raise ValueError("pattern is empty; give a regular expression, several with names, or None for the roles.")
    return named


def _add_parts(moments: _Moments, block: Block, part: NDArray[np.int64], width: int) -> None:
    """Count each text's share of each part; part 0 is BOS."""
    texts = len(block.ends)
    cell = block.of * width + part
    sums = np.bincount(cell, block.shares, minlength=texts * width).reshape(texts, width)
    there = np.bincount(cell, minlength=texts * width).reshape(texts, width) > 0
    sums[:, 0], there[:, 0] = block.bos, block.has_bos
    at = np.nonzero(there)
    moments.add(at[1].astype(np.int64), sums[at])


def _frame(title: str, names: list[str], moments: _Moments, order: list[int]) -> pd.DataFrame:
    import pandas as pd

    kept = [k for k in order if k < len(moments.n) and moments.n[k]]
    return pd.DataFrame(
        {
            title: [names[k] for k in kept],
            "mean_share": moments.mean[kept],
            "standard_error": moments.standard_error[kept],
            "n": moments.n[kept],
        }
    )


def _aligned(
    left: Iterator[Block], right: Iterator[Block]
) -> Iterator[tuple[Block, NDArray[np.int64], Block, NDArray[np.int64]]]:
    """Blocks of both, with the indices of the rows they share."""
    one, two = next(left, None), next(right, None)
    while one is not None and two is not None:
        _, at, there = np.intersect1d(one.rows, two.rows, assume_unique=True, return_indices=True)
        if len(at):
            yield one, at, two, there
        last, other = int(one.rows[-1]), int(two.rows[-1])
        if last <= other:
            one = _after(left, last)
        if other <= last:
            two = _after(right, other)


def _after(stream: Iterator[Block], last: int) -> Block | None:
    block = next(stream, None)
    if block is not None and int(block.rows[0]) <= last:
        raise ValueError("the rows of a run are not in ascending order: its shards were not written in one run.")
    return block
