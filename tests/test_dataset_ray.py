"""A data set on the workers of a local Ray cluster: the files of one process, also when a worker is killed."""

from __future__ import annotations

import ipaddress
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import tiny_models
import torch
from tiny_tokenizer import byte_tokenizer

from jacobian_widget import sources
from jacobian_widget.dataset import Written, attribute_dataset, open_dataset

ray = pytest.importorskip("ray")
dataset_ray = pytest.importorskip("jacobian_widget.dataset_ray")
pytestmark = [
    pytest.mark.timeout(600),  # two clusters are started, by many processes each
    # Where Ray gives up a start, it leaves its processes to the garbage collector; the next start is what counts.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TEXTS = ["The cat sat on the mat: it was he, at the end of the"[: 20 + 7 * i % 29] for i in range(200)] + ["", "x" * 99]
SHARD = 8


def loader(folder: Path) -> Callable[[], tuple[Any, Any]]:
    """Loads a tiny model, and says which process did."""

    def load() -> tuple[Any, Any]:
        (folder / str(os.getpid())).touch()
        return tiny_models.tiny("llama", vocab_size=300), byte_tokenizer()

    folder.mkdir()
    return load


def run(model: Any, out: Path, **options: Any) -> Written:
    settings: dict[str, Any] = {"engine": "ray", "workers": 2, "shard_size": SHARD, "batch": 4, "progress": False}
    return attribute_dataset(iter(TEXTS), model, out=out, **settings | options)


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def started_by_us() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def heard_at() -> set[str]:
    """Addresses at which the processes of the cluster listen."""
    found = set()
    for process in started_by_us():
        with suppress(psutil.Error):  # it has ended
            found |= {c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    return found


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("expected")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as many as each worker has: sums of more parts round otherwise
    try:
        run(loader(folder / "here"), folder / "out", engine=None, workers=None)
    finally:
        torch.set_num_threads(threads)
    return files(folder / "out")


@pytest.fixture
def no_cluster() -> Iterator[None]:
    assert not ray.is_initialized()
    before = set(Path(tempfile.gettempdir()).glob("jw-ray-*"))
    yield
    assert not ray.is_initialized()
    assert set(Path(tempfile.gettempdir()).glob("jw-ray-*")) <= before


@pytest.mark.usefixtures("no_cluster")
def test_a_worker_that_is_killed_changes_nothing(expected: dict[str, bytes], tmp_path: Path) -> None:
    loaded, killed, heard = tmp_path / "loaded", set[int](), set[str]()

    def kill_one(done: int, _: int | None) -> None:
        if done and not killed:
            heard.update(heard_at())
            pid = min(int(path.name) for path in loaded.iterdir())
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)

    out = tmp_path / "out"
    written = run(loader(loaded), out, progress=kill_one)
    assert killed
    assert len(list(loaded.iterdir())) >= 3  # one began anew
    assert (written.rows, written.errors, written.computed) == (len(TEXTS), 2, len(expected))
    assert files(out) == expected
    assert open_dataset(out).to_table(columns=["row"])["row"].to_pylist() == list(range(len(TEXTS)))
    assert heard
    assert all(ipaddress.ip_address(address.removeprefix("::ffff:")).is_loopback for address in heard), heard
    # Where nothing is missing, nothing is started.
    assert run(loader(tmp_path / "again"), out).computed == 0
    assert not list((tmp_path / "again").iterdir())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray Data reads settings of its own that are old
def test_on_a_cluster_of_the_users_own(expected: dict[str, bytes], tmp_path: Path) -> None:
    def stop(done: int, _: int | None) -> None:
        if done:
            raise KeyboardInterrupt

    def wrong() -> Any:
        raise FileNotFoundError("no weights there")

    out = tmp_path / "out"
    with dataset_ray.cluster(2, 1):
        with pytest.raises(KeyboardInterrupt):
            run(loader(tmp_path / "loaded"), out, progress=stop)
        done = {name: data for name, data in files(out).items() if name.endswith(".parquet")}
        assert 0 < len(done) < len(expected)
        assert done.items() <= expected.items()

        model, tokenizer = loader(tmp_path / "here")()
        written = run(model, out, tokenizer=tokenizer)
        assert (written.rows, written.errors) == (len(TEXTS), 2)
        assert 0 < written.computed <= len(expected) - len(done)
        assert files(out) == expected

        # What a worker cannot do is told as it would be here.
        with pytest.raises(FileNotFoundError, match="no weights there"):
            run(wrong, tmp_path / "wrong", workers=1)
        (out / "part-000001.parquet").unlink()
        with pytest.raises(ValueError, match="holds shards of a model with weights"):
            run(tiny_models.tiny("llama", vocab_size=300, seed=1), out, tokenizer=tokenizer, workers=1)
        assert not (out / "part-000001.parquet").exists()
        assert ray.is_initialized()

        # The first block is ready last, and is read first.
        gate, seen = tmp_path / "gate", tmp_path / "seen"
        os.mkfifo(gate)

        def late(row: dict[str, Any]) -> dict[str, Any]:
            # Each waits for the other, but not while Ray looks at the columns: it runs the first block alone for that.
            if row["id"] == 7 or (row["id"] == 0 and seen.exists()):
                gate.open("wb" if row["id"] == 7 else "rb").close()
            elif row["id"] == 0:
                seen.touch()
            return {"text": str(row["id"])}

        source = ray.data.range(8, override_num_blocks=4).map(late)
        blocks = sources.read(source).blocks(3, sources.Columns())
        assert [row.text for block in blocks for row in block.rows] == list(map(str, range(8)))
        assert not source.context.execution_options.preserve_order


def test_what_cannot_be_done_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1 worker"):
        run(loader(tmp_path / "loaded"), tmp_path / "out", workers=0)
    assert not ray.is_initialized()
