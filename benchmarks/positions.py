"""Other positions of a text: the graph that is there against a new one, and the map against a loop.

Run `python benchmarks/positions.py`. Medians of interleaved runs in one process, on the demo model.
"""

from __future__ import annotations

import argparse
import warnings
from functools import partial

import torch
from engine import TEXT, medians

from jacobian_widget import attribute, load_demo, position_map


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--moves", type=int, nargs="+", default=[30, 256])
    parser.add_argument("--maps", type=int, nargs="+", default=[30, 100])
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="There is a performance drop")
    model, tokenizer = load_demo()
    model.requires_grad_(False)
    ids = tokenizer(TEXT * 40)["input_ids"]
    print("| tokens | what | seconds | ÷ with new forwards | forwards |\n|---:|---|---:|---:|---:|")
    for count in arguments.moves:
        text = ids[:count]
        held = attribute(model, input_ids=text, scopes=("semantic", "log_probability"))
        position = count - 2
        forwards = []

        def moved(text: list[int] = text, position: int = position, forwards: list[int] = forwards) -> None:
            a = attribute(model, input_ids=text, position=position, scopes=("log_probability",))
            forwards.append(a.session.probe.backward.n_forwards)

        def fresh(text: list[int] = text, position: int = position) -> None:
            x = model.get_input_embeddings()(torch.tensor([text[:position]])).detach().requires_grad_()
            z = model(inputs_embeds=x, use_cache=False, logits_to_keep=1).logits[0, -1]
            torch.autograd.grad(z.log_softmax(-1)[text[position]], x)

        seconds = medians({"ours": moved, "new": fresh}, arguments.rounds)
        assert held.session.probe.backward.graph is not None
        ratio = seconds["ours"] / seconds["new"]
        print(
            f"| {count} | move to token {position}, one scope | {seconds['ours']:.3f} | {ratio:.2f} | {max(forwards)} |"
        )
    for count in arguments.maps:
        text = ids[:count]
        forwards = []

        def whole(text: list[int] = text, forwards: list[int] = forwards) -> None:
            forwards.append(position_map(model, input_ids=text).n_forwards)

        def loop(text: list[int] = text, *, prefix: bool) -> None:
            for q in range(1, len(text)):
                x = model.get_input_embeddings()(torch.tensor([text[:q] if prefix else text])).detach().requires_grad_()
                z = model(inputs_embeds=x, use_cache=False, logits_to_keep=slice(q - 1, q)).logits[0, 0]
                torch.autograd.grad(z.log_softmax(-1)[text[q]], x)

        seconds = medians(
            {"ours": whole, "prefixes": partial(loop, prefix=True), "whole": partial(loop, prefix=False)},
            max(1, arguments.rounds // 2),
        )
        for name, what in (("whole", "the whole text"), ("prefixes", "only what comes before")):
            ratio = seconds["ours"] / seconds[name]
            label = f"map, against a loop of forward + backward over {what}"
            print(f"| {count} | {label} | {seconds['ours']:.2f} | {ratio:.2f} | {max(forwards)} |", flush=True)


if __name__ == "__main__":
    main()
