"""Opening what lies in a checkout: only files, no links out of it, no pipes that nobody fills."""

from __future__ import annotations

import os
import stat


def bytes_of(root: str, path: str, most: int) -> bytes:
    """The first `most` bytes of the file `path` below `root`. Raises OSError.

    Opened without following a link and without waiting, so what has become a link or a pipe
    since it was listed is not read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(os.path.join(root, path), flags)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("is no file")
        return file.read(most)
