"""How time and memory grow with the text: all scopes of the demo model, each length in a process of its own.

Run `python benchmarks/length.py`. The peak is the process's highest resident memory less that of the loaded model.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil
from engine import TEXT

from jacobian_widget import attribute, estimate, load_demo, memory


def measure(count: int, scopes: list[str] | None) -> None:
    """Print one line of JSON."""
    model, tokenizer = load_demo()
    ids = tokenizer(TEXT * 200)["input_ids"][:count]
    attribute(model, input_ids=ids[:8])
    loaded = psutil.Process().memory_info().rss
    expected = estimate(model, input_ids=ids, scopes=scopes)
    started = time.perf_counter()
    a = attribute(model, input_ids=ids, scopes=scopes)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - loaded
    way = a.session.probe.backward.graph.way
    found = {"vjps": a.n_vjps, "seconds": seconds, "peak": peak, "estimate": [expected.seconds, expected.bytes]}
    print(json.dumps(found | {"batched": way.batched, "checkpointed": way.checkpointed}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, nargs="+", default=[64, 256, 1024, 4096])
    parser.add_argument("--scopes", nargs="+", help="fewer scopes, for a quick look")
    parser.add_argument("--one", type=int, help="measure this length here")
    arguments = parser.parse_args()
    if arguments.one:
        measure(arguments.one, arguments.scopes)
        return
    print("| tokens | VJPs | way | seconds | s per VJP | foreseen | peak memory | foreseen |")
    print("|---:|---:|---|---:|---:|---:|---:|---:|")
    for count in arguments.tokens:
        command = [sys.executable, str(Path(__file__)), "--one", str(count)]
        command += ["--scopes", *arguments.scopes] if arguments.scopes else []
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        way = "batched" if found["batched"] else "one by one"
        way += ", checkpointed" if found["checkpointed"] else ""
        seconds, bytes_ = found["estimate"]
        print(
            f"| {count} | {found['vjps']} | {way} | {found['seconds']:.1f} | {found['seconds'] / found['vjps']:.2f} | "
            f"{seconds:.0f} s | {memory.gib(found['peak'])} | {memory.gib(bytes_)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
