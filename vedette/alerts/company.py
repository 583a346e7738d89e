"""Monitors that fail together are told of together.

When a machine or a network goes, its monitors are found down one after the other, within seconds.
The first of them waits for the others while many are failing whose failure is not yet believed,
and many wait for the last that is. One that is down alone waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from vedette.alerts.models import Alert
from vedette.monitors.models import MonitorStanding

_MANY = 5  # as many that fail at once have the same cause
_LONGEST = timedelta(seconds=10)
_LOOK_AGAIN = timedelta(seconds=1)


def wait_until(begun: Iterable[Alert], now: datetime) -> datetime | None:
    """When to look again before these are told; None to tell them now. Needs their rules loaded."""
    down = [one for one in begun if one.rule.body.get("source") == "monitor"]
    since = min((one.fired_at or now for one in down), default=None)
    if since is None or not since <= now < since + _LONGEST:
        return None
    projects = {one.project_id for one in down}
    failing = MonitorStanding.objects.filter(
        monitor__project__in=projects, monitor__is_paused=False, is_verifying=True
    )
    others = failing[:_MANY].count()
    is_over = not others or len(down) + others <= _MANY
    return None if is_over else min(now + _LOOK_AGAIN, since + _LONGEST)
