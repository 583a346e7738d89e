"""Whether alerts themselves are well: lag, the oldest message, failures, and a sign of life."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts.models import (
    Alert,
    AlertState,
    Channel,
    EvaluationClock,
    OutboxMessage,
)
from vedette.alerts.notices import send_notice
from vedette.alerts.rules import live_rules
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Fetcher, Request

log = logging.getLogger("vedette.alerts")

LATE_SECONDS = 30.0
OLD_SECONDS = 60.0
_TOLD_AGAIN = timedelta(hours=1)
_PING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Wellness:
    """What the health report says of alerts. Seconds; `problems` in words."""

    lag_seconds: float
    oldest_seconds: float
    waiting: int
    failed_today: int
    firing: int
    broken_channels: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """What somebody should look at."""
        found = []
        if self.lag_seconds > LATE_SECONDS:
            found.append(f"alert rules were last looked at {self.lag_seconds:.0f} s ago")
        if self.oldest_seconds > OLD_SECONDS:
            found.append(f"a message of an alert has waited for {self.oldest_seconds:.0f} s")
        found += [f"the channel {name} is broken" for name in self.broken_channels]
        return found


def look(now: datetime | None = None) -> Wellness:
    """How alerts are doing."""
    moment = now or clock.now()
    held = EvaluationClock.objects.filter(pk=1).first()
    has_windows = any(live.decider is not None for live in live_rules())
    lag = (moment - held.looked_at).total_seconds() if held and has_windows else 0.0
    waiting = OutboxMessage.objects.filter(state="waiting")
    oldest = waiting.filter(due_at__lte=moment).order_by("due_at").first()
    return Wellness(
        lag_seconds=max(0.0, lag - 10.0),
        oldest_seconds=(moment - oldest.created_at).total_seconds() if oldest else 0.0,
        waiting=waiting.count(),
        failed_today=OutboxMessage.objects.filter(
            state="failed", created_at__gt=moment - timedelta(days=1)
        ).count(),
        firing=Alert.objects.filter(state=AlertState.FIRING).count(),
        broken_channels=tuple(
            Channel.objects.exclude(broken_at=None).order_by("slug").values_list("slug", flat=True)
        ),
    )


def tell(wellness: Wellness, now: datetime) -> int:
    """Tell organisations whose alerts are late, each once an hour; returns how many were told.

    Rules that nobody looks at concern all of them, a message that waits its own.
    """
    late = _late(now)
    if wellness.lag_seconds > LATE_SECONDS:
        words = f"alert rules were last looked at {wellness.lag_seconds:.0f} s ago"
        for pk in Channel.objects.values_list("organization", flat=True).distinct():
            late[pk] = "; ".join(filter(None, (words, late.get(pk))))
    told = 0
    for organization in Organization.objects.filter(pk__in=late).order_by("pk"):
        about = f"watch-{organization.pk}"
        lately = OutboxMessage.objects.filter(
            organization=organization, kind="notice", created_at__gt=now - _TOLD_AGAIN
        )
        if not lately.filter(content__thread=about).exists():
            send_notice(organization, "Alerts are late", late[organization.pk], about=about)
            told += 1
    return told


def _late(now: datetime) -> dict[int, str]:
    """What to say to the organisations whose messages have waited for too long."""
    rows = OutboxMessage.objects.filter(
        state="waiting", due_at__lte=now, created_at__lt=now - timedelta(seconds=OLD_SECONDS)
    )
    oldest = rows.values("organization").annotate(since=Min("created_at"))
    return {
        row["organization"]: "a message of an alert has waited for "
        f"{(now - row['since']).total_seconds():.0f} s"
        for row in oldest
    }


def ping(url: str, fetcher: Fetcher) -> str:
    """A sign of life for a service that misses it when it does not come; what went wrong."""
    try:
        answer = fetcher.fetch(Request(url=url, seconds=_PING_SECONDS))
    except OutgoingError as error:
        log.warning("the sign of life was not heard: %s", error)
        return str(error)
    return "" if answer.status < 400 else f"answered {answer.status}"
