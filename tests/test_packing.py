"""What the browser is sent: as few bits as the pictures need, and the pictures they give."""

from __future__ import annotations

import base64
import re
import zlib
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from golden_vectors import EXAMPLES, example
from hypothesis import given
from hypothesis import strategies as st
from read_basis import read_basis, unpack_runs

from jacobian_widget import Attribution, attribute
from jacobian_widget._bundle import self_unpacking
from jacobian_widget._packing import check_runs, pack_runs
from jacobian_widget._wire import pack_basis

TOLERANCE = 1e-4
"""Of the maximum of the picture."""


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4).flatmap(
        lambda runs: st.tuples(
            st.just(runs),
            st.lists(
                st.lists(st.integers(-(2**29), 2**29) | st.integers(-2, 2), min_size=sum(runs), max_size=sum(runs)),
                min_size=1,
                max_size=5,
            ),
        )
    )
)
def test_whole_numbers_come_back(table: tuple[list[int], list[list[int]]]) -> None:
    runs, rows = table
    raw = pack_runs(np.array(rows, float), runs)
    np.testing.assert_array_equal(unpack_runs(raw, len(rows), runs), rows)
    check_runs(raw, len(rows), runs)
    for damaged in (raw[:-1], raw + b"\0"):
        with pytest.raises(ValueError, match="records"):
            check_runs(damaged, len(rows), runs)


def test_code_unpacks_itself() -> None:
    code, style = 'export default () => ({}) // ä " </script>', ".jw::before{content:'↵'}"
    module = self_unpacking(code, style)
    (packed,) = re.findall(r'unpacked\("([A-Za-z0-9+/=]+)"\)', module)
    assert zlib.decompress(base64.b64decode(packed), -15).decode() == f"{style}\0{code}"
    assert len(self_unpacking(code * 1000, style)) < 100 * len(code)


def test_many_tokens_and_none() -> None:
    values = np.arange(-900, 900).reshape(600, 3) % 77 - 38
    np.testing.assert_array_equal(unpack_runs(pack_runs(values.astype(float), [1, 2]), 600, [1, 2]), values)
    assert pack_runs(np.zeros((4, 0)), []) == pack_runs(np.zeros((0, 3)), [3]) == b""
    assert unpack_runs(b"", 4, []).size == unpack_runs(b"", 0, [3]).size == 0


def questions(a: Attribution) -> list[dict[str, Any]]:
    targets = [k for kind, k in a.basis.directions if kind == "log_probability"]
    found: list[dict[str, Any]] = [{"scope": "temperature"}, {"scope": "entropy"}]
    found += [{"scope": scope, "target": k} for scope in ("semantic", "log_probability") for k in targets]
    found += [{"scope": "contrast", "target": i, "foil": j} for i, j in combinations(targets, 2)]
    ranks = range(1, a.fisher.spectrum.shape[1] + 1) if a.fisher else ()
    return found + [{"scope": "fisher", "rank": rank} for rank in (None, *ranks)]


def check(a: Attribution) -> None:
    read = read_basis(a, pack_basis(a))
    for question in questions(a):
        for granularity in ("token", "word", "line"):
            asked = {**question, "granularity": granularity}
            expected = a.scores(**asked)
            np.testing.assert_allclose(read.scores(**asked), expected, rtol=0, atol=TOLERANCE * expected.max())
            shares, bos = a.shares(**asked)
            found, found_bos = read.shares(**asked)
            np.testing.assert_allclose(found, shares, rtol=0, atol=TOLERANCE)
            assert found_bos == pytest.approx(bos, abs=TOLERANCE)
        if question["scope"] != "fisher":
            expected = a.scores(**question, signed=True)
            np.testing.assert_allclose(
                read.scores(**question, signed=True), expected, rtol=0, atol=TOLERANCE / 8 * np.abs(expected).max()
            )
    assert a.fisher is not None
    top = a.scores("fisher").max()
    np.testing.assert_allclose(read.standard_error(), a.standard_error(), rtol=0, atol=TOLERANCE * top)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_picture_is_right(name: str) -> None:
    check(example(name))


def test_every_picture_of_the_demo_is_right(demo: Any) -> None:
    model, tokenizer = demo
    a = attribute(model, tokenizer, "Tom loves Korean food. He grew up in Seoul, and on Sundays he cooks", n_bos=1)
    check(a)
    assert len(pack_basis(a)["gram"]) < a.basis.gram.nbytes / 2
