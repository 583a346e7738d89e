"""What the owner of a monitor hears of besides alerts, once: a certificate that ends soon, a
check that cannot be made.

Neither is an outage, so no rule tells it. Written with what causes it, sent by a loop: to whoever
made the monitor, or to the organisation's channels where nobody did who still sees it. A thousand
monitors with one certificate are few messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from vedette import clock
from vedette.access.sight import people_of
from vedette.accounts.models import User
from vedette.alerts.content import base_url
from vedette.alerts.models import PersonalMail, PersonalSettings
from vedette.alerts.notices import send_notice
from vedette.alerts.people import WORKFLOW, due_for
from vedette.channels._content import AlertPart, Content
from vedette.monitors.models import Monitor, MonitorNotice
from vedette.push.queueing import queue
from vedette.uptime.changes import ChangeKind
from vedette.uptime.facts import CertificateEnds, MonitorChanged

_AT_ONCE: Final = 1000
_AUDIENCE: Final = ("monitor__project__organization", "monitor__created_by")
_HOUR: Final = timedelta(hours=1)
_MOST_AN_HOUR: Final = 5  # then they wait, and come as one
_MANY: Final = 4
_MOST_LINES: Final = 20


def note(facts: Sequence[CertificateEnds | MonitorChanged]) -> None:
    """Write down what these say, each once, within their transaction."""
    wanted = [fact for fact in facts if _concerns_owner(fact)]
    if not wanted:
        return
    monitors = Monitor.objects.in_bulk({fact.monitor_id for fact in wanted})
    for fact in wanted:
        monitor = monitors.get(fact.monitor_id)
        if monitor is not None:
            about, words = _said(fact, monitor)
            MonitorNotice.objects.get_or_create(
                monitor=monitor, about=about, defaults={"words": words[:400]}
            )


def send_waiting() -> int:
    """Send what waits, and gather what is much; how many."""
    now, sent = clock.now(), 0
    waiting = MonitorNotice.objects.filter(sent_at=None)
    for organization, owner in waiting.values_list(*_AUDIENCE).distinct().order_by(*_AUDIENCE):
        audience = dict(zip(_AUDIENCE, (organization, owner), strict=True))
        recent = MonitorNotice.objects.filter(**audience, sent_at__gt=now - _HOUR)
        if recent.count() < _MOST_AN_HOUR:
            with transaction.atomic():
                sent += _send_some(waiting.filter(**audience))
    return sent


def _send_some(waiting: QuerySet[MonitorNotice]) -> int:
    rows = waiting.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("monitor__project__organization", "monitor__created_by")
    found = list(rows.order_by("pk")[:_AT_ONCE])
    for_owner: list[MonitorNotice] = []
    for_channels: list[MonitorNotice] = []
    people: dict[int, set[User]] = {}
    for notice in found:
        project, owner = notice.monitor.project, notice.monitor.created_by
        if project.pk not in people:
            people[project.pk] = people_of(project)
        (for_owner if owner in people[project.pk] else for_channels).append(notice)
    if for_owner:
        _mail(for_owner)
    if for_channels:
        _tell_channels(for_channels)
    MonitorNotice.objects.filter(pk__in=[one.pk for one in found]).update(sent_at=clock.now())
    return len(found)


def _concerns_owner(fact: CertificateEnds | MonitorChanged) -> bool:
    return isinstance(fact, CertificateEnds) or fact.kind == ChangeKind.MISCONFIGURED


def _said(fact: CertificateEnds | MonitorChanged, monitor: Monitor) -> tuple[str, str]:
    """What makes it the same one, and the words. A broken check is said once for its settings."""
    if isinstance(fact, CertificateEnds):
        days = f"{fact.days:.0f} days" if fact.days >= 1.5 else "a day"
        about = f"certificate:{fact.fingerprint[:64]}:{fact.threshold}"
        return about, f"its certificate ends in {days}"
    why = f": {fact.text}" if fact.text else ""
    return f"settings:{monitor.changed_at.timestamp():.3f}", f"it cannot be checked{why}"


def _tell_channels(notices: Sequence[MonitorNotice]) -> None:
    """One message for each, or one for all of many."""
    organization = notices[0].monitor.project.organization
    if len(notices) < _MANY:
        for one in notices:
            about, link = f"monitor-{one.monitor_id}", _link(one)
            send_notice(organization, _title(one), link, about=about)
        return
    lines = [_title(one) for one in notices[:_MOST_LINES]]
    more = len(notices) - len(lines)
    lines += [f"and {more} more"] if more else []
    title = f"{len(notices)} monitors want to be looked at"
    words = "\n".join([*lines, f"{base_url()}/monitors/"])
    send_notice(organization, title, words, about=f"monitors-{notices[0].pk}")


def _mail(notices: Sequence[MonitorNotice]) -> None:
    """As the person chose to hear of their work. Their mails of a moment are one; what their
    browsers show is the first, and how many more there are."""
    owner, now = notices[0].monitor.created_by, clock.now()
    assert owner is not None
    held = PersonalSettings.objects.filter(user=owner).first()
    if held is not None and not held.workflow:
        return
    organization = notices[0].monitor.project.organization
    contents = [_content(one) for one in notices]
    due = due_for(held, "notice", now)
    PersonalMail.objects.bulk_create(
        PersonalMail(
            user=owner,
            organization=organization,
            content=msgspec.to_builtins(content),
            identity=f"monitor-notice-{one.pk}",
            created_at=now,
            due_at=due,
        )
        for one, content in zip(notices, contents, strict=True)
    )
    more = f", and {len(notices) - 1} more" if len(notices) > 1 else ""
    shown = msgspec.structs.replace(contents[0], title=contents[0].title + more)
    settings = {owner.pk: held} if held is not None else {}
    queue([owner], settings, organization.pk, shown, f"monitor-notice-{notices[0].pk}", now)


def _content(notice: MonitorNotice) -> Content:
    monitor, title = notice.monitor, _title(notice)
    return Content(
        kind=WORKFLOW,
        title=title,
        level="notice",
        thread=f"monitor-{monitor.pk}",
        project=monitor.project.slug,
        organization=monitor.project.organization.slug,
        at=notice.at.timestamp(),
        alerts=[_part(notice, title)],
        url=_link(notice),
    )


def _title(notice: MonitorNotice) -> str:
    return f"{notice.monitor.name}: {notice.words}"


def _link(notice: MonitorNotice) -> str:
    return f"{base_url()}/monitors/{notice.monitor_id}/"


def _part(notice: MonitorNotice, title: str) -> AlertPart:
    monitor = notice.monitor
    return AlertPart(
        id=0,
        title=title,
        level="warning",
        state="",
        project=monitor.project.name,
        rule="",
        url=_link(notice),
        began=notice.at.timestamp(),
        facts=[("monitor", monitor.slug), ("kind", monitor.kind)],
    )
