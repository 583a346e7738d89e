"""How the C library's allocator shares memory among threads."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2


def bound_arenas(most: int = _ARENAS) -> bool:
    """Let all threads allocate from so few arenas; whether the C library can.

    glibc gives each thread an arena of its own and never gives back what lies between two pieces
    in use: the pages, with two dozen threads, grew by 80 MB over 24,000 hostile requests, and do
    not with two. To be called before a process has threads.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False  # another C library, which has no such option
    return bool(set_option(_M_ARENA_MAX, most))


def give_back() -> bool:
    """Return free memory to the system; whether the C library can.

    What a process read and dropped while it started lies between what it keeps.
    """
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (OSError, AttributeError):
        return False
