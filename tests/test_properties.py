"""Properties that hold for any text, position, target, direction, batch and way of computing, on random models."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from brute_force import BruteForce
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import SCOPES, Attribution, attribute, memory
from jacobian_widget.fisher import FisherBlock
from jacobian_widget.forward import Way
from jacobian_widget.probe import Probe
from jacobian_widget.scopes import Direction

V = 31
KINDS = ("llama", "gpt2", "gemma2", "cohere", "mamba")
WAYS = [Way(batched=batched, checkpointed=checkpointed) for batched in (True, False) for checkpointed in (True, False)]
LIMIT = 64


def examples(count: int) -> Any:
    return settings(max_examples=count, deadline=None, derandomize=True, database=None)


tokens = st.integers(3, V - 1)
texts = st.lists(tokens, min_size=1, max_size=12)
directions: st.SearchStrategy[Direction] = st.one_of(
    st.tuples(st.sampled_from(("logit", "log_probability")), st.integers(0, V - 1)),
    st.tuples(st.sampled_from(("mean", "temperature", "entropy")), st.none()),
)
direction_lists = st.lists(directions, min_size=1, max_size=6, unique=True)


@functools.cache
def model_of(kind: str, seed: int = 0) -> Any:
    return tiny(kind, seed=seed, vocab_size=V, dtype=torch.float64)


models = st.builds(model_of, st.sampled_from(KINDS), st.integers(0, 1))


@dataclass(frozen=True)
class Limits:
    """How a computation is cut into passes."""

    rows: int
    batch: int
    way: Way | None

    @contextmanager
    def set(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(memory, "_ROWS", {"cpu": self.rows})
            patch.setattr(memory, "_BATCH", self.batch)
            patch.setattr(memory, "_BATCH_RECOMPUTED", self.batch)
            if self.way is not None:
                plan = memory.Plan(self.way, 0, 0, 0.0)
                patch.setattr(memory, "plans", lambda *_: iter([plan]))
            yield


limits = st.builds(
    Limits, rows=st.sampled_from((1, 20, 1200)), batch=st.integers(1, 9), way=st.sampled_from((None, *WAYS))
)


@st.composite
def predictions(draw: st.DrawFn) -> dict[str, Any]:
    """A text with a position and BOS tokens, as `attribute` takes them."""
    text = draw(texts)
    n_bos = draw(st.integers(0, 3))
    positions = range(0 if n_bos else 1, len(text))
    position = draw(st.one_of(st.none(), st.sampled_from(positions))) if positions else None
    return {"input_ids": text, "n_bos": n_bos, "position": position}


def all_scores(a: Attribution, target: int, foil: int) -> dict[str, np.ndarray]:
    return {
        name: a.scores(
            name,
            target=target if scope.needs_target else None,
            foil=foil if scope.needs_foil else None,
        )
        for name, scope in SCOPES.items()
    }


def assert_close(got: Any, want: Any, rtol: float, floor: float = 0.01, err_msg: str = "") -> None:
    """Relative to each value, but not below `floor` of the largest."""
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    atol = rtol * floor * np.abs(want).max(initial=0)
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol, err_msg=err_msg)


def fisher_of(probe: Probe) -> FisherBlock:
    *_, block = probe.fisher(4, 5, steer=False, seed=7)
    return block


@examples(30)
@given(models, texts, direction_lists, limits, st.data())
def test_grams(model: Any, text: list[int], wanted: list[Direction], cut: Limits, data: st.DataObject) -> None:
    """Symmetric, positive semidefinite, linear in the directions; signed products follow the same combination."""
    at = data.draw(st.integers(0, len(text) - 1))
    c = torch.tensor(data.draw(st.lists(st.floats(-3, 3), min_size=len(wanted), max_size=len(wanted)))).double()
    with cut.set():
        probe = Probe(model, text[: at + 1], probes=len(wanted))
        block = probe.gram(wanted)
        v = c @ probe.directions(wanted)
    gram, signed = block.gram.double(), block.signed.double()
    assert torch.equal(gram, gram.mT)
    size = float(gram.diagonal(dim1=1, dim2=2).sum(-1).max())
    assert float(torch.linalg.eigvalsh(gram).min()) >= -1e-6 * size
    x = model.get_input_embeddings()(torch.tensor([text])).detach()
    g = _vjp(model, x, at, v)
    assert not g[at + 1 :].any()
    g, x = g[: at + 1], x[:, : at + 1]
    bound = float((c.abs().sum() ** 2) * size) + 1e-12
    torch.testing.assert_close(c @ gram @ c, g.square().sum(-1), rtol=1e-5, atol=1e-6 * bound)
    lengths = x[0].norm(dim=-1)
    tolerance = 1e-6 * float(lengths.max()) * bound**0.5
    torch.testing.assert_close(signed @ c, (g * x[0]).sum(-1), rtol=1e-5, atol=tolerance)


def _vjp(model: Any, x: torch.Tensor, at: int, v: torch.Tensor) -> torch.Tensor:
    """`J_tᵀv` `[n, d]` by one plain backward of torch, without the package."""
    seen: list[torch.Tensor] = []
    x = x.clone().requires_grad_()
    handle = model.get_output_embeddings().register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    try:
        model(inputs_embeds=x, use_cache=False)
    finally:
        handle.remove()
    (g,) = torch.autograd.grad(seen[0][0, at], x, v)
    return g[0]


@examples(20)
@given(models, texts, direction_lists, st.lists(limits, min_size=2, max_size=3))
def test_every_way_and_batch_gives_the_same(
    model: Any, text: list[int], wanted: list[Direction], cuts: list[Limits]
) -> None:
    blocks = []
    for cut in [Limits(1200, 32, Way()), *cuts]:
        with cut.set():
            probe = Probe(model, text, probes=len(wanted))
            grams, fisher = probe.gram(wanted), fisher_of(probe)
            assert cut.way in (None, probe.backward.graph and probe.backward.graph.way)
            probe.backward.release()  # or the next one would use its graph
        blocks.append((grams, fisher))
    (grams, fisher), *others = blocks
    for other_grams, other_fisher in others:
        assert_close(other_grams.gram, grams.gram, 1e-6)
        assert_close(other_grams.signed, grams.signed, 1e-6)
        assert_close(other_fisher.spectrum, fisher.spectrum, 1e-5)
        assert_close(other_fisher.remainder, fisher.remainder, 1e-5)
        assert_close(other_fisher.standard_error, fisher.standard_error, 1e-5)


@examples(30)
@given(models, st.lists(tokens, min_size=2, max_size=12), direction_lists, limits, st.data())
def test_another_position_of_a_shared_graph(
    model: Any, text: list[int], wanted: list[Direction], cut: Limits, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text) - 2))
    with cut.set():
        fresh = Probe(model, text[: at + 1], probes=len(wanted))
        want, want_fisher = fresh.gram(wanted), fisher_of(fresh)
        fresh.backward.release()
        whole = Probe(model, text, probes=1)
        whole.gram(wanted)
        probe = Probe(model, text[: at + 1], probes=1)
        assert probe.backward.graph is whole.backward.graph
        assert probe.backward.n_forwards == 0
        got, got_fisher = probe.gram(wanted), fisher_of(probe)
    assert_close(got.gram, want.gram, 1e-6)
    assert_close(got.signed, want.signed, 1e-6)
    assert_close(got_fisher.spectrum, want_fisher.spectrum, 1e-5)
    assert_close(got_fisher.remainder, want_fisher.remainder, 1e-5)


@st.composite
def architectures(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(KINDS))
    layers, heads, size = draw(st.integers(1, 3)), draw(st.sampled_from((1, 2, 4))), draw(st.sampled_from((4, 8)))
    seed = draw(st.integers(0, 50))
    if kind == "gpt2":
        return kind, {"n_layer": layers, "n_head": heads, "n_embd": heads * size, "seed": seed}
    if kind == "mamba":
        return kind, {"num_hidden_layers": layers, "hidden_size": heads * size, "seed": seed}
    return kind, {
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": draw(st.sampled_from([k for k in (1, 2, 4) if heads % k == 0])),
        "head_dim": size,
        "hidden_size": heads * size,
        "intermediate_size": draw(st.integers(3, 20)),
        "seed": seed,
    }


@pytest.mark.parametrize(("dtype", "rtol"), [(torch.float64, 1e-6), (torch.float32, 1e-4)])
def test_brute_force(dtype: torch.dtype, rtol: float) -> None:
    @examples(15)
    @given(architectures(), predictions(), limits, st.integers(0, V - 1), st.integers(0, V - 1))
    def check(architecture: tuple[str, dict[str, Any]], asked: dict[str, Any], cut: Limits, k: int, j: int) -> None:
        kind, config = architecture
        model = tiny(kind, dtype=dtype, vocab_size=V, **config)
        with cut.set():
            a = attribute(model, **asked, target=k, foil=j, exact_fisher=True)
            got = all_scores(a, k, j)
        text, end = asked["input_ids"], a.end
        truth = BruteForce(model, text[:end], end, asked["n_bos"])
        wants = {
            "semantic": truth.semantic(k),
            "fisher": truth.fisher(),
            "temperature": truth.temperature(),
            "contrast": truth.contrast(k, j),
            "log_probability": truth.log_probability(k),
            "entropy": truth.entropy(),
        }
        assert set(wants) == set(SCOPES)
        for scope, want in wants.items():
            assert_close(got[scope][:end], want, rtol, err_msg=scope)
            assert not got[scope][end:].any()

    check()


@examples(20)
@given(models, predictions(), limits, st.integers(0, V - 1), st.integers(0, V - 1), st.integers(0, 2**31))
def test_results(model: Any, asked: dict[str, Any], cut: Limits, k: int, j: int, seed: int) -> None:
    """Later tokens say nothing; shares make a whole; extending is asking at once; a file holds it all."""
    options = {**asked, "n_eigen": 5, "n_probes": 6, "rtol": None, "n_targets": 4, "seed": seed}
    with cut.set():
        a = attribute(model, **options)
        at_once = attribute(model, **options, target=k, foil=j)
        scores = all_scores(at_once, k, j)
        extended = a.extended(k, j)
        later = {**options, "input_ids": [*asked["input_ids"], 5, 9], "position": a.end}
        other = all_scores(attribute(model, **later, target=k, foil=j), k, j)
    for scope, values in all_scores(extended, k, j).items():
        assert_close(values, scores[scope], 1e-5, err_msg=scope)
        assert not values[a.end :].any()
        assert_close(other[scope][: a.end], scores[scope][: a.end], 1e-5, err_msg=scope)
        shares, bos = at_once.shares(scope, **({"target": k} if SCOPES[scope].needs_target else {}))
        assert (shares >= 0).all()
        whole = float(shares.sum()) + bos
        assert whole == pytest.approx(1, abs=1e-5) or (whole == 0 and not values.any())
        assert bool(bos) <= bool(asked["n_bos"])
    ranks = [at_once.scores("fisher", rank=r).astype(np.float64) for r in range(1, 6)]
    assert all((b >= a).all() for a, b in pairwise([0 * ranks[0], *ranks, scores["fisher"] * (1 + 1e-6)]))
    assert (np.diff(at_once.fisher.captured) >= -1e-6).all()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.npz"
        at_once.save(path)
        loaded = Attribution.load(path)
    for scope, values in all_scores(loaded, k, j).items():
        np.testing.assert_array_equal(values, scores[scope])
    np.testing.assert_array_equal(loaded.standard_error(), at_once.standard_error())
    assert (loaded.source, loaded.position, loaded.predictions) == (at_once.source, a.position, at_once.predictions)
    assert (loaded.n_vjps, loaded.entropy, loaded.beta) == (at_once.n_vjps, a.entropy, a.beta)


@functools.cache
def speller() -> Any:
    return tiny("llama", vocab_size=300, max_position_embeddings=LIMIT, dtype=torch.float64), byte_tokenizer()


@examples(25)
@given(
    st.text(st.sampled_from("The cat sat 12,3.\né😀\u0301-"), min_size=1, max_size=14),
    st.sampled_from(("token", "word", "number", "sentence", "line", "regex")),
    st.sampled_from(tuple(SCOPES)),
    st.integers(0, 2),
)
def test_groups_are_perturbed_together(text: str, granularity: str, scope: str, n_bos: int) -> None:
    model, tokenizer = speller()
    a = attribute(model, tokenizer, text, n_bos=n_bos, scopes=[scope], exact_fisher=True)
    pattern = r"\w\W?\w" if granularity == "regex" else None
    starts = list(a.source.groups(granularity, pattern))
    groups = [slice(*pair) for pair in pairwise([*starts, len(a.tokens)])]
    assert sum(group.stop - group.start for group in groups) == len(a.tokens)
    tokens, (parts, bos) = a.scores(scope).astype(np.float64), a.shares(scope)
    coarse, (shares, coarse_bos) = (
        read(scope, granularity=granularity, pattern=pattern) for read in (a.scores, a.shares)
    )
    joint = [tokens[g].sum() if scope == "fisher" else np.linalg.norm(tokens[g]) for g in groups]
    assert_close(coarse, joint, 1e-6)
    assert_close(shares, [parts[g].sum() for g in groups], 1e-5)
    assert coarse_bos == bos
