"""A tiny model with quantised weights, the float32 model of the weights it holds, and how far their scores differ."""

from __future__ import annotations

import tempfile
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import ids, tiny
from transformers import AutoModelForCausalLM

from jacobian_widget import SCOPES, attribute
from jacobian_widget.quantised import is_packed

SIZES = {"hidden_size": 128, "intermediate_size": 256, "head_dim": 32}
TARGET, FOIL = 7, 8


def scores(model: Any) -> np.ndarray:
    """Every scope, `[scopes, n]`."""
    a = attribute(model, input_ids=ids(9), target=TARGET, foil=FOIL, n_eigen=8, n_probes=8)
    return np.stack([of(a, name, TARGET, FOIL) for name in SCOPES])


def of(a: Any, scope: str, target: int, foil: int) -> np.ndarray:
    options = {"target": target} if SCOPES[scope].needs_target else {}
    return a.scores(scope, **options, **({"foil": foil} if SCOPES[scope].needs_foil else {}))


def errors(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    """Of each scope, relative to the length of all its scores."""
    return np.linalg.norm(got - want, axis=1) / np.linalg.norm(want, axis=1)


def quantised(config: Any, dtype: torch.dtype = torch.float32, device: str = "cpu") -> Any:
    """A tiny model loaded with a quantisation config of `transformers`."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tiny("llama", **SIZES).save_pretrained(folder)
        return AutoModelForCausalLM.from_pretrained(
            folder, quantization_config=config, dtype=dtype, device_map={"": device}
        )


def dequantised(model: Any) -> Any:
    """A float32 model of the weights that `model` holds."""
    plain, modules = tiny("llama", **SIZES), dict(model.named_modules())
    with torch.no_grad():
        for name, linear in plain.named_modules():
            if isinstance(linear, torch.nn.Linear):
                linear.weight.copy_(values(modules[name].weight))
    return plain


def values(weight: Any) -> torch.Tensor:
    """The floats that a quantised weight stands for."""
    if getattr(weight, "quant_state", None) is not None:
        return quiet("bitsandbytes").functional.dequantize_4bit(weight.data, weight.quant_state)
    if getattr(weight, "SCB", None) is not None:
        return weight.data * weight.SCB[:, None] / 127
    return weight.dequantize() if is_packed(weight) else weight


def quiet(name: str) -> Any:
    """A library, whatever it warns of when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name)


def held(model: Any) -> list[tuple[Any, ...]]:
    """What of the parameters a pass might change."""
    return [(name, type(p), p.dtype, p.shape, p.requires_grad, id(p)) for name, p in model.named_parameters()]
