"""Reports that are built to cost much end soon, are bounded, and leave their event."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import pytest

from tests.crashes.dumping import TILL_DUMP, Writer, context
from vedette.crashes.apple import read_apple_report
from vedette.crashes.dumps import describe
from vedette.crashes.minidump import MOST_THREADS, read_minidump
from vedette.crashes.reports import CrashReport, fold
from vedette.crashes.unreal import NoContainer, unpack_container

DUMP = CrashReport("event.minidump", TILL_DUMP)
HEAD = b"Process: shop\n\nThread 0 Crashed:\n0 shop 0x10 pay + 1\n\n"


@pytest.mark.parametrize("line", [b"0x1 - 0x2 ", b"0 a", b"Exception Type: ", b"OS Version: a"])
def test_lines_of_blanks_are_read_once(line: bytes) -> None:
    """Megabytes of lines that nearly fit a pattern: read in one pass, the crash is there."""
    lines = (line + b" " * 1900 + b"x\n") * 2000
    said = read_apple_report(HEAD + b"Thread 1:\n0 a 0x1 b\n" + lines)
    assert said["exception"]["values"][0]["stacktrace"]["frames"][0]["function"] == "pay"


def test_threads_and_frames_are_bounded() -> None:
    """A report of megabytes makes no event of megabytes; the thread that crashed is among it."""
    threads = b"".join(b"Thread %d:\n" % at + b"0 a 0x1 f\n" * 80 + b"\n" for at in range(1, 300))
    text = read_apple_report(HEAD + threads + b"0x1 - 0x2 a <%s> /b\n" % (b"ab" * 16) * 9000)
    assert len(text["images"]) == 5000
    frames = [{"imageIndex": 0, "imageOffset": 1}] * 400
    held = {"threads": [{"frames": frames}] * 400, "usedImages": [], "faultingThread": 390}
    for said in (text, read_apple_report(b"{}\n" + json.dumps(held).encode())):
        assert said["exception"]["values"][0]["stacktrace"]["frames"]
        assert len(said["threads"]["values"]) <= 257
        assert _count(said) <= 3600


def test_of_many_threads_only_those_shown_are_walked() -> None:
    """65,000 threads with a megabyte of stack each, which may lie in the same bytes."""
    said = describe(read_minidump(_many_threads(65_000)))
    assert len(said["threads"]["values"]) == MOST_THREADS
    assert 3000 <= _count(said) <= 3200


def test_the_thread_that_crashed_is_read_wherever_it_is_listed() -> None:
    """Servers and games have hundreds of threads."""
    dump = _many_threads(400, crashed=390)
    (thrown,) = describe(read_minidump(dump))["exception"]["values"]
    assert thrown["thread_id"] == 390
    assert thrown["stacktrace"]["frames"][-1]["instruction_addr"] == "0x140001234"


def test_names_of_modules_are_bounded_together() -> None:
    """Thousands of modules may share the longest name of the file."""
    made = Writer()
    made.stream(7, struct.pack("<HHHBBIIIIIHH24x", 9, 6, 0, 8, 1, 10, 0, 19045, 2, 0, 0, 0))
    record = b"RSDS" + bytes(range(20)) + b"p" * 4000
    places = (made.text("m" * 5000), len(record), made.put(record))
    modules = b"".join(
        struct.pack("<QIIII52xIIIIQQ", at << 16, 0x10000, 0, 1, *places, 0, 0, 0, 0)
        for at in range(5000)
    )
    made.stream(4, struct.pack("<I", 5000) + modules)
    said = describe(read_minidump(made.done()))
    assert len(said["images"]) == 5000
    assert len(json.dumps(said)) < 3 << 20


def _count(said: dict[str, Any]) -> int:
    stacks = (one.get("stacktrace", {}) for one in said["threads"]["values"])
    return sum(len(one.get("frames", ())) for one in stacks)


def _many_threads(count: int, crashed: int = 0) -> bytes:
    made = Writer()
    made.stream(7, struct.pack("<HHHBBIIIIIHH24x", 9, 6, 0, 8, 1, 10, 0, 19045, 2, 0, 0, 0))
    module = struct.pack("<QIIII52xIIIIQQ", 0x140000000, 0x10000, *([0] * 9))
    made.stream(4, struct.pack("<I", 1) + module)
    stack = struct.pack("<48Q", *([0] * 47), 0x140001111) * 200
    registers = context(0x140001234, 0x1000, 0)
    places = (0x1000, len(stack), made.put(stack), len(registers), made.put(registers))
    threads = b"".join(struct.pack("<IIIIQQIIII", at, 0, 0, 0, 0, *places) for at in range(count))
    made.stream(3, struct.pack("<I", count) + threads)
    made.stream(5, struct.pack("<IQII", 1, *places[:3]))
    about = (crashed, 0, 0xC0000005, 0, 0, 0x140001234, *([0] * 17), *places[3:])
    made.stream(6, struct.pack("<IIIIQQII15QII", *about))
    return made.done()


@pytest.mark.parametrize(
    "payload",
    [
        b'{"release": "shop@1", "extra": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"release": "shop@1", "extra": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"release": "shop@1", "extra": {"a": NaN, "b": 1e999}}',
        b'{"release": "shop@1", "message": "\\ud83d"}',
        b'{"release": "shop@1", "message": "\xff"}',
    ],
    ids=["nested", "far too nested", "no number", "half a character", "no UTF-8"],
)
def test_an_event_that_is_no_strict_json_gets_its_crash(payload: bytes) -> None:
    """What the pipeline reads without a report is read with one, too."""
    made = fold(payload, DUMP)
    assert b"SIGSEGV" in made
    assert b"shop@1" in made


def test_a_container_that_unpacks_to_far_more_is_refused() -> None:
    """A hundred kilobytes do not fill the disk with a hundred megabytes."""
    bomb = zlib.compress(b"CR1" + b"\0" * (60 << 20))
    with pytest.raises(NoContainer, match="unpacks to more than 8 MB"):
        unpack_container(bomb)
