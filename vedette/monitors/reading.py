"""What pages and the API read of monitors, always within what a person may see.

A list is a handful of questions however many monitors there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from vedette import clock
from vedette.access.access import Access
from vedette.access.actions import Action
from vedette.items.monitor_check import CHECKS
from vedette.monitors.kinds import monitor_kinds
from vedette.monitors.models import Monitor, MonitorEvent, MonitorStanding, StateInterval
from vedette.projects.models import Project
from vedette.store import query as q
from vedette.store.engine import Reader
from vedette.uptime.changes import State
from vedette.uptime.intervals import Share, Span, bars

PERIODS: Final = {"24h": 86_400, "7d": 604_800, "30d": 2_592_000, "90d": 7_776_000}
_WORST: Final = tuple(
    State(one) for one in ("down", "degraded", "unknown", "maintenance", "new", "up", "paused")
)
_MS = BigIntegerField()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRow:
    """One monitor in a list. `state` is the worst of its environments, `standings` all of them.

    `uptime` is from 0 to 1 by period, None where no time counts; `percentiles` are milliseconds
    of the last day.
    """

    monitor: Monitor
    target: str
    state: State
    since: datetime
    standings: Sequence[MonitorStanding]
    uptime: Mapping[str, float | None]
    percentiles: Mapping[str, float]

    @property
    def worst(self) -> MonitorStanding | None:
        """The standing that `state` is of; None of a job that was never heard of."""
        return next((one for one in self.standings if one.state == self.state), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which monitors of a list; empty for all."""

    projects: Collection[int] = ()
    states: Collection[str] = ()
    kinds: Collection[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


ALL: Final = Wanted()


def may_see(access: Access) -> tuple[Project, ...]:
    """The projects whose monitors may be seen."""
    return access.projects_for(Action.VIEW_ALERTS)


def list_monitors(access: Access, wanted: Wanted = ALL) -> list[MonitorRow]:
    """The monitors, the worst first, then by name."""
    monitors = _monitors(access, wanted)
    standings = _standings([one.pk for one in monitors])
    shares = _shares(monitors)
    kinds = monitor_kinds()
    rows = []
    for monitor in monitors:
        held = standings.get(monitor.pk, [])
        state, since = _worst_of(monitor, held)
        if wanted.states and state not in wanted.states:
            continue
        kind = kinds.get(monitor.kind)
        rows.append(
            MonitorRow(
                monitor=monitor,
                target=kind.target(monitor.settings) if kind is not None else "",
                state=state,
                since=since,
                standings=held,
                uptime=shares.get(monitor.pk, dict.fromkeys(PERIODS)),
                percentiles=held[0].percentiles if held else {},
            )
        )
    rows.sort(key=lambda row: (_WORST.index(row.state), row.monitor.name.lower(), row.monitor.pk))
    return rows


def find_monitor(access: Access, number: int) -> Monitor | None:
    """The monitor of this number, if it may be seen."""
    return _seen(access).filter(pk=number).first()


def find_by_slug(access: Access, project: Project, slug: str) -> Monitor | None:
    """The monitor of a project by its name in files."""
    return _seen(access).filter(project=project, slug=slug).first()


def standings_of(monitor: Monitor) -> list[MonitorStanding]:
    """How it stands, by environment."""
    rows = monitor.standings.select_related("suppressed_by").order_by("environment")
    return list(rows)


def events_of(
    monitor: Monitor, *, before: int | None = None, limit: int = 50
) -> list[MonitorEvent]:
    """What has happened to it, the newest first; before the event of a number, if given."""
    rows = monitor.events.select_related("user").order_by("-pk")
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def days_of(
    monitor: Monitor, *, days: int = 90, zone: tzinfo = UTC, environment: str = ""
) -> list[tuple[datetime, Share]]:
    """For each day of a place, the last one today: when it began, and what it was like."""
    now = clock.now()
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [
        datetime(one.year, one.month, one.day, tzinfo=zone)
        for one in (today.date() - timedelta(days=back) for back in range(days - 1, -1, -1))
    ]
    edges = [one.timestamp() for one in starts] + [now.timestamp()]
    spans = spans_of(monitor, edges[0], edges[-1], environment=environment)
    return list(zip(starts, bars(spans, edges), strict=True))


def spans_of(monitor: Monitor, start: float, end: float, *, environment: str = "") -> list[Span]:
    """Its states between two moments, in seconds since 1970."""
    rows = StateInterval.objects.filter(
        Q(ended=None) | Q(ended__gt=int(start * 1000)),
        standing__monitor=monitor,
        standing__environment=environment,
        began__lt=int(end * 1000),
    ).order_by("began", "pk")
    values = rows.values_list("state", "began", "ended")
    return [
        Span(State(state), began / 1000, None if ended is None else ended / 1000)
        for state, began, ended in values
    ]


def checks_of(
    store: Reader, access: Access, monitor: Monitor, *, start: datetime, end: datetime, limit: int
) -> list[dict[str, Any]]:
    """Single checks, the newest first, with phases, evidence and facts. Raises StoreError."""
    names = (
        *("timestamp", "ended", "outcome", "reason", "message", "status", "attempt", "duration"),
        *("dns", "connect", "tls", "first_byte", "body", "late", "lag"),
        *("tags", "facts", "evidence"),
    )
    select = q.Select(
        table=CHECKS.name,
        projects=access.visible(Action.VIEW_ALERTS).only([monitor.project_id]),
        columns={name: q.Field(name) for name in names},
        where=[q.Compare(q.Field("monitor_id"), "=", monitor.pk)],
        order_by=[q.Order("timestamp", descending=True)],
        start=int(start.timestamp() * 1_000_000),
        end=int(end.timestamp() * 1_000_000),
        limit=limit,
    )
    return list(store.query(select).dicts())


def _worst_of(monitor: Monitor, held: Sequence[MonitorStanding]) -> tuple[State, datetime]:
    """What is shown of all its environments; a job that was never heard of is new, or paused."""
    if not held:
        return State.PAUSED if monitor.is_paused else State.NEW, monitor.created_at
    worst = min(held, key=lambda one: _WORST.index(State(one.state)))
    return State(worst.state), worst.since


def _seen(access: Access) -> QuerySet[Monitor]:
    rows = Monitor.objects.select_related("project", "project__organization")
    return rows.filter(project__in=may_see(access))


def _monitors(access: Access, wanted: Wanted) -> list[Monitor]:
    """Without their secrets, which nobody reads here and which cost time to open."""
    rows = Monitor.objects.filter(project__in=may_see(access)).defer("secrets", "runbook")
    if wanted.projects:
        rows = rows.filter(project__in=wanted.projects)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.text:
        rows = rows.filter(Q(name__icontains=wanted.text) | Q(slug__icontains=wanted.text))
    projects = {project.pk: project for project in may_see(access)}
    found = []
    for monitor in rows:
        if wanted.tags.items() <= monitor.tags.items():
            monitor.project = projects[monitor.project_id]
            found.append(monitor)
    return found


def _standings(monitors: Sequence[int]) -> dict[int, list[MonitorStanding]]:
    found: dict[int, list[MonitorStanding]] = defaultdict(list)
    rows = MonitorStanding.objects.filter(monitor__in=monitors).defer("standing")
    for one in rows.order_by("pk"):
        found[one.monitor_id].append(one)
    return found


def _shares(monitors: Sequence[Monitor]) -> dict[int, dict[str, float | None]]:
    """By monitor the uptime of each period, of all its environments together."""
    now = int(clock.timestamp() * 1000)
    ended = Coalesce(F("ended"), _ms(now), output_field=_MS)
    sums = {}
    for name, seconds in PERIODS.items():
        began = Greatest(F("began"), _ms(now - seconds * 1000), output_field=_MS)
        lasted = ExpressionWrapper(ended - began, output_field=_MS)
        sums[f"of_{name}"] = Sum(Greatest(lasted, _ms(0), output_field=_MS))
    longest = now - max(PERIODS.values()) * 1000
    rows = StateInterval.objects.filter(
        Q(ended=None) | Q(ended__gt=longest),
        standing__monitor__in=[one.pk for one in monitors],
        state__in=(State.UP, State.DEGRADED, State.DOWN),
    )
    answered: dict[int, list[int]] = defaultdict(lambda: [0] * len(PERIODS))
    counted: dict[int, list[int]] = defaultdict(lambda: [0] * len(PERIODS))
    grouped = rows.values_list("standing__monitor", "state").annotate(**sums)
    for monitor, state, *lasted_ms in grouped:
        for place, ms in enumerate(lasted_ms):
            counted[monitor][place] += ms
            answered[monitor][place] += ms if state != State.DOWN else 0
    return {
        monitor: {
            name: answered[monitor][place] / total[place] if total[place] > 0 else None
            for place, name in enumerate(PERIODS)
        }
        for monitor, total in counted.items()
    }


def _ms(milliseconds: int) -> Value:
    return Value(milliseconds, output_field=_MS)
