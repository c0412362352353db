"""The Fisher estimate against the exact trace on the demo model: error, honesty of its error bar, and time.

Run `python benchmarks/fisher.py`. Both sides take their VJPs on the same graph in the same way; the last column is the
ratio of medians of runs that take turns, a further seed each time.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings

import torch

from jacobian_widget import load_demo
from jacobian_widget.fisher import N_EIGEN, N_PROBES, RTOL, FisherBlock, planned
from jacobian_widget.probe import Probe

N_BOS = 2
PROMPTS = {
    "translation": "German: Dies ist ein Aufsatz über kausale Zuschreibung. "
    "English: This is a paper on causal attribution",
    "capital": "The capital of France is Paris",
    "political": "Tom loves Korean food. He grew up in the South and goes to Columbia. He is a liberal",
}
"""The last token of each is explained."""


def score(block: FisherBlock) -> torch.Tensor:
    return (block.spectrum.sum(-1) + block.remainder)[N_BOS:].double()


def estimate(probe: Probe, n_eigen: int, n_probes: int, rtol: float | None, seed: int) -> tuple[FisherBlock, float]:
    started = time.perf_counter()
    *_, block = probe.fisher(n_eigen, n_probes, rtol=rtol, seed=seed, skip=N_BOS)
    return block, time.perf_counter() - started


def study(probe: Probe, name: str, settings: list[tuple[int, int, float | None]], seeds: int, rounds: int) -> None:
    d = len(probe.y)
    exact_block, _ = estimate(probe, d, 0, None, 0)
    exact = score(exact_block)
    for setting in settings:
        errors, within, vjps, all_of_them, times = [], [], [], [], []
        for seed in range(seeds):
            if seed % max(1, seeds // rounds) == 0:
                started = time.perf_counter()
                probe.norms(torch.eye(d))
                all_of_them.append(time.perf_counter() - started)
            before = probe.n_vjps
            block, seconds = estimate(probe, *setting, seed)
            times.append(seconds)
            vjps.append(probe.n_vjps - before)
            error = (score(block) - exact).abs()
            errors.append(float((error / exact).mean()))
            within.append(float((error <= 2 * block.standard_error[N_BOS:]).double().mean()))
        ratio = statistics.median(all_of_them) / statistics.median(times)
        n_eigen, n_probes, rtol = setting
        print(
            f"| {name} ({len(exact)}) | {seeds} | {n_eigen} "
            f"| {planned(d, n_eigen, n_probes, len(exact), rtol)[2]}{f', rtol {rtol:.0%}' if rtol else ''} "
            f"| {statistics.mean(vjps):.1f} | {statistics.mean(errors):.1%} | {max(errors):.1%} "
            f"| {statistics.mean(within):.0%} | {ratio:.1f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--prompts", nargs="+", choices=tuple(PROMPTS), default=list(PROMPTS))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="There is a performance drop")
    model, tokenizer = load_demo()
    columns = "seeds", "eigen", "first random", "VJPs", "mean error", "worst seed", "within 2 s.e.", "exact ÷ estimate"
    print(f"| prompt (tokens) | {' | '.join(columns)} |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in arguments.prompts:
        ids = [tokenizer.bos_token_id] * N_BOS + tokenizer(PROMPTS[name], add_special_tokens=False)["input_ids"]
        probe = Probe(model, ids[:-1], probes=64)
        study(probe, name, [(N_EIGEN, N_PROBES, RTOL)], arguments.seeds, arguments.rounds)


if __name__ == "__main__":
    main()
