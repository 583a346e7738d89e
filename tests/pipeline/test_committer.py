"""One batch is committed beside the computing of the next."""

from __future__ import annotations

import threading

import pytest

from vedette.pipeline.committer import Committer


def test_tasks_run_in_turn_beside_the_caller() -> None:
    """The second waits for the first, the caller for neither until the second is given."""
    committer = Committer()
    done: list[int] = []
    gate = threading.Event()

    def first() -> None:
        gate.wait(5)
        done.append(1)

    committer.submit(first)
    assert done == []
    gate.set()
    committer.submit(lambda: done.append(2))
    committer.wait()
    assert done == [1, 2]
    committer.close()


def test_a_failure_stops_what_comes_after() -> None:
    """A batch that failed must not be overtaken by the next one."""
    committer = Committer()
    done: list[int] = []

    def fail() -> None:
        raise RuntimeError("boom")

    committer.submit(fail)
    with pytest.raises(RuntimeError, match="boom"):
        committer.submit(lambda: done.append(1))
    assert done == []
    committer.submit(lambda: done.append(2))
    committer.wait()
    assert done == [2]
    committer.submit(fail)
    committer.forget()
    committer.wait()
    committer.close()
