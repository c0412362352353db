"""Passes that begin in the middle of a text, against whole ones; and texts put together into batches."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tiny_models import ARCHITECTURES, ids, tiny
from torch import Tensor

from jacobian_widget import prefix_sharing, variants
from jacobian_widget.ablation import Ablator
from jacobian_widget.prefix_sharing import Proof
from jacobian_widget.tokens import Tokens, from_ids
from jacobian_widget.variants import Batch, Budget, Row, batches

NEWER = pytest.mark.skipif(transformers.__version__ < "5", reason="asks for what transformers 4 does not have")
SOURCE = from_ids(ids(12), n_bos=1, bos_id=1)
SETS = [[t] for t in range(12)] + [[2, 7], [9, 1, 4], [10, 11]]


@pytest.fixture(autouse=True, params=["a pass each", "packed", "rows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Passes cost nothing, so that each set has one that begins at its own first token; or they cost a lot."""
    monkeypatch.setattr(variants, "_CALL", {"cpu": {"a pass each": 0, "packed": 1000, "rows": 5}[request.param]})
    if request.param != "packed":
        monkeypatch.setattr(variants, "_PACKED", {})
    return str(request.param)


def both_ways(model: Any, ablation: str = "zero", source: Tokens = SOURCE) -> tuple[int, int]:
    """How many tokens were computed with a shared prefix, and without, for the same effects."""
    counted: list[int] = []
    handle = model.get_input_embeddings().register_forward_hook(lambda _, args, __: counted.append(args[0].numel()))
    found = []
    for share_prefix in (True, False):
        ablator = Ablator(model, source, ablation=ablation, share_prefix=share_prefix)
        assert ablator.z.isfinite().all()
        counted.clear()
        found.append((ablator.effects(SETS), sum(counted)))
    handle.remove()
    (shared, few), (whole, many) = found
    assert whole.kl.max() > 0.1
    for name in ("kl", "delta_log_p", "delta_entropy"):
        np.testing.assert_allclose(getattr(shared, name), getattr(whole, name), atol=1e-4 * (1 + whole.kl.max()))
    return few, many


@pytest.mark.parametrize("ablation", ["zero", "remove"])
@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_same_as_whole_passes(kind: str, ablation: str) -> None:
    few, many = both_ways(tiny(kind), ablation)
    if kind == "mamba":  # it keeps no keys and values
        assert few == many
    else:
        assert few < 0.7 * many


def test_a_text_that_begins_with_an_ablated_token() -> None:
    few, many = both_ways(tiny("llama"), source=from_ids(SOURCE.ids))
    assert few < 0.7 * many


@pytest.mark.parametrize(("kind", "attention"), [("gemma2", "eager"), ("mistral", "eager"), ("mistral", "sdpa")])
def test_a_window_shorter_than_the_text(kind: str, attention: str) -> None:
    few, many = both_ways(tiny(kind, sliding_window=4, attn_implementation=attention))
    assert few < many


FAR = {
    "gpt_neo": {
        "hidden_size": 32,
        "num_layers": 2,
        "num_heads": 4,
        "intermediate_size": 48,
        "attention_types": [[["global", "local"], 1]],
        "window_size": 32,
        "max_position_embeddings": 2048,
    },
    "doge": {"keep_window_size": 8},
}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=NEWER) if kind == "doge" else kind for kind in FAR])
def test_a_model_that_looks_at_how_far_apart_tokens_stand_in_a_pass(kind: str, way: str) -> None:
    model = tiny(kind, **FAR[kind])
    if way == "packed":
        assert prefix_sharing.proven(model, SOURCE.ids) == Proof(rows=True)
    few, many = both_ways(model)
    assert few < many


def test_a_longer_text_is_tried_at_its_own_length() -> None:
    model = tiny("gpt_neo", **{**FAR["gpt_neo"], "window_size": 1024})
    assert prefix_sharing.proven(model, SOURCE.ids).packed
    assert not prefix_sharing.proven(model, ids(900)).packed


def test_a_packed_pass_that_the_model_does_not_take(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    model = tiny("gpt_neo", **{**FAR["gpt_neo"], "max_position_embeddings": 16})
    monkeypatch.setattr(prefix_sharing, "proven", lambda *_: Proof(rows=True, packed=True))
    monkeypatch.setattr(variants, "_MASKED", 0)
    few, many = both_ways(model)
    assert few < many or way == "packed"


def test_earlier_versions_keep_no_layers() -> None:
    prefix = prefix_sharing.Prefix()
    prefix.cache = object()
    assert not prefix.whole(3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_coarse_numbers_do_not_hide_a_wrong_cache(dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    # With little attention what it does is small beside the logits, but it is all that ablation shows.
    models = [tiny(kind, dtype=dtype, initializer_range=0.1) for kind in ("llama", "gpt2", "llama", "gpt2")]
    for model in models[2:]:
        head = model.get_output_embeddings()
        head.bias = torch.nn.Parameter(torch.full(head.weight.shape[:1], -100.0, dtype=dtype))
    assert all(prefix_sharing.proven(model, SOURCE.ids).rows for model in models[:2])
    joined = prefix_sharing._joined
    monkeypatch.setattr(prefix_sharing, "_joined", lambda keys, *rest: joined(0 * keys, *rest))
    prefix_sharing._proofs.clear()
    assert [prefix_sharing.proven(model, SOURCE.ids) for model in models] == [Proof()] * 4


LONGROPE = {
    "rope_parameters": {
        "rope_type": "longrope",
        "rope_theta": 10000.0,
        "short_factor": [1.0] * 4,
        "long_factor": [4.0] * 4,
    },
    "original_max_position_embeddings": 9,
}


@pytest.mark.parametrize("share_prefix", [True, False])
def test_positions_that_change_with_the_length(share_prefix: bool) -> None:  # noqa: FBT001
    model = tiny("phi3", **LONGROPE)
    sets = [[3, 4, 5, 6, 7, 8], [10], [5, 6], [2, 3, 4, 5]]
    found = Ablator(model, SOURCE, ablation="remove", share_prefix=share_prefix).effects(sets)
    assert found.kl.min() > 1e-3
    whole = [1, *SOURCE.ids]
    with torch.no_grad():
        p = model(torch.tensor([whole])).logits[0, -1].double().log_softmax(-1)
        for chosen, kl in zip(sets, found.kl, strict=True):
            left = [k for t, k in enumerate(whole) if t - 1 not in chosen]
            q = model(torch.tensor([left])).logits[0, -1].double().log_softmax(-1)
            assert kl == pytest.approx(float((p.exp() * (p - q)).sum()), rel=1e-4)


def test_lengths_beyond_which_tokens_are_treated_otherwise() -> None:
    assert prefix_sharing.horizons(tiny("llama")) == set()
    assert prefix_sharing.horizons(tiny("phi3", **LONGROPE)) == {9}


@NEWER
def test_lengths_of_each_kind_of_layer() -> None:
    model = tiny("gemma3_text", sliding_window=8)
    model.config.rope_parameters["full_attention"]["original_max_position_embeddings"] = 40
    assert prefix_sharing.horizons(model) == {8, 40}


@NEWER
def test_layers_without_keys_beside_others() -> None:
    few, many = both_ways(tiny("qwen3_next", layer_types=["linear_attention", "full_attention"]))
    assert few == many


def test_a_model_that_does_not_take_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    forward = type(model).forward

    def refusing(self: Any, input_ids: Tensor, *, use_cache: bool) -> Any:
        return forward(self, input_ids=input_ids, use_cache=use_cache)

    monkeypatch.setattr(type(model), "forward", refusing)
    few, many = both_ways(model)
    assert few == many


@pytest.mark.parametrize("share", [0, 0.99])
def test_a_model_whose_cache_gives_something_else(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    joined = prefix_sharing._joined
    monkeypatch.setattr(prefix_sharing, "_joined", lambda keys, *rest: joined(share * keys, *rest))
    few, many = both_ways(model)
    assert few == many


def test_a_model_that_changes_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    assert prefix_sharing.proven(model, SOURCE.ids) == Proof(rows=True, packed=True)
    monkeypatch.setattr(prefix_sharing, "_joined", lambda keys, values, _: lambda *_: (0 * keys, values))
    assert prefix_sharing.proven(model, SOURCE.ids) == Proof(rows=True, packed=True)
    model.model.layers[0].register_forward_hook(lambda *_: None)
    assert prefix_sharing.proven(model, SOURCE.ids) == Proof()


def test_the_prefix_is_not_copied_and_not_changed() -> None:
    ablator = Ablator(tiny("llama"), SOURCE)
    assert ablator.z.isfinite().all()
    prefix = ablator._prefix
    assert prefix is not None
    before = [layer.keys.clone() for layer in prefix.cache.layers]
    part = prefix.upto(5, 3)
    assert part.get_seq_length() == 5
    for layer, whole in zip(part.layers, prefix.cache.layers, strict=True):
        assert layer.keys.data_ptr() == whole.keys.data_ptr()
        assert layer.keys.shape[0] == 3
    ablator.effects(SETS)
    for layer, keys in zip(prefix.cache.layers, before, strict=True):
        assert torch.equal(layer.keys, keys)


def cost(found: list[Batch], budget: Budget) -> float:
    """Of batches that are allowed; of others, infinity."""
    total = 0.0
    for batch in found:
        first, alone = min(row.start for row in batch.rows), len(batch.rows) == 1
        own = sum(row.length - row.start for row in batch.rows)
        tokens = len(batch.rows) * (max(row.length for row in batch.rows) - first)
        fits = own <= budget.packed and not alone if batch.packed else alone or tokens <= budget.tokens
        if not fits or len(batch.rows) > budget.rows:
            return float("inf")
        copied = len(batch.rows) * first * variants._PREFIX
        total += budget.call + (own * (1 + own * variants._MASKED) if batch.packed else tokens + copied)
    return total


@pytest.mark.parametrize("packed", [0, 30])
@pytest.mark.parametrize("seed", range(10))
def test_batches_cost_the_least(seed: int, packed: int) -> None:
    generator = np.random.default_rng(seed)
    n = 20
    rows = [Row(i, int(start), n) for i, start in enumerate(generator.integers(0, n, 7))]
    budget = Budget(tokens=50, packed=packed, rows=4, call=int(generator.integers(0, 20)))
    found = batches(rows, budget)
    assert sorted(row.index for batch in found for row in batch.rows) == list(range(len(rows)))
    ordered = sorted(rows, key=lambda row: row.start)
    costs = []
    for cuts in itertools.product([False, True], repeat=len(rows) - 1):
        at = [0, *(i for i, cut in enumerate(cuts, 1) if cut), len(rows)]
        parts = [ordered[begin:end] for begin, end in itertools.pairwise(at)]
        costs += [
            cost([Batch(part, way) for part, way in zip(parts, ways, strict=True)], budget)
            for ways in itertools.product([False, True], repeat=len(parts))
        ]
    assert cost(found, budget) == pytest.approx(min(costs))


def test_rows_that_share_nothing_fill_batches() -> None:
    budget = Budget(tokens=500, packed=0, rows=99, call=16)
    found = batches([Row(i, 0, 100) for i in range(12)], budget)
    assert sorted(len(batch.rows) for batch in found) == [2, 5, 5]
    assert batches([], budget) == []
