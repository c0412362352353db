"""`attribute()`: from a model and a text to an Attribution, in one go or in steps."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from jacobian_widget import fisher
from jacobian_widget import model as adapter
from jacobian_widget import scopes as scope_table
from jacobian_widget.attribution import Attribution
from jacobian_widget.backward import Progress
from jacobian_widget.chat import Message
from jacobian_widget.check import check
from jacobian_widget.memory import Plan, plans
from jacobian_widget.probe import Probe
from jacobian_widget.scopes import SCOPES, Direction, ScopeName
from jacobian_widget.session import FisherOptions, Session
from jacobian_widget.tokens import Tokens, from_ids, from_messages, one_token_id, tokenize

N_TARGETS = 16
_GLANCE = 8
"""VJPs of the first picture of the Fisher scope, half of them eigen-directions."""


def attribute(
    model: torch.nn.Module,
    tokenizer: Any = None,
    text: str | None = None,
    *,
    input_ids: Sequence[int] | None = None,
    messages: Sequence[Message] | None = None,
    position: int | None = None,
    n_bos: int | None = None,
    scopes: Sequence[ScopeName | str] | None = None,
    target: int | str | None = None,
    foil: int | str | None = None,
    n_targets: int = N_TARGETS,
    n_eigen: int = fisher.N_EIGEN,
    n_probes: int = fisher.N_PROBES,
    rtol: float | None = fisher.RTOL,
    exact_fisher: bool = False,
    seed: int = 0,
    max_memory: int | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """Explain one prediction of a causal LM: which earlier tokens moved it.

    One forward and batched backward passes, and for Fisher some short forward passes more; scopes as in *Jacobian
    Scopes* (arXiv 2601.16407) and `SCOPES`.

    Args:
        model: a causal LM of `transformers`. It is left exactly as found.
        tokenizer: its tokenizer; may be left out with `input_ids`.
        text: the text. Give this, `input_ids` or `messages`.
        input_ids: `[T]` token ids, BOS not among them.
        messages: a chat, `[{"role": "user", "content": "…"}, …]`, put through the tokenizer's chat template: its
            tokens carry their roles (`result.source.roles`). The text ends with the template's generation prompt, or,
            after a last message of the assistant, with that message's content, so that the next token continues it.
        position: index of the token to explain, negative from the end; None for the next token after the text.
        n_bos: BOS tokens put before the text (context, no score); None for what the tokenizer itself would add, with
            `messages` none: a chat template writes BOS itself, as a token of the text.
        scopes: take only the VJPs that these need; None for the whole basis.
        target: an additional target token (an id, or a string that is one token), and the default for `scopes`.
        foil: the same for Contrast.
        n_targets: how many of the likeliest tokens are targets of the basis.
        n_eigen: top eigen-directions of the Fisher scope: the highest rank that can be asked for.
        n_probes: random directions for the rest of its trace, to begin with; for fewer than eight tokens fewer, if
            `rtol` is given.
        rtol: take more of them until the standard error of each token in the upper half by Fisher score is at most
            this share of its score, or `fisher.MAX_PROBES` are taken; None for no more. What was reached is
            `result.fisher.rtol`.
        exact_fisher: all `d` eigen-directions instead: no estimate, `d` VJPs.
        seed: of the Fisher probes.
        max_memory: bytes that may be used above the loaded model; None for 70 % of what is free. Batches of VJPs
            are sized by it, and each block is computed again for every backward pass where its inside does not fit.
        progress: called as `progress(done, total)`, the VJPs taken and wanted, at every block of every pass; what it
            raises ends the computation.

    Returns:
        The `Attribution`.

    Raises:
        ValueError: empty text, text longer than the model's context, position out of range, an unknown scope, a
            target that is not one token.
        UnsupportedModelError: not a causal LM (a ValueError).
        NonFiniteError: NaN or infinity.
        TooLargeError: no way of computing it fits into memory (a MemoryError); the message says what would.
    """
    source = read_tokens(model, tokenizer, text, input_ids=input_ids, messages=messages, n_bos=n_bos)
    *_, result = stream(
        model,
        tokenizer,
        source,
        position=check_position(position, source),
        scopes=scopes,
        target=target,
        foil=foil,
        n_targets=n_targets,
        fisher_options=FisherOptions(n_eigen, n_probes, rtol, seed, exact_fisher),
        max_memory=max_memory,
        progress=progress,
    )
    return result


def estimate(
    model: torch.nn.Module,
    tokenizer: Any = None,
    text: str | None = None,
    *,
    input_ids: Sequence[int] | None = None,
    messages: Sequence[Message] | None = None,
    position: int | None = None,
    n_bos: int | None = None,
    scopes: Sequence[ScopeName | str] | None = None,
    n_targets: int = N_TARGETS,
    n_eigen: int = fisher.N_EIGEN,
    n_probes: int = fisher.N_PROBES,
    exact_fisher: bool = False,
    max_memory: int | None = None,
) -> Plan:
    """What `attribute` with the same arguments would take: `seconds` and `bytes`, and in which `way`.

    Measured on a few tokens of this model, once, and by what earlier computations took. Probes that `rtol` asks for
    beyond the first `n_probes` cannot be foreseen.

    Raises:
        ValueError, TooLargeError: see `attribute`.
    """
    source = read_tokens(model, tokenizer, text, input_ids=input_ids, messages=messages, n_bos=n_bos)
    return foresee(
        model,
        source,
        position=check_position(position, source),
        scopes=scopes,
        n_targets=n_targets,
        fisher_options=FisherOptions(n_eigen, n_probes, exact=exact_fisher),
        max_memory=max_memory,
    )


def foresee(
    model: torch.nn.Module,
    source: Tokens,
    *,
    position: int | None,
    scopes: Sequence[ScopeName | str] | None = None,
    n_targets: int = N_TARGETS,
    fisher_options: FisherOptions | None = None,
    max_memory: int | None = None,
) -> Plan:
    """`estimate` for what `stream` would do; `position` counts from the start."""
    names = _names(scopes)
    d = adapter.hidden_size(model)
    basis = range(n_targets + 1)  # which tokens they are is not known yet, and does not matter
    vjps = len(scope_table.needed(names, {0: 1.0}, {1: 1.0}, basis))
    end = len(source) if position is None else position
    if "fisher" in names:
        vjps += (fisher_options or FisherOptions()).vjps(d, end)
    ids = (*source.bos, *source.ids[:end])
    check(model, ids)
    return next(plans(model, ids, vjps, max_memory))


def read_tokens(
    model: torch.nn.Module,
    tokenizer: Any,
    text: str | None,
    *,
    input_ids: Sequence[int] | None = None,
    messages: Sequence[Message] | None = None,
    n_bos: int | None = None,
) -> Tokens:
    """Tokenize, and refuse what the model cannot take.

    Raises:
        ValueError, TypeError: see `attribute`.
    """
    adapter.check_kind(model)
    source = _source(model, tokenizer, text, input_ids, messages, n_bos)
    if not len(source):
        raise ValueError("there are no tokens to explain; give at least one.")
    vocabulary = adapter.vocabulary_size(model)
    low, high = min(source.bos + source.ids), max(source.bos + source.ids)
    if not 0 <= low <= high < vocabulary:
        raise ValueError(f"token ids (BOS among them) must lie in 0..{vocabulary - 1}, got {low} to {high}.")
    limit = adapter.context_limit(model)
    if limit is not None and len(source) + len(source.bos) > limit:
        raise ValueError(
            f"the text has {len(source)} tokens (and {len(source.bos)} BOS); the model takes {limit}. "
            f"Shorten it by {len(source) + len(source.bos) - limit} tokens."
        )
    return source


def _source(
    model: torch.nn.Module,
    tokenizer: Any,
    text: str | None,
    input_ids: Sequence[int] | None,
    messages: Sequence[Message] | None,
    n_bos: int | None,
) -> Tokens:
    given = sum(way is not None for way in (text, input_ids, messages))
    if given != 1:
        raise ValueError("give either text or input_ids or messages" + (", not both." if given else "."))
    if messages is not None:
        if tokenizer is None:
            raise ValueError("messages need a tokenizer with a chat template.")
        return from_messages(tokenizer, messages, n_bos=n_bos)
    if text is not None:
        if not isinstance(text, str):
            raise TypeError(f"text must be a string, got {type(text).__name__}.")
        if tokenizer is None:
            raise ValueError("text needs a tokenizer; without one, give input_ids=[…].")
        if not text:
            raise ValueError("the text is empty; type at least one word.")
        return tokenize(tokenizer, text, n_bos=n_bos)
    assert input_ids is not None
    return from_ids(input_ids, tokenizer, n_bos=n_bos, bos_id=adapter.bos_id(model))


def highest_rank(model: torch.nn.Module, options: FisherOptions) -> int:
    """The highest Fisher rank that `attribute` gives with `options`."""
    return options.highest_rank(adapter.hidden_size(model))


def check_model(model: torch.nn.Module, ids: Sequence[int]) -> None:
    """Refuse a model whose scores would be wrong, on a few of `ids`; once per model.

    Raises:
        UnsupportedModelError, NonFiniteError: see `attribute`.
    """
    check(model, ids)


def check_position(position: object, source: Tokens) -> int | None:
    """`position` counted from the start; None stays None.

    Raises:
        ValueError, TypeError: out of range, or a token with nothing before it.
    """
    if position is None:
        return None
    if isinstance(position, bool) or not isinstance(position, (int, np.integer)):
        raise TypeError(f"position must be a whole number or None (the next token), got {position!r}.")
    count = len(source)
    if not -count <= position < count:
        raise ValueError(
            f"position {position} is out of range; the text has {count} tokens, so use {-count} to {count - 1}, "
            "or None for the next token."
        )
    index = int(position) % count
    if index == 0 and not source.bos:
        raise ValueError(
            "position 0 has nothing before it, so the model does not predict it; choose a later token or n_bos=1."
        )
    return index


def stream(
    model: torch.nn.Module,
    tokenizer: Any,
    source: Tokens,
    *,
    position: int | None,
    scopes: Sequence[ScopeName | str] | None = None,
    first: ScopeName | None = None,
    target: int | str | None = None,
    foil: int | str | None = None,
    n_targets: int = N_TARGETS,
    fisher_options: FisherOptions | None = None,
    max_memory: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Attribution]:
    """The steps of `attribute`: results that grow, each usable, the scope `first` before the others.

    `position` counts from the start (see `check_position`).
    """
    names, options = _names(scopes), fisher_options or FisherOptions()
    vocabulary = adapter.target_count(model)
    _check_count("n_targets", n_targets)
    options.check()
    chosen = [None if k is None else one_token_id(tokenizer, k, vocabulary) for k in (target, foil)]
    started = time.perf_counter()
    end = len(source) if position is None else position
    ids = (*source.bos, *source.ids[:end])
    one_vjp = len(names) == 1 and names[0] not in ("fisher", "contrast")
    probe = Probe(model, ids, probes=1 if one_vjp else N_TARGETS, max_memory=max_memory, progress=progress)
    session = Session(probe, tokenizer, source, end, options, vocabulary)

    asked = session.asked(position, chosen[0], chosen[1], n_targets)
    default, other = asked.default, asked.other
    directions = scope_table.needed(names, {default: 1.0}, {other: 1.0}, asked.targets)
    fisher_vjps = session.fisher_vjps if "fisher" in names else 0
    probe.backward.expected = len(directions) + fisher_vjps

    result = Attribution(
        source=source,
        position=position,
        basis=session.basis([]),
        fisher=None,
        predictions=session.predictions(asked.shown),
        default_target=asked.at_hand,
        chosen_foil=None if scopes is None else chosen[1],
        entropy=float(scope_table.entropy(session.z)),
        beta=session.beta,
        degenerate=False,
        model=adapter.model_name(model),
        seconds=0.0,
        complete=False,
        _session=session,
    )
    if target is not None and scopes is not None:
        result = replace(result, default_target=default)

    at_once = [d for d in scope_table.needed([first], {default: 1.0}, {other: 1.0}) if d in directions] if first else []
    at_once = at_once or [d for d in directions if d in (("log_probability", default), ("mean", None))]
    for parts in _steps(session, "fisher" in names, first, at_once, directions, progress):
        result = replace(result, **parts, seconds=time.perf_counter() - started)
        whole = len(result.basis.directions) == len(directions) and ("fisher" not in names or session.fisher_done)
        result = replace(result, complete=whole)
        yield result


def _names(scopes: Sequence[ScopeName | str] | None) -> list[ScopeName]:
    asked = SCOPES if scopes is None else (scopes,) if isinstance(scopes, str) else scopes
    names = [scope_table.check_scope(name) for name in asked]
    if not names:
        raise ValueError(f"scopes is empty; choose from {', '.join(SCOPES)}, or None for all.")
    return names


def _check_count(name: str, count: object) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f"{name} must be a whole number of at least 0, got {count!r}.")


def _steps(
    session: Session,
    with_fisher: bool,  # noqa: FBT001 - private, and named at its one call
    first: ScopeName | None,
    at_once: Sequence[Direction],
    directions: Sequence[Direction],
    progress: Progress | None,
) -> Iterator[dict[str, Any]]:
    """The parts of a result in the order in which they are wanted: what `first` shows, then the rest."""

    def linear(wanted: Sequence[Direction]) -> dict[str, Any]:
        basis = session.basis(wanted, progress)
        return {"basis": basis, "degenerate": session.degenerate(basis)}

    if first == "fisher" and with_fisher:
        if session.fisher_vjps > _GLANCE:
            session.probe.backward.expected += _GLANCE
            yield {"fisher": session.glance(_GLANCE, progress)}
        yield {"fisher": session.fisher(progress)}
    elif first is not None and at_once:
        yield linear(at_once)
    if directions:
        yield linear(directions)
    if with_fisher and not session.fisher_done:
        yield {"fisher": session.fisher(progress)}
