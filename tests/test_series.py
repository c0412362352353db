"""The next number of a series: every way to spell it is counted, once, and what was not found is said."""

from __future__ import annotations

import json
import math
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import tiny
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from jacobian_widget import _series, series
from jacobian_widget._panels import Ask
from jacobian_widget.model import NonFiniteError
from jacobian_widget.numerals import numerals, spell, value_of
from jacobian_widget.series import NextValues, next_values, predicted
from jacobian_widget.tokens import tokenize
from jacobian_widget.trajectories import brownian, lorenz
from jacobian_widget.untouched import state_of

CASES = json.loads((Path(__file__).parent / "vectors" / "numerals.json").read_text("utf-8"))
WHOLE = {"most": 100_000, "mass": 1.0}


def digit_tokenizer(*words: str) -> PreTrainedTokenizerFast:
    """One token per character, and `words`, which may hold several digits; `<s>` and `</s>` are special."""
    alphabet = ["<s>", "</s>", *words, *"012,.-", "x"]
    vocabulary = {word: i for i, word in enumerate(alphabet)} | {"Ġ": len(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[(w[0], w[1]) for w in words if len(w) == 2]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")


def model_for(tokenizer: Any, kind: str = "llama", **settings: Any) -> Any:
    return tiny(kind, vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=1, **settings)


def brute_force(model: Any, tokenizer: Any, ids: list[int], depth: int) -> tuple[dict[float, float], float]:
    """Every continuation of up to `depth` tokens: values that end within them, and the mass that could go on."""
    pieces = [tokenizer.decode([k]) for k in range(len(tokenizer))]
    found: dict[float, float] = {}
    going = 0.0

    @cache
    def distribution(suffix: tuple[int, ...]) -> list[float]:
        with torch.no_grad():
            return model(torch.tensor([[*ids, *suffix]])).logits[0, -1].double().softmax(-1).tolist()

    for length in range(1, depth + 1):
        for *begun, last in product(range(len(tokenizer)), repeat=length):
            text = "".join(pieces[k] for k in begun)
            state = spell("gap", text) if text else ("gap", "")
            if state is None or state[0] == "end" or {0, 1} & set(begun):
                continue
            if last in (0, 1):
                after = ("end", state[1]) if state[0] in ("whole", "point", "fraction") else None
            else:
                after = spell("gap", text + pieces[last])
            if after is None:
                continue
            suffix = (*begun, last)
            p = math.prod(distribution(suffix[:i])[k] for i, k in enumerate(suffix))
            if after[0] == "end":
                found[float(after[1])] = found.get(float(after[1]), 0.0) + p
            elif length == depth:
                going += p
    return found, going


def as_dict(result: NextValues) -> dict[float, float]:
    return dict(zip(result.values, result.probabilities, strict=True))


@pytest.mark.parametrize("kind", ["llama", "gpt2", "mamba", "bloom"])
def test_every_value_has_the_probability_that_enumeration_gives(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = digit_tokenizer("12", "0,")
    model = model_for(tokenizer, kind)
    monkeypatch.setattr(series, "_DEEPEST", 2)  # numbers of at most two tokens, and the one that ends them
    source = tokenize(tokenizer, "1,2,12,0,", n_bos=1)
    result = next_values(model, tokenizer, source, **WHOLE)
    expected, going = brute_force(model, tokenizer, [*source.bos, *source.ids], 3)
    found = as_dict(result)
    assert found.keys() <= expected.keys()
    assert {value: found.get(value, 0.0) for value in expected} == pytest.approx(expected, rel=1e-4, abs=1e-7)
    assert result.unexplored == pytest.approx(going, rel=1e-3, abs=1e-7)
    assert kind != "llama" or {0.0, 1.0, 2.0, 12.0, 21.0, -1.0} <= set(result.values)
    assert result.found + result.unexplored + result.other == pytest.approx(1.0)


def test_several_spellings_of_a_value_are_added_up() -> None:
    whole = digit_tokenizer("12")
    model = model_for(whole)
    ids = torch.tensor([[0, *whole("1,2,")["input_ids"]]])
    one, two, comma, joined = (whole.convert_tokens_to_ids(w) for w in ("1", "2", ",", "12"))

    def chance(*suffix: int) -> float:
        row = torch.cat([ids, torch.tensor([suffix])], 1)
        with torch.no_grad():
            p = model(row).logits[0].double().softmax(-1)
        at = ids.shape[1] - 1
        return math.prod(float(p[at + i, k]) for i, k in enumerate(suffix))

    found = as_dict(next_values(model, whole, "1,2,", n_bos=1, most=4000, mass=1.0))
    assert found[12.0] > chance(joined, comma) + chance(
        one, two, comma
    )  # and those that end otherwise, or begin with 0
    assert found[12.0] < 1 - chance(two)


@pytest.mark.parametrize(("most", "mass"), [(1, 0.99), (7, 0.99), (60, 0.5), (60, 0.999)])
def test_the_sum_is_never_above_one_and_grows_with_the_search(most: int, mass: float) -> None:
    tokenizer = digit_tokenizer("12", "00")
    model = model_for(tokenizer)
    result = next_values(model, tokenizer, "1,2,", most=most, mass=mass, n_bos=1)
    assert 0 <= result.found <= 1 + 1e-9
    assert result.found + result.unexplored + result.other == pytest.approx(1.0)
    assert result.prefixes <= most
    assert list(result.values) == sorted(set(result.values))
    more = next_values(model, tokenizer, "1,2,", most=4 * most, mass=mass, n_bos=1)
    assert more.found >= result.found - 1e-12
    assert result.prefixes == most or result.unexplored <= 1 - mass


@pytest.mark.parametrize("kind", ["llama", "gpt_neox", "gemma2", "bloom", "mamba"])
def test_a_model_whose_cache_is_of_no_use_gives_the_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = digit_tokenizer("12", "00")
    model = model_for(tokenizer, kind)
    quick = next_values(model, tokenizer, "1,2,0,", most=40, n_bos=1)
    monkeypatch.setattr(series.Tree, "of", lambda *_: None)
    plain = next_values(model, tokenizer, "1,2,0,", most=40, n_bos=1)
    assert as_dict(quick) == pytest.approx(as_dict(plain), rel=1e-3)


def test_the_tree_is_used_where_it_can_be() -> None:
    tokenizer = digit_tokenizer("12")
    uses = {}
    for kind in ("llama", "bloom"):
        search = series.Search(model_for(tokenizer, kind), tokenizer, tokenize(tokenizer, "1,2,", n_bos=1), 4)
        for _ in search.steps(20, 0.99):
            pass
        uses[kind] = search._tree is not None
    assert uses == {"llama": True, "bloom": False}  # ALiBi takes no positions, so they cannot be given by hand


def test_a_number_in_the_text_is_predicted_from_what_stands_before_it() -> None:
    tokenizer = digit_tokenizer("12")
    model = model_for(tokenizer)
    source = tokenize(tokenizer, "1,-12,20,x,0", n_bos=1)
    spans = {p: predicted(source, p)[0] for p in range(len(source))}
    starts = [number.start for number in numerals(source)]
    assert [number.value for number in numerals(source)] == [1.0, -12.0, 20.0, 0.0]
    assert set(spans.values()) == set(starts)
    inside = starts[2]
    whole = next_values(model, tokenizer, source, position=inside + 1, most=50)
    cut = next_values(model, tokenizer, "".join(source.pieces[:inside]), most=50, n_bos=1)
    assert as_dict(whole) == pytest.approx(as_dict(cut))


def test_a_series_that_ends_in_a_digit_goes_on_after_a_delimiter() -> None:
    tokenizer = digit_tokenizer()
    model = model_for(tokenizer)
    open_end = next_values(model, tokenizer, "1,2", n_bos=1, most=300, mass=1.0)
    closed = next_values(model, tokenizer, "1,2,", n_bos=1, most=300, mass=1.0)
    ids = torch.tensor([[0, *tokenizer("1,2")["input_ids"]]])
    with torch.no_grad():
        comma = float(model(ids).logits[0, -1].double().softmax(-1)[tokenizer.convert_tokens_to_ids(",")])
    assert as_dict(open_end)[2.0] >= comma * as_dict(closed)[2.0] * (1 - 1e-6)
    assert open_end.other > 0.1  # another digit is no next number


def test_the_model_is_left_as_found_and_training_goes_on() -> None:
    tokenizer = digit_tokenizer()
    model = model_for(tokenizer).train()
    before = state_of(model)
    weights = {name: p.clone() for name, p in model.named_parameters()}

    def raises() -> None:
        raise KeyboardInterrupt

    next_values(model, tokenizer, "1,2,", n_bos=1, most=30)
    with pytest.raises(KeyboardInterrupt):
        next_values(model, tokenizer, "1,2,", n_bos=1, interrupt=raises)
    assert state_of(model) == before
    assert model.training
    assert all(p.requires_grad and p.grad is None and torch.equal(p, weights[n]) for n, p in model.named_parameters())


def test_a_search_that_was_interrupted_goes_on_where_it_was() -> None:
    tokenizer = digit_tokenizer("12")
    model = model_for(tokenizer)
    source = tokenize(tokenizer, "1,2,", n_bos=1)
    search = series.Search(model, tokenizer, source, len(source))
    head = model.lm_head.register_forward_hook(lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        list(search.steps(40, 0.99))
    head.remove()
    list(search.steps(7, 0.99))
    head = model.lm_head.register_forward_hook(lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        list(search.steps(40, 0.99))
    head.remove()
    list(search.steps(40, 0.99))
    at_once = next_values(model, tokenizer, source, most=40)
    there, expected = as_dict(search.result()), as_dict(at_once)
    assert len(there.keys() & expected.keys()) > 5
    assert {value: there[value] for value in there.keys() & expected.keys()} == pytest.approx(
        {value: expected[value] for value in there.keys() & expected.keys()}, rel=0.5
    )
    assert search.result().prefixes == 40


def test_bad_input_says_what_to_do() -> None:
    tokenizer = digit_tokenizer()
    model = model_for(tokenizer)
    with pytest.raises(TypeError, match="tokenizer"):
        next_values(model, None, "1,")
    with pytest.raises(ValueError, match="most is 0"):
        next_values(model, tokenizer, "1,", most=0)
    with pytest.raises(ValueError, match="mass is 2"):
        next_values(model, tokenizer, "1,", mass=2)
    with pytest.raises(ValueError, match="nothing stands before"):
        series.Search(model, tokenizer, tokenize(tokenizer, "1,", n_bos=0), 0)
    assert next_values(model, tokenizer, "1" * 63, most=5, n_bos=1).found == 0.0  # the context is full


def test_nan_is_an_error() -> None:
    tokenizer = digit_tokenizer()
    model = model_for(tokenizer)
    next_values(model, tokenizer, "1,", n_bos=1, most=1)
    with torch.no_grad():
        model.lm_head.weight[3] = torch.nan
    with pytest.raises(NonFiniteError):
        next_values(model, tokenizer, "1,", n_bos=1, most=1)


@pytest.mark.parametrize(("piece", "value"), CASES)
def test_numbers_are_read_as_in_the_view(piece: str, value: float | None) -> None:
    assert value_of(piece) == value


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("12,", ("end", "12")),
        (" 12", ("whole", "12")),
        ("-0.5 ", ("end", "-0.5")),
        ("+.5", ("fraction", ".5")),
        ("−3]", ("end", "-3")),
        ("1..", None),
        (",1", None),
        ("1x", None),
        (". ", None),
        ("", None),
    ],
)
def test_a_number_is_spelled_up_to_its_delimiter(text: str, end: tuple[str, str] | None) -> None:
    assert spell("gap", text) == end


def test_the_quantiles_are_those_of_what_was_found() -> None:
    result = NextValues((1.0, 2.0, 9.0), (0.1, 0.2, 0.2), 0.4, 0.1, 5, 2, 0.1)
    assert (result.quantile(0.0), result.quantile(0.5), result.quantile(1.0)) == (1.0, 2.0, 9.0)
    assert NextValues((), (), 1.0, 0.0, 0, 0, 0.0).quantile(0.5) is None


@pytest.mark.parametrize("make", [lorenz, brownian])
def test_the_series_are_whole_numbers_of_three_digits_the_same_for_a_seed(make: Any) -> None:
    values = np.array(make(200).split(","), dtype=int)
    assert len(values) == 200
    assert (values.min(), values.max()) == (make.__kwdefaults__["low"], make.__kwdefaults__["high"])
    assert make(50, seed=3) == make(50, seed=3) != make(50, seed=4)
    with pytest.raises(ValueError, match="2 values"):
        make(1)
    with pytest.raises(ValueError, match="low"):
        make(5, low=9, high=9)


def test_lorenz_swings_around_both_of_its_wings_and_is_smooth() -> None:
    values = np.array(lorenz(600).split(","), dtype=float)
    assert np.abs(np.diff(values)).max() < 200
    middle = (values < 450).mean()
    assert 0.2 < middle < 0.8
    with pytest.raises(ValueError, match="step"):
        lorenz(5, step=0)


def asked(model: Any, tokenizer: Any, text: str, position: int | None = None, *, run: bool = False) -> Ask:
    source = tokenize(tokenizer, text, n_bos=1)
    return Ask(model, tokenizer, source, position, "semantic", None, None, run, lambda *_: None)


def test_the_panel_gets_growing_payloads_and_looks_further_when_asked() -> None:
    tokenizer = digit_tokenizer("12", "00")
    model = model_for(tokenizer)
    *_, (first, state) = _series.compute(asked(model, tokenizer, "1,2,12,"), None)
    assert (first["state"], first["at"], first["actual"]) == ("done", None, None)
    assert sum(first["p"]) + first["unexplored"] + first["other"] == pytest.approx(1.0)
    assert first["more"] == state.more
    *_, (further, _) = _series.compute(asked(model, tokenizer, "1,2,12,", run=True), state)
    assert further["prefixes"] >= first["prefixes"]
    assert sum(further["p"]) >= sum(first["p"]) - 1e-12
    json.dumps(further)


def test_the_panel_asks_once_for_all_tokens_of_a_number() -> None:
    tokenizer = digit_tokenizer()
    model = model_for(tokenizer)
    keys = [_series.key(asked(model, tokenizer, "1,12,0", position)) for position in (2, 3, 5, None)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    *_, (payload, _) = _series.compute(asked(model, tokenizer, "1,12,0", 3), None)
    assert (payload["at"], payload["actual"]) == (2, 12.0)
    assert next(_series.compute(asked(model, tokenizer, "xx"), None))[0] == {}
