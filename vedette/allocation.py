"""How the C library's allocator shares memory among threads."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2
_LARGEST_GAP = 504  # bytes; larger ones are mostly whole pages, given back
_ALIGNED = 16
_AT_A_TIME = 64


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


def fill_gaps() -> int:
    """Take the small free pieces between what is held, for good; gives the bytes taken, 0 where
    the C library does not tell of them.

    To be called before forks, after `give_back`. A fork's first small pieces come to lie in those
    gaps, and each of them makes a page of its own of one that all share: reading the keys, 450 KB
    in a new process, took 6 MB in a door that was forked. The pages are in memory anyway; with no
    gaps left, what a fork allocates lies together.
    """
    library = ctypes.CDLL(None)
    try:
        tell = library.mallinfo2
    except AttributeError:
        return 0
    tell.restype = _Tally
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = (ctypes.c_size_t,)
    library.free.argtypes = (ctypes.c_void_p,)
    before = tell().in_use
    for size in range(_LARGEST_GAP, 0, -_ALIGNED):
        top = tell().top
        while tell().top == top:  # no gap is left once the end of the heap is used
            taken = [library.malloc(size) for _ in range(_AT_A_TIME)]
        for piece in taken:
            library.free(piece)
    return int(tell().in_use - before)


class _Tally(ctypes.Structure):
    """`mallinfo2` of glibc's malloc.h."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("heap", "pieces", "fast", "maps", "mapped", "x", "fast_bytes", "in_use")
    ] + [("free", ctypes.c_size_t), ("top", ctypes.c_size_t)]
