"""Reading CPU and memory of processes, and printing figures in one form."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


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
