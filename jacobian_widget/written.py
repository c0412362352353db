"""A picture as text to paste elsewhere: CSV, JSON, Markdown. Mirror: `js/panels/written.ts`, held by golden vectors."""

from __future__ import annotations

import csv
import io
import json
import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import regex

from jacobian_widget.picture import Picture

_NBSP: Final = "\u00a0"
_SUPERSCRIPT: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CODED: Final = regex.compile(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}--\n\t\u200c\u200d]", regex.V1)
_FORMULA: Final = regex.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_MARKUP: Final = regex.compile(r"[\\`*_\[\]<>&|~$#@]|:(?=//)|(?<=^\s*)[+\-=]|(?<=^\s*\d+)[.)]", regex.M)
_WORD: Final = regex.compile(r"[\p{L}\p{N}](?:.*[\p{L}\p{N}])?")
_STRONG: Final = 0.5
_LISTED: Final = 10


def to_csv(picture: Picture) -> str:
    """One row per piece: `start`, `stop` (tokens), `text`, `score` with its unit, `standard_error`, `share`, `place`.

    A piece without a score has empty cells. A text that a spreadsheet would run as a formula gets a `'` before it, and
    control characters are written out (`⟨U+202E⟩`); `to_json` keeps every text as it is.
    """
    places = _places(picture)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["start", "stop", "text", f"score [{picture.unit}]", "standard_error", "share", "place"])
    for i, piece in enumerate(picture.pieces):
        numbers = ["", "", "", ""]
        if piece.score is not None:
            numbers = [_general(piece.score), _general(piece.error), _general(piece.share), str(places[i])]
        rows.writerow([piece.start, piece.stop, _cell(piece.text), *numbers])
    return out.getvalue()


def to_json(picture: Picture) -> str:
    """Everything the picture holds, as JSON; numbers with six digits, texts as they are."""
    places = _places(picture)
    document: dict[str, Any] = {
        "question": picture.question,
        "scope": picture.scope,
        "unit": picture.unit,
        "model": picture.model,
        "position": picture.position,
        "explained": picture.explained,
        "granularity": picture.granularity,
        "rank": picture.rank,
        "signed": picture.signed,
        "bos_share": _rounded(picture.bos_share),
        "hidden_share": _rounded(picture.hidden_share),
        "pieces": [
            {
                "text": piece.text,
                "start": piece.start,
                "stop": piece.stop,
                "score": _rounded(piece.score),
                "standard_error": None if piece.score is None else _rounded(piece.error),
                "share": None if piece.score is None else _rounded(piece.share),
                "place": places.get(i),
            }
            for i, piece in enumerate(picture.pieces)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def to_markdown(picture: Picture) -> str:
    """The question, the text as a quotation with its strongest words bold, and a table of the strongest pieces."""
    lines = [f"**{_plain(readable(picture.question))}**", "", *_quotation(picture), ""]
    lines += [f"| Place | Piece | Score, {picture.unit} | Share |", "|--:|:--|--:|--:|"]
    places = _places(picture)
    for i in picture.order[:_LISTED]:
        piece = picture.pieces[i]
        label = _code(readable(piece.label))
        lines.append(f"| {places[i]} | {label} | {with_error(picture, i)} | {share_words(piece.share)} |")
    return "\n".join([*lines, "", _plain(readable(footnote(picture)))]) + "\n"


def footnote(picture: Picture) -> str:
    """Scope and model, and what the picture does not colour."""
    parts = [f"{picture.title} scope, {picture.model}"]
    if picture.signed:
        parts.append("gradient × input")
    if picture.rank is not None:
        parts.append(f"top {picture.rank} direction{'s' if picture.rank > 1 else ''}")
    if picture.bos_share is not None:
        parts.append(f"BOS holds {share_words(picture.bos_share)}, hidden")
    if picture.hidden_share is not None:
        parts.append(f"hidden tokens hold {share_words(picture.hidden_share)}")
    return " · ".join(parts)


def legend(picture: Picture) -> tuple[str, str]:
    """What stands at the two ends of the colour bar."""
    highest = _highest(picture)
    low = f"−{score_words(picture.top, highest)}" if picture.signed else "0"
    if picture.scale == "rank":
        low = "weakest"
    estimated = picture.top == highest and any(piece.error > 0 for piece in picture.pieces)
    top = with_error(picture, picture.order[0]) if estimated else score_words(picture.top, highest)
    scale = "" if picture.scale == "linear" else f" ({picture.scale} scale)"
    return low, f"{top} {picture.unit}{scale}"


def score_words(x: float, highest: float) -> str:
    """A score with the precision that all of a picture have: three digits at its maximum."""
    if x == 0:
        return "0"
    top = _exponent(highest)
    if top < -3 or top > 5:
        return _scientific(x)
    decimals = max(0, min(5, 2 - top))
    shown = fixed(x, decimals)
    if float(shown) == 0:
        return f"<{_NBSP}{fixed(10**-decimals, decimals)}"
    return shown.replace("-", "−")


def with_error(picture: Picture, i: int) -> str:
    """The score of piece `i` with its standard error: "12.1 ± 0.4"."""
    piece, highest = picture.pieces[i], _highest(picture)
    x, error = piece.score or 0.0, piece.error
    if not error > 0:
        return score_words(x, highest)
    top = _exponent(highest)
    if top < -3 or top > 5:
        return f"{_scientific(x)} ± {_scientific(error)}"
    greatest = picture.pieces[picture.order[0]].error
    coarsest = max(0, min(2 - top, -_exponent(greatest) if greatest > 0 else 5, 5))
    decimals = max(coarsest, min(coarsest + 1, -_exponent(error)))
    shown = fixed(error, decimals)
    return f"{fixed(x, decimals)} ± {fixed(10**-decimals, decimals) if float(shown) == 0 else shown}"


def share_words(x: float) -> str:
    """A share in whole percent."""
    if 0 < x < 0.005:
        return f"<{_NBSP}1{_NBSP}%"
    return f"{math.floor(x * 100 + 0.5)}{_NBSP}%"


def readable(text: str) -> str:
    """Control and format characters written out: they could hide or reorder what stands beside them."""
    return str(_CODED.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text))


def _highest(picture: Picture) -> float:
    return max((abs(p.score) for p in picture.pieces if p.score is not None), default=0.0)


def _places(picture: Picture) -> dict[int, int]:
    """1 for the strongest; equal scores share a place."""
    places: dict[int, int] = {}
    before = -1
    for n, i in enumerate(picture.order):
        tied = before >= 0 and abs(picture.pieces[before].score or 0.0) == abs(picture.pieces[i].score or 0.0)
        places[i] = places[before] if tied else n + 1
        before = i
    return places


def _cell(text: str) -> str:
    shown = readable(text)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def _quotation(picture: Picture) -> list[str]:
    """Bold needs a letter or digit at both ends to be read as bold everywhere."""
    runs: list[list[Any]] = []
    for piece in picture.pieces:
        strong = piece.weight >= _STRONG
        for part in regex.split(r"(\s+)", readable(piece.text)):
            bold = strong and _WORD.fullmatch(part) is not None
            if runs and bold == runs[-1][1]:
                runs[-1][0] += part
            elif part:
                runs.append([part, bold])
    text = "".join(f"**{_plain(part)}**" if bold else _plain(part) for part, bold in runs)
    lines = [line.strip() for line in text.split("\n")]
    # A backslash at the end of a line keeps its break.
    breaks = ["\\" if line and after else "" for line, after in zip(lines, [*lines[1:], ""], strict=True)]
    return [f"> {line}{end}" if line else ">" for line, end in zip(lines, breaks, strict=True)]


def _plain(text: str) -> str:
    """Markdown that shows `text`, whatever it holds."""
    return str(_MARKUP.sub(lambda match: _ENTITIES.get(match[0], "\\" + match[0]), text))


_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", ":": "&#58;"}


def _code(text: str) -> str:
    """A code span for a cell of a table."""
    longest = max((len(run) for run in regex.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|')}{pad}{fence}" if text else ""


def _exponent(x: float) -> int:
    return 0 if x == 0 else math.floor(math.log10(abs(x)))


def _scientific(x: float) -> str:
    e = _exponent(x)
    digits = "".join(_SUPERSCRIPT[int(c)] for c in str(abs(e)))
    return f"{fixed(x / 10**e, 1)}{_NBSP}×{_NBSP}10{'⁻' if e < 0 else ''}{digits}"


def fixed(x: float, decimals: int) -> str:
    """As JavaScript's `toFixed`, which rounds halves up."""
    return str(Decimal(x).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _general(x: float) -> str:
    return f"{x + 0.0:.6g}"


def _rounded(x: float | None) -> float | None:
    return None if x is None else float(_general(x))
