"""A page as it is now, read with a fixed number of questions whatever is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from vedette import clock
from vedette.monitors.models import Monitor, MonitorStanding, StateInterval
from vedette.statuspages.days import DAY, shares_of, uptime_of
from vedette.statuspages.models import Incident, StatusComponent, StatusLogo, StatusPage
from vedette.statuspages.shapes import (
    ComponentShape,
    GroupShape,
    IncidentShape,
    Pace,
    Picture,
    UpdateShape,
)
from vedette.statuspages.states import (
    Condition,
    Impact,
    Seen,
    Stood,
    condition_of,
    overall_of,
    said_by_hand,
)
from vedette.uptime.changes import State
from vedette.uptime.intervals import Span

SPANS: Final = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY}
MOST_INCIDENTS: Final = 200


def picture_of(page: StatusPage, paces: Mapping[int, Pace] | None = None) -> Picture:
    """Everything that is shown of it. `paces` are response times by monitor."""
    now = clock.now()
    incidents = incidents_of(page)
    components = _components(page, now, _said(incidents), paces or {})
    lasting = [one.impact for one in incidents if one.is_open and not one.is_scheduled]
    logo = StatusLogo.objects.filter(page=page).first()
    return Picture(
        key=page.key,
        title=page.title,
        description=page.description,
        announcement=page.announcement,
        address=address_of(page),
        zone=page.zone,
        accent=page.accent,
        css=page.css,
        logo=(logo.suffix, bytes(logo.body)) if logo else None,
        is_public=page.is_public,
        shows_response=page.shows_response,
        now=now,
        overall=overall_of([one.condition for one in components], lasting),
        groups=_groups(page, components),
        incidents=incidents,
    )


def address_of(page: StatusPage) -> str:
    """Where visitors find it, with a slash at its end."""
    base = str(settings.CONFIG.base_url).rstrip("/")
    if page.domain:
        return f"{base.partition('://')[0]}://{page.domain}/"
    return f"{base}/status/{page.slug}/"


def incidents_of(page: StatusPage) -> list[IncidentShape]:
    """What is published, the newest first: all that lasts, and of the rest the newest."""
    rows = Incident.objects.filter(page=page, is_discarded=False).exclude(published_at=None)
    rows = rows.annotate(lasts=ExpressionWrapper(Q(resolved_at=None), BooleanField()))
    rows = rows.prefetch_related("updates", "affected__component")
    held = list(rows.order_by("-lasts", "-began_at", "-pk")[:MOST_INCIDENTS])
    held.sort(key=lambda one: (one.began_at, one.pk), reverse=True)
    return [_incident(one) for one in held]


def monitors_by_component(page: StatusPage) -> dict[int, list[int]]:
    """The numbers of the monitors of each component."""
    through = StatusComponent.monitors.through
    rows = through.objects.filter(statuscomponent__page=page).order_by("pk")
    found: dict[int, list[int]] = {}
    for component, monitor in rows.values_list("statuscomponent_id", "monitor_id"):
        found.setdefault(component, []).append(monitor)
    return found


def seen_by_monitor(page: StatusPage) -> dict[int, list[Seen]]:
    """How each monitor of a page stands, in each of its environments."""
    found: dict[int, list[Seen]] = {}
    rows = MonitorStanding.objects.filter(monitor__in=_monitors(page)).order_by("pk")
    for monitor, state, kept in rows.values_list("monitor_id", "state", "standing"):
        measured = kept.get("held") or kept.get("raw") or State.NEW
        found.setdefault(monitor, []).append(Seen(State(state), State(measured)))
    return found


def _components(
    page: StatusPage,
    now: datetime,
    said: Mapping[str, list[Condition]],
    paces: Mapping[int, Pace],
) -> list[ComponentShape]:
    of_component = monitors_by_component(page)
    seen = seen_by_monitor(page)
    spans = _spans(page, now.timestamp())
    rows = StatusComponent.objects.filter(page=page).select_related("group")
    return [
        _component(
            one, of_component.get(one.pk, []), now, said.get(one.key, []), seen, spans, paces
        )
        for one in rows
    ]


def _component(
    row: StatusComponent,
    monitors: Sequence[int],
    now: datetime,
    said: Sequence[Condition],
    seen: Mapping[int, list[Seen]],
    spans: Mapping[int, list[Span]],
    paces: Mapping[int, Pace],
) -> ComponentShape:
    at = now.timestamp()
    own = [span for monitor in monitors for span in spans.get(monitor, ())]
    is_watched = bool(monitors)
    known = [paces[one] for one in monitors if one in paces]
    return ComponentShape(
        key=row.key,
        name=row.name,
        description=row.description,
        group=row.group.key if row.group else "",
        position=row.position,
        stood=_stood(row, monitors, said, seen),
        created_at=row.created_at,
        days=shares_of(own, at) if is_watched and row.shows_uptime else (),
        uptimes={name: uptime_of(own, at - seconds, at) for name, seconds in SPANS.items()}
        if is_watched and row.shows_uptime
        else {},
        pace=Pace(p50=max(one.p50 for one in known), p95=max(one.p95 for one in known))
        if known
        else None,
    )


def _stood(
    row: StatusComponent,
    monitors: Sequence[int],
    said: Sequence[Condition],
    seen: Mapping[int, list[Seen]],
) -> Stood:
    if not monitors:
        return said_by_hand(Condition(row.manual_state or Condition.UNKNOWN), said)
    return condition_of([one for monitor in monitors for one in seen.get(monitor, ())], said)


def _groups(page: StatusPage, components: Sequence[ComponentShape]) -> list[GroupShape]:
    """Each where its first component stands, those of no group together as well."""
    made = [
        GroupShape(
            key=row.key,
            name=row.name,
            position=row.position,
            created_at=row.created_at,
            components=[one for one in components if one.group == row.key],
        )
        for row in page.groups.all()
    ]
    loose = [one for one in components if not one.group]
    if loose:
        first = GroupShape(
            key="", name="", position=0, created_at=page.created_at, components=loose
        )
        made.append(first)
    held = [one for one in made if one.components]
    return sorted(held, key=lambda one: min(part.position for part in one.components))


def _said(incidents: Sequence[IncidentShape]) -> dict[str, list[Condition]]:
    """By component what incidents and maintenance that last say of it."""
    found: dict[str, list[Condition]] = {}
    for one in incidents:
        if one.is_open and not one.is_upcoming:
            for key, _, condition in one.affected:
                said = Condition.UNDER_MAINTENANCE if one.is_scheduled else condition
                found.setdefault(key, []).append(said)
    return found


def _incident(row: Incident) -> IncidentShape:
    assert row.published_at is not None
    updates = [one for one in row.updates.all() if one.published_at is not None]
    return IncidentShape(
        key=row.key,
        title=row.title,
        impact=Impact(row.impact),
        status=row.status,
        began_at=row.began_at,
        published_at=row.published_at,
        changed_at=row.changed_at,
        resolved_at=row.resolved_at,
        scheduled_for=row.scheduled_for,
        scheduled_until=row.scheduled_until,
        affected=[
            (one.component.key, one.component.name, Condition(one.state))
            for one in row.affected.all()
        ],
        updates=[
            UpdateShape(key=one.key, status=one.status, text=one.text, at=one.at) for one in updates
        ],
    )


def _monitors(page: StatusPage) -> QuerySet[Monitor]:
    """Those of a page, as part of another question."""
    return Monitor.objects.filter(status_components__page=page)


def _spans(page: StatusPage, now: float) -> dict[int, list[Span]]:
    """The intervals of each monitor that reach into the last days."""
    start = int((now - SPANS["90d"]) * 1000)  # earlier than the first bar, which is of a day
    standings = MonitorStanding.objects.filter(monitor__in=_monitors(page))
    owner = dict(standings.values_list("pk", "monitor_id"))
    rows = StateInterval.objects.filter(standing__in=standings.values("pk"))
    open_ones = rows.filter(ended=None)
    closed = rows.filter(ended__gt=start)
    made: dict[int, list[Span]] = {}
    for part in (closed, open_ones):
        for standing, state, began, ended in part.values_list(
            "standing_id", "state", "began", "ended"
        ):
            until = None if ended is None else ended / 1000
            span = Span(State(state), began / 1000, until)
            made.setdefault(owner.get(standing, 0), []).append(span)
    return made


def month_of(moment: datetime) -> str:
    """The month of its address, `2026-11`."""
    return f"{moment.astimezone(UTC):%Y-%m}"
