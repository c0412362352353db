"""Every benchmark, one after the other, into docs/benchmarks.md.

Run `make bench`, or `python benchmarks`. Each runs in a process of its own; what it prints is its table.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import torch
import transformers
from bars import MISSED

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Section:
    """One table of the page."""

    title: str
    script: str
    about: str
    quick: tuple[str, ...] = ()


SECTIONS = (
    Section(
        "Against plain torch",
        "engine.py",
        "What one would write by hand for the same graph is the limit: it can only be reached, not beaten.",
        quick=("--rounds", "7", "--tokens", "30"),
    ),
    Section(
        "The Fisher estimate",
        "fisher.py",
        "Against the exact trace, over random seeds. The last column compares with taking a VJP for every dimension of "
        "the hidden state, on the same graph in the same batches.",
        quick=("--seeds", "10", "--rounds", "1"),
    ),
    Section(
        "Other positions, and the map of all",
        "positions.py",
        "Moving to another token takes no forward pass while the graph of the text is at hand. The map takes one VJP "
        "for each position, and a few forward passes of growing length.",
        quick=("--rounds", "3", "--moves", "30", "--maps", "30"),
    ),
    Section(
        "Long texts",
        "length.py",
        "All scopes, one run each, in a process of its own. Memory is the peak above the loaded model, foreseen what "
        "`estimate()` said before.",
        quick=("--tokens", "64", "256"),
    ),
    Section(
        "Leave-one-out and verified scores",
        "verified.py",
        "A shared prefix: an ablated text is computed from its first ablated token on. Verified: one forward and one "
        "backward pass screen all tokens, and a quarter is confirmed.",
        quick=("--texts", "2"),
    ),
    Section(
        "Beside captum and inseq",
        "neighbours.py",
        "The same model, text and target. One gradient costs the same everywhere; many targets are where one batched "
        "backward pass and the Gram matrices pay.",
        quick=("--rounds", "3", "--tokens", "30"),
    ),
    Section(
        "The view",
        "view.py",
        "Script and paint time in Chromium, over the result of a tiny random model.",
    ),
    Section(
        "Many texts",
        "dataset.py",
        "Texts in batches, four directions each. Plain torch is a loop by hand over the same batches. Ray's workers "
        "are timed from when both have loaded the model.",
        quick=("--count", "8", "--rounds", "1"),
    ),
    Section(
        "A million rows",
        "dataset_view.py",
        "`DatasetView` over random rows of 16 tokens, in the kernel; what the browser does with a page does not depend "
        "on how many rows there are. The bars are 2 s to open and 0.2 s a page.",
        quick=("--rows", "100000"),
    ),
    Section(
        "Saved notebooks",
        "saved.py",
        "What a notebook holds for each widget of the demo model, bytes in base64.",
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short texts and few rounds")
    parser.add_argument("--only", nargs="+", metavar="SCRIPT", help="these scripts; the rest of the page stays")
    arguments = parser.parse_args()
    tables = _written()
    for section in SECTIONS:
        if arguments.only and section.script not in arguments.only:
            continue
        print(f"{section.title} ...", flush=True)
        options = section.quick if arguments.quick else ()
        command = [sys.executable, str(HERE / section.script), *options]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
        if done.returncode not in (0, MISSED):
            print(f"  {section.script} ended with {done.returncode}; its table is left as it was.")
            continue
        lines = done.stdout.splitlines()
        table = [line for line in lines if line.startswith("|")] or ["```text", *lines, "```"]
        tables[section.title] = "\n".join([_where(), "", *table])
        print(tables[section.title], flush=True)
        PAGE.write_text(_page(tables), "utf-8")


def _where() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    today = datetime.now(timezone.utc).date()
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    return f"*{today}, {cores} cores ({platform.machine()}), {versions}*"


def _page(tables: dict[str, str]) -> str:
    about = (
        "Written by `make bench`. All on the demo model, SmolLM2-135M-Instruct in float32. Times are medians of runs "
        "that take turns in one process, unless a section says otherwise: trust the ratios, not the seconds."
    )
    parts = ["# Benchmarks", about]
    for section in SECTIONS:
        if section.title in tables:
            parts += [f"## {section.title}", section.about, tables[section.title]]
    return "\n\n".join(parts) + "\n"


def _written() -> dict[str, str]:
    """The tables that the page holds already."""
    if not PAGE.exists():
        return {}
    found = {}
    for part in PAGE.read_text("utf-8").split("\n## ")[1:]:
        title, _, rest = part.partition("\n\n")
        _, _, table = rest.partition("\n\n")
        found[title] = table.strip()
    return found


if __name__ == "__main__":
    main()
