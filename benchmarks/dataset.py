"""Data sets: texts in batches against one at a time and against plain torch, and Ray against two processes.

Run `python benchmarks/dataset.py`, with --data for a folder that holds lambada.json; without, on the texts of the
gallery. Ratios of runs that take turns in one process, on the demo model. The plain side is what one would write by
hand for the same batches: frozen parameters, one forward pass over padded texts, one backward pass for each direction.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from bars import MISSED
from engine import medians
from verified import FOLDER, read

from jacobian_widget import attribute, load_demo
from jacobian_widget.batch import Batching, Question
from jacobian_widget.dataset import SCOPES_TAKEN, attribute_dataset
from jacobian_widget.tokens import tokenize

PLAIN_BAR = 1.15
ALONE_BAR = 2.0
RAY_BAR = 1.15
_HALF = "--half"


def plain(model: Any, ids: list[list[int]], batches: list[list[int]]) -> list[torch.Tensor]:
    """Scores of the four directions of `SCOPES_TAKEN` for every text."""
    found = []
    for batch in batches:
        texts = [ids[i] for i in batch]
        longest = max(map(len, texts))
        tokens = torch.tensor([[*text, *[text[-1]] * (longest - len(text))] for text in texts])
        last = torch.tensor([len(text) - 1 for text in texts])
        x = model.get_input_embeddings()(tokens).detach().requires_grad_()
        y = model.model(inputs_embeds=x, use_cache=False).last_hidden_state[torch.arange(len(texts)), last]
        z = model.lm_head(y)
        log_p = z.log_softmax(-1)
        p = log_p.detach().exp()
        values = (
            log_p.gather(-1, z.argmax(-1, keepdim=True)).sum(),
            (p * z).sum(),
            y.norm(dim=-1).sum(),
            -(log_p.exp() * log_p).sum(),
        )
        g = torch.stack([torch.autograd.grad(value, x, retain_graph=True)[0] for value in values])
        found.append(g.norm(dim=-1))
    return found


def throughput(texts: list[str], rounds: int) -> bool:
    model, tokenizer = load_demo()
    model.requires_grad_(False)
    sources = [tokenize(tokenizer, text) for text in texts]
    ids = [list(source.ids) for source in sources]
    batches = list(Batching().split([Question(source) for source in sources]))
    folder = Path(tempfile.mkdtemp(prefix="jw-bench-"))

    def ours() -> None:
        out = folder / "scores"
        shutil.rmtree(out, ignore_errors=True)
        attribute_dataset(texts, model, tokenizer, out=out, shard_size=len(texts), progress=False)

    def alone() -> None:
        for text in texts:
            attribute(model, tokenizer, text, scopes=SCOPES_TAKEN, n_targets=5)

    try:
        seconds = medians({"ours": ours, "alone": alone, "plain": lambda: plain(model, ids, batches)}, rounds)
    finally:
        shutil.rmtree(folder)
    rate = {name: len(texts) / value for name, value in seconds.items()}
    faster, over = seconds["alone"] / seconds["ours"], seconds["ours"] / seconds["plain"]
    print(f"| `attribute_dataset`, to Parquet | {rate['ours']:.2f} | | |")
    print(f"| `attribute`, one at a time | {rate['alone']:.2f} | {faster:.2f} × faster | {ALONE_BAR} |")
    print(f"| batches in plain torch | {rate['plain']:.2f} | {over:.2f} × its time | {PLAIN_BAR} |", flush=True)
    return faster >= ALONE_BAR or over <= PLAIN_BAR


def half(texts: list[str], which: int, out: Path) -> None:
    """One of two processes that know nothing of each other; prints the seconds without the start."""
    torch.set_num_threads(1)
    model, tokenizer = load_demo()
    attribute_dataset(texts[:1], model, tokenizer, out=out / "warm", progress=False)
    started = time.perf_counter()
    attribute_dataset(texts[which::2], model, tokenizer, out=out / "half", progress=False, shard_size=_shard(texts))
    print(time.perf_counter() - started)


def two_workers(data: str | None, texts: list[str], rounds: int) -> bool:
    command = [sys.executable, __file__, *(["--data", data] if data else []), "--count", str(len(texts)), _HALF]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    rates: list[tuple[float, float]] = []
    for _ in range(rounds):
        folder = Path(tempfile.mkdtemp(prefix="jw-bench-"))
        try:
            both = [
                subprocess.Popen(
                    [*command, str(i), "--out", str(folder / str(i))],
                    stdout=subprocess.PIPE,
                    text=True,
                    env=environment,
                )
                for i in range(2)
            ]
            two = len(texts) / max(float(process.communicate()[0]) for process in both)
            rates.append((two, ray_rate(texts, folder / "ray")))
        finally:
            shutil.rmtree(folder)
    two, ray = sorted(rates, key=lambda pair: pair[0] / pair[1])[len(rates) // 2]
    print(f"| two processes, half the texts each | {two:.2f} | | |")
    print(f"| Ray, two workers | {ray:.2f} | {two / ray:.2f} × their time | {RAY_BAR} |", flush=True)
    return two / ray <= RAY_BAR


def ray_rate(texts: list[str], out: Path) -> float:
    """Texts per second from when both workers have loaded the model: what counts is the work, not the start."""
    size = _shard(texts)
    at: list[tuple[float, int]] = []

    def told(done: int, _: int | None) -> None:
        # The first two shards are there to load it.
        both = all((out / f"part-00000{i}.parquet").exists() for i in range(2))
        if both and (not at or done > at[-1][1]):
            at.append((time.perf_counter(), done))

    warm = [texts[0]] * (2 * size)
    attribute_dataset(warm + texts, load_demo, out=out, shard_size=size, engine="ray", workers=2, progress=told)
    (begun, before), (end, after) = at[0], at[-1]
    return (after - before) / (end - begun)


def _shard(texts: list[str]) -> int:
    return max(1, len(texts) // 20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get(FOLDER), help=f"a folder; or set {FOLDER}")
    parser.add_argument("--count", type=int, default=None, help="the first so many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["batches", "ray"])
    parser.add_argument(_HALF, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    texts = read(arguments.data)[: arguments.count]
    if arguments.half is not None:
        half(texts, arguments.half, arguments.out)
        return
    print("| what | texts per second | ratio | bar |\n|---|---:|---:|---:|")
    reached = arguments.only == "ray" or throughput(texts, arguments.rounds)
    if arguments.only != "batches":
        reached &= two_workers(arguments.data, texts, arguments.rounds)
    sys.exit(0 if reached else MISSED)


if __name__ == "__main__":
    main()
