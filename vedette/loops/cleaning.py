"""Metadata that nothing refers to any more goes: old issues, sessions, links, leases."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from vedette import clock
from vedette.config import Config
from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock

_INTERVAL_SECONDS = 600.0
_AT_ONCE = 500
_MOST = 20_000
_KEEP_LINKS = timedelta(days=7)
_KEEP_AUDIT = timedelta(days=365)


def run(house: House) -> None:
    """Delete in small transactions, so that no writer waits long."""
    from django.contrib.sessions.models import Session

    from vedette.accounts.models import AuditEntry, Invitation, SignInLink
    from vedette.leases.models import Lease
    from vedette.storage.models import Forgetting

    believe_clock(house.config)
    now = clock.now()
    _delete_old_issues(house.config, now)
    Session.objects.filter(expire_date__lt=now).delete()
    SignInLink.objects.filter(expires_at__lt=now - _KEEP_LINKS).delete()
    Invitation.objects.filter(expires_at__lt=now - _KEEP_LINKS).delete()
    AuditEntry.objects.filter(at__lt=now - _KEEP_AUDIT).delete()
    Forgetting.objects.filter(asked_at__lt=now - _KEEP_AUDIT).delete()
    Lease.objects.filter(until__lt=now - _KEEP_LINKS).delete()


def _delete_old_issues(config: Config, now: datetime) -> None:
    """Issues whose last event is beyond retention: there is nothing left to show of them."""
    from vedette.items._stocks import stocks
    from vedette.items.event import ERRORS
    from vedette.storage.limits import load_limits

    projects: dict[int, list[int]] = defaultdict(list)
    for project, days in load_limits(config).days_by_project(stocks()[ERRORS.name]).items():
        projects[days].append(project)
    for days, found in projects.items():
        for first in range(0, len(found), _AT_ONCE):
            _delete_issues(found[first : first + _AT_ONCE], now - timedelta(days=days))


def _delete_issues(projects: list[int], before: datetime) -> None:
    from vedette.issues.models import Issue

    for _ in range(0, _MOST, _AT_ONCE):
        old = list(
            Issue.objects.filter(project__in=projects, last_seen__lt=before)
            .order_by("last_seen")
            .values_list("pk", flat=True)[:_AT_ONCE]
        )
        if not old:
            return
        Issue.objects.filter(pk__in=old).delete()


LOOP = Loop(name="cleaning", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
