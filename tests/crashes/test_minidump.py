"""Minidumps are read into threads, modules and the reason of the crash, whatever they hold."""

from __future__ import annotations

import random
import struct

import pytest

from tests.crashes.dumping import TILL_DUMP, windows_dump
from vedette.crashes.dumps import describe
from vedette.crashes.minidump import NoMinidump, read_minidump


def test_a_real_dump_tells_what_breakpads_own_reader_tells() -> None:
    """Reason, threads, registers and modules as `minidump_stackwalk` prints them."""
    said = describe(read_minidump(TILL_DUMP))
    (thrown,) = said["exception"]["values"]
    assert (thrown["type"], thrown["value"]) == ("SIGSEGV", "SEGV_MAPERR at 0x0")
    assert thrown["mechanism"]["meta"]["signal"]["code_name"] == "SEGV_MAPERR"
    frames = thrown["stacktrace"]["frames"][::-1]
    base = int(said["images"][0]["image_addr"], 16)
    assert [(int(one["instruction_addr"], 16) - base, one["trust"]) for one in frames] == [
        (0x251F, "context"),
        (0x256E, "fp"),
        (0x26F2, "fp"),
        (0x24D9, "scan"),
    ]
    assert thrown["stacktrace"]["registers"]["rip"] == frames[0]["instruction_addr"].replace(
        "0x", "0x0000"
    )
    assert [one["id"] for one in said["threads"]["values"]] == [18644, 18645]
    names = [one["code_file"].rpartition("/")[2] for one in said["images"]]
    assert names[:2] == ["till", "libc.so.6"]
    assert said["images"][0]["debug_id"] == "d0ea123d-851f-e78d-46e6-1aa64ad92ccb"
    assert said["contexts"]["os"]["name"] == "Linux"
    other = said["threads"]["values"][1]["stacktrace"]["frames"]
    assert hex(base + 0x24D7) in {one["instruction_addr"] for one in other}


def test_a_crash_of_windows_is_named_in_its_words() -> None:
    """What was touched and how, the PDB's id with its age, the thread's name, both ways to walk."""
    stack = struct.pack("<QQQQQ", 5, 6, 0x1020, 0x140002222, 0x140003333) + b"\0" * 64
    said = describe(read_minidump(windows_dump(stack)))
    (thrown,) = said["exception"]["values"]
    assert (thrown["type"], thrown["value"]) == ("EXCEPTION_ACCESS_VIOLATION", "WRITE of 0x8")
    found = [(one["instruction_addr"], one["trust"]) for one in thrown["stacktrace"]["frames"]]
    assert found == [
        ("0x140003333", "scan"),
        ("0x140002222", "fp"),
        ("0x140001234", "context"),
    ]
    (image,) = said["images"]
    assert (image["debug_id"], image["code_id"], image["debug_file"]) == (
        "3249d99d-0c40-4931-8610-f4e4fb0b6936-1",
        "5AB3807710000",
        "C:\\build\\till.pdb",
    )
    assert said["threads"]["values"][0]["name"] == "till"
    assert said["contexts"]["os"]["version"] == "10.0.19045"


@pytest.mark.parametrize(
    ("code", "parameters", "name", "words"),
    [
        (0xC00000FD, (), "EXCEPTION_STACK_OVERFLOW", "at 0x140001234"),
        (0xC0000409, (7,), "STATUS_STACK_BUFFER_OVERRUN", "fast fail 7"),
        (0xE06D7363, (), "CPP_EXCEPTION", "at 0x140001234"),
        (0x12345678, (), "0x12345678", "at 0x140001234"),
    ],
)
def test_other_reasons_have_their_names(
    code: int, parameters: tuple[int, ...], name: str, words: str
) -> None:
    """And one that nobody knows has its number."""
    dump = windows_dump(b"\0" * 64, code=code, parameters=parameters)
    (thrown,) = describe(read_minidump(dump))["exception"]["values"]
    assert (thrown["type"], thrown["value"]) == (name, words)


@pytest.mark.parametrize("data", [b"", b"MDMP", b"PMDM" + b"\0" * 60, b"\x7fELF" + b"\0" * 60])
def test_what_is_no_dump_is_refused(data: bytes) -> None:
    """In words, for the page."""
    with pytest.raises(NoMinidump):
        read_minidump(data)


def test_a_stack_that_leads_in_circles_ends() -> None:
    """Frame pointers that point at themselves or back are not followed."""
    for pointer in (0x1010, 0x1000, 0x1018, 0):
        stack = struct.pack("<QQQQ", 0, 0, pointer, 0x140002222) + b"\0" * 4096
        assert describe(read_minidump(windows_dump(stack)))["exception"]
    endless = struct.pack("<Q", 0x140002222) * 200_000
    (thrown,) = describe(read_minidump(windows_dump(endless)))["exception"]["values"]
    assert len(thrown["stacktrace"]["frames"]) == 128


@pytest.mark.parametrize("seed", range(40))
def test_damaged_dumps_never_raise(seed: int) -> None:
    """Cut off, bytes changed, sizes and offsets that lie: what is left is read."""
    chance = random.Random(seed)
    for source in (TILL_DUMP, windows_dump(b"\x01\x40" * 500)):
        data = bytearray(source)
        for _ in range(chance.choice((1, 5, 60))):
            at = chance.randrange(32, min(len(data), 9000))
            size = chance.choice((1, 4))
            data[at : at + size] = chance.choice((b"\xff", b"\0", b"\x7f")) * size
        cut = chance.choice((len(data), chance.randrange(32, len(data))))
        describe(read_minidump(bytes(data[:cut])))


def test_lists_that_claim_to_be_endless_are_bounded() -> None:
    """Counts of four thousand million entries cost no more than the file has."""
    dump = bytearray(windows_dump(b"\0" * 64))
    for kind in (3, 4, 5, 24):
        at = dump.index(struct.pack("<I", kind), 32)
        (where,) = struct.unpack_from("<I", dump, at + 8)
        struct.pack_into("<I", dump, where, 0xFFFFFFFF)
    assert describe(read_minidump(bytes(dump)))["exception"]
