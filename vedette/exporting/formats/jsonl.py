"""JSON lines: one object a line, empty columns left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from vedette.exporting.formats import Format
from vedette.exporting.shapes import Record, Shape

_encode = msgspec.json.Encoder().encode


def _chunks(shape: Shape, portions: Iterable[list[Record]], room: Path) -> Iterator[bytes]:
    for records in portions:
        for record in records:
            yield _line(record)


def _line(record: Record) -> bytes:
    """Within texts `<` is written by its number: what events hold is no markup anywhere."""
    line = _encode({name: value for name, value in record.items() if value is not None})
    return line.replace(b"<", b"\\u003c") + b"\n"


FORMAT = Format(name="jsonl", suffix=".jsonl", content_type="application/x-ndjson", chunks=_chunks)
