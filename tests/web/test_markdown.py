"""Markdown of people: as large as it is written, whatever it says."""

from __future__ import annotations

import pytest

from vedette.web.markdown import rendered


@pytest.mark.parametrize("columns", [20, 200, 1000])
def test_a_small_text_is_no_huge_page(columns: int) -> None:
    """Short rows of a table are filled up to its width: 8,000 characters were 670,000."""
    head = f"{'|a' * columns}|\n{'|-' * columns}|\n"
    text = (head + "a\n" * 4000)[:8000]
    assert len(rendered(text)) < 200_000


def test_a_table_is_a_table() -> None:
    """Of a runbook, also a long one."""
    rows = "\n".join(f"|{number}|b|c|" for number in range(300))
    html = rendered(f"|a|b|c|\n|:-|-:|---|\n{rows}")
    assert html.count("<tr>") == 301
