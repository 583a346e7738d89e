"""Deleting an issue, an event or a file: what is lost is said first, and an issue's name asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.issues.models import Issue
from vedette.storage.asking import Asker, remove_attachment, remove_event, remove_issue
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.issue.access import visible_event, visible_issue
from vedette.web.rendering import show
from vedette.web.wording import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionContext:
    """What the page shows: `lost` in words, `name` to be written, or empty, the way back."""

    title: str
    lost: str
    name: str
    back: str
    error: str


def issue_deletion(request: HttpRequest, viewer: Viewer, issue_id: str) -> HttpResponse:
    """Delete an issue with everything that was reported of it."""
    issue = _deletable(viewer, issue_id)
    confirmed = request.POST.get("confirm", "").strip().lower() == issue.short_name.lower()
    if request.method == "POST" and confirmed:
        remove_issue(issue, _asker(request))
        put_flash(
            request, Flash(text=f"{issue.short_name} is deleted; its events go within seconds.")
        )
        return redirect("issues")
    lost = (
        f"{plural(issue.event_count, 'event')} with their files and reports, and what people "
        "noted of the issue. What is reported from now on makes a new issue."
    )
    return _show(
        request,
        title=f"Delete {issue.short_name}: {issue.title[:200]}",
        lost=lost,
        name=issue.short_name,
        back=reverse("issue", args=[issue.pk]),
        error="That is not its name." if request.method == "POST" else "",
    )


def event_deletion(
    request: HttpRequest, viewer: Viewer, issue_id: str, event_id: str
) -> HttpResponse:
    """Delete one event with its files and reports."""
    issue = _deletable(viewer, issue_id)
    stored = visible_event(viewer, issue_id, event_id)
    if request.method == "POST":
        remove_event(issue.project, stored.event_id, _asker(request))
        put_flash(request, Flash(text="The event goes within seconds."))
        return redirect("issue", issue.pk)
    files = f", {plural(len(stored.attachments), 'file')}" if stored.attachments else ""
    return _show(
        request,
        title=f"Delete event {stored.event_id[:8]} of {issue.short_name}",
        lost=f"The event{files} and what people wrote about it. The issue counts one less; with "
        "its last event it goes, too. First and last seen stay as they are.",
        name="",
        back=reverse("event", args=[issue.pk, stored.event_id]),
        error="",
    )


def attachment_deletion(
    request: HttpRequest, viewer: Viewer, issue_id: str, event_id: str, attachment_id: str
) -> HttpResponse:
    """Delete one file of an event."""
    issue = _deletable(viewer, issue_id)
    stored = visible_event(viewer, issue_id, event_id)
    known = next((held for held in stored.attachments if held.id == attachment_id), None)
    if known is None:
        raise Http404("no such attachment")
    back = reverse("event", args=[issue.pk, stored.event_id])
    if request.method == "POST":
        remove_attachment(issue.project, known.id, known.name, _asker(request))
        put_flash(request, Flash(text=f"{known.name} goes within seconds."))
        return redirect(back)
    lost = "The file. Its bytes stay where another event has the same."
    return _show(request, title=f"Delete {known.name}", lost=lost, name="", back=back, error="")


def _deletable(viewer: Viewer, issue_id: str) -> Issue:
    issue = visible_issue(viewer, issue_id)
    if not viewer.may(Action.DELETE_EVENTS, issue.project):
        raise PermissionDenied(f"you may not {Action.DELETE_EVENTS} of {issue.project}")
    return issue


def _asker(request: HttpRequest) -> Asker:
    return Asker(
        who=getattr(request.user, "email", ""),
        address=str(request.META.get("REMOTE_ADDR", "")),
        via="form",
    )


def _show(
    request: HttpRequest, *, title: str, lost: str, name: str, back: str, error: str
) -> HttpResponse:
    context = DeletionContext(title=title, lost=lost, name=name, back=back, error=error)
    status = 400 if error else 200
    return show(request, "pages/issue/deletion.html", context, section="issues", status=status)
