"""The page that `to_html` writes, read back in Python; and what a widget weighs in a saved notebook."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import Attribution, JacobianWidget
from jacobian_widget._export import TARGETS, archive
from jacobian_widget.attribution import Basis

TEXT = "The cat sat on 3.14 mats"


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=256)


@pytest.fixture(scope="module")
def w(model: Any) -> JacobianWidget:
    return JacobianWidget(model, byte_tokenizer(), TEXT)


def opened(page: str) -> tuple[dict[str, Any], bytes]:
    """The archive, as the page's own script reads it."""
    (saved,) = re.findall(r'id="jw-saved">([^<]*)<', page)
    whole = zlib.decompress(base64.b64decode(saved), -15)
    end = 4 + int.from_bytes(whole[:4], "little")
    return json.loads(whole[4:end]), whole[end:]


def unplaned(raw: bytes, kind: str) -> np.ndarray:
    size = np.dtype(kind).itemsize
    return np.frombuffer(np.frombuffer(raw, np.uint8).reshape(size, -1).T.tobytes(), kind)


def grams(packed: dict[str, Any], binary: bytes) -> np.ndarray:
    m = packed["m"]
    factor, exponents = (binary[a : a + n] for a, n in (packed["factor"], packed["exponents"]))
    whole = unplaned(factor, "<i2").reshape(m * (m + 1) // 2, -1).T.astype(np.float64)  # [T, m(m+1)/2]
    powers = np.frombuffer(exponents, np.int8).reshape(m, -1).T.astype(np.float64)  # [T, m]
    rows, columns = np.tril_indices(m)
    lower = np.zeros((len(whole), m, m))
    lower[:, rows, columns] = whole * 2.0 ** powers[:, rows]
    return (lower @ lower.transpose(0, 2, 1))[:, rows, columns].astype(np.float32)


def read(a: Attribution, page: str) -> Attribution:
    """`a` with the numbers of the page in place of its own."""
    document, binary = opened(page)
    basis = document["traits"]["basis"]
    begin, length = basis["signed"]["$floats"]
    signed = unplaned(binary[begin : begin + length], "<f4").reshape(len(a.source), -1)
    directions = tuple((kind, k) for kind, k in basis["directions"])
    gram, bos = (grams(basis[key]["$gram"], binary) for key in ("gram", "gram_bos"))
    return replace(a.detached(), basis=Basis(directions, gram, bos[0], signed))


def test_the_scores_in_the_page_are_the_widgets(w: JacobianWidget) -> None:
    page = w.to_html()
    assert page is not None
    ours, theirs = w.attribution, read(w.attribution, page)
    known = [c.id for c in ours.predictions if theirs.knows(c.id)]
    assert len(known) >= TARGETS
    questions: list[dict[str, Any]] = [{"scope": "temperature"}, {"scope": "entropy"}]
    questions += [{"scope": scope, "target": k} for scope in ("semantic", "log_probability") for k in known]
    questions += [{"scope": "contrast", "target": a, "foil": b} for a in known for b in known if a != b]
    for question in questions:
        expected = ours.scores(**question)
        np.testing.assert_allclose(theirs.scores(**question), expected, rtol=0, atol=2e-3 * expected.max())
        expected = ours.scores(**question, signed=True)
        np.testing.assert_allclose(
            theirs.scores(**question, signed=True), expected, rtol=0, atol=2e-3 * np.abs(expected).max()
        )


def test_a_named_target_stays(model: Any) -> None:
    w = JacobianWidget(model, byte_tokenizer(), TEXT)
    unlikely = min(range(200, 300), key=lambda k: w.attribution.candidates([k])[0].p)
    w.target = unlikely
    page = w.to_html()
    assert page is not None
    document, _ = opened(page)
    basis = document["traits"]["basis"]
    assert ["log_probability", unlikely] in basis["directions"]
    assert unlikely in [p["id"] for p in basis["predictions"]]
    assert len(basis["predictions"]) < len(w.basis["predictions"])


def test_the_page_forbids_every_request(w: JacobianWidget) -> None:
    page = w.to_html() or ""
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    allowed = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert allowed.pop("default-src") == "'none'"
    sources = {source for rule in allowed.values() for source in rule.split()}
    assert sources <= {"'none'", "'unsafe-inline'", "blob:", "data:"}
    assert re.findall(r"https?://|<link(?! rel=\"icon\" href=\"data:,\")|<iframe|<img", page) == []
    assert '<html lang="en">' in page
    assert "<title>What moved the logit of" in page


def test_positions(w: JacobianWidget) -> None:
    def held(**arguments: Any) -> list[int | None]:
        document, _ = opened(w.to_html(**arguments) or "")
        traits = document["traits"]
        return [basis["position"] for basis in [traits["basis"], *traits["_further"]]]

    assert held() == [None]
    assert held(positions=[3, -1, None, 3]) == [None, 3, len(w.tokens["ids"]) - 1]
    assert held(positions="all") == [None, *range(1, len(w.tokens["ids"]))]
    for bad, error in ((["x"], TypeError), ([99], ValueError), ("some", ValueError), ([0], ValueError)):
        with pytest.raises(error):
            w.to_html(positions=bad)


def test_path_and_title(w: JacobianWidget, tmp_path: Path) -> None:
    assert w.to_html(tmp_path / "a.html", title="My <b>own</b> \u202etitle") is None
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "<h1>My &lt;b&gt;own&lt;/b&gt; ⟨U+202E⟩title</h1>" in page
    with pytest.raises(ValueError, match=r"ends in \.html"):
        w.to_html(tmp_path / "a.pdf")


def test_an_archive_is_ascii_and_holds_any_bytes() -> None:
    value = {"a": [1, None, "</script><!--\u2028"], "b": bytes(range(256)), "c": {"d": b""}}
    text = archive(value)
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", text)
    document, binary = opened(f'id="jw-saved">{text}<')
    assert document["a"] == value["a"]
    begin, length = document["b"]["$bytes"]
    assert binary[begin : begin + length] == value["b"]
