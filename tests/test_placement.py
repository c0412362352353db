"""Models that lie elsewhere or are wrapped: offloaded, sharded, compiled, adapted; equal scores, all as it was."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import accelerate
import numpy as np
import pytest
import torch
from kernel_attention import KernelAttention
from tiny_models import ids, tiny
from torch.multiprocessing.reductions import StorageWeakRef
from transformers import AttentionInterface, AttentionMaskInterface, AutoModelForCausalLM

from jacobian_widget import SCOPES, attribute, memory
from jacobian_widget.backward import Backward
from jacobian_widget.forward import Way
from jacobian_widget.model import UnsupportedModelError, input_device, offloaded

LAYERS = 4
KINDS = {"llama": {"num_hidden_layers": LAYERS}, "gpt2": {"n_layer": LAYERS}, "mamba": {"num_hidden_layers": LAYERS}}


def scores(model: Any, n: int = 9) -> np.ndarray:
    """Every scope, `[scopes, n]`."""
    a = attribute(model, input_ids=ids(n), target=7, foil=8)
    choice = {"target": 7, "foil": 8}
    wanted = {name: [key for key in choice if getattr(scope, f"needs_{key}")] for name, scope in SCOPES.items()}
    return np.stack([a.scores(name, **{key: choice[key] for key in keys}) for name, keys in wanted.items()])


def placement(model: torch.nn.Module) -> list[object]:
    """Everything that a pass might leave behind."""
    return [
        [(name, p.device, p.dtype, p.requires_grad, id(p)) for name, p in model.named_parameters()],
        [(name, b.device, b.dtype) for name, b in model.named_buffers()],
        [
            (name, module.training, id(module.__dict__.get("forward")), id(getattr(module, "_hf_hook", None)))
            for name, module in model.named_modules()
        ],
        [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()],
    ]


def shards(kind: str, folder: Path) -> Path:
    tiny(kind, **KINDS[kind]).save_pretrained(folder / "shards", max_shard_size="40KB")
    assert len(list((folder / "shards").glob("*.safetensors"))) > 2
    return folder / "shards"


def sharded(kind: str, folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(shards(kind, folder), device_map="auto")


def within(memory: str) -> Callable[[str, Path], Any]:
    def load(kind: str, folder: Path) -> Any:
        options = {"device_map": "auto", "max_memory": {"cpu": memory}, "offload_folder": folder / "offload"}
        return AutoModelForCausalLM.from_pretrained(shards(kind, folder), **options)

    return load


def offloaded_to_cpu(kind: str, folder: Path) -> Any:
    return accelerate.cpu_offload(tiny(kind, **KINDS[kind]), execution_device="cpu")


def offloaded_to_disk(kind: str, folder: Path) -> Any:
    return accelerate.disk_offload(tiny(kind, **KINDS[kind]), folder / "offload", execution_device="cpu")


PLACES = {
    "sharded": sharded,
    "half on disk": within("60KB"),
    "all on disk": within("1KB"),
    "cpu_offload": offloaded_to_cpu,
    "disk_offload": offloaded_to_disk,
}


@pytest.mark.parametrize(
    ("kind", "place"), [*(("llama", place) for place in PLACES), ("gpt2", "half on disk"), ("mamba", "disk_offload")]
)
def test_placed_by_accelerate(kind: str, place: str, tmp_path: Path) -> None:
    want = scores(tiny(kind, **KINDS[kind]))
    model = PLACES[place](kind, tmp_path)
    assert offloaded(model) == (place != "sharded")
    before = placement(model)
    np.testing.assert_allclose(scores(model), want, rtol=1e-4, atol=1e-6)
    assert placement(model) == before


@pytest.mark.parametrize("failing_at", [0, 2, 3 * LAYERS, 4 * LAYERS + 1, 4 * LAYERS + 3])
def test_an_offloaded_model_after_a_cancel(failing_at: int, tmp_path: Path) -> None:
    """At the start, in the forward pass, inside backward passes that compute blocks again, and between two."""
    model = offloaded_to_disk("llama", tmp_path).train()
    before, calls = placement(model), []

    def progress(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) > failing_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attribute(model, input_ids=ids(9), progress=progress)
    assert placement(model) == before
    np.testing.assert_allclose(scores(model), scores(tiny("llama", **KINDS["llama"])), rtol=1e-4, atol=1e-6)


def test_an_offloaded_model_after_an_exception_inside_a_block(tmp_path: Path) -> None:
    model = offloaded_to_disk("llama", tmp_path)
    scores(model)
    before, fails = placement(model), [True]
    inside = model.model.layers[1].mlp.act_fn
    handle = inside.register_forward_hook(lambda *_: 1 / 0 if fails else None)
    with pytest.raises(ZeroDivisionError):
        attribute(model, input_ids=ids(8))
    handle.remove()
    assert placement(model) == before
    fails.clear()
    assert scores(model).any()


class Counted(Mapping[str, torch.Tensor]):
    """Weights on disk, and how many bytes of those that were read are still held."""

    def __init__(self, weights: Mapping[str, torch.Tensor], held: list[tuple[StorageWeakRef, int]]) -> None:
        self.weights, self.held, self.peak = weights, held, 0

    def __getitem__(self, name: str) -> torch.Tensor:
        tensor = self.weights[name].clone()
        self.held[:] = [(storage, size) for storage, size in self.held if not storage.expired()]
        self.held.append((StorageWeakRef(tensor.untyped_storage()), tensor.nbytes))
        self.peak = max(self.peak, sum(size for _, size in self.held))
        return tensor

    def __iter__(self) -> Iterator[str]:
        return iter(self.weights)

    def __len__(self) -> int:
        return len(self.weights)


def test_weights_on_disk_are_held_a_block_at_a_time(tmp_path: Path) -> None:
    plain = tiny("llama", num_hidden_layers=12, hidden_size=64, intermediate_size=256)
    model = accelerate.disk_offload(copy.deepcopy(plain), tmp_path, execution_device="cpu")
    held: list[tuple[StorageWeakRef, int]] = []
    maps = []
    for module in model.modules():
        for hook in (getattr(module, "_hf_hook", None), *getattr(getattr(module, "_hf_hook", None), "hooks", ())):
            if getattr(hook, "weights_map", None) is not None:
                hook.weights_map = Counted(hook.weights_map, held)
                maps.append(hook.weights_map)
    np.testing.assert_allclose(scores(model), scores(plain), rtol=1e-4, atol=1e-6)
    block, head = (sum(p.nbytes for p in part.parameters()) for part in (plain.model.layers[0], plain.lm_head))
    assert block <= max(counted.peak for counted in maps) <= block + 2 * head + 1024
    assert 6 * block < sum(p.nbytes for p in plain.parameters())


def test_the_device_that_a_chain_of_hooks_names(tmp_path: Path) -> None:
    model = offloaded_to_disk("llama", tmp_path)
    embeddings = model.get_input_embeddings()
    accelerate.hooks.add_hook_to_module(embeddings, accelerate.hooks.ModelHook(), append=True)
    assert isinstance(embeddings._hf_hook, accelerate.hooks.SequentialHook)
    assert input_device(model) == torch.device("cpu")


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_attention_implementations_agree(attention: str) -> None:
    want = scores(tiny("llama", dtype=torch.float64))
    model = tiny("llama")
    model.set_attn_implementation(attention)
    np.testing.assert_allclose(scores(model), want, rtol=1e-4)
    assert model.config._attn_implementation == attention


def test_fused_attention_agrees_with_matrix_products(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    v = torch.randn(5, 32, generator=torch.Generator().manual_seed(0))
    products = Backward(model, ids(9))
    want = torch.cat(list(products.vjps(v, [8] * 5)))
    assert products.graph.way == Way(batched=True)
    products.release()
    monkeypatch.setattr(memory, "_WAYS", (Way(),))
    monkeypatch.setattr(memory, "batch", lambda *args: 4)
    backward = Backward(model, ids(9))
    got = list(backward.vjps(v, [8] * 5))
    assert backward.graph.way == Way()
    torch.testing.assert_close(torch.cat(got), want, rtol=1e-4, atol=1e-5)


@pytest.fixture
def kernel_attention() -> Iterator[str]:
    def attention(
        module: torch.nn.Module, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: object, **options: object
    ) -> tuple[torch.Tensor, None]:
        assert mask is None
        k, v = (tensor.repeat_interleave(q.shape[1] // k.shape[1], 1) for tensor in (k, v))
        return KernelAttention.apply(*(tensor.transpose(1, 2) for tensor in (q, k, v))), None

    name = "kernel_attention"
    AttentionInterface.register(name, attention)
    AttentionMaskInterface.register(name, lambda *args, **options: None)
    yield name
    del AttentionInterface._global_mapping[name], AttentionMaskInterface._global_mapping[name]


@pytest.mark.parametrize("way", [None, *memory._WAYS[1:]], ids=str)
def test_attention_of_another_package_without_a_batching_rule(
    kernel_attention: str, way: Way | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How flash_attention packages plug in. They need a GPU; the way in and the probes one by one do not."""
    if way is not None:
        monkeypatch.setattr(memory, "_WAYS", (way,))
    want = scores(tiny("llama", dtype=torch.float64))
    model = tiny("llama")
    model.set_attn_implementation(kernel_attention)
    before = placement(model)
    np.testing.assert_allclose(scores(model), want, rtol=1e-4)
    a = attribute(model, input_ids=ids(9))
    assert memory.batch(model, a.session.probe.backward.graph, 16) == 1
    assert placement(model) == before
    assert model.config._attn_implementation == kernel_attention


@pytest.mark.filterwarnings("ignore")
def test_attention_without_a_backward_on_this_device_is_refused() -> None:
    model = tiny("llama")
    model.set_attn_implementation("flex_attention")
    message = "FlexAttention does not support backward on CPU"
    with torch.compiler.set_stance("force_eager"), pytest.raises(UnsupportedModelError, match=message):
        attribute(model, input_ids=ids())


def whole(model: Any) -> Any:
    return torch.compile(model, backend="eager")


def in_place(model: Any) -> Any:
    model.compile(backend="eager")
    return model


def its_forward(model: Any) -> Any:
    model.forward = torch.compile(model.forward, backend="eager")
    return model


def its_blocks(model: Any) -> Any:
    for block in model.model.layers:
        block.compile(backend="eager")
    return model


@pytest.mark.parametrize("compiled", [whole, in_place, its_forward, its_blocks])
def test_compiled_models_run_as_they_were_written(compiled: Callable[[Any], Any]) -> None:
    """Compiled code would not see the hooks of a pass."""
    torch._dynamo.utils.counters.clear()
    model = compiled(tiny("llama"))
    before = placement(model)
    np.testing.assert_array_equal(scores(model), scores(tiny("llama")))
    assert placement(model) == before
    assert not torch._dynamo.utils.counters["frames"]
    assert torch._dynamo.eval_frame._stance.stance == "default"


def test_a_wrapper_for_several_devices_names_the_way_out() -> None:
    with pytest.raises(TypeError, match=r"DataParallel.*model\.module"):
        attribute(torch.nn.DataParallel(tiny("llama")), input_ids=ids())


def test_loaded_under_inference_mode() -> None:
    with torch.inference_mode():
        model = tiny("llama")
    with pytest.raises(UnsupportedModelError, match="Load it outside"):
        attribute(model, input_ids=ids())


def test_tied_and_untied_heads_agree() -> None:
    tied = tiny("llama", tie_word_embeddings=True)
    assert tied.lm_head.weight is tied.model.embed_tokens.weight
    untied = copy.deepcopy(tied)
    untied.lm_head.weight = torch.nn.Parameter(untied.lm_head.weight.detach().clone())
    np.testing.assert_array_equal(scores(tied), scores(untied))
    assert tied.lm_head.weight is tied.model.embed_tokens.weight


ADAPTED: dict[str, dict[str, Any]] = {
    "blocks": {"target_modules": ["q_proj", "v_proj"]},
    "head and embeddings": {"target_modules": ["q_proj", "lm_head", "embed_tokens"]},
    "a trained copy of the head": {"target_modules": ["up_proj"], "modules_to_save": ["lm_head"]},
}


def adapted(config: Any) -> Any:
    peft = pytest.importorskip("peft")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = peft.get_peft_model(tiny("llama"), config(peft))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.1 * torch.randn(parameter.shape, generator=generator))
    return model


@pytest.mark.parametrize("where", ADAPTED)
def test_adapters_count(where: str) -> None:
    model = adapted(lambda peft: peft.LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.5, **ADAPTED[where])).train()
    before = placement(model)
    want = scores(copy.deepcopy(model).eval().merge_and_unload())
    np.testing.assert_allclose(scores(model), want, rtol=1e-4, atol=1e-6)
    assert placement(model) == before
    assert not np.allclose(want, scores(tiny("llama")), rtol=1e-2)


def test_virtual_tokens_are_refused() -> None:
    """They stand among the hidden states, but not in the text."""
    model = adapted(lambda peft: peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3))
    with pytest.raises(UnsupportedModelError, match="for 8 tokens"):
        attribute(model, input_ids=ids())
