"""The page of the documentation that says which model types work.

    python tests/conformance/table.py > docs/conformance.md

With `--measure` it first walks all types again and writes what happened to `outcomes.json`.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conformance.configs import DECODER_FORMS
from conformance.walk import Outcome, cases, walk
from transformers import __version__

OUTCOMES = Path(__file__).with_name("outcomes.json")
INTRO = """# Which models work

`transformers` {version} knows {types} types of causal language models. For each, a tiny random model is built from
its configuration and explained, in float32. Then the same model in float64 is asked for its logits, and for their
central finite differences by every coordinate of every input embedding. A type *passes* when

- the logits the scores are made from are the model's own,
- the scores of Semantic, Contrast, Log-probability and the exact Fisher trace are those of the finite differences,
  to {bar:g} of the largest,
- tokens after the predicting position have no influence,
- gradients are the same where blocks are computed again, as for long texts.

Every other type is *refused*: `attribute()` raises `UnsupportedModelError` with the reason below. The same checks of
logits and causality run on a few of your own tokens when a model is used for the first time, whatever its type.

**{passing} types pass**, {forms} of them with a setting that is not their default, named behind the type: encoders
are refused because later tokens count in them, not by name, and pass as decoders. {refused} types are refused in every
form.

The deviation is the largest of logits and scores, relative to the largest logit or score. Two marks:

- \\* The model needs the token ids in other places too (embeddings of every layer, hashed n-grams, experts chosen by
  id), or does more to ids than to `inputs_embeds`. Scores are of what its embedding table returns; what else depends
  on the ids is held fixed.
- † The tiny model differs from the type in a part that text does not reach, or that cannot be built: the tower for
  images of `gemma3n` is another one; `gemma4_assistant` and its like share no layers; `musicgen` is its decoder alone.

| type | class | outcome | largest deviation, or reason |
|---|---|---|---|
"""
BAR = 1e-4
STAND_INS = ("gemma3n", "gemma4_assistant", "gemma4_unified_assistant", "musicgen", "musicgen_melody")


def load() -> tuple[str, dict[str, Outcome]]:
    """The version of `transformers` that was measured, and the outcome of every case."""
    data = json.loads(OUTCOMES.read_text())
    return data["transformers"], {case: Outcome(**outcome) for case, outcome in data["outcomes"].items()}


def measure() -> None:
    outcomes = {case: asdict(walk(case)) for case in cases()}
    OUTCOMES.write_text(json.dumps({"transformers": __version__, "outcomes": outcomes}, indent=1) + "\n")


def page() -> str:
    version, outcomes = load()
    types = {case.partition("+")[0] for case in outcomes}
    passing = {case.partition("+")[0] for case, outcome in outcomes.items() if outcome.passes}
    by_default = {case for case, outcome in outcomes.items() if outcome.passes and "+" not in case}
    intro = INTRO.format(
        version=version,
        types=len(types),
        bar=BAR,
        passing=len(passing),
        forms=len(passing - by_default),
        refused=len(types - passing),
    )
    return intro + "".join(_row(case, outcome) for case, outcome in outcomes.items())


def _row(case: str, outcome: Outcome) -> str:
    kind, _, form = case.partition("+")
    setting = ", ".join(f"{name}={value!r}" for name, value in DECODER_FORMS[kind].items()) if form else ""
    marks = ("\\*" if outcome.at_table else "") + ("†" if kind in STAND_INS else "")
    shown = f"`{kind}`{marks}" + (f" with `{setting}`" if form else "")
    if outcome.passes:
        power = math.ceil(math.log10(max(outcome.deviation, 1e-12)))
        return f"| {shown} | `{outcome.name}` | passes | < 1e{power} |\n"
    reason = outcome.reason.split("\n")[0].split(". ")[0].rstrip(".").replace("|", "\\|")
    return f"| {shown} | `{outcome.name}` | refused | {reason} |\n"


if __name__ == "__main__":
    if "--measure" in sys.argv[1:]:
        measure()
    sys.stdout.write(page())
