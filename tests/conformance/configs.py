"""A tiny configuration of every model type in the causal-LM mapping of `transformers`.

Sizes are set by the names that configuration classes declare, so that a new type seldom needs an entry of its own.
Layers are cut to one of each kind that the default configuration has.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from conformance.sizes import LANGUAGE, LAYERS, OTHER_SENSES, SMALL, SPECIFIC, TOWER
from tiny_models import BLOCKS, VOCABULARY
from transformers import CONFIG_MAPPING, AutoConfig, SiglipVisionConfig

ENCODERS = (
    *("bert", "bert-generation", "big_bird", "camembert", "data2vec-text", "electra", "ernie", "megatron-bert"),
    *("rembert", "roberta", "roberta-prelayernorm", "roc_bert", "roformer", "xlm-roberta", "xlm-roberta-xl", "xmod"),
)
DECODER_FORMS: dict[str, dict[str, Any]] = {
    **{kind: {"is_decoder": True} for kind in ENCODERS},
    "xlm": {"causal": True},
    "xlnet": {"attn_type": "uni"},
    "hrm_text": {"L_bp_cycles": [3, 3]},
}
"""Settings with which types that are refused by default are causal, or have gradients throughout."""


def tiny_config(kind: str, **overrides: Any) -> Any:
    """The configuration of a model of type `kind` with about 20,000 to 300,000 parameters."""
    made_of = CONFIG_MAPPING[kind]
    if kind.startswith("musicgen"):  # the causal LM is made of a part of its type's configuration
        made_of = made_of.sub_configs["decoder"]
    config = made_of(**_small(made_of, SMALL, **{**SPECIFIC.get(kind, {}), **overrides}))
    if kind == "gemma3n":  # its own tower for images comes from the package timm; text never reaches it
        tower = SiglipVisionConfig(**TOWER, image_size=8, patch_size=4)
        tower.vocab_size, tower.vocab_offset, tower.rms_norm_eps = 128, VOCABULARY, 1e-6
        object.__setattr__(config, "vision_config", tower)  # a field for one class only
    if kind.endswith("_assistant"):  # with all layers shared, as it demands, its model cannot be built
        config.text_config.num_kv_shared_layers = 0
    return config


def _small(made_of: Any, sizes: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    declared = {field.name for field in fields(made_of)} | set(made_of.attribute_map)
    given = {made_of.attribute_map.get(name, name) for name in overrides}
    latent = {"num_key_value_heads": BLOCKS["num_attention_heads"]} if "kv_lora_rank" in declared else {}
    found = {
        name: value
        for name, value in {**sizes, **latent, **_one_layer_of_each(made_of, declared)}.items()
        if name in declared and made_of.attribute_map.get(name, name) not in given
    }
    parts = {
        name: _small(part, SMALL if name in LANGUAGE else {**SMALL, **OTHER_SENSES})
        for name, part in made_of.sub_configs.items()
        if part is not AutoConfig and name not in overrides
    }
    return {**found, **parts, **overrides}


def _one_layer_of_each(made_of: Any, declared: set[str]) -> dict[str, Any]:
    names = [name for name in LAYERS if name in declared - set(made_of.attribute_map)]
    if not names:
        return {}
    default = made_of()
    kinds = {name: list(dict.fromkeys(getattr(default, name))) for name in names if getattr(default, name, None)}
    count = max([2, *map(len, kinds.values())])
    return {"num_hidden_layers": count, **{name: (found * count)[:count] for name, found in kinds.items()}}
