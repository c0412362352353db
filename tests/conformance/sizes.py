"""Small values for the sizes that configuration classes of `transformers` declare, and those of types apart."""

from __future__ import annotations

from typing import Any

from tiny_models import BLOCKS, COMMON, GROUPED, VOCABULARY

EXPERTS = {
    **dict.fromkeys(("n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"), 4),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk", "moe_top_k", "moe_k"), 2),
    **dict.fromkeys(("n_shared_experts", "num_shared_experts", "moe_num_shared_experts"), 1),
    **dict.fromkeys(
        (
            *("moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size_mlp", "dense_intermediate_size"),
            *("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "shared_intermediate_size"),
            "shared_experts_intermediate_size",
        ),
        16,
    ),
    **dict.fromkeys(("n_group", "topk_group", "first_k_dense_replace", "num_dense_layers"), 1),
    "mlp_only_layers": [],
    "router_hidden_size": 8,
}
LATENT_ATTENTION = {
    "q_lora_rank": 16,
    "kv_lora_rank": 16,
    "o_lora_rank": 8,
    "o_groups": 2,
    "qk_nope_head_dim": 8,
    "qk_rope_head_dim": 8,
    "v_head_dim": 8,
    "index_head_dim": 16,
    "index_n_heads": 2,
    "index_topk": 4,
}
LINEAR_ATTENTION = {
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "linear_num_heads": 4,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "linear_head_dim": 8,
}
STATE_SPACE = {
    "mamba_d_state": 8,
    "mamba_n_heads": 4,
    "mamba_d_ssm": 64,
    "mamba_num_heads": 4,
    "mamba_head_dim": 16,
    "state_size": 4,
    "ssm_state_size": 8,
    "time_step_rank": 4,
    "mamba_chunk_size": 4,
    "chunk_size": 4,
}
ENCODER_DECODER = {
    "d_model": 32,
    "decoder_layers": 2,
    "decoder_attention_heads": 4,
    "decoder_ffn_dim": 48,
    "encoder_layers": 1,
    "encoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "ffn_dim": 48,
}
# Shorter than the text, so that masks of windows and chunks differ from the plain causal one.
WINDOWS = dict.fromkeys(
    ("sliding_window", "sliding_window_size", "local_attention", "attention_window_size", "attention_chunk_size"), 4
)
SMALL: dict[str, Any] = {
    **COMMON,
    **GROUPED,
    **EXPERTS,
    **LATENT_ATTENTION,
    **LINEAR_ATTENTION,
    **STATE_SPACE,
    **ENCODER_DECODER,
    **WINDOWS,
    "n_inner": 48,
    "dff": 48,
    "d_inner": 48,
    "embedding_size": 32,
    "num_heads": 4,
    "rotary_dim": 4,
    "d_rel": 4,
    "rel_extent": 16,
    "swa_num_attention_heads": 4,
    "swa_num_key_value_heads": 2,
    "swa_head_dim": 8,
    "hidden_size_per_layer_input": 8,
    "laurel_rank": 4,
    "num_kv_shared_layers": 0,
    "hc_lowrank": 4,
    "vocab_size_per_layer_input": VOCABULARY,
    "unpadded_vocab_size": VOCABULARY,
    "gated_norm_rank": 4,
    "image_token_id": VOCABULARY - 1,
    "image_token_index": VOCABULARY - 1,
    "audio_vocab_size": 31,
}
OTHER_SENSES = {
    "num_hidden_layers": 1,
    "depth": 1,
    "image_size": 8,
    "patch_size": 4,
    "num_position_embeddings": 4,
    "out_hidden_size": 32,
    "output_channels": 8,
    "mlp_dim": 16,
    "base_channels": 8,
    "codebook_size": 16,
    "num_mel_bins": 8,
    "max_source_positions": 16,
}
"""Smaller still for the towers for images and sound, which text never reaches."""
LAYERS = ("layer_types", "mlp_layer_types", "layers_block_type", "indexer_types")
LANGUAGE = ("text_config", "decoder", "decoder_config", "encoder_config", "global_config", "patcher_config")

LOCAL_THEN_GLOBAL = {"sliding_window": 4, "layer_types": ["sliding_attention", "full_attention"], "global_head_dim": 16}
GEMMA = {**COMMON, **GROUPED, **LOCAL_THEN_GLOBAL}
PER_LAYER = {"hidden_size_per_layer_input": 8, "vocab_size_per_layer_input": VOCABULARY}
DOTS = {
    "num_key_value_heads": 4,
    "layer_types": ["indexed_attention", "sliding_attention"],
    "swa_num_attention_heads": 4,
    "swa_num_key_value_heads": 4,
    "swa_q_lora_rank": 16,
    "swa_kv_lora_rank": 16,
    "swa_head_dim": 16,
    "swa_qk_nope_head_dim": 8,
    "swa_v_head_dim": 8,
}
QWEN4 = {
    "layer_types": ["linear_attention", "indexed_attention"],
    "hc_lowrank": 4,
    "ple_layer_ids": [1],
    "ngram_vocab_size_base": 20,
    "make_ngram_vocab_size_divisible_by": 4,
    "heads_per_ngram": 2,
    "split_ngram_parts": 2,
    "indexer_n_heads": 2,
    "indexer_kv_heads": 1,
    "indexer_head_dim": 8,
    "indexer_budget": 4,
    "indexer_compress_ratio": 2,
}
MAMBA_THEN_SHARED = {"num_hidden_layers": 3, "layers_block_type": ["linear_attention", "hybrid", "hybrid"]}
BYTES = {**COMMON, **GROUPED, "hidden_size_global": 32}
TOWER = {"hidden_size": 32, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
SPECIFIC: dict[str, dict[str, Any]] = {
    "bamba": {"attn_layer_indices": [1]},
    "blt": {"encoder_hash_byte_group_vocab": 50, "encoder_config": BYTES, "decoder_config": BYTES},
    "cohere_compass_text": {"rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 1e4}}},
    "cpmant": {"dim_ff": 48, "dim_head": 8, "prompt_length": 2},
    "dbrx": {
        "attn_config": {"kv_n_heads": 2, "clip_qkv": 8.0, "rope_theta": 1e4},
        "ffn_config": {"hidden_size": 32, "ffn_hidden_size": 16, "moe_num_experts": 4, "moe_top_k": 2},
    },
    "deepseek_v4": {"num_key_value_heads": 1},
    "dots3_note": {
        "text_config": {
            **COMMON,
            **GROUPED,
            **EXPERTS,
            **LATENT_ATTENTION,
            **DOTS,
            "mlp_layer_types": ["dense", "sparse"],
        },
        "vision_config": {
            **TOWER,
            "moe_intermediate_size": 16,
            "num_local_experts": 2,
            "mlp_layer_types": ["dense"],
            "adapter_in_dim": 32,
            "adapter_out_dim": 32,
        },
        "audio_config": {
            **TOWER,
            "adapter_input_size": 32,
            "adapter_out_dim": 32,
            "downsample_hidden_size": 8,
            "feature_size": 8,
        },
    },
    "dots3_note_text": DOTS,
    "fuyu": {"text_config": {"model_type": "persimmon", **COMMON, **BLOCKS}},
    "gemma3": {"vision_config": {"model_type": "siglip_vision_model", **TOWER, "image_size": 8, "patch_size": 4}},
    "gemma3n": {
        "audio_config": {
            "hidden_size": 32,
            "conf_num_hidden_layers": 1,
            "conf_num_attention_heads": 2,
            "sscp_conv_channel_size": (4, 4),
        }
    },
    "gemma4": {
        "text_config": {**GEMMA, **PER_LAYER},
        "vision_config": {**TOWER, "position_embedding_size": 4, "num_key_value_heads": 2, "head_dim": 8},
        "audio_config": None,
    },
    "gemma4_assistant": {
        "backbone_hidden_size": 32,
        "text_config": {
            "model_type": "gemma4_text",
            **GEMMA,
            "num_kv_shared_layers": 2,
            **dict.fromkeys(PER_LAYER, 0),
        },
    },
    "gemma4_text": LOCAL_THEN_GLOBAL,
    "gemma4_unified": {
        "text_config": GEMMA,
        "vision_config": {"mm_embed_dim": 8, "mm_posemb_size": 4, "output_proj_dims": 8, "patch_size": 4},
    },
    "gemma4_unified_assistant": {
        "backbone_hidden_size": 32,
        "text_config": {"model_type": "gemma4_unified_text", **GEMMA, "num_kv_shared_layers": 2},
    },
    "gemma4_unified_text": LOCAL_THEN_GLOBAL,
    "got_ocr2": {"text_config": {"model_type": "qwen2", **COMMON, **GROUPED}},
    "gpt_neo": {"attention_types": [[["global", "local"], 1]], "window_size": 4},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"]},
    "longcat_flash": {"num_layers": 2, "zero_expert_num": 2},
    "mamba2": {"head_dim": 16, "n_groups": 2},
    "minicpm3": {"dim_model_base": 32},
    "moss_transcribe_diarize": {"text_config": {"model_type": "qwen3", **COMMON, **GROUPED}},
    "nemotron_h": {"n_groups": 2},
    "phi4_multimodal": {
        "audio_config": {
            **TOWER,
            "num_blocks": 1,
            "nemo_conv_channels": 8,
            "ext_pw_out_channel": 32,
            "depthwise_separable_out_channel": 32,
        }
    },
    "prophetnet": {
        "num_encoder_layers": 1,
        "num_encoder_attention_heads": 4,
        "num_decoder_layers": 2,
        "num_decoder_attention_heads": 4,
    },
    "qwen4_exp": {"text_config": {**COMMON, **GROUPED, **EXPERTS, **LINEAR_ATTENTION, **QWEN4}},
    "qwen4_exp_text": QWEN4,
    "recurrent_gemma": {"num_hidden_layers": 3},
    "reformer": {
        "is_decoder": True,
        "attention_head_size": 8,
        "feed_forward_size": 48,
        "axial_pos_embds": False,
        "attn_layers": ["local", "lsh"],
        "local_attn_chunk_length": 4,
        "lsh_attn_chunk_length": 4,
        "num_buckets": 4,
    },
    "rembert": {"input_embedding_size": 16, "output_embedding_size": 24},
    "roc_bert": {
        "pronunciation_embed_dim": 8,
        "pronunciation_vocab_size": 20,
        "shape_embed_dim": 8,
        "shape_vocab_size": 20,
    },
    "xlnet": {"d_head": 8},
    "xmod": {"languages": ["en_XX"], "default_language": "en_XX"},
    "zamba": MAMBA_THEN_SHARED,
    "zamba2": MAMBA_THEN_SHARED,
    "zaya": {"num_experts_per_tok": 1},
}
