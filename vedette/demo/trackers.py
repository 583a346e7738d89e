"""A tracker of the demo with one linked issue. It is off: a demo asks nobody elsewhere."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

from vedette import clock
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.trackers.models import LinkState, Tracker, TrackerLink

_SLUG = "demo-github"
_PLACE = "lantern/shop"
_NUMBER = 128
_WAIT_SECONDS = 10.0
_PAUSE_SECONDS = 0.5


def link_busiest(project: Project) -> TrackerLink | None:
    """A link of the project's busiest issue, once one is there; None if none comes."""
    issue = _busiest(project)
    if issue is None:
        return None
    tracker, _ = Tracker.objects.get_or_create(
        organization=project.organization,
        slug=_SLUG,
        defaults={
            "name": "GitHub (demo)",
            "kind": "github",
            "settings": {"repository": _PLACE},
            "is_enabled": False,
        },
    )
    link, _ = TrackerLink.objects.get_or_create(
        tracker=tracker,
        issue=issue,
        key=f"{_PLACE}#{_NUMBER}",
        defaults={
            "project": project,
            "state": LinkState.LINKED,
            "marker": secrets.token_hex(12),
            "url": f"https://github.com/{_PLACE}/issues/{_NUMBER}",
            "title": issue.title[:400],
            "status": "open",
            "ours": "open",
            "theirs": "open",
            "due_at": clock.now() + timedelta(days=365),
        },
    )
    return link


def remove_tracker() -> None:
    """With the demo projects goes their tracker."""
    Tracker.objects.filter(slug=_SLUG).delete()


def _busiest(project: Project) -> Issue | None:
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end:
        found = Issue.objects.filter(project=project).order_by("-event_count").first()
        if found is not None:
            return found
        time.sleep(_PAUSE_SECONDS)
    return None
