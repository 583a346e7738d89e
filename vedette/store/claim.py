"""One owner per store: a lock on its folder that ends with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from vedette.store.errors import StoreUnavailable


def claim(folder: Path) -> int:
    """Lock the folder and return the handle that holds the lock. Raises StoreUnavailable."""
    handle = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StoreUnavailable(
            f"another process owns {folder}: stop it, or look for a left-over `vedette run worker`"
        ) from None
    return handle
