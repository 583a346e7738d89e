"""What a line of a map's `mappings` says, read alone: only where the library gives no answer.

The library leaves out a segment that means the same place as the one before it, and then finds
nothing on a line whose first segment was left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from vedette.sourcemaps.validity import MalformedMap, vlq_numbers


def is_mapped(mappings: str, line: int, column: int) -> bool:
    """Whether the line has a segment at or before the column that names a source.

    Both count from 1.
    """
    found = (-1, 0)
    for at, fields in _segments(_line(mappings, line)):
        if found[0] <= at < column:
            found = (at, fields)
    return found[1] >= 4


def _line(mappings: str, line: int) -> str:
    lines = mappings.split(";", line)
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """The column of each segment, and how many fields it has."""
    column = 0
    for segment in text.split(",") if text else ():
        try:
            fields = list(vlq_numbers(segment))
        except MalformedMap:
            return
        column += fields[0] if fields else 0
        yield column, len(fields)
