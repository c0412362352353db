"""Lets the model go on writing: the one place that calls `model.generate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch import Tensor

from jacobian_widget import model as adapter
from jacobian_widget.ids import integer
from jacobian_widget.tokens import Tokens, continued, token_label
from jacobian_widget.untouched import undisturbed

MAX_NEW_TOKENS: Final = 32

_OURS: Final = {
    "inputs": "the text is the prompt",
    "input_ids": "the text is the prompt",
    "inputs_embeds": "the text is the prompt",
    "attention_mask": "the text is the prompt",
    "max_length": "use max_new_tokens",
    "num_return_sequences": "there is one text",
    "return_dict_in_generate": "the answer is a text",
}


def write_on(
    model: torch.nn.Module,
    tokenizer: Any,
    source: Tokens,
    max_new_tokens: int = MAX_NEW_TOKENS,
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Tokens:
    """`source` and what the model writes after it, at most `max_new_tokens` tokens and no more than its context holds.

    Greedy unless `options` say otherwise. It ends at EOS, which is not kept.

    Args:
        model: a causal LM of `transformers` that can generate; it is left exactly as found.
        tokenizer: its tokenizer, or None.
        source: the text so far.
        max_new_tokens: 1 or more.
        progress: called as `progress(done, total)` after each token; what it raises ends the writing.
        options: of `transformers`' `generate`, such as `do_sample=True, temperature=0.7`.

    Returns:
        `Tokens` with the ids that the model chose, which are not always those that its text would be split into.

    Raises:
        ValueError: no room left in the model's context, the model writes nothing (its first token is EOS), a model
            that cannot generate, or an option that `generate` does not know.
        TypeError: an option that is not the caller's to set.
    """
    for name in options:
        if name in _OURS:
            raise TypeError(f"generate takes no {name}: {_OURS[name]}.")
    count = integer(max_new_tokens, "max_new_tokens", "a whole number, 1 or more")
    if count < 1:
        raise ValueError(f"max_new_tokens is {count}; pass 1 or more.")
    if not callable(getattr(model, "generate", None)):
        raise adapter.UnsupportedModelError(
            f"{type(model).__name__} has no generate(); load it with AutoModelForCausalLM."
        )
    prompt = [*source.bos, *source.ids]
    limit = adapter.context_limit(model)
    if limit is not None and len(prompt) >= limit:
        raise ValueError(f"the text fills the model's context of {limit} tokens; shorten it to let the model go on.")
    count = count if limit is None else min(count, limit - len(prompt))
    ends = _end_ids(model, tokenizer, options)
    ids = _generated(model, prompt, count, progress, _settings(model, tokenizer, ends, options))
    ids = ids[: next((i for i, k in enumerate(ids) if k in ends), len(ids))]
    if not ids:
        labels = ", ".join(token_label(tokenizer, k) for k in ends) or "none"
        raise ValueError(
            f"the model ends the text here: it writes EOS ({labels}) first. Change the text, or pass min_new_tokens=1."
        )
    return continued(tokenizer, source, ids)


def _generated(
    model: Any,
    prompt: Sequence[int],
    count: int,
    progress: Callable[[int, int], None] | None,
    settings: dict[str, Any],
) -> list[int]:
    from transformers import StoppingCriteriaList

    def step(ids: Tensor, _scores: object, **_: object) -> Tensor:
        if progress:
            progress(ids.shape[1] - len(prompt), count)
        return torch.zeros(len(ids), dtype=torch.bool, device=ids.device)

    criteria = StoppingCriteriaList([*settings.pop("stopping_criteria", ()), step])
    with adapter.model_lock(model), torch.inference_mode(False), torch.no_grad(), undisturbed(model) as twin:
        ids = torch.tensor([prompt], device=adapter.input_device(twin))
        written = twin.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=count,
            stopping_criteria=criteria,
            **settings,
        )
    return [int(k) for k in written[0, len(prompt) :]]


def _settings(model: Any, tokenizer: Any, ends: Sequence[int], options: dict[str, Any]) -> dict[str, Any]:
    own = options.get("generation_config", model.generation_config)
    defaults: dict[str, Any] = {} if "generation_config" in options else {"do_sample": False}
    if ends:
        defaults["eos_token_id"] = list(ends)
    if getattr(own, "pad_token_id", None) is None:
        defaults["pad_token_id"] = ends[0] if ends else 0
    if "stop_strings" in options:
        defaults["tokenizer"] = tokenizer
    return {**defaults, **options}


def _end_ids(model: Any, tokenizer: Any, options: dict[str, Any]) -> tuple[int, ...]:
    own = options.get("generation_config", model.generation_config)
    named = options.get("eos_token_id", getattr(own, "eos_token_id", None))
    if named is None:
        named = getattr(tokenizer, "eos_token_id", None)
    return () if named is None else tuple(named) if isinstance(named, (list, tuple)) else (int(named),)
