"""The same gradients by captum and inseq on the same model and target: medians of interleaved runs in one process.

Run `python benchmarks/neighbours.py` where `captum` and `inseq` are installed beside this package; the one that is not
is left out. Each row says how far their scores are from ours, so that it is seen to be the same question.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from engine import TEXT, medians

from jacobian_widget import attribute, load_demo
from jacobian_widget.baselines import path_gradient

STEPS = 16


def captum_rows(model: Any, ids: list[int]) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """What is compared: our way and captum's, each returning `[n]` or `[K, n]`."""
    from captum.attr import IntegratedGradients, Saliency

    x = model.get_input_embeddings()(torch.tensor([ids])).detach()

    def logits(embeddings: torch.Tensor) -> torch.Tensor:
        return model(inputs_embeds=embeddings, use_cache=False, logits_to_keep=1).logits[:, -1]

    target = int(logits(x).argmax())
    likeliest = [int(k) for k in logits(x)[0].topk(16).indices]

    def saliency(k: int) -> np.ndarray:
        found = Saliency(logits).attribute(x.clone(), target=k, abs=False)
        return found[0].norm(dim=-1).detach().numpy()

    def ours_integrated() -> np.ndarray:
        a = attribute(model, input_ids=ids, scopes=("semantic",))
        return path_gradient(a, target=target, steps=STEPS).integrated_gradients

    def theirs_integrated() -> np.ndarray:
        # The midpoint rule of both; one step at a time, as they come by default.
        found = IntegratedGradients(logits).attribute(
            x, target=target, n_steps=STEPS, method="riemann_middle", internal_batch_size=1
        )
        return found[0].sum(-1).detach().numpy()

    def ours_many() -> np.ndarray:
        a = attribute(model, input_ids=ids, scopes=("semantic", "log_probability", "contrast"))
        return np.stack([a.scores(target=k) for k in likeliest])

    return {
        "gradient norm, one target (Saliency)": (
            lambda: attribute(model, input_ids=ids, scopes=("semantic",), target=target).scores(),
            lambda: saliency(target),
        ),
        "gradient norms, 16 targets (Saliency)": (ours_many, lambda: np.stack([saliency(k) for k in likeliest])),
        f"integrated gradients, {STEPS} steps": (ours_integrated, theirs_integrated),
    }


def inseq_rows(model: Any, tokenizer: Any, text: str) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """The same against inseq, for the token that follows `text`."""
    import inseq

    ids = tokenizer(text)["input_ids"]
    with torch.no_grad():
        target = int(model(torch.tensor([ids])).logits[0, -1].argmax())
    wrapped = inseq.load_model(model, "saliency", tokenizer=tokenizer)
    whole = text + tokenizer.decode([target])

    def theirs() -> np.ndarray:
        out = wrapped.attribute(
            text, whole, attributed_fn="logit", show_progress=False, attribute_target=True, pretty_progress=False
        )
        gradients = out.sequence_attributions[0].target_attributions  # [n, 1, d]
        return gradients[: len(ids), 0].norm(dim=-1).detach().numpy()

    def ours() -> np.ndarray:
        return attribute(model, input_ids=ids, scopes=("semantic",), target=target).scores()

    return {"gradient norm, one target (saliency)": (ours, theirs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, nargs="+", default=[30, 256])
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    model, tokenizer = load_demo()
    model.requires_grad_(False)
    many = tokenizer(TEXT * 40)["input_ids"]
    print("| tokens | library | what | their seconds | ours | theirs ÷ ours | largest difference |")
    print("|---:|---|---|---:|---:|---:|---:|")
    for count in arguments.tokens:
        rows = {}
        if find_spec("captum"):
            rows |= {("captum", what): pair for what, pair in captum_rows(model, many[:count]).items()}
        if find_spec("inseq"):
            text = tokenizer.decode(many[:count])
            rows |= {("inseq", what): pair for what, pair in inseq_rows(model, tokenizer, text).items()}
        if not rows:
            parser.exit(1, "Neither captum nor inseq is installed here: nothing to compare with.\n")
        for (library, what), (ours, theirs) in rows.items():
            with contextlib.redirect_stdout(io.StringIO()):
                a, b = np.asarray(ours()), np.asarray(theirs())
                seconds = medians({"ours": ours, "theirs": theirs}, arguments.rounds)
            difference = np.abs(a - b).max() / np.abs(b).max()
            print(
                f"| {count} | {library} | {what} | {seconds['theirs']:.3f} | {seconds['ours']:.3f} | "
                f"{seconds['theirs'] / seconds['ours']:.2f} | {difference:.0e} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
