"""An archived issue comes back when an hour has more events than its ceiling, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.issues.scene import HOUR, NOW, Scene
from tests.reactions.test_recording import event
from vedette import clock
from vedette.config import Config
from vedette.facts import IssueSeen, merged
from vedette.loops import HeldBack
from vedette.loops.escalation import LOOP
from vedette.reactions import reactions
from vedette.reactions.escalation import REACTION as ESCALATION
from vedette.store.duck import DuckStore


@pytest.fixture
def project(rollback: None) -> Any:
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_project

    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


@pytest.fixture
def domain(rollback: None) -> Any:
    from vedette.reactions._domain import ReactingDomain

    return ReactingDomain(Config(), issues_per_hour=1000)


def archived(domain: Any, project: Any, store: DuckStore) -> Any:
    from vedette.issues import escalation
    from vedette.issues.models import Issue, Status
    from vedette.issues.status import set_status

    domain.apply([event(project, 1, clock.timestamp())], writer="w", position=1)
    issue = Issue.objects.get()
    set_status([project], [issue.pk], Status.IGNORED)
    escalation.begin(store)
    return issue


def state(issue: Any) -> tuple[str, str]:
    issue.refresh_from_db()
    return issue.status, issue.substatus


ARCHIVED = ("ignored", "archived_until_escalating")
ESCALATING = ("unresolved", "escalating")


def test_one_event_more_than_the_ceiling_brings_it_back(
    domain: Any, project: Any, duck: DuckStore
) -> None:
    """Ten an hour are always allowed; later reactions hear of it, once."""
    issue = archived(domain, project, duck)
    now = clock.timestamp() // 3600 * 3600

    for _ in range(10):
        domain.apply([event(project, 1, now)], writer="w", position=2)
    assert state(issue) == ARCHIVED

    seen = IssueSeen(
        project_id=project.pk, issue_id=issue.pk, group_id=1, state="ongoing",
        event=event(project, 1, now),
    )  # fmt: skip
    heard = ESCALATION.react([seen])
    assert state(issue) == ESCALATING
    assert [fact.state for fact in heard if isinstance(fact, IssueSeen)] == ["escalating"]
    assert ESCALATION.react([seen]) == []


def test_every_hour_is_counted_by_itself(domain: Any, project: Any, duck: DuckStore) -> None:
    """Of several digesters one may be an hour behind: its events belong to their own hour."""
    from vedette.issues.models import EscalationWatch

    issue = archived(domain, project, duck)
    EscalationWatch.objects.update(archived_at=clock.now() - 3 * HOUR)
    now = clock.timestamp() // 3600 * 3600
    for hour, count in ((-2, 4), (-1, 5), (-2, 6), (-1, 5), (0, 10)):
        seen = event(project, 1, now + hour * 3600, count=count)
        domain.apply([seen], writer="w", position=2)
        assert state(issue) == ARCHIVED
    domain.apply([event(project, 1, now - 7200)], writer="w", position=3)
    assert state(issue) == ESCALATING


def test_what_came_before_it_was_archived_does_not_bring_it_back(
    domain: Any, project: Any, duck: DuckStore
) -> None:
    """It may be processed later."""
    issue = archived(domain, project, duck)
    before = clock.timestamp() - 7200
    domain.apply([event(project, 1, before, count=500)], writer="w", position=2)
    assert state(issue) == ARCHIVED


def test_an_issue_that_was_opened_again_is_not_watched(
    domain: Any, project: Any, duck: DuckStore
) -> None:
    """A person's word counts."""
    from vedette.issues.models import Status
    from vedette.issues.status import set_status

    issue = archived(domain, project, duck)
    set_status([project], [issue.pk], Status.RESOLVED)
    domain.apply([event(project, 1, clock.timestamp() - 60, count=50)], writer="w", position=2)
    assert state(issue)[1] != "escalating"


def test_the_reaction_comes_after_the_issues(domain: Any) -> None:
    """It reacts to what theirs raises."""
    assert [r.facts for r in reactions()].index(ESCALATION.facts) > 0


@pytest.mark.parametrize("minutes", [0, 17, 59])
def test_the_ceiling_is_twice_the_busiest_hour(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Of all groups of the issue together, of its own project, before it was archived."""
    from vedette.issues import escalation
    from vedette.issues.models import EscalationWatch
    from vedette.store import access

    archived = (NOW - HOUR).replace(minute=minutes)
    EscalationWatch.objects.bulk_create(
        EscalationWatch(issue=issue, archived_at=archived) for issue in scene.issues
    )
    escalation.begin(access.store())
    until = archived.timestamp() // 60 * 60e6
    for issue in scene.issues:
        project, groups = scene.groups[issue.pk]
        hours: dict[int, int] = {}
        for row in scene.events:
            at = row["timestamp"]
            is_mine = row["project_id"] == project and row["group_id"] in groups
            if is_mine and until - 7 * 86400e6 <= at < until:
                hours[at // 3_600_000_000] = hours.get(at // 3_600_000_000, 0) + 1
        expected = max(10, 2 * max(hours.values(), default=0))
        assert EscalationWatch.objects.get(issue=issue).ceiling == expected

    EscalationWatch.objects.update(ceiling=11, due_at=NOW - timedelta(days=2))
    monkeypatch.setattr("vedette.clock.now", lambda: NOW + HOUR)
    escalation.lower(access.store())
    assert {watch.ceiling for watch in EscalationWatch.objects.all()} <= {10, 11}


def test_a_backlog_of_hours_is_counted_by_hour(domain: Any, project: Any, duck: DuckStore) -> None:
    """One batch may hold many hours: none of them has too many."""
    issue = archived(domain, project, duck)
    now = clock.timestamp() // 3600 * 3600
    facts = [event(project, 1, now - hour * 3600 + 5) for hour in range(6) for _ in range(8)]
    domain.apply(merged(facts), writer="w", position=2)
    assert state(issue) == ARCHIVED
    issue.refresh_from_db()
    assert issue.event_count == 49


def test_what_comes_before_the_ceiling_is_known_counts_too(
    domain: Any, project: Any, duck: DuckStore
) -> None:
    """A burst in the first minute is no norm, and it is not forgotten."""
    from vedette.issues import escalation
    from vedette.issues.models import Issue, Status
    from vedette.issues.status import set_status

    now = clock.timestamp()
    domain.apply([event(project, 1, now)], writer="w", position=1)
    issue = Issue.objects.get()
    set_status([project], [issue.pk], Status.IGNORED)
    domain.apply([event(project, 1, now, count=400)], writer="w", position=2)
    assert state(issue) == ARCHIVED
    escalation.begin(duck)
    domain.apply([event(project, 1, now)], writer="w", position=3)
    assert state(issue) == ESCALATING


def test_a_clock_that_was_wrong_does_not_end_the_counting(
    domain: Any, project: Any, duck: DuckStore
) -> None:
    """An event of next year was counted; this year's are nevertheless."""
    issue = archived(domain, project, duck)
    now = clock.timestamp()
    domain.apply([event(project, 1, now + 365 * 86400)], writer="w", position=2)
    domain.apply([event(project, 1, now, count=50)], writer="w", position=3)
    assert state(issue) == ESCALATING


def test_a_wrong_clock_lowers_no_ceiling(
    rollback: None, project: Any, duck: DuckStore, tmp_path: Path
) -> None:
    """Next year's last week had no events yet; set right, the clock lowers it again."""
    from vedette.issues.models import EscalationWatch, Issue
    from vedette.loops._trust import believe_clock

    now = clock.now()
    issue = Issue.objects.create(project=project, short_id=1, first_seen=now, last_seen=now)
    EscalationWatch.objects.create(issue=issue, ceiling=400, due_at=now)
    house: Any = SimpleNamespace(config=Config(data=tmp_path), store=duck)
    believe_clock(house.config)
    try:
        clock.turn(400 * 86400.0)
        with pytest.raises(HeldBack):
            LOOP.run(house)
        assert EscalationWatch.objects.get().ceiling == 400
    finally:
        clock.turn(0)
    EscalationWatch.objects.update(due_at=now + timedelta(days=401))
    LOOP.run(house)
    assert EscalationWatch.objects.get().ceiling == 10


def test_issues_that_are_made_one_have_the_ceiling_of_both(scene: Scene) -> None:
    """What was usual for the one that goes is usual for the one that stays."""
    from vedette.issues import escalation
    from vedette.issues.merging import merge
    from vedette.issues.models import EscalationWatch, Issue, Status, Substatus
    from vedette.store import access

    quiet, loud = (issue for issue in scene.issues[:2])
    Issue.objects.filter(pk__in=[quiet.pk, loud.pk]).update(
        status=Status.IGNORED, substatus=Substatus.ARCHIVED
    )
    EscalationWatch.objects.create(issue=quiet, ceiling=10, hours={"5": 7})
    EscalationWatch.objects.create(issue=loud, ceiling=400)
    kept = merge(quiet, loud)
    assert EscalationWatch.objects.get().ceiling is None
    escalation.begin(access.store())
    watch = EscalationWatch.objects.get()
    busiest: dict[int, int] = {}
    for issue in (quiet, loud):
        project, groups = scene.groups[issue.pk]
        for row in scene.events:
            if row["project_id"] == project and row["group_id"] in groups:
                hour = row["timestamp"] // 3_600_000_000
                busiest[hour] = busiest.get(hour, 0) + 1
    assert watch.issue_id == kept.pk
    assert watch.ceiling == max(10, 2 * max(busiest.values()))
    assert watch.hours == {"5": 7}
