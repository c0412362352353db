"""Weights quantised by torchao, which is no test requirement: once installed, it warns at every load of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from quantised_models import dequantised, errors, held, quantised, quiet, scores
from tiny_models import ids

from jacobian_widget import attribute, memory
from jacobian_widget import model as adapter
from jacobian_widget.model import UnsupportedModelError

torchao = quiet("torchao.quantization")
from transformers import TorchAoConfig  # noqa: E402 - skipped before it where torchao is missing


def int8() -> Any:
    return TorchAoConfig(torchao.Int8WeightOnlyConfig())


def int8_with_head() -> Any:
    return TorchAoConfig(torchao.Int8WeightOnlyConfig(), include_input_output_embeddings=True)


def int4() -> Any:
    return TorchAoConfig(torchao.IntxWeightOnlyConfig(weight_dtype=torch.int4, granularity=torchao.PerGroup(32)))


@pytest.mark.parametrize("config", [int8, int8_with_head, int4])
def test_the_scores_of_the_weights_it_holds(config: Callable[[], Any]) -> None:
    model = quantised(config())
    want, before = scores(dequantised(model)), held(model)
    assert (errors(scores(model), want) < 1e-4).all()
    assert held(model) == before
    assert (adapter.vocabulary_size(model), adapter.hidden_size(model), adapter.target_count(model)) == (101, 128, 101)


def test_dequantised_weights_are_not_kept_where_blocks_are_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = quantised(int8())
    plain = dequantised(model)
    kept, _, again = (memory._cost(model, ids(9)).graph(way, 9) for way in memory._WAYS)
    assert kept - again > 0.4 * sum(p.nbytes for p in plain.model.layers.parameters())  # one of its two blocks
    monkeypatch.setattr(memory, "_WAYS", memory._WAYS[-1:])
    assert (errors(scores(model), scores(plain)) < 1e-4).all()


def test_rounded_activations_have_no_gradient_and_are_refused() -> None:
    model = quantised(TorchAoConfig(torchao.Int8DynamicActivationInt8WeightConfig()))
    with pytest.raises(UnsupportedModelError, match="weight-only"):
        attribute(model, input_ids=ids())
