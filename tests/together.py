"""Several threads at once, whose errors are not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable


def at_once(*runs: Callable[[], object]) -> None:
    """Run all in threads of their own, started together; the first error is raised here."""
    start = threading.Barrier(len(runs))
    errors: list[BaseException] = []

    def catching(run: Callable[[], object]) -> None:
        start.wait(60)
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    threads = [threading.Thread(target=catching, args=(run,), daemon=True) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    if errors:
        raise errors[0]
