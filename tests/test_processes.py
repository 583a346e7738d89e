"""A forked child is what an interpreter of its own would be."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vedette import processes
from vedette.processes import Part

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")

_HEAD = """
import os, signal, sys, time
from vedette.processes import Part, fork
part = Part("digester", 1)
def parted():
    sys.stdin.buffer.read()
    print("the parent has gone", flush=True)
"""


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _HEAD + code], capture_output=True, text=True, timeout=30, check=True
    )


def test_a_child_notices_that_its_parent_was_killed() -> None:
    """Although a child that was started later, and lives on, has all that its parent had."""
    done = _run(
        "fork(part, parted)\n"
        "def outlive():\n    os.dup2(os.open('/dev/null', os.O_WRONLY), 1)\n"
        "    os.dup2(1, 2)\n    time.sleep(3)\n"
        "fork(part, outlive)\n"
        "os._exit(0)\n"
    )
    assert done.stdout == "the parent has gone\n"


def test_a_child_has_no_handle_of_its_parent() -> None:
    """No lock of the folder, no pipe of another child."""
    done = _run(
        "locked = os.open('/dev/null', os.O_RDONLY)\n"
        "def show():\n    print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1], flush=True)\n"
        "assert fork(part, show).wait(20) == 0\n"
    )
    assert done.stdout == "[0, 1, 2]\n"


def test_a_child_has_the_default_signals_and_a_session_of_its_own() -> None:
    """A signal ends it before it has handlers; the terminal's do not reach it."""
    done = _run(
        "def blocked():\n    return signal.pthread_sigmask(signal.SIG_BLOCK, ())\n"
        "before = blocked()\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('of the parent', flush=True))\n"
        "def play():\n"
        "    print(os.getsid(0) == os.getpid(), signal.getsignal(signal.SIGINT).__name__,\n"
        "          blocked() == before, flush=True)\n"
        "    signal.raise_signal(signal.SIGTERM)\n    time.sleep(60)\n"
        "print(fork(part, play).wait(20), blocked() == before)\n"
    )
    assert done.stdout == "True default_int_handler True\n-15 True\n"


def test_a_list_of_processes_says_what_a_child_plays() -> None:
    """In the words of the command that would start it alone."""
    done = _run(
        "def show():\n    print(open('/proc/self/cmdline').read().strip('\\0'), flush=True)\n"
        "fork(part, show).wait(20)\n"
    )
    assert done.stdout.endswith(" -m vedette run digester --index 1 --supervised\n")


def test_a_list_of_processes_says_so_whatever_came_first_in_the_environment() -> None:
    """A setting that the command line writes again, as systemd and shells put it."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _HEAD + "os.environ['VEDETTE_FIRST'] = 'again'\n"
            "def show():\n    print(open('/proc/self/cmdline').read().strip('\\0'), flush=True)\n"
            "fork(part, show).wait(20)\n",
        ],
        env={"VEDETTE_FIRST": "1", "VEDETTE_ROOM": "x" * 200},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith(" -m vedette run digester --index 1 --supervised\n")


def test_a_log_that_nobody_reads_any_more_keeps_no_process_from_starting() -> None:
    """The supervisor has a line that it cannot write, and its next child starts and ends well."""
    done = _run(
        "mark = os.dup(1)\n"
        "reading, writing = os.pipe()\nos.dup2(writing, 2)\nos.close(reading)\n"
        "sys.stderr = open(2, 'w', closefd=False)\n"
        "sys.stderr.write('the door ended')\n"
        "status = fork(part, lambda: sys.exit(7)).wait(20)\n"
        "os.write(mark, str(status).encode())\nos._exit(0)\n"
    )
    assert done.stdout == "7"


def test_without_proc_a_child_has_no_handle_of_its_parent_either() -> None:
    """In a root of its own that nothing is mounted in."""
    done = _run(
        "locked = os.open('/dev/null', os.O_RDONLY)\n"
        "seen = os.listdir\n"
        "def nothing(path):\n    raise FileNotFoundError(path)\n"
        "os.listdir = nothing\n"
        "def show():\n    print(sorted(map(int, seen('/proc/self/fd')))[:-1], flush=True)\n"
        "assert fork(part, show).wait(20) == 0\n"
    )
    assert done.stdout == "[0, 1, 2]\n"


@pytest.mark.parametrize(
    ("play", "status", "said"),
    [
        ("lambda: sys.exit(3)", 3, ""),
        ("lambda: sys.exit('the folder is taken')", 1, "the folder is taken\n"),
        ("lambda: 1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("lambda: None", 0, ""),
    ],
)
def test_a_child_ends_as_an_interpreter_does(play: str, status: int, said: str) -> None:
    """With its status, its words, and nothing of what the parent would do."""
    done = _run(
        f"print('said before', end='')\nchild = fork(part, {play})\nprint(child.wait(20), end='')\n"
    )
    assert done.stdout == f"said before{status}"
    assert done.stderr.endswith(said)
    assert bool(done.stderr) == bool(said)


def test_a_child_that_is_waited_for_in_vain_can_be_killed() -> None:
    """And its end is told once and for all."""
    done = _run(
        "import subprocess\n"
        "child = fork(part, lambda: time.sleep(60))\n"
        "try:\n    child.wait(0.1)\nexcept subprocess.TimeoutExpired:\n    print(child.poll())\n"
        "child.kill()\nprint(child.wait(20), child.poll())\nchild.terminate()\n"
    )
    assert done.stdout == "None\n-9 -9\n"


def test_no_memory_for_a_child_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it can be tried for ever."""
    made: list[tuple[int, int]] = []
    pipe = processes.os.pipe

    def noted() -> tuple[int, int]:
        made.append(pipe())
        return made[-1]

    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(processes.os, "pipe", noted)
    monkeypatch.setattr(processes.os, "fork", refused)
    with pytest.raises(OSError):
        processes.fork(Part("door"), lambda: None)
    for handle in made[0]:
        with pytest.raises(OSError):
            processes.os.fstat(handle)
