"""Shards on the workers of Ray: each holds the model, and writes what it computed itself."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

import psutil
import torch

from jacobian_widget.dataset_run import Loader, Run, Settings, Worker, check_same_model
from jacobian_widget.shards import Shard
from jacobian_widget.sources import Block

try:
    import ray
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("engine='ray' needs Ray. Run: pip install jacobian-widget[ray]") from error

_RETRIES = 3
"""Times that a shard is begun anew when its worker died. What kills every worker is not to go on for ever."""
_TOLD_EVERY = 0.5
_ATTEMPTS = 3
"""Times that a local cluster is started: where all cores are busy, Ray gives up waiting for its own parts."""


def run(
    job: Run,
    load: Loader,
    *,
    max_memory: int | None = None,
    workers: int | None = None,
    cpus_per_worker: float = 1.0,
    gpus_per_worker: float | None = None,
) -> None:
    """Compute what is missing on a cluster: the one that Ray is connected to, that of `RAY_ADDRESS`, or a local one.

    A shard is one task, and its worker writes it under its own name when it is whole. A worker that dies is started
    again with its model, and its shard is begun anew, so the files are the same as if none had died. All workers must
    see the folder under the same path.

    Args:
        job: what is to be done.
        load: makes the model and its tokenizer, once in each worker.
        max_memory: bytes above the loaded model, for each worker.
        workers: how many; None for as many as the cluster has room for.
        cpus_per_worker: cores of each, and threads of torch; less than 1 lets several share one.
        gpus_per_worker: GPUs of each, such as 0.5 for two on one; None for 1 where there are any, else none.

    Raises:
        ValueError: no room for a worker, or a number that is none.
        RuntimeError: one shard's worker died again and again.
    """
    if (workers is not None and workers < 1) or cpus_per_worker < 0 or (gpus_per_worker or 0) < 0:
        raise ValueError(
            f"workers is {workers}, cpus_per_worker {cpus_per_worker} and gpus_per_worker {gpus_per_worker}; "
            "pass at least 1 worker, and no negative share of it."
        )
    missing = job.missing()
    first = next(missing, None)
    if first is None:
        return
    with cluster(workers, cpus_per_worker):
        there = ray.cluster_resources()
        gpus = float(min(1, int(there.get("GPU", 0))) if gpus_per_worker is None else gpus_per_worker)
        count = workers or _room(there, cpus_per_worker, gpus)
        threads = max(1, int(cpus_per_worker))
        options = {"num_cpus": cpus_per_worker, "num_gpus": gpus, "max_restarts": -1, "max_task_retries": _RETRIES}
        # Pickled here, so that it is unpickled where what goes wrong is told as it is. In a list, it is fetched when it
        # is needed and not with each shard.
        held = [ray.put(ray.cloudpickle.dumps(load))]
        actor = ray.remote(**options)(_Actor)
        given = (sys.path, job.settings, job.out.absolute(), job.model_id, max_memory, threads, gpus)
        idle = [actor.remote(*given) for _ in range(count)]
        actors, busy = list(idle), dict[Any, tuple[Any, Block]]()
        try:
            for block, digest in chain([first], missing):
                if not idle:
                    _wait(job, idle, busy)
                worker = idle.pop()
                busy[worker.shard.remote(block, digest, held)] = worker, block
            while busy:
                _wait(job, idle, busy)
        finally:
            for worker in actors:
                ray.kill(worker)


class _Actor:
    """A worker; the model is loaded with the first shard, so that what goes wrong is told as it is."""

    def __init__(
        self,
        path: list[str],
        settings: Settings,
        out: Path,
        model_id: dict[str, Any] | None,
        max_memory: int | None,
        threads: int,
        gpus: float,
    ) -> None:
        self.path, self.threads, self.gpus = path, threads, gpus
        self.settings, self.out, self.model_id, self.max_memory = settings, out, model_id, max_memory
        self.worker: Worker | None = None

    def shard(self, block: Block, digest: str, load: list[Any]) -> Shard:
        if self.worker is None:
            torch.set_num_threads(self.threads)
            sys.path += [entry for entry in self.path if entry not in sys.path]  # where the caller's modules lie
            model, tokenizer = ray.cloudpickle.loads(ray.get(load[0]))()
            if self.gpus and torch.cuda.is_available() and model.device.type == "cpu":
                model = model.to("cuda")
            self.worker = Worker(model, tokenizer, self.settings, self.out, self.max_memory)
            check_same_model(self.out, self.model_id, self.worker.model_id)
        return self.worker.shard(block, digest)


def _wait(job: Run, idle: list[Any], busy: dict[Any, tuple[Any, Block]]) -> None:
    """Until at least one shard is done."""
    done: list[Any] = []
    while not done:
        done, _ = ray.wait(list(busy), timeout=_TOLD_EVERY)
        job.within(0)
    for ref in done:
        worker, block = busy.pop(ref)
        try:
            shard = ray.get(ref)
        except ray.exceptions.RayTaskError as error:
            raise (error.cause if isinstance(error.cause, Exception) else error) from None
        except ray.exceptions.RayActorError as error:
            raise RuntimeError(
                f"the worker that had the rows from {block.start} on died {_RETRIES + 1} times, so memory may be full: "
                "try smaller batches, or fewer workers. All finished shards are kept; the same call goes on from them."
            ) from error
        job.took(shard)
        idle.append(worker)


def _room(there: dict[str, float], cpus: float, gpus: float) -> int:
    rooms = [there.get(name, 0.0) / each for name, each in (("GPU", gpus), ("CPU", cpus)) if each > 0]
    count = int(min(rooms, default=1.0) + 1e-9)
    if count < 1:
        raise ValueError(
            f"the cluster has {there.get('CPU', 0):g} CPUs and {there.get('GPU', 0):g} GPUs: no room for a worker with "
            f"{cpus:g} and {gpus:g}. Give workers=… to wait for more."
        )
    return count


@contextmanager
def cluster(workers: int | None, cpus: float) -> Iterator[None]:
    """A cluster to work on; one that was not there before is gone afterwards, with its files."""
    if ray.is_initialized():
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if os.environ.get("RAY_ADDRESS"):
        ray.init(log_to_driver=False)
        try:
            yield
        finally:
            ray.shutdown()
        return
    wanted = int((workers or 0) * cpus + 0.999)
    with ExitStack() as stack:
        for attempt in range(_ATTEMPTS):
            folder = tempfile.mkdtemp(prefix="jw-ray-")  # a short name: sockets lie in it
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            try:
                _start(folder, max(wanted, _cores()))
            except Exception as error:
                _stop(folder)
                traceback.clear_frames(error.__traceback__)
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                stack.callback(ray.shutdown)
                break
        yield


def _start(folder: str, cpus: int) -> None:
    with _on_loopback():
        ray.init(
            address="local",
            num_cpus=cpus,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            _node_ip_address="127.0.0.1",
            _temp_dir=folder,
        )


def _stop(folder: str) -> None:
    """End what a start that failed left running; Ray itself does so when this process ends."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(folder in part for part in process.cmdline()):
                process.kill()


@contextmanager
def _on_loopback() -> Iterator[None]:
    """A cluster that is started inside listens on this machine alone.

    Its ports run whatever they are sent. On Linux Ray takes 127.0.0.1 to mean the address that other machines see,
    unless it is told that there are none, as it is on the other systems.
    """
    constants = ray._private.ray_constants  # noqa: SLF001 - read when Ray is imported, and nowhere to be set later
    before = constants.ENABLE_RAY_CLUSTER
    constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        constants.ENABLE_RAY_CLUSTER = before


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
