"""Input, output and errors, whatever has become of them: closed, or read by nobody any more."""

from __future__ import annotations

import os
import sys

_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


def open_missing() -> None:
    """Open what the caller has closed, on nothing: the next file would get its number.

    A lock or a socket in the place of the errors would be written to, and a child would take
    it for its own.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) < len(_MODES):
        os.set_inheritable(handle, True)
    os.close(handle)
    for number, (name, mode) in enumerate(_MODES.items()):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def flush() -> None:
    """Write what is held back; what cannot be written is no reason to do nothing else.

    Whoever read it has ended, or the disk is full.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
