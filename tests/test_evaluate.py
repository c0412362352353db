"""Evaluation: every number against plain torch or by hand, and what becomes of bad texts and broken runs."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from test_model_untouched import state
from tiny_models import NOT_CAUSAL, half_trained, ids, tiny
from tiny_tokenizer import byte_tokenizer
from transformers import AutoConfig, AutoModelForMaskedLM

from jacobian_widget import DegenerateScopeWarning, UnsupportedModelError, attribute
from jacobian_widget.ablation import Ablator
from jacobian_widget.deletion import aopc, check_fractions, counts, deletion
from jacobian_widget.evaluate import evaluate
from jacobian_widget.evaluation import MEASURES, Evaluation, TextResult
from jacobian_widget.explain import read_tokens
from jacobian_widget.methods import DEFAULT, METHODS, check_methods
from jacobian_widget.ranks import order, percentile, ranks, spearman
from jacobian_widget.verified import verify

if TYPE_CHECKING:
    from pathlib import Path

FRACTIONS = (0.1, 0.25, 0.5)
TEXTS = [ids(count, seed=count) for count in (12, 17, 9)]
ALL = tuple(METHODS)


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama")


@pytest.fixture(scope="module")
def found(model: Any) -> Evaluation:
    return evaluate(model, None, TEXTS, methods=ALL, fractions=FRACTIONS, insertion=True, seeds=4, steps=3)


def plain(model: Any, text: list[int], zeroed: list[int]) -> torch.Tensor:
    """`[V]` log-probabilities of what follows, with some embeddings zeroed."""
    x = model.get_input_embeddings()(torch.tensor([text])).detach().clone()
    x[0, zeroed] = 0
    return model(inputs_embeds=x, use_cache=False).logits[0, -1].detach().double().log_softmax(-1)


def own(value: float, seed: int = 0, methods: tuple[str, ...] = ("semantic", "random")) -> Evaluation:
    """An evaluation with known numbers: `random` is 0, `semantic` is `value` and some noise."""
    noise = np.random.default_rng(seed).normal(0, 0.1, 40)
    rows = [{"semantic": np.full((1, 2), value + e, np.float32), "random": np.zeros((2, 2), np.float32)} for e in noise]
    results = tuple(TextResult(f"text {i}", deltas=row) for i, row in enumerate(rows))
    return Evaluation(results, {name: name for name in methods}, "zero", (0.1, 0.2), "model")


@pytest.mark.parametrize("method", ALL)
def test_deletion_and_insertion_against_plain_torch(model: Any, found: Evaluation, method: str) -> None:
    name = next(name for name, key in found.methods.items() if key == method)
    for text, result in zip(TEXTS, found.results, strict=True):
        whole = plain(model, text, [])
        assert result.target == int(whole.argmax())
        assert result.log_p == pytest.approx(float(whole.max()), abs=1e-5)
        assert result.entropy == pytest.approx(float(-(whole.exp() * whole).sum()), abs=1e-5)
        for k, scores in enumerate(result.scores[name]):
            ranking = sorted(range(len(text)), key=lambda t: -scores[t])
            for j, fraction in enumerate(FRACTIONS):
                count = max(1, int(len(text) * fraction))
                for values, zeroed in ((result.deltas, ranking[:count]), (result.insertions, ranking[count:])):
                    change = plain(model, text, zeroed)[result.target] - whole[result.target]
                    assert values[name][k, j] == pytest.approx(float(change), abs=2e-5)


@pytest.mark.parametrize("kind", ["gpt2", "gemma2", "cohere", "mamba"])
def test_other_architectures(kind: str) -> None:
    model = tiny(kind)
    (result,) = evaluate(model, None, TEXTS[:1], methods=["entropy", "leave_one_out"], fractions=FRACTIONS).results
    whole = plain(model, TEXTS[0], [])
    for method, scores in result.scores.items():
        for j, count in enumerate(counts(len(TEXTS[0]), FRACTIONS)):
            change = plain(model, TEXTS[0], order(scores[0])[:count])[result.target] - whole[result.target]
            assert result.deltas[method][0, j] == pytest.approx(float(change), abs=2e-4)


def test_leave_one_out_against_plain_torch(model: Any, found: Evaluation) -> None:
    for text, result in zip(TEXTS, found.results, strict=True):
        p = plain(model, text, [])
        kl, entropies = [], []
        for t in range(len(text)):
            q = plain(model, text, [t])
            kl.append(float((p.exp() * (p - q)).sum()))
            entropies.append(float(-(q.exp() * q).sum() + (p.exp() * p).sum()))
        assert result.leave_one_out is not None
        np.testing.assert_allclose(result.leave_one_out.kl, kl, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(result.leave_one_out.delta_entropy, entropies, atol=1e-5)
        np.testing.assert_array_equal(result.scores["leave_one_out"][0], result.leave_one_out.kl)


def test_scores_are_those_of_an_attribution(model: Any, found: Evaluation) -> None:
    for text, result in zip(TEXTS, found.results, strict=True):
        a = attribute(model, input_ids=text)
        for scope in ("semantic", "temperature", "contrast", "log_probability", "entropy"):
            np.testing.assert_allclose(result.scores[scope][0], a.scores(scope), rtol=1e-4)
        np.testing.assert_allclose(result.scores["fisher_rank_1"][0], a.scores("fisher", rank=1), rtol=1e-3)
        signed = a.scores("log_probability", signed=True)
        np.testing.assert_allclose(result.scores["gradient_x_input"][0], signed, rtol=1e-3, atol=1e-5)
        np.testing.assert_array_equal(result.scores["gradient_norm"], result.scores["log_probability"])


@pytest.mark.parametrize("scope", ["semantic", "contrast", "entropy"])
def test_verified_rankings_are_those_of_verify(model: Any, found: Evaluation, scope: str) -> None:
    alone = evaluate(model, None, TEXTS, methods=[f"verified_{scope}"], fractions=FRACTIONS)
    for i, text in enumerate(TEXTS):
        a = attribute(model, input_ids=text)
        expected = verify(a, scope).ranking
        for evaluation in (found, alone):
            assert order(evaluation.results[i].scores[f"verified_{scope}"][0]) == expected


def test_a_text_is_the_same_in_any_company(model: Any, found: Evaluation) -> None:
    alone = evaluate(model, None, [TEXTS[1]], methods=ALL, fractions=FRACTIONS, insertion=True, seeds=4, steps=3)
    for name in found.methods:
        np.testing.assert_array_equal(alone.results[0].scores[name], found.results[1].scores[name])
        np.testing.assert_allclose(alone.results[0].deltas[name], found.results[1].deltas[name], atol=1e-6)


def test_random_is_the_mean_of_its_seeds(found: Evaluation) -> None:
    for result, value in zip(found.results, found.values()[:, list(found.methods).index("random")], strict=True):
        assert result.deltas["random"].shape == (4, len(FRACTIONS))
        assert len({tuple(order(row)) for row in result.scores["random"]}) == 4
        assert value == pytest.approx(float(aopc(FRACTIONS, result.deltas["random"]).mean()))
        assert order(result.scores["recency"][0]) == list(range(len(result.tokens)))[::-1]


@pytest.mark.parametrize("ablation", ["mean", "remove", "bos", "pad"])
def test_other_ablations_are_named(model: Any, ablation: str) -> None:
    found = evaluate(model, None, TEXTS[:1], methods=["semantic", "leave_one_out"], ablation=ablation)
    assert found.ablation == ablation
    assert found.results[0].leave_one_out.ablation == ablation
    assert ablation in repr(found)
    text, ranking = TEXTS[0], order(found.results[0].scores["semantic"][0])
    embeddings = model.get_input_embeddings().weight.detach()
    x = embeddings[torch.tensor([text])].clone()
    if ablation == "remove":
        x = x[:, [t for t in range(len(text)) if t != ranking[0]]]
    else:
        x[0, ranking[0]] = {"mean": embeddings.mean(0), "bos": embeddings[1], "pad": embeddings[0]}[ablation]
    z = model(inputs_embeds=x, use_cache=False).logits[0, -1].detach().double().log_softmax(-1)
    change = z[found.results[0].target] - found.results[0].log_p
    assert found.results[0].deltas["semantic"][0, 0] == pytest.approx(float(change), abs=2e-5)


def test_the_target_is_what_the_model_expects_not_what_stands_there(model: Any) -> None:
    found = evaluate(model, None, TEXTS, methods=["semantic", "random"], position=-2)
    for text, result in zip(TEXTS, found.results, strict=True):
        before = text[:-2]
        assert result.tokens == read_tokens(model, None, None, input_ids=text).pieces[:-2]
        assert result.target == int(plain(model, before, []).argmax())
        a = attribute(model, input_ids=before, scopes=["semantic"])
        np.testing.assert_allclose(result.scores["semantic"][0], a.scores("semantic"), rtol=1e-4)
    other = evaluate(model, None, TEXTS, methods=["semantic", "contrast"], target=50)
    for text, result in zip(TEXTS, other.results, strict=True):
        assert result.target == 50
        a = attribute(model, input_ids=text)
        for scope in ("semantic", "contrast"):
            np.testing.assert_allclose(result.scores[scope][0], a.scores(scope, target=50), rtol=1e-4)


def test_the_baseline_is_in_the_name(model: Any) -> None:
    methods = ["integrated_gradients", "random"]
    found = [evaluate(model, None, TEXTS[:1], methods=methods, start=s, steps=n) for s, n in (("mean", 2), ("zero", 4))]
    assert [next(iter(e.methods)) for e in found] == ["integrated_gradients_mean_2", "integrated_gradients_zero_4"]
    assert found[0].title("integrated_gradients_mean_2") == "Integrated gradients (mean, 2 steps)"
    assert found[0].compare("integrated_gradients", "random").a == "integrated_gradients_mean_2"
    with pytest.raises(ValueError, match="different methods"):
        found[0].joined(found[1])


def test_bad_texts_do_not_stop_the_rest(model: Any, found: Evaluation) -> None:
    texts = [TEXTS[0], [], [5000], ids(70), None, "no tokenizer", TEXTS[1]]
    mixed = evaluate(model, None, texts, methods=["semantic", "leave_one_out"], fractions=FRACTIONS)
    assert sorted(mixed.errors) == [1, 2, 3, 4, 5]
    for i, words in ((1, "no tokens"), (2, "0..100"), (3, "Shorten"), (4, "NoneType"), (5, "needs a tokenizer")):
        assert words in mixed.errors[i]
    assert np.isnan(mixed.values()[1:6]).all()
    assert mixed.mean()["semantic"] == pytest.approx(mixed.values()[[0, 6], 0].mean())
    np.testing.assert_allclose(mixed.curves()[[0, 6], 0], found.curves()[:2, 0], atol=1e-6)
    table = mixed.to_dataframe()
    assert len(table) == 2 * 2 + 5
    assert table["error"].notna().sum() == 5
    assert list(mixed.summary()["texts"]) == [2, 2]


def test_strings_and_tokens_are_texts_too() -> None:
    model, tokenizer = tiny("llama", vocab_size=262, bos_token_id=256), byte_tokenizer()
    tokens = read_tokens(model, tokenizer, "The sat at", n_bos=2)
    found = evaluate(model, tokenizer, ["The sat at", tokens, tokens.ids], methods=["semantic"], n_bos=2)
    assert [result.text for result in found.results] == ["The sat at"] * 3
    np.testing.assert_array_equal(found.values()[0], found.values()[1])
    np.testing.assert_array_equal(found.values()[0], found.values()[2])
    assert found.results[0].target_token in tokenizer.decode([found.results[0].target])


@pytest.mark.parametrize("failing_at", [0, 1, 5, 40, 90])
def test_what_progress_raises_ends_the_evaluation(failing_at: int) -> None:
    model, calls = half_trained(), []
    before = state(model)

    def progress(done: int, total: int) -> None:
        calls.append((done, total))
        if len(calls) > failing_at:
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        evaluate(model, None, TEXTS, progress=progress)
    assert state(model) == before


def test_progress_counts_texts(model: Any) -> None:
    calls: list[tuple[int, int]] = []
    evaluate(model, None, TEXTS, methods=["semantic"], progress=lambda done, total: calls.append((done, total)))
    assert {done for done, _ in calls} == {0, 1, 2, 3}
    assert calls == sorted(calls)
    assert calls[-1] == (3, 3)
    assert {total for _, total in calls} == {3}


def test_the_model_is_left_as_found() -> None:
    model = half_trained()
    before, random = state(model), torch.random.get_rng_state()
    evaluate(model, None, TEXTS[:1], insertion=True)
    assert state(model) == before
    assert torch.equal(torch.random.get_rng_state(), random)


def test_what_cannot_be_evaluated(model: Any) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"methods": ["lime"]}, "unknown methods .*lime.*choose from semantic"),
        ({"methods": []}, "choose from"),
        ({"ablation": "shuffle"}, "choose one of zero"),
        ({"fractions": (0.1,)}, "two or more"),
        ({"fractions": (0.2, 0.1)}, "ascending"),
        ({"fractions": (0.0, 0.1)}, "above 0"),
        ({"seeds": 0}, "seeds must be"),
        ({"steps": 1.5}, "steps must be"),
        ({"target": 5000}, "5000"),
        ({"position": 40}, "none of the 3 texts .*out of range"),
        ({"start": "noise"}, "none of the 3 texts .*unknown start"),
    ]
    for arguments, words in wrong:
        with pytest.raises(ValueError, match=words):
            evaluate(model, None, TEXTS, **arguments)
    with pytest.raises(TypeError, match="list of texts"):
        evaluate(model, byte_tokenizer(), "one text")
    with pytest.raises(TypeError, match="causal LM of transformers"):
        evaluate(torch.nn.Linear(2, 2), None, TEXTS)
    bert = AutoConfig.for_model("bert", vocab_size=101, hidden_size=32, num_hidden_layers=1, num_attention_heads=2)
    with pytest.raises(UnsupportedModelError, match=NOT_CAUSAL):
        evaluate(AutoModelForMaskedLM.from_config(bert), None, TEXTS)
    with pytest.raises(ValueError, match="before the prediction"):
        evaluate(model, None, TEXTS, position=0, n_bos=1)
    with pytest.raises(ValueError, match="no texts"):
        evaluate(model, None, [])


def test_temperature_warns_once_where_it_says_nothing() -> None:
    model = tiny("llama")
    with torch.no_grad():
        model.model.norm.weight.fill_(1.0)
    with pytest.warns(DegenerateScopeWarning) as caught:
        evaluate(model, None, TEXTS)
    assert len(caught) == 1
    evaluate(model, None, TEXTS[:1], methods=["semantic"])


def test_one_deletion_curve(model: Any, found: Evaluation) -> None:
    a = attribute(model, input_ids=TEXTS[0], scopes=["semantic"])
    ablator = Ablator(model, a.source)
    ranking = order(a.scores("semantic"))
    np.testing.assert_allclose(
        deletion(a, ranking, FRACTIONS, ablator), found.results[0].deltas["semantic"][0], atol=1e-6
    )
    assert deletion(a, ranking, (0.5, 1.0), ablator, keep=True)[-1] == 0
    with pytest.raises(ValueError, match="holds each index"):
        deletion(a, ranking[:-1], FRACTIONS, ablator)
    with pytest.raises(ValueError, match="another prediction"):
        deletion(attribute(model, input_ids=TEXTS[1], scopes=["semantic"]), ranking, FRACTIONS, ablator)


def test_aopc_and_counts_by_hand() -> None:
    assert aopc((0.05, 0.1, 0.2), [-1, -2, -4]) == pytest.approx(-0.375)
    assert aopc((0.05, 0.1, 0.2), [[-1, -2, -4], [3, 3, 3]], per_width=True) == pytest.approx([-2.5, 3])
    assert counts(83, (0.05, 0.1, 0.2)) == [4, 8, 16]
    assert counts(3, (0.05, 0.1, 0.2)) == [1, 1, 1]
    assert counts(100, (0.29, 0.57, 1)) == [29, 57, 100]
    assert check_fractions([0.05, 1]) == (0.05, 1.0)


def test_ranks_by_hand() -> None:
    assert ranks([10, 30, 20, 20]).tolist() == [1, 4, 2.5, 2.5]
    assert order([1, 3, 2, 3]) == [1, 3, 2, 0]
    assert spearman([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    assert spearman([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(math.sqrt(0.9))
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))
    assert math.isnan(spearman([1], [1]))
    assert [percentile([4, 1, 3, 2, 0], of) for of in range(5)] == [100, 25, 75, 50, 0]
    assert percentile([2, 2, 1], 0) == 75
    assert math.isnan(percentile([2], 0))
    with pytest.raises(ValueError, match="one length"):
        spearman([1, 2], [1, 2, 3])


def test_agreement_is_of_sizes(found: Evaluation) -> None:
    result = found.results[0]
    assert result.leave_one_out is not None
    names = list(found.methods)
    for method, of in itertools.product(("semantic", "gradient_x_input"), ("kl", "delta_log_p", "delta_entropy")):
        scores, effect = result.scores[method][0], np.abs(getattr(result.leave_one_out, of))
        expected = spearman(np.abs(scores), effect)
        assert found.values(f"spearman_{of}")[0, names.index(method)] == pytest.approx(expected)
        below = 100 * float((effect < effect[int(scores.argmax())]).sum()) / (len(effect) - 1)
        assert found.values(f"percentile_{of}")[0, names.index(method)] == pytest.approx(below)
    assert found.mean("spearman_kl")["leave_one_out"] == pytest.approx(1)
    assert found.mean("percentile_kl")["leave_one_out"] == 100


def test_errors_are_over_texts(found: Evaluation) -> None:
    values = found.values("aopc_per_width")
    np.testing.assert_allclose(values, found.values("aopc") / (FRACTIONS[-1] - FRACTIONS[0]))
    for j, method in enumerate(found.methods):
        assert found.mean("aopc_per_width")[method] == pytest.approx(values[:, j].mean())
        error = np.std(values[:, j], ddof=1) / math.sqrt(3)
        assert found.standard_error("aopc_per_width")[method] == pytest.approx(error)
    single = replace(found, results=found.results[:1])
    assert math.isnan(single.standard_error()["semantic"])


def test_the_paired_bootstrap() -> None:
    clear = own(-1.0).compare("semantic", "random", "aopc_per_width")
    assert (clear.texts, clear.below_zero) == (40, 1.0)
    assert clear.low < clear.difference < clear.high < -0.9
    # Of 40 texts with a deviation of 0.1, as the central limit has it.
    assert clear.high - clear.low == pytest.approx(2 * 1.96 * 0.1 / math.sqrt(40), rel=0.3)
    back = own(-1.0).compare("random", "semantic", "aopc_per_width")
    assert back.difference == pytest.approx(-clear.difference)
    assert back.below_zero == 0
    even = [own(0.0, seed).compare("semantic", "random") for seed in range(40)]
    assert sum(c.low < 0 < c.high for c in even) >= 34
    assert own(0.0).compare("semantic", "random") == own(0.0).compare("semantic", "random")
    assert own(0.0).compare("semantic", "random", seed=1) != own(0.0).compare("semantic", "random")
    assert "−" in str(clear)
    assert "40 texts" in str(clear)
    one = replace(own(-1.0), results=own(-1.0).results[:1]).compare("semantic", "random")
    assert one.texts == 1
    assert math.isfinite(one.difference)
    assert np.isnan([one.low, one.high, one.below_zero]).all()
    for arguments, words in (
        (("lime", "random"), "not in this evaluation"),
        (("semantic", "random", "speed"), "unknown measure"),
        (("semantic", "random", "insertion"), "insertion=True"),
        (("semantic", "random", "spearman_kl"), "leave_one_out"),
    ):
        with pytest.raises(ValueError, match=words):
            own(0.0).compare(*arguments)
    with pytest.raises(ValueError, match="resamples"):
        own(0.0).compare("semantic", "random", resamples=0)


def test_joined(found: Evaluation) -> None:
    parts = [replace(found, results=(result,)) for result in found.results]
    np.testing.assert_array_equal(parts[0].joined(*parts[1:]).values(), found.values())
    with pytest.raises(ValueError, match="different ablation"):
        found.joined(replace(found, ablation="mean"))


def test_tables(found: Evaluation) -> None:
    table, summary = found.to_dataframe(), found.summary()
    assert table.attrs == summary.attrs == {"model": found.model, "ablation": "zero", "fractions": FRACTIONS}
    assert len(table) == 3 * len(ALL)
    row = table[(table["index"] == 1) & (table["method"] == "entropy")].iloc[0]
    assert row["delta_log_p_0.25"] == found.results[1].deltas["entropy"][0, 1]
    assert row["n_tokens"] == 17
    assert set(MEASURES) <= set(table.columns)
    assert list(summary.index) == list(found.methods)
    for measure in MEASURES:
        assert summary[measure].to_dict() == found.mean(measure)
        assert summary[f"{measure}_se"].to_dict() == found.standard_error(measure)


def test_plot(found: Evaluation, tmp_path: Path) -> None:
    for insertion in (False, True):
        path = tmp_path / f"{insertion}.svg"
        found.plot(path, insertion=insertion)
        drawn = path.read_text()
        assert "Integrated gradients (zero, 3 steps)" in drawn
        assert "ablation: zero" in drawn
        assert "Gradient norm" not in drawn  # the same curve as Log-probability
    figure = found.plot(methods=["semantic", "random"])
    (axes,) = figure.axes
    mean = found.curves()[:, list(found.methods).index("semantic")].mean(0)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), mean)
    band = axes.collections[0].get_paths()[0].get_extents()
    assert band.y0 < mean.min()
    assert band.y1 > mean.max()
    with pytest.raises(ValueError, match="not in this evaluation"):
        found.plot(methods=["lime"])
    with pytest.raises(ValueError, match="ends in"):
        found.plot(tmp_path / "plot.gif")
    with pytest.raises(ValueError, match="no curve"):
        replace(found, results=()).plot()


def test_methods_have_words() -> None:
    assert [method.name for method in check_methods(None)] == list(DEFAULT)
    assert check_methods("random") == [METHODS["random"]]
    for name, method in METHODS.items():
        assert method.name == name
        assert method.title
        assert method.explains.endswith(".")
        assert method.screen is None or method.screen in METHODS
