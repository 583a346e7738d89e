"""Who works on the issue, and giving it to somebody."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.issues.assigning import NotAMember, assign, assignable, assignment_of, find_assignee
from vedette.issues.models import Issue
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.issue.access import visible_issue

_MOST_MEMBERS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AssigneeView:
    """Who works on it, and some of those who could; `has_more` if there are further members."""

    user: User | None
    members: list[User]
    has_more: bool
    may_change: bool


def make_assignee(viewer: Viewer, issue: Issue) -> AssigneeView:
    """The menu; the viewer stands first in it."""
    held = assignment_of(issue)
    may_change = viewer.may(Action.TRIAGE, issue.project)
    members, has_more = assignable(issue.project, most=_MOST_MEMBERS) if may_change else ([], False)
    return AssigneeView(
        user=held.user if held else None,
        members=sorted(members, key=lambda user: user != viewer.user),
        has_more=has_more,
        may_change=may_change,
    )


def change_assignee(request: HttpRequest, viewer: Viewer, issue_id: str) -> HttpResponse:
    """POST `assignee`, a member's id or empty for nobody; or a member's `address`."""
    issue = visible_issue(viewer, issue_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    name = request.POST.get("assignee", request.POST.get("address", ""))[:254]
    try:
        user = find_assignee(issue.project, name) if name else None
    except NotAMember as error:
        raise BadQuery(str(error)) from None
    if assign(viewer.access.projects_for(Action.TRIAGE), [issue.pk], user, by=viewer.user):
        words = f"is assigned to {user}" if user else "is nobody's now"
        put_flash(request, Flash(text=f"{issue.short_name} {words}."))
    return redirect(safe_next(request, reverse("issue", args=[issue.pk])))
