"""Rules over checks of a monitor under maintenance: what is measured then is not told of."""

from __future__ import annotations

from django.db.models import Q

from vedette.alerts.rules import LiveRule
from vedette.monitors.models import StateInterval
from vedette.rules.windows import Key
from vedette.uptime.changes import State

_MONITOR = "monitor"


def counted_since(live: LiveRule, key: Key, now: int) -> int | None:
    """From when on what was measured may make the alert of a key fire: the beginning of the
    window, or the end of maintenance in it; None while that is on.

    Only of a rule `per` monitor is it known whose checks they are.
    """
    start = now - live.rule.window
    if live.rule.source != "check" or _MONITOR not in live.rule.per:
        return start
    slug = key[live.rule.per.index(_MONITOR)]
    rows = StateInterval.objects.filter(
        standing__monitor__project=live.project_id, standing__monitor__slug=slug
    )
    rows = rows.filter(Q(ended=None) | Q(ended__gt=start * 1000), state=State.MAINTENANCE)
    for ended in rows.values_list("ended", flat=True):
        if ended is None:
            return None
        start = max(start, -(-ended // 1000))
    return start
