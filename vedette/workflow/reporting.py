"""Weekly reports: one for each person and organisation, on Monday at eight, once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from vedette import clock
from vedette.access.loading import access_of
from vedette.accounts.models import Membership
from vedette.alerts.models import PersonalSettings
from vedette.alerts.muting import next_moment
from vedette.alerts.people import WEEKLY, unsubscribe_link
from vedette.outgoing.mail import MailError, MailNotNow, Message, send
from vedette.store.errors import StoreError
from vedette.workflow.figures import week_between
from vedette.workflow.models import WeeklyReport
from vedette.workflow.report_mail import html_of, subject_of, text_of
from vedette.workflow.weeks import due_at, span_of, week_of, zone_of

log = logging.getLogger("vedette.workflow")

_LATEST = timedelta(days=2)  # after a stop: what is older is of no use
_RETRY = timedelta(minutes=10)
_MOST_TRIES = 100
_AT_ONCE = 50


def plan_reports(now: datetime | None = None) -> int:
    """Write down the reports that have become due; returns how many."""
    moment = now or clock.now()
    settings = {one.user_id: one for one in PersonalSettings.objects.all()}
    rows = Membership.objects.filter(user__is_active=True).select_related("user")
    wanted = []
    for membership in rows.order_by("pk"):
        held = settings.get(membership.user_id)
        zone = zone_of(held)
        week = week_of(moment, zone)
        due = due_at(week, zone)
        is_late = moment - due > _LATEST
        if is_late or membership.created_at > due or (held is not None and not held.weekly):
            continue
        wanted.append(
            WeeklyReport(
                user_id=membership.user_id,
                organization_id=membership.organization_id,
                week=week,
                due_at=next_moment(held.quiet, due) if held is not None else due,
            )
        )
    known = WeeklyReport.objects.filter(week__in={one.week for one in wanted})
    there = set(known.values_list("user_id", "organization_id", "week"))
    new = [one for one in wanted if (one.user_id, one.organization_id, one.week) not in there]
    WeeklyReport.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def send_reports(now: datetime | None = None) -> int:
    """Send what is due; returns how many were taken."""
    moment = now or clock.now()
    rows = WeeklyReport.objects.filter(state="waiting", due_at__lte=moment)
    sent = 0
    for report in rows.select_related("user", "organization").order_by("due_at", "pk")[:_AT_ONCE]:
        mine = WeeklyReport.objects.filter(pk=report.pk, state="waiting")
        if mine.update(state="sending"):
            sent += _send(report, moment)
    return sent


def _send(report: WeeklyReport, now: datetime) -> bool:
    """Whether it was taken. What cannot be handed over now waits; who left gets none."""
    try:
        message = _message(report)
        if message is None:
            _end(report, "nothing")
            return False
        send(message)
    except (MailNotNow, StoreError) as error:
        _wait(report, now, str(error))
    except MailError as error:
        _end(report, "failed", str(error))
    except Exception as error:
        log.exception("the report for a member of %s failed", report.organization.slug)
        _wait(report, now, type(error).__name__)
    else:
        _end(report, "sent", sent_at=clock.now())
        return True
    return False


def _message(report: WeeklyReport) -> Message | None:
    """The mail; None if the person is no member any more, wants none, or nothing happened."""
    user = report.user
    held = PersonalSettings.objects.filter(user=user).first()
    access = access_of(user, organization=report.organization)
    if not access.projects or (held is not None and not held.weekly):
        return None
    zone = zone_of(held)
    start, end = span_of(report.week, zone)
    week = week_between(access.visible(), access.projects, start, end)
    if week.now.is_empty and week.before.is_empty:
        return None
    name, leave = report.organization.name, unsubscribe_link(user, WEEKLY)
    return Message(
        to=user.email,
        subject=subject_of(week, name),
        text=text_of(week, name, leave),
        html=html_of(week, name, leave),
        headers={
            "Auto-Submitted": "auto-generated",
            "X-Vedette-Id": f"week-{report.pk}",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _wait(report: WeeklyReport, now: datetime, words: str) -> None:
    state = "waiting" if report.tries < _MOST_TRIES else "failed"
    WeeklyReport.objects.filter(pk=report.pk).update(
        state=state, due_at=now + _RETRY, tries=report.tries + 1, last_error=words[:400]
    )


def _end(
    report: WeeklyReport, state: str, words: str = "", sent_at: datetime | None = None
) -> None:
    WeeklyReport.objects.filter(pk=report.pk).update(
        state=state, last_error=words[:400], sent_at=sent_at
    )
