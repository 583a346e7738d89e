"""Events of an issue: every page, every neighbour, and what may not be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.issues.scene import BANK, FOREIGN, NOW, SHOP, Scene, scope_of
from vedette.issues import reading
from vedette.search import SearchError
from vedette.store.errors import BadQuery

SCOPES = (scope_of(), scope_of(environments=("staging",)), scope_of(end=NOW - timedelta(days=1)))


@pytest.mark.parametrize("scope", SCOPES, ids=range(len(SCOPES)))
def test_every_event_is_listed_once(scene: Scene, scope: reading.Scope) -> None:
    """Newest first, page by page, however many share a moment."""
    for issue in scene.mine:
        found: list[str] = []
        cursor: str | None = None
        while True:
            rows, cursor = reading.list_events(issue, scope, cursor=cursor, limit=7)
            found += [row.event_id for row in rows]
            if cursor is None:
                break
        assert found == [row["event_id"] for row in reversed(scene.of(issue, scope))]


def test_events_are_searched(scene: Scene) -> None:
    """Within the issue; a text that cannot be read says so."""
    issue, scope = scene.mine[0], scope_of()
    rows, _ = reading.list_events(issue, scope, query="city:Bern", limit=100)
    wanted = [one for one in scene.of(issue, scope) if ("city", "Bern") in one["tags"]]
    assert len(rows) == len(wanted) > 0
    with pytest.raises(SearchError):
        reading.list_events(issue, scope, query="(")


@pytest.mark.parametrize("cursor", ["x", "1:2", "9" * 99, "-1:" + "a" * 32, "٣:" + "a" * 32])
def test_a_cursor_that_means_nothing_is_refused_in_words(scene: Scene, cursor: str) -> None:
    """Whatever someone puts into the address; none at all is the first page."""
    issue = scene.mine[0]
    with pytest.raises(BadQuery, match="was not given by this list"):
        reading.list_events(issue, scope_of(), cursor=cursor, limit=3)
    rows, _ = reading.list_events(issue, scope_of(), cursor="", limit=3)
    assert rows == reading.list_events(issue, scope_of(), limit=3)[0]


def test_every_event_has_its_neighbours(scene: Scene, size: None) -> None:
    """First, previous, next and latest in the issue, by time and id, over its whole life."""
    everything = scope_of(start=NOW - timedelta(days=30), end=NOW + timedelta(days=1))
    for issue in scene.mine[:4]:
        ids = [row["event_id"] for row in scene.of(issue, everything)]
        for place in (0, 1, len(ids) // 2, len(ids) - 2, len(ids) - 1):
            event = reading.load_event(everything.visible, issue, ids[place])
            assert event is not None
            assert (event.first_id, event.latest_id) == (ids[0], ids[-1])
            assert event.previous_id == (ids[place - 1] if place else None)
            assert event.next_id == (ids[place + 1] if place + 1 < len(ids) else None)
        for name, wanted in (("latest", ids[-1]), ("oldest", ids[0])):
            event = reading.load_event(everything.visible, issue, name)
            assert event is not None
            assert event.event_id == wanted


def test_the_trace_leads_to_its_other_events(scene: Scene) -> None:
    """Before and after within a day, in any issue of the project."""
    everything = scope_of(start=NOW - timedelta(days=30), end=NOW + timedelta(days=1))
    day = 86_400_000_000
    for issue in scene.mine[:3]:
        for row in [one for one in scene.of(issue, everything) if one["trace_id"]][:5]:
            same = sorted(
                (
                    (one["timestamp"], one["event_id"])
                    for one in scene.events
                    if (one["project_id"], one["trace_id"]) == (row["project_id"], row["trace_id"])
                    and -day <= one["timestamp"] - row["timestamp"] < day
                ),
            )
            place = same.index((row["timestamp"], row["event_id"]))
            event = reading.load_event(everything.visible, issue, row["event_id"])
            assert event is not None
            before, after = event.trace_previous, event.trace_next
            assert (before.event_id if before else None) == (same[place - 1][1] if place else None)
            following = same[place + 1][1] if place + 1 < len(same) else None
            assert (after.event_id if after else None) == following


def test_nothing_is_read_of_what_may_not_be_seen(scene: Scene, size: None) -> None:
    """Not by the issue, its event's id, or the event alone."""
    foreign = next(issue for issue in scene.issues if issue.project_id == FOREIGN)
    row = scene.of(foreign, scope_of(FOREIGN))[0]
    scope = scope_of()
    assert reading.load_event(scope.visible, foreign, row["event_id"]) is None
    assert reading.load_event(scope.visible, foreign, "latest") is None
    assert reading.find_event(scope.visible, foreign.project, row["event_id"]) is None
    assert reading.list_events(foreign, scope) == ([], None)
    assert reading.summarize(foreign, scope).event_count == 0
    assert reading.tag_distributions(foreign, scope) == []
    assert reading.find_event(scope_of(FOREIGN).visible, foreign.project, row["event_id"])


def test_anything_pasted_leads_to_its_place(scene: Scene) -> None:
    """Event ids, trace ids, numbers and short names, of what may be seen."""
    visible = scope_of(SHOP, BANK).visible
    for issue in scene.issues:
        row = scene.of(issue, scope_of(SHOP, BANK, FOREIGN))[-1]
        may_see = issue.project_id != FOREIGN
        place = reading.find_anything(visible, f" {row['event_id']} ")
        assert (place.issue if place else None) == (issue if may_see else None)
        for name in (str(issue.pk), issue.short_name, issue.short_name.lower()):
            place = reading.find_anything(visible, name)
            assert (place.issue if place else None) == (issue if may_see else None)
    for text in ("", "-1", "shop-", "nothing", "0" * 32, "9" * 40):
        assert reading.find_anything(visible, text) is None
