"""One model type at a time: build a tiny random model, explain it, and compare with finite differences of the model."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import transformers
from conformance.configs import DECODER_FORMS, tiny_config
from torch import Tensor
from torch.overrides import TorchFunctionMode
from transformers import AutoModelForCausalLM
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from jacobian_widget import Attribution, UnsupportedModelError, attribute, forward
from jacobian_widget.forward import Way

KINDS = tuple(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)
IDS = [17, 42, 5, 88, 61, 9, 33]
LATER = [70, 71]
AT = 4
"""The predicting position; `LATER` are other tokens for those after it."""
TARGET, FOIL = 23, 50
STEP = 1e-6
SCOPES = ("semantic", "contrast", "log_probability", "fisher")


@dataclass(frozen=True)
class Outcome:
    """What happened to one model type."""

    name: str
    """The model's class."""
    passes: bool
    reason: str = ""
    """Why the package refuses it."""
    deviation: float = 0.0
    """The largest of logits and scores from the reference, relative to the largest logit or score."""
    at_table: bool = False
    """Differences are taken at what the embedding table returns, as `inputs_embeds` alone gives other logits."""


def cases() -> list[str]:
    """The model types, and those in decoder form as `type+decoder`."""
    return [case for kind in KINDS for case in ([kind, f"{kind}+decoder"] if kind in DECODER_FORMS else [kind])]


def walk(case: str) -> Outcome:
    """Check one type.

    Raises:
        AssertionError: the package gives something else than the model does.
    """
    with _alone():
        return _walk(case)


def _walk(case: str) -> Outcome:
    model = build(case)
    name, wide = type(model).__name__, _in_float64(model)
    try:
        a = attribute(
            model, input_ids=IDS, position=AT + 1, n_bos=0, target=TARGET, foil=FOIL, scopes=SCOPES, exact_fisher=True
        )
    except UnsupportedModelError as error:
        return Outcome(name, passes=False, reason=str(error).removeprefix(name).lstrip(": "))
    _same_each_way(model)
    assert not any(isinstance(v, Tensor) and v.grad_fn is not None for m in model.modules() for v in vars(m).values())
    with _float64():
        own = _by_ids(wide, IDS)
        later = _by_ids(wide, IDS[: AT + 1] + LATER)
        jacobian, at_table = _jacobian(wide, own)  # [V, n, d]
    finite = torch.isfinite(own)
    assert float((later - own)[finite].abs().max()) < 1e-12 * float(own[finite].abs().max()), "not causal"
    assert not jacobian[:, AT + 1 :].any(), "not causal"
    return Outcome(name, passes=True, deviation=_deviation(a, own, jacobian[:, : AT + 1]), at_table=at_table)


def _same_each_way(model: Any) -> None:
    """Attention by plain products and blocks that are computed again, as for many probes and long texts, agree."""
    gradients = []
    for way in (Way(), Way(batched=True, checkpointed=True)):
        graph, _ = forward.run(model, IDS, AT, way=way)
        v = torch.randn(graph.y.shape[-1], generator=torch.Generator().manual_seed(0))
        with forward.backward_of(model, graph):
            gradients += torch.autograd.grad(graph.y[AT], graph.x, v)
    assert float((gradients[1] - gradients[0]).abs().max()) < 1e-4 * float(gradients[0].abs().max()), "ways differ"
    graph, _ = forward.run(model, IDS[: AT + 1], AT)
    alone = forward.hidden(model, graph, graph.x.detach().expand(2, -1, -1))  # in a batch, and without the head
    y = graph.y[AT].detach()
    assert float((alone - y).abs().max()) < 1e-4 * float(y.abs().max()), "hidden states differ"


def build(case: str) -> Any:
    """A random model, with what is initialised to nothing or almost nothing made random too."""
    kind, _, form = case.partition("+")
    torch.manual_seed(0)
    config = tiny_config(kind, **(DECODER_FORMS[kind] if form else {}))
    made_of = getattr(transformers, MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[kind])
    model = made_of(config) if kind.startswith("musicgen") else AutoModelForCausalLM.from_config(config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "bias" in name or parameter.dim() == 1:
                parameter.add_(0.1 * noise)
            elif float(parameter.std()) < 0.1:
                parameter.copy_(0.3 * noise)
        embeddings = model.get_input_embeddings()
        if hasattr(embeddings, "weight"):
            embeddings.weight.copy_(torch.randn(embeddings.weight.shape, generator=generator))
    return model.eval()


def _deviation(a: Attribution, own: Tensor, jacobian: Tensor) -> float:
    """Largest relative deviation of logits and scores from the model's own and from `jacobian` `[V, n, d]`."""
    p = own.softmax(-1)
    jacobian = jacobian.where(torch.isfinite(own)[:, None, None], 0)  # a logit of -inf has no slope
    centred = jacobian - torch.einsum("v,vtd->td", p, jacobian)
    want = {
        "semantic": jacobian[TARGET].norm(dim=-1),
        "contrast": (jacobian[TARGET] - jacobian[FOIL]).norm(dim=-1),
        "log_probability": centred[TARGET].norm(dim=-1),
        "fisher": torch.einsum("v,vtd->t", p, centred**2),
    }
    logits = torch.tensor([c.logit for c in a.candidates(range(len(own)))], dtype=torch.float64)
    finite = torch.isfinite(own)
    assert torch.equal(torch.isfinite(logits), finite)
    deviations = [(logits - own)[finite].abs().max() / own[finite].abs().max()]
    for scope, scores in want.items():
        named = {} if scope == "fisher" else {"target": TARGET, **({"foil": FOIL} if scope == "contrast" else {})}
        got = torch.from_numpy(a.scores(scope, **named))[: AT + 1]
        assert float(scores.max()) > 0
        deviations.append((got - scores).abs().max() / scores.max())
    return float(torch.stack(deviations).max())


def _jacobian(model: Any, own: Tensor) -> tuple[Tensor, bool]:
    """Central differences `[V, n, d]` of the logits, by every coordinate of every embedding, and where they are taken.

    At `inputs_embeds`, or where these alone do not give the model's own logits, at the embedding table.
    """
    ids = torch.tensor(IDS)
    x = model.get_input_embeddings()(ids).clone()  # [n, d]
    at_table = not _takes_inputs_embeds(model, x, own)
    logits = _at_table if at_table else _at_inputs_embeds
    steps = STEP * torch.eye(x.numel()).view(-1, *x.shape)
    rows = [(logits(model, x + part) - logits(model, x - part)) / (2 * STEP) for part in steps.split(128)]  # [k, V]
    return torch.cat(rows).T.reshape(-1, *x.shape), at_table


def _takes_inputs_embeds(model: Any, x: Tensor, own: Tensor) -> bool:
    try:
        logits = _at_inputs_embeds(model, x[None])[0]
        _at_inputs_embeds(model, x[None] + STEP)
    except (ValueError, RuntimeError, AttributeError, IndexError):
        return False  # some look up the ids that embeddings belong to, or need ids anyway
    return torch.allclose(logits, own, rtol=1e-9, atol=1e-9)


def _at_inputs_embeds(model: Any, x: Tensor) -> Tensor:
    return model(inputs_embeds=x.clone(), use_cache=False).logits[:, AT]


def _at_table(model: Any, x: Tensor) -> Tensor:
    table = model.get_input_embeddings()
    looked_up = table.forward
    table.forward = lambda ids: x.clone() if ids.shape == x.shape[:2] else looked_up(ids)
    try:
        return model(input_ids=torch.tensor([IDS] * len(x)), use_cache=False).logits[:, AT]
    finally:
        del table.forward


def _by_ids(model: Any, ids: list[int]) -> Tensor:
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, AT]


def _in_float64(model: Any) -> Any:
    wide = copy.deepcopy(model).double()
    if hasattr(wide, "set_experts_implementation"):
        wide.set_experts_implementation("eager")  # grouped matrix products are for at most 32 bits
    return wide


class _Wide(TorchFunctionMode):
    """Where a model asks for float32 it gets float64."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        func = torch.Tensor.double if func is torch.Tensor.float else func
        args = tuple(torch.float64 if value is torch.float32 else value for value in args)
        kwargs = {k: torch.float64 if value is torch.float32 else value for k, value in (kwargs or {}).items()}
        return func(*args, **kwargs)


@contextmanager
def _float64() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad(), _Wide():
            yield
    finally:
        torch.set_default_dtype(before)


@contextmanager
def _alone() -> Iterator[None]:
    """Without what `transformers` says about configurations and kernels, and on one thread: tensors are tiny."""
    verbosity, threads = transformers.logging.get_verbosity(), torch.get_num_threads()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="transformers")
            yield
    finally:
        torch.set_num_threads(threads)
        transformers.logging.set_verbosity(verbosity)
