"""Many kernels on one machine: what they share, and what each keeps for itself."""

from __future__ import annotations

import gc
import re
import sys
from pathlib import Path

import pytest
import torch
from tiny_models import ids, tiny

from jacobian_widget import attribute, load_demo, memory
from jacobian_widget import demo as demo_module

WEIGHTS = "model.safetensors"


def mapped(name: str) -> dict[range, int]:
    """Addresses of this process that are pages of a file, and how many kB of them it has for itself."""
    found: dict[range, int] = {}
    here: range | None = None
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if match := re.match(r"([0-9a-f]+)-([0-9a-f]+) .*/([^/]+)$", line):
            here = range(int(match[1], 16), int(match[2], 16)) if match[3] == name else None
        elif re.match(r"[0-9a-f]+-", line):
            here = None
        elif here is not None and line.startswith("Private_Dirty:"):
            found[here] = int(line.split()[1])
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what memory is pages of a file")
def test_the_weights_are_pages_of_the_cached_file_also_after_use() -> None:
    before = mapped(WEIGHTS)
    model, tokenizer = load_demo()
    attribute(model, tokenizer, "The capital of France is", scopes=["semantic", "fisher"])
    pages = {place: own for place, own in mapped(WEIGHTS).items() if place not in before}
    assert pages
    for name, weight in model.named_parameters():
        assert any(weight.data_ptr() in place for place in pages), name
    assert sum(pages.values()) == 0


def test_measuring_a_model_keeps_no_graph() -> None:
    """Graphs are held by C++, where Python's collector does not look for cycles; the tensors they saved are its own."""

    def on_a_graph() -> int:
        gc.collect()
        tensors = [o for o in gc.get_objects() if type(o) is torch.Tensor]
        return sum(t.grad_fn is not None for t in tensors)

    model, before = tiny("gpt2"), on_a_graph()
    list(memory.plans(model, ids(), 4))
    assert on_a_graph() == before


def test_the_cache_is_readable_for_all_whom_the_umask_allows(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "model"
    with demo_module._filled(folder) as aside:
        tiny("llama").save_pretrained(aside)
    modes = {path.name: path.stat().st_mode for path in folder.iterdir()}
    assert {WEIGHTS, "config.json", "complete.json"} <= set(modes)
    assert len(set(modes.values())) == 1
    (tmp_path / "other").mkdir()
    assert folder.stat().st_mode == (tmp_path / "other").stat().st_mode
    assert list(folder.parent.iterdir()) == [folder]


def test_who_fills_the_cache_second_leaves_the_first_ones_file_alone(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    with demo_module._filled(folder) as late:
        with demo_module._filled(folder) as early:
            (early / WEIGHTS).write_text("the same")
        (late / WEIGHTS).write_text("the same")
        read = (folder / WEIGHTS).stat().st_ino  # by a kernel that maps it now
    assert (folder / WEIGHTS).stat().st_ino == read
    assert list(tmp_path.iterdir()) == [folder]


def test_a_cache_that_cannot_be_filled_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")  # root may write anywhere, but not inside a file
    wanted = r"cannot be written to .*Whoever may write there runs load_demo\(\) once"
    with pytest.raises(RuntimeError, match=wanted), demo_module._filled(tmp_path / "file" / "model"):
        pass
