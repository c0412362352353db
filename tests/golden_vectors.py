"""Writes `vectors/*.json`: wire payloads with the scores that Python and the browser must both read off them.

Run `python tests/golden_vectors.py` after a change of the payload, and look at the difference before committing it.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import SCOPES, Attribution, attribute
from jacobian_widget._wire import pack_basis, pack_tokens
from jacobian_widget.tokens import GRANULARITIES

FOLDER = Path(__file__).parent / "vectors"
EXAMPLES: dict[str, dict[str, Any]] = {
    "next_token": {"text": "The cat sat on 3.14 mats,\nsaid 猫 😀.", "n_bos": 1, "target": 77, "foil": 120},
    "inside_the_text": {"text": "He is, as he said, at ease", "n_bos": 0, "position": 12},
    # As many eigen-directions and probes as leave a remainder.
    "fisher_estimate": {"text": "Then he sat down", "n_bos": 2, "position": -1, "n_eigen": 5, "n_probes": 6},
}


def example(name: str) -> Attribution:
    model = tiny("llama", vocab_size=300, max_position_embeddings=128, seed=len(name))
    return attribute(model, byte_tokenizer(), **EXAMPLES[name])


PATTERN = r"\w+\W+\w"


def cases(a: Attribution) -> list[dict[str, Any]]:
    """Every scope, several targets, every granularity; gradient × input; delimiters left out."""
    assert a.fisher is not None
    first, second, last = (a.predictions[i].id for i in (0, 1, -1))
    questions: list[dict[str, Any]] = [{"scope": scope} for scope in SCOPES]
    questions += [{"scope": "semantic", "target": last}, {"scope": "log_probability", "target": second}]
    questions += [{"scope": "contrast", "target": last, "foil": first}, {"scope": "contrast", "foil": last}]
    questions += [{"scope": "fisher", "rank": k} for k in (1, 3, a.fisher.spectrum.shape[1])]
    grouped = [{**question, "granularity": g} for question in questions for g in GRANULARITIES]
    signed = [question for question in grouped if question["scope"] != "fisher" and question["granularity"] != "line"]
    return [
        *(answered(a, question) for question in grouped),
        *(answered(a, {**question, "signed": True}) for question in signed),
        *(without_delimiters(a, scope, g) for scope in ("semantic", "fisher") for g in ("token", "number", "sentence")),
    ]


def answered(a: Attribution, question: dict[str, Any]) -> dict[str, Any]:
    asked = {**question, "pattern": PATTERN} if question["granularity"] == "regex" else question
    whole = {"target": None, "foil": None, "rank": None, **asked, "scores": a.scores(**asked).tolist()}
    if "signed" in asked:
        return whole
    shares, bos = a.shares(**asked)
    return {**whole, "shares": shares.tolist(), "bos_share": bos}


def without_delimiters(a: Attribution, scope: str, granularity: Any) -> dict[str, Any]:
    """What is left of the groups without their delimiters, and the share of these."""
    power = 1 if scope == "fisher" else 2
    hidden, starts = np.array(a.source.delimiters), a.source.groups(granularity)
    assert 0 < hidden.sum() < len(hidden)
    parts = a.scores(scope).astype(np.float64) ** power * ~hidden
    shares, bos = a.shares(scope)
    return {
        "scope": scope,
        **dict.fromkeys(("target", "foil", "rank")),
        "granularity": granularity,
        "hide": ["delimiters"],
        "scores": (np.add.reduceat(parts, starts) ** (1 / power)).tolist(),
        "shares": np.add.reduceat(shares * ~hidden, starts).tolist(),
        "bos_share": bos,
        "delimiter_share": float(shares[hidden].sum()),
    }


def portable(value: Any) -> Any:
    """Bytes as `{"$b64": …}`."""
    if isinstance(value, bytes):
        return {"$b64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: portable(item) for key, item in value.items()}
    return [portable(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    for name in EXAMPLES:
        a = example(name)
        traits = {"tokens": pack_tokens(a.source, PATTERN), "basis": portable(pack_basis(a) | {"seconds": 0.1})}
        document = {"traits": traits, "cases": cases(a)}
        (FOLDER / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
