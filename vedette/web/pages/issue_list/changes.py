"""Changing the status of one or many issues, and taking it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.issues.models import Status
from vedette.issues.status import restore_statuses, set_status
from vedette.releases.resolving import ByRelease, UnknownRelease
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash, take_undo
from vedette.web.wording import plural

_MOST_ISSUES = 1000
_DONE = {
    Status.RESOLVED: "resolved",
    Status.IGNORED: "archived",
    Status.UNRESOLVED: "set to unresolved",
}


def change_status(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST `status` for every `issue` id; ids of foreign issues change nothing.

    `resolved:next` and `resolved:in:VERSION` resolve by a release.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked, _, condition = request.POST.get("status", "").partition(":")
    if asked not in Status.values:
        return HttpResponseBadRequest("unknown status")
    status = Status(asked)
    ids = named_issues(request)
    by_release = _by_release(condition, viewer)
    projects = viewer.access.projects_for(Action.TRIAGE)
    try:
        before = set_status(projects, ids, status, by_release=by_release, by=viewer.user)
    except UnknownRelease as error:
        raise BadQuery(str(error)) from None
    if before:
        undo_data = {str(pk): str(held) for pk, held in before.items()}
        text = f"{plural(len(before), 'issue')} {_DONE[status]}{_how(by_release)}."
        put_flash(request, Flash(text=text, undo=undo_data))
    return redirect(safe_next(request, reverse("issues")))


def named_issues(request: HttpRequest) -> list[int]:
    """The ids of the issues that were selected."""
    names = request.POST.getlist("issue")[:_MOST_ISSUES]
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19]


def _by_release(condition: str, viewer: Viewer) -> ByRelease | None:
    """What stands after `resolved:`. Raises BadQuery for what means nothing."""
    if not condition:
        return None
    name, _, version = condition.partition(":")
    if name == "next" or (name == "in" and version):
        return ByRelease(version=version if name == "in" else "", actor=viewer.user)
    raise BadQuery("an issue is resolved in the next release, or in one that is named")


def _how(by_release: ByRelease | None) -> str:
    if by_release is None:
        return ""
    return f" in {by_release.version}" if by_release.version else " in the next release"


def undo(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST: give back the statuses that the last change replaced."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    held = {int(pk): Status(status) for pk, status in take_undo(request).items()}
    restored = restore_statuses(viewer.access.projects_for(Action.TRIAGE), held)
    put_flash(request, Flash(text=f"Undone for {plural(restored, 'issue')}."))
    return redirect(safe_next(request, reverse("issues")))
