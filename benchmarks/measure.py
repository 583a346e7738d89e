"""Reading CPU and memory of processes, and printing figures in one form."""

from __future__ import annotations

import os
import platform
from array import array
from collections import Counter
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_FRAME = (1 << 55) - 1


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """The proportional resident memory of a process: shared pages count once."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass  # the process has ended, or belongs to somebody else
    return 0.0


def memory_apart_mb(pids: list[int]) -> dict[int, float]:
    """The memory of each process, a page that several of them map in equal parts.

    Other processes, which map the same libraries and so make the proportional memory less, do
    not matter. Only root may see which pages are the same; to others it is `memory_mb`.
    """
    frames = {pid: _frames(pid) for pid in pids}
    mappings = Counter(frame for held in frames.values() for frame in held)
    if set(mappings) <= {0}:
        return {pid: memory_mb(pid) for pid in pids}
    return {
        pid: sum(1 / mappings[frame] for frame in held) * _PAGE / (1 << 20)
        for pid, held in frames.items()
    }


def _frames(pid: int) -> set[int]:
    """The numbers of the page frames that a process maps."""
    found: set[int] = set()
    try:
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        with Path(f"/proc/{pid}/pagemap").open("rb", buffering=0) as pagemap:
            for line in maps:
                first, _, end = line.split()[0].partition("-")
                if "[v" in line:
                    continue  # the system's own: no memory of the process
                pagemap.seek(int(first, 16) // _PAGE * 8)
                entries = array("Q", pagemap.read((int(end, 16) - int(first, 16)) // _PAGE * 8))
                found.update(entry & _FRAME for entry in entries if entry >> 63)
    except OSError:
        pass  # the process has ended, or belongs to somebody else
    return found


def highest_memory_mb(pid: int) -> float:
    """The most resident memory that a process ever had."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def children(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += children(int(path.parent.name))
    return found


def role(pid: int) -> str:
    """What a process of the product does: its role, or its module."""
    words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split()
    after = words.index("run" if "run" in words else "-m")
    return words[after + 1]


def say(name: str, value: float, unit: str, bar: str = "") -> None:
    """One line: what, how much, and the bar it is held against."""
    print(f"{name:<46}{value:>12.3f} {unit:<22}{bar}")


def machine() -> None:
    """The head of every report."""
    print(f"python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
