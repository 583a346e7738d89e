"""The issue that a link wants opened, as its tracker takes it."""

from __future__ import annotations

from vedette.alerts.models import Alert
from vedette.connections.secrets import settings_of
from vedette.store.visible import VisibleProjects
from vedette.trackers.description import body_of, title_of
from vedette.trackers.hosts import Draft, TrackerHost
from vedette.trackers.models import TrackerLink
from vedette.trackers.opening import labels_of


def draft_of(link: TrackerLink, host: TrackerHost) -> Draft:
    """What a person wrote; for a rule's wish it is composed now, of what is known now."""
    settings, held = settings_of(link.tracker), link.draft
    title, body = str(held.get("title", "")), str(held.get("body", ""))
    if not title:
        visible = VisibleProjects.of_system().only([link.project_id])
        rows = Alert.objects.select_related("rule", "project")
        alert = link.alert or rows.filter(pk=held.get("alert")).first()
        title = title_of(link.issue, alert)
        body = body_of(visible, link.issue, alert, host.markup)
    labels = held.get("labels")
    return Draft(
        title=title,
        body=body,
        place=str(held.get("place") or settings.get(host.place, "")),
        marker=link.marker,
        labels=labels if isinstance(labels, list) else labels_of(settings.get("labels", "")),
        issue_type=str(held.get("issue_type") or settings.get("issue_type", "")),
    )
