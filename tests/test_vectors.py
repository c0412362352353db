"""The wire payloads that both languages read: Python's scores follow from them, and today's code still writes them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from golden_vectors import EXAMPLES, FOLDER, PATTERN, example
from read_basis import grams, read_basis

from jacobian_widget import Attribution
from jacobian_widget._wire import pack_basis, pack_tokens

TOLERANCE = 1e-4
"""Of the maximum: what the payload rounds away."""


@pytest.fixture(scope="module", params=EXAMPLES)
def document(request: pytest.FixtureRequest) -> tuple[Attribution, dict[str, Any]]:
    return example(request.param), json.loads((FOLDER / f"{request.param}.json").read_text("utf-8"))


def binary(value: Any) -> Any:
    """`portable` backwards."""
    if isinstance(value, dict):
        packed = value.get("$b64")
        return {k: binary(item) for k, item in value.items()} if packed is None else base64.b64decode(packed)
    return [binary(item) for item in value] if isinstance(value, list) else value


def test_scores_and_shares_follow_from_the_payload(document: tuple[Attribution, dict[str, Any]]) -> None:
    a, stored = document
    a = read_basis(a, binary(stored["traits"]["basis"]))
    assert len(stored["cases"]) > 40
    for case in stored["cases"]:
        if "hide" in case:  # only the view hides
            continue
        names = ("scope", "target", "foil", "rank", "granularity", "pattern", "signed")
        question = {key: case[key] for key in names if key in case}
        if "signed" in question:
            scores = a.scores(**question)
            np.testing.assert_allclose(scores, case["scores"], rtol=0, atol=TOLERANCE * np.abs(scores).max())
            continue
        scores = a.scores(**question)
        np.testing.assert_allclose(scores, case["scores"], rtol=0, atol=TOLERANCE * scores.max())
        shares, bos = a.shares(**question)
        np.testing.assert_allclose(shares, case["shares"], rtol=0, atol=TOLERANCE)
        assert bos == pytest.approx(case["bos_share"], abs=TOLERANCE)


def test_todays_payload_is_the_stored_one(document: tuple[Attribution, dict[str, Any]]) -> None:
    a, stored = document
    assert pack_tokens(a.source, PATTERN) == stored["traits"]["tokens"]
    old, new = stored["traits"]["basis"], pack_basis(a)
    assert set(new) == set(old)
    packed = {"gram", "gram_bos", "gram_steps", "signed", "signed_steps", "fisher"}
    for key in set(new) - packed - {"predictions", "entropy", "beta", "seconds"}:
        assert new[key] == old[key], key
    assert [c["label"] for c in new["predictions"]] == [c["label"] for c in old["predictions"]]
    # Last digits differ between machines.
    gram = grams(new, "gram", len(a.source))
    np.testing.assert_allclose(grams(binary(old), "gram", len(a.source)), gram, rtol=1e-3, atol=2e-4 * gram.max())
