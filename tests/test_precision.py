"""Weights of few bits: what reduced precision costs, and that quantised weights give the scores of what they hold."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from quantised_models import FOIL, SIZES, TARGET, dequantised, errors, held, of, quantised, quiet, scores
from tiny_models import ids, tiny

from jacobian_widget import SCOPES, attribute, memory
from jacobian_widget import model as adapter
from jacobian_widget.model import UnsupportedModelError
from jacobian_widget.quantised import PACKS


def test_bfloat16_on_a_real_model(demo: tuple[Any, Any]) -> None:
    """What was measured on three prompts is in docs/precision.md."""
    model, tokenizer = demo
    text = "The capital of France is Paris. The capital of Germany is"
    truth = attribute(model, tokenizer, text, n_targets=2, n_eigen=4, n_probes=4)
    target, foil = truth.default_target, truth.default_foil
    half = copy.deepcopy(model).to(torch.bfloat16)
    a = attribute(half, tokenizer, text, target=target, foil=foil, n_targets=2, n_eigen=4, n_probes=4)
    assert {p.dtype for p in half.parameters()} == {torch.bfloat16}
    assert a.basis.gram.dtype == np.float32
    for scope in SCOPES:
        got, want = (of(x, scope, target, foil)[None] for x in (a, truth))
        assert errors(got, want) < 0.1, scope
        assert np.corrcoef(got[0].argsort().argsort(), want[0].argsort().argsort())[0, 1] > 0.95, scope


@pytest.mark.parametrize(("dtype", "limit"), [(torch.bfloat16, 0.08), (torch.float16, 0.03)])
@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_arithmetic_in_half_precision(kind: str, dtype: torch.dtype, limit: float) -> None:
    """Against the same rounded weights in float64, so that only the arithmetic differs."""
    model = tiny(kind, dtype=dtype)
    assert (errors(scores(model), scores(copy.deepcopy(model).double())) < limit).all()


def test_cotangents_beyond_float16() -> None:
    """The rows of this head and the products with it are longer than float16 can say."""
    model = tiny("llama", dtype=torch.float16)
    with torch.no_grad():
        model.get_output_embeddings().weight.mul_(10000)
        model.model.norm.weight.div_(10000)
    wide = copy.deepcopy(model).double()
    got, want = (attribute(m, input_ids=ids()).scores("contrast", target=TARGET, foil=FOIL) for m in (model, wide))
    np.testing.assert_allclose(got, want, rtol=0.02)


def nf4(**options: Any) -> Any:
    from transformers import BitsAndBytesConfig

    quiet("bitsandbytes")
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", **options)


@pytest.mark.parametrize("options", [{}, {"bnb_4bit_use_double_quant": True}])
def test_bitsandbytes_gives_the_scores_of_the_weights_it_holds(options: dict[str, Any]) -> None:
    model = quantised(nf4(bnb_4bit_compute_dtype=torch.float32, **options))
    want, before = scores(dequantised(model)), held(model)
    assert (errors(scores(model), want) < 1e-4).all()
    assert held(model) == before
    assert (adapter.vocabulary_size(model), adapter.hidden_size(model), adapter.target_count(model)) == (101, 128, 101)
    assert (errors(scores(tiny("llama", **SIZES)), want) > 1e-3).all()


def test_a_quantised_head() -> None:
    """Its weights are packed, so that their shape is not that of the matrix."""
    model = tiny("llama", **SIZES, vocab_size=96)
    bitsandbytes = quiet("bitsandbytes")
    head = bitsandbytes.nn.Linear4bit(128, 96, bias=False, quant_type="nf4", compute_dtype=torch.float32)
    head.load_state_dict(model.lm_head.state_dict())
    plain = copy.deepcopy(model)
    model.lm_head = head.to("cpu")
    with torch.no_grad():
        plain.lm_head.weight.copy_(bitsandbytes.functional.dequantize_4bit(head.weight.data, head.weight.quant_state))
    assert head.weight.shape != (96, 128)
    assert (adapter.hidden_size(model), adapter.target_count(model)) == (128, 96)
    assert (errors(scores(model), scores(plain)) < 1e-4).all()


def test_bitsandbytes_computing_in_bfloat16() -> None:
    model = quantised(nf4(bnb_4bit_compute_dtype=torch.bfloat16), torch.bfloat16)
    assert (errors(scores(model), scores(dequantised(model))) < 0.2).all()


def test_bitsandbytes_where_blocks_are_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = quantised(nf4(bnb_4bit_compute_dtype=torch.float32))
    monkeypatch.setattr(memory, "_WAYS", memory._WAYS[-1:])
    assert (errors(scores(model), scores(dequantised(model))) < 1e-4).all()


def test_bitsandbytes_rounding_activations_to_8_bits() -> None:
    """LLM.int8 sends the gradient straight through its rounding; agreement is that of the rounding."""
    from transformers import BitsAndBytesConfig

    quiet("bitsandbytes")
    model = quantised(BitsAndBytesConfig(load_in_8bit=True))
    rounding = dequantised(model)
    for linear in rounding.model.modules():
        if isinstance(linear, torch.nn.Linear):
            linear.register_forward_pre_hook(round_to_8_bits)
    rounding.is_quantized = True  # its gradients pass straight through the rounding, as those of the real one
    assert (errors(scores(model), scores(rounding)) < 0.1).all()


def round_to_8_bits(_: torch.nn.Module, args: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
    """Per token; features with an outlier stay as they are (Dettmers et al. 2022, arXiv 2208.07339)."""
    x = args[0].half().float()
    outliers = (x.abs() >= 6).flatten(0, 1).any(0)
    inner = x.masked_fill(outliers, 0)
    scale = inner.abs().amax(-1, keepdim=True).clamp(min=1e-9) / 127
    rounded = torch.where(outliers, x, (inner / scale).round() * scale)
    return (args[0] + (rounded - args[0]).detach(),)


def test_weights_packed_for_a_kernel_without_gradients() -> None:
    model = quantised(nf4(bnb_4bit_compute_dtype=torch.float32))
    layer = model.model.layers[0].mlp.up_proj
    a = attribute(model, input_ids=ids(), scopes=("semantic",))
    assert not getattr(layer.weight.quant_state, "packing_format_for_cpu", False)
    if getattr(layer, PACKS, False):
        with torch.no_grad():
            model(input_ids=torch.tensor([ids()]))
    else:  # a CPU without that kernel: say of the weights what it would say
        layer.weight.quant_state.packing_format_for_cpu = True
    assert layer.weight.quant_state.packing_format_for_cpu
    with pytest.raises(UnsupportedModelError, match="packed"):
        attribute(model, input_ids=ids(), scopes=("semantic",))
    with pytest.raises(UnsupportedModelError, match="packed"):
        a.scores("semantic", target=50)
