"""On a GPU: memory that is really full, weights that lie elsewhere, quantised weights."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import accelerate
import numpy as np
import pytest
import torch
from quantised_models import dequantised, errors, held, quantised, quiet
from quantised_models import scores as quantised_scores
from test_placement import KINDS, placement, scores
from tiny_models import ids, tiny

from jacobian_widget import TooLargeError, attribute, estimate, memory
from jacobian_widget.backward import Backward
from jacobian_widget.model import input_device, offloaded

if not torch.cuda.is_available():
    pytest.skip("needs a GPU that torch runs CUDA on", allow_module_level=True)

GPU, DEVICE = 0, torch.device("cuda", 0)
MIB = 2**20


# Full memory


@pytest.fixture
def room() -> Iterator[Callable[[float], None]]:
    """Leaves this process so many bytes of the GPU; all of them again afterwards."""
    whole = torch.cuda.mem_get_info(DEVICE)[1]

    def leave(count: float) -> None:
        torch.cuda.empty_cache()
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + count) / whole, DEVICE)

    yield leave
    torch.cuda.set_per_process_memory_fraction(1.0, DEVICE)


def test_a_share_of_the_gpu_is_all_that_is_free(room: Callable[[float], None]) -> None:
    if not hasattr(torch.cuda, "get_per_process_memory_fraction"):
        pytest.skip("this torch does not tell the share")
    tensor = torch.zeros(10 * MIB, dtype=torch.uint8, device=DEVICE)
    room(100 * MIB)
    unused = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    assert memory.free(DEVICE) == pytest.approx(100 * MIB + unused, abs=MIB)
    room(0)
    assert memory.free(DEVICE) < unused + MIB
    assert len(tensor)


@pytest.fixture(scope="module")
def large() -> tuple[Any, list[int], np.ndarray]:
    """A model, a text whose graph takes a few hundred MiB, and its scores."""
    model = tiny("llama", **LARGE).to(DEVICE)
    text = ids(1500)
    return model, text, all_of(model, text)


LARGE = {
    "num_hidden_layers": 8,
    "hidden_size": 512,
    "intermediate_size": 1024,
    "head_dim": 128,
    "max_position_embeddings": 2048,
}


def all_of(model: Any, text: list[int]) -> np.ndarray:
    a = attribute(model, input_ids=text, n_targets=6, n_eigen=4, n_probes=4, rtol=None)
    return np.stack([a.scores("log_probability"), a.scores("entropy"), a.scores("fisher")])


def test_memory_that_is_really_full(
    large: tuple[Any, list[int], np.ndarray], room: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The estimates believe that there is room: batches are halved, then blocks computed again, then it is refused."""
    model, text, want = large
    sizes: list[tuple[Any, int]] = []
    inner = Backward._pass

    def watched(self: Backward, graph: Any, v: torch.Tensor, *rest: Any) -> torch.Tensor:
        sizes.append((graph.way, len(v)))
        return inner(self, graph, v, *rest)

    monkeypatch.setattr(Backward, "_pass", watched)
    monkeypatch.setattr(memory, "free", lambda _: 64 * 2**30)
    all_of(model, text)
    most = max(size for _, size in sizes)
    before, outcomes = torch.cuda.memory_allocated(), []
    for mib in (0, 64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192):
        sizes.clear()
        room(mib * MIB)
        outcome = "refused"
        with contextlib.suppress(TooLargeError):
            assert (errors(all_of(model, text), want) < 1e-3).all()
            again = any(way.checkpointed for way, _ in sizes)
            outcome = "again" if again else "halved" if max(size for _, size in sizes[-3:]) < most else "whole"
        torch.cuda.set_per_process_memory_fraction(1.0, DEVICE)
        outcomes.append(outcome)
        gc.collect()  # of torch's own cycles around an error
        assert torch.cuda.memory_allocated() == before, (mib, outcome)
    assert outcomes[0] == "refused"
    assert outcomes[-1] == "whole"
    assert set(outcomes) == {"refused", "again", "halved", "whole"}
    assert (errors(all_of(model, text), want) < 1e-3).all()


def test_a_shorter_text_fits_afterwards(
    large: tuple[Any, list[int], np.ndarray], room: Callable[[float], None]
) -> None:
    model, text, _ = large
    short = text[:64]
    want = all_of(model, short)
    before = torch.cuda.memory_allocated()
    room(256 * MIB)
    with pytest.raises(TooLargeError, match="may be used on cuda:0") as raised:
        all_of(model, text)
    fits = int(re.search(r"About (\d+) tokens would fit", str(raised.value))[1])
    assert len(short) < fits < len(text)
    assert (errors(all_of(model, short), want) < 1e-3).all()
    assert all_of(model, text[: fits // 2]).any()
    gc.collect()
    assert torch.cuda.memory_allocated() == before


@pytest.mark.parametrize("count", [200, 800])
def test_what_was_foreseen(large: tuple[Any, list[int], np.ndarray], count: int) -> None:
    model, text, _ = large
    before = torch.cuda.memory_allocated()
    plan = estimate(model, input_ids=text[:count])
    torch.cuda.reset_peak_memory_stats()
    attribute(model, input_ids=text[:count], rtol=None)
    peak = torch.cuda.max_memory_allocated() - before
    assert 0.1 * plan.bytes < peak < 1.2 * plan.bytes


def test_libraries_that_find_memory_full() -> None:
    for message in (
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    ):
        assert memory.is_out_of_memory(RuntimeError(message))
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**50, device=DEVICE)
    assert memory.is_out_of_memory(raised.value)


# Weights that lie elsewhere

PARTS = ("model.embed_tokens", "model.layers.0", "model.layers.1", "model.layers.2", "model.layers.3", "model.norm")
MAPS: dict[str, tuple[Any, ...]] = {
    "all there": (GPU,) * 8,
    "two blocks in the CPU's memory": (GPU, GPU, "cpu", "cpu", GPU, GPU, GPU, GPU),
    "two blocks on disk": (GPU, GPU, "disk", "disk", GPU, GPU, GPU, GPU),
    "but one block elsewhere": ("cpu", "cpu", GPU, "disk", "disk", "cpu", "cpu", "cpu"),
}


def spread(places: tuple[Any, ...], folder: Path, **options: Any) -> Any:
    """The model by accelerate, with a place for each of `PARTS`, the rotary embedding and the head."""
    parts = dict(zip((*PARTS, "model.rotary_emb", "lm_head"), places, strict=True))
    model = tiny("llama", **KINDS["llama"])
    return accelerate.dispatch_model(model, parts, offload_dir=folder, force_hooks=True, **options)


@pytest.mark.parametrize("where", MAPS)
def test_offloaded(where: str, tmp_path: Path) -> None:
    want = scores(tiny("llama", **KINDS["llama"]))
    model = spread(MAPS[where], tmp_path)
    assert offloaded(model) == (where != "all there")
    assert input_device(model) == DEVICE
    before = placement(model)
    np.testing.assert_allclose(scores(model), want, rtol=1e-3, atol=1e-5)
    assert placement(model) == before


CROSSING = {
    "embeddings on the CPU, head on the GPU": ("cpu", "cpu", "cpu", GPU, GPU, GPU, "cpu", GPU),
    "embeddings on the GPU, head on the CPU": (GPU, GPU, GPU, "cpu", "cpu", "cpu", "cpu", "cpu"),
    "back and forth": ("cpu", GPU, "cpu", GPU, "cpu", GPU, "cpu", "cpu"),
    "the head alone on the GPU": ("cpu", "cpu", "cpu", "cpu", "cpu", "cpu", "cpu", GPU),
}


@pytest.mark.parametrize("where", CROSSING)
def test_on_two_devices(where: str, tmp_path: Path) -> None:
    """Computed there, not only kept there: what several GPUs do."""
    want = scores(tiny("llama", **KINDS["llama"]))
    places = CROSSING[where]
    model = spread(places, tmp_path, main_device="cpu")
    assert {p.device.type for p in model.parameters()} == {"cpu", "cuda"}
    before = placement(model)
    np.testing.assert_allclose(scores(model), want, rtol=1e-3, atol=1e-5)
    assert placement(model) == before
    shares = memory._costs[model].shares
    assert sum(shares.values()) == pytest.approx(1)
    assert torch.device("cpu") in shares
    assert (DEVICE in shares) == (where != "the head alone on the GPU")


@pytest.mark.parametrize("where", CROSSING)
def test_more_on_two_devices(where: str, tmp_path: Path) -> None:
    """Other questions of one result, whose hidden states, logits and embeddings lie apart."""
    from test_cuda import agree, everything

    model = spread(CROSSING[where], tmp_path, main_device="cpu")
    wanted, got = everything(tiny("llama", **KINDS["llama"])), everything(model)
    for name, want in wanted.items():
        agree(got[name], want, name)


# Quantised weights


def bits(**options: Any) -> Any:
    from transformers import BitsAndBytesConfig

    quiet("bitsandbytes")
    return BitsAndBytesConfig(**options)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("double", [False, True])
def test_bitsandbytes_4_bits(dtype: torch.dtype, double: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    config = bits(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_use_double_quant=double,
    )
    model = quantised(config, dtype, device="cuda:0")
    assert model.model.layers[0].mlp.up_proj.weight.device == DEVICE
    want, before = quantised_scores(dequantised(model)), held(model)
    found = errors(quantised_scores(model), want)
    assert (found < (1e-3 if dtype == torch.float32 else 0.3)).all()
    assert held(model) == before


@pytest.mark.filterwarnings("ignore")
def test_bitsandbytes_8_bits() -> None:
    from test_precision import round_to_8_bits

    model = quantised(bits(load_in_8bit=True), torch.float16, device="cuda:0")
    rounding = dequantised(model)
    for linear in rounding.model.modules():
        if isinstance(linear, torch.nn.Linear):
            linear.register_forward_pre_hook(round_to_8_bits)
    rounding.is_quantized = True
    found = errors(quantised_scores(model), quantised_scores(rounding))
    assert (found < 0.3).all()
