"""The weekly report: its figures, its time, and that it comes once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from tests.web.alerting import alert_of
from tests.web.conftest import alice, world
from tests.web.world import World
from vedette import clock
from vedette.alerts.models import PersonalSettings
from vedette.workflow.models import WeeklyReport
from vedette.workflow.reporting import plan_reports, send_reports
from vedette.workflow.weeks import due_at, span_of, week_of, zone_of

__all__ = ["alice", "world"]


def following_monday() -> datetime:
    """Eight o'clock in UTC of the Monday after the world's events."""
    today = clock.now().date()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime(monday.year, monday.month, monday.day, 8, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the clock, runs a turn of the loop, returns the new mails."""

    def go(moment: datetime) -> list[Any]:
        monkeypatch.setattr(clock, "timestamp", moment.timestamp)
        mail.outbox.clear()
        plan_reports()
        send_reports()
        return list(mail.outbox)

    return go


def test_it_says_what_the_week_was_like(world: World, at: Any) -> None:
    """Events, issues, alerts, the worst, releases; a way to end it."""
    PersonalSettings.objects.create(user=world.bob, weekly=False)
    alert_of(world)
    messages = at(following_monday())
    assert [one.to for one in messages] == [[world.alice.email]]
    (message,) = messages
    assert message.subject.startswith("Your week at Lantern: ")
    assert "new issues" in message.subject
    for body in (message.body, message.alternatives[0][0]):
        assert "PaymentFailed" in body
        assert f"/issues/{world.issues['checkout'].pk}/" in body
        assert "fired" in body
        assert "none the week before" in body
        assert "unsubscribe" in body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_comes_once_whatever_happens(world: World, at: Any) -> None:
    """Not before eight, not twice, not long after; again the week after."""
    PersonalSettings.objects.create(user=world.bob, weekly=False)
    monday = following_monday()
    assert at(monday - timedelta(minutes=1)) == []
    assert len(at(monday + timedelta(minutes=1))) == 1
    for hours in (1, 5, 30):
        assert at(monday + timedelta(hours=hours)) == []
    assert len(at(monday + timedelta(days=7))) == 1
    WeeklyReport.objects.all().delete()
    assert at(monday + timedelta(days=3)) == []


def test_a_process_that_dies_while_sending_sends_no_second_one(world: World, at: Any) -> None:
    """It may have arrived."""
    monday = following_monday()
    plan_reports(monday)
    WeeklyReport.objects.update(state="sending")
    assert at(monday + timedelta(minutes=5)) == []


def test_a_mail_server_that_is_away_gets_it_later(
    world: World, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost."""
    from vedette.outgoing.mail import MailServerError
    from vedette.workflow import reporting

    PersonalSettings.objects.create(user=world.bob, weekly=False)
    send, monday = reporting.send, following_monday()

    def refuse(message: Any) -> None:
        raise MailServerError("it is away")

    monkeypatch.setattr(reporting, "send", refuse)
    assert at(monday) == []
    monkeypatch.setattr(reporting, "send", send)
    assert at(monday + timedelta(minutes=5)) == []
    assert len(at(monday + timedelta(minutes=11))) == 1


def test_who_sees_no_project_or_joined_since_gets_none(world: World, at: Any) -> None:
    """And only what one may see is counted."""
    from vedette.accounts.models import Membership

    monday = following_monday()
    Membership.objects.filter(user=world.alice).update(created_at=monday + timedelta(minutes=1))
    Membership.objects.filter(user=world.bob).update(sees_all=False)
    assert at(monday + timedelta(minutes=5)) == []


def test_monday_morning_is_where_the_person_lives() -> None:
    """Also in the weeks in which clocks change; quiet hours name a zone, too."""
    berlin = zone_of(PersonalSettings(zone="Europe/Berlin"))
    assert due_at(date(2026, 3, 30), berlin).astimezone(UTC).hour == 6
    assert due_at(date(2026, 3, 23), berlin).astimezone(UTC).hour == 7
    start, end = span_of(date(2026, 3, 30), berlin)
    assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == 167 * 3600
    assert week_of(datetime(2026, 3, 30, 5, 59, tzinfo=UTC), berlin) == date(2026, 3, 23)
    assert week_of(datetime(2026, 3, 30, 6, 0, tzinfo=UTC), berlin) == date(2026, 3, 30)
    assert zone_of(PersonalSettings(quiet=["Sat-Sun Asia/Tokyo"])).key == "Asia/Tokyo"
    assert zone_of(None).key == "UTC"
