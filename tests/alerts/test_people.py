"""Mails to members: only of what they may see when it is sent, and ended one kind at a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.alerts.test_messages import HOOK, deliver, domain, happens, wait
from vedette import clock

__all__ = ["domain", "wait"]

HOOK_LINE = '{{id: hook, name: Hook, kind: webhook, url: "{url}/hook"}}'
MEMBERS = HOOK.replace(HOOK_LINE, "{{id: hook, name: People, kind: members}}").format(url="")


@pytest.fixture
def mails() -> list[Any]:
    """Those that were sent."""
    from django.core import mail

    mail.outbox.clear()  # type: ignore[attr-defined]
    return mail.outbox  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def bea(project: Any) -> Any:
    """A member who sees only the projects that were opened to her, with a mail a day."""
    from vedette.access.models import ProjectMember
    from vedette.accounts.models import Membership, User
    from vedette.alerts.models import PersonalSettings

    user = User.objects.create_user("bea@example.com")
    held = Membership.objects.create(organization=project.organization, user=user, sees_all=False)
    ProjectMember.objects.create(project=project, membership=held)
    PersonalSettings.objects.create(user=user, digest="day")
    return user


def send(wait: Any) -> None:
    from vedette.alerts.people import send_due

    wait(hours=25)
    send_due()


def test_who_does_not_see_the_project_any_more_gets_no_mail_that_waited(
    domain: Any, project: Any, make: Any, fetcher: Any, wait: Any, bea: Any, mails: list[Any]
) -> None:
    """A digest tells of what its reader may see when it is sent."""
    make(MEMBERS.replace("levels: critical", "levels: warning"))
    happens(domain, project, 1)
    wait(seconds=11)
    deliver(fetcher)
    project.members.all().delete()
    send(wait)
    assert [mail.to for mail in mails] == [["ada@example.com"]]


@pytest.mark.parametrize("is_project", [True, False])
def test_what_was_deleted_is_not_told_to_those_who_did_not_see_it(
    domain: Any, project: Any, make: Any, fetcher: Any, wait: Any, bea: Any, mails: list[Any],
    is_project: bool,
) -> None:  # fmt: skip
    """A message whose alert is gone before it is sent names a project all the same."""
    from vedette.alerts.models import AlertRule
    from vedette.projects.removal import remove_project

    make(MEMBERS)
    project.members.all().delete()
    happens(domain, project, 1)
    if is_project:
        remove_project(project)
    else:
        AlertRule.objects.all().delete()
    deliver(fetcher)
    send(wait)
    assert {mail.to[0] for mail in mails} <= {"ada@example.com"}


def test_who_left_one_organisation_gets_the_mails_of_the_other(
    domain: Any, project: Any, make: Any, fetcher: Any, wait: Any, bea: Any, mails: list[Any]
) -> None:
    """What waits together is not lost together."""
    from vedette.accounts.models import Membership, Organization
    from vedette.alerts.models import PersonalMail

    make(MEMBERS)
    happens(domain, project, 1)
    deliver(fetcher)
    mine = PersonalMail.objects.get(user=bea)
    other = Organization.objects.create(slug="other", name="Other")
    PersonalMail.objects.create(
        user=bea, organization=other, content=mine.content, identity="x", due_at=clock.now()
    )
    assert not Membership.objects.filter(user=bea, organization=other).exists()
    send(wait)
    assert ["bea@example.com"] in [mail.to for mail in mails]


def test_the_end_of_a_report_is_not_the_end_of_alerts(project: Any, bea: Any) -> None:
    """Each mail's link ends mails of its own kind."""
    from vedette.alerts.models import PersonalSettings
    from vedette.alerts.people import WEEKLY, WORKFLOW, sign, unsubscribe

    assert unsubscribe(sign(bea, WEEKLY)) == bea
    held = PersonalSettings.objects.get(user=bea)
    assert (held.alerts, held.workflow, held.weekly) == ("all", True, False)
    assert unsubscribe(sign(bea, WORKFLOW)) == bea
    held.refresh_from_db()
    assert (held.alerts, held.workflow, held.weekly) == ("all", False, False)
    assert unsubscribe(sign(bea)) == bea
    held.refresh_from_db()
    assert held.alerts == "none"
