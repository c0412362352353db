"""Results in files: NumPy's npz, of which nothing is executed on loading."""

from __future__ import annotations

import json
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jacobian_widget.attribution import Attribution, Basis, Fisher, Prediction
from jacobian_widget.tokens import Tokens

_FILE_FORMAT = 1
_PLAIN_FISHER = ("remainder_bos", "dimension", "exact", "n_directions", "rtol")
_PLAIN = ("default_target", "chosen_foil", "entropy", "beta", "degenerate", "model", "seconds", "complete")


def write(a: Attribution, path: str | PathLike[str]) -> None:
    """Write `a` to `path`; what `Attribution.save` does."""
    meta = {
        "format": _FILE_FORMAT,
        "source": asdict(a.source),
        "position": a.position,
        "directions": a.basis.directions,
        "predictions": [asdict(p) for p in a.predictions],
        "n_vjps": a.n_vjps,
        **{name: getattr(a, name) for name in _PLAIN},
    }
    arrays: dict[str, NDArray[Any]] = {
        "gram": a.basis.gram,
        "gram_bos": a.basis.gram_bos,
        "signed": a.basis.signed,
    }
    if a.fisher is not None:
        meta["fisher"] = {name: getattr(a.fisher, name) for name in _PLAIN_FISHER}
        for name in ("spectrum", "spectrum_bos", "remainder", "standard_error", "captured"):
            arrays[f"fisher_{name}"] = getattr(a.fisher, name)
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    with Path(path).open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read(path: str | PathLike[str]) -> Attribution:
    """Read what `write` wrote; what `Attribution.load` does.

    Raises:
        ValueError: the file is no saved result, damaged, or of a later format.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        meta = json.loads(arrays.pop("meta").tobytes())
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path} is not a result saved by Attribution.save: {error}") from error
    if meta.get("format", 0) > _FILE_FORMAT:
        raise ValueError(f"{path} has format {meta['format']}; this version reads up to {_FILE_FORMAT}. Upgrade.")
    try:
        return _unpacked(meta, arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} is damaged: {error!r}") from error


def _unpacked(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Attribution:
    source: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in meta["source"].items()}
    fisher: dict[str, Any] | None = meta.get("fisher")
    parts: dict[str, Any] = {k.removeprefix("fisher_"): v for k, v in arrays.items() if k.startswith("fisher_")}
    return Attribution(
        source=Tokens(**source),
        position=meta["position"],
        basis=Basis(
            tuple((kind, k) for kind, k in meta["directions"]),
            arrays["gram"],
            arrays["gram_bos"],
            arrays["signed"],
        ),
        fisher=None if fisher is None else Fisher(**fisher, **parts),
        predictions=tuple(Prediction(**p) for p in meta["predictions"]),
        _vjps=meta["n_vjps"],
        **{name: meta[name] for name in _PLAIN},
    )
