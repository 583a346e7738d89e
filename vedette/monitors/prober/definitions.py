"""What the prober looks at, as the metadata say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vedette.monitors.kinds import whole_settings
from vedette.monitors.models import Monitor, MonitorStanding, MonitorsVersion
from vedette.sealing.sealer import CannotOpen
from vedette.uptime.policy import Policy, read_slow, read_window
from vedette.uptime.standing import Standing, read_standing

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One monitor for which a probe is run; `revision` differs after each change of it."""

    id: int
    project_id: int
    slug: str
    kind: str
    key: str
    environment: str
    settings: Mapping[str, Any]
    policy: Policy
    revision: float
    standing: Standing
    fault: str = ""  # why it cannot be looked at, whatever its settings are


def version() -> int:
    """The number that rises with every change."""
    found = MonitorsVersion.objects.filter(pk=1).values_list("number", flat=True).first()
    return found or 0


def survey(kinds: Collection[str]) -> dict[int, float]:
    """All that is to be looked at, of these kinds of probes: the revision of each by number."""
    rows = Monitor.objects.filter(is_paused=False, kind__in=list(kinds)).order_by("pk")
    return {pk: changed.timestamp() for pk, changed in rows.values_list("pk", "changed_at")}


def judged(monitors: Collection[int]) -> dict[int, Standing]:
    """How these stand by the judgement that counts."""
    wanted = sorted(monitors)
    found: dict[int, Standing] = {}
    for place in range(0, len(wanted), _AT_ONCE):
        some = wanted[place : place + _AT_ONCE]
        rows = MonitorStanding.objects.filter(monitor__in=some, environment="")
        found |= {
            pk: read_standing(kept) for pk, kept in rows.values_list("monitor_id", "standing")
        }
    return found


def load(monitors: Collection[int]) -> list[Definition]:
    """These, in order."""
    wanted = sorted(monitors)
    found: list[Definition] = []
    for place in range(0, len(wanted), _AT_ONCE):
        some = wanted[place : place + _AT_ONCE]
        standings = MonitorStanding.objects.filter(monitor__in=some, environment="")
        kept = dict(standings.values_list("monitor_id", "standing"))
        rows = Monitor.objects.filter(pk__in=some).order_by("pk")
        found += [_definition(row, kept.get(row.pk) or {}) for row in rows]
    return found


def _definition(row: Monitor, kept: Mapping[str, Any]) -> Definition:
    try:
        settings, fault = whole_settings(row), ""
    except CannotOpen as error:  # of this one: without its secrets it would seem to be down
        settings, fault = row.settings, str(error)
    return Definition(
        id=row.pk,
        project_id=row.project_id,
        slug=row.slug,
        kind=row.kind,
        key=row.key,
        environment=row.environment,
        settings=settings,
        fault=fault,
        policy=Policy(
            interval=row.interval_seconds,
            timeout=row.timeout_seconds,
            fail_after=row.fail_after,
            recover_after=row.recover_after,
            retry_every=row.retry_seconds,
            window=read_window(row.window),
            slow=read_slow(row.slow),
        ),
        revision=row.changed_at.timestamp(),
        standing=read_standing(kept),
    )
