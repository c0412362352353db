"""The engine against plain torch on the demo model: medians of interleaved runs, as ratios, in one process.

Run `python benchmarks/engine.py`. The plain side is what one would write by hand for the same graph: frozen
parameters, logits at one position, gradients with respect to the input embeddings alone.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from jacobian_widget import attribute, load_demo

TEXT = (
    "The committee met in the old library, where the windows looked out over the river and the light came in low. "
    "Nobody had expected the vote to take so long, but the question of the bridge had divided the town for years, and "
)


def plain_forward(model: Any, ids: list[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`x`, `y` and `z` of one forward pass."""
    x = model.get_input_embeddings()(torch.tensor([ids])).detach().requires_grad_()
    y = model.model(inputs_embeds=x, use_cache=False).last_hidden_state[0, -1]
    return x, y, model.lm_head(y)


def plain_one(model: Any, ids: list[int]) -> Callable[[], object]:
    def run() -> object:
        x, _, z = plain_forward(model, ids)
        (g,) = torch.autograd.grad(z[z.argmax()], x)
        return g.norm(dim=-1)

    return run


def plain_many(model: Any, ids: list[int], count: int, *, size: int, math: bool) -> Callable[[], object]:
    def run() -> object:
        with sdpa_kernel(SDPBackend.MATH) if math else nullcontext():
            x, y, z = plain_forward(model, ids)
        assert z.shape[0] > count
        v = torch.randn(count, y.shape[0])
        batches = [
            torch.autograd.grad(y, x, part, retain_graph=True, is_grads_batched=True)[0] for part in v.split(size)
        ]
        return torch.cat(batches).norm(dim=-1)

    return run


def medians(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds. The runs take turns, so that a slow minute of the machine falls on all of them."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _, (name, run) in itertools.product(range(rounds + 1), runs.items()):
        started = time.perf_counter()
        run()
        times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, nargs="+", default=[30, 256])
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="There is a performance drop")
    model, tokenizer = load_demo()
    model.requires_grad_(False)
    many = tokenizer(TEXT * 40)["input_ids"]
    print("| tokens | what | seconds | ÷ plain torch | bar |\n|---:|---|---:|---:|---:|")
    for count in arguments.tokens:
        ids = many[:count]
        one = medians(
            {
                "plain": plain_one(model, ids),
                "ours": lambda ids=ids: attribute(model, input_ids=ids, scopes=("semantic",)),
            },
            arguments.rounds,
        )
        print(
            f"| {count} | one scope | {one['ours']:.3f} | {one['ours'] / one['plain']:.2f} | 1.15 |",
            flush=True,
        )
        vjps = attribute(model, input_ids=ids).n_vjps
        variants = {
            f"plain, batches of {size}{', math attention' if math else ''}": plain_many(
                model, ids, vjps, size=size, math=math
            )
            for size, math in ((vjps, False), (vjps, True), (8, True))
        }
        all_scopes = medians(
            variants | {"ours": lambda ids=ids: attribute(model, input_ids=ids)},
            max(1, arguments.rounds // 2),
        )
        plain = {name: seconds for name, seconds in all_scopes.items() if name != "ours"}
        best = min(plain, key=plain.__getitem__)
        what = f"all scopes, 16 targets, Fisher estimate: {vjps} VJPs"
        ours = all_scopes["ours"]
        print(f"| {count} | {what} | {ours:.2f} | {ours / plain[best]:.2f} (fastest: {best}) | 1.15 |")
        for name, seconds in plain.items():
            print(f"| {count} | {name} | {seconds:.2f} | | |", flush=True)


if __name__ == "__main__":
    main()
