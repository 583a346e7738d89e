"""Stacks walked by call frame information: exact without frame pointers, and never at any price."""

from __future__ import annotations

import lzma
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.crashes.dumping import SAMPLES
from vedette.crashes.dumps import describe
from vedette.crashes.frame_info import Effort, FrameInfo, InfoOf, caller
from vedette.crashes.memory import Memory
from vedette.crashes.minidump import read_minidump
from vedette.crashes.modules import Module
from vedette.crashes.registers import LAYOUTS
from vedette.symbols.conversion import convert

LEAN_DUMP = lzma.decompress((SAMPLES / "lean.dmp.xz").read_bytes())
LEAN = lzma.decompress((SAMPLES / "lean.xz").read_bytes())
CALLS = [0x116C, 0x11DC, 0x11FB, 0x1065]  # as gdb shows them: split, pay, checkout, main
RULES = b"""\
STACK CFI INIT 100 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^
STACK CFI 104 .cfa: $rsp 32 + $rbx: .cfa -16 + ^
STACK CFI 120 .cfa: $rsp 8 +
STACK CFI INIT 200 10 .cfa: $rsp 16 +
"""


def _frame_info(folder: Path, data: bytes) -> FrameInfo:
    path = folder / "program"
    path.write_bytes(data)
    (found,) = convert(path, "", folder)
    return FrameInfo((folder / found.frame_info).read_bytes())


def _stack(dump: bytes, info: FrameInfo | None) -> list[tuple[int, str]]:
    """Where the calls of the program are, the innermost first, and how they were found."""

    def ask(modules: Sequence[Module]) -> InfoOf:
        return lambda module: info if module.name.endswith("lean") else None

    said = describe(read_minidump(dump), ask)
    base = int(said["images"][0]["image_addr"], 16)
    frames = said["exception"]["values"][0]["stacktrace"]["frames"][::-1]
    return [
        (int(one["instruction_addr"], 16) - base, one["trust"])
        for one in frames
        if one["package"].endswith("lean")
    ]


def test_a_program_without_frame_pointers(tmp_path: Path) -> None:
    """Its stack is full of addresses of calls that are over; none of them is shown."""
    exact = _stack(LEAN_DUMP, _frame_info(tmp_path, LEAN))
    assert [address for address, _ in exact[:4]] == CALLS
    assert [trust for _, trust in exact[:4]] == ["context", "cfi", "cfi", "cfi"]
    guessed = _stack(LEAN_DUMP, None)
    assert [address for address, _ in guessed[:4]] != CALLS


@pytest.mark.parametrize(
    ("address", "cfa"),
    [(0xFF, None), (0x100, 8), (0x103, 8), (0x104, 32), (0x11F, 32), (0x120, 8), (0x140, None)],
)
def test_the_rules_of_an_address(address: int, cfa: int | None) -> None:
    """Those of the function, and what has changed up to there."""
    rules = FrameInfo(RULES).rules(address, Effort())
    assert rules.get(".cfa") == (None if cfa is None else ["$rsp", str(cfa), "+"])
    assert ("rbx" in rules) == (cfa is not None and address >= 0x104)


def test_an_outermost_function_has_no_caller() -> None:
    """No rule for the address to return to: the stack ends here."""
    layout = LAYOUTS["x86_64"]
    made = caller(FrameInfo(RULES).rules(0x205, Effort()), {"rsp": 64, "rip": 1}, layout, Memory())
    assert made is not None
    assert made["rsp"] == 80
    assert "rip" not in made


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "+",
        "$rsp",
        "$rsp 0 /",
        "$rsp 0 %",
        "$rsp 0 @",
        "1 2",
        "$none",
        "^",
        "0 ^",
        "x",
        "9" * 999,
    ],
)
def test_a_rule_that_cannot_be_followed(expression: str) -> None:
    """It gives no caller, or one without an address; nothing is raised."""
    info = FrameInfo(f"STACK CFI INIT 0 10 .cfa: $rsp 8 + .ra: {expression}\n".encode())
    registers = {"rsp": 64, "rip": 1}
    made = caller(info.rules(0, Effort()), registers, LAYOUTS["x86_64"], Memory())
    assert made is None or made.get("rip") in (None, 64)
    info = FrameInfo(f"STACK CFI INIT 0 10 .cfa: {expression} .ra: 1\n".encode())
    caller(info.rules(0, Effort()), registers, LAYOUTS["x86_64"], Memory())


def test_damage_costs_exactness_and_nothing_else() -> None:
    """Text changed anywhere."""
    chance = random.Random(7)
    for _ in range(300):
        text = bytearray(RULES * 3)
        for _ in range(chance.randrange(1, 8)):
            text[chance.randrange(len(text))] = chance.choice(b"0f\n :.^+$S\xff")
        info = FrameInfo(bytes(text))
        for address in (0x100, 0x110, 0x208):
            caller(info.rules(address, Effort()), {"rsp": 64}, LAYOUTS["x86_64"], Memory())
        _stack(LEAN_DUMP, info)


def test_rules_that_go_round_in_a_circle_end(tmp_path: Path) -> None:
    """A module whose every function says that its caller is itself."""
    info = FrameInfo(b"STACK CFI INIT 0 5000 .cfa: $rsp .ra: $rip\n")
    assert len(_stack(LEAN_DUMP, info)) <= 128


def test_a_return_address_in_a_register_that_is_not_known_is_no_end() -> None:
    """A frame that was found by its frame pointer: the stack is walked on in another way."""
    info = FrameInfo(b"STACK CFI INIT 0 10 .cfa: sp 0 + .ra: x30\n")
    rules, layout = info.rules(4, Effort()), LAYOUTS["arm64"]
    assert caller(rules, {"sp": 64, "fp": 96, "pc": 1}, layout, Memory()) is None
    made = caller(rules, {"sp": 64, "fp": 96, "pc": 1, "lr": 40}, layout, Memory())
    assert made is not None
    assert made["pc"] == 40


def test_the_bit_of_thumb_is_none_of_an_address() -> None:
    """The call before the address lies within its own function, not behind it."""
    info = FrameInfo(b"STACK CFI INIT 0 10 .cfa: sp 0 + .ra: lr\n")
    registers = {"sp": 64, "r11": 96, "pc": 2, "lr": 0x41}
    made = caller(info.rules(2, Effort()), registers, LAYOUTS["arm"], Memory())
    assert made is not None
    assert made["pc"] == 0x40
