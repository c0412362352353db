"""Every scope from the dense float64 Jacobian of the logits, with none of the package's own code."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor


class BruteForce:
    """Scores of one prediction. `J = dz/dx` is `[V, n, d]`, in float64."""

    def __init__(self, model: Any, ids: list[int], position: int, n_bos: int = 0) -> None:
        self.model = copy.deepcopy(model).double().eval()
        self.n_bos, self.at = n_bos, n_bos + position - 1
        bos = [self.model.config.bos_token_id] * n_bos
        embeddings = self.model.get_input_embeddings()
        self.x = embeddings(torch.tensor([bos + ids])).detach()  # [1, n, d]
        self.z = self.logits(self.x).detach()
        self.p = self.z.softmax(-1)
        self.J = torch.autograd.functional.jacobian(self.logits, self.x)[:, 0]  # [V, n, d]

    def logits(self, x: Tensor) -> Tensor:
        return self.model(inputs_embeds=x, use_cache=False).logits[0, self.at].double()

    def final_norm(self, x: Tensor) -> Tensor:
        seen: list[Tensor] = []
        head = self.model.get_output_embeddings()
        handle = head.register_forward_pre_hook(lambda _, args: seen.append(args[0][0, self.at]))
        try:
            self.logits(x)
        finally:
            handle.remove()
        return seen[0].norm()

    def of(self, u: Tensor) -> Tensor:
        """`‖uᵀJ_t‖` for the text's tokens."""
        return torch.einsum("v,vtd->td", u, self.J).norm(dim=-1)[self.n_bos :]

    def one_hot(self, k: int) -> Tensor:
        return torch.nn.functional.one_hot(torch.tensor(k), len(self.p)).double()

    def semantic(self, k: int) -> Tensor:
        return self.of(self.one_hot(k))

    def contrast(self, a: int, b: int) -> Tensor:
        return self.of(self.one_hot(a) - self.one_hot(b))

    def log_probability(self, k: int) -> Tensor:
        return self.of(self.one_hot(k) - self.p)

    def entropy(self) -> Tensor:
        h = -(self.p * self.p.log()).sum()
        return self.of(-self.p * (self.p.log() + h))

    def temperature(self) -> Tensor:
        gradient = torch.autograd.functional.jacobian(self.final_norm, self.x)[0]
        return gradient.norm(dim=-1)[self.n_bos :]

    def fisher(self) -> Tensor:
        inner = self.J - torch.einsum("v,vtd->td", self.p, self.J)
        return torch.einsum("v,vtd->t", self.p, inner**2)[self.n_bos :]
