"""A paper's figure in one call."""

from __future__ import annotations

import builtins
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from golden_vectors import example
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer
from written_vectors import empty, hostile

from jacobian_widget import Attribution, JacobianWidget
from jacobian_widget.figure import draw

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def a() -> Attribution:
    return example("next_token")


def words(path: Path) -> str:
    root = ET.parse(path).getroot()  # noqa: S314 - written by this test
    return "".join(text.text or "" for text in root.iter(f"{SVG}text"))


def test_svg_has_text_as_text(a: Attribution, tmp_path: Path) -> None:
    a.figure(tmp_path / "figure.svg", ["semantic", "fisher"], width=5, granularity="word")
    said = words(tmp_path / "figure.svg")
    assert "What moved the whole prediction?" in said
    assert "logits per unit embedding norm" in said
    assert said.count("mats") == 2
    assert ET.parse(tmp_path / "figure.svg").getroot().get("width") == "360pt"  # noqa: S314 - written by this test


def test_pdf_embeds_its_fonts_and_has_no_picture(a: Attribution, tmp_path: Path) -> None:
    a.figure(tmp_path / "figure.pdf", width=3.3)
    raw = (tmp_path / "figure.pdf").read_bytes()
    assert raw.startswith(b"%PDF")
    assert b"/Subtype /Image" not in raw
    assert b"/FontFile2" in raw
    (box,) = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+)", raw)
    assert float(box) == pytest.approx(3.3 * 72, abs=0.1)
    again = tmp_path / "again.pdf"
    a.figure(again, width=3.3)
    assert again.read_bytes() == raw  # the same figure is the same file


def test_png_has_the_dots(a: Attribution, tmp_path: Path) -> None:
    a.figure(tmp_path / "figure.png", width=2, dpi=150, dark=True)
    raw = (tmp_path / "figure.png").read_bytes()
    width, height, depth, colours = struct.unpack(">IIBB", raw[16:26])
    assert width == 300
    assert (depth, colours) == (8, 6)
    rows = b"".join(raw[at + 8 : at + 8 + n] for at, n in chunks(raw, b"IDAT"))
    first = zlib.decompress(rows)[1:5]
    assert first == b"\x11\x11\x11\xff"
    assert height > 50


def chunks(png: bytes, kind: bytes) -> list[tuple[int, int]]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == kind:
            found.append((at, length))
        at += 12 + length
    return found


def test_lines_stay_inside(a: Attribution) -> None:
    figure = a.figure(width=1.5, font_size=9)
    figure.canvas.draw()
    right = max(text.get_window_extent().x1 for text in figure.findobj(match=lambda x: hasattr(x, "get_fontsize")))
    assert right <= figure.bbox.x1 + 3
    assert figure.get_size_inches()[1] > a.figure(width=6).get_size_inches()[1]


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_any_text_is_drawn(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"figure.{suffix}"
    draw([hostile(), empty()], path, palette="green")
    if suffix == "svg":
        said = words(path)
        assert "<script>alert(1)</script>" in said
        assert "$x$%#&_{}~^" in said.replace("\\", "")
        assert "\u202e" not in said
        assert "⟨U+202E⟩" in said


def test_a_long_token_is_cut_into_lines_and_an_endless_text_refused(tmp_path: Path) -> None:
    long = replace(hostile().pieces[0], text="x" * 5000, label="x")
    figure = draw([replace(hostile(), pieces=(long,), explained=None)], tmp_path / "figure.svg", width=3)
    assert figure.get_size_inches()[1] > 5
    endless = replace(long, text="x" * 100_000)
    with pytest.raises(ValueError, match="up to 20,000"):
        draw([replace(hostile(), pieces=(endless,), explained=None)])


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"path": "figure.jpg"}, r"ends in \.pdf"),
        ({"palette": "red"}, "palette"),
        ({"width": 0}, "inches"),
        ({"font_size": 1000}, "points"),
        ({"scopes": []}, "at least one scope"),
        ({"scopes": "logit"}, "unknown scope"),
    ],
)
def test_bad_settings(a: Attribution, bad: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        a.figure(**bad)


def test_without_matplotlib(a: Attribution, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r"pip install 'jacobian-widget\[figure\]'"):
        a.figure("figure.pdf")


def test_the_widgets_figure_is_its_picture(tmp_path: Path) -> None:
    w = JacobianWidget(tiny("llama", vocab_size=300), byte_tokenizer(), "The cat sat", scope="fisher", rank=2)
    w.figure(tmp_path / "one.svg")
    assert "top 2 directions" in words(tmp_path / "one.svg")
    w.figure(tmp_path / "two.svg", ["entropy", "contrast"], width=4, palette="grey")
    assert "What moved its uncertainty?" in words(tmp_path / "two.svg")
