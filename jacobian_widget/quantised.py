"""Whether gradients pass through quantised layers: kernels made for inference may have none, without saying so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from jacobian_widget import model as adapter
from jacobian_widget.model import UnsupportedModelError

PACKS = "support_avx512bf16_for_cpu"
"""The attribute of a 4-bit layer of bitsandbytes that lets it pack its weights."""
SLOPE_ERROR = 0.5
"""Of a whole model whose activations are rounded to 8 bits, relative. Its layers are checked one by one."""
_SLOPE_ERROR = 0.2


def is_packed(tensor: Tensor) -> bool:
    """Whether it is a weight of a tensor type of its own (torchao): without a storage, dequantised for each call."""
    return hasattr(tensor, "__tensor_flatten__")


def unpacks(model: torch.nn.Module) -> bool:
    """Whether weights are dequantised for each call: a graph that is kept would hold them all."""
    return any(is_packed(parameter) for parameter in adapter.parameters(model))


def refuse_packed(model: torch.nn.Module) -> None:
    """Refuse 4-bit weights that bitsandbytes has packed for a kernel without gradients: scores would be wrong.

    It does so in place, on CPUs with AVX512-BF16, whenever the model runs without gradients in evaluation mode.

    Raises:
        UnsupportedModelError: it has.
    """
    for module in adapter.modules(model):
        weight = module.__dict__.get("_parameters", {}).get("weight")  # a parametrized one would be computed anew
        if getattr(getattr(weight, "quant_state", None), "packing_format_for_cpu", False):
            raise UnsupportedModelError(
                f"bitsandbytes has packed the 4-bit weights of {type(model).__name__} for this CPU, where they have no "
                f"gradients. Load it again, and before it runs on its own, set `{PACKS} = False` on its modules."
            )


def check_layers(model: torch.nn.Module, like: Tensor) -> None:
    """Compare the gradient of one quantised linear layer of each kind with its slope, for inputs like `like`.

    The layer is linear, so a step as long as the input itself measures the slope, however coarsely it rounds.

    Raises:
        UnsupportedModelError: a kind of layer has no gradient, or a wrong one.
    """
    for layer in _kinds(model):
        weight: Any = getattr(layer, "weight", None)
        device = like.device if weight is None or weight.device.type == "meta" else weight.device
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(1, 2, layer.in_features, generator=generator).to(device, like.dtype).requires_grad_()
        out = layer(x)
        u = torch.randn(out.shape, generator=generator).to(out)
        gradient = torch.autograd.grad(out, x, u)[0].float() if out.requires_grad else torch.zeros_like(x)
        step = gradient * (x.detach().float().norm() / gradient.norm().clamp(min=torch.finfo(torch.float32).tiny))
        moved = layer((x.detach() + step.to(x)).requires_grad_())
        slope = float((u.double() * (moved - out).detach().double()).sum())
        expected = float((gradient.double() * step.double()).sum())
        if not abs(expected - slope) < _SLOPE_ERROR * abs(expected):
            raise UnsupportedModelError(
                f"{type(model).__name__}: its layers of type {type(layer).__name__} (weights {type(weight).__name__}) "
                "have no gradient, or not that of what they compute, as where activations are rounded to integers. Use "
                "weight-only quantisation."
            )


def _kinds(model: torch.nn.Module) -> Iterator[Any]:
    """One linear layer of each kind and name with packed or rounded weights."""
    seen = set()
    for path, module in model.named_modules():
        weight = getattr(module, "weight", None)
        plain = isinstance(weight, Tensor) and type(weight) in (Tensor, torch.nn.Parameter) and _wide(weight)
        kind = (type(module), type(weight), path.rsplit(".", 1)[-1])
        if isinstance(getattr(module, "in_features", None), int) and not plain and kind not in seen:
            seen.add(kind)
            yield module


def _wide(weight: Tensor) -> bool:
    return weight.is_floating_point() and weight.element_size() > 1
