"""Each token ablated alone, against plain forward passes and by hand-made ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from test_ablation import TEXT, compare, plain
from tiny_models import tiny

from jacobian_widget import attribute
from jacobian_widget.ablation import ABLATIONS, Effects
from jacobian_widget.leave_one_out import leave_one_out


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("qwen3", dtype=torch.float64)


@pytest.mark.parametrize("position", [None, 8])
@pytest.mark.parametrize("ablation", ABLATIONS)
def test_each_token_alone(model: Any, ablation: str, position: int | None) -> None:
    a = attribute(model, input_ids=TEXT, position=position, n_bos=1, scopes=("semantic",))
    found = leave_one_out(a, ablation=ablation)
    z = plain(model, a.source, [], ablation, position)
    ablated = [plain(model, a.source, [t], ablation, position) for t in range(a.end)]
    values = (found.kl, found.delta_log_p, found.delta_entropy)
    assert found.target == a.default_target
    assert found.ablation == ablation
    effects = Effects(found.ablation, found.target, found.log_p, found.entropy, *(v[: a.end] for v in values))
    compare(effects, z, ablated, a.default_target)
    for value in values:
        assert value.shape == (len(TEXT),)
        assert value[: a.end].all()
        assert not value[a.end :].any()


def test_some_tokens(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, position=8, scopes=("semantic",))
    every, some = leave_one_out(a), leave_one_out(a, tokens=[6, 2, 2])
    np.testing.assert_allclose(some.kl[[2, 6]], every.kl[[2, 6]], rtol=1e-6)
    assert np.flatnonzero(np.isnan(some.kl)).tolist() == [0, 1, 3, 4, 5, 7]
    assert not some.kl[8:].any()


def test_another_target(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, n_bos=1, scopes=("semantic",))
    own, other = leave_one_out(a), leave_one_out(a, target=17)
    np.testing.assert_array_equal(own.kl, other.kl)
    assert other.log_p < own.log_p
    z = plain(model, a.source, [], "zero").log_softmax(-1)
    zeroed = plain(model, a.source, [4], "zero").log_softmax(-1)
    assert other.delta_log_p[4] == pytest.approx(float(zeroed[17] - z[17]), abs=1e-5)


def test_agreement_with_scores(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, position=8, scopes=("semantic",))
    found = leave_one_out(a)
    like = np.exp(found.kl)
    like[8:] = 99  # cannot count
    assert found.spearman(like) == pytest.approx(1)
    assert found.spearman(-like) == pytest.approx(-1)
    assert found.percentile(like) == 100
    assert found.percentile(-like) == 0
    middle = np.zeros(len(TEXT))
    middle[np.argsort(found.kl[:8])[2]] = 1
    assert found.percentile(middle) == pytest.approx(100 * 2 / 7)
    assert np.isnan(found.spearman(np.zeros(len(TEXT))))
    with pytest.raises(ValueError, match="12 numbers"):
        found.spearman(like[:8])


def test_only_tokens_that_were_ablated_are_compared(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, scopes=("semantic",))
    found = leave_one_out(a, tokens=[1, 5, 9])
    scores = np.arange(len(TEXT), dtype=float)
    scores[[1, 5, 9]] = found.kl[[1, 5, 9]]
    assert found.spearman(scores) == pytest.approx(1)
    assert found.percentile(scores) == 100
    assert np.isnan(leave_one_out(a, tokens=[3]).percentile(scores))


def test_a_single_token(model: Any) -> None:
    a = attribute(model, input_ids=TEXT[:1], scopes=("semantic",))
    found = leave_one_out(a)
    assert found.kl.shape == (1,)
    assert found.kl[0] > 0
    assert np.isnan(found.spearman([1]))
    assert np.isnan(found.percentile([1]))


def test_as_a_table(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, position=8, scopes=("semantic",))
    found = leave_one_out(a, ablation="mean")
    table = found.to_dataframe()
    assert list(table) == ["token", "kl", "delta_log_p", "delta_entropy", "ablation"]
    assert "".join(table["token"]) == a.source.text
    np.testing.assert_array_equal(table["kl"], found.kl)
    assert set(table["ablation"]) == {"mean"}


def test_progress_ends_it(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, scopes=("semantic",))

    def stop(done: int, total: int) -> None:
        assert total == len(TEXT)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave_one_out(a, progress=stop)


def test_without_a_model(model: Any) -> None:
    a = attribute(model, input_ids=TEXT, scopes=("semantic",)).detached()
    with pytest.raises(ValueError, match="model is not at hand"):
        leave_one_out(a)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ablation": "noise"}, "unknown ablation"),
        ({"tokens": [8]}, "token 8 cannot be ablated"),
        ({"target": 101}, "101"),
    ],
)
def test_bad_input(model: Any, arguments: dict[str, Any], message: str) -> None:
    a = attribute(model, input_ids=TEXT, position=8, scopes=("semantic",))
    with pytest.raises(ValueError, match=message):
        leave_one_out(a, **arguments)
