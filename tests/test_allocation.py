"""A process of many threads does not hold what each of them once needed."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import re, sys, threading
from vedette.allocation import bound_arenas
assert bound_arenas(2) if sys.argv[1] == "bounded" else True
ready = threading.Barrier(17)
def work():
    held = [bytes(1000) for _ in range(20000)]
    ready.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
[one.start() for one in threads]
ready.wait()
[one.join() for one in threads]
import ctypes
libc = ctypes.CDLL(None)
libc.malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about glibc")
@pytest.mark.parametrize(("how", "most"), [("bounded", 2), ("free", 64)])
def test_threads_share_arenas(how: str, most: int) -> None:
    """The C library says how many it made."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True
    )
    arenas = done.stderr.count("Arena ")
    assert 1 <= arenas <= most
    assert how == "bounded" or arenas > 2


FREED = """
import gc
from pathlib import Path
from vedette.garbage import spare_what_is_loaded

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

held = [bytes(1000) for _ in range(50_000)]
last = bytes(1000)  # lies above them, so that the heap does not shrink by itself
before = resident()
del held
spare_what_is_loaded(700, 10, 10)
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about glibc")
def test_what_starting_needed_is_given_back() -> None:
    """Fifty megabytes that were read and dropped are not held by a process that is ready."""
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 40_000_000


FORKED = """
import os, re, sys
from pathlib import Path
from vedette.allocation import fill_gaps
import ctypes

def own():
    return int(re.search(r"Private_Dirty: +(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1])

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = (ctypes.c_void_p,)
pieces = [libc.malloc(200) for _ in range(200_000)]
for piece in pieces[::40]:  # a gap in every other page
    libc.free(piece)
taken = fill_gaps() if sys.argv[1] == "filled" else 0
own()  # has the C library sort what was freed
if os.fork():
    os.wait()
else:
    before = own()
    for _ in range(5_000):
        libc.malloc(200)
    print(taken, own() - before, flush=True)
    os._exit(0)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about glibc")
def test_what_a_fork_allocates_lies_together() -> None:
    """5,000 small pieces are a megabyte of a fork's own, and not as many pages."""
    figures = []
    for how in ("filled", "as it is"):
        done = subprocess.run(
            [sys.executable, "-c", FORKED, how], capture_output=True, text=True, check=True
        )
        figures.append([int(word) for word in done.stdout.split()])
    (taken, filled), (_, as_it_is) = figures
    assert taken >= 5_000 * 200
    assert filled < 2_500
    assert as_it_is > 15_000
