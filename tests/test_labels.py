"""Nothing in a label may be invisible or reorder what stands around it."""

from __future__ import annotations

import pytest

from jacobian_widget.tokens import visible


@pytest.mark.parametrize(
    ("piece", "label"),
    [
        (" Paris", "␣Paris"),
        ("a b ", "a␣b␣"),
        ("\r\n\t", "␍↵⇥"),
        ("\u200b", "<U+200B>"),
        ("a\u202eb", "a<U+202E>b"),
        ("\u2066", "<U+2066>"),
        ("\u00a0", "<U+00A0>"),
        ("\u3000", "<U+3000>"),
        ("\u2028", "<U+2028>"),
        ("\x00\x1b\x7f\x85", "<U+0000><U+001B><U+007F><U+0085>"),
        ("\ud83d", "<U+D83D>"),
        ("\ue000", "<U+E000>"),
        ("\U000e0067", "<U+E0067>"),
        ("\u0301", "◌\u0301"),
        (" \u0301", "␣◌\u0301"),
        ("e\u0301", "e\u0301"),
        ("\ufe0f", "<U+FE0F>"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("\u3164", "<U+3164>"),
        ("שלום", "שלום"),
        ("<b>&amp;", "<b>&amp;"),
        ("", ""),
    ],
)
def test_visible(piece: str, label: str) -> None:
    assert visible(piece) == label
