"""What is said of incidents: written as drafts, published by a person, told to who listens.

Publishing is one transaction: what visitors see, and a row for each message to a subscriber.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from vedette import clock
from vedette.accounts.models import User
from vedette.monitors.models import MaintenanceWindow, Monitor
from vedette.monitors.windows import end_window
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import (
    Incident,
    IncidentComponent,
    IncidentUpdate,
    StatusComponent,
    StatusDelivery,
    StatusPage,
    Subscriber,
)
from vedette.statuspages.states import BY_HAND, Condition, Impact
from vedette.statuspages.words import OF_INCIDENTS, OF_MAINTENANCE

MOST_OPEN: Final = 100
MOST_UPDATES: Final = 200
MOST_TEXT: Final = 10_000
ENDED: Final = ("resolved", "completed")
_AGO: Final = timedelta(days=366)
_AHEAD: Final = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A new incident as somebody wants it; `start` makes it maintenance."""

    title: str
    text: str
    impact: str = "minor"
    status: str = "investigating"
    affected: Mapping[int, str] = field(default_factory=dict)  # condition by component
    start: datetime | None = None
    end: datetime | None = None
    covers_monitors: bool = False


def draft(
    page: StatusPage,
    wish: Wish,
    *,
    by: User | None = None,
    began_at: datetime | None = None,
    is_auto: bool = False,
) -> Incident:
    """Write it down; nobody sees it yet. Raises ValueError, in words."""
    _check(page, wish)
    now = clock.now()
    with transaction.atomic():
        made = Incident.objects.create(
            page=page,
            title=wish.title.strip(),
            impact=wish.impact,
            status="scheduled" if wish.start else wish.status,
            began_at=wish.start or began_at or now,
            scheduled_for=wish.start,
            scheduled_until=wish.end,
            covers_monitors=wish.covers_monitors and wish.start is not None,
            is_auto=is_auto,
            created_by=by,
            changed_at=now,
            created_at=now,
        )
        affect(made, wish.affected)
        IncidentUpdate.objects.create(
            incident=made, status=made.status, text=wish.text.strip(), at=now, by=by
        )
    return made


def has_room(page: StatusPage) -> bool:
    """Whether one more may be open."""
    lasting = Incident.objects.filter(page=page, resolved_at=None, is_discarded=False)
    return lasting.count() < MOST_OPEN


def affect(incident: Incident, affected: Mapping[int, str]) -> None:
    """Which components of its page it leaves how; others are not affected any more.

    Raises ValueError, in words.
    """
    _check_conditions(affected)
    own = set(
        StatusComponent.objects.filter(page=incident.page_id, pk__in=affected).values_list(
            "pk", flat=True
        )
    )
    IncidentComponent.objects.filter(incident=incident).exclude(component__in=own).delete()
    for pk in sorted(own):
        IncidentComponent.objects.update_or_create(
            incident=incident, component_id=pk, defaults={"state": affected[pk]}
        )


def add_update(
    incident: Incident, status: str, text: str, *, by: User | None = None
) -> IncidentUpdate:
    """A draft of what is said next; the clock and the monitors, who are nobody, are never told
    that too much was said. Raises ValueError, in words."""
    known = OF_MAINTENANCE if incident.is_scheduled else OF_INCIDENTS
    if status not in known:
        raise ValueError(f"the status is one of {', '.join(known)}")
    _check_text(text)
    if by is not None and incident.updates.count() >= MOST_UPDATES:
        raise ValueError(f"an incident has at most {MOST_UPDATES} updates")
    return IncidentUpdate.objects.create(
        incident=incident, status=status, text=text.strip(), at=clock.now(), by=by
    )


def publish(incident: Incident, only: Sequence[IncidentUpdate] | None = None) -> int:
    """Show what is drafted of it, or `only` some of that, and tell who listens; returns how many
    messages that makes.

    Whoever calls it has decided: a person, or a page that publishes by itself.
    """
    now = clock.now()
    with transaction.atomic():
        held = Incident.objects.select_for_update().get(pk=incident.pk)
        waiting = held.updates.filter(published_at=None).order_by("at", "pk")
        if only is not None:
            waiting = waiting.filter(pk__in=[one.pk for one in only])
        drafts = list(waiting)
        for one in drafts:
            claimed = IncidentUpdate.objects.filter(pk=one.pk, published_at=None)
            claimed.update(published_at=now)
        is_new = held.published_at is None
        if is_new:
            held.published_at = now
        newest = held.updates.exclude(published_at=None).order_by("-at", "-pk").first()
        if newest is not None:
            held.status = newest.status
            is_over = newest.status in ENDED
            held.resolved_at = (held.resolved_at or newest.at) if is_over else None
        held.changed_at, held.is_discarded = now, False
        held.save()
        if held.status in ENDED:
            _uncover(held, now)
        elif is_new and held.covers_monitors:
            _cover(held, now)
        made = _queue(held, drafts[-1], now) if drafts else 0
        touch(held.page)
    incident.refresh_from_db()
    return made


def discard(incident: Incident) -> None:
    """Take it away, published or not; what monitors drafted is not drafted again."""
    with transaction.atomic():
        _uncover(incident, clock.now())
        now = clock.now()
        Incident.objects.filter(pk=incident.pk).update(
            is_discarded=True, changed_at=now, resolved_at=incident.resolved_at or now
        )
        touch(incident.page)


def _queue(incident: Incident, update: IncidentUpdate, now: datetime) -> int:
    """A row for each who listens to what is affected, or to everything."""
    affected = list(incident.affected.values_list("component_id", flat=True))
    rows = Subscriber.objects.filter(page=incident.page_id).exclude(confirmed_at=None)
    chosen = Subscriber.components.through.objects.filter(subscriber=OuterRef("pk"))
    about = chosen.filter(statuscomponent__in=affected)
    rows = rows.filter(Q(hears_all=True) | Exists(about)).order_by("pk")
    made = [
        StatusDelivery(subscriber=one, update=update, due_at=now, created_at=now) for one in rows
    ]
    StatusDelivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=200)
    return len(made)


def _cover(incident: Incident, now: datetime) -> None:
    """A maintenance window for the monitors of its components, in each of their projects."""
    start, end = incident.scheduled_for, incident.scheduled_until
    if start is None or end is None or end <= now:
        return
    components = incident.affected.values_list("component_id", flat=True)
    monitors = Monitor.objects.filter(status_components__in=components).distinct()
    by_project: dict[int, list[Monitor]] = {}
    for one in monitors.order_by("pk"):
        by_project.setdefault(one.project_id, []).append(one)
    for project, held in by_project.items():
        window = MaintenanceWindow.objects.create(
            project_id=project,
            name=incident.title[:128],
            starts_at=start,
            ends_at=end,
            minutes=max(int((end - start).total_seconds() // 60), 1),
            created_by=incident.created_by,
        )
        window.monitors.set(held)
        incident.windows.add(window)


def _uncover(incident: Incident, now: datetime) -> None:
    for window in incident.windows.all():
        if window.ends_at is None or window.ends_at > now:
            end_window(window, max(now, window.starts_at or now))


def _check(page: StatusPage, wish: Wish) -> None:
    if not wish.title.strip() or len(wish.title) > 200:
        raise ValueError("a title has 1 to 200 characters")
    _check_text(wish.text)
    if wish.impact not in tuple(Impact):
        raise ValueError(f"the impact is one of {', '.join(Impact)}")
    if not wish.start and wish.status not in OF_INCIDENTS:
        raise ValueError(f"the status is one of {', '.join(OF_INCIDENTS)}")
    _check_conditions(wish.affected)
    if wish.start:
        _check_times(wish.start, wish.end)
    if not has_room(page):
        raise ValueError(f"{MOST_OPEN} incidents are open; resolve some first")


def _check_conditions(affected: Mapping[int, str]) -> None:
    if any(state not in tuple(BY_HAND) for state in affected.values()):
        raise ValueError(f"a component is one of {', '.join(BY_HAND)}")


def _check_times(start: datetime, end: datetime | None) -> None:
    """Within years that every zone has: a page may be moved to another one later."""
    if end is None or end <= start:
        raise ValueError("maintenance ends after it begins")
    now = clock.now()
    if start < now - _AGO or end > now + _AHEAD:
        raise ValueError("maintenance is planned within the next five years")


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > MOST_TEXT:
        raise ValueError(f"an update has 1 to {MOST_TEXT} characters")


def all_as(components: Sequence[int], condition: Condition) -> dict[int, str]:
    """The same for all of them."""
    return dict.fromkeys(components, condition.value)
