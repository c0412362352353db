"""Runs of `attribute_dataset` that are killed at random moments; its own program: it forks, so it may start no thread.

Usage: killed_runs.py FOLDER KILLS SEED. Prints how many were killed, and how many shards they had written.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import tiny_models
import torch
from tiny_tokenizer import byte_tokenizer

from jacobian_widget.dataset import attribute_dataset

TEXTS = ["The cat sat on the mat: it was he"[: 3 + 7 * i % 29] + str(i) for i in range(38)] + ["", "x" * 99]
SHARDS = 10


def main(folder: Path, kills: int, seed: int) -> None:
    torch.set_num_threads(1)
    model, tokenizer = tiny_models.tiny("llama", vocab_size=300), byte_tokenizer()

    def run(out: Path) -> None:
        attribute_dataset(iter(TEXTS), model, tokenizer, out=out, shard_size=4, batch=4, progress=False)

    started = time.perf_counter()
    wait(child(lambda: run(folder / "whole")))
    seconds = time.perf_counter() - started
    chance, killed, written, round_ = random.Random(seed), 0, 0, 0  # noqa: S311 - any moments will do
    while killed < kills:
        out = folder / f"round-{round_}"
        for _ in range(4):
            ended, held = os.pipe()
            pid = child(lambda out=out: run(out))
            os.close(held)  # the child holds the other end, as long as it lives
            select.select([ended], [], [], chance.uniform(0, 0.5 * seconds))
            os.close(ended)
            os.kill(pid, signal.SIGKILL)
            hit = wait(pid) == signal.SIGKILL
            killed += hit
            seconds *= 1.1 if hit else 0.7  # a machine is not always as fast as it was
        written += len(list(out.glob("*.parquet")))
        assert wait(child(lambda out=out: run(out))) == 0
        round_ += 1
    print(killed, written, round_)  # noqa: T201 - read by the test


def child(run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            run()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - a child must end here
            print(error, file=sys.stderr, flush=True)  # noqa: T201
            os._exit(1)
    return pid


def wait(pid: int) -> int:
    """The signal that ended it, or 0."""
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
