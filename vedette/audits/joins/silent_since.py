"""Environments that sent every day and went silent with a release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from vedette.audits.joins import Join, Told
from vedette.audits.seen import Seen
from vedette.releases.models import ReleaseProject

_LEAST_USUAL = 5
_LEAST_DAYS = 5
_QUIET = timedelta(days=2)
_NEAR = timedelta(days=2)


def find(seen: Seen) -> Iterator[Told]:
    """Environments with errors on most days, and none for two days, after a release came."""
    for environment, last in sorted(seen.last_by_environment.items()):
        counts = [number for (name, _), number in seen.days.items() if name == environment]
        usual = median(counts) if counts else 0
        if len(counts) < _LEAST_DAYS or usual < _LEAST_USUAL or seen.now - last < _QUIET:
            continue
        release = _release_near(seen, last)
        if not release:
            continue
        days = (seen.now - last).days
        traffic = f", while there were {seen.traffic.words} in all" if seen.traffic.words else ""
        yield Told(
            severity="important",
            text=f"No event was seen from {environment or 'any environment'} for {days} days, "
            f"since release {release} (usual: {usual:,.0f} a day{traffic})",
            advice="Look at what that release changed of the SDK's start and its DSN.",
            search=f"environment:{environment}" if environment else "",
        )


def _release_near(seen: Seen, last: object) -> str:
    """The release that came shortly before or after the last event."""
    rows = ReleaseProject.objects.filter(
        project=seen.project_id,
        created_at__range=(last - _NEAR, last + _NEAR),  # type: ignore[operator]
    )
    held = rows.select_related("release").order_by("-created_at").first()
    return held.release.version if held else ""


JOIN = Join(
    id="cov.silent-since",
    title="Silent since a release",
    needs=("days", "last_by_environment", "traffic"),
    find=find,
)
