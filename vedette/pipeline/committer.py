"""One batch is committed while the next is computed: a thread that holds one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Committer:
    """Runs one task at a time beside the caller. What it raises is raised at the next call."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(1)
        self._ready = threading.Semaphore(0)
        self._task: Callable[[], None] | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def submit(self, task: Callable[[], None]) -> None:
        """Run it beside; waits for the one before. Raises what that one raised."""
        self._free.acquire()
        if self._error is not None:
            self._free.release()
            self._raise()
        self._task = task
        self._ready.release()

    def wait(self) -> None:
        """Return when nothing is running. Raises what the last task raised."""
        with self._free:
            pass
        self._raise()

    def forget(self) -> None:
        """Wait, and drop what the last task raised."""
        with self._free:
            self._error = None

    def close(self) -> None:
        """End the thread after the task at hand."""
        self._free.acquire()
        self._task = None
        self._ready.release()
        self._thread.join()

    def _raise(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self) -> None:
        while True:
            self._ready.acquire()
            task = self._task
            if task is None:
                return
            try:
                task()
            except BaseException as error:
                self._error = error
            self._task = None
            self._free.release()
