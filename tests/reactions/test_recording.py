"""Events become issues: counts, times, texts, state, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.drawers import added
from tests.reactions.seen import event
from vedette import clock
from vedette.facts import EventSeen, IssueSeen, merged
from vedette.reactions import reactions


def record(*events: EventSeen) -> list[IssueSeen]:
    from vedette.issues.recording import record_events

    return record_events(merged(list(events)))


def test_a_new_group_makes_an_issue_and_says_so(project: Any) -> None:
    """With the counts of all its events in the batch and the texts of the newest."""
    from vedette.issues.models import Issue

    now = clock.timestamp()
    seen = record(
        event(project, 1, now - 5, value="first"),
        event(project, 1, now, value="last", last_release="1.1"),
        event(project, 1, now - 9, value="oldest", first_release="0.9"),
    )
    issue = Issue.objects.get()
    assert (issue.event_count, issue.value) == (3, "last")
    assert (issue.first_release, issue.last_release) == ("0.9", "1.1")
    assert (issue.last_seen - issue.first_seen) == timedelta(seconds=9)
    assert [(one.issue_id, one.state) for one in seen] == [(issue.pk, "created")]


def test_further_events_are_counted_to_it(project: Any) -> None:
    """An older one widens the time but does not change the texts."""
    from vedette.issues.models import Issue

    now = clock.timestamp()
    record(event(project, 1, now))
    assert [one.state for one in record(event(project, 1, now - 60, value="older"))] == ["ongoing"]
    assert [one.state for one in record(event(project, 1, now + 1))] == ["ongoing"]
    issue = Issue.objects.get()
    assert (issue.event_count, issue.value) == (3, "fell")
    assert issue.first_seen == datetime.fromtimestamp(now - 60, UTC)
    assert issue.last_seen == datetime.fromtimestamp(now + 1, UTC)


def test_a_resolved_issue_comes_back_once(project: Any) -> None:
    """By an event after it was resolved; one from before changes nothing."""
    from vedette.issues.models import Issue

    now = clock.timestamp()
    record(event(project, 1, now - 100))
    Issue.objects.update(status="resolved", resolved_at=datetime.fromtimestamp(now - 50, UTC))
    assert [one.state for one in record(event(project, 1, now - 60))] == ["ongoing"]
    assert Issue.objects.get().status == "resolved"
    assert [one.state for one in record(event(project, 1, now))] == ["regressed"]
    issue = Issue.objects.get()
    assert (issue.status, issue.substatus) == ("unresolved", "regressed")
    assert [one.state for one in record(event(project, 1, now + 1))] == ["ongoing"]


def test_two_groups_of_one_issue_are_added_up(project: Any) -> None:
    """Merged issues have many keys; a batch may hold events of several."""
    from vedette.issues.models import Issue, IssueKey

    now = clock.timestamp()
    record(event(project, 1, now))
    issue = Issue.objects.get()
    IssueKey.objects.create(project=project, issue=issue, group_id=2, key="2", version="1")
    record(event(project, 1, now + 2, value="late"), event(project, 2, now + 1, value="early"))
    issue.refresh_from_db()
    assert (issue.event_count, issue.value) == (3, "late")
    assert issue.last_seen == datetime.fromtimestamp(now + 2, UTC)


def test_the_same_group_number_in_two_projects_is_two_issues(project: Any) -> None:
    """A group belongs to its project."""
    from vedette.issues.models import Issue
    from vedette.projects.creation import create_project

    other = create_project(project.organization, "Other", "python")
    now = clock.timestamp()
    record(event(project, 1, now), event(other, 1, now))
    record(event(other, 1, now))
    counts = dict(Issue.objects.values_list("project_id", "event_count"))
    assert counts == {project.pk: 1, other.pk: 2}


def test_events_of_a_deleted_project_are_nobodys(project: Any) -> None:
    """It may be deleted between digesting and committing."""
    gone = event(project, 1, clock.timestamp())
    gone.project_id = 999_999
    assert record(gone) == []


def test_a_batch_moves_the_position_in_the_same_transaction(
    domain: Any, project: Any, tmp_path: Path
) -> None:
    """A reaction that fails takes the position back with it."""
    from vedette.issues.models import Issue

    now = clock.timestamp()
    domain.apply([event(project, 1, now)], writer="web-0", position=7)
    assert domain.position("web-0") == 7
    source = """
        from vedette.facts import IssueSeen
        from vedette.reactions import Reaction

        def fail(facts):
            raise RuntimeError(f"cannot react to {len(facts)}")

        REACTION = Reaction(order=99, facts=(IssueSeen,), react=fail)
    """
    forget = (reactions.cache_clear,)
    with (
        added("vedette.reactions", "failing", source, tmp_path, forget=forget),
        pytest.raises(RuntimeError, match="cannot react to 1"),
    ):
        domain.apply([event(project, 1, now)], writer="web-0", position=9)
    assert domain.position("web-0") == 7
    assert Issue.objects.get().event_count == 1


def test_random_fingerprints_make_a_bounded_number_of_issues(domain: Any, project: Any) -> None:
    """The rest share one that says why; nothing is lost, and known issues go on as before."""
    from vedette.issues.models import Issue
    from vedette.issues.overflow import TITLE

    now = clock.timestamp()
    for start in (0, 10):
        events = domain.collect([event(project, start + group, now) for group in range(10)])
        domain.apply(merged(list(events)), writer="w", position=start + 1)
    assert Issue.objects.count() == 4
    shared = Issue.objects.get(type=TITLE)
    assert shared.event_count == 17
    assert "more than 3" in shared.value
    (known,) = domain.collect([event(project, 1, now)])
    assert known.group_id == 1


def test_the_bound_holds_over_a_restart_and_ends_with_the_hour(
    domain: Any, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new process counts what was made in this hour."""
    from vedette.issues.overflow import Overflow

    now = clock.timestamp()
    events = domain.collect([event(project, group, now) for group in range(3)])
    domain.apply(events, writer="w", position=1)
    fresh = Overflow(3)
    (moved,) = fresh.collect([event(project, 50, now)])
    assert moved.group_id != 50
    clock.turn(3600)
    try:
        (own,) = fresh.collect([event(project, 51, now)])
        assert own.group_id == 51
    finally:
        clock.turn(0)
