"""The wire payloads that both languages read: Python's scores follow from them, and today's code still writes them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from golden_vectors import EXAMPLES, FOLDER, PATTERN, example

from jacobian_widget import Attribution
from jacobian_widget._wire import pack_basis, pack_tokens
from jacobian_widget.attribution import Basis, Fisher


@pytest.fixture(scope="module", params=EXAMPLES)
def document(request: pytest.FixtureRequest) -> tuple[Attribution, dict[str, Any]]:
    return example(request.param), json.loads((FOLDER / f"{request.param}.json").read_text("utf-8"))


def floats(field: dict[str, str], *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(field["$b64"]), "<f4").reshape(*shape)


def read(a: Attribution, basis: dict[str, Any]) -> Attribution:
    """`a` with the numbers of the payload in place of its own."""
    count, m, fisher = len(a.source), len(basis["directions"]), basis["fisher"]
    assert a.fisher is not None
    r = fisher["rank"]
    return replace(
        a,
        basis=Basis(
            tuple((kind, k) for kind, k in basis["directions"]),
            floats(basis["gram"], count, m * (m + 1) // 2),
            floats(basis["gram_bos"], m * (m + 1) // 2),
            floats(basis["signed"], count, m),
        ),
        fisher=Fisher(
            spectrum=floats(fisher["spectrum"], count, r),
            spectrum_bos=floats(fisher["spectrum_bos"], r),
            remainder=floats(fisher["remainder"], count),
            remainder_bos=fisher["remainder_bos"],
            standard_error=floats(fisher["standard_error"], count),
            dimension=fisher["dimension"],
            captured=floats(fisher["captured"], r),
            exact=fisher["exact"],
        ),
    )


def test_scores_and_shares_follow_from_the_payload(document: tuple[Attribution, dict[str, Any]]) -> None:
    a, stored = document
    a = read(a, stored["traits"]["basis"])
    assert len(stored["cases"]) > 40
    for case in stored["cases"]:
        if "hide" in case:  # only the view hides
            continue
        names = ("scope", "target", "foil", "rank", "granularity", "pattern", "signed")
        question = {key: case[key] for key in names if key in case}
        if "signed" in question:
            scores = a.scores(**question)
            np.testing.assert_allclose(scores, case["scores"], rtol=1e-6, atol=1e-6 * np.abs(scores).max())
            continue
        np.testing.assert_allclose(a.scores(**question), case["scores"], rtol=1e-6)
        shares, bos = a.shares(**question)
        np.testing.assert_allclose(shares, case["shares"], rtol=1e-5)
        assert bos == pytest.approx(case["bos_share"], rel=1e-5)


def test_todays_payload_is_the_stored_one(document: tuple[Attribution, dict[str, Any]]) -> None:
    a, stored = document
    assert pack_tokens(a.source, PATTERN) == stored["traits"]["tokens"]
    old, new = stored["traits"]["basis"], pack_basis(a)
    assert set(new) == set(old)
    for key in set(new) - {"gram", "gram_bos", "signed", "fisher", "predictions", "entropy", "beta", "seconds"}:
        assert new[key] == old[key], key
    assert [c["label"] for c in new["predictions"]] == [c["label"] for c in old["predictions"]]
    # Last digits differ between machines.
    gram = np.frombuffer(new["gram"], "<f4")
    np.testing.assert_allclose(gram, floats(old["gram"], -1), rtol=1e-3, atol=1e-4 * gram.max())
