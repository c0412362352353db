"""Compares the outputs of two runs of a notebook: the same words, and numbers that differ by rounding only."""

from __future__ import annotations

import math
import re
from html import unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
RTOL = 0.01
COUNTED = 20
NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
OF_A_PICTURE = ("text", "scope", "position", "target", "foil", "granularity", "panel", "guess")


def differences(stored: NotebookNode, fresh: NotebookNode) -> list[str]:
    """What is not the same in two runs, one sentence for each."""
    return list(_differences(stored, fresh))


def _differences(stored: NotebookNode, fresh: NotebookNode) -> Iterator[str]:
    for n, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True)):
        if new.cell_type != "code":
            continue
        where = f"cell {new.get('id', n)}"
        if old.execution_count != new.execution_count:
            yield f"{where} was not run in order"
        if len(old.outputs) != len(new.outputs):
            yield f"{where} has {len(new.outputs)} outputs, {len(old.outputs)} are stored"
            continue
        for before, now in zip(old.outputs, new.outputs, strict=True):
            yield from (f"{where}: {found}" for found in _output(before, now))
    yield from (f"widget {n}: {found}" for n, found in _widgets(stored, fresh))


def _output(old: NotebookNode, new: NotebookNode) -> Iterator[str]:
    before, now = _shown(old), _shown(new)
    if before.keys() != now.keys():
        yield f"{sorted(now)} instead of {sorted(before)}"
        return
    for kind in before:
        if kind.startswith("text/") and (found := difference(before[kind], now[kind])):
            yield f"{kind}: {found}"


def _shown(output: NotebookNode) -> dict[str, str]:
    if output.output_type == "stream":
        return {f"text/{output.name}": output.text}
    data = {kind: "".join(value) if kind.startswith("text/") else "" for kind, value in output.get("data", {}).items()}
    if "text/html" in data:
        data["text/html"] = unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", data["text/html"], flags=re.DOTALL))
    return data


def difference(old: str, new: str) -> str:
    """Where two texts differ; "" where they do not."""
    words = [re.sub(r"\s+", " ", NUMBER.sub("#", text)).strip() for text in (old, new)]
    if words[0] != words[1]:
        at = next((i for i, (a, b) in enumerate(zip(*words, strict=False)) if a != b), min(map(len, words)))
        return f"…{words[1][max(0, at - 20) : at + 40]!r} instead of …{words[0][max(0, at - 20) : at + 40]!r}"
    for before, now in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True):
        if not _close(before, now):
            return f"{now} instead of {before}"
    return ""


def _close(old: str, new: str) -> bool:
    """Equal to a hundredth, or to one unit of the last digit that is printed; but 3 things are not 4."""
    a, b = (float(text.replace("−", "-").replace(",", "")) for text in (old, new))
    digits = len(re.sub(r"e.*", "", old).partition(".")[2])
    unit = 10.0**-digits * 10.0 ** int((re.findall(r"e([-+]?\d+)", old) or ["0"])[0])
    return math.isclose(a, b, rel_tol=RTOL, abs_tol=1.01 * unit if digits or abs(a) >= COUNTED else 0)


def _widgets(stored: NotebookNode, fresh: NotebookNode) -> Iterator[tuple[int, str]]:
    old, new = _pictures(stored), _pictures(fresh)
    if len(old) != len(new):
        yield len(new), f"{len(old)} are stored"
        return
    for n, (before, now) in enumerate(zip(old, new, strict=True)):
        for name in OF_A_PICTURE:
            if before.get(name) != now.get(name):
                yield n, f"another {name}"


def _pictures(notebook: NotebookNode) -> list[dict[str, Any]]:
    """The state of each widget that is shown, in the order of the cells."""
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    views = [o.get("data", {}).get(VIEW) for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    return [state.get(view["model_id"], {}).get("state", {}) for view in views if view]
