"""Texts in a batch: what each says is what it says alone, whatever stands beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tiny_models
import torch

from jacobian_widget import attribute, forward, memory, passes
from jacobian_widget.attribution import Attribution
from jacobian_widget.batch import Batching, Question, attribute_batch
from jacobian_widget.forward import Gate
from jacobian_widget.passes import batchable
from jacobian_widget.tokens import from_ids
from jacobian_widget.untouched import undisturbed

LINEAR = ("semantic", "temperature", "contrast", "log_probability", "entropy")
RAGGED = (7, 1, 12, 3, 12, 5)


def questions(counts: tuple[int, ...] = RAGGED, **asked: Any) -> list[Question]:
    return [
        Question(from_ids(tiny_models.ids(n, seed=i), n_bos=i % 2, bos_id=1), **asked) for i, n in enumerate(counts)
    ]


def results(model: Any, asked: list[Question], scopes: Any = LINEAR, **options: Any) -> list[Attribution]:
    found = dict(attribute_batch(model, None, asked, scopes=scopes, **options))
    assert sorted(found) == list(range(len(asked)))
    assert all(isinstance(result, Attribution) for result in found.values()), found
    return [found[i] for i in range(len(asked))]  # type: ignore[misc]


def alone(model: Any, question: Question, scopes: Any = LINEAR) -> Attribution:
    return attribute(
        model,
        input_ids=question.source.ids,
        n_bos=len(question.source.bos),
        position=question.position,
        target=question.target,
        foil=question.foil,
        scopes=scopes,
        n_targets=5,
    )


def same(found: Attribution, expected: Attribution, scopes: Any = LINEAR) -> None:
    assert found.basis.directions == expected.basis.directions
    assert (found.position, found.default_target, found.default_foil) == (
        expected.position,
        expected.default_target,
        expected.default_foil,
    )
    assert [c.id for c in found.predictions] == [c.id for c in expected.predictions]
    assert [c.p for c in found.predictions] == pytest.approx([c.p for c in expected.predictions], rel=1e-4)
    assert (found.entropy, found.beta) == pytest.approx((expected.entropy, expected.beta), rel=1e-4)
    assert (found.degenerate, found.n_vjps, found.complete) == (expected.degenerate, expected.n_vjps, True)
    for scope in scopes:
        if scope == "temperature" and expected.degenerate:
            continue  # nothing but rounding
        largest = expected.scores(scope).max()
        for signed in (False, True):
            one, other = found.scores(scope, signed=signed), expected.scores(scope, signed=signed)
            # A signed score is at most the score times the embedding's length, about √32 here.
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-4 * largest * (32**0.5 if signed else 1))
    np.testing.assert_allclose(found.basis.gram_bos, expected.basis.gram_bos, rtol=1e-3, atol=1e-4)


@pytest.mark.filterwarnings("ignore:Temperature says nothing")
@pytest.mark.parametrize("kind", tiny_models.ARCHITECTURES)
def test_a_batch_gives_what_each_text_gives_alone(kind: str) -> None:
    # A cap that logits reach leaves slopes that are nothing but rounding.
    model = tiny_models.tiny(kind, **({"final_logit_softcapping": 30.0} if kind == "gemma2" else {}))
    assert batchable(model)
    asked = questions()
    for found, question in zip(results(model, asked), asked, strict=True):
        same(found, alone(model, question))


def test_each_text_is_asked_its_own_question() -> None:
    model = tiny_models.tiny("llama")
    sources = [question.source for question in questions((9, 6, 8, 4))]
    asked = [
        Question(sources[0], position=4),
        Question(sources[1], target=17, foil=23),
        Question(sources[2], position=5, target=40),
        Question(sources[3]),
    ]
    for found, question in zip(results(model, asked), asked, strict=True):
        same(found, alone(model, question))


def test_fewer_scopes_take_fewer_directions() -> None:
    model = tiny_models.tiny("gpt2")
    scopes = ("semantic", "entropy")
    for found, question in zip(results(model, questions(), scopes), questions(), strict=True):
        assert [kind for kind, _ in found.basis.directions] == ["logit", "entropy"]
        same(found, alone(model, question, scopes), scopes)


def test_fisher_comes_one_text_at_a_time() -> None:
    model = tiny_models.tiny("llama")
    asked = questions((5, 8))
    for found, question in zip(results(model, asked, ("fisher", "entropy")), asked, strict=True):
        expected = alone(model, question, ("fisher", "entropy"))
        np.testing.assert_allclose(found.scores("fisher"), expected.scores("fisher"), rtol=1e-5)
        with pytest.raises(ValueError, match="not at hand"):
            found.scores("semantic", target=3)  # a result of a batch holds no model


class LooksAround(torch.nn.Module):
    """A block that adds the mean over all texts of its batch, as experts of a limited capacity would."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.block = block

    def forward(self, hidden: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return self.block(hidden + hidden[:, :1].mean(0, keepdim=True), *args, **kwargs)


def test_a_model_that_looks_at_the_other_texts_takes_them_one_at_a_time() -> None:
    model = tiny_models.tiny("llama")
    model.model.layers[1] = LooksAround(model.model.layers[1])
    assert not batchable(model)
    asked = questions()
    for found, question in zip(results(model, asked), asked, strict=True):
        same(found, alone(model, question))


def test_the_trial_is_made_anew_where_the_model_has_changed() -> None:
    model = tiny_models.tiny("llama")
    assert batchable(model)
    model.model.layers[1] = LooksAround(model.model.layers[1])
    assert not batchable(model)


def test_where_memory_is_full_the_batch_is_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_models.tiny("gpt2")
    asked = questions()
    tried: list[int] = []

    def allocate(self: passes.Passes, v: torch.Tensor) -> Any:
        tried.append(v.shape[1])
        if v.shape[1] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return real(self, v)

    assert batchable(model)
    real = passes.Passes.vjps
    monkeypatch.setattr(passes.Passes, "vjps", allocate)
    for found, question in zip(results(model, asked), asked, strict=True):
        same(found, alone(model, question))
    assert tried == [6, 3, 2, 3, 2]


def test_a_batch_is_no_larger_than_memory_allows() -> None:
    model = tiny_models.tiny("gpt2")
    asked = questions((12,) * 4)
    expected = [alone(model, question) for question in asked]
    plan = next(p for p in memory.plans(model, asked[1].ids, 8) if p.way == forward.Way())
    sizes: list[int] = []
    real = passes.Passes.__init__

    def counted(self: passes.Passes, model: Any, texts: Any, gate: Any) -> None:
        sizes.append(len(texts))
        real(self, model, texts, gate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes.Passes, "__init__", counted)
        found = results(model, asked, max_memory=int(2.5 * plan.bytes))
    assert set(sizes[-2:]) == {2}
    for one, other in zip(found, expected, strict=True):
        same(one, other)


def test_a_text_that_gives_nan_is_told_and_the_others_are_not_touched() -> None:
    model = tiny_models.tiny("llama")
    with torch.no_grad():
        model.get_input_embeddings().weight[50] = torch.nan
    good = [question for question in questions() if 50 not in question.ids]
    bad = Question(from_ids([5, 50, 6]))
    for order in ([bad, *good], [*good, bad]):
        found = dict(attribute_batch(model, None, order, scopes=LINEAR))
        at = order.index(bad)
        assert isinstance(found[at], ArithmeticError)
        assert "NaN" in str(found[at])
        for i, question in enumerate(order):
            if i != at:
                result = found[i]
                assert isinstance(result, Attribution)
                same(result, alone(model, question))


@pytest.mark.parametrize("calls", [1, 3, 8])
def test_an_interruption_ends_it_and_leaves_the_model_as_it_was(calls: int) -> None:
    model = tiny_models.half_trained()
    before = {name: (p.requires_grad, p.detach().clone()) for name, p in model.named_parameters()}
    modes = [module.training for module in model.modules()]
    assert batchable(model)
    seen = 0

    def interrupt() -> None:
        nonlocal seen
        seen += 1
        if seen > calls:
            raise KeyboardInterrupt

    gate = Gate()
    with gate.asking(interrupt), pytest.raises(KeyboardInterrupt):
        list(attribute_batch(model, None, questions(), scopes=LINEAR, gate=gate))
    assert gate.raised
    assert modes == [module.training for module in model.modules()]
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert not any("forward" in module.__dict__ for module in model.modules())
    for name, p in model.named_parameters():
        assert p.requires_grad == before[name][0]
        assert p.grad is None
        assert torch.equal(p, before[name][1])


def test_batches_are_of_one_length_and_bounded() -> None:
    asked = questions((3, 30, 4, 28, 2))
    assert list(Batching(texts=2, tokens=1000).split(asked)) == [[1, 3], [2, 0], [4]]
    assert list(Batching(texts=9, tokens=40).split(asked)) == [[1], [3], [2, 0, 4]]
    assert list(Batching().split([])) == []
    assert list(Batching(texts=9, tokens=1000).split(asked, lambda n: int(n > 29))) == [[1], [3, 2, 0, 4]]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_coarse_numbers_are_batched_too(dtype: torch.dtype) -> None:
    model = tiny_models.tiny("llama", dtype=dtype)
    assert batchable(model)
    asked = questions()
    for found, question in zip(results(model, asked), asked, strict=True):
        one, other = found.scores("entropy"), alone(model, question).scores("entropy")
        np.testing.assert_allclose(one, other, rtol=0, atol=0.1 * np.abs(other).max())


def test_texts_on_both_sides_of_a_length_that_changes_positions() -> None:
    rope = {"rope_type": "longrope", "rope_theta": 10000.0, "short_factor": [1.0] * 4, "long_factor": [4.0] * 4}
    model = tiny_models.tiny("phi3", rope_parameters=rope, original_max_position_embeddings=16)
    asked = questions((30, 20, 14, 10))
    for found, question in zip(results(model, asked), asked, strict=True):
        same(found, alone(model, question))


class LooksAroundWhereLong(LooksAround):
    """Beyond 16 tokens."""

    def forward(self, hidden: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return super().forward(hidden, *args, **kwargs) if hidden.shape[1] > 16 else self.block(hidden, *args, **kwargs)


def test_the_trial_is_made_on_long_texts_too_where_the_model_treats_them_otherwise() -> None:
    model = tiny_models.tiny("mistral", sliding_window=16)
    model.model.layers[1] = LooksAroundWhereLong(model.model.layers[1])
    texts = [list(question.ids) for question in questions((30, 20))]
    assert batchable(model)
    assert not batchable(model, texts)
    assert batchable(model, [text[:10] for text in texts])


@pytest.mark.parametrize("turned", [False, True])
def test_embeddings_of_as_many_texts_as_tokens(turned: bool) -> None:  # noqa: FBT001
    model = tiny_models.tiny("llama")
    tokens = torch.arange(9).reshape(3, 3)
    x = torch.randn(3, 3, 32)
    with undisturbed(model) as twin:
        forward.embedding(twin, x, tokens)
        found = twin.get_input_embeddings()(tokens.T if turned else tokens)
    assert torch.equal(found, x.transpose(0, 1) if turned else x)
