"""Writes `vectors/written/*.json`: pictures as plain data, and the texts that Python and the browser make of them.

Run `python tests/written_vectors.py` after a change of the texts, and look at the difference before committing it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from golden_vectors import example

from jacobian_widget._static_html import still
from jacobian_widget.latex import to_latex
from jacobian_widget.picture import Picture, Piece, picture_of
from jacobian_widget.written import to_csv, to_json, to_markdown

FOLDER = Path(__file__).parent / "vectors" / "written"
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "semantic": ("next_token", {"scope": "semantic"}),
    "contrast_by_word": ("next_token", {"scope": "contrast", "granularity": "word", "scale": "log"}),
    "signed": ("next_token", {"scope": "log_probability", "signed": True, "threshold": 0.2}),
    "fisher_estimate": ("fisher_estimate", {"scope": "fisher", "vmax": 5.0}),
    "fisher_rank": ("fisher_estimate", {"scope": "fisher", "rank": 2, "scale": "rank"}),
    "inside": (
        "inside_the_text",
        {"scope": "entropy", "granularity": "line", "hide": ["delimiters"], "scale": "share"},
    ),
}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]>--><!--",
    "</style></textarea>",
    "javascript:alert(1)",
    "https://evil.example/@user #1",
    " =cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\u202eright to left\u202c\u2066x\u2069",
    "\x00\x07\x1b[31m\x7f\x85",
    "\u200b\ufeff\u00ad",
    "\\input{/etc/passwd}\\write18{ls}$x$%#&_{}~^",
    "\\end{document}^^5c",
    "```` | a | b |\n| - |",
    "# head\n- item\n1. one\n===\n> quote",
    "**bold** _it_ ~~no~~ [a](javascript:x) ![i](x)",
    "猫 ñ é ß … “q” — ﬁ 😀 👩\u200d🔬 مرحبا שלום ไทย",
    "e\u0301 \u0301",
    "\r\n \r\n",
    "  two  spaces  ",
    "--- '' `` ,, << >> ?` !`",
    "%%SAVED%% %%TITLE%%",
    "{{ }} ${x}",
    "",
)


def hostile() -> Picture:
    texts = HOSTILE
    pieces = []
    for i, text in enumerate(texts):
        score = None if i >= len(texts) - 2 else round(7.5 / (1 + i), 4) * (-1) ** i
        pieces.append(
            Piece(
                text=text,
                label=text.replace(" ", "␣"),
                start=i,
                stop=i + 1,
                score=score,
                error=0.125 if i % 5 == 1 and score is not None else 0.0,
                share=0.0 if score is None else abs(score) / 40,
                weight=0.0 if score is None else abs(score) / 7.5,
            )
        )
    return Picture(
        question="Why ␣<b>“x”</b> rather than \u202e$y$?",
        scope="contrast",
        title="Contrast",
        unit="logits per unit embedding norm",
        model="a_model/<i>&co</i>",
        position=len(texts) - 2,
        explained=len(texts) - 2,
        granularity="token",
        rank=None,
        signed=True,
        scale="linear",
        top=7.5,
        bos_share=0.003,
        hidden_share=0.104,
        pieces=tuple(pieces),
    )


def empty() -> Picture:
    return Picture(
        question="What moved its uncertainty?",
        scope="entropy",
        title="Entropy",
        unit="nats per unit embedding norm",
        model="m",
        position=None,
        explained=None,
        granularity="token",
        rank=None,
        signed=False,
        scale="linear",
        top=0.0,
        bos_share=None,
        hidden_share=None,
        pieces=(),
    )


def pictures() -> dict[str, Picture]:
    real = {name: picture_of(example(of), **question) for name, (of, question) in QUESTIONS.items()}
    return {**real, "hostile": hostile(), "empty": empty()}


def texts(picture: Picture) -> dict[str, str]:
    return {
        "csv": to_csv(picture),
        "json": to_json(picture),
        "markdown": to_markdown(picture),
        "latex": to_latex(picture),
        "still": still(picture, "Note."),
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, picture in pictures().items():
        of, question = QUESTIONS.get(name, (None, None))
        document = {"of": of, "asked": question, "picture": asdict(picture), "texts": texts(picture)}
        (FOLDER / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
