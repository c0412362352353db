"""Ablated texts, against the model's own logits for embeddings put in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from test_model_untouched import state
from tiny_models import half_trained, ids, tiny
from torch import Tensor
from torch.nn.functional import kl_div

from jacobian_widget import prefix_sharing, variants
from jacobian_widget.ablation import ABLATIONS, Ablator, Effects
from jacobian_widget.memory import TooLargeError
from jacobian_widget.model import NonFiniteError
from jacobian_widget.tokens import Tokens, from_ids
from jacobian_widget.untouched import ModelChangedError

TEXT = ids(12)
SETS = [[0], [3], [11], [2, 7], [9, 1, 4], [3], []]


def text(count: int = len(TEXT), n_bos: int = 1) -> Tokens:
    return from_ids(TEXT[:count], n_bos=n_bos, bos_id=1)


def plain(model: Any, source: Tokens, chosen: Sequence[int], ablation: str, end: int | None = None) -> Tensor:
    """`[V]`, without any of the package's own code."""
    n_bos = len(source.bos)
    weight = model.get_input_embeddings().weight.detach()
    x = weight[[*source.bos, *source.ids[:end]]]
    at = [n_bos + t for t in chosen]
    if ablation == "remove":
        x = x[[t for t in range(len(x)) if t not in at]]
    else:
        x[at] = {"zero": 0 * weight[0], "mean": weight.mean(0), "pad": weight[0], "bos": weight[1]}[ablation]
    with torch.no_grad():
        logits: Tensor = model(inputs_embeds=x[None], use_cache=False).logits[0, -1]
    return logits


def compare(effects: Effects, z: Tensor, ablated: Sequence[Tensor], target: int, tolerance: float = 1e-5) -> None:
    log_p = z.double().log_softmax(-1)
    log_q = torch.stack(list(ablated)).double().log_softmax(-1)
    assert effects.log_p == pytest.approx(float(log_p[target]), abs=tolerance)
    assert effects.entropy == pytest.approx(float(-(log_p.exp() * log_p).sum()), abs=tolerance)
    kl = [kl_div(q, log_p, reduction="sum", log_target=True) for q in log_q]
    np.testing.assert_allclose(effects.kl, kl, atol=tolerance)
    np.testing.assert_allclose(effects.delta_log_p, log_q[:, target] - log_p[target], atol=tolerance)
    entropy = -(log_q.exp() * log_q).sum(-1)
    np.testing.assert_allclose(effects.delta_entropy, entropy - effects.entropy, atol=tolerance)


@pytest.fixture
def every_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes cost nothing, so that each set has one that begins at its own first token."""
    monkeypatch.setattr(variants, "_CALL", {"cpu": 0})
    monkeypatch.setattr(variants, "_PACKED", {})


@pytest.mark.parametrize("position", [None, 9])
@pytest.mark.parametrize("ablation", ABLATIONS)
def test_every_ablation(ablation: str, position: int | None, every_start: None) -> None:
    model, source = tiny("llama", dtype=torch.float64), text()
    sets = [sorted({t % 9 for t in chosen}) for chosen in SETS]
    ablator = Ablator(model, source, position, ablation=ablation)
    effects = ablator.effects(sets)
    z = plain(model, source, [], ablation, position)
    torch.testing.assert_close(ablator.z, z)
    assert effects.target == ablator.target == int(z.argmax())
    assert effects.ablation == ablation
    assert effects.kl[:-1].min() > 1e-3
    compare(effects, z, [plain(model, source, chosen, ablation, position) for chosen in sets], effects.target)


@pytest.mark.parametrize("ablation", ["zero", "remove"])
def test_keeping_a_set_ablates_the_rest(ablation: str) -> None:
    model, source = tiny("qwen3", dtype=torch.float64), text(6)
    kept = [[], [2], [0, 5], list(range(6))]
    effects = Ablator(model, source, ablation=ablation, target=17).effects(kept, keep=True)
    rest = [[t for t in range(6) if t not in chosen] for chosen in kept]
    z = plain(model, source, [], ablation)
    compare(effects, z, [plain(model, source, chosen, ablation) for chosen in rest], 17)
    assert effects.kl[-1] == 0


def test_logits_come_in_any_order_and_are_those_of_the_model(every_start: None) -> None:
    model, source = tiny("gpt2", dtype=torch.float64), text()
    got: dict[int, Tensor] = {}
    for at, z in Ablator(model, source).logits(SETS):
        assert z.shape == (len(at), model.config.vocab_size)
        got |= dict(zip(at, z, strict=True))
    assert sorted(got) == list(range(len(SETS)))
    for i, chosen in enumerate(SETS):
        torch.testing.assert_close(got[i], plain(model, source, chosen, "zero"))


@pytest.mark.parametrize("n_bos", [0, 1])
def test_a_single_token(n_bos: int) -> None:
    model, source = tiny("llama", dtype=torch.float64), text(1, n_bos)
    compare(
        Ablator(model, source, target=5).effects([[0]]),
        plain(model, source, [], "zero"),
        [plain(model, source, [0], "zero")],
        5,
    )


def test_nothing_before_the_prediction_but_bos() -> None:
    ablator = Ablator(tiny("llama"), text(), 0)
    assert ablator.end == 0
    assert ablator.effects([[], []]).kl.tolist() == [0, 0]
    assert ablator.effects([]).kl.shape == (0,)


def test_a_token_named_twice_counts_once() -> None:
    ablator = Ablator(tiny("llama"), text())
    twice, once = ablator.effects([[4, np.int64(4), 2], [2, 4]]).kl
    assert twice == pytest.approx(once, rel=1e-5)
    (alone,) = ablator.effects([[4]]).kl
    assert once != pytest.approx(alone, rel=1e-2)


@pytest.mark.parametrize("none", [None, -1])
def test_the_padding_token_may_be_the_tokenizers(none: int | None) -> None:
    model = tiny("llama", pad_token_id=None)
    model.config.pad_token_id = none
    by_tokenizer = Ablator(model, text(), ablation="pad", tokenizer=SimpleNamespace(pad_token_id=0)).effects(SETS)
    by_model = Ablator(tiny("llama"), text(), ablation="pad").effects(SETS)
    np.testing.assert_array_equal(by_tokenizer.kl, by_model.kl)
    with pytest.raises(ValueError, match=r"no padding token.*'zero', 'mean' or 'remove'"):
        Ablator(model, text(), ablation="pad")


def test_the_mean_follows_the_embeddings() -> None:
    model = tiny("llama", dtype=torch.float64)
    Ablator(model, text(), ablation="mean").effects(SETS)
    with torch.no_grad():
        model.get_input_embeddings().weight.add_(0.5)
    compare(
        Ablator(model, text(), ablation="mean", target=5).effects(SETS),
        plain(model, text(), [], "mean"),
        [plain(model, text(), chosen, "mean") for chosen in SETS],
        5,
    )


def test_a_masked_vocabulary() -> None:
    model = tiny("llama")

    def masked(_: object, __: object, logits: Tensor) -> Tensor:
        return logits.index_fill(-1, torch.tensor([7, 8]), -torch.inf)

    model.lm_head.register_forward_hook(masked)
    effects = Ablator(model, text()).effects(SETS)
    assert np.isfinite([effects.kl, effects.delta_log_p, effects.delta_entropy]).all()
    assert effects.kl[:-1].min() > 0


def test_coarse_numbers() -> None:
    fine, coarse = (Ablator(tiny("llama", dtype=d), text()).effects(SETS) for d in (torch.float32, torch.bfloat16))
    np.testing.assert_allclose(coarse.kl, fine.kl, atol=0.1 * fine.kl.max())
    assert coarse.kl[-1] == 0


def test_nan_is_an_error() -> None:
    model = tiny("llama")

    def broken(_: object, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return torch.where(args[0].abs().sum(-1, keepdim=True) == 0, torch.nan, output)

    model.model.layers[0].input_layernorm.register_forward_hook(broken)
    ablator = Ablator(model, text())
    assert ablator.z.isfinite().all()
    with pytest.raises(NonFiniteError, match="ablated text"):
        ablator.effects([[3]])


def test_a_model_that_changes_is_noticed() -> None:
    model = tiny("llama")
    ablator = Ablator(model, text())
    ablator.effects(SETS)
    with torch.no_grad():
        model.lm_head.weight.mul_(1.5)
    with pytest.raises(ModelChangedError, match="Make a new Ablator"):
        ablator.effects(SETS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ablation": "noise"}, "unknown ablation 'noise'; choose one of zero, mean, pad, bos, remove"),
        ({"ablation": ["zero"]}, "unknown ablation"),
        ({"position": 12}, "out of range"),
        ({"target": 101}, r"target must lie in 0\.\.100, got 101"),
        ({"target": -1}, "target must lie"),
    ],
)
def test_bad_settings(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ablator(tiny("llama"), text(), **arguments)


@pytest.mark.parametrize("chosen", [[9], [0, 12], [-1]])
def test_tokens_that_cannot_be_ablated(chosen: list[int]) -> None:
    with pytest.raises(ValueError, match=rf"token {chosen[-1]} cannot be .* the 9 tokens before .* 0 to 8"):
        Ablator(tiny("llama"), text(), 9).effects([[0], chosen])


def test_tokens_are_whole_numbers() -> None:
    with pytest.raises(TypeError, match=r"a token index is 1\.5"):
        Ablator(tiny("llama"), text()).effects([[1.5]])  # type: ignore[list-item]


def test_nothing_left() -> None:
    everything = [list(range(4))]
    model = tiny("llama", dtype=torch.float64)
    compare(
        Ablator(model, text(4), ablation="remove", target=5).effects(everything),
        plain(model, text(4), [], "remove"),
        [plain(model, text(4), everything[0], "remove")],
        5,
    )
    with pytest.raises(ValueError, match="n_bos=1"):
        Ablator(model, text(4, n_bos=0), ablation="remove").effects(everything)


@pytest.mark.parametrize("ablation", ["mean", "remove"])
def test_the_model_is_as_it_was(ablation: str) -> None:
    model = half_trained()
    before, random = state(model), torch.random.get_rng_state()
    with torch.inference_mode():
        effects = Ablator(model, text(), ablation=ablation).effects(SETS)
    assert state(model) == before
    assert torch.equal(torch.random.get_rng_state(), random)
    again = Ablator(model.eval(), text(), ablation=ablation).effects(SETS)
    np.testing.assert_array_equal(effects.kl, again.kl)


@pytest.mark.parametrize("failing_at", range(9))
def test_cancelling_at_any_block(failing_at: int, every_start: None) -> None:
    model = half_trained()
    before, told = state(model), []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) > failing_at:
            raise KeyboardInterrupt

    ablator = Ablator(model, text())
    with pytest.raises(KeyboardInterrupt):
        ablator.effects(SETS, progress=progress)
    assert state(model) == before
    assert {total for _, total in told} == {len(SETS)}
    np.testing.assert_array_equal(ablator.effects(SETS).kl, Ablator(model, text()).effects(SETS).kl)


def test_progress_is_told_at_every_block_and_at_the_end(every_start: None) -> None:
    told: list[tuple[int, int]] = []
    Ablator(tiny("llama"), text()).effects([[2], [8]], progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 2)] * 4 + [(1, 2)] * 3 + [(2, 2)]


def test_full_memory_halves_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "_CALL", {"cpu": 1000})
    ablator, sizes = Ablator(tiny("llama"), text()), []
    sets = [[t] for t in range(12)]
    want = ablator.effects(sets)
    whole = prefix_sharing.logits

    def short_of_memory(model: Any, rows: Sequence[Any], *args: Any, **options: Any) -> Tensor:
        sizes.append(len(rows))
        if len(rows) > most:
            raise torch.OutOfMemoryError("out of memory")
        return whole(model, rows, *args, **options)

    monkeypatch.setattr(prefix_sharing, "logits", short_of_memory)
    most = 4
    np.testing.assert_allclose(ablator.effects(sets).kl, want.kl, atol=1e-5)
    assert sizes[0] == 12
    assert max(sizes[-4:]) <= most
    most = 0
    with pytest.raises(TooLargeError, match="shorten the text or free memory"):
        ablator.effects(sets)


def test_little_memory_makes_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[int] = []
    whole = prefix_sharing.logits

    def noting(model: Any, ids: Sequence[Any], *args: Any, **options: Any) -> Tensor:
        rows.append(len(ids))
        return whole(model, ids, *args, **options)

    monkeypatch.setattr(prefix_sharing, "logits", noting)
    Ablator(tiny("llama"), text(), max_memory=1).effects([[t] for t in range(12)])
    assert set(rows[-12:]) == {1}
