"""`evaluate()`: how faithful the scopes and their neighbours are to a model, on texts of one's own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from jacobian_widget import model as adapter
from jacobian_widget.ablation import Ablation, Ablator, check_ablation
from jacobian_widget.attribution import DEGENERATE_MESSAGE, Attribution, DegenerateScopeWarning
from jacobian_widget.baselines import Start
from jacobian_widget.deletion import FRACTIONS, check_fractions, deletions
from jacobian_widget.evaluation import Evaluation, TextResult
from jacobian_widget.explain import check_position, read_tokens, stream
from jacobian_widget.forward import Gate, telling
from jacobian_widget.methods import Method, Ranker, check_methods
from jacobian_widget.model import UnsupportedModelError
from jacobian_widget.ranks import order
from jacobian_widget.session import FisherOptions
from jacobian_widget.tokens import Tokens, one_token_id
from jacobian_widget.untouched import ModelChangedError

Progress = Callable[[int, int], None]
"""Called with the texts done and wanted, at every block of every pass; what it raises ends the evaluation."""

FISHER = FisherOptions(n_eigen=4, n_probes=8, rtol=None)
"""An order of tokens needs fewer probes than a score with its standard error."""
_OF_A_TEXT = (ValueError, TypeError, ArithmeticError, MemoryError, RuntimeError)
_OF_THE_MODEL = (UnsupportedModelError, ModelChangedError)


def evaluate(
    model: torch.nn.Module,
    tokenizer: Any,
    texts: Iterable[str | Tokens | Sequence[int]],
    *,
    methods: Sequence[str] | None = None,
    ablation: Ablation | str = "zero",
    fractions: Sequence[float] = FRACTIONS,
    insertion: bool = False,
    seeds: int = 5,
    steps: int = 8,
    start: Start = "zero",
    target: int | str | None = None,
    position: int | None = None,
    n_bos: int | None = None,
    max_memory: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Rank the tokens of each text by each method, take the top ones away, and see what becomes of the prediction.

    The protocol of *Jacobian Scopes* (arXiv 2601.16407): of the `n` tokens before the prediction the top
    `max(1, int(n·f))` are ablated, `Δ = log p_ablated(i*) − log p(i*)`, and AOPC is the trapezoid of Δ over `f`. With
    leave-one-out among the methods, every token is ablated alone too, and all methods are compared with that. A text
    takes one attribution for all scopes; its ablated versions run in batches and share what they begin with.

    Args:
        model: a causal LM of `transformers`; it is left exactly as found.
        tokenizer: its tokenizer; may be None if no text is a string.
        texts: strings, `Tokens`, or token ids without BOS.
        methods: keys of `METHODS`; None for all scopes and baselines, and Semantic verified.
        ablation: a key of `ABLATIONS`. It changes the order of the methods.
        fractions: ascending, above 0 and up to 1.
        insertion: ablate all but the top as well.
        seeds: random orders for each text; their mean is the method `random`.
        steps: gradients averaged by integrated gradients.
        start: their baseline: "zero", "mean" or "bos". It is part of the method's name in the result.
        target: `i*` of every text, an id or a string that is one token; None for what the model finds likeliest.
        position: index of the token that is predicted in every text, negative from the end; None for the next one.
        n_bos: as in `attribute`.
        max_memory: as in `attribute`.
        progress: see `Progress`.

    Returns:
        The `Evaluation`. A text that cannot be evaluated is in it with its error.

    Raises:
        ValueError: unknown methods or ablation, other arguments out of range, or no text that could be evaluated.
        UnsupportedModelError: not a causal LM (a ValueError).
    """
    chosen = check_methods(methods)
    named = {_name(method, start, steps): method.name for method in chosen}
    name, shares = check_ablation(ablation), check_fractions(fractions)
    _check_counts(seeds=seeds, steps=steps)
    if isinstance(texts, (str, Tokens)):
        raise TypeError("texts is a list of texts; for one alone, give [text].")
    adapter.check_kind(model)
    target = None if target is None else one_token_id(tokenizer, target, adapter.target_count(model))
    given = list(texts)
    if not given:
        raise ValueError("there are no texts; give at least one.")
    results: list[TextResult] = []
    degenerate = False
    for i, text in enumerate(given):
        gate = Gate()
        try:
            with gate.asking(telling(progress, i, len(given))):
                source = _source(model, tokenizer, text, n_bos)
                ablator = Ablator(
                    model, source, position, ablation=name, target=target, tokenizer=tokenizer, max_memory=max_memory
                )
                a = _attribution(ablator, tokenizer, chosen, gate)
                ranker = Ranker(a, ablator, seeds=seeds, steps=steps, start=start, progress=_passing(gate))
                results.append(_result(ranker, named, shares, insertion=insertion))
                degenerate |= a.degenerate
        except _OF_A_TEXT as error:
            if gate.raised or isinstance(error, _OF_THE_MODEL):
                raise
            results.append(TextResult(_written(text), error=f"{type(error).__name__}: {error}"))
    if progress:
        progress(len(given), len(given))
    if all(result.error is not None for result in results):
        raise ValueError(f"none of the {len(given)} texts could be evaluated; the first: {results[0].error}")
    if degenerate and "temperature" in named:
        warnings.warn(DEGENERATE_MESSAGE, DegenerateScopeWarning, stacklevel=2)
    return Evaluation(tuple(results), named, name, shares, adapter.model_name(model))


def _passing(gate: Gate) -> Progress:
    return lambda *_: gate()


def _check_counts(**counts: object) -> None:
    for what, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ValueError(f"{what} must be a whole number of at least 1, got {count!r}.")


def _written(text: object) -> str:
    return text if isinstance(text, str) else text.text if isinstance(text, Tokens) else repr(text)


def _name(method: Method, start: str, steps: int) -> str:
    return f"{method.name}_{start}_{steps}" if method.name == "integrated_gradients" else method.name


def _source(model: torch.nn.Module, tokenizer: Any, text: object, n_bos: int | None) -> Tokens:
    if isinstance(text, str):
        return read_tokens(model, tokenizer, text, n_bos=n_bos)
    if isinstance(text, Tokens):
        read_tokens(model, None, None, input_ids=[*text.bos, *text.ids], n_bos=0)  # what the model can take
        return text
    if isinstance(text, Iterable):
        return read_tokens(model, tokenizer, None, input_ids=list(text), n_bos=n_bos)
    raise TypeError(f"a text is a string, Tokens or a list of token ids, got {type(text).__name__}.")


def _attribution(ablator: Ablator, tokenizer: Any, methods: Sequence[Method], gate: Gate) -> Attribution:
    """With one basis and one graph for all scopes that `methods` need; of the target alone, if they need none."""
    if not ablator.end:
        raise ValueError("there are no tokens before the prediction; choose a later position.")
    scopes = list(dict.fromkeys(scope for method in methods for scope in method.scopes)) or ["log_probability"]
    place = None if ablator.end == len(ablator.source) else ablator.end
    *_, a = stream(
        ablator.model,
        tokenizer,
        ablator.source,
        position=check_position(place, ablator.source),
        scopes=scopes,
        target=ablator.target,
        n_targets=2,
        fisher_options=FISHER,
        max_memory=ablator.max_memory,
        progress=_passing(gate),
    )
    return a


def _result(ranker: Ranker, named: dict[str, str], fractions: Sequence[float], *, insertion: bool) -> TextResult:
    a, ablator = ranker.a, ranker.ablator
    # First, so that verified rankings find what they need.
    ready = {"leave_one_out": ranker.scores("leave_one_out")} if "leave_one_out" in named else {}
    scores = {name: ready[key] if key in ready else ranker.scores(key) for name, key in named.items()}
    owners = [name for name, rows in scores.items() for _ in rows]
    orders = [order(row) for rows in scores.values() for row in rows]
    curves = {
        keep: deletions(ablator, orders, fractions, keep=keep, progress=ranker.progress)
        for keep in ((False, True) if insertion else (False,))
    }
    per_method = {
        keep: {name: found[[owner == name for owner in owners]] for name in scores} for keep, found in curves.items()
    }
    target = ablator.target
    prediction = next(c for c in a.predictions if c.id == target)
    effects = ablator.effects([[]])
    return TextResult(
        text=a.source.text,
        tokens=a.source.pieces[: a.end],
        target=target,
        target_token=prediction.token,
        log_p=effects.log_p,
        entropy=effects.entropy,
        scores=scores,
        deltas=per_method[False],
        insertions=per_method.get(True, {}),
        leave_one_out=ranker.effects,
    )
