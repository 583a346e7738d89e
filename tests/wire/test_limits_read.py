"""The limits that another server tells, read from its header."""

from __future__ import annotations

import pytest

from vedette.wire.limits import RateLimit, rate_limits_header, read_rate_limits


def test_what_is_written_is_read() -> None:
    """Every part, for several limits."""
    limits = [
        RateLimit(60, ("transaction", "profile"), "key", "key_quota"),
        RateLimit(2700, (), "organization", "quota"),
    ]
    assert read_rate_limits(rate_limits_header(limits)) == limits


@pytest.mark.parametrize(
    "value", [b"", b"x", b"2.5:error:key", b"-1:error:key", b"999999999:error:key", b"\xff,:,,"]
)
def test_what_makes_no_sense_is_left_out(value: bytes) -> None:
    """Seconds are whole and of a sane length; nothing is raised."""
    assert read_rate_limits(value) == []


def test_missing_parts_are_empty() -> None:
    """As old servers write it; what lies behind the reason is for metrics alone."""
    assert read_rate_limits(b"10") == [RateLimit(10, (), "", "")]
    assert read_rate_limits(b" 10:error:key:why:custom ")[0].reason == "why"
