"""A picture as a paper's figure: PDF, SVG or PNG, text as text, drawn by matplotlib."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import regex

from jacobian_widget.picture import Picture, Piece, one_of
from jacobian_widget.written import footnote, legend, readable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES: Final = (".pdf", ".svg", ".png")
INKS: Final = {
    "blue": ("#2474bd", "#cf3a2b"),
    "purple": ("#8050c4", "#5c8a12"),
    "green": ("#1d8a52", "#a53bb0"),
    "grey": ("#757575", "#cf3a2b"),
}
"""Of each palette the ink, and that of negative scores; as `js/widget.css`, where they are mixed with the words too."""
MAX_INK: Final = 0.58
_FAMILIES: Final = (
    *("DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans Arabic", "Noto Sans Hebrew"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Symbols2", "Segoe UI", "Arial Unicode MS"),
)
_BREAK: Final = "↵"
_LINE: Final = 1.75
"""Line height in font sizes."""
_FINE: Final = 32
_NARROW: Final = 9
"""Font sizes that a line of the legend needs."""
_PARTS: Final = regex.compile(
    r"\n|[^\S\n]+|[\p{Han}\p{Hiragana}\p{Katakana}]\p{M}*|\X+?(?=[\s\p{Han}\p{Hiragana}\p{Katakana}]|$)"
)
_MOST: Final = 20_000
"""Characters; a figure of more is no figure."""


@dataclass(frozen=True)
class _Bit:
    """A part of a piece that stands in one line."""

    text: str
    x: float
    width: float
    line: int
    piece: Piece
    explained: bool


@dataclass(frozen=True)
class _Theme:
    ground: str
    words: str
    quiet: str
    ring: str


_LIGHT: Final = _Theme("white", "#111111", "#595959", "#b35806")
_DARK: Final = _Theme("#111111", "#eeeeee", "#a8a8a8", "#f0a04b")


def draw(
    pictures: Sequence[Picture],
    path: str | PathLike[str] | None = None,
    *,
    width: float = 6.0,
    font_size: float = 9.0,
    dark: bool = False,
    palette: str = "blue",
    bars: bool = True,
    family: str | None = None,
    dpi: int = 300,
) -> Figure:
    """Draw the pictures one below the other, and write them to `path` if one is given.

    `pictures` holds at least one; several scopes of one text are the usual case. The rest is as in
    `Attribution.figure`.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: another suffix, palette, or size; a text of more than 20,000 characters.
    """
    suffix = None if path is None else Path(path).suffix.lower()
    if suffix is not None and suffix not in SUFFIXES:
        raise ValueError(f"a figure is a file that ends in {', '.join(SUFFIXES)}; got {str(path)!r}.")
    one_of("palette", palette, INKS)
    if not (0.5 <= width <= 100 and 2 <= font_size <= 100):
        raise ValueError(f"width is 0.5 to 100 inches, font_size 2 to 100 points; got {width} and {font_size}.")
    if not pictures:
        raise ValueError("there is no picture to draw; name at least one scope.")
    length = sum(len(piece.text) for piece in pictures[0].pieces)
    if length > _MOST:
        raise ValueError(f"the text has {length:,} characters; a figure takes up to {_MOST:,}. Explain a part of it.")
    try:
        import matplotlib as mpl
        from matplotlib import font_manager
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("a figure needs matplotlib. Run: pip install 'jacobian-widget[figure]'") from error
    there = {font.name for font in font_manager.fontManager.ttflist}
    families = [name for name in ((family,) if family else ()) + _FAMILIES if name in there] or ["sans-serif"]
    # Vector text: editable in the SVG, embedded as a subset of the font in the PDF.
    settings: Any = {
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "font.family": families,
        "text.usetex": False,
    }
    settings |= {"svg.hashsalt": "jacobian-widget", "text.parse_math": False}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(missing from font|Glyph).*")
        sheet = _Sheet(Figure(figsize=(width, 1.0)), width * 72, font_size, _DARK if dark else _LIGHT, palette, bars)
        for n, picture in enumerate(pictures):
            sheet.add(picture, first=n == 0)
        sheet.finish()
        if path is not None:
            undated = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(str(suffix), {})
            sheet.figure.savefig(path, dpi=dpi, facecolor=sheet.theme.ground, metadata=undated)
    return sheet.figure


class _Sheet:
    """A figure that grows downwards; lengths in points, from the top left."""

    def __init__(self, figure: Figure, width: float, size: float, theme: _Theme, palette: str, bars: bool) -> None:  # noqa: FBT001
        from matplotlib.backends import backend_agg

        self.figure, self.width, self.size, self.theme, self.bars = figure, width, size, theme, bars
        self.margin = 4.0
        self.y = self.margin
        self.ink, self.against = (_mixed(c, theme.words, 0.16) for c in INKS[palette])
        self.shapes: list[tuple[float, float, float, float, dict[str, Any]]] = []
        self.words: list[tuple[float, float, str, dict[str, Any]]] = []
        self._renderer: Any = cast("Any", backend_agg).RendererAgg(1, 1, 72)
        self._widths: dict[tuple[str, float], float] = {}

    def add(self, picture: Picture, *, first: bool) -> None:
        size, small = self.size, self.size * 0.85
        if not first:
            self.y += size * 1.2
        for line in self._wrapped(readable(picture.question), size):
            self._say(self.margin, self.y + size, line, size, self.theme.words)
            self.y += size * 1.35
        self.y += size * 0.35
        self._text(picture)
        self.y += size * 0.5
        low, top = legend(picture)
        x = self.margin
        self._say(x, self.y + small, low, small, self.theme.quiet)
        x += self.measure(low, small) + small * 0.5
        length, steps = size * 7, 32
        for k in range(steps):
            place = (2 * k + 1) / steps - 1 if picture.signed else (k + 0.5) / steps
            colour = self.against if place < 0 else self.ink
            self._fill(x + length * k / steps, self.y + small * 0.15, length / steps + 0.1, small, colour, abs(place))
        x += length + small * 0.5
        if self.width - x - self.margin < small * _NARROW:
            x = self.margin
            self.y += small * 1.35
        for line in self._wrapped(top, small, self.width - x - self.margin):
            self._say(x, self.y + small, line, small, self.theme.quiet)
            self.y += small * 1.35
        for line in self._wrapped(footnote(picture), small):
            self._say(self.margin, self.y + small, line, small, self.theme.quiet)
            self.y += small * 1.35

    def finish(self) -> None:
        from matplotlib.patches import Rectangle
        from matplotlib.text import Text

        height = self.y + self.margin
        self.figure.set_size_inches(self.width / 72, height / 72)
        for x, y, w, h, style in self.shapes:
            box = Rectangle((x / self.width, 1 - (y + h) / height), w / self.width, h / height, **style)
            self.figure.add_artist(box)
        for x, y, words, style in self.words:
            self.figure.add_artist(Text(x / self.width, 1 - y / height, words, va="baseline", **style))

    def _text(self, picture: Picture) -> None:
        size = self.size
        bits = _joined(_Flow(self, picture).bits)
        for bit in bits:
            top = self.y + bit.line * size * _LINE
            score, weight = bit.piece.score or 0.0, bit.piece.weight
            colour = self.against if score < 0 else self.ink
            if weight > 0 and not bit.explained:
                self._fill(bit.x, top + size * 0.1, bit.width, size * 1.35, colour, weight)
                if self.bars and weight >= 1 / 8:
                    bar = size * 0.22 * weight
                    self._fill(bit.x, top + size * 1.45 - bar, bit.width, bar, colour, 1 / MAX_INK)
            if bit.explained:
                style = {"facecolor": "none", "edgecolor": self.theme.ring, "linewidth": 1.1}
                self.shapes.append((bit.x - 0.5, top + size * 0.1, bit.width + 1, size * 1.35, style))
            dim = bit.text == _BREAK or (bit.piece.score is None and not bit.explained)
            if bit.text.strip():
                self._say(bit.x, top + size * 1.12, bit.text, size, self.theme.quiet if dim else self.theme.words)
        self.y += (max((bit.line for bit in bits), default=0) + 1) * size * _LINE

    def _wrapped(self, text: str, size: float, room: float | None = None) -> list[str]:
        room = self.width - 2 * self.margin if room is None else room
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines[-1] else word
            if lines[-1] and self.measure(longer, size) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def measure(self, text: str, size: float) -> float:
        known = self._widths.get((text, size))
        if known is None:
            from matplotlib.font_manager import FontProperties

            # Large, because widths come in whole pixels.
            large = FontProperties(size=size * _FINE)
            known = self._renderer.get_text_width_height_descent(text, large, ismath=False)[0] / _FINE
            self._widths[text, size] = known
        return known

    def _fill(self, x: float, y: float, w: float, h: float, colour: str, weight: float) -> None:
        # Mixed, not transparent: some printers and reviewers' viewers draw transparent areas badly.
        mixed = _mixed(self.theme.ground, colour, min(1.0, MAX_INK * weight))
        self.shapes.append((x, y, w, h, {"facecolor": mixed, "edgecolor": "none", "linewidth": 0}))

    def _say(self, x: float, y: float, words: str, size: float, colour: str) -> None:
        self.words.append((x, y, words, {"fontsize": size, "color": colour, "parse_math": False}))


class _Flow:
    """Pieces in lines, which break at spaces, beside ideographs, and where a run is wider than the line."""

    def __init__(self, sheet: _Sheet, picture: Picture) -> None:
        self.sheet, self.picture = sheet, picture
        self.left, self.right = sheet.margin, sheet.width - sheet.margin
        self.x, self.line = self.left, 0
        self.bits: list[_Bit] = []
        self.word: list[tuple[str, int]] = []
        """What must stay together, as parts of pieces."""
        for i, piece in enumerate(picture.pieces):
            for part in _PARTS.findall(piece.text):
                self._take(part, i)
        self._flush()

    def _take(self, part: str, i: int) -> None:
        alone = part.isspace() or unicodedata.east_asian_width(part[0]) in "WF"
        if alone or (self.word and self.word[-1][0].isspace()):
            self._flush()
        self.word.append((_BREAK if part == "\n" else readable(part.replace("\t", "    ")), i))
        if alone:
            self._flush()
        if part == "\n":
            self._next_line()

    def _flush(self) -> None:
        width = sum(self._measure(text) for text, _ in self.word)
        if self.x + width > self.right and self.x > self.left and self.word and not self.word[0][0].isspace():
            self._next_line()
        for text, i in self.word:
            for part in self._cut(text):
                wide = self._measure(part)
                if self.x + wide > self.right and self.x > self.left:
                    self._next_line()
                    if part.isspace():
                        continue
                piece, explained = self.picture.pieces[i], i == self.picture.explained
                self.bits.append(_Bit(part, self.x, wide, self.line, piece, explained))
                self.x += wide
        self.word = []

    def _next_line(self) -> None:
        self.x, self.line = self.left, self.line + 1

    def _cut(self, text: str) -> Iterator[str]:
        if self._measure(text) <= self.right - self.left:
            yield text
            return
        part = ""
        for glyph in regex.findall(r"\X", text):
            if part and self._measure(part + glyph) > self.right - self.left:
                yield part
                part = ""
            part += glyph
        yield part

    def _measure(self, text: str) -> float:
        return self.sheet.measure(text, self.sheet.size)


def _joined(bits: Sequence[_Bit]) -> list[_Bit]:
    """One bit per piece and line; the space at which a line broke hangs out of it, unseen."""
    joined: list[_Bit] = []
    for n, bit in enumerate(bits):
        wraps = n + 1 < len(bits) and bits[n + 1].line > bit.line
        if wraps and bit.text.isspace():
            continue
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.piece is bit.piece
            and last.line == bit.line
            and _BREAK not in (last.text, bit.text)
        ):
            joined[-1] = replace(last, text=last.text + bit.text, width=bit.x + bit.width - last.x)
        else:
            joined.append(bit)
    return joined


def _mixed(a: str, b: str, part: float) -> str:
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (x + (y - x) * part for x, y in zip(to_rgb(a), to_rgb(b), strict=True))
    return to_hex((red, green, blue))
