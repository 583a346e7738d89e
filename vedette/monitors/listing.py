"""Monitors as pages and the API show them: how they stand, how long they were up, how fast.

Always within the projects that may be seen. A page of a list takes a bounded number of
questions, whatever its monitors have been through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from django.db.models import Q

from vedette import clock
from vedette.monitors.kinds import monitor_kinds, target_of
from vedette.monitors.models import Monitor, MonitorStanding, StateInterval
from vedette.projects.models import Project
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.errors import StoreError
from vedette.store.visible import VisibleProjects
from vedette.uptime.changes import State
from vedette.uptime.intervals import Share, Span, bars, share_of

DAY: Final = 86400.0
SPANS: Final = {"24 h": DAY, "7 d": 7 * DAY, "30 d": 30 * DAY, "90 d": 90 * DAY}
LONGEST: Final = 90 * DAY
BARS: Final = 24  # hours of the last day, in lists
Sort: TypeAlias = Literal["state", "name", "changed"]
# The worse first; what is shown of a job in several environments is the worst of them.
ORDER: Final = (
    *(State.DOWN, State.DEGRADED, State.UNKNOWN, State.NEW),
    *(State.MAINTENANCE, State.UP, State.PAUSED),
)
_MICROSECONDS: Final = 1_000_000
_MOST_TAGS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Response times in milliseconds, of so many checks."""

    p50: float
    p95: float
    p99: float
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRow:
    """One monitor of a list. `since` is the last change of what it shows; `place` names the
    environment that is shown where there are several."""

    monitor: Monitor
    standing: MonitorStanding | None
    state: State
    since: datetime
    target: str
    kind: str
    place: str = ""
    more: int = 0
    uptimes: dict[str, float | None] = field(default_factory=dict)
    hours: list[Share] = field(default_factory=list)
    pace: Pace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which monitors: of projects, in a state, of a kind, with a tag, named so."""

    visible: VisibleProjects
    projects: Sequence[Project]
    environments: Sequence[str] = ()
    state: str = ""
    kind: str = ""
    tag: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a list; `counts` has all that are wanted by their state, whatever it shows."""

    rows: list[MonitorRow]
    counts: dict[str, int]
    total: int
    tags: list[str]
    kinds: list[str]


@dataclass(slots=True)
class _Known:
    """What is read of every monitor, to count and to sort."""

    pk: int
    name: str
    tags: dict[str, str]
    state: State = State.NEW
    since: float = 0.0
    standing: int | None = None
    place: str = ""
    others: int = 0


def listed(wanted: Wanted, *, sort: Sort = "state", offset: int = 0, size: int = 50) -> Listed:
    """Those that are wanted, in this order, with their figures."""
    known = _known(wanted)
    tags = sorted({f"{name}:{value}" for one in known for name, value in one.tags.items()})
    if wanted.tag:
        name, _, value = wanted.tag.partition(":")
        known = [one for one in known if one.tags.get(name) == value]
    counts = dict.fromkeys(map(str, State), 0)
    for one in known:
        counts[str(one.state)] += 1
    chosen = [one for one in known if wanted.state in ("", str(one.state))]
    chosen.sort(key=_ORDERS[sort])
    kinds = Monitor.objects.filter(project__in=wanted.projects).values_list("kind", flat=True)
    return Listed(
        rows=_rows(chosen[offset : offset + size]),
        counts=counts,
        total=len(chosen),
        tags=tags[:_MOST_TAGS],
        kinds=sorted(set(kinds.distinct())),
    )


def row_of(monitor: Monitor, visible: VisibleProjects) -> MonitorRow:
    """One, as a list shows it. Needs its project loaded."""
    one = _Known(monitor.pk, monitor.name, monitor.tags)
    _stand([one], [monitor.pk])
    if monitor.is_paused:
        one.state = State.PAUSED
    try:
        pace = paces([monitor.pk], visible).get(monitor.pk)
    except StoreError:  # how it stands is more than how fast it is
        pace = None
    return replace(_rows([one])[0], pace=pace)


def standings_of(monitor: Monitor) -> list[MonitorStanding]:
    """In each environment, those with one first."""
    return list(monitor.standings.order_by("environment"))


def spans_of(standings: Iterable[int], start: float) -> dict[int, list[Span]]:
    """The intervals of standings that reach beyond `start`, in seconds, in order."""
    wanted = list(standings)
    made: dict[int, list[Span]] = {pk: [] for pk in wanted}
    rows = StateInterval.objects.filter(standing__in=wanted)
    rows = rows.filter(Q(ended=None) | Q(ended__gt=int(start * 1000))).order_by("began", "pk")
    for standing, state, began, ended in rows.values_list("standing", "state", "began", "ended"):
        until = None if ended is None else ended / 1000
        made[standing].append(Span(State(state), began / 1000, until))
    return made


def days_of(standing: MonitorStanding, days: int = 90) -> list[tuple[datetime, Share]]:
    """Each of the last days (UTC) with its share, the oldest first."""
    now = clock.timestamp()
    first = now - now % DAY - (days - 1) * DAY
    edges = [first + day * DAY for day in range(days)] + [now]
    spans = spans_of([standing.pk], first)[standing.pk]
    starts = [datetime.fromtimestamp(edge, UTC) for edge in edges[:-1]]
    return list(zip(starts, bars(spans, edges), strict=True))


def uptimes_of(spans: Sequence[Span], now: float) -> dict[str, float | None]:
    """By span of time the share of what counts in which it answered."""
    return {name: share_of(spans, now - seconds, now).uptime for name, seconds in SPANS.items()}


def paces(
    monitors: Iterable[int], visible: VisibleProjects, seconds: float = DAY
) -> dict[int, Pace]:
    """Response times of the last `seconds`, of those that have any. Raises StoreError."""
    wanted: list[q.Value] = list(monitors)
    if not wanted:
        return {}
    now = int(clock.timestamp() * _MICROSECONDS)
    duration = q.Field("duration")
    columns: dict[str, q.Expression] = {
        "monitor": q.Field("monitor_id"),
        "p50": q.call("quantile", duration, 0.5),
        "p95": q.call("quantile", duration, 0.95),
        "p99": q.call("quantile", duration, 0.99),
        "checks": q.call("count"),
    }
    answer = store().query(
        q.Select(
            table="checks",
            projects=visible,
            columns=columns,
            where=[
                q.OneOf(q.Field("monitor_id"), wanted),
                q.Compare(q.Field("outcome"), "!=", "fail"),
                q.Compare(duration, "!=", None),
            ],
            group_by=["monitor"],
            start=now - int(seconds * _MICROSECONDS),
            end=now + _MICROSECONDS,
        )
    )
    return {
        int(monitor): Pace(p50=p50, p95=p95, p99=p99, checks=int(checks))
        for monitor, p50, p95, p99, checks in answer.rows
        if p50 is not None
    }


def _known(wanted: Wanted) -> list[_Known]:
    rows = Monitor.objects.filter(project__in=wanted.projects)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.text:
        rows = rows.filter(Q(name__icontains=wanted.text) | Q(slug__icontains=wanted.text))
    values = rows.values_list("pk", "name", "tags", "is_paused", "environment")
    known, own = [], {}
    for pk, name, tags, is_paused, environment in values:
        known.append(_Known(pk, name, tags, State.PAUSED if is_paused else State.NEW))
        own[pk] = environment
    _stand(known, None if len(known) > _MANY else [one.pk for one in known], wanted)
    if wanted.environments:
        inside = set(wanted.environments)
        known = [one for one in known if one.place in inside or own[one.pk] in inside]
    return known


def _stand(known: Sequence[_Known], among: list[int] | None, wanted: Wanted | None = None) -> None:
    """How each stands: the worst of its environments."""
    by_pk = {one.pk: one for one in known}
    rows = MonitorStanding.objects.order_by("pk")
    if among is not None:
        rows = rows.filter(monitor__in=among)
    elif wanted is not None:
        rows = rows.filter(monitor__project__in=wanted.projects)
    if wanted is not None and wanted.environments:
        rows = rows.filter(environment__in=[*wanted.environments, ""])
    for pk, monitor, environment, state, since in rows.values_list(
        "pk", "monitor_id", "environment", "state", "since"
    ):
        one = by_pk.get(monitor)
        if one is None:
            continue
        is_paused = one.state is State.PAUSED
        is_worse = _RANK[State(state)] < _RANK[one.state] or one.standing is None
        one.others += one.standing is not None
        if is_worse:
            one.standing, one.place, one.since = pk, environment, since.timestamp()
            one.state = State.PAUSED if is_paused else State(state)


def kept_pace(standing: MonitorStanding) -> Pace | None:
    """The response times of the last day, as they were counted some minutes ago."""
    held = {"checks": 0, **standing.percentiles}
    return Pace(**held) if set(held) == {"p50", "p95", "p99", "checks"} else None


def _rows(known: Sequence[_Known]) -> list[MonitorRow]:
    now = clock.timestamp()
    monitors = Monitor.objects.select_related("project").in_bulk([one.pk for one in known])
    standings = MonitorStanding.objects.in_bulk([one.standing for one in known if one.standing])
    spans = spans_of(standings, now - LONGEST)
    edges = [now - DAY + hour * DAY / BARS for hour in range(BARS + 1)]
    kinds = monitor_kinds()
    made = []
    for one in known:
        monitor = monitors.get(one.pk)
        if monitor is None:
            continue  # removed meanwhile
        standing = standings.get(one.standing or 0)
        held = spans.get(standing.pk, []) if standing else []
        kind = kinds.get(monitor.kind)
        made.append(
            MonitorRow(
                monitor=monitor,
                standing=standing,
                state=one.state,
                since=standing.since if standing else monitor.created_at,
                target=target_of(monitor),
                kind=kind.label if kind else monitor.kind,
                place=one.place,
                more=one.others,
                uptimes=uptimes_of(held, now),
                hours=bars(held, edges),
                pace=kept_pace(standing) if standing else None,
            )
        )
    return made


_MANY: Final = 900  # parameters of a statement of SQLite
_RANK: Final = {state: place for place, state in enumerate(ORDER)}
_ORDERS: Final = {
    "state": lambda one: (_RANK[one.state], one.name.lower(), one.pk),
    "name": lambda one: (one.name.lower(), one.pk),
    "changed": lambda one: (-one.since, one.pk),
}
