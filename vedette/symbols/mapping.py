"""A ProGuard or R8 mapping of which only the classes that are asked for are parsed.

Parsed whole, one of 50 MB, which large applications have, takes three seconds and a gigabyte.
"""

from __future__ import annotations

import re
import tempfile
from collections import OrderedDict
from pathlib import Path

from symbolic.exceptions import SymbolicError
from symbolic.proguard import JavaStackFrame, ProguardMapper

_CLASS = re.compile(rb"^([^\s#]\S*) -> (\S+):[ \t]*\r?$", re.MULTILINE)
_INLINED = re.compile(rb" ([^\s():]+)\.[^\s().:]+\(")
_REMARKS = re.compile(rb"[^\n]*\n(?:[ \t]*#[^\n]*(?:\n|\Z))*")
_MOST_OPEN = 1000
_MOST_REMARKS = 10_000
_MOST_INLINED = 2000


class Mapping:
    """Original names by those that stand in frames. Raises ValueError for what maps no class."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        found = [(one.start(), one[1], one[2]) for one in _CLASS.finditer(data)]
        if not found:
            raise ValueError("it maps no class")
        ends = [*(start for start, *_ in found[1:]), len(data)]
        self._head = data[: found[0][0]][:_MOST_REMARKS]
        self._blocks = {
            name: (start, end) for (start, _, name), end in zip(found, ends, strict=True)
        }
        self._originals = {name: start for start, name, _ in found}
        self._open: OrderedDict[str, ProguardMapper | None] = OrderedDict()

    def remap_frame(self, module: str, method: str, line: int) -> list[JavaStackFrame]:
        """The calls at a line, the innermost first; none for what is not mapped."""
        mapper = self._mapper(module)
        return mapper.remap_frame(module, method, line) if mapper is not None else []

    def remap_method(self, module: str, method: str) -> tuple[str, str] | None:
        """The original class and method, if only one is called so."""
        mapper = self._mapper(module)
        return mapper.remap_method(module, method) if mapper is not None else None

    def remap_class(self, module: str) -> str | None:
        """The original class."""
        mapper = self._mapper(module)
        return mapper.remap_class(module) if mapper is not None else None

    def _mapper(self, module: str) -> ProguardMapper | None:
        """Of one class; None for one that is not mapped, or is not well-formed."""
        if module in self._open:
            self._open.move_to_end(module)
            return self._open[module]
        place = self._blocks.get(module.encode("utf-8", "replace"))
        if place is None:
            return None
        mapper = self._open[module] = _open(self._text(self._data[slice(*place)]))
        if len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)
        return mapper

    def _text(self, block: bytes) -> bytes:
        """A class with the heads of those whose calls were inlined: they name their files."""
        others = list(dict.fromkeys(one[1] for one in _INLINED.finditer(block)))[:_MOST_INLINED]
        starts = (self._originals.get(one) for one in others)
        heads = (
            found[0][:_MOST_REMARKS]
            for start in starts
            if start is not None and (found := _REMARKS.match(self._data, start))
        )
        return self._head + b"".join(heads) + block


def _open(text: bytes) -> ProguardMapper | None:
    with tempfile.TemporaryDirectory() as folder:  # it is mapped into memory: the name may go
        path = Path(folder) / "mapping.txt"
        path.write_bytes(text)
        try:
            return ProguardMapper.open(str(path))
        except SymbolicError:
            return None
