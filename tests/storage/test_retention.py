"""Telemetry stays as long, and as much of it, as is set of its kind and project."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from tests.storage.keeping import DAY, Keeping
from vedette import clock
from vedette.issues.models import Issue
from vedette.items._kept import KEPT_ITEMS
from vedette.items.attachment import ATTACHMENTS
from vedette.items.event import ERRORS
from vedette.loops import cleaning, retention
from vedette.spans.rows import SPANS


def test_each_project_keeps_a_kind_as_long_as_it_says(keeping: Keeping) -> None:
    """What another project keeps longer, and another kind of the same day, stays."""
    for project in (keeping.shop, keeping.bank):
        for days in (1, 8, 40, 100, 200):
            keeping.put(ERRORS, project, days_ago=days, count=3)
            keeping.put(SPANS, project, days_ago=days)
    keeping.choose("storage", project=keeping.shop, spans_days=7)
    keeping.choose("storage", project=keeping.bank, errors_days=150)
    retention.run(keeping.house)
    assert keeping.days(SPANS, keeping.shop) == {1: 1}
    assert keeping.days(ERRORS, keeping.shop) == {1: 3, 8: 3, 40: 3}
    assert keeping.days(SPANS, keeping.bank) == {1: 1, 8: 1, 40: 1}
    assert keeping.days(ERRORS, keeping.bank) == {1: 3, 8: 3, 40: 3, 100: 3}


def test_days_that_nobody_keeps_are_deleted_as_files(keeping: Keeping) -> None:
    """There is no file left of them to look into."""
    keeping.put(ERRORS, keeping.shop, days_ago=95)
    keeping.put(ERRORS, keeping.shop, days_ago=2)
    keeping.store.checkpoint()
    retention.run(keeping.house)
    assert len(list((keeping.folder / "store").glob("telemetry_*.duckdb"))) == 1


def test_kept_categories_are_told_apart(keeping: Keeping) -> None:
    """They share a table, and one of them goes earlier."""
    for category in ("profile", "log_item"):
        keeping.put(KEPT_ITEMS, keeping.shop, days_ago=5, category=category, size_bytes=10)
    keeping.choose("storage", kept_profile_days=3)
    retention.run(keeping.house)
    left = keeping.rows("kept_items", "category")
    assert [row["category"] for row in left] == ["log_item"]


def test_no_more_rows_stay_than_may(keeping: Keeping) -> None:
    """The oldest go, within a day as well; the other project's stay."""
    for days in (4, 3, 2):
        keeping.put(ERRORS, keeping.shop, days_ago=days, count=200)
        keeping.put(ERRORS, keeping.bank, days_ago=days, count=200)
    keeping.choose("storage", project=keeping.shop, errors_count=300)
    retention.run(keeping.house)
    left = keeping.days(ERRORS, keeping.shop)
    assert left[2] == 200
    assert 0 < left[3] <= 100
    assert 4 not in left
    assert keeping.days(ERRORS, keeping.bank) == {2: 200, 3: 200, 4: 200}


def test_no_more_bytes_stay_than_may_and_blobs_count(keeping: Keeping) -> None:
    """Files of the oldest days go from the disk, but for those that somebody else names."""
    names = [
        keeping.put_file(ATTACHMENTS, keeping.shop, days_ago=days, data=os.urandom(1_000_000))
        for days in (5, 4, 3, 2)
    ]
    shared = (keeping.folder / "blobs" / names[1][:2] / names[1]).read_bytes()
    keeping.put_file(ATTACHMENTS, keeping.bank, days_ago=1, data=shared)
    for path in (keeping.folder / "blobs").glob("??/*"):
        os.utime(path, (time.time() - 3600,) * 2)
    keeping.choose("storage", project=keeping.shop, attachments_gb=0.0025)
    retention.run(keeping.house)
    assert keeping.days(ATTACHMENTS, keeping.shop) == {2: 1, 3: 1}
    left = {path.name for path in (keeping.folder / "blobs").glob("??/*")}
    assert left == {names[1], names[2], names[3]}


def test_issues_stay_as_long_as_their_events(keeping: Keeping) -> None:
    """An issue goes when its project keeps nothing of it any more, and not before."""
    for project in (keeping.shop, keeping.bank):
        at = clock.now() - timedelta(seconds=100 * DAY)
        Issue.objects.create(project=project, short_id=1, first_seen=at, last_seen=at)
    keeping.choose("storage", project=keeping.bank, errors_days=150)
    cleaning.run(keeping.house)
    assert [one.project for one in Issue.objects.all()] == [keeping.bank]


def test_what_was_set_holds_while_the_database_is_away(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole days go by what was known last: a full disk needs the room, and loses nothing early."""
    keeping.choose("storage", project=keeping.shop, errors_days=150)
    retention.run(keeping.house)
    for days in (100, 160):
        keeping.put(ERRORS, keeping.shop, days_ago=days)

    def away(_: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("vedette.storage.limits.load_limits", away)
    with pytest.raises(OperationalError):
        retention.run(keeping.house)
    assert keeping.days(ERRORS, keeping.shop) == {100: 1}
