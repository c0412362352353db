"""The scopes, older baselines and verified rankings on LAMBADA and IWSLT: deletion and leave-one-out.

Run `python benchmarks/faithfulness.py --data FOLDER`. It takes about a minute for each text, and can be stopped at any
time: each text is kept in build/faithfulness as soon as it is done, and the next run goes on from there. The page is
written anew whenever a run ends, and by `--page` alone, which needs neither the texts nor the model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from faithfulness_page import page

from jacobian_widget import load_demo
from jacobian_widget.ablation import Effects
from jacobian_widget.evaluate import evaluate
from jacobian_widget.evaluation import Evaluation, TextResult
from jacobian_widget.methods import DEFAULT

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "faithfulness.md"
KEPT = ROOT / "build" / "faithfulness"
FOLDER = "JACOBIAN_WIDGET_TEXTS"
SETTINGS: dict[str, Any] = {
    "methods": [*DEFAULT, "verified_log_probability", "verified_fisher_rank_1"],
    "ablation": "zero",
    "fractions": [0.05, 0.1, 0.2],
    "seeds": 3,
    "steps": 5,  # as many points as in the paper
    "start": "zero",
    "n_bos": 2,  # as in the paper
    "position": -1,  # what comes before the last token is to explain what the model expects there
}
SETS = {
    "lambada": "LAMBADA (test split), whole passages, which end with the word to be guessed",
    "iwslt_de_en": "IWSLT 2017 de-en, each text `German: … English: …`, without its last full stop",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get(FOLDER), help=f"a folder; or set {FOLDER}")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--limit", type=int, help="no more texts of each set than this, from the first")
    parser.add_argument("--page", action="store_true", help="write the page from what is kept, and compute nothing")
    arguments = parser.parse_args()
    if not arguments.page:
        texts = {name: read(arguments.data, name)[: arguments.limit] for name in arguments.sets}
        compute(texts)
    found = {name: evaluation(name) for name in SETS}
    PAGE.write_text(page({name: e for name, e in found.items() if e is not None}, SETTINGS), "utf-8")


def read(folder: Path | str | None, name: str) -> list[str]:
    path = Path(folder or ".") / f"{name}.json"
    if folder is None or not path.exists():
        sys.exit(
            f"{path} is not there. Name the folder of the texts with --data or {FOLDER}: each set is a JSON list of "
            '{"text": "…"}.\n'
            + "\n".join(f"{name}.json: {what}" for name, what in SETS.items())
            + "\nBoth sets are on the Hugging Face hub (EleutherAI/lambada_openai, IWSLT/iwslt2017)."
        )
    return [row["text"] for row in json.loads(path.read_text("utf-8"))]


def compute(texts: dict[str, list[str]]) -> None:
    warnings.filterwarnings("ignore", message="There is a performance drop")
    KEPT.mkdir(parents=True, exist_ok=True)
    model, tokenizer = load_demo()
    for name, rows in texts.items():
        known = {line["key"] for line in lines(name)}
        for i, text in enumerate(rows):
            if key(text) in known:
                continue
            started = time.perf_counter()
            found = evaluate(model, tokenizer, [text], **SETTINGS)
            seconds = round(time.perf_counter() - started, 1)
            line = {"key": key(text), "index": i, "seconds": seconds, "model": found.model}
            line |= {"methods": dict(found.methods), "result": written(found.results[0])}
            with (KEPT / f"{name}.jsonl").open("a", encoding="utf-8") as file:
                file.write("\n" + json.dumps(line))  # a line that a kill cut off ends here
            print(f"{name} {i + 1} of {len(rows)}: {seconds} s", flush=True)


def key(text: str) -> str:
    """What a kept line is the answer to."""
    return hashlib.sha256(json.dumps([text, SETTINGS]).encode()).hexdigest()[:16]


def lines(name: str) -> list[dict[str, Any]]:
    """What is kept; a line that was cut off is left out."""
    path = KEPT / f"{name}.jsonl"
    written = path.read_text("utf-8").splitlines() if path.exists() else []
    return [found for line in written if (found := parsed(line)) is not None]


def parsed(line: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError:
        return None
    return found


def evaluation(name: str) -> Evaluation | None:
    """What is kept under the present settings."""
    once = {line["key"]: line for line in lines(name)}  # two runs side by side may have done the same text
    kept = sorted(once.values(), key=lambda line: line["index"])
    results = [(line, restored(line["result"])) for line in kept]
    results = [(line, result) for line, result in results if key(result.text) == line["key"]]
    if not results:
        return None
    line = results[0][0]
    found = tuple(result for _, result in results)
    return Evaluation(found, line["methods"], SETTINGS["ablation"], tuple(SETTINGS["fractions"]), line["model"])


def written(result: TextResult) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(part) for name, part in value.items()}
        if isinstance(value, np.ndarray):
            return [[float(f"{x:.7g}") for x in row] for row in value] if value.ndim == 2 else plain(value[None])[0]
        return value

    found: dict[str, Any] = plain(asdict(result))
    return found


def restored(result: dict[str, Any]) -> TextResult:
    def arrays(part: dict[str, Any]) -> dict[str, Any]:
        return {name: np.array(x, np.float32) if isinstance(x, list) else x for name, x in part.items()}

    parts = {name: arrays(result[name]) for name in ("scores", "deltas", "insertions")}
    alone = result["leave_one_out"]
    rest = {"tokens": tuple(result["tokens"]), "leave_one_out": Effects(**arrays(alone)) if alone else None}
    return TextResult(**{**result, **parts, **rest})


if __name__ == "__main__":
    main()
