"""What the owner of a monitor hears of besides alerts, once: a certificate that ends soon, a
check that cannot be made.

Neither is an outage, so no rule tells it. Written with what causes it, sent by a loop: to whoever
made the monitor, or to the organisation's channels where nobody did who still sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from django.db import transaction

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

_AT_ONCE: Final = 100


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
    """Send what waits; how many."""
    with transaction.atomic():
        rows = MonitorNotice.objects.select_for_update(of=("self",), skip_locked=True)
        waiting = rows.filter(sent_at=None).select_related(
            "monitor__project__organization", "monitor__created_by"
        )
        found = list(waiting.order_by("pk")[:_AT_ONCE])
        for notice in found:
            _send(notice)
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


def _send(notice: MonitorNotice) -> None:
    monitor, owner = notice.monitor, notice.monitor.created_by
    title = f"{monitor.name}: {notice.words}"
    if owner is not None and owner in people_of(monitor.project):
        _mail(notice, owner, title)
        return
    words = f"{base_url()}/monitors/{monitor.pk}/"
    send_notice(monitor.project.organization, title, words, about=f"monitor-{monitor.pk}")


def _mail(notice: MonitorNotice, owner: User, title: str) -> None:
    """As the person chose to hear of their work."""
    held = PersonalSettings.objects.filter(user=owner).first()
    if held is not None and not held.workflow:
        return
    monitor, now = notice.monitor, clock.now()
    organization, identity = monitor.project.organization, f"monitor-notice-{notice.pk}"
    content = Content(
        kind=WORKFLOW,
        title=title,
        level="notice",
        thread=f"monitor-{monitor.pk}",
        project=monitor.project.slug,
        organization=organization.slug,
        at=notice.at.timestamp(),
        alerts=[_part(notice, title)],
        url=f"{base_url()}/monitors/{monitor.pk}/",
    )
    PersonalMail.objects.create(
        user=owner,
        organization=organization,
        content=msgspec.to_builtins(content),
        identity=identity,
        created_at=now,
        due_at=due_for(held, "notice", now),
    )
    settings = {owner.pk: held} if held is not None else {}
    queue([owner], settings, organization.pk, content, identity, now)


def _part(notice: MonitorNotice, title: str) -> AlertPart:
    monitor = notice.monitor
    return AlertPart(
        id=0,
        title=title,
        level="warning",
        state="",
        project=monitor.project.name,
        rule="",
        url=f"{base_url()}/monitors/{monitor.pk}/",
        began=notice.at.timestamp(),
        facts=[("monitor", monitor.slug), ("kind", monitor.kind)],
    )
