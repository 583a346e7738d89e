"""Parquet, made by DuckDB of JSON lines on disk: whatever their number, memory is bounded."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import msgspec

from vedette.claim import Claimed, claim
from vedette.exporting.formats import Format
from vedette.exporting.shapes import ExportError, Holds, Record, Shape

_TYPES = {
    Holds.INTEGER: "BIGINT",
    Holds.NUMBER: "DOUBLE",
    Holds.TRUTH: "BOOLEAN",
    Holds.TEXT: "VARCHAR",
    Holds.TIME: "TIMESTAMP",
    Holds.TEXTS: "MAP(VARCHAR, VARCHAR)",
    Holds.JSON: "VARCHAR",
}
_MEMORY = "256MB"
_PREFIX = ".vedette-export-"
_CHUNK_BYTES = 256 << 10
_LEAST_OBJECT_BYTES = 1 << 20
_ROWS_IN_A_GROUP = 5_000  # each group is held in memory until it is whole
_LEAST_FREE_BYTES = 512 << 20
_encode = msgspec.json.Encoder().encode


def _chunks(shape: Shape, portions: Iterable[list[Record]], room: Path) -> Iterator[bytes]:
    with _scratch(room) as folder:
        longest = _write_lines(shape, portions, folder / "lines")
        _convert(shape, folder, longest)
        (folder / "lines").unlink()
        with (folder / "made").open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk


@contextmanager
def _scratch(room: Path) -> Iterator[Path]:
    """A folder of this export's own. Those of exports that were killed go: they are nobody's, and
    hold as plain text what was exported."""
    for left in room.glob(f"{_PREFIX}*/owner.lock"):
        with suppress(Claimed, OSError):
            handle = claim(left.parent)
            shutil.rmtree(left.parent)
            os.close(handle)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=room) as name:
        handle = claim(Path(name))
        try:
            yield Path(name)
        finally:
            os.close(handle)


def _write_lines(shape: Shape, portions: Iterable[list[Record]], path: Path) -> int:
    """Returns the length of the longest line. Raises ExportError where the disk gets full."""
    longest = 0
    with path.open("wb") as file:
        for records in portions:
            if shutil.disk_usage(path).free < _LEAST_FREE_BYTES:
                raise ExportError("the disk has no room for it: choose less, or JSON lines")
            for record in records:
                line = _encode(_flat(record, shape)) + b"\n"
                longest = max(longest, len(line))
                file.write(line)
    return longest


def _flat(record: Record, shape: Shape) -> Record:
    """The record with JSON as text: what it holds differs from row to row."""
    return {
        name: _encode(value).decode() if shape.columns[name] is Holds.JSON else value
        for name, value in record.items()
        if value is not None
    }


def _convert(shape: Shape, folder: Path, longest: int) -> None:
    columns = ", ".join(f"'{name}': '{_TYPES[holds]}'" for name, holds in shape.columns.items())
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "threads": 1,
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json(?, format = 'newline_delimited', "  # noqa: S608
            f"columns = {{{columns}}}, maximum_object_size = {max(longest, _LEAST_OBJECT_BYTES)})) "
            f"TO '{_quoted(folder / 'made')}' "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_A_GROUP})",
            [str(folder / "lines")],
        )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


FORMAT = Format(
    name="parquet",
    suffix=".parquet",
    content_type="application/vnd.apache.parquet",
    chunks=_chunks,
)
