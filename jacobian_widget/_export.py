"""One HTML file that holds a widget as it is: no kernel, no network. Mirror: `js/panels/save-page.ts`."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from jacobian_widget import _wire
from jacobian_widget._static_html import static_html
from jacobian_widget.picture import picture_of
from jacobian_widget.written import readable

if TYPE_CHECKING:
    from jacobian_widget.attribution import Attribution

Positions: TypeAlias = "Literal['all'] | Sequence[int | None]"

TEMPLATE: Final = Path(__file__).parent / "static" / "page.html"
NOTE: Final = "Static picture: for the rest, this page needs JavaScript."
LEFT_OUT: Final = frozenset({"query", "matches", "status", "cancelled", "retries", "panels", "panel_run"})
"""Traits that say nothing about the result."""
TARGETS: Final = 9
"""Likeliest tokens that can be chosen as target or foil in the page, beside those that were."""
_BITS: Final = 12
"""Of an entry of a Gram's factor, its sign among them: a score is right to a part in a thousand of the maximum."""
_LOST: Final = 10
"""Of the 23 bits of a float32's mantissa; the 13 left are right to 6e-5."""
_PIVOT: Final = 1e-6
"""Below this part of its diagonal entry, what is left of it is rounding of the Gram's float32."""
_LARGEST_POWER: Final = 127


def html_page(
    traits: Mapping[str, Any],
    attribution: Attribution,
    question: Mapping[str, Any],
    *,
    code: Mapping[str, str],
    further: Iterable[Attribution] = (),
    title: str | None = None,
) -> str:
    """The page.

    Args:
        traits: the widget's, as they travel to the browser.
        attribution: the result in `traits["basis"]`.
        question: what is asked of it, for the picture that is seen without JavaScript.
        code: `_esm`, `_css` and `panels`.
        further: results at other positions, to be opened by a click.
        title: of the page; None for the question, and a heading that stays true when another is asked.
    """
    kept = {name: traits[name] for name in (*_wire.WISH, *_wire.ANSWER) if name not in LEFT_OUT and name in traits}
    kept["panel"] = ""
    kept["status"] = {"state": "saved"}
    asked = {traits.get("target"), traits.get("foil")}
    kept["basis"] = _fewer(kept["basis"], asked)
    kept["_further"] = [_fewer(_wire.pack_basis(a), asked) for a in further]
    asks = f"{picture_of(attribution, **question).question} · {attribution.model}"
    heading = f"What moved a prediction of {attribution.model}" if title is None else title
    parts = {
        "TITLE": escape(readable(asks if title is None else title)),
        "HEADING": escape(readable(heading)),
        "STATIC": static_html(attribution.source, attribution, dict(question), note=NOTE),
        "SAVED": archive({"traits": kept, "code": dict(code)}),
    }
    template = TEMPLATE.read_text("utf-8")
    return re.sub(r"%%(\w+)%%", lambda match: parts[match[1]], template)


def write_page(page: str, path: str | PathLike[str]) -> None:
    """Write it as UTF-8.

    Raises:
        ValueError: the path does not end in .html.
    """
    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"to_html writes a file that ends in .html; got {str(path)!r}.")
    Path(path).write_text(page, "utf-8")


def chosen_positions(positions: object, count: int, check: Callable[[object], int | None]) -> list[int | None]:
    """The positions that `to_html` was asked to hold, each once and counted from the start.

    Raises:
        ValueError, TypeError: one is out of range, or nothing stands before it.
    """
    if positions is None:
        return []
    if positions != "all":
        if not isinstance(positions, (list, tuple, range)):
            raise ValueError(f'positions is "all", a list of token indices, or None; got {positions!r}.')
        return list(dict.fromkeys(check(k) for k in positions))
    try:
        first = [check(0)]
    except ValueError:
        first = []  # nothing stands before it
    return [*first, *range(1, count), None]


def _fewer(value: Mapping[str, Any], asked: set[Any]) -> Mapping[str, Any]:
    """A basis without the unlikely targets: the Gram grows with the square of their number."""
    names = {*asked, *(value[key] for key in ("default_target", "default_foil", "actual"))}
    predictions = [p for i, p in enumerate(value["predictions"]) if i < TARGETS or p["id"] in names]
    names |= {p["id"] for p in predictions}
    rows = [i for i, (_, k) in enumerate(value["directions"]) if k is None or k in names]
    m = len(value["directions"])
    if len(rows) == m:
        return value
    entries = [i * (i + 1) // 2 + j for i in rows for j in rows if j <= i]

    def some(key: str, columns: int, wanted: list[int]) -> bytes:
        return np.ascontiguousarray(np.frombuffer(value[key], "<f4").reshape(-1, columns)[:, wanted]).tobytes()

    return {
        **value,
        "predictions": predictions,
        "directions": [value["directions"][i] for i in rows],
        "gram": some("gram", m * (m + 1) // 2, entries),
        "gram_bos": some("gram_bos", m * (m + 1) // 2, entries),
        "signed": some("signed", m, rows),
    }


def archive(value: Any) -> str:
    """`value` as JSON, and its bytes behind that, deflated and in base64 together.

    First the length of the JSON (UTF-8) in 4 bytes, little-endian, then the JSON, then the bytes of which it says
    begin and length.
    """
    binary = bytearray()
    text = json.dumps(_packed(value, binary), ensure_ascii=False, separators=(",", ":")).encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)  # raw: what the browser's DecompressionStream reads
    whole = len(text).to_bytes(4, "little") + text + bytes(binary)
    return base64.b64encode(deflate.compress(whole) + deflate.flush()).decode()


def _packed(value: Any, binary: bytearray) -> Any:
    if isinstance(value, Mapping):
        if "gram" in value and "directions" in value:
            return _packed_basis(value, binary)
        return {key: _packed(inner, binary) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(inner, binary) for inner in value]
    return {"$bytes": _put(bytes(value), binary)} if isinstance(value, (bytes, memoryview)) else value


def _put(raw: bytes, binary: bytearray) -> list[int]:
    binary += raw
    return [len(binary) - len(raw), len(raw)]


def _packed_basis(basis: Mapping[str, Any], binary: bytearray) -> dict[str, Any]:
    m = len(basis["directions"])

    def pack(value: Any) -> Any:
        if isinstance(value, (bytes, memoryview)):
            return {"$floats": _put(_shortened(bytes(value)), binary)}
        return {key: pack(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value

    grams = {key: {"$gram": _packed_gram(np.frombuffer(basis[key], "<f4"), m, binary)} for key in ("gram", "gram_bos")}
    return {key: grams[key] if key in grams else pack(value) for key, value in basis.items()}


def _shortened(raw: bytes) -> bytes:
    """float32 with a shorter mantissa, as byte planes."""
    whole = np.frombuffer(raw, "<u4").astype(np.uint64)
    return _planes((whole + (1 << _LOST >> 1) >> _LOST << _LOST).astype("<u4"))


def _packed_gram(gram: NDArray[np.float32], m: int, binary: bytearray) -> dict[str, Any]:
    """The Cholesky factor of each token's Gram, in whole numbers with one power of two per row.

    Half the bytes of the Gram, and Contrast keeps its digits: a difference of two rows of the factor cancels nothing
    that a difference of two large squares does.
    """
    stride = m * (m + 1) // 2
    factor = _cholesky(gram.reshape(-1, stride).astype(np.float64) if stride else np.zeros((0, 0)), m)  # [T, stride]
    rows = np.repeat(np.arange(m), np.arange(1, m + 1))  # [stride]
    largest = np.zeros((m, len(factor)))  # [m, T]
    np.maximum.at(largest, rows, np.abs(factor).T)
    limit = 2 ** (_BITS - 1) - 1
    exponents = np.ceil(np.log2(np.where(largest > 0, largest, 1.0) / limit))
    exponents = np.clip(exponents, -_LARGEST_POWER, _LARGEST_POWER).astype(np.int8)  # [m, T]
    whole = np.round(factor.T * 2.0 ** -exponents[rows].astype(np.float64)).astype("<i2")  # [stride, T]
    return {"m": m, "factor": _put(_planes(whole), binary), "exponents": _put(exponents.tobytes(), binary)}


def _cholesky(gram: NDArray[np.float64], m: int) -> NDArray[np.float64]:
    """Lower triangles `L` with `L Lᵀ = G`, both `[T, m(m+1)/2]`; a pivot that is only rounding counts as zero."""
    at = [[i * (i + 1) // 2 + k for k in range(i + 1)] for i in range(m)]
    factor = np.zeros_like(gram)
    for j in range(m):
        diagonal = gram[:, at[j][j]]
        left = diagonal - (factor[:, at[j][:j]] ** 2).sum(1)
        root = np.sqrt(np.where(left > _PIVOT * diagonal, left, 0.0))
        factor[:, at[j][j]] = root
        for i in range(j + 1, m):
            rest = gram[:, at[i][j]] - (factor[:, at[i][:j]] * factor[:, at[j][:j]]).sum(1)
            np.divide(rest, root, out=factor[:, at[i][j]], where=root > 0)
    return factor


def _planes(values: NDArray[Any]) -> bytes:
    return np.ascontiguousarray(values.reshape(-1).view(np.uint8).reshape(-1, values.itemsize).T).tobytes()
