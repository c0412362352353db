"""The engine on a GPU against plain torch: random models of real shapes, medians of runs that take turns.

Run `python benchmarks/accelerator.py`; `--sweep` times batches of VJPs instead. A random model computes as fast as a
trained one. The plain side is what one would write by hand: frozen parameters, logits at one position, gradients with
respect to the input embeddings alone, attention as the model has it or, for batches, by matrix products.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import statistics
import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np
import torch
import transformers
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import AutoConfig, AutoModelForCausalLM

from jacobian_widget import SCOPES, attribute, estimate, memory, position_map
from jacobian_widget.probe import Probe

SHAPES: dict[str, dict[str, Any]] = {
    "SmolLM2-135M": {
        "vocab_size": 49152,
        "hidden_size": 576,
        "intermediate_size": 1536,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
        "tie_word_embeddings": True,
    },
    "Llama-3.2-1B": {
        "vocab_size": 128256,
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "tie_word_embeddings": True,
    },
}
MODELS = {
    "SmolLM2-135M, float32": ("SmolLM2-135M", torch.float32),
    "SmolLM2-135M, bfloat16": ("SmolLM2-135M", torch.bfloat16),
    "Llama-3.2-1B, bfloat16": ("Llama-3.2-1B", torch.bfloat16),
}


def load(name: str, device: torch.device, layers: int | None) -> Any:
    shape, dtype = MODELS[name]
    config = AutoConfig.for_model("llama", **SHAPES[shape], max_position_embeddings=8192, rope_theta=500000.0)
    if layers:
        config.num_hidden_layers = layers
    torch.manual_seed(0)
    with device:
        model = AutoModelForCausalLM.from_config(config, dtype=dtype).eval()
    with torch.no_grad():
        # As in trained models, some tokens are likelier than others, and some directions matter more than others.
        decay = torch.arange(1, config.hidden_size + 1, device=device) ** -0.5
        model.lm_head.weight.mul_((4 * decay / decay.square().mean().sqrt()).to(dtype))
        model.model.norm.weight.add_(0.5 * torch.randn_like(model.model.norm.weight))  # else β is constant
    return model.requires_grad_(False)


def wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def medians(device: torch.device, runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds; of a run that does not fit into memory, infinitely many."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn, (name, run) in itertools.product(range(rounds + 1), runs.items()):
        if times[name] == [float("inf")]:
            continue
        wait(device)
        started = time.perf_counter()
        try:
            run()
            wait(device)
        except torch.OutOfMemoryError:
            times[name] = [float("inf")]
        else:
            times[name] += [time.perf_counter() - started] if turn else []
    return {name: statistics.median(values) for name, values in times.items()}


def plain_forward(model: Any, ids: list[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`x`, `y` and `z` of one forward pass."""
    x = model.get_input_embeddings()(torch.tensor([ids], device=model.device)).detach().requires_grad_()
    y = model.model(inputs_embeds=x, use_cache=False).last_hidden_state[0, -1]
    return x, y, model.lm_head(y)


def plain_one(model: Any, ids: list[int]) -> object:
    x, _, z = plain_forward(model, ids)
    (g,) = torch.autograd.grad(z.float().log_softmax(-1)[ids[0]], x)
    return g.float().norm(dim=-1).cpu()


def plain_many(model: Any, ids: list[int], count: int, size: int, *, math: bool) -> object:
    """Batches of `size`, with fused attention or by matrix products."""
    with sdpa_kernel(SDPBackend.MATH) if math else nullcontext():
        x, y, z = plain_forward(model, ids)
    assert bool(torch.isfinite(z).all())
    v = torch.randn(count, y.shape[0], device=y.device, dtype=y.dtype)
    if size == 1:
        return [torch.autograd.grad(y, x, row, retain_graph=True)[0].float().norm(dim=-1).cpu() for row in v]
    parts = v.split(size)
    return [
        torch.autograd.grad(y, x, part, retain_graph=True, is_grads_batched=True)[0].float().norm(dim=-1).cpu()
        for part in parts
    ]


def loop(model: Any, ids: list[int]) -> None:
    for q in range(1, len(ids)):
        plain_one(model, ids[:q])


def peak_of(device: torch.device, run: Callable[[], Any]) -> tuple[Any, int]:
    """What `run` returns, and its peak above what was there."""
    if device.type != "cuda":
        return run(), 0
    before = torch.cuda.memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    result = run()
    return result, torch.cuda.max_memory_allocated(device) - before


def row(*cells: object) -> None:
    print(
        "| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells) + " |", flush=True
    )


def whole(name: str, model: Any, ids: list[int], rounds: int) -> None:
    """One scope and all scopes, against the same number of passes by hand."""
    device, n = model.device, len(ids)
    one = medians(
        device,
        {
            "plain": lambda: plain_one(model, ids),
            "ours": lambda: attribute(model, input_ids=ids, scopes=("log_probability",), target=ids[0]),
        },
        2 * rounds,
    )
    row(name, n, "one scope", 1, one["ours"], f"{one['ours'] / one['plain']:.2f}", "", "", "", "")
    foreseen = estimate(model, input_ids=ids)
    a, peak = peak_of(device, lambda: attribute(model, input_ids=ids))
    way, vjps = a.session.probe.backward.graph.way, a.n_vjps
    how = "matrix products" if way.batched else "blocks computed again" if way.checkpointed else "fused attention"
    rtol = a.fisher.rtol
    del a
    sizes = {"one by one": 1, "batches of 8": 8, "batches of 32": 32, "one batch": vjps}
    seconds = medians(
        device,
        {key: partial(plain_many, model, ids, vjps, size, math=False) for key, size in sizes.items()}
        | {"one batch, math attention": partial(plain_many, model, ids, vjps, vjps, math=True)}
        | {"ours": lambda: attribute(model, input_ids=ids)},
        rounds,
    )
    ours = seconds.pop("ours")
    best = min(seconds, key=seconds.__getitem__)
    row(
        name,
        n,
        f"all scopes, Fisher to {rtol:.1%} ({how})",
        vjps,
        ours,
        f"{ours / seconds[best]:.2f} ({best})",
        f"{foreseen.seconds:.3g}",
        memory.gib(peak),
        memory.gib(foreseen.bytes),
        "",
    )


def fisher(name: str, model: Any, ids: list[int], rounds: int) -> None:
    """The estimate against a VJP for every dimension, on the same graph in the same batches."""
    probe = Probe(model, ids, probes=64)
    d = len(probe.y)
    before = probe.n_vjps
    *_, block = probe.fisher(rtol=0.05)
    vjps = probe.n_vjps - before
    seconds = medians(
        model.device,
        {
            "exact": lambda: probe.norms(torch.eye(d, device=model.device)),
            "ours": lambda: list(probe.fisher(rtol=0.05)),
            "plain": lambda: probe.norms(torch.eye(d, device=model.device)[:vjps]),
        },
        rounds,
    )
    exact, ours, own = seconds["exact"], seconds["ours"], seconds["plain"]
    what = f"Fisher estimate to {block.rtol:.1%}; all {d} take {exact:.3g} s, its own VJPs alone {own:.3g} s"
    row(name, len(ids), what, vjps, ours, "", "", "", "", f"{exact / ours:.1f} times faster (bar 10)")


def positions(name: str, model: Any, ids: list[int], rounds: int) -> None:
    """Another position of the same text, and the map of all."""
    held = attribute(model, input_ids=ids, scopes=("semantic", "log_probability"))
    at = len(ids) - 2

    def fresh() -> None:
        plain_one(model, ids[:at])

    moved = partial(attribute, model, input_ids=ids, position=at, scopes=("log_probability",))
    assert moved().session.probe.backward.n_forwards == 0
    seconds = medians(model.device, {"ours": moved, "new": fresh}, 2 * rounds)
    ratio = f"{seconds['ours'] / seconds['new']:.2f}"
    row(name, len(ids), "another position, one scope", 1, seconds["ours"], ratio, "", "", "", "")
    del held
    if len(ids) > 256:
        return
    position_map(model, input_ids=ids)
    seconds = {}
    for side, run in (("ours", lambda: position_map(model, input_ids=ids)), ("loop", lambda: loop(model, ids))):
        started = time.perf_counter()
        run()
        wait(model.device)
        seconds[side] = time.perf_counter() - started
    ratio = f"{seconds['ours'] / seconds['loop']:.2f}"
    row(name, len(ids), "map of all positions", len(ids) - 1, seconds["ours"], ratio, "", "", "", "bar 0.6")


def sweep(name: str, model: Any, ids: list[int], rounds: int) -> None:
    """Milliseconds of a VJP, by the size of the batch and the kind of attention."""
    device, cells = model.device, []
    for math in (True, False):
        for size in (1, 4, 8, 16, 32, 64, 128):
            if size * len(ids) > 2**18:
                continue
            milliseconds, peak = None, 0
            try:
                with sdpa_kernel(SDPBackend.MATH) if math else nullcontext():
                    x, y, _ = plain_forward(model, ids)
                v = torch.randn(size, y.shape[0], device=device, dtype=y.dtype)

                def run(x: Any = x, y: Any = y, v: Any = v) -> None:
                    batched = len(v) > 1
                    torch.autograd.grad(y, x, v if batched else v[0], retain_graph=True, is_grads_batched=batched)

                _, peak = peak_of(device, run)
                milliseconds = 1000 * medians(device, {"": run}, rounds)[""] / size
            except RuntimeError as error:
                cells.append(f"{'math' if math else 'fused'} {size}: {str(error).splitlines()[0][:80]}")
                x = y = v = run = None
                break
            cells.append(f"{'math' if math else 'fused'} {size}: {milliseconds:.2f} ms ({memory.gib(peak)})")
            x = y = v = run = None
    print(f"- {name}, {len(ids)} tokens: " + "; ".join(cells), flush=True)


def agreement(device: torch.device, layers: int | None) -> None:
    """Scores on the device, in each dtype, against the CPU's in float32: length of the difference, relative."""
    whole = load("SmolLM2-135M, float32", torch.device("cpu"), layers)
    ids = torch.randint(3, 40000, (24,), generator=torch.Generator().manual_seed(2)).tolist()

    def scores(model: Any) -> dict[str, np.ndarray]:
        a = attribute(model, input_ids=ids, target=7, foil=8)
        options = {name: {"target": 7} if scope.needs_target else {} for name, scope in SCOPES.items()}
        options["contrast"] = {"target": 7, "foil": 8}
        return {name: a.scores(name, **options[name]) for name in SCOPES}

    want = scores(whole)
    print("| dtype | " + " | ".join(want) + " |\n|---|" + "---:|" * len(want))
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        got = scores(copy.deepcopy(whole).to(device, dtype))
        errors = (np.linalg.norm(got[name] - want[name]) / np.linalg.norm(want[name]) for name in want)
        row(str(dtype).removeprefix("torch."), *(f"{error:.1e}" for error in errors))
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, nargs="+", default=[64, 256, 1024, 4096])
    parser.add_argument("--models", nargs="+", choices=tuple(MODELS), default=list(MODELS))
    parser.add_argument("--layers", type=int, help="fewer, to try this out")
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--agreement", action="store_true", help="how far scores are from those of the CPU")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="There is a performance drop")
    device = torch.device(arguments.device)
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    print(f"*{where}, torch {torch.__version__}, transformers {transformers.__version__}*\n")
    if arguments.agreement:
        agreement(device, arguments.layers)
        return
    if not arguments.sweep:
        row(
            "model",
            "tokens",
            "what",
            "VJPs",
            "seconds",
            "÷ plain torch",
            "seconds foreseen",
            "peak memory",
            "memory foreseen",
            "",
        )
        print("|---|---:|---|---:|---:|---:|---:|---:|---:|---|")
    generator = torch.Generator().manual_seed(1)
    for name in arguments.models:
        model = load(name, device, arguments.layers)
        for n in arguments.tokens:
            ids = torch.randint(3, 40000, (n,), generator=generator).tolist()
            rounds = arguments.rounds if n <= 1024 else max(1, arguments.rounds // 2)
            if arguments.sweep:
                sweep(name, model, ids, rounds)
                continue
            whole(name, model, ids, rounds)
            positions(name, model, ids, rounds)
            if n <= 256:
                fisher(name, model, ids, max(1, rounds // 2))
        del model


if __name__ == "__main__":
    main()
