"""Opening what lies in a checkout: only files, no links out of it, no pipes that nobody fills."""

from __future__ import annotations

import os
import stat
import tempfile


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


def replace_text(path: str, text: str) -> None:
    """Write a file whole or not at all, with the rights that it had. Raises OSError.

    What stands there is replaced, so a link is not followed to what lies outside.
    """
    folder = os.path.dirname(path) or "."
    descriptor, new = tempfile.mkstemp(dir=folder, prefix=".vedette-")
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
        os.chmod(new, _rights(path))
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise


def _rights(path: str) -> int:
    try:
        found = os.lstat(path).st_mode
    except FileNotFoundError:
        return 0o644
    return stat.S_IMODE(found) if stat.S_ISREG(found) else 0o644
