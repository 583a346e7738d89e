"""A component that stays down drafts an incident, once; up again, it drafts the end of it.

A person publishes both, unless the page publishes by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vedette import clock
from vedette.monitors.models import MonitorStanding
from vedette.statuspages.announcing import (
    Wish,
    add_update,
    affect,
    draft,
    has_room,
    publish,
)
from vedette.statuspages.models import Incident, IncidentUpdate, StatusComponent, StatusPage
from vedette.statuspages.reading import monitors_by_component
from vedette.statuspages.states import Condition, Impact, Seen, condition_of
from vedette.statuspages.words import TEMPLATES
from vedette.uptime.changes import State


def turn(page: StatusPage, seen: Mapping[int, Sequence[Seen]]) -> bool:
    """Look once; whether visitors see something new by it."""
    if not page.auto_draft_minutes:
        return False
    of_component = monitors_by_component(page)
    with transaction.atomic():
        has_begun = _begin(page, of_component, seen)
        has_ended = _end(page, of_component, seen)
    return has_begun or has_ended


def _begin(
    page: StatusPage,
    of_component: Mapping[int, Sequence[int]],
    seen: Mapping[int, Sequence[Seen]],
) -> bool:
    since = _down_since(page, clock.now() - timedelta(minutes=page.auto_draft_minutes))
    failing = {
        component: min(since[one] for one in monitors if one in since)
        for component, monitors in of_component.items()
        if any(one in since for one in monitors)
    }
    fresh = {pk: at for pk, at in failing.items() if not _is_told_of(page, pk, at)}
    if not fresh:
        return False
    states = {pk: _condition(of_component[pk], seen) for pk in fresh}
    held = Incident.objects.filter(
        page=page, is_auto=True, is_discarded=False, resolved_at=None, scheduled_for=None
    ).first()
    if held is not None:
        known = dict(held.affected.values_list("component_id", "state"))
        affect(held, {**known, **{pk: one.value for pk, one in states.items()}})
    elif has_room(page):
        held = _draft(page, fresh, states)
    else:
        return False
    if page.auto_publish:
        publish(held, _own_drafts(held))
    return page.auto_publish or held.published_at is not None


def _end(
    page: StatusPage,
    of_component: Mapping[int, Sequence[int]],
    seen: Mapping[int, Sequence[Seen]],
) -> bool:
    rows = Incident.objects.filter(page=page, is_auto=True, is_discarded=False, resolved_at=None)
    is_shown = False
    for incident in rows.order_by("pk"):
        affected = incident.affected.values_list("component_id", flat=True)
        is_down = any(_is_down(of_component.get(pk, ()), seen) for pk in affected)
        waiting = incident.updates.filter(published_at=None, status="resolved", by=None)
        if is_down:
            waiting.delete()  # it is down again before anybody said that it is over
        elif not waiting.exists():
            add_update(incident, "resolved", TEMPLATES["resolved"])
            if page.auto_publish:
                publish(incident, _own_drafts(incident))
                is_shown = True
            elif incident.published_at is None:
                Incident.objects.filter(pk=incident.pk).update(resolved_at=clock.now())
    return is_shown


def _draft(
    page: StatusPage, since: Mapping[int, datetime], states: Mapping[int, Condition]
) -> Incident:
    names = list(
        StatusComponent.objects.filter(pk__in=since)
        .order_by("position", "pk")
        .values_list("name", flat=True)
    )
    impact = Impact.MAJOR if Condition.MAJOR_OUTAGE in states.values() else Impact.MINOR
    wish = Wish(
        title=f"{_listed(names)} does not answer"[:200],
        text=TEMPLATES["investigating"],
        impact=impact,
        affected={pk: one.value for pk, one in states.items()},
    )
    return draft(page, wish, began_at=min(since.values()), is_auto=True)


def _own_drafts(incident: Incident) -> list[IncidentUpdate]:
    """What monitors have drafted of it: a person's draft is published by a person."""
    return list(incident.updates.filter(published_at=None, by=None))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _down_since(page: StatusPage, latest: datetime) -> dict[int, datetime]:
    """By monitor since when it is down, of those that have been for long enough."""
    rows = MonitorStanding.objects.filter(
        monitor__status_components__page=page, state=State.DOWN, since__lte=latest
    )
    found: dict[int, datetime] = {}
    for monitor, since in rows.values_list("monitor_id", "since").distinct():
        found[monitor] = min(since, found.get(monitor, since))
    return found


def _is_told_of(page: StatusPage, component: int, since: datetime) -> bool:
    """Whether an incident lasts for it, or this very failure was resolved or discarded."""
    rows = Incident.objects.filter(page=page, affected__component=component, scheduled_for=None)
    return rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=since)).exists()


def _condition(monitors: Iterable[int], seen: Mapping[int, Sequence[Seen]]) -> Condition:
    found = condition_of([one for monitor in monitors for one in seen.get(monitor, ())]).condition
    return found if found is Condition.MAJOR_OUTAGE else Condition.PARTIAL_OUTAGE


def _is_down(monitors: Iterable[int], seen: Mapping[int, Sequence[Seen]]) -> bool:
    """Whether any is down, or was when it was known last; maintenance and pauses hide nothing."""
    return any(
        State.DOWN in (one.shown, one.measured) and one.shown is not State.PAUSED
        for monitor in monitors
        for one in seen.get(monitor, ())
    )
