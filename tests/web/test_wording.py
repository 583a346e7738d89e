"""Words for times that are known to the hour only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vedette.web import wording

NOW = datetime(2026, 3, 3, 14, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "this hour"), (1, "last hour"), (2, "2 h ago"), (50, "2 d ago"), (24 * 40, "22 Jan 2026")],
)
def test_an_hour_is_named_as_one(monkeypatch: pytest.MonkeyPatch, hours: int, words: str) -> None:
    """An event of this minute lies in this hour, not so many minutes ago as the hour is old."""
    monkeypatch.setattr("vedette.clock.timestamp", NOW.timestamp)
    at = NOW.replace(minute=0) - timedelta(hours=hours)
    assert wording.hour(at) == words
