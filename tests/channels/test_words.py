"""Words that all channels share."""

from __future__ import annotations

import pytest

from vedette.channels._words import first_line


@pytest.mark.parametrize(
    ("runbook", "line"),
    [
        ("\n# Payments\n\nmore", "Payments"),
        ("Stop the **worker**, run `make pay`", "Stop the worker, run make pay"),
        ("See [the wiki](https://wiki.example.com/pay)", "See the wiki (https://wiki.example.com/pay)"),
        ("2 ** 3 and a ` alone", "2 ** 3 and a ` alone"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_line_of_a_runbook(runbook: str, line: str) -> None:
    """Plain text, since most channels show no Markdown."""
    assert first_line(runbook) == line
