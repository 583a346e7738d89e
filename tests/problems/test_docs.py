"""The page about problems names every detector with its thresholds."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.problems.detectors import Detector, detectors

PAGE = Path(__file__).parent.parent.parent / "docs" / "problems.md"
_UNITS = {"ms": " ms", "bytes": " bytes", "share": "", "": ""}


def _default(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


@pytest.mark.parametrize("detector", detectors().values(), ids=list(detectors()))
def test_its_row_is_as_it_is(detector: Detector) -> None:
    """Title, type, help and the defaults."""
    limits = ", ".join(
        f"`{one.name}` {_default(one.default)}{_UNITS[one.unit]}" for one in detector.thresholds
    )
    row = f"| **{detector.title}** `{detector.name}` | {detector.help} | {limits} |"
    assert row in PAGE.read_text(), row
