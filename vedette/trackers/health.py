"""What health says of trackers: those that refuse, and issues that wait to be opened."""

from __future__ import annotations

from datetime import timedelta

from vedette import clock
from vedette.trackers.models import LinkState, Tracker, TrackerLink

_LONG = timedelta(minutes=5)


def problems() -> list[str]:
    """In words; empty when all is well."""
    broken = Tracker.objects.exclude(broken_at=None).filter(is_enabled=True).order_by("slug")
    found = [
        f"the tracker {slug} is broken: {why}"
        for slug, why in broken.values_list("slug", "broken_why")
    ]
    late = TrackerLink.objects.filter(
        state=LinkState.WAITING, created_at__lt=clock.now() - _LONG, tracker__is_enabled=True
    ).exclude(tracker__broken_at__isnull=False)
    slugs = late.values_list("tracker__slug", flat=True).order_by("tracker__slug").distinct()
    found += [f"issues wait to be opened in the tracker {slug}" for slug in slugs]
    return found
