"""What happens to monitors by the clock: maintenance, stalled probes, what waits to be told.

The clock is the time up to which the pipeline has come: results that wait in the spool are no
silence. After a start, and after a clock that was set, nothing stalls before three intervals
have gone by.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from vedette import clock
from vedette.facts import Fact
from vedette.monitors.composing import compose
from vedette.monitors.models import Monitor, MonitorStanding
from vedette.monitors.passive import passive_kinds
from vedette.monitors.sitting import Because, Sitting
from vedette.monitors.windows import under_maintenance
from vedette.reactions import answer
from vedette.uptime import covers
from vedette.uptime.changes import State
from vedette.uptime.judging import stall

_LEAP_SECONDS: Final = 5.0
_COMPOSITES_SECONDS: Final = 10.0
_AT_ONCE: Final = 500
_STALLED = Because("stalled", "no check has come for three intervals")


class Ticker:
    """Remembers since when clocks have gone evenly. `steady` is one that is never set."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._even_since = steady()
        self._last = (clock.timestamp(), steady())
        self._composed = float("-inf")

    def tick(self, behind_seconds: float) -> list[Fact]:
        """One turn; `behind_seconds` is how long the oldest record has waited for the pipeline."""
        now, steady = clock.timestamp(), self._steady()
        if abs((now - self._last[0]) - (steady - self._last[1])) > _LEAP_SECONDS:
            self._even_since = steady
        self._last = (now, steady)
        with transaction.atomic():
            sitting = Sitting(now)
            self._maintain(sitting)
            self._stall(sitting, now - behind_seconds, steady - self._even_since)
            _wait_to_tell(sitting)
            if steady - self._composed >= _COMPOSITES_SECONDS:
                self._composed = steady
                compose(sitting, _projects_with_composites())
            else:
                compose(sitting)
            facts = sitting.finish()
            answer(facts)
        return facts

    def _maintain(self, sitting: Sitting) -> None:
        """Begin and end maintenance where it is not as it should be."""
        wanted = under_maintenance(sitting.now)
        standings = MonitorStanding.objects.exclude(state=State.PAUSED)
        over = standings.filter(state=State.MAINTENANCE).exclude(monitor__in=wanted)
        begins = standings.filter(monitor__in=wanted).exclude(state=State.MAINTENANCE)
        moved = {*over.values_list("monitor_id", flat=True)}
        moved |= {*begins.values_list("monitor_id", flat=True)} if wanted else set()
        for held in sitting.hold(moved) if moved else ():
            name = wanted.get(held.monitor.id)
            made, changes = covers.maintain(held.standing, sitting.now, is_on=name is not None)
            sitting.apply(held, made, changes, Because("maintenance", name or ""))

    def _stall(self, sitting: Sitting, until: float, even_seconds: float) -> None:
        rows = MonitorStanding.objects.filter(due_at__lte=datetime.fromtimestamp(until, UTC))
        rows = rows.exclude(monitor__kind__in=list(passive_kinds())).order_by("due_at")
        late = list(rows.values_list("monitor_id", flat=True)[:_AT_ONCE])
        for held in sitting.hold(late, "") if late else ():
            if even_seconds >= held.monitor.policy.stalled_after:
                made, changes = stall(held.monitor.policy, held.standing, until)
                sitting.apply(held, made, changes, _STALLED)


def _wait_to_tell(sitting: Sitting) -> None:
    """What is bad and may not have been told yet is looked at again."""
    rows = MonitorStanding.objects.filter(state__in=(State.DOWN, State.DEGRADED))
    untold = [
        monitor_id
        for monitor_id, state, kept in rows.values_list("monitor_id", "state", "standing")
        if kept.get("told") != state
    ]
    if untold:
        sitting.hold(untold)


def _projects_with_composites() -> set[int]:
    rows = Monitor.objects.filter(kind="composite", is_paused=False)
    return set(rows.values_list("project_id", flat=True))
