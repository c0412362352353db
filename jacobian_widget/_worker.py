"""One worker per model: the newest wish of each owner is computed, older ones stop between probes."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable


class Superseded(Exception):  # noqa: N818 - not an error: how a computation that nobody wants any more ends
    """Raised inside a job when a newer wish or a cancel has made it pointless."""


class Job:
    """One computation on its way."""

    def __init__(self, owner: int, run: Callable[[Job], None]) -> None:
        self.owner = owner
        self.error: BaseException | None = None
        self.done = False
        """Set by the job itself once it will not look at its owner's wish again."""
        self._run = run
        self._stopped = threading.Event()
        self._finished = threading.Event()

    def stop(self) -> None:
        """Ask the job to end at its next `check`."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether the job was asked to end."""
        return self._stopped.is_set()

    def check(self) -> None:
        """Raise `Superseded` if the job was asked to end; jobs call this between probes."""
        if self._stopped.is_set():
            raise Superseded

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job has ended. In slices, so that a kernel interrupt gets through."""
        remaining = timeout
        while not self._finished.wait(0.1 if remaining is None else min(0.1, remaining)):
            if remaining is not None:
                remaining -= 0.1
                if remaining <= 0:
                    return False
        return True

    def execute(self) -> None:
        """Run to the end; every way out is recorded."""
        try:
            self.check()
            self._run(self)
        except BaseException as error:  # noqa: BLE001 - a worker thread has nobody above it to report to
            self.error = error
        finally:
            self._finished.set()


class Worker:
    """Runs jobs one after the other in a thread that lives while there are any."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: dict[int, Job] = {}
        self._running: Job | None = None
        self._alive = False

    def submit(self, owner: object, run: Callable[[Job], None]) -> Job:
        """Queue `run(job)` for `owner`, in place of whatever that owner wished before."""
        job = Job(id(owner), run)
        with self._guard:
            self._stop(job.owner)
            self._waiting[job.owner] = job
            if not self._alive:
                self._alive = True
                threading.Thread(target=self._loop, name="jacobian-widget", daemon=True).start()
        return job

    def cancel(self, owner: object) -> None:
        """Stop what `owner` wished, if it is not done."""
        with self._guard:
            self._stop(id(owner))

    def _stop(self, owner: int) -> None:
        waiting = self._waiting.get(owner)
        if waiting is not None:
            waiting.stop()
        if self._running is not None and self._running.owner == owner:
            self._running.stop()

    def _loop(self) -> None:
        while True:
            with self._guard:
                self._running = None
                if not self._waiting:
                    self._alive = False
                    return
                self._running = self._waiting.pop(next(iter(self._waiting)))
                job = self._running
            job.execute()


_workers: weakref.WeakKeyDictionary[object, Worker] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def worker_of(model: object) -> Worker:
    """The worker that all widgets over `model` share."""
    with _guard:
        return _workers.setdefault(model, Worker())
