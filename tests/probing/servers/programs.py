"""Servers that are programs of the system or processes of their own: started, ended by pid."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent


def program(name: str) -> str:
    """Where a program of the system is; the test is skipped where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port at which nobody listens."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    words: list[str], folder: Path, is_ready: Callable[[], bool] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The process, once it is ready; its output is in `folder/out.log`."""
    with (folder / "out.log").open("ab") as output:
        process = subprocess.Popen(words, cwd=folder, stdout=output, stderr=output)
    try:
        if is_ready is not None:
            wait_for(lambda: process.poll() is None and is_ready(), str(folder / "out.log"))
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()  # so that it takes its children along
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def module(name: str) -> Iterator[int]:
    """A server of these tests in a process of its own; gives its port."""
    process = subprocess.Popen([sys.executable, "-m", name], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Until it is so; fails after half a minute."""
    deadline = time.monotonic() + 30
    while not is_so():
        if time.monotonic() > deadline:
            text = Path(what).read_text()[-2000:] if Path(what).exists() else what
            raise AssertionError(f"not ready: {text}")
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Whether somebody listens at a port."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def open_sockets(port: int, table: str = "tcp") -> int:
    """How many sockets of this machine are connected to a port and not given back."""
    lines = Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]
    held = [line.split() for line in lines]
    return sum(
        int(fields[2].rpartition(":")[2], 16) == port and fields[9] != "0" for fields in held
    )


def stand_still(*pids: int) -> None:
    """Stop processes as by SIGSTOP, and wait until every thread of them has stopped."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: all(_has_stopped(pid) for pid in pids), "it does not stop")


def go_on(*pids: int) -> None:
    """Let them work again."""
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def _has_stopped(pid: int) -> bool:
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(path.read_text().rpartition(")")[2].split()[0] == "T" for path in threads)
