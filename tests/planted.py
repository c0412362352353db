"""A small transformer, its weights written by hand, in which exactly one earlier token decides the next one.

A text is noise with one key in it. Every position looks for a key, whatever stands there itself, and copies what it
stands for into its own hidden state: the answers that the head reads, and how long the state is. A sure key has one
answer, an unsure key has four that are equally likely. So logits, distribution, entropy and confidence all hang on the
key, and without it all tokens are about equally likely.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

LENGTH = 12
SURE, UNSURE = (3, 4, 5, 6), (7, 8)
ANSWERS = {key: (9 + i,) for i, key in enumerate(SURE)} | {7: (13, 14, 15, 16), 8: (17, 18, 19, 20)}
NOISE = range(21, 61)

_KEYS = slice(0, 6)
"""Dimensions of the hidden state: one for each key, one for each answer, one for confidence, the rest for noise."""
_ANSWERS = slice(6, 18)
_CONFIDENCE = 18
_D = 40
_NORM = 6.0
"""About what the first norm makes of a one in one dimension."""


@dataclass(frozen=True)
class Text:
    """A text and where its cause is."""

    ids: list[int]
    key: int
    """Index of the token that decides what follows."""

    @property
    def answers(self) -> tuple[int, ...]:
        return ANSWERS[self.ids[self.key]]

    @property
    def foil(self) -> int:
        """An answer of another key: which of its own answers follows, no key decides."""
        return next(k for answers in ANSWERS.values() for k in answers if k not in self.answers)


def texts(count: int, seed: int) -> list[Text]:
    """Keys at any place, the last included, in noise that is drawn anew."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(NOISE.start, NOISE.stop, (count, LENGTH), generator=generator)
    at = torch.randint(LENGTH, (count,), generator=generator)
    keys = torch.tensor(list(ANSWERS))[torch.randint(len(ANSWERS), (count,), generator=generator)]
    ids[torch.arange(count), at] = keys
    return [Text(row, key) for row, key in zip(ids.tolist(), at.tolist(), strict=True)]


@cache
def planted() -> Any:
    config = AutoConfig.for_model(
        "gpt2",
        vocab_size=NOISE.stop,
        n_embd=_D,
        n_layer=1,
        n_head=1,
        n_positions=64,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=False,
    )
    model = AutoModelForCausalLM.from_config(config).eval().requires_grad_(requires_grad=False)
    generator = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        parameter.zero_()
    block, body = model.transformer.h[0], model.transformer
    for norm in (block.ln_1, block.ln_2, body.ln_f):
        norm.weight.fill_(1.0)
    body.wte.weight[:, _CONFIDENCE + 1 :] = torch.nn.functional.normalize(
        torch.randn(NOISE.stop, _D - _CONFIDENCE - 1, generator=generator)
    )
    _, key, value = block.attn.c_attn.weight.split(_D, dim=1)  # each [d_in, d_out]
    block.attn.c_attn.bias[0] = _D**0.5  # the same query everywhere
    key[_KEYS, 0] = 5.0 / _NORM  # a key gets about e⁵ times the attention of noise
    for i, (token, answers) in enumerate(ANSWERS.items()):
        body.wte.weight[token] = 0.0
        body.wte.weight[token, i] = 1.0
        for answer in answers:
            value[i, _ANSWERS.start + answer - 9] = 20 / _NORM / len(answers) ** 0.5
        value[i, _CONFIDENCE] = (16.0 if token in SURE else 8.0) / _NORM
    block.attn.c_proj.weight.copy_(torch.eye(_D))
    body.ln_f.weight[_CONFIDENCE] = 2.0
    for answers in ANSWERS.values():
        for answer in answers:
            model.lm_head.weight[answer, _ANSWERS.start + answer - 9] = 1.2
    return model
