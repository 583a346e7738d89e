"""What a form does with feedback, one piece or many: where it lies, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.feedback import acting, reading
from vedette.feedback.models import FeedbackStatus
from vedette.feedback.reading import Said
from vedette.issues.assigning import NotAMember, assignable, find_assignee
from vedette.projects.models import Project
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash

_MOST = 500
_MOST_PROJECTS = 3  # that are asked for their members
_MOST_MEMBERS = 25
_DONE = {
    FeedbackStatus.UNRESOLVED: "in the inbox",
    FeedbackStatus.RESOLVED: "resolved",
    FeedbackStatus.SPAM: "among the spam",
}


def change_feedback(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST `status`, or `assignee`, for every `feedback` id; foreign ids change nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    projects = {one.pk: one for one in viewer.access.projects_for(Action.TRIAGE)}
    ids = request.POST.getlist("feedback")[:_MOST]
    said = [one for one in reading.find(viewer.visible, ids) if one.project_id in projects]
    if "assignee" in request.POST:
        words = _give(said, projects, request.POST["assignee"][:20], viewer)
    else:
        words = _move(said, request.POST.get("status", ""), viewer.user)
    if said:
        put_flash(request, Flash(text=words))
    return redirect(safe_next(request, reverse("feedback")))


def members_for(said: Sequence[Said], projects: dict[int, Project], me: User) -> list[User]:
    """Some of the others who see the projects of all these; none where there are many."""
    ids = {one.project_id for one in said if one.project_id in projects}
    if not 0 < len(ids) <= _MOST_PROJECTS:
        return []
    held = [assignable(projects[pk], most=_MOST_MEMBERS)[0] for pk in sorted(ids)]
    everywhere = set.intersection(*({user.pk for user in users} for users in held))
    return [user for user in held[0] if user.pk in everywhere and user != me]


def _move(said: Sequence[Said], status: str, user: User) -> str:
    if status not in FeedbackStatus.values:
        raise BadQuery("feedback is unresolved, resolved or spam")
    acting.move(said, FeedbackStatus(status), user)
    verb = "is" if len(said) == 1 else "are"
    return f"{_number(said)} {verb} {_DONE[FeedbackStatus(status)]}."


def _give(said: Sequence[Said], projects: dict[int, Project], name: str, viewer: Viewer) -> str:
    asked = str(viewer.user.pk) if name == "me" else name
    user = None
    for project_id in {one.project_id for one in said} if asked else ():
        try:
            user = find_assignee(projects[project_id], asked)
        except NotAMember:
            raise BadQuery("whom feedback is given to has to see its project") from None
    acting.assign(said, user)
    verb = "is" if len(said) == 1 else "are"
    return f"{_number(said)} {verb} {f'assigned to {user}' if user else 'nobody’s now'}."


def _number(said: Sequence[Said]) -> str:
    return "1 piece of feedback" if len(said) == 1 else f"{len(said)} pieces of feedback"
