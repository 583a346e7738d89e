"""Resolved issues that come back are counted to the release that brought them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from vedette.facts import Fact, IssueSeen
from vedette.projects.models import Project
from vedette.releases.models import Regression, Release


def record_regressions(seen: Sequence[IssueSeen]) -> list[Fact]:
    """Note which release each regressed issue came back with. Within a transaction."""
    back = [one for one in seen if one.state == "regressed" and one.event.last_release]
    if not back:
        return []
    owner = dict(
        Project.objects.filter(pk__in={one.project_id for one in back}).values_list(
            "pk", "organization_id"
        )
    )
    releases = Release.objects.filter(
        organization__in=set(owner.values()),
        version__in={one.event.last_release for one in back},
    )
    known = {(one.organization_id, one.version): one for one in releases}
    rows = [
        Regression(
            release=release,
            issue_id=one.issue_id,
            at=datetime.fromtimestamp(one.event.last_seen, UTC),
        )
        for one in sorted(back, key=lambda one: one.issue_id)
        if (release := known.get((owner.get(one.project_id, 0), one.event.last_release)))
    ]
    Regression.objects.bulk_create(rows, ignore_conflicts=True)
    return []
