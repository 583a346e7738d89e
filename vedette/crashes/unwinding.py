"""The calls on a stack, found by call frame information where the debug file of the module was
uploaded, else by frame pointers, else by looking for addresses of code.

Each frame says how it was found: one that was found by scanning may be one of an earlier call.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from vedette.crashes.frame_info import Rules, caller
from vedette.crashes.memory import Memory
from vedette.crashes.modules import ModuleMap
from vedette.crashes.registers import Layout

Trust: TypeAlias = Literal["context", "cfi", "fp", "scan"]
RulesAt: TypeAlias = Callable[[int], Rules]

MOST_FRAMES = 128
_FIRST_WORDS = 160  # of the first scan: a crash may be deep in a function's locals
_WORDS = 48
_MOST_WORDS = 20_000  # of all scans of a stack


def no_rules(address: int) -> Rules:
    """For modules of which no debug file is there."""
    return {}


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


class _Step(NamedTuple):
    """A caller, and the registers that it has."""

    found: Found
    registers: dict[str, int]


def unwind(
    registers: dict[str, int],
    layout: Layout,
    memory: Memory,
    code: Code,
    rules_at: RulesAt = no_rules,
) -> list[Found]:
    """The calls of a thread, the innermost first, at most MOST_FRAMES."""
    address = registers[layout.pointer] & layout.mask
    found = [Found(address, "context")]
    left = _MOST_WORDS
    while len(found) < MOST_FRAMES:
        step = _by_rules(found[-1], registers, layout, memory, code, rules_at)
        if step is None and len(found) == 1:
            step = _by_link(registers, layout, memory, code)
        if step is None:
            step = _by_frame_pointer(registers, layout, memory, code)
        if step is None:
            words = min(_FIRST_WORDS if len(found) == 1 else _WORDS, left)
            left -= words
            step = _by_scan(registers, layout, memory, code, words)
        if step is None or not step.found.address:
            break
        found.append(step.found)
        registers = step.registers
    return found


def _by_rules(
    last: Found,
    registers: dict[str, int],
    layout: Layout,
    memory: Memory,
    code: Code,
    rules_at: RulesAt,
) -> _Step | None:
    """What the module says of itself; an address of 0 where it says that there is no caller."""
    is_call = last.trust != "context"
    rules = rules_at(last.address - is_call)
    made = caller(rules, registers, layout, memory) if rules else None
    if made is None:
        return None
    stack = made[layout.stack]
    if stack < registers[layout.stack] or (is_call and stack == registers[layout.stack]):
        return None
    address = made.get(layout.pointer, 0)
    if address and not code.has(address):
        return None
    return _Step(Found(address, "cfi"), made)


def _by_link(registers: dict[str, int], layout: Layout, memory: Memory, code: Code) -> _Step | None:
    """A leaf keeps its caller's address in a register, and has moved nothing."""
    link = registers.get(layout.link, 0) & layout.mask
    if not link or not code.has(link):
        return None
    saved = memory.word(registers[layout.frame] + layout.word_bytes, layout.word_bytes)
    if saved is not None and saved & layout.mask == link:
        return None
    return _Step(Found(link, "scan"), {**registers, layout.pointer: link, layout.link: 0})


def _by_frame_pointer(
    registers: dict[str, int], layout: Layout, memory: Memory, code: Code
) -> _Step | None:
    """The frame pointer leads to the caller's, and beside it lies the address of the call."""
    size = layout.word_bytes
    frame = registers.get(layout.frame, 0)
    if frame < registers[layout.stack] or frame % size:
        return None
    above, address = memory.word(frame, size), memory.word(frame + size, size)
    if above is None or address is None or not code.has(address & layout.mask):
        return None
    if above <= frame or memory.region(above) is None:
        return None
    return _step("fp", layout, address & layout.mask, frame + 2 * size, above)


def _by_scan(
    registers: dict[str, int], layout: Layout, memory: Memory, code: Code, words: int
) -> _Step | None:
    """The next word on the stack that may be a return address."""
    size = layout.word_bytes
    start = registers[layout.stack] // size * size
    held = memory.words(start, size, words)
    for index, word in enumerate(held):
        address = word & layout.mask
        if code.has(address):
            where = start + index * size
            saved = held[index - 1] if index else 0
            is_frame = where < saved < where + (1 << 20)
            frame = saved if is_frame else registers.get(layout.frame, 0)
            return _step("scan", layout, address, where + size, frame)
    return None


def _step(trust: Trust, layout: Layout, address: int, stack: int, frame: int) -> _Step:
    """A caller of which no more is known."""
    registers = {layout.pointer: address, layout.stack: stack, layout.frame: frame}
    return _Step(Found(address, trust), registers)
