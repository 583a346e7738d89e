"""The calls on a stack, found by frame pointers, else by looking for addresses of code.

There is no call frame information in a dump; so each frame says how it was found, and a frame
that was found by scanning may be one of an earlier call.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from vedette.crashes.memory import Memory
from vedette.crashes.modules import ModuleMap
from vedette.crashes.registers import Layout

Trust: TypeAlias = Literal["context", "fp", "scan"]

MOST_FRAMES = 128
_FIRST_WORDS = 160  # of the first scan: a crash may be deep in a function's locals
_WORDS = 48
_MOST_WORDS = 20_000  # of all scans of a stack


class Found(NamedTuple):
    """One call: an address, and how it was found."""

    address: int
    trust: Trust


class Code:
    """Whether an address may be one of code: in a module, and executable where that is known."""

    def __init__(self, modules: ModuleMap, executable: Sequence[tuple[int, int]]) -> None:
        self._modules = modules
        self._ranges = sorted(executable)
        self._starts = [start for start, _ in self._ranges]

    def has(self, address: int) -> bool:
        """Whether the word may be a return address."""
        if self._modules.at(address) is None:
            return False
        if not self._ranges:
            return True
        at = bisect_right(self._starts, address) - 1
        return at >= 0 and address < self._ranges[at][1]


class _Position(NamedTuple):
    stack: int
    frame: int


def unwind(registers: dict[str, int], layout: Layout, memory: Memory, code: Code) -> list[Found]:
    """The calls of a thread, the innermost first, at most MOST_FRAMES."""
    address = registers[layout.pointer] & layout.mask
    found = [Found(address, "context")]
    at = _Position(registers[layout.stack], registers[layout.frame])
    link = registers.get(layout.link, 0) & layout.mask
    if link and code.has(link) and not _is_saved(link, at, layout, memory):
        found.append(Found(link, "scan"))  # a leaf keeps its caller's address in the register
    left = _MOST_WORDS
    while len(found) < MOST_FRAMES:
        step = _by_frame_pointer(at, layout, memory, code)
        if step is None:
            words = min(_FIRST_WORDS if len(found) == 1 else _WORDS, left)
            left -= words
            step = _by_scan(at, layout, memory, code, words)
        if step is None:
            break
        one, at = step
        found.append(one)
    return found


def _is_saved(link: int, at: _Position, layout: Layout, memory: Memory) -> bool:
    saved = memory.word(at.frame + layout.word_bytes, layout.word_bytes)
    return saved is not None and saved & layout.mask == link


def _by_frame_pointer(
    at: _Position, layout: Layout, memory: Memory, code: Code
) -> tuple[Found, _Position] | None:
    """The frame pointer leads to the caller's, and beside it lies the address of the call."""
    size = layout.word_bytes
    if at.frame < at.stack or at.frame % size:
        return None
    caller, address = memory.word(at.frame, size), memory.word(at.frame + size, size)
    if caller is None or address is None or not code.has(address & layout.mask):
        return None
    if caller <= at.frame or memory.region(caller) is None:
        return None
    return Found(address & layout.mask, "fp"), _Position(at.frame + 2 * size, caller)


def _by_scan(
    at: _Position, layout: Layout, memory: Memory, code: Code, words: int
) -> tuple[Found, _Position] | None:
    """The next word on the stack that may be a return address."""
    size = layout.word_bytes
    start = at.stack - at.stack % size
    held = memory.words(start, size, words)
    for index, word in enumerate(held):
        address = word & layout.mask
        if code.has(address):
            where = start + index * size
            saved = held[index - 1] if index else 0
            frame = saved if where < saved < where + (1 << 20) else at.frame
            return Found(address, "scan"), _Position(where + size, frame)
    return None
