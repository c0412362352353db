"""The page that `to_html` writes, read back in Python; and what a widget weighs in a saved notebook."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from read_basis import read_basis
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import Attribution, JacobianWidget
from jacobian_widget._export import archive

TEXT = "The cat sat on 3.14 mats"
NOTEBOOK = 3_000_000
WIDGETS = 20
TOKENS = 200


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=256)


@pytest.fixture(scope="module")
def w(model: Any) -> JacobianWidget:
    return JacobianWidget(model, byte_tokenizer(), TEXT)


def opened(page: str) -> tuple[dict[str, Any], bytes]:
    """The archive, as the page's own script reads it."""
    (saved,) = re.findall(r'id="jw-saved">([^<]*)<', page)
    packed = base64.b85decode(saved[1:].translate(str.maketrans(",.:", "<>&")))
    whole = zlib.decompress(packed[: len(packed) - int(saved[0])], -15)
    end = 4 + int.from_bytes(whole[:4], "little")
    return json.loads(whole[4:end]), whole[end:]


def read(a: Attribution, page: str) -> Attribution:
    """`a` with the numbers of the page in place of its own."""
    document, binary = opened(page)

    def revived(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        begin, length = value.get("$bytes", (None, None))
        return {k: revived(v) for k, v in value.items()} if begin is None else binary[begin : begin + length]

    return read_basis(a, revived(document["traits"]["basis"]))


def test_the_scores_in_the_page_are_the_widgets(w: JacobianWidget) -> None:
    page = w.to_html()
    assert page is not None
    ours, theirs = w.attribution, read(w.attribution, page)
    known = [c.id for c in ours.predictions if theirs.knows(c.id)]
    assert len(known) >= 12
    questions: list[dict[str, Any]] = [{"scope": "temperature"}, {"scope": "entropy"}]
    questions += [{"scope": scope, "target": k} for scope in ("semantic", "log_probability") for k in known]
    questions += [{"scope": "contrast", "target": a, "foil": b} for a in known for b in known if a != b]
    for question in questions:
        expected = ours.scores(**question)
        np.testing.assert_allclose(theirs.scores(**question), expected, rtol=0, atol=1e-4 * expected.max())
        expected = ours.scores(**question, signed=True)
        np.testing.assert_allclose(
            theirs.scores(**question, signed=True), expected, rtol=0, atol=1e-4 * np.abs(expected).max()
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
    assert re.fullmatch(r"[!-~]+", text)
    assert not set(text) & set("<>&'\"/\\")
    document, binary = opened(f'id="jw-saved">{text}<')
    assert document["a"] == value["a"]
    begin, length = document["b"]["$bytes"]
    assert binary[begin : begin + length] == value["b"]


def test_a_notebook_of_widgets_is_small(demo: Any) -> None:
    """What Jupyter keeps of each: its state, bytes in base64, and the static picture beside it."""
    model, tokenizer = demo
    text = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    w = JacobianWidget(model, tokenizer, tokenizer.decode(tokenizer(text)["input_ids"][:TOKENS]))
    w.attribution  # noqa: B018 - waits
    state = json.dumps(w.get_state(), default=lambda raw: base64.b64encode(raw).decode())
    still = json.dumps(w._repr_mimebundle_()[0]["text/html"])
    assert WIDGETS * (len(state.encode()) + len(still.encode())) < NOTEBOOK
