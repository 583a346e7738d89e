"""Uploads that are made to take the memory or the time of whoever reads events with them."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

from vedette.blobs.packed import PackedFolder
from vedette.crashes.frame_info import Effort, FrameInfo
from vedette.crashes.modules import Module
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion
from vedette.symbols.portable import PortablePdb
from vedette.symbols.reader import SymbolReader
from vedette.symbols.verdicts import SymbolVerdict

ID = "95f8f6b2-afbc-45e4-884c-b4a5bf5addd2"
METHODS = 100


def _number(value: int) -> bytes:
    return (0xC000_0000 | value).to_bytes(4, "big")


def _heap(*blobs: bytes) -> tuple[bytes, list[int]]:
    """The blobs one after the other behind an empty one, and where each of them is."""
    heap, places = bytearray(1), []
    for blob in blobs:
        places.append(len(heap))
        heap += _number(len(blob)) + blob
    return bytes(heap), places


def _pdb(heap: bytes, documents: Sequence[int], methods: Sequence[tuple[int, int]]) -> bytes:
    """A portable PDB with wide indexes: names of documents; document and points of methods."""
    counts = struct.pack("<II", len(documents), len(methods))
    tables = struct.pack("<IBBBBQQ", 0, 2, 0, 7, 1, 1 << 0x30 | 1 << 0x31, 0) + counts
    tables += b"".join(struct.pack("<IIII", name, 0, 0, 0) for name in documents)
    tables += b"".join(struct.pack("<HI", *method) for method in methods)
    head = b"BSJB" + struct.pack("<HHII", 1, 1, 0, 12) + b"PDB v1.0\0\0\0\0" + b"\0\0\2\0"
    start = len(head) + 28
    streams = struct.pack("<II", start, len(tables)) + b"#~\0\0"
    streams += struct.pack("<II", start + len(tables), len(heap)) + b"#Blob\0\0\0"
    return head + streams + tables + heap


def test_a_name_of_gigabytes_is_cut() -> None:
    """Each of its parts is the same megabyte of a small file."""
    part = b"a" * (1 << 20)
    heap, (part_at,) = _heap(part)
    name_at, points_at = len(heap), len(heap) + 4 + 1 + 4 * 20
    name, points = b"/" + _number(part_at) * 20, bytes((0, 0, 0, 1, 2, 3))
    heap += _number(len(name)) + name + _number(len(points)) + points
    (point,) = PortablePdb(_pdb(heap, [name_at], [(1, points_at)])).points(1)
    assert point.line == 2
    assert 0 < len(point.path) < 2000


def test_methods_of_very_many_lines_take_no_more_than_their_share(tmp_path: Path) -> None:
    """All methods share the points of one; frames beyond what an event may cost have no line."""
    points = bytes((0, 0, 0, 1, 2, 3)) + bytes((1, 1, 2, 2, 2)) * 18_000
    heap, (name_at, points_at) = _heap(b"/", points)
    blobs = PackedFolder(tmp_path)
    found = FoundSymbols(1, blobs.put(_pdb(heap, [name_at], [(1, points_at)] * METHODS)))
    reader = SymbolReader(lambda question: [found] * len(question.images), blobs)
    frames = [
        {"function": "f", "instruction_addr": "0x1", "addr_mode": "rel:0"}
        | {"function_id": hex(0x06000000 + method)}
        for method in range(1, METHODS + 1)
    ]
    event = {
        "platform": "csharp",
        "exception": {"values": [{"stacktrace": {"frames": frames}}]},
        "debug_meta": {"images": [{"type": "pe_dotnet", "debug_id": ID, "code_file": "a.dll"}]},
    }
    reading = reader.read(json.dumps(event).encode(), 1, 1)
    assert reading is not None
    assert reading.tally[SymbolVerdict.APPLIED] > 10
    assert reading.tally[SymbolVerdict.NO_LINE] > METHODS // 2
    assert reading.tally.total() == METHODS


def test_rules_of_very_many_registers_are_cut() -> None:
    """A function that changes thousands of registers which no processor has."""
    lines = [b"STACK CFI INIT 0 1000 .cfa: $rsp 8 + .ra: .cfa -8 + ^"]
    lines += [
        b"STACK CFI 0 " + b" ".join(b"r%x%x:" % (at, name) for name in range(300))
        for at in range(300)
    ]
    rules = FrameInfo(b"\n".join(lines)).rules(4, Effort())
    assert rules[".cfa"] == ["$rsp", "8", "+"]
    assert len(rules) < 100


def test_a_dump_reads_no_more_text_than_its_share() -> None:
    """Every address costs all changes of a long function; the last addresses have no rules, until
    another dump asks for them."""
    change = b"STACK CFI 0 .cfa: $rsp 8 + " + b"$rbx: 1 1 + " * 200 + b"\n"
    info = FrameInfo(b"STACK CFI INIT 0 1000 .cfa: $rsp 8 +\n" + change * 200)
    effort = Effort()
    found = [bool(info.rules(address, effort)) for address in range(60)]
    assert found[0]
    assert not found[-1]
    assert info.rules(59, Effort())


def test_rules_that_are_known_cost_as_much_to_follow() -> None:
    """All frames are at one address, whose rules are as long as any may be."""
    rules = b" ".join(b"$r%d: 1 " % at + b"1 + " * 49 for at in range(19))
    info = FrameInfo(b"STACK CFI INIT 0 10 .cfa: $rsp 8 + " + rules + b"\n")
    effort = Effort()
    found = [bool(info.rules(0, effort)) for _ in range(3000)]
    assert found[0]
    assert not found[-1]


class _Counting(PackedFolder):
    """Tells how often it was read."""

    reads = 0

    def get(self, name: str, most_bytes: int) -> bytes | None:
        self.reads += 1
        return super().get(name, most_bytes)


def test_a_stack_between_two_large_modules_opens_each_once(tmp_path: Path) -> None:
    """Together they are more than is kept; a program calls a library, which calls it back."""
    blobs = _Counting(tmp_path)
    rules = b"STACK CFI INIT 0 10 .cfa: $rsp %d +\n"
    names = [blobs.put(rules % at + b"#" * (20 << 20)) for at in (8, 16)]
    questions: list[SymbolQuestion] = []

    def ask(question: SymbolQuestion) -> list[FoundSymbols]:
        questions.append(question)
        return [
            FoundSymbols(1, frame_info=names[one.debug_id[0] == "b"]) for one in question.images
        ]

    modules = [Module(0, 16, "", letter + ID[1:], "", "") for letter in "ab"]
    info_of = SymbolReader(ask, blobs).frame_info(1, 1)(modules)
    for _ in range(5):
        for module, size in zip(modules, ("8", "16"), strict=True):
            info = info_of(module)
            assert info is not None
            assert info.rules(0, Effort())[".cfa"][1] == size
    assert blobs.reads == 2
    assert len(questions) == 1
