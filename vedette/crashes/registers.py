"""Registers out of the context of a processor.

Source: the CONTEXT structures of winnt.h, and Breakpad's minidump_cpu_*.h.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the registers lie in a context, and which of them lead through a stack.

    `link` is the register with the address of the caller, if the processor has one; `mask` takes
    out of an address what is none of it: a signature, the bit that tells ARM's Thumb. `kept` are
    the registers that a function gives back as they were, `aliases` other names of registers.
    """

    word_bytes: int
    offsets: dict[str, int]
    pointer: str
    stack: str
    frame: str
    link: str = ""
    mask: int = (1 << 64) - 1
    kept: tuple[str, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)


def _row(names: str, start: int, size: int) -> dict[str, int]:
    return {name: start + size * at for at, name in enumerate(names.split())}


_AMD64 = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 rip"
_X86_ONE = "edi esi ebx edx ecx eax ebp eip"
_ARM64 = " ".join([*(f"x{n}" for n in range(29)), "fp lr sp pc"])
_ARM = " ".join([*(f"r{n}" for n in range(13)), "sp lr pc"])

LAYOUTS = {
    "x86_64": Layout(
        8,
        _row(_AMD64, 0x78, 8),
        "rip",
        "rsp",
        "rbp",
        kept=("rbx", "rbp", "r12", "r13", "r14", "r15"),
    ),
    "x86": Layout(
        4,
        {**_row(_X86_ONE, 0x9C, 4), "esp": 0xC4, "eflags": 0xC0},
        "eip",
        "esp",
        "ebp",
        kept=("ebx", "esi", "edi", "ebp"),
    ),
    "arm64": Layout(
        8,
        _row(_ARM64, 8, 8),
        "pc",
        "sp",
        "fp",
        "lr",
        (1 << 48) - 1,
        kept=(*(f"x{n}" for n in range(19, 29)), "fp"),
        aliases={"x29": "fp", "x30": "lr", "x31": "sp"},
    ),
    "arm": Layout(
        4,
        _row(_ARM, 4, 4),
        "pc",
        "sp",
        "r11",
        "lr",
        (1 << 32) - 2,
        kept=tuple(f"r{n}" for n in range(4, 12)),
        aliases={"r13": "sp", "r14": "lr", "r15": "pc", "fp": "r11"},
    ),
}


def read_registers(context: bytes, arch: str) -> dict[str, int]:
    """The registers by name; none where the processor is not known or the context is cut off."""
    layout = LAYOUTS.get(arch)
    if layout is None or len(context) < _end(arch):
        return {}
    form = "<Q" if layout.word_bytes == 8 else "<I"
    return {name: struct.unpack_from(form, context, at)[0] for name, at in layout.offsets.items()}


@cache
def _end(arch: str) -> int:
    layout = LAYOUTS[arch]
    return max(layout.offsets.values()) + layout.word_bytes
