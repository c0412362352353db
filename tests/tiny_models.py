"""Tiny random causal LMs of many architectures, built from their configurations."""

from __future__ import annotations

from typing import Any

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

VOCABULARY = 101
COMMON = {
    "vocab_size": VOCABULARY,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "initializer_range": 0.3,
}
BLOCKS = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
}
GROUPED = {**BLOCKS, "num_key_value_heads": 2, "head_dim": 8}
CONFIGS: dict[str, dict[str, Any]] = {
    "llama": GROUPED,
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64},
    "gpt_neox": BLOCKS,
    "qwen3": GROUPED,
    # A cap as small as the logits, so that it bends them.
    "gemma2": {
        **GROUPED,
        "final_logit_softcapping": 3.0,
        "attn_logit_softcapping": 5.0,
        "query_pre_attn_scalar": 8,
    },
    "phi": BLOCKS,
    "cohere": {**GROUPED, "logit_scale": 0.25},
    "mamba": {"hidden_size": 32, "state_size": 4, "num_hidden_layers": 2, "time_step_rank": 4},
}
ARCHITECTURES = tuple(CONFIGS)
NOT_CAUSAL = "is not causal" if transformers.__version__ >= "5" else "unexpected keyword argument 'use_cache'"
"""Why a BERT is refused: that of transformers 4 does not even take the call."""


def tiny(kind: str, *, dtype: torch.dtype = torch.float32, seed: int = 0, **overrides: Any) -> Any:
    """A random model of type `kind`, the same for the same seed in every dtype."""
    config = AutoConfig.for_model(kind, **{**COMMON, **CONFIGS.get(kind, GROUPED), **overrides})
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if kind == "gemma2" and "norm" in name:
                parameter.zero_()  # 1 in transformers 4: twice the length, and the cap leaves no slope
            if "bias" in name or parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))
        embeddings = model.get_input_embeddings().weight
        embeddings.copy_(torch.randn(embeddings.shape, generator=generator))
    return model.to(dtype)


def half_trained() -> Any:
    """A model as a user may hand it over: training but for one block, learning but for its embeddings."""
    model = tiny("gpt2").train()
    model.transformer.h[0].eval()
    model.transformer.wte.weight.requires_grad_(False)
    return model


def ids(count: int = 7, seed: int = 3) -> list[int]:
    """Random token ids without the special ones."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(3, VOCABULARY, (count,), generator=generator).tolist()
