"""The modules of a minidump, with the ids by which their debug files are found."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from dataclasses import dataclass

from vedette.crashes.bytes import Held, clean, entries
from vedette.crashes.systems import System

_MOST_MODULES = 5000
_ENTRY_BYTES = 108
_PDB = b"RSDS"
_ELF = b"LEpB"
_MOST_BUILD_ID = 64
_MOST_NAME = 500
_MOST_CHARACTERS = 1 << 20  # of all names: each of them may be the same bytes of the file


@dataclass(frozen=True, slots=True)
class Module:
    """A loaded file. Ids are empty where the dump does not give them."""

    start: int
    size: int
    name: str
    debug_id: str
    code_id: str
    debug_file: str


def read_modules(held: Held, stream: tuple[int, int] | None, system: System) -> list[Module]:
    """The modules by address; the first of them is the program itself."""
    modules = []
    left = _MOST_CHARACTERS
    for at in entries(held, stream, _ENTRY_BYTES, _MOST_MODULES):
        found = held.unpack("QIIII52xII", at)
        if found is None:
            break
        start, size, _, timestamp, name_at, record_size, record_at = found
        record = bytes(held.slice(record_at, min(record_size, 4096)) or b"")
        debug_id, code_id, debug_file = _ids(record)
        if system.name == "Windows":
            code_id = f"{timestamp:08X}{size:x}" if timestamp else ""
        elif debug_id and not code_id and system.image_type == "macho":
            code_id = debug_id.replace("-", "")[:32]
        name = held.text(name_at, _MOST_NAME) if left > 0 else ""
        debug_file = debug_file[:_MOST_NAME] if left > 0 else ""
        left -= len(name) + len(debug_file)
        modules.append(Module(start, size, name, debug_id, code_id, debug_file))
    return modules


def _ids(record: bytes) -> tuple[str, str, str]:
    """Debug id, code id and name of the debug file out of a module's CodeView record."""
    if record[:4] == _PDB and len(record) >= 24:
        age = int.from_bytes(record[20:24], "little")
        name = clean(record[24:].partition(b"\0")[0].decode("utf-8", "replace"))
        return _debug_id(record[4:20], age), "", name
    if record[:4] == _ELF and len(record) > 4:
        build_id = record[4 : 4 + _MOST_BUILD_ID]
        return _debug_id(build_id[:16].ljust(16, b"\0"), 0), build_id.hex(), ""
    return "", "", ""


def _debug_id(guid: bytes, age: int) -> str:
    if not any(guid):
        return ""
    return f"{uuid.UUID(bytes_le=guid)}{f'-{age:x}' if age else ''}"


class ModuleMap:
    """Modules by address."""

    def __init__(self, modules: list[Module]) -> None:
        self._modules = sorted(modules, key=lambda one: one.start)
        self._starts = [one.start for one in self._modules]

    def at(self, address: int) -> Module | None:
        """The module that holds the address."""
        index = bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        module = self._modules[index]
        return module if address < module.start + module.size else None
