"""Finding what an address of this page names, within what the viewer may see."""

from __future__ import annotations

from django.http import Http404

from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.web.access import Viewer


def visible_issue(viewer: Viewer, issue_id: str) -> Issue:
    """The issue by number or short name. Raises Http404 unless the viewer may see it."""
    issue = reading.find_issue(viewer.visible, issue_id)
    if issue is None:
        raise Http404("no such issue")
    return issue


def visible_event(viewer: Viewer, issue_id: str, event_id: str) -> reading.StoredEvent:
    """One event of a visible issue. Raises Http404 for any other."""
    stored = reading.load_event(viewer.visible, visible_issue(viewer, issue_id), event_id)
    if stored is None:
        raise Http404("no such event")
    return stored
