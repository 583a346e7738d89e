"""A project that is removed is taken out of the filters that dashboards open with."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from vedette import clock
from vedette.dashboards.models import Dashboard
from vedette.projects.models import Project


def forget_project(instance: Project, **_: Any) -> None:
    """A signal's receiver: else nobody but their owners would see these dashboards again."""
    rows = Dashboard.objects.filter(organization=instance.organization_id)
    for row in rows.only("pk", "body"):
        filters = row.body.get("filters", {})
        if instance.pk not in filters.get("projects", ()):
            continue
        left = [pk for pk in filters["projects"] if pk != instance.pk]
        body = {**row.body, "filters": {**filters, "projects": left}}
        Dashboard.objects.filter(pk=row.pk).update(
            body=body, revision=F("revision") + 1, changed_at=clock.now()
        )
