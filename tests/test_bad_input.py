"""Bad input ends in an exception that says what was passed, what is allowed and what to do."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import NOT_CAUSAL, ids, tiny
from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM, AutoModelForSeq2SeqLM

from jacobian_widget import Attribution, NonFiniteError, UnsupportedModelError, attribute

SMALL = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 101,
}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "either text or input_ids"),
        ({"text": "a", "input_ids": [1]}, ValueError, "not both"),
        ({"text": "a"}, ValueError, "needs a tokenizer"),
        ({"input_ids": []}, ValueError, "no tokens"),
        ({"input_ids": [5, 1000]}, ValueError, r"0\.\.100"),
        ({"input_ids": [5, "x"]}, (TypeError, ValueError), "input_ids"),
        ({"input_ids": [5] * 65}, ValueError, "the model takes 64. Shorten it by 1"),
        ({"input_ids": [5] * 63, "n_bos": 2}, ValueError, "2 BOS"),
        ({"input_ids": ids(), "position": 7}, ValueError, "-7 to 6"),
        ({"input_ids": ids(), "position": -8}, ValueError, "-7 to 6"),
        ({"input_ids": ids(), "position": 0}, ValueError, "nothing before it"),
        ({"input_ids": ids(), "position": "1"}, TypeError, "'1'"),
        ({"input_ids": ids(), "position": True}, TypeError, "True"),
        ({"input_ids": ids(), "scopes": ("logit",)}, ValueError, "semantic, fisher"),
        ({"input_ids": ids(), "scopes": ()}, ValueError, "empty"),
        ({"input_ids": ids(), "target": 101}, ValueError, "101"),
        ({"input_ids": ids(), "target": " Paris"}, (TypeError, ValueError), "tokenizer"),
        ({"input_ids": ids(), "n_bos": -1}, ValueError, "-1"),
        ({"input_ids": ids(), "n_eigen": 4, "n_probes": 0}, ValueError, "exact_fisher"),
        ({"input_ids": ids(), "n_probes": -1}, ValueError, "n_probes"),
        ({"input_ids": ids(), "n_targets": 2.5}, ValueError, "n_targets"),
        ({"input_ids": ids(), "colour": "red"}, TypeError, "colour"),
    ],
)
def test_attribute(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        attribute(tiny("llama"), **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scope": "logit"}, "semantic, fisher"),
        ({"scope": "semantic", "target": 101}, "101"),
        ({"scope": "fisher", "rank": 0}, "from 1 to 32"),
        ({"scope": "fisher", "rank": 33}, "n_eigen"),
        ({"scope": "semantic", "rank": 2}, "rank is for the Fisher scope"),
        ({"scope": "semantic", "granularity": "syllable"}, "token, word, number, sentence, line, regex"),
        ({"scope": "semantic", "granularity": "regex"}, "needs a pattern"),
        ({"scope": "semantic", "pattern": "a"}, "goes with granularity 'regex' alone"),
        ({"scope": "semantic", "granularity": "regex", "pattern": "["}, "unterminated character set"),
        ({"scope": "fisher", "signed": True}, "signed is not for Fisher: it sums squares over many directions"),
        ({"scope": "semantic", "signed": True, "rank": 2}, "rank is for the Fisher scope"),
        ({"scope": "semantic", "signed": True, "span": (1, 2)}, "signed is for the scopes"),
    ],
)
def test_scores(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attribute(tiny("llama"), input_ids=ids()).scores(**arguments)


def test_models_that_are_no_causal_lms() -> None:
    bert = AutoConfig.for_model("bert", **SMALL, max_position_embeddings=64)
    with pytest.raises(UnsupportedModelError, match=NOT_CAUSAL):
        attribute(AutoModelForMaskedLM.from_config(bert), input_ids=ids())
    with pytest.raises(UnsupportedModelError, match="no output embedding"):
        attribute(AutoModel.from_config(bert), input_ids=ids())
    t5 = AutoConfig.for_model("t5", vocab_size=101, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4)
    with pytest.raises(UnsupportedModelError, match="encoder-decoder"):
        attribute(AutoModelForSeq2SeqLM.from_config(t5), input_ids=ids())
    with pytest.raises(TypeError, match="causal LM of transformers"):
        attribute(torch.nn.Linear(2, 2), input_ids=ids())


def test_logits_that_do_not_follow_from_the_hidden_state() -> None:
    model = tiny("llama")
    forward = model.forward
    bias = torch.arange(101.0)
    # Something after the head that looks at all positions at once.
    model.forward = lambda **kwargs: mixed(forward(**kwargs), bias)
    with pytest.raises(UnsupportedModelError, match="differ from the model's own"):
        attribute(model, input_ids=ids())


def mixed(output: Any, bias: torch.Tensor) -> Any:
    output.logits = output.logits + bias * output.logits.shape[1]
    return output


def test_not_a_number_names_the_dtype_and_the_attention() -> None:
    model = tiny("llama")
    attribute(model, input_ids=ids())
    with torch.no_grad():
        model.model.layers[1].mlp.down_proj.weight[0, 0] = float("nan")
    with pytest.raises(NonFiniteError, match=r"torch\.float32, attention 'sdpa'"):
        attribute(model, input_ids=ids())
    fresh = tiny("llama")
    fresh.model.norm.weight.data.fill_(float("nan"))
    with pytest.raises(NonFiniteError, match="NaN"):
        attribute(fresh, input_ids=ids())


def test_files(tmp_path: Any) -> None:
    a = attribute(tiny("llama"), input_ids=ids(), target=9)
    a.save(tmp_path / "a.npz")
    b = Attribution.load(tmp_path / "a.npz")
    assert b.to_dataframe().equals(a.to_dataframe())
    assert (b.n_vjps, b.predictions, b.tokens) == (a.n_vjps, a.predictions, a.tokens)
    assert (b.scores("semantic", target=9) == a.scores("semantic", target=9)).all()
    unknown = next(k for k in range(100) if not a.knows(k))
    with pytest.raises(ValueError, match="not in this saved result"):
        b.scores("semantic", target=unknown)
    assert a.scores("semantic", target=unknown).any()
    np.savez(tmp_path / "damaged.npz", meta=np.frombuffer(b'{"format": 1}', np.uint8))
    with pytest.raises(ValueError, match="damaged"):
        Attribution.load(tmp_path / "damaged.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(ValueError, match="not a result saved"):
        Attribution.load(tmp_path / "text.npz")


def test_a_result_can_be_pickled_without_its_model() -> None:
    a = attribute(tiny("llama"), input_ids=ids())
    b = pickle.loads(pickle.dumps(a))  # noqa: S301 - our own bytes
    assert (b.scores() == a.scores()).all()
    assert b.n_vjps == a.n_vjps


def test_the_foil_that_was_named_is_the_default() -> None:
    a = attribute(tiny("llama"), input_ids=ids(), scopes="contrast", target=5, foil=9)
    vjps = a.n_vjps
    assert (a.scores("contrast") == a.scores("contrast", target=5, foil=9)).all()
    assert a.n_vjps == vjps
