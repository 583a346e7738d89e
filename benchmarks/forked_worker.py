"""Workers that start in a fraction of a second: each is a copy of a process that has loaded all.

Usage: python -m benchmarks.forked_worker
Prints the number of each worker; begins a new one as soon as the last has ended.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from vedette import django_setup
from vedette.config import load
from vedette.loops import loops
from vedette.roles import worker

_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main() -> None:
    """Until it is killed. Nothing here may open a file of the data folder or start a thread."""
    config = load(os.environ)
    django_setup.setup(config)
    loops()
    _load_all()
    while True:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
            worker.run(config)
            os._exit(0)
        print(pid, flush=True)
        os.waitpid(pid, 0)


def _load_all() -> None:
    """The modules that a worker loads on its way."""
    import duckdb  # noqa: F401
    import pyarrow  # noqa: F401

    from vedette.pipeline import owner, remote  # noqa: F401
    from vedette.reactions import _domain  # noqa: F401
    from vedette.store import duck  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
