"""Whether monitors are looked at, and who hears it if not: nothing else would tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from vedette.accounts.models import Organization
from vedette.alerts.models import OutboxMessage
from vedette.alerts.notices import send_notice
from vedette.leases.models import Lease
from vedette.monitors.models import Monitor
from vedette.monitors.passive import passive_kinds

LASTS: Final = timedelta(seconds=60)  # what passes by itself sooner is no news
AGAIN: Final = timedelta(hours=1)
LEASE: Final = "prober"
_TITLE: Final = "Monitors are not looked at"
_OVER: Final = "Monitors are looked at again"


def trouble_of(status: Mapping[str, Any] | None, *, is_wanted: bool, now: datetime) -> str:
    """Why nothing is known of what is watched, in words; empty if all is well.

    `status` is this node's prober's, if it runs. Where another node looks, all is well here.
    """
    if status is not None and status.get("holds_lease"):
        alarm = str(status.get("alarm") or "")
        return f"what probes find is not believed: {alarm}" if alarm else ""
    if not is_wanted or Lease.objects.filter(name=LEASE, until__gt=now).exists():
        return ""
    return "the prober does not run"


class Watcher:
    """Remembers since when there is trouble. For one thread."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._is_told = False

    def look(self, trouble: str, now: datetime) -> int:
        """Tell what lasts, once an hour, and its end; how many organisations were told."""
        if not trouble:
            told = self._end(now) if self._is_told else 0
            self._since, self._is_told = None, False
            return told
        self._since = self._since or now
        if now - self._since < LASTS:
            return 0
        self._is_told = True
        return _tell(_TITLE, trouble, now, since=now - AGAIN)

    def _end(self, now: datetime) -> int:
        began = self._since.strftime("%H:%M UTC") if self._since else ""
        return _tell(_OVER, f"since {began} nothing was known of them", now, since=now)


def _tell(title: str, words: str, now: datetime, *, since: datetime) -> int:
    """Those who have something to be looked at, and have heard nothing of it since."""
    kinds = list(passive_kinds())
    rows = Monitor.objects.filter(is_paused=False).exclude(kind__in=kinds)
    concerned = rows.values_list("project__organization", flat=True).distinct()
    told = 0
    for organization in Organization.objects.filter(pk__in=set(concerned)).order_by("pk"):
        about = f"prober-{organization.pk}"
        heard = OutboxMessage.objects.filter(
            organization=organization,
            kind="notice",
            created_at__gt=since,
            content__thread=about,
            content__title=title,
        )
        if not heard.exists():
            send_notice(organization, title, words, about=about)
            told += 1
    return told
