"""What is done with monitors from their list and their page."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.monitors import saving
from vedette.monitors.models import Monitor
from vedette.monitors.windows import begin_deploy
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash

_MOST = 500
_DONE = {
    "pause": "paused",
    "resume": "resumed",
    "remove": "removed",
    "maintenance": "under maintenance for an hour",
}


def change_many(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """`do` with the chosen monitors: pause, resume, maintenance, remove."""
    wish = request.POST.get("do", "")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if wish not in _DONE:
        raise BadQuery(f"monitors are {', '.join(_DONE)}d")
    chosen = [value for value in request.POST.getlist("monitor")[:_MOST] if value.isdigit()]
    rows = Monitor.objects.filter(pk__in=chosen, project__in=[one.pk for one in viewer.projects])
    found = list(rows.select_related("project__organization").order_by("pk"))
    act(request, viewer, found, wish)
    number = "1 monitor" if len(found) == 1 else f"{len(found)} monitors"
    put_flash(request, Flash(text=f"{number} {_DONE[wish]}."))
    return redirect(safe_next(request, reverse("monitors")))


def act(request: HttpRequest, viewer: Viewer, monitors: Iterable[Monitor], wish: str) -> None:
    """Do it to each of them. Raises PermissionDenied before anything is done."""
    found = list(monitors)
    for monitor in found:
        if not viewer.may(Action.CHANGE_ALERTS, monitor.project):
            raise PermissionDenied(f"you may not {Action.CHANGE_ALERTS} {monitor.project}")
    for monitor in found:
        if wish == "pause":
            saving.pause(monitor, by=viewer.user)
        elif wish == "resume":
            saving.resume(monitor, by=viewer.user)
        elif wish == "maintenance":
            begin_deploy(monitor.project, [monitor], minutes=60, name="Maintenance", by=viewer.user)
        elif wish == "remove":
            saving.remove(monitor)
        words = f"monitor {monitor.slug}: {_DONE[wish]}"
        note_change(request, monitor.project.organization, words)
