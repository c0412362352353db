"""One worker per model: the newest wish of each owner is computed, older ones stop between probes."""

from __future__ import annotations

import atexit
import threading
import time
import traceback
import weakref
from collections.abc import Callable


class Superseded(Exception):  # noqa: N818 - not an error: how a computation that nobody wants any more ends
    """Raised inside a job when a newer wish or a cancel has made it pointless."""


class Job:
    """One computation on its way."""

    def __init__(
        self, owner: int, run: Callable[[Job], None], ended: Callable[[], None], *, behind: bool = False
    ) -> None:
        self.owner = owner
        self.behind = behind
        """Whether it lets every job pass that is not behind too."""
        self.error: BaseException | None = None
        self.done = False
        """Set by the job itself once it will not look at its owner's wish again."""
        self._run = run
        self._ended = ended
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

    @property
    def finished(self) -> bool:
        """Whether the job has ended, in whatever way."""
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job has ended; False when `timeout` seconds pass first."""
        return self._finished.wait(timeout)

    def discard(self) -> None:
        """End a job that never ran."""
        self.error = Superseded()
        self._end()

    def execute(self) -> None:
        """Run to the end; every way out is recorded."""
        try:
            self.check()
            self._run(self)
        except BaseException as error:  # noqa: BLE001 - a worker thread has nobody above it to report to
            self.error = error
            _let_go(error)
        finally:
            self._end()

    def _end(self) -> None:
        self.done = True
        self._finished.set()
        self._ended()


def _let_go(error: BaseException | None) -> None:
    """Let go of what the frames of its tracebacks hold: graphs, results, widgets."""
    if isinstance(error, Superseded):
        error.__traceback__ = error.__context__ = None  # nobody reads it, and a cleared frame keeps its closure
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


class Worker:
    """Runs jobs one after the other in a thread that lives while there are any."""

    def __init__(self) -> None:
        # Re-entrant: a garbage collection while it is held may close a widget, which cancels here.
        self._guard = threading.RLock()
        self._waiting: dict[int, Job] = {}
        self._running: Job | None = None
        self._thread: threading.Thread | None = None

    def submit(
        self, owner: object, run: Callable[[Job], None], ended: Callable[[], None], *, behind: bool = False
    ) -> Job:
        """Queue `run(job)` for `owner`, in place of whatever that owner wished before.

        `ended()` is called once the job has ended, in whatever way. Jobs that are `behind` start when no others wait.
        """
        job = Job(id(owner), run, ended, behind=behind)
        with self._guard:
            self._stop(job.owner)
            replaced = self._waiting.pop(job.owner, None)
            self._waiting[job.owner] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="jacobian-widget", daemon=True)
                self._thread.start()
        if replaced is not None:
            replaced.discard()
        return job

    @property
    def is_current_thread(self) -> bool:
        """Whether the caller runs inside a job of this worker, and so must not wait for one."""
        return threading.current_thread() is self._thread

    @property
    def crowded(self) -> bool:
        """Whether a job that is not `behind` waits for the running one to end."""
        with self._guard:
            return any(not job.behind for job in self._waiting.values())

    @property
    def queued(self) -> bool:
        """Whether any job waits for the running one to end."""
        return bool(self._waiting)

    def shut_down(self) -> None:
        """Stop everything and wait for the running job's next probe boundary."""
        with self._guard:
            thread = self._thread
            for job in (*self._waiting.values(), self._running):
                if job is not None:
                    job.stop()
        if thread is not None:
            thread.join(timeout=10)

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
                    self._thread = None
                    return
                first = next((owner for owner, job in self._waiting.items() if not job.behind), None)
                self._running = self._waiting.pop(next(iter(self._waiting)) if first is None else first)
                job = self._running
            job.execute()


class Pace:
    """What a computation still takes: as foreseen, until its own pace says more."""

    def __init__(self, seconds: float, size: int) -> None:
        self._seconds, self._size = seconds, size
        self._started = time.monotonic()

    def left(self, done: int, total: int) -> dict[str, float | int]:
        """Keywords for `_wire.status`."""
        seconds = self._seconds
        if done:
            seconds = (time.monotonic() - self._started) / done * (total - done)
        return {"seconds": seconds, "bytes_": self._size}


_workers: weakref.WeakKeyDictionary[object, Worker] = weakref.WeakKeyDictionary()
_guard = threading.RLock()


@atexit.register
def _shut_down() -> None:
    # A thread still inside torch while the interpreter goes down aborts the process.
    for worker in list(_workers.values()):
        worker.shut_down()


def worker_of(model: object) -> Worker:
    """The worker that all widgets over `model` share."""
    with _guard:
        return _workers.setdefault(model, Worker())
