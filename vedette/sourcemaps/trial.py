"""Whether the scripts that somebody uploaded can be parsed at all, tried in a process apart.

The parser of scopes follows the nesting of a script on the stack: one that is built to be deep
ends the process. A script that fails the trial is not used: its frames are read without scopes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from vedette.blobs.packed import PackedFolder

MOST_SCRIPT_BYTES = 12 << 20  # reading the scopes takes up to forty times as much
_STACK_BYTES = 4 << 20  # half of what the digester has
_MEMORY_BYTES = 4 << 30
_SECONDS = 10  # of the processor for one script
_MOST_DEATHS = 8  # of one upload; the scripts after it are not tried
_READY = b"+"
_MAP = b'{"version":3,"sources":["a"],"names":[],"mappings":"AAAA"}'


def failing(folder: Path, names: Sequence[str]) -> set[str]:
    """Those of these scripts, by the names of their blobs, that cannot be parsed.

    Raises OSError if none can be tried. Where too many fail, those left count as failed, too.
    """
    left = list(dict.fromkeys(names))
    bad: set[str] = set()
    while left:
        if len(bad) >= _MOST_DEATHS:
            return bad | set(left)
        survived = _survivors(folder, left)
        if survived < len(left):
            bad.add(left[survived])
        left = left[survived + 1 :]
    return bad


def _survivors(folder: Path, names: Sequence[str]) -> int:
    """How many of the scripts, in order, a process parses before it dies."""
    done = subprocess.run(
        [sys.executable, "-m", "vedette.sourcemaps.trial", str(folder)],
        input="\n".join(names).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if not done.stdout.startswith(_READY):
        raise OSError("the trial of scripts could not be started")
    return done.stdout.count(b".")


def _try_all(folder: PackedFolder, names: Sequence[str]) -> None:
    from symbolic.exceptions import SymbolicError
    from symbolic.sourcemapcache import SourceMapCache

    for name in names:
        _limit_seconds()
        script = folder.get(name, MOST_SCRIPT_BYTES)
        try:
            SourceMapCache.from_bytes(script or b"", _MAP)
        except SymbolicError:
            return
        sys.stdout.write(".")
        sys.stdout.flush()


def _limit_seconds() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + _SECONDS, most))


def main() -> None:
    """Read names of blobs in the folder of the first argument; print a dot for each success."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    names = sys.stdin.read().split()
    threading.stack_size(_STACK_BYTES)
    sys.stdout.write(_READY.decode())
    sys.stdout.flush()
    folder = PackedFolder(Path(sys.argv[1]))
    thread = threading.Thread(target=_try_all, args=(folder, names))
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
