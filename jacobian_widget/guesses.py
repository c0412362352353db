"""What a reader guessed before the colours were shown, beside what the scope and leave-one-out say; and a class's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from jacobian_widget.picture import picture_of
from jacobian_widget.scopes import SCOPES, check_scope

if TYPE_CHECKING:
    import pandas as pd

    from jacobian_widget.attribution import Attribution, Floats
    from jacobian_widget.tokens import Tokens

Answers: TypeAlias = "Mapping[str, Any] | str | PathLike[str] | Iterable[Any] | Any"

COLUMNS: Final = (
    *("student", "text", "position", "target", "foil", "scope", "model", "granularity", "attempt"),
    *("tokens", "k", "pieces", "hits", "left_out_hits", "by_chance"),
)
_WHOLE: Final = ("position", "attempt", "k", "pieces", "hits", "left_out_hits")
_SAME: Final = (*COLUMNS[1:9], "pieces", "marked")
_NEEDED: Final = frozenset({"text", "position", "scope", "marked", "tokens", "k", "hits", "by_chance"})


def pieces_before(source: Tokens, end: int, granularity: str = "token", pattern: str = "") -> list[tuple[int, int]]:
    """The pieces that begin before token `end`, as `(start, stop)`; what stands from `end` on is cut off.

    Raises:
        ValueError: an unknown granularity, or a pattern that is none.
    """
    starts = list(source.groups("regex", pattern) if granularity == "regex" else source.groups(granularity))  # type: ignore[arg-type]
    stops = [*starts[1:], len(source)]
    return [(start, min(stop, end)) for start, stop in zip(starts, stops, strict=True) if start < end]


def answer_of(
    a: Attribution,
    question: Mapping[str, Any],
    marked: Sequence[int],
    left_out: Floats | None = None,
    *,
    attempt: int = 1,
) -> dict[str, Any]:
    """A guess, and how much of it the scope and leave-one-out agree with. Mirror: `js/panels/guess-data.ts`.

    Pieces are counted, not tokens: with `granularity="word"` a word. A piece is marked when one of its tokens is; one
    that `hide` leaves out is not counted. `k` pieces are marked, and `hits` of them are among the scope's `k` strongest
    of the `pieces` that have a score. Marking `k` of them blindly would hit k² / pieces (the mean of the hypergeometric
    distribution): `by_chance`.

    Args:
        a: the result.
        question: keyword arguments of `picture_of`; those that only change how it is drawn change nothing here.
        marked: indices of tokens before the position.
        left_out: `[G]`, KL(p ‖ p_ablated) in nats of each of `pieces_before`, its tokens ablated together; None where
            it is not known, and `left_out_hits` and `left_out_strongest` are None then.
        attempt: 1, and one more for each guess about this text and position that was revealed before. A picture that
            was looked at with guess mode off is not counted.

    Raises:
        ValueError: as `picture_of`.
    """
    picture = picture_of(a, **question)
    scope = SCOPES[check_scope(picture.scope)]
    order = [] if picture.scope == "temperature" and a.degenerate else picture.order
    chosen = [
        i
        for i, piece in enumerate(picture.pieces)
        if piece.score is not None and any(piece.start <= t < min(piece.stop, a.end) for t in marked)
    ]
    k = len(chosen)
    strongest = order[:k]
    removed = None if left_out is None else sorted(order, key=lambda i: (-float(left_out[i]), i))[:k]
    target = a.default_target if question.get("target") is None else a.resolve(question["target"])
    foil = a.foil_of(target) if question.get("foil") is None else a.resolve(question["foil"])
    named = {**dict(zip(a.source.ids, a.source.pieces, strict=True)), **{c.id: c.token for c in a.predictions}}
    texts = [piece.text for piece in picture.pieces]
    return {
        "text": a.source.text,
        "model": a.model,
        "position": a.position,
        "target": named.get(target, f"token {target}") if scope.needs_target else None,
        "foil": named.get(foil, f"token {foil}") if scope.needs_foil else None,
        "scope": picture.scope,
        "granularity": picture.granularity,
        "attempt": attempt,
        "marked": sorted(marked),
        "tokens": [texts[i] for i in chosen],
        "k": k,
        "pieces": len(order),
        "hits": len({*chosen} & {*strongest}) if order else None,
        "strongest": [texts[i] for i in strongest],
        "left_out_hits": None if removed is None or not order else len({*chosen} & {*removed}),
        "left_out_strongest": None if removed is None else [texts[i] for i in removed],
        "by_chance": k * k / len(order) if order else None,
    }


def class_table(*answers: Answers, **students: Answers) -> pd.DataFrame:
    """The guesses of a class as a table, one row for each.

    Each argument is a widget, one of its `answers`, a list of them, or the path of a JSON file that an exported page
    saved, or of a folder of such files. The keyword is the student's name; without one it is what the student wrote on
    the page, else the name of the file:
    `class_table("answers/")`, `class_table(w)`, `class_table(Ada=w.answers, Ben="ben.json")`.

    A page saves all its answers each time. What a student's files hold twice (the same question, attempt and marks) is
    one row, with leave-one-out where one of them has it; without a name nothing is left out.

    Columns: `student`; the question (`text`, `position`, `target`, `foil`, `scope`, `model`, `granularity`); `attempt`,
    1 for the first guess that was revealed (see `answer_of`); `tokens`, the pieces that were marked; `k`, how many;
    `pieces`, of how many; `hits` among the scope's `k` strongest; `left_out_hits`, the same for leave-one-out (KL,
    zeroed), missing where it was not computed; and `by_chance`, the hits that marking `k` pieces blindly has on
    average.

    Raises:
        ValueError: a file that holds no answers; something else that holds none.
        FileNotFoundError: no such file or folder.
        ImportError: pandas is missing.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError("class_table needs pandas. Run: pip install pandas") from error

    found = [(name, one) for given in answers for name, one in _each(given, "")]
    found += [(student, one) for student, given in students.items() for _, one in _each(given, student)]
    rows = [{**{column: one.get(column) for column in COLUMNS}, "student": name} for name, one in _once(found)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({**dict.fromkeys(_WHOLE, "Int64"), "by_chance": np.float64})


def _once(found: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Without what a named student's files hold twice; the fuller one stays, in the place of the first."""
    kept: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for i, (name, one) in enumerate(found):
        key = json.dumps([name, *(one.get(column) for column in _SAME)], default=str) if name else f"{i}"
        if key not in kept or kept[key][1].get("left_out_hits") is None:
            kept[key] = name, one
    return list(kept.values())


def _each(given: Answers, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The single answers in `given`, each with the name of its student."""
    if isinstance(given, Mapping):
        yield name or str(given.get("student") or ""), _checked(given, "")
    elif isinstance(given, (str, PathLike)):
        path = Path(given)
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            raise ValueError(f"{path} holds no .json files; save each student's answers there.")
        for file in files:
            for one in _read(file):
                yield name or str(one.get("student") or file.stem), one
    elif hasattr(given, "answers"):
        yield from _each(given.answers, name)
    elif isinstance(given, Iterable):
        for inner in given:
            yield from _each(inner, name)
    else:
        raise ValueError(
            f"class_table takes widgets, their `answers`, or JSON files of them; got {type(given).__name__}."
        )


def _read(file: Path) -> list[Mapping[str, Any]]:
    try:
        content = json.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise ValueError(f"{file} is no JSON: {error}") from error
    return [_checked(one, f"{file}: ") for one in (content if isinstance(content, list) else [content])]


def _checked(one: object, where: str) -> Mapping[str, Any]:
    if not isinstance(one, Mapping) or (missing := sorted(_NEEDED - set(one))):
        lacks = f"lacks {', '.join(missing)}" if isinstance(one, Mapping) else f"is a {type(one).__name__}"
        raise ValueError(f"{where}this is no answer of guess mode: it {lacks}. See `JacobianWidget.answers`.")
    for column in (*_WHOLE, "by_chance"):
        value = one.get(column)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise ValueError(f"{where}this is no answer of guess mode: its {column} is {value!r}, not a number.")
    return one
