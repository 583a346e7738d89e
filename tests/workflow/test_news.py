"""Mails about issues that are yours: assigned, resolved by others, back again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from tests.alerts.conftest import project
from tests.reactions.seen import event
from tests.trackers.conftest import domain, issue, wait
from vedette import clock

__all__ = ["domain", "issue", "project", "wait"]


@pytest.fixture
def people(project: Any) -> Any:
    """Ada, who owns the organisation, and Bob."""
    from vedette.accounts.models import Membership, User
    from vedette.accounts.roles import Role

    bob = User.objects.create_user("bob@example.com", name="Bob")
    Membership.objects.create(organization=project.organization, user=bob, role=Role.MEMBER)
    return User.objects.get(email="ada@example.com"), bob


@pytest.fixture
def go(wait: Any) -> Any:
    """The loops, half a minute later; returns the subjects of new mails."""

    def go_on() -> list[str]:
        from vedette.alerts.people import send_due
        from vedette.workflow.mailing import mail_news

        wait(seconds=31)
        mail.outbox.clear()
        mail_news()
        send_due()
        return [one.subject for one in mail.outbox]

    return go_on


def assign(issue: Any, user: Any, by: Any = None) -> None:
    from vedette.issues.assigning import assign as give

    give([issue.project], [issue.pk], user, by=by)


def set_status(issue: Any, status: str, by: Any = None) -> dict[int, Any]:
    from vedette.issues.models import Status
    from vedette.issues.status import set_status as write

    return dict(write([issue.project], [issue.pk], Status(status), by=by))


def settings_of(user: Any, **values: Any) -> None:
    from vedette.alerts.models import PersonalSettings

    PersonalSettings.objects.update_or_create(user=user, defaults=values)


def test_who_gets_an_issue_hears_of_it_once(issue: Any, people: Any, go: Any) -> None:
    """By whom, with the link and how to end such mails; not of what they take themselves."""
    ada, bob = people
    assign(issue, bob, by=ada)
    assert go() == ["SHOP-1 was assigned to you by Ada: LampError: fell"]
    message = mail.outbox[0]
    assert message.to == ["bob@example.com"]
    assert f"/issues/{issue.pk}/" in message.body
    assert "List-Unsubscribe" in message.extra_headers
    assert go() == []
    assign(issue, bob, by=ada)
    assert go() == []
    assign(issue, ada, by=ada)
    assert go() == []


def test_an_issue_of_yours_is_resolved_by_another_and_comes_back(
    issue: Any, people: Any, go: Any, domain: Any
) -> None:
    """Two mails of one thread."""
    ada, bob = people
    assign(issue, bob, by=bob)
    set_status(issue, "resolved", by=ada)
    assert go() == ["SHOP-1 was resolved by Ada: LampError: fell"]
    domain.apply([event(issue.project, 1, clock.timestamp() + 5)], writer="w", position=2)
    assert go() == ["SHOP-1 came back in 1.0: LampError: fell"]
    set_status(issue, "resolved", by=bob)
    assert go() == []


def test_what_is_undone_at_once_is_told_to_nobody(issue: Any, people: Any, go: Any) -> None:
    """Also what was given to somebody else meanwhile."""
    from vedette.issues.status import restore_statuses

    ada, bob = people
    assign(issue, bob, by=bob)
    restore_statuses([issue.project], set_status(issue, "resolved", by=ada))
    assign(issue, ada, by=bob)
    assign(issue, bob, by=bob)
    assert go() == []


def test_personal_settings_are_kept(issue: Any, people: Any, go: Any, wait: Any) -> None:
    """None at all; none in quiet hours; gathered in a digest."""
    ada, bob = people
    settings_of(bob, workflow=False)
    assign(issue, bob, by=ada)
    assert go() == []
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    today = days[clock.now().weekday()]
    settings_of(bob, workflow=True, quiet=[today])
    set_status(issue, "resolved", by=ada)
    assert go() == []
    wait(hours=24)
    assert go() == ["SHOP-1 was resolved by Ada: LampError: fell"]
    settings_of(bob, quiet=[], digest="hour")
    set_status(issue, "unresolved", by=ada)
    set_status(issue, "resolved", by=ada)
    assign(issue, ada, by=ada)
    assign(issue, bob, by=ada)
    assert go() == []
    wait(hours=1)
    assert go() == ["2 changes of your issues"]


def test_who_does_not_see_the_project_any_more_hears_nothing(
    issue: Any, people: Any, go: Any
) -> None:
    """Whoever was taken off it meanwhile."""
    from vedette.accounts.models import Membership

    ada, bob = people
    assign(issue, bob, by=ada)
    Membership.objects.filter(user=bob).update(sees_all=False)
    assert go() == []


def test_the_mail_is_written_within_the_change(issue: Any, people: Any) -> None:
    """A change that does not happen tells nobody."""
    from django.db import transaction

    from vedette.workflow.models import IssueNews

    ada, bob = people
    with transaction.atomic():
        assign(issue, bob, by=ada)
        transaction.set_rollback(True)
    assert not IssueNews.objects.exists()
