"""A minidump: threads, modules, memory and the exception, as its streams tell.

Source: Microsoft's minidumpapiset.h, and Breakpad's minidump_format.h for its own streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vedette.crashes.bytes import Held, entries
from vedette.crashes.memory import Memory, Region
from vedette.crashes.modules import Module, read_modules
from vedette.crashes.systems import System, read_system

_MAGIC = 0x504D444D  # MDMP
_HEADER_BYTES = 32
_MOST_STREAMS = 256
MOST_THREADS = 256
_MOST_LISTED = 20_000  # of which the one that crashed is looked for
_MOST_REGIONS = 100_000
_THREADS, _MODULES, _MEMORY, _EXCEPTION, _SYSTEM, _MEMORY64 = 3, 4, 5, 6, 7, 9
_MEMORY_INFO, _THREAD_NAMES = 16, 24
_BREAKPAD_INFO, _LINUX_MAPS = 0x47670001, 0x47670009
_EXECUTABLE_PAGE = 0xF0
_MOST_MAPS_BYTES = 4 << 20


class NoMinidump(ValueError):
    """The bytes are no minidump."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with its registers, as bytes of the processor's context, and where its stack is."""

    id: int
    name: str
    context: bytes
    stack: Region | None


@dataclass(frozen=True, slots=True)
class Exception_:  # noqa: N801 - the builtin has the name
    """Why the dump was written: code and flags in the words of the operating system."""

    thread_id: int
    code: int
    flags: int
    address: int
    parameters: tuple[int, ...]
    context: bytes


@dataclass(slots=True)
class Minidump:
    """What was read; anything may be missing. `requesting` is the thread that asked for a dump
    without an exception, `executable` the address ranges that hold code, if they are known."""

    system: System
    timestamp: int = 0
    modules: list[Module] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    exception: Exception_ | None = None
    requesting: int | None = None
    memory: Memory = field(default_factory=Memory)
    executable: list[tuple[int, int]] = field(default_factory=list)


def read_minidump(data: bytes) -> Minidump:
    """The dump. Raises NoMinidump for what is none; of a damaged one, what can be read."""
    held = Held(data)
    header = held.unpack("IIIIII", 0)
    if header is None or header[0] != _MAGIC:
        raise NoMinidump("the file does not begin as a minidump does")
    streams = _directory(held, header[2], header[3])
    dump = Minidump(read_system(held, streams.get(_SYSTEM)), timestamp=header[5])
    dump.modules = read_modules(held, streams.get(_MODULES), dump.system)
    dump.memory = Memory(held, _regions(held, streams))
    names = dict(_names(held, streams.get(_THREAD_NAMES)))
    dump.exception = _exception(held, streams.get(_EXCEPTION))
    dump.requesting = _requesting(held, streams.get(_BREAKPAD_INFO))
    crashed = dump.exception.thread_id if dump.exception is not None else dump.requesting
    dump.threads = _threads(held, streams.get(_THREADS), names, crashed)
    dump.executable = sorted(
        [*_maps(held, streams.get(_LINUX_MAPS)), *_pages(held, streams.get(_MEMORY_INFO))]
    )
    return dump


def _directory(held: Held, count: int, start: int) -> dict[int, tuple[int, int]]:
    """Where each stream lies, and its size; of two of a kind the first."""
    streams: dict[int, tuple[int, int]] = {}
    for at in range(min(count, _MOST_STREAMS)):
        entry = held.unpack("III", start + 12 * at)
        if entry is not None and held.slice(entry[2], entry[1]) is not None:
            streams.setdefault(entry[0], (entry[2], entry[1]))
    return streams


def _threads(
    held: Held, stream: tuple[int, int] | None, names: dict[int, str], crashed: int | None
) -> list[Thread]:
    """The first threads, and whichever of them crashed."""
    found: list[Thread] = []
    for at in entries(held, stream, 48, _MOST_LISTED):
        entry = held.unpack("IIIIQQIIII", at)
        if entry is None:
            break
        if len(found) >= MOST_THREADS and entry[0] != crashed:
            continue
        start, size, where, context_size, context_at = entry[5:]
        context = held.slice(context_at, min(context_size, 4096))
        stack = Region(start, size, where) if held.slice(where, size) is not None else None
        found.append(Thread(entry[0], names.get(entry[0], ""), bytes(context or b""), stack))
        if len(found) > MOST_THREADS:
            break
    return found


def _names(held: Held, stream: tuple[int, int] | None) -> Iterator[tuple[int, str]]:
    for at in entries(held, stream, 12, _MOST_LISTED):
        entry = held.unpack("IQ", at)
        if entry is not None:
            yield entry[0], held.text(entry[1], 200)


def _exception(held: Held, stream: tuple[int, int] | None) -> Exception_ | None:
    found = held.unpack("IIIIQQII15QII", stream[0]) if stream is not None else None
    if found is None:
        return None
    context = held.slice(found[24], min(found[23], 4096))
    return Exception_(
        thread_id=found[0],
        code=found[2],
        flags=found[3],
        address=found[5],
        parameters=found[8 : 8 + min(found[6], 15)],
        context=bytes(context or b""),
    )


def _requesting(held: Held, stream: tuple[int, int] | None) -> int | None:
    found = held.unpack("III", stream[0]) if stream is not None else None
    return found[2] if found is not None and found[0] & 2 else None


def _regions(held: Held, streams: dict[int, tuple[int, int]]) -> Iterator[Region]:
    """Every piece of memory: of the list, of the list of large dumps, and of stacks."""
    for at in entries(held, streams.get(_MEMORY), 16, _MOST_REGIONS):
        found = held.unpack("QII", at)
        if found is not None and found[1]:
            yield Region(*found)
    stream = streams.get(_MEMORY64)
    head = held.unpack("QQ", stream[0]) if stream is not None else None
    if stream is not None and head is not None:
        where = head[1]
        for at in range(min(head[0], _MOST_REGIONS, stream[1] // 16)):
            found = held.unpack("QQ", stream[0] + 16 + 16 * at)
            if found is None or where + found[1] > len(held):
                return
            yield Region(found[0], found[1], where)
            where += found[1]


def _maps(held: Held, stream: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """Executable ranges of Linux's list of mappings."""
    text = held.slice(stream[0], min(stream[1], _MOST_MAPS_BYTES)) if stream is not None else None
    for line in bytes(text or b"").split(b"\n"):
        addresses, _, rest = line.partition(b" ")
        start, dash, end = addresses.partition(b"-")
        if dash and rest[2:3] == b"x" and b"[stack]" not in rest:
            try:
                yield int(start[:16], 16), int(end[:16], 16)
            except ValueError:
                continue


def _pages(held: Held, stream: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """Executable ranges of Windows' list of pages."""
    head = held.unpack("IIQ", stream[0]) if stream is not None else None
    if stream is None or head is None or head[1] < 48:
        return
    for at in range(min(head[2], _MOST_REGIONS, stream[1] // head[1])):
        found = held.unpack("QQIIQIIII", stream[0] + head[0] + at * head[1])
        if found is not None and found[6] & _EXECUTABLE_PAGE:
            yield found[0], found[0] + found[4]
