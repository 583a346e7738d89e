"""Rows that wait in memory take what they hold, and keep it as it came."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import pytest

from vedette.items import tables
from vedette.store.arrow import MOST_TEXT_BYTES, to_arrow
from vedette.store.errors import BadRows
from vedette.store.table import Rows

_COUNT = 701


def _rows() -> Rows:
    table = next(table for table in tables() if table.name == "errors")
    columns: dict[str, list[object]] = {
        column.name: [None] * _COUNT for column in table.all_columns
    }
    columns["body"] = [bytes([number % 256]) * 1700 for number in range(_COUNT)]
    columns["stack"] = [f"{number:04}" * 260 for number in range(_COUNT)]
    columns["tags"] = [[("browser", f"Firefox {number}")] * 2 for number in range(_COUNT)]
    return Rows(table, columns)


class _Figures(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = [
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks")),
        ("keepcost", ctypes.c_size_t),
    ]


def _held_bytes() -> int:
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        pytest.skip("another C library than glibc 2.33 or later")
    library.mallinfo2.restype = _Figures
    figures = library.mallinfo2()
    return int(figures.uordblks + figures.hblkhd)


def test_large_columns_take_no_more_than_they_hold() -> None:
    """A flush's worth of rows waits: room that they only grew into would be as much again."""
    rows = _rows()
    to_arrow(rows)  # what is made once is there
    before = _held_bytes()
    arrow = to_arrow(rows)
    assert len(arrow) == _COUNT
    assert _held_bytes() - before < 1.2 * _COUNT * (1700 + 1040)


def test_every_value_is_where_it_was() -> None:
    """Also in the middle of a large column, and what is null or empty."""
    rows = _rows()
    rows.columns["stack"][349:352] = [None, "", "ÄÖÜ"]
    arrow = to_arrow(rows)
    for name in ("body", "stack", "level"):
        assert arrow.column(name).to_pylist() == rows.columns[name]
    assert arrow.column("tags").to_pylist()[350] == [{"key": "browser", "value": "Firefox 350"}]


def test_a_text_is_measured_in_bytes() -> None:
    """Wide characters take up to four each: in a column, and as the value of a tag."""
    table = next(table for table in tables() if table.name == "errors")
    wide = "日" * (MOST_TEXT_BYTES // 3 + 1)
    columns: dict[str, Callable[[str], object]] = {
        "message": lambda text: text,
        "tags": lambda text: [("page", text)],
    }
    for column, value in columns.items():
        to_arrow(Rows(table, {column: [value(wide[:-1])]}))
        with pytest.raises(BadRows, match="longer"):
            to_arrow(Rows(table, {column: [value(wide)]}))
