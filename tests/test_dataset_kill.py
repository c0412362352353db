"""A run that is killed, wherever it is, goes on with the same call: no row is lost, none is there twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from killed_runs import SHARDS, TEXTS

from jacobian_widget.dataset import open_dataset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
KILLS = 20


def test_killed_at_random_moments_the_files_are_those_of_a_run_that_was_not(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed_runs.py")
    command = [sys.executable, script, tmp_path, str(KILLS), "7"]
    done = subprocess.run(
        command, check=True, timeout=240, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    killed, written, rounds = map(int, done.stdout.split())
    assert killed >= KILLS
    assert 0 < written < rounds * SHARDS  # they were killed with something done, and with something to do
    expected = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    assert len(expected) == SHARDS
    for i in range(rounds):
        found = {path.name: path.read_bytes() for path in (tmp_path / f"round-{i}").iterdir()}
        assert found == expected
    table = open_dataset(tmp_path / "round-0").to_table(columns=["row", "text", "error"])
    assert table["row"].to_pylist() == list(range(len(TEXTS)))
    assert table["text"].to_pylist() == TEXTS
    assert table["error"].null_count == len(TEXTS) - 2
