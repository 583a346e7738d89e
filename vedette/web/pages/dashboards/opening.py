"""Which dashboard an address names, and for whom."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from vedette.dashboards import saving
from vedette.dashboards.content import Widget
from vedette.dashboards.models import Dashboard
from vedette.dashboards.ready import Ready, ready_dashboards
from vedette.web.access import Viewer


def opened(viewer: Viewer, number: int) -> Dashboard:
    """The dashboard, where the viewer may open it. Raises Http404."""
    found = saving.find(viewer.access, number)
    if found is None:
        raise Http404("no such dashboard")
    return found


def changeable(viewer: Viewer, number: int) -> Dashboard:
    """The dashboard, where the viewer may change it. Raises Http404 and PermissionDenied."""
    found = opened(viewer, number)
    if not saving.may_change(found, viewer.access):
        raise PermissionDenied("you may not change this dashboard")
    return found


def widget_of(dashboard: Dashboard, number: int) -> Widget:
    """A widget of a dashboard. Raises Http404."""
    found = saving.content_of(dashboard).widget(number)
    if found is None:
        raise Http404("no such widget")
    return found


def ready(name: str) -> Ready:
    """One of the library. Raises Http404."""
    found = ready_dashboards().get(name)
    if found is None:
        raise Http404("no such dashboard")
    return found


def ready_widget(name: str, number: int) -> Widget:
    """A widget of one of the library. Raises Http404."""
    found = ready(name).draft.content.widget(number)
    if found is None:
        raise Http404("no such widget")
    return found
