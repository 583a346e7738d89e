"""Debug files made into what frames are read through, in a process apart.

Debug files are large and may be built to be hostile: the process has bounds of memory and time,
and if it dies only the file is refused. Few run at once, since memory is bounded for each.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from vedette.symbols.files import MOST_CACHE_BYTES, NoDebugFile, ReadObject, read_objects
from vedette.symbols.images import plain_debug_id

_MEMORY_BYTES = 6 << 30
_SECONDS = 60  # of CPU, and of the clock a little more: less than a request may take
_REFUSED = 3
_MOST_AT_ONCE = 2
_MOST_WAITING = 12  # whoever waits holds a thread that pages need, too
_BUSY = "Many debug files are read at this moment; upload this one again in a minute."
_turns = threading.BoundedSemaphore(_MOST_AT_ONCE)
_places = threading.BoundedSemaphore(_MOST_AT_ONCE + _MOST_WAITING)


def convert(path: Path, debug_id: str, folder: Path) -> list[ReadObject]:
    """The programs in a file; their symbol caches are written into `folder`. What is no debug id
    counts as none.

    Raises NoDebugFile, whose text says to whoever uploaded the file what is wrong with it, and
    OSError if the process cannot be started.
    """
    with _turn():
        return _convert(path, plain_debug_id(debug_id), folder)


@contextmanager
def _turn() -> Iterator[None]:
    """A turn to read a file, waited for if few others do. Raises NoDebugFile."""
    if not _places.acquire(blocking=False):
        raise NoDebugFile(_BUSY)
    try:
        if not _turns.acquire(timeout=_SECONDS):
            raise NoDebugFile(_BUSY)
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


def _convert(path: Path, debug_id: str, folder: Path) -> list[ReadObject]:
    command = [sys.executable, "-m", "vedette.symbols.conversion", str(path), debug_id, str(folder)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS + 10,
        )
    except subprocess.TimeoutExpired:
        raise NoDebugFile("The file could not be read within a minute; it is too large.") from None
    if done.returncode == _REFUSED:
        raise NoDebugFile(done.stdout.decode("utf-8", "replace")[:500])
    if done.returncode:
        raise NoDebugFile(
            "The file could not be read within the memory and time allowed; it is damaged, or "
            "far larger than debug files are."
        )
    return msgspec.json.decode(done.stdout, type=list[ReadObject])


def main() -> None:
    """Read the file of the first argument, of the debug id of the second, into the folder of the
    third; print what it holds, or why it is refused."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_CACHE_BYTES, MOST_CACHE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    path, debug_id, folder = sys.argv[1:]
    try:
        found = read_objects(Path(path), debug_id, Path(folder))
    except NoDebugFile as error:
        sys.stdout.write(str(error))
        sys.stdout.flush()
        raise SystemExit(_REFUSED) from None
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
