"""A new version of the grouping does not split issues."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reactions.seen import event
from vedette import clock
from vedette.facts import EventSeen, FormerGroup, merged

OLD, NEW = "vedette:2026-11-22", "vedette:2026-11-26"


def seen(project: Any, group: int, former: int | None = None, version: str = NEW) -> EventSeen:
    """An event of the new version, and where the old one put it."""
    told = [] if former is None else [FormerGroup(OLD, former)]
    return event(project, group, clock.timestamp(), version=version, former=told)


def digest(domain: Any, *events: EventSeen) -> None:
    """Commit a batch as the owner does."""
    domain.apply(merged(domain.collect(list(events))), writer="w", position=1)


def counts() -> list[int]:
    """The number of events of each issue, in the order in which they were made."""
    from vedette.issues.models import Issue

    return list(Issue.objects.order_by("id").values_list("event_count", flat=True))


def test_a_new_key_finds_the_issue_of_the_old_one(domain: Any, project: Any) -> None:
    """And is one of its keys from then on: later events need not tell where they were."""
    from vedette.issues.models import IssueKey

    digest(domain, seen(project, 1, version=OLD))
    digest(domain, seen(project, 20, former=1))
    digest(domain, seen(project, 20))
    assert counts() == [3]
    assert list(IssueKey.objects.order_by("id").values_list("group_id", "version")) == [
        (1, OLD),
        (20, NEW),
    ]


def test_what_one_old_issue_held_stays_in_it(domain: Any, project: Any) -> None:
    """Two new groups of one old issue go on there: an update splits nothing."""
    digest(domain, seen(project, 1, version=OLD))
    digest(domain, seen(project, 20, former=1), seen(project, 21, former=1))
    assert counts() == [3]


def test_bugs_that_were_never_seen_follow_the_new_rule(domain: Any, project: Any) -> None:
    """Two groups that the old rule would have put together, but that no issue holds yet."""
    digest(domain, seen(project, 20, former=1), seen(project, 21, former=1))
    assert counts() == [1, 1]


def test_a_former_key_counts_only_where_that_version_gave_it(domain: Any, project: Any) -> None:
    """A number that the new version gave to another issue is another issue."""
    digest(domain, seen(project, 1, version=NEW))
    digest(domain, seen(project, 20, former=1))
    assert counts() == [1, 1]


def test_two_old_issues_that_are_one_bug_both_go_on(domain: Any, project: Any) -> None:
    """What neither of them knows goes to the one that was met first."""
    digest(domain, seen(project, 1, version=OLD), seen(project, 2, version=OLD))
    digest(domain, seen(project, 20, former=1), seen(project, 20, former=2))
    assert counts() == [2, 2]
    digest(domain, seen(project, 20, former=3))
    assert counts() == [3, 2]


def test_an_old_issue_goes_on_though_the_new_key_is_taken(domain: Any, project: Any) -> None:
    """Its events are kept in the group under which the old version knew them."""
    digest(domain, seen(project, 1, version=OLD))
    digest(domain, seen(project, 20, former=3))
    (placed,) = domain.collect([seen(project, 20, former=1)])
    assert placed.group_id == 1
    digest(domain, placed)
    assert counts() == [2, 1]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_group_nearby_gives_its_issue_only_while_the_own_key_is_new(
    domain: Any, project: Any, at_once: bool
) -> None:
    """A closure that an edit moved: its neighbour is of the same version."""
    moved = event(project, 21, clock.timestamp(), version=NEW, former=[FormerGroup(NEW, 20)])
    other = event(project, 30, clock.timestamp(), version=NEW, former=[FormerGroup(NEW, 31)])
    for batch in [[seen(project, 20), moved]] if at_once else [[seen(project, 20)], [moved]]:
        digest(domain, *batch)
    digest(domain, other)
    assert counts() == [2, 1]
    digest(
        domain, event(project, 30, clock.timestamp(), version=NEW, former=[FormerGroup(NEW, 20)])
    )
    assert counts() == [2, 2]


def test_whether_there_are_old_keys_the_first_one_tells(domain: Any, project: Any) -> None:
    """Only then need every event tell where it was."""
    assert not any(one.has_former_keys for one in domain.settings().values())
    digest(domain, seen(project, 1, version=OLD))
    assert all(one.has_former_keys for one in domain.settings().values())


def test_the_limit_of_new_issues_does_not_hold_back_old_ones(domain: Any, project: Any) -> None:
    """An update renames many groups within one hour; none of them is a new issue."""
    for group in range(1, 4):
        digest(domain, seen(project, group, version=OLD))
    digest(domain, *(seen(project, 20 + group, former=group) for group in range(1, 4)))
    assert counts() == [2, 2, 2]


def test_another_project_is_another_matter(domain: Any, project: Any) -> None:
    """A former key of one project says nothing in another."""
    from vedette.projects.creation import create_project

    other = create_project(project.organization, "Other", "python")
    digest(domain, seen(project, 1, version=OLD))
    digest(domain, seen(other, 20, former=1))
    assert counts() == [1, 1]


@pytest.mark.parametrize("times", [1, 3])
def test_told_again_it_changes_nothing(domain: Any, project: Any, times: int) -> None:
    """Every digester tells it once, and again after a restart."""
    digest(domain, seen(project, 1, version=OLD))
    for _ in range(times):
        digest(domain, seen(project, 20, former=1))
    assert counts() == [1 + times]
