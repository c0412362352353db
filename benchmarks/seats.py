"""What one more kernel with the demo model takes from a machine that many share, in memory.

Run `python benchmarks/seats.py`; it writes its tables into docs/seats.md. Linux only: other systems don't say which
memory is shared. The bar is 250 MB for each further kernel, beyond what torch takes in it by itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import torch
import transformers
from bars import MISSED
from jupyter_client.manager import start_new_kernel

from jacobian_widget import load_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "seats.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
BAR = 250
TORCH = "import torch"
# The classes of the model are in modules of their own, which loading a model imports.
IMPORTS = "import jacobian_widget\nfrom transformers import AutoTokenizer, LlamaForCausalLM"
LOADED = "model, tokenizer = jacobian_widget.load_demo()"
SCORED = """a = jacobian_widget.attribute(model, tokenizer, "Tom loves Korean food. He is a liberal", position=-1)
a.scores("semantic"), a.scores("fisher")"""
WIDGET = """w = jacobian_widget.JacobianWidget(model, tokenizer, "Tom loves Korean food. He is a liberal", n_bos=1)
w.scores"""


@dataclass(frozen=True)
class Taken:
    """Memory of one kernel, MB."""

    private: float
    """What would be free again without it."""
    proportional: float
    """That, and its part of what it shares: adds up to what all of them take."""
    weights: float
    """Of the file of the weights, in its address space and in memory."""
    copied: float
    """Of those, pages that it wrote to and so has for itself."""


def taken(pid: int) -> Taken:
    process = psutil.Process(pid)
    memory = process.memory_full_info()
    maps = [m for m in process.memory_maps(grouped=False) if m.path.endswith("model.safetensors")]
    return Taken(
        memory.uss / 1e6,
        memory.pss / 1e6,
        sum(m.rss for m in maps) / 1e6,
        sum(m.private_dirty for m in maps) / 1e6,
    )


class Kernel:
    """A kernel as Jupyter starts it."""

    def __init__(self) -> None:
        self.manager, self.client = start_new_kernel(kernel_name="python3")
        self.pid = int(self.manager.provisioner.pid)

    def run(self, code: str) -> None:
        reply = self.client.execute_interactive(code, timeout=600, output_hook=lambda _: None)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@contextmanager
def kernels() -> Iterator[list[Kernel]]:
    """A list whose kernels are stopped at the end."""
    with ExitStack() as stack:
        started: list[Kernel] = []
        stack.callback(lambda: [kernel.stop() for kernel in started])
        yield started


def stages() -> dict[str, float]:
    """Private memory of a kernel at each stage, MB, with another one beside it that shares what can be shared."""
    found: dict[str, float] = {}
    with kernels() as pair:
        pair += [Kernel(), Kernel()]
        for name, code in (
            ("the kernel itself", "pass"),
            ("`import torch`", TORCH),
            ("the package, and `transformers` with the model’s class", IMPORTS),
            ("`load_demo()`", LOADED),
            ("`attribute()`, every scope", SCORED),
            ("a widget of the same text", WIDGET),
        ):
            for kernel in pair:
                kernel.run(code)
            found[name] = taken(pair[-1].pid).private
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", type=int, default=10)
    parser.add_argument("--print-only", action="store_true", help="leave the page as it is")
    arguments = parser.parse_args()
    if not sys.platform.startswith("linux"):
        sys.exit("Only Linux says how much of a process's memory is shared.")
    load_demo()  # converts the weights, where nobody has yet

    found = stages()
    lines = ["| a kernel after | private MB | more by |", "|---|---:|---:|"]
    before = 0.0
    for name, private in found.items():
        lines.append(f"| {name} | {private:.0f} | {private - before:.0f} |")
        before = private

    lines += ["", "| kernels | together MB | private, each | beyond torch | weights in memory | of these copied |"]
    lines.append("|---:|---:|---:|---:|---:|---:|")
    beyond = 0.0
    with kernels() as running:
        while len(running) < arguments.kernels:
            running.append(Kernel())
            running[-1].run(f"{IMPORTS}\n{LOADED}\n{SCORED}")
            if len(running) not in (1, 2, 5, arguments.kernels):
                continue
            each = [taken(kernel.pid) for kernel in running]
            private = statistics.median(t.private for t in each)
            if len(running) > 1:
                beyond = private - found["`import torch`"]
            lines.append(
                f"| {len(running)} | {sum(t.proportional for t in each):.0f} | {private:.0f} | "
                f"{'' if len(running) == 1 else f'{beyond:.0f}'} | {statistics.median(t.weights for t in each):.0f} | "
                f"{statistics.median(t.copied for t in each):.1f} |"
            )
    met = beyond <= BAR
    lines += ["", f"The bar is {BAR} MB beyond torch for each further kernel: {'met' if met else 'missed'}."]
    text = "\n".join([where(), "", *lines])
    print(text)
    if not arguments.print_only:
        write(text)
    sys.exit(0 if met else MISSED)


def where() -> str:
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    threads = os.environ.get("OMP_NUM_THREADS", "as many as cores")
    return f"*{datetime.now(timezone.utc).date()}, {versions}, `OMP_NUM_THREADS`: {threads}*"


def write(text: str) -> None:
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
