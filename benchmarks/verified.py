"""Verified scores and leave-one-out: what a shared prefix saves, and what confirming a quarter costs beside all.

Run `python benchmarks/verified.py`, with `--data FOLDER` on the texts of FOLDER/lambada.json. Without, the texts of the
gallery. Medians of interleaved runs in one process, on the demo model; of several texts the median.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

from bars import MISSED
from engine import medians

from jacobian_widget import attribute, load_demo
from jacobian_widget.attribution import Attribution
from jacobian_widget.gallery import GALLERY
from jacobian_widget.leave_one_out import leave_one_out
from jacobian_widget.verified import SHARE, verify

FOLDER = "JACOBIAN_WIDGET_TEXTS"
SHARED, VERIFIED = 1.6, 0.35
LEAST = 30
"""Tokens; shorter texts say little."""


def read(folder: str | None) -> list[str]:
    if folder is None:
        return list(dict.fromkeys(example.text for example in GALLERY.values()))
    return [row["text"] for row in json.loads((Path(folder) / "lambada.json").read_text("utf-8"))]


def screened(model: Any, ids: list[int]) -> None:
    """One forward pass, one backward pass, and the top of the scores confirmed."""
    a = attribute(model, input_ids=ids, scopes=("semantic",))
    verify(a)
    a.session.probe.backward.release()  # or the next one would go without a forward pass


def seconds_of(model: Any, a: Attribution, rounds: int) -> dict[str, float]:
    a.session.probe.backward.release()
    return medians(
        {
            "whole": partial(leave_one_out, a, share_prefix=False),
            "shared": partial(leave_one_out, a),
            "verified": partial(screened, model, a.input_ids),
        },
        rounds,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get(FOLDER), help=f"a folder; or set {FOLDER}")
    parser.add_argument("--texts", type=int, default=10, help="how many, evenly from all")
    parser.add_argument("--rounds", type=int, default=1, help="of each text, after one that does not count")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="There is a performance drop")
    model, tokenizer = load_demo()
    model.requires_grad_(False)
    rows = [tokenizer(text)["input_ids"] for text in read(arguments.data)]
    rows = [ids for ids in rows if len(ids) >= LEAST]
    count = min(arguments.texts, len(rows))
    gains, costs, lengths = [], [], []
    for ids in (rows[i * len(rows) // count] for i in range(count)):
        a = attribute(model, input_ids=ids, scopes=("semantic",))
        seconds = seconds_of(model, a, arguments.rounds)
        gains.append(seconds["whole"] / seconds["shared"])
        costs.append(seconds["verified"] / seconds["shared"])
        lengths.append(len(ids))
        print(
            f"{len(ids)} tokens: {seconds['whole']:.2f} s whole, {seconds['shared']:.2f} s with a shared prefix, "
            f"{seconds['verified']:.2f} s verified",
            file=sys.stderr,
            flush=True,
        )
    gain, cost = statistics.median(gains), statistics.median(costs)
    where = f"{count} texts of {min(lengths)} to {max(lengths)} tokens"
    print("| texts | what | ratio | from | to | bar |\n|---|---|---:|---:|---:|---:|")
    print(
        f"| {where} | leave-one-out without a shared prefix ÷ with one | {gain:.2f} | {min(gains):.2f} | "
        f"{max(gains):.2f} | ≥ {SHARED} |"
    )
    print(
        f"| {where} | screened, and {SHARE:.0%} confirmed ÷ all left out one by one | {cost:.2f} | "
        f"{min(costs):.2f} | {max(costs):.2f} | ≤ {VERIFIED} |"
    )
    sys.exit(MISSED if gain < SHARED or cost > VERIFIED else 0)


if __name__ == "__main__":
    main()
