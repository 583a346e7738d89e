"""The issue list: its order, its figures and its pages, by brute force over the events."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from tests.issues.scene import BANK, NOW, SHOP, START, Scene, micros, scope_of
from vedette.issues import listing, reading
from vedette.issues.models import Issue, Status
from vedette.issues.ranking import trend
from vedette.issues.shapes import Scope, Sort

SCOPES = (
    scope_of(),
    scope_of(SHOP),
    scope_of(environments=("production", "staging")),
    scope_of(start=START + timedelta(hours=7, minutes=3), end=NOW - timedelta(hours=11)),
)
SORTS: tuple[Sort, ...] = ("date", "new", "freq", "user", "trend")


def all_rows(scope: Scope, query: str = "", sort: Sort = "date") -> list[reading.IssueRow]:
    """The rows of every page, walked by cursor in small pages."""
    rows: list[reading.IssueRow] = []
    cursor: str | None = None
    while True:
        page = reading.list_issues(scope, query=query, sort=sort, cursor=cursor, limit=2)
        assert page.error == ""
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return rows


@pytest.mark.parametrize("scope", SCOPES, ids=range(len(SCOPES)))
@pytest.mark.parametrize("sort", SORTS)
def test_the_figures_of_every_row_are_exact(scene: Scene, scope: Scope, sort: Sort) -> None:
    """Events, users and bars of the range, whatever the order."""
    for row in all_rows(scope, sort=sort):
        events = scene.of(row.issue, scope)
        assert row.event_count == len(events)
        assert row.user_count == len({one["user_number"] for one in events} - {None})
        width = (row.sparkline[1].start - row.sparkline[0].start).total_seconds()
        bars = Counter(int(one["timestamp"] / 1_000_000 // width * width) for one in events)
        shown = {int(bar.start.timestamp()): bar.count for bar in row.sparkline if bar.count}
        assert shown == bars


@pytest.mark.parametrize("scope", SCOPES[:3], ids=range(3))
@pytest.mark.parametrize("sort", ["freq", "user", "trend"])
def test_the_order_is_that_of_the_figure(scene: Scene, scope: Scope, sort: Sort) -> None:
    """The last event decides between equals."""
    quarter = micros(scope.period.end - (scope.period.end - scope.period.start) / 4)

    def rank(issue: Issue) -> tuple[float, int, int]:
        events = scene.of(issue, scope)
        recent = sum(one["timestamp"] >= quarter for one in events)
        users = len({one["user_number"] for one in events} - {None})
        figure = {"freq": len(events), "user": users, "trend": trend(len(events), recent)}
        return figure[sort], events[-1]["timestamp"], issue.pk

    mine = [issue for issue in scene.mine if scene.of(issue, scope)]
    wanted = sorted(mine, key=rank, reverse=True)
    assert [row.issue for row in all_rows(scope, sort=sort)] == wanted


@pytest.mark.parametrize("query", ["", "level:error"])
def test_the_newest_come_first_and_back_again(scene: Scene, query: str) -> None:
    """By the database alone, or by the store where events are searched."""
    scope = scope_of()
    rows = all_rows(scope, query)
    assert len(rows) == len(scene.mine)
    if not query:
        wanted = sorted(scene.mine, key=lambda one: (one.last_seen, one.pk), reverse=True)
        assert [row.issue for row in rows] == wanted
    page = reading.list_issues(scope, query=query, limit=3)
    second = reading.list_issues(scope, query=query, cursor=page.next_cursor, limit=3)
    first = reading.list_issues(scope, query=query, cursor=second.previous_cursor, limit=3)
    assert [row.issue for row in first.rows] == [row.issue for row in page.rows]


def test_a_search_counts_only_what_it_finds(scene: Scene) -> None:
    """The figures are of the events that fit."""
    scope = scope_of()
    rows = all_rows(scope, "city:Bern !level:warning", "freq")
    assert rows
    for row in rows:
        events = [
            one
            for one in scene.of(row.issue, scope)
            if ("city", "Bern") in one["tags"] and one["level"] == "error"
        ]
        assert row.event_count == len(events) > 0


def test_the_state_and_the_events_are_searched_together(scene: Scene) -> None:
    """Each half where it is known."""
    chosen = scene.mine[0]
    Issue.objects.filter(pk=chosen.pk).update(status=Status.RESOLVED)
    assert chosen not in [row.issue for row in all_rows(scope_of(), "is:unresolved city:Bern")]
    assert [row.issue for row in all_rows(scope_of(), "is:resolved city:Bern")] == [chosen]


def test_what_the_list_leaves_out_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more groups than are looked at."""
    monkeypatch.setattr(listing, "_MOST_GROUPS", 3)
    page = reading.list_issues(scope_of(), query="has:city", sort="freq", limit=25)
    assert len(page.rows) < len(scene.mine)
    assert "Narrow the search" in page.note
    assert reading.list_issues(scope_of(BANK), query="id:" + "0" * 32).note == ""


def test_a_wrong_search_is_answered_in_words(scene: Scene) -> None:
    """Never by an exception."""
    for query in ("(", "id:xyz", "timesSeen:many"):
        page = reading.list_issues(scope_of(), query=query)
        assert page.rows == []
        assert page.error


def test_new_events_are_those_received_since(scene: Scene) -> None:
    """By the time they came in, not by the time they happened."""
    since = NOW - timedelta(minutes=1)
    recent = scene.within(scope_of(start=since - timedelta(days=1), end=NOW + timedelta(1)))
    assert reading.count_new_events(scope_of(), since=since) == len(recent)
    assert reading.count_new_events(scope_of(), since=NOW) == 0
