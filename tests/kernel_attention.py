"""Attention as packages of GPU kernels bring it, for a CPU: the way they plug in, not their arithmetic."""

from __future__ import annotations

from typing import Any

import torch


def attention_weights(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    later = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool, device=q.device).triu(1)
    logits = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
    return logits.masked_fill(later, -torch.inf).softmax(-1)


@torch.library.custom_op("jacobian_widget_tests::attention_backward", mutates_args=("dq", "dk", "dv"))
def attention_backward(
    gradient: torch.Tensor,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    dq: torch.Tensor,
    dk: torch.Tensor,
    dv: torch.Tensor,
) -> None:
    p = attention_weights(q, k)
    dp = torch.einsum("bihd,bjhd->bhij", gradient, v)
    dlogits = p * (dp - (dp * p).sum(-1, keepdim=True)) * q.shape[-1] ** -0.5
    dq.copy_(torch.einsum("bhij,bjhd->bihd", dlogits, k))
    dk.copy_(torch.einsum("bhij,bihd->bjhd", dlogits, q))
    dv.copy_(torch.einsum("bhij,bihd->bjhd", p, gradient))


class KernelAttention(torch.autograd.Function):
    """Causal attention as packages of kernels bring it: `[batch, n, heads, width]`, no mask, results written in place,
    no batching rule.
    """

    @staticmethod
    def forward(ctx: Any, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(q, k, v)
        return torch.einsum("bhij,bjhd->bihd", attention_weights(q, k), v)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        saved = ctx.saved_tensors
        places = [torch.empty_like(tensor) for tensor in saved]
        attention_backward(gradient, *saved, *places)
        return tuple(places)
