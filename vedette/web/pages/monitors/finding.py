"""One monitor of the viewer's, or none."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from vedette.monitors.models import Monitor
from vedette.web.access import Viewer


def find_monitor(viewer: Viewer, monitor_id: int) -> Monitor:
    """Raises Http404 for one that is not open, PermissionDenied where the action is not allowed."""
    rows = Monitor.objects.select_related("project__organization").filter(pk=monitor_id)
    monitor = rows.filter(project__in=[one.pk for one in viewer.projects]).first()
    if monitor is None:
        raise Http404("no such monitor")
    if viewer.action and not viewer.may(viewer.action, monitor.project):
        raise PermissionDenied(f"you may not {viewer.action} {monitor.project}")
    return monitor
