"""Minidumps for the tests: one that Breakpad wrote of a real crash, and a writer of small ones."""

from __future__ import annotations

import lzma
import struct
import uuid
from dataclasses import dataclass, field
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples" / "native"
TILL_DUMP = lzma.decompress((SAMPLES / "till.dmp.xz").read_bytes())
PDB_GUID = uuid.UUID("3249d99d-0c40-4931-8610-f4e4fb0b6936")


@dataclass
class Writer:
    """A minidump of Windows on x86-64; streams are added by number."""

    body: bytearray = field(default_factory=bytearray)
    streams: list[tuple[int, int, int]] = field(default_factory=list)

    _START = 4096  # behind header and directory

    def put(self, data: bytes) -> int:
        """Where the bytes lie in the file."""
        at = self._START + len(self.body)
        self.body += data
        return at

    def text(self, words: str) -> int:
        data = words.encode("utf-16-le")
        return self.put(struct.pack("<I", len(data)) + data + b"\0\0")

    def stream(self, kind: int, data: bytes) -> None:
        self.streams.append((kind, len(data), self.put(data)))

    def done(self) -> bytes:
        head = struct.pack(
            "<IIIIIIQ", 0x504D444D, 0xA793, len(self.streams), 32, 0, 1_700_000_000, 0
        )
        directory = b"".join(struct.pack("<III", *one) for one in self.streams)
        return (head + directory).ljust(self._START, b"\0") + bytes(self.body)


def context(rip: int, rsp: int, rbp: int) -> bytes:
    """The registers of a thread on x86-64."""
    made = bytearray(1232)
    struct.pack_into("<Q", made, 0xF8, rip)
    struct.pack_into("<Q", made, 0x98, rsp)
    struct.pack_into("<Q", made, 0xA0, rbp)
    return bytes(made)


def windows_dump(
    stack: bytes, *, code: int = 0xC0000005, parameters: tuple[int, ...] = (1, 8)
) -> bytes:
    """A crash in `C:\\shop\\till.exe`, loaded at 0x140000000, of a thread called `till`.

    `stack` begins at 0x1000, where the stack pointer is; the frame pointer is at 0x1010.
    """
    made = Writer()
    made.stream(7, struct.pack("<HHHBBIIIIIHH24x", 9, 6, 0, 8, 1, 10, 0, 19045, 2, 0, 0, 0))
    record = b"RSDS" + PDB_GUID.bytes_le + struct.pack("<I", 1) + b"C:\\build\\till.pdb\0"
    module = struct.pack(
        "<QIIII52xIIIIQQ",
        *(0x140000000, 0x10000, 0, 0x5AB38077, made.text("C:\\shop\\till.exe")),
        *(len(record), made.put(record), 0, 0, 0, 0),
    )
    made.stream(4, struct.pack("<I", 1) + module)
    registers = context(0x140001234, 0x1000, 0x1010)
    at = made.put(registers)
    where = made.put(stack)
    thread = struct.pack(
        "<IIIIQQIIII", 7, 0, 0, 0, 0, 0x1000, len(stack), where, len(registers), at
    )
    made.stream(3, struct.pack("<I", 1) + thread)
    made.stream(5, struct.pack("<IQII", 1, 0x1000, len(stack), where))
    made.stream(24, struct.pack("<IIQ", 1, 7, made.text("till")))
    values = (*parameters, *([0] * (15 - len(parameters))))
    made.stream(
        6,
        struct.pack(
            "<IIIIQQII15QII",
            *(7, 0, code, 0, 0, 0x140001234, len(parameters), 0, *values, len(registers), at),
        ),
    )
    return made.done()
