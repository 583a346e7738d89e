"""Whether a source map is one (ECMA-426): what the reading library itself lets pass.

The library checks what it needs; a map of another version or without its fields it reads as an
empty one. The numbers inside `mappings` are checked in small maps only: large ones were written
by tools, and each of theirs would have to be read twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated

import msgspec

_GUARD = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\)\]\}[^\n{]*\n?)?")
_SMALL = 32 << 10
_MOST_NUMBER = (1 << 31) - 1
_DIGITS = {
    letter: value
    for value, letter in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}
_Position = Annotated[int, msgspec.Meta(ge=0)]


class MalformedMap(ValueError):
    """The bytes are no source map; the text says why."""


class _Offset(msgspec.Struct):
    line: _Position
    column: _Position


class _Section(msgspec.Struct):
    offset: _Offset
    map: MapForm


class MapForm(msgspec.Struct, rename="camel"):
    """A map as its JSON has it; the texts of its sources are left as they are."""

    version: int | float
    mappings: str | None = None
    sources: list[str | None] | None = None
    names: list[str] | None = None
    file: str | None = None
    source_root: str | None = None
    ignore_list: list[int] | None = None
    sections: list[_Section] | None = None
    sources_content: msgspec.Raw = msgspec.Raw(b"null")
    debug_id: str | None = None
    debug_id_old: str | None = msgspec.field(default=None, name="debug_id")


_decode = msgspec.json.Decoder(MapForm).decode


def check(raw: bytes) -> MapForm:
    """Look at the map's form, `raw` being without a guard. Raises MalformedMap."""
    try:
        found = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMap(str(error)) from None
    _check(found)
    return found


def without_guard(raw: bytes) -> bytes:
    """The JSON without the line that keeps browsers from running it, or a byte order mark."""
    return _GUARD.sub(b"", raw, count=1)


def _check(found: MapForm) -> None:
    if found.version != 3:
        raise MalformedMap(f"version {found.version}")
    if found.sections is not None:
        if found.mappings is not None:
            raise MalformedMap("sections beside mappings")
        places = [(one.offset.line, one.offset.column) for one in found.sections]
        if any(before >= after for before, after in pairwise(places)):
            raise MalformedMap("sections out of order")
        for section in found.sections:
            _check(section.map)
        return
    if found.mappings is None or found.sources is None:
        raise MalformedMap("no mappings" if found.mappings is None else "no sources")
    if any(not 0 <= index < len(found.sources) for index in found.ignore_list or ()):
        raise MalformedMap("ignoreList beyond the sources")
    if len(found.mappings) <= _SMALL:
        _check_mappings(found.mappings)


def _check_mappings(mappings: str) -> None:
    """No position may be negative or beyond 31 bits, and no segment empty."""
    places = [0, 0, 0, 0, 0]  # column, source, line, column, name
    for line in mappings.split(";"):
        places[0] = 0
        for segment in line.split(",") if line else ():
            numbers = list(vlq_numbers(segment))
            if len(numbers) not in (1, 4, 5):
                raise MalformedMap("a segment of the mappings has no such number of fields")
            for index, number in enumerate(numbers):
                places[index] += number
                if not 0 <= places[index] <= _MOST_NUMBER:
                    raise MalformedMap("a position of the mappings is out of bounds")


def vlq_numbers(segment: str) -> Iterator[int]:
    """The base64 VLQ numbers of a segment."""
    value = shift = 0
    for letter in segment:
        digit = _DIGITS.get(letter)
        if digit is None:
            raise MalformedMap("the mappings hold a letter that is none of base64")
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
    if shift:
        raise MalformedMap("a number of the mappings is cut off")
