"""The `basis` payload read back, as the browser reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from jacobian_widget import Attribution
from jacobian_widget._packing import FISHER_ARRAYS
from jacobian_widget.attribution import Basis


def unpack_runs(raw: bytes, count: int, runs: Sequence[int]) -> np.ndarray:
    """`[count, Σ runs]`, the whole numbers that `pack_runs` wrote."""
    out = np.zeros((count if sum(runs) else 0, sum(runs)), np.int32)
    bits = np.unpackbits(np.frombuffer(raw, np.uint8))
    at = 0
    for record in out:
        begin = 0
        for size in runs:
            width = int(np.packbits(bits[at : at + 5])[0]) >> 3
            at += 5
            if width:
                powers = 1 << np.arange(width, dtype=np.int64)[::-1]
                powers[0] *= -1  # two's complement
                record[begin : begin + size] = bits[at : at + size * width].reshape(size, width) @ powers
            at += size * width
            begin += size
        at += -at % 8
    assert at == len(bits)
    return out


def grams(payload: dict[str, Any], key: str, count: int) -> np.ndarray:
    """`[count, m(m+1)/2]`."""
    m = len(payload["directions"])
    rows, columns = np.tril_indices(m)
    lower = np.zeros((count, m, m))
    lower[:, rows, columns] = unpack_runs(payload[key], count, range(1, m + 1)) * np.array(payload["gram_steps"])[rows]
    return (lower @ lower.transpose(0, 2, 1))[:, rows, columns].astype(np.float32)


def read_basis(a: Attribution, payload: dict[str, Any]) -> Attribution:
    """`a` with the numbers of the payload in place of its own."""
    count, m, fisher = payload["length"], len(payload["directions"]), a.fisher
    signed = unpack_runs(payload["signed"], count, [m]) * np.array(payload["signed_steps"])
    if fisher is not None:
        packed = payload["fisher"]
        columns = {key: fisher.spectrum.shape[1] if key == "spectrum" else 1 for key in FISHER_ARRAYS}
        arrays = {key: unpack_runs(packed[key], count, [n]) * packed["step"] for key, n in columns.items()}
        shaped = {key: x.astype(np.float32).reshape(getattr(fisher, key).shape) for key, x in arrays.items()}
        bos = np.frombuffer(packed["spectrum_bos"], "<f4")
        fisher = replace(fisher, **shaped, spectrum_bos=bos, remainder_bos=packed["remainder_bos"])
    basis = Basis(
        tuple((kind, k) for kind, k in payload["directions"]),
        grams(payload, "gram", count),
        grams(payload, "gram_bos", 1)[0],
        signed.astype(np.float32),
    )
    return replace(a.detached(), basis=basis, fisher=fisher)
