"""What the checks of a monitor have measured, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vedette.monitors.listing import DAY
from vedette.monitors.looking_back import (
    PHASES,
    CheckRow,
    captured_over_time,
    last_checks,
    over_time,
)
from vedette.monitors.models import Monitor
from vedette.store.visible import VisibleProjects
from vedette.web.findings import pairs
from vedette.web.pages.monitors.telling import shown
from vedette.web.time_charts import Series, TimeChart, time_chart

_STEPS = (60, 300, 900, 1800, 3600, 7200, 21600, 86400)
_MOST_STEPS = 150
_MOST_CAPTURED = 6
_PHASE_NAMES = {
    "dns": "DNS",
    "connect": "Connect",
    "tls": "TLS",
    "first_byte": "First byte",
    "body": "Body",
}


def measured(monitor: Monitor, visible: VisibleProjects, start: int, end: int) -> dict[str, Any]:
    """What its page shows of the checks between two moments (seconds). Raises StoreError."""
    step = next((one for one in _STEPS if (end - start) / one <= _MOST_STEPS), _STEPS[-1])
    first = start - start % step
    buckets = {one.start: one for one in over_time(monitor, visible, first, end, step)}
    starts = list(range(first, end, step))
    series = [
        Series(
            name=_PHASE_NAMES[name],
            values=[buckets[at].phases.get(name) if at in buckets else None for at in starts],
            colour=number,
        )
        for number, name in enumerate(PHASES, start=1)
    ]
    series = [one for one in series if any(value for value in one.values)]
    lines = [
        Series(name=label, values=[_of(buckets, at, name) for at in starts], colour=colour)
        for name, label, colour in (("p95", "P95", 3), ("p50", "P50", 1))
    ]
    checks = last_checks(monitor, visible, start, end, most=20)
    failures = last_checks(monitor, visible, int(end - 90 * DAY), end, only_bad=True, most=1)
    certificate: Any = next(
        (one.facts["certificate"] for one in checks if "certificate" in one.facts), {}
    )
    return {
        "chart": time_chart(starts, step, series, _ms, is_stacked=True) if series else None,
        "percentiles": time_chart(starts, step, lines, _ms) if buckets else None,
        "captured": _captured(monitor, visible, checks, starts, step),
        "checks": [shown(one) for one in checks],
        "failure": shown(failures[0]) if failures else None,
        "certificate": pairs(certificate) if isinstance(certificate, dict) else [],
    }


def _captured(
    monitor: Monitor,
    visible: VisibleProjects,
    checks: Sequence[CheckRow],
    starts: Sequence[int],
    step: int,
) -> list[tuple[str, TimeChart]]:
    """A chart for each of the values that the newest checks brought."""
    names = list(dict.fromkeys(name for one in checks for name in one.captured))[:_MOST_CAPTURED]
    if not names or not starts:
        return []
    means = captured_over_time(monitor, visible, names, starts[0], starts[-1] + step, step)
    found = []
    for name in names:
        values = [means.get(at, {}).get(name) for at in starts]
        if any(value is not None for value in values):
            series = [Series(name=name, values=values, colour=2)]
            found.append((name, time_chart(starts, step, series, _number)))
    return found


def _number(value: float) -> str:
    return f"{value:,.6g}"


def _of(buckets: dict[int, Any], at: int, name: str) -> float | None:
    value = getattr(buckets[at], name) if at in buckets else None
    return None if value is None else float(value)


def _ms(value: float) -> str:
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms"
