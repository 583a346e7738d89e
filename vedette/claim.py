"""One owner per folder: a lock that ends with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Claimed(OSError):
    """Another process owns the folder."""


def claim(folder: Path) -> int:
    """Lock the folder and return the handle that holds the lock. Raises Claimed."""
    handle = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Claimed(
            f"another process owns {folder}: stop it, or wait until it has ended"
        ) from None
    return handle
