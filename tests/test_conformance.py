"""Every model type of `transformers` passes or is refused with a reason, as the table says; none is silently wrong."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from pathlib import Path

import pytest
import transformers

if not is_dataclass(transformers.PretrainedConfig):
    pytest.skip("this transformers does not declare the fields of its configurations", allow_module_level=True)

from conformance.table import BAR, load, page
from conformance.walk import cases, walk

VERSION, TABLE = load()
measured_here = pytest.mark.skipif(transformers.__version__ != VERSION, reason=f"the table is of {VERSION}")


def without_numbers(reason: str) -> str:
    return re.sub(r"\d+", "0", reason)


@pytest.mark.parametrize("case", cases())
def test_type(case: str) -> None:
    if case not in TABLE:
        pytest.skip(f"{case} is not in the table, which is of transformers {VERSION}")
    got, want = walk(case), TABLE[case]
    assert (got.name, got.passes, got.at_table) == (want.name, want.passes, want.at_table), got.reason
    assert without_numbers(got.reason) == without_numbers(want.reason)
    assert got.deviation < BAR


@measured_here
def test_the_table_has_every_type() -> None:
    assert list(TABLE) == cases()
    passing = {case.partition("+")[0] for case, outcome in TABLE.items() if outcome.passes}
    assert len(passing) >= 150
    recurrent = {"mamba", "mamba2", "falcon_mamba", "rwkv", "jamba", "falcon_h1", "recurrent_gemma", "xlstm", "zamba"}
    experts = {"mixtral", "qwen3_moe", "deepseek_v3", "deepseek_v4", "gpt_oss", "olmoe", "llama4", "glm4_moe", "dbrx"}
    assert passing >= recurrent | experts
    assert all(outcome.passes or outcome.reason for outcome in TABLE.values())


@measured_here
def test_encoders_are_refused_because_later_tokens_count() -> None:
    assert {case for case, outcome in TABLE.items() if "is not causal" in outcome.reason} >= {
        "bert",
        "roberta",
        "xlnet",
    }


@measured_here
def test_the_page_is_what_the_table_says() -> None:
    committed = Path(__file__).parents[1] / "docs" / "conformance.md"
    assert committed.read_text() == page(), "run: python tests/conformance/table.py > docs/conformance.md"
