"""docs/faithfulness.md, from what was measured."""

from __future__ import annotations

import platform
import textwrap
from datetime import datetime, timezone
from typing import Any

import numpy as np
import torch
import transformers

from jacobian_widget.ablation import ABLATIONS
from jacobian_widget.evaluation import Evaluation
from jacobian_widget.scopes import SCOPES

TITLES = {"lambada": "LAMBADA", "iwslt_de_en": "IWSLT 2017, German to English"}
PAPER = {
    "Llama-3.2-1B": "−.261/−.298 −1.095/−.935 −1.284/−1.043 −1.298/−1.057 −1.317/−1.093 −1.320/−1.079",
    "Llama-3.2-3B": "−.229/−.187 −.672/−.576 −1.119/−.768 −1.162/−.777 −1.173/−.760 −1.175/−.797",
    "Qwen2.5-1.5B": "−.349/−.250 −1.714/−1.354 −1.720/−1.355 −1.682/−1.240 −1.861/−1.380 −1.775/−1.377",
    "gemma-3-1b-pt": "−.418/−.405 −.639/−.908 −1.561/−1.356 −1.635/−1.302 −1.662/−1.290 −1.670/−1.393",
}
"""AOPC on LAMBADA/IWSLT by random, integrated gradients, gradient × input, Semantic, Temperature, Fisher of rank 1."""
OURS = (
    *("random", "integrated_gradients_zero_5", "gradient_x_input_norm"),
    *("semantic", "temperature", "fisher_rank_1"),
)

HEAD = """\
# Are the scores true?

A picture of an attribution persuades, also when it is wrong. So take the tokens away that it names, and see whether the
prediction goes with them. This page is written by `python benchmarks/faithfulness.py`; for a model and texts of your
own use `jacobian_widget.evaluate`, and for the text in front of you the *Check* panel of the widget.

**Deletion.** Each text is read up to its last token, and what the model expects there is explained: `i*`, whatever it
finds likeliest. Of the `n` tokens before it, the top `max(1, int(n·f))` of a ranking are ablated, for `f` of
{fractions} %, and `Δ = log p_ablated(i*) − log p(i*)`. AOPC is the area under Δ over `f` by the trapezoid rule; *mean
Δ* is the same divided by the width of the range, {width:g}: in nats. Lower is better: the tokens that were named
carried the prediction.

**Leave-one-out.** Each token is ablated alone. *Spearman* is the rank correlation of the size of the scores with the KL
divergence from the prediction of the whole text, and *top token* is where the highest-scored token stands by that, 0 to
100. It is also a ranking of its own, and what *verified* ones confirm a quarter of the tokens with.

{settings}

*{where}*"""

MEANING = """\
## No scope wins everywhere

{found}

In the paper's table, too, Fisher and Temperature take turns at the head by small differences, and Semantic is never
first. That has reasons that more texts will not remove:

- The scopes answer different questions. Semantic is about one logit, Fisher about the whole distribution, Entropy and
  Temperature about how sure it is, Contrast about one token rather than another. Deletion asks only what becomes of
  `log p(i*)`. To come last here is no fault in a scope that was asked something else.
- All of them are first-order: they say what a *small* change of an embedding does, and ablation is a large one. No
  derivative at the text sees attention that moves elsewhere when a token goes, or a second token that says the same. So
  all gradients have much the same ceiling, and rankings by real ablations lie above it on average.
- Zero is no embedding that the model has met. Another ablation (the mean, a padding token, leaving the token out) gives
  another order of the methods, and so does another model or another kind of text. A number without the name of its
  ablation says little.

So choose the scope by the question, not by this table, and check it on your own text: `evaluate(model, tokenizer,
texts)` for many, the *Check* panel for one. Where it has to be true token by token, use `verify`: a scope screens, and
real ablations confirm a quarter of the tokens: the highest by the scope and the nearest, by turns. (A screen by the
scope alone was tried first; on the first 20 and 13 texts it reached 92 to 97 % of leave-one-out, because gradients rank
the last tokens too low. The screen was changed after those texts were seen.)"""

SETTINGS = (
    "Every ± is one standard error over texts. {model} in float32. Ablation *{ablation}*: {what} {n_bos} BOS tokens "
    "before each text are context and stay. {seeds} random orders for each text. Gradient baselines are of "
    "`log p(i*)`, so that gradient norm is Log-probability under an older name."
)

BESIDE = """\
## Beside the paper's numbers

AOPC with zeroed embeddings on LAMBADA and, after the bar, IWSLT 2017 German to English. All but the last row are
from *Jacobian Scopes* (arXiv 2601.16407), whose standard errors are .016 to .027 over passages.

{paper}

Its models are larger, its texts other samples, and its integrated gradients may have another baseline: compare the
order in a row, not sizes between rows."""


def page(found: dict[str, Evaluation], settings: dict[str, Any]) -> str:
    """`found` holds what is there of each set of texts."""
    if not found:
        return "# Are the scores true?\n\nNothing is measured yet: run `python benchmarks/faithfulness.py`.\n"
    evaluation = next(iter(found.values()))
    fractions = evaluation.fractions
    stated = SETTINGS.format(
        model=evaluation.model,
        ablation=evaluation.ablation,
        what=ABLATIONS[evaluation.ablation],  # type: ignore[index]
        n_bos={2: "Two"}.get(settings["n_bos"], settings["n_bos"]),
        seeds={3: "Three"}.get(settings["seeds"], settings["seeds"]),
    )
    head = HEAD.format(
        fractions=", ".join(f"{100 * f:g}" for f in fractions),
        width=round(fractions[-1] - fractions[0], 6),
        settings=_filled(stated),
        where=_where(),
    )
    parts = [head]
    for name, e in found.items():
        tokens = np.mean([len(result.tokens) for result in e.results])
        parts += [f"## {TITLES[name]}, {len(e.results)} texts of {tokens:.0f} tokens on average", _table(e)]
        parts += [_near(e), _verified(e)]
    parts.append(MEANING.format(found="\n\n".join(_spread(TITLES[name], e) for name, e in found.items())))
    parts.append(BESIDE.format(paper=_paper(found)))
    return "\n\n".join(parts) + "\n"


def _where() -> str:
    today = datetime.now(timezone.utc).date()
    return f"torch {torch.__version__}, transformers {transformers.__version__}, {platform.machine()}, {today}"


def _table(e: Evaluation) -> str:
    measures = ("aopc", "aopc_per_width", "spearman_kl", "percentile_kl")
    mean, error = ({m: f(m) for m in measures} for f in (e.mean, e.standard_error))
    lines = [
        "| ranking | AOPC | mean Δ | Spearman, KL | top token |",
        "|---|---:|---:|---:|---:|",
    ]
    for method in sorted(e.methods, key=lambda method: mean["aopc"][method]):
        cells = [
            f"{_number(mean[m][method], digits)} ± {_number(error[m][method], digits)}"
            for m, digits in zip(measures, (3, 2, 2, 0), strict=True)
        ]
        lines.append(f"| {e.title(method)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _near(e: Evaluation) -> str:
    """What a ranking is worth that asks the model nothing."""
    c = e.compare("recency", _best_scope(e), "aopc_per_width")
    chance = "could be" if c.low < 0 < c.high else "is not likely to be"
    words = (
        "*Nearest first* asks the model nothing: it takes the last tokens away, on which the next one hangs and from "
        f"which it is read. Against the best scope here, {e.title(c.b)}, its mean Δ is {abs(c.difference):.2f} nats "
        f"{'lower' if c.difference < 0 else 'higher'}, which {chance} chance (95 % from {_number(c.low, 2)} to "
        f"{_number(c.high, 2)}). So a low AOPC says that a prediction was broken, not yet that it was explained, and "
        "beside random orders alone any method that prefers late tokens would look faithful."
    )
    return _filled(words)


def _best_scope(e: Evaluation) -> str:
    mean = e.mean()
    return min((method for method, key in e.methods.items() if key in (*SCOPES, "fisher_rank_1")), key=mean.__getitem__)


def _filled(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False)


def _verified(e: Evaluation) -> str:
    """What the confirmed quarter adds, against the ceiling and the best of the scopes."""
    ours = [method for method in e.methods if method.startswith("verified_")]
    mean, best = e.mean(), _best_scope(e)
    lines = [
        "The difference of AOPC, paired over texts, with its 95 % interval by bootstrap, and the ratio of the two.",
        "",
        "| | against | difference | 95 % | ratio |",
        "|---|---|---:|---:|---:|",
    ]
    for a, b in [(method, other) for method in ours for other in ("leave_one_out", best)] + [("leave_one_out", best)]:
        c = e.compare(a, b)
        note = f"{e.title(b)} (the best scope here)" if b == best else e.title(b)
        lines.append(
            f"| {e.title(a)} | {note} | {_number(c.difference, 3)} | {_number(c.low, 3)} to {_number(c.high, 3)} "
            f"| {mean[a] / mean[b]:.2f} |"
        )
    return "\n".join(lines)


def _spread(title: str, e: Evaluation) -> str:
    """How far the scopes are apart, and how often each is the best of a text."""
    scopes = [method for method, key in e.methods.items() if key in SCOPES]
    mean = e.mean("aopc_per_width")
    ordered = sorted(scopes, key=mean.__getitem__)
    best, second = ordered[:2]
    c = e.compare(best, second, "aopc_per_width")
    columns = [list(e.methods).index(method) for method in scopes]
    firsts = np.bincount(e.values()[:, columns].argmin(1), minlength=len(scopes))
    chance = "is not likely to be" if c.high < 0 else "could be"
    counts = ", ".join(f"{e.title(scopes[i])} on {firsts[i]}" for i in np.argsort(-firsts, kind="stable"))
    words = (
        f"On the {len(e.results)} texts of {title}, {e.title(best)} comes before {e.title(second)} by "
        f"{abs(c.difference):.2f} nats of mean Δ, which {chance} chance (95 % from {_number(c.low, 2)} to "
        f"{_number(c.high, 2)}). Text by text the best scope is {counts}."
    )
    return _filled(words)


def _paper(found: dict[str, Evaluation]) -> str:
    """The paper's rows, and ours below them."""
    titles = ("random", "integrated gradients, 5 points", "gradient × input, norm", "Semantic", "Temperature")
    lines = [f"| model | {' | '.join(titles)} | Fisher, rank 1 |", "|---|" + "---:|" * 6]
    lines += [
        f"| {model} | {row.replace('/', ' / ').replace(' −', ' | −').replace('/ |', '/')} |"
        for model, row in PAPER.items()
    ]
    means = [found[key].mean() if key in found else None for key in TITLES]
    cells = [" / ".join("–" if m is None else _number(m[method], 3) for m in means) for method in OURS]
    lines.append(f"| {next(iter(found.values())).model}, here | {' | '.join(cells)} |")
    return "\n".join(lines)


def _number(x: float, digits: int) -> str:
    return f"{x:.{digits}f}".replace("-", "−")
