"""Giving many issues to somebody at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.issues.assigning import NotAMember, assign, assignable, find_assignee
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.issue_list.changes import named_issues
from vedette.web.wording import plural

_ME = "me"
_MOST_PROJECTS = 3  # that are asked for their members when the list is shown
_MOST_MEMBERS = 25


def change_assignees(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST `assignee`, a member's id, `me`, or empty for nobody, for every `issue` id.

    Ids of foreign issues change nothing, nor do issues whose project the member does not see.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    ids = named_issues(request)
    projects: Sequence[Project] = viewer.access.projects_for(Action.TRIAGE)
    name = request.POST.get("assignee", "")[:20]
    user = None
    if name:
        asked = str(viewer.user.pk) if name == _ME else name
        user, projects = _found(asked, _touched(projects, ids))
    count = assign(projects, ids, user, by=viewer.user)
    if count:
        words = f"assigned to {user}" if user else "nobody's now"
        verb = "is" if count == 1 else "are"
        put_flash(request, Flash(text=f"{plural(count, 'issue')} {verb} {words}."))
    return redirect(safe_next(request, reverse("issues")))


def members_for(viewer: Viewer, issues: Iterable[Issue]) -> list[User]:
    """Some of the other members who see the projects of all these issues; none for issues of
    many projects."""
    projects = {one.project_id: one.project for one in issues}
    if not 0 < len(projects) <= _MOST_PROJECTS:
        return []
    held = [assignable(one, most=_MOST_MEMBERS)[0] for one in projects.values()]
    everywhere = set.intersection(*({user.pk for user in users} for users in held))
    return [user for user in held[0] if user.pk in everywhere and user != viewer.user]


def _touched(projects: Sequence[Project], ids: Sequence[int]) -> list[Project]:
    mine = Issue.objects.filter(project__in=projects, pk__in=ids)
    pks = set(mine.order_by().values_list("project_id", flat=True).distinct())
    return [one for one in projects if one.pk in pks]


def _found(name: str, projects: Sequence[Project]) -> tuple[User | None, list[Project]]:
    """The member, and those of the projects that they see. Raises BadQuery for none."""
    user, seen = None, []
    for project in projects:
        try:
            user = find_assignee(project, name)
        except NotAMember:
            continue
        seen.append(project)
    if projects and user is None:
        raise BadQuery("whom issues are assigned to has to see their project")
    return user, seen
