"""On a GPU: the scores of the CPU in every way of computing them, nothing changed, nothing left behind."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from brute_force import BruteForce
from test_faults import WAYS
from test_model_untouched import state
from tiny_models import half_trained, ids, tiny
from tiny_tokenizer import byte_tokenizer
from together import at_once
from torch.nn.attention import SDPBackend, sdpa_kernel

from jacobian_widget import SCOPES, Attribution, JacobianWidget, ModelChangedError, attribute, memory, position_map
from jacobian_widget.baselines import gradient_x_input, path_gradient
from jacobian_widget.forward import Way

if not torch.cuda.is_available():
    pytest.skip("needs a GPU that torch runs CUDA on", allow_module_level=True)

DEVICE = torch.device("cuda", 0)
TEXT, TARGET, FOIL = ids(9), 7, 8
SMALL: dict[str, Any] = {"n_targets": 2, "n_eigen": 2, "n_probes": 2, "rtol": None}
KINDS: dict[str, dict[str, Any]] = {
    "llama": {},
    "gpt2": {},
    "gemma2": {},
    "mamba": {},
    "mixtral": {"num_local_experts": 4, "num_experts_per_tok": 2},
}


def on_gpu(kind: str = "llama", **options: Any) -> Any:
    return tiny(kind, **KINDS.get(kind, {}), **options).to(DEVICE)


def scores(a: Attribution) -> np.ndarray:
    """Every scope, `[scopes, T]`."""
    choice = {"target": TARGET, "foil": FOIL}
    wanted = {name: [key for key in choice if getattr(scope, f"needs_{key}")] for name, scope in SCOPES.items()}
    return np.stack([a.scores(name, **{key: choice[key] for key in keys}) for name, keys in wanted.items()])


def every(model: Any, **options: Any) -> np.ndarray:
    return scores(attribute(model, input_ids=TEXT, target=TARGET, foil=FOIL, n_bos=1, **options))


def by_brute_force(model: Any, position: int = len(TEXT)) -> np.ndarray:
    plain = copy.deepcopy(model).cpu()
    if hasattr(plain, "set_experts_implementation"):
        plain.set_experts_implementation("eager")  # the others have no float64
    truth = BruteForce(plain, TEXT, position, n_bos=1)
    of: dict[str, Callable[[], torch.Tensor]] = {
        "semantic": lambda: truth.semantic(TARGET),
        "contrast": lambda: truth.contrast(TARGET, FOIL),
        "log_probability": lambda: truth.log_probability(TARGET),
        "entropy": truth.entropy,
        "temperature": truth.temperature,
        "fisher": truth.fisher,
    }
    return np.stack([np.pad(of[name]().numpy(), (0, len(TEXT)))[: len(TEXT)] for name in SCOPES])


def errors(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    return np.linalg.norm(got - want, axis=1) / np.linalg.norm(want, axis=1)


@pytest.fixture
def one_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Way:
    monkeypatch.setattr(memory, "_WAYS", (request.param,))
    return request.param


@pytest.mark.parametrize(
    ("kind", "attention"), [*((kind, None) for kind in KINDS), ("llama", "eager"), ("gpt2", "eager")]
)
def test_every_scope_is_that_of_float64(kind: str, attention: str | None) -> None:
    model = on_gpu(kind)
    if attention:
        model.set_attn_implementation(attention)
    np.testing.assert_allclose(every(model, exact_fisher=True), by_brute_force(model), rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize("one_way", WAYS, ids=str, indirect=True)
@pytest.mark.parametrize("kind", ["llama", "gemma2"])
def test_in_every_way(kind: str, one_way: Way) -> None:
    model = on_gpu(kind)
    a = attribute(model, input_ids=TEXT, target=TARGET, foil=FOIL, n_bos=1)
    assert a.session.probe.backward.graph.way == one_way
    np.testing.assert_allclose(scores(a), by_brute_force(model), rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize(("dtype", "limit"), [(torch.bfloat16, 0.08), (torch.float16, 0.03)])
@pytest.mark.parametrize("one_way", WAYS, ids=str, indirect=True)
@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_half_precision(kind: str, dtype: torch.dtype, limit: float, one_way: Way) -> None:
    """Against the same rounded weights in float64."""
    model = on_gpu(kind, dtype=dtype)
    assert (errors(every(model), by_brute_force(model)) < limit).all()


@pytest.mark.filterwarnings("ignore:Warning. Profiler clears events")
@pytest.mark.parametrize(
    ("kind", "kernel", "name"),
    [
        ("llama", SDPBackend.FLASH_ATTENTION, "flash_attention_backward"),
        ("gpt2", SDPBackend.EFFICIENT_ATTENTION, "efficient_attention_backward"),  # it knows no grouped heads
    ],
)
@pytest.mark.parametrize("one_way", WAYS[1:], ids=str, indirect=True)
def test_fused_attention_kernels(kind: str, kernel: SDPBackend, name: str, one_way: Way) -> None:
    """No other kernel may run inside; torch would say that none is available. Batches of probes are more than one."""
    model = on_gpu(kind, dtype=torch.bfloat16)
    with torch.profiler.profile() as profile, sdpa_kernel(kernel):
        a = attribute(model, input_ids=TEXT, target=TARGET, foil=FOIL, n_bos=1)
    used = {event.key for event in profile.key_averages()}
    assert any(name in key for key in used), sorted(key for key in used if "attention" in key)
    assert memory.batch(model, a.session.probe.backward.graph, 16) == 16
    assert (errors(scores(a), by_brute_force(model)) < 0.08).all()


def test_long_texts_take_fused_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    model, text = on_gpu(max_position_embeddings=1024), ids(600)
    options = {"input_ids": text, "n_targets": 6, "n_eigen": 4, "n_probes": 4, "rtol": None}
    a = attribute(model, **options)
    assert a.session.probe.backward.graph.way == Way()
    got = np.stack([a.scores("fisher"), a.scores("entropy"), a.scores("log_probability")])
    monkeypatch.setattr(memory, "_WAYS", WAYS[:1])
    model = on_gpu(max_position_embeddings=1024)
    b = attribute(model, **options)
    assert b.session.probe.backward.graph.way == Way(batched=True)
    want = np.stack([b.scores("fisher"), b.scores("entropy"), b.scores("log_probability")])
    assert (errors(got, want) < 1e-3).all()


@pytest.mark.filterwarnings("ignore")
def test_flex_attention() -> None:
    """Uncompiled, and one probe at a time: its backward has no batching rule."""
    model = on_gpu(hidden_size=64, head_dim=16)
    model.set_attn_implementation("flex_attention")
    a = attribute(model, input_ids=TEXT, target=TARGET, foil=FOIL, n_bos=1, exact_fisher=True)
    np.testing.assert_allclose(scores(a), by_brute_force(on_gpu(hidden_size=64, head_dim=16)), rtol=2e-3, atol=1e-5)
    assert memory.batch(model, a.session.probe.backward.graph, 16) == 1


def everything(model: Any) -> dict[str, np.ndarray]:
    a = attribute(model, input_ids=TEXT, n_bos=1, n_eigen=4, n_probes=4, target=TARGET, foil=FOIL)
    y = a.session.probe.y
    b = attribute(model, input_ids=TEXT, n_bos=1, position=6, scopes=("log_probability",))
    assert b.session.probe.backward.n_forwards == 0
    path = path_gradient(a, "log_probability", target=TARGET, start="mean", steps=3)
    found = position_map(model, input_ids=TEXT, n_bos=1)
    return {
        "fisher": a.scores("fisher"),
        "rank 2": a.scores("fisher", rank=2),
        "standard error": a.standard_error(),
        "set": a.scores("log_probability", target=[TARGET, 40, 41]),
        "another target": a.scores("semantic", target=60),
        "another position": b.scores("log_probability"),
        "span": a.scores(span=(3, 6)),
        "direction": a.scores(v=torch.linspace(-1, 1, len(y))),
        "function": a.scores(v=lambda y: y.square().sum()),
        "words": a.shares("semantic")[0],
        "map": found.scores,
        "gradient × input": gradient_x_input(a, "contrast", target=TARGET, foil=FOIL),
        "its norm": gradient_x_input(a, "contrast", target=TARGET, foil=FOIL, norm=True),
        "path": np.array([*path.integrated_gradients, *path.norms, path.difference]),
    }


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_all_else_agrees_with_the_cpu(kind: str) -> None:
    wanted, got = everything(tiny(kind)), everything(on_gpu(kind))
    for name, want in wanted.items():
        assert type(got[name]) is np.ndarray
        assert got[name].dtype == want.dtype
        agree(got[name], want, name)


def agree(got: np.ndarray, want: np.ndarray, name: str) -> None:
    """The steered directions of the Fisher estimate are a rough choice, and with them its error bar is another."""
    rtol = 0.1 if name == "standard error" else 1e-3
    np.testing.assert_allclose(got, want, rtol=rtol, atol=1e-4 * np.nanmax(np.abs(want)), err_msg=name)


def test_the_search_for_eigenpairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hidden state that is too large for a dense solve; TF32 rounds the head, not the search."""
    wide = {"hidden_size": 320, "head_dim": 80, "vocab_size": 3000}
    options = {"n_eigen": 6, "n_probes": 4, "rtol": None, "scopes": ("fisher",)}
    want = attribute(tiny("llama", **wide), input_ids=TEXT, **options)
    model = on_gpu(**wide)
    got = attribute(model, input_ids=TEXT, **options)
    np.testing.assert_allclose(got.scores("fisher"), want.scores("fisher"), rtol=0.01)
    np.testing.assert_allclose(got.fisher.captured, want.fisher.captured, rtol=0.02)
    torch.set_float32_matmul_precision("high")
    try:
        rounded = attribute(model, input_ids=TEXT, **options)
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision("highest")
    assert (errors(rounded.scores("fisher")[None], want.scores("fisher")[None]) < 0.02).all()


def test_a_result_is_that_of_the_cpu_and_outlives_the_gpu(tmp_path: Path) -> None:
    a = attribute(on_gpu(), input_ids=TEXT, target=TARGET, foil=FOIL)
    a.save(tmp_path / "a.npz")
    want = scores(a)
    for b in (Attribution.load(tmp_path / "a.npz"), pickle.loads(pickle.dumps(a)), a.detached()):  # noqa: S301
        np.testing.assert_array_equal(scores(b), want)
        assert {type(part) for part in (b.basis.gram, b.basis.signed, b.fisher.spectrum)} == {np.ndarray}


def dropped(model: Any) -> None:
    every(model)


def kept_without_its_model(model: Any) -> Attribution:
    return attribute(model, input_ids=TEXT).detached()


def cancelled(model: Any) -> None:
    def progress(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attribute(model, input_ids=TEXT, progress=progress)


def mapped(model: Any) -> None:
    position_map(model, input_ids=TEXT)


@pytest.mark.parametrize("run", [dropped, kept_without_its_model, cancelled, mapped])
def test_nothing_stays_on_the_gpu(run: Callable[[Any], object]) -> None:
    """Without a garbage collection."""
    model = on_gpu()
    every(model)  # the libraries' own workspaces stay
    gc.collect()
    gc.disable()
    try:
        before = torch.cuda.memory_allocated()
        kept = run(model)
        assert torch.cuda.memory_allocated() == before
    finally:
        gc.enable()
    assert kept is None or kept.scores().any()


def flags() -> list[object]:
    backends = torch.backends.cuda
    return [
        backends.flash_sdp_enabled(),
        backends.mem_efficient_sdp_enabled(),
        backends.math_sdp_enabled(),
        backends.cudnn_sdp_enabled(),
        backends.matmul.allow_tf32,
        backends.matmul.allow_bf16_reduced_precision_reduction,
        torch.backends.cudnn.allow_tf32,
        torch.get_float32_matmul_precision(),
        torch.are_deterministic_algorithms_enabled(),
        torch.get_default_dtype(),
        torch.get_default_device(),
        torch.cuda.current_device(),
        torch.cuda.current_stream(),
        torch.is_grad_enabled(),
        torch.autograd.is_multithreading_enabled() if hasattr(torch.autograd, "is_multithreading_enabled") else None,
        torch.is_autocast_enabled("cuda"),
    ]


@pytest.mark.parametrize("one_way", WAYS, ids=str, indirect=True)
def test_everything_is_as_it_was(one_way: Way) -> None:
    model = half_trained().to(DEVICE)
    before, random, settings = state(model), torch.cuda.get_rng_state(), flags()
    every(model)
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        every(model, progress=progress)
    assert state(model) == before
    assert torch.equal(torch.cuda.get_rng_state(), random)
    assert flags() == settings


@pytest.mark.parametrize("one_way", WAYS, ids=str, indirect=True)
def test_progress_is_told_in_the_thread_that_asks(one_way: Way) -> None:
    """Where Ctrl-C is heard. Autograd has a thread of its own for each GPU."""
    model, threads = on_gpu(), set()
    want = every(model, **SMALL)
    total = []
    every(model, **SMALL, progress=lambda *_: (threads.add(threading.get_ident()), total.append(0)))
    assert threads == {threading.get_ident()}
    for last in range(0, len(total), 3):
        told = []

        def progress(done: int, total: int, last: int = last, told: list[int] = told) -> None:
            told.append(done)
            if len(told) > last:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            every(model, **SMALL, progress=progress)
        assert len(told) == last + 1
    np.testing.assert_allclose(every(model, **SMALL), want, rtol=1e-4)


def test_in_a_stream_and_in_threads() -> None:
    model, texts = on_gpu(), [ids(9), ids(12, seed=4)]
    want = [attribute(model, input_ids=text).scores("log_probability") for text in texts]

    def ask(which: int) -> None:
        with torch.cuda.stream(torch.cuda.Stream()):
            got = attribute(model, input_ids=texts[which]).scores("log_probability")
        np.testing.assert_allclose(got, want[which], rtol=1e-4)

    ask(0)
    at_once(lambda: ask(0), lambda: ask(1))


def test_a_model_that_moved() -> None:
    """A graph at hand lies where the model was."""
    model = tiny("llama")
    old = attribute(model, input_ids=TEXT, scopes=("semantic",))
    want = every(model)
    model.to(DEVICE)
    np.testing.assert_allclose(every(model), want, rtol=1e-3)
    assert memory._costs[model].device == DEVICE
    with pytest.raises(ModelChangedError):
        old.scores("semantic", target=50)
    np.testing.assert_allclose(every(model.cpu()), want, rtol=1e-5)


def test_the_widget() -> None:
    model = on_gpu(vocab_size=300, max_position_embeddings=128)
    tokenizer = byte_tokenizer()
    w = JacobianWidget(model, tokenizer, "The cat sat on")
    heard: list[Any] = []
    w.observe(lambda change: heard.append(change["new"]["state"]), "status")
    for position in (None, -1, 3):
        w.position = position
        a = attribute(model, tokenizer, w.text, position=w.position)
        np.testing.assert_allclose(w.scores, a.scores(), rtol=1e-4, atol=1e-6)
        w.scope = "fisher"
        np.testing.assert_allclose(w.scores, a.scores("fisher"), rtol=1e-3, atol=1e-6)
        w.scope = "semantic"
    w.text = "Another text " * 8
    w.set_state({"cancelled": 1})
    assert w.status["state"] == "cancelled"
    assert w._job.wait(60)
    w.set_state({"retries": 1})
    assert len(w.scores) == len(w.tokens["ids"])
    assert w.generate(3)
    assert w.scores.any()
    assert w.status["state"] == "ready"
    assert {"computing", "ready", "cancelled"} <= set(heard)
    assert "error" not in heard
    w.close()
