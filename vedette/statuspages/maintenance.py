"""Scheduled maintenance begins and ends by the clock, once it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from vedette import clock
from vedette.statuspages.announcing import add_update, publish
from vedette.statuspages.models import Incident, StatusPage
from vedette.statuspages.words import TEMPLATES

_BEGUN: Final = ("in_progress", "verifying")


def turn(page: StatusPage) -> bool:
    """Say what has begun and what is over; whether anything was said."""
    now = clock.now()
    rows = Incident.objects.filter(page=page, is_discarded=False, resolved_at=None)
    rows = rows.exclude(published_at=None).exclude(scheduled_for=None)
    due = [(one, said) for one in rows.order_by("pk") if (said := _next(one, now))]
    for incident, status in due:
        with transaction.atomic():
            publish(incident, [add_update(incident, status, TEMPLATES[status])])
    return bool(due)


def _next(one: Incident, now: datetime) -> str:
    if one.scheduled_until is not None and one.scheduled_until <= now:
        return "completed"
    is_due = one.scheduled_for is not None and one.scheduled_for <= now
    return "in_progress" if is_due and one.status not in _BEGUN else ""
