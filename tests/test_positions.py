"""The map of all positions: each row is what `attribute` says about that position."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import ARCHITECTURES, ids, tiny

from jacobian_widget import attribute
from jacobian_widget.explain import read_tokens
from jacobian_widget.positions import position_map, stream_map


@pytest.mark.parametrize("kind", ARCHITECTURES)
@pytest.mark.parametrize("scope", ["log_probability", "semantic", "temperature", "entropy"])
def test_each_row_is_that_position(kind: str, scope: str) -> None:
    model, text = tiny(kind), ids(19)
    found = position_map(model, input_ids=text, n_bos=1, scope=scope)
    assert not np.triu(found.scores).any()
    for q in (0, 1, 8, 18):
        a = attribute(model, input_ids=text, position=q, n_bos=1, scopes=(scope,))
        np.testing.assert_allclose(found.scores[q], a.scores(scope), rtol=2e-4, atol=1e-7)
        _, bos = a.shares(scope)
        want = found.bos[q] ** 2 / (found.bos[q] ** 2 + (found.scores[q] ** 2).sum())
        assert bos == pytest.approx(want, rel=1e-3)


def test_it_grows_by_few_forwards_and_one_vjp_each() -> None:
    model, text = tiny("llama"), ids(40)
    told: list[tuple[int, int]] = []
    source = read_tokens(model, None, None, input_ids=text)
    steps, left = [], []
    for step in stream_map(model, source, progress=lambda done, total: told.append((done, total))):
        steps.append(step)
        left.append(int(np.isnan(step.scores[:, 0]).sum()))
    assert left == [32, 24, 16, 8, 1]
    assert np.isnan(steps[-1].scores[0]).all()
    assert not np.isnan(steps[-1].scores[1:]).any()
    assert steps[-1].n_vjps == 39
    assert steps[-1].n_forwards == len(steps)
    assert told[-1] == (39, 39)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_cancel_leaves_what_is_there() -> None:
    model, text, seen = tiny("llama"), ids(40), []

    def progress(done: int, total: int) -> None:
        if done > 10:
            raise KeyboardInterrupt

    def collect() -> None:
        for step in stream_map(model, read_tokens(model, None, None, input_ids=text), progress=progress):
            seen.append(step)  # noqa: PERF402 - extend would keep nothing of a list cut short

    with pytest.raises(KeyboardInterrupt):
        collect()
    assert np.isfinite(seen[0].scores[1:9]).all()


@pytest.mark.parametrize("count", [1, 2])
def test_short_texts(count: int) -> None:
    found = position_map(tiny("llama"), input_ids=ids(count))
    assert found.scores.shape == (count, count)
    assert found.n_vjps == count - 1
    assert position_map(tiny("llama"), input_ids=ids(count), n_bos=2).n_vjps == count


@pytest.mark.parametrize("scope", ["fisher", "contrast", "logit"])
def test_other_scopes_are_refused(scope: str) -> None:
    with pytest.raises(ValueError, match="log_probability"):
        position_map(tiny("llama"), input_ids=ids(), scope=scope)


def test_a_moved_position_takes_the_graph_that_is_there() -> None:
    model, text = tiny("llama"), ids(20)
    a = attribute(model, input_ids=text)
    b = attribute(model, input_ids=text, position=18, scopes=("semantic",))
    assert a._session.probe.backward.n_forwards == 1
    assert b._session.probe.backward.n_forwards == 0
    fresh: Any = attribute(tiny("llama"), input_ids=text, position=18, scopes=("semantic",))
    assert fresh._session.probe.backward.n_forwards == 1
    np.testing.assert_allclose(b.scores(), fresh.scores(), rtol=1e-5)
    torch.testing.assert_close(b._session.z, fresh._session.z)
