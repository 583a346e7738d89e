"""One page: begin to look, what was found, let it be removed, what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.projects.models import Project
from vedette.storage import rescrubbing
from vedette.storage.models import Rescrub
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

State = Rescrub.State
_MOST_RULES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RescrubContext:
    """How far it is. `rows` are by kind of data, `rules` how many values by rule."""

    project: Project
    reference: str
    one: Rescrub | None
    rows: list[tuple[str, int]]
    total: int
    rules: list[tuple[str, int]]
    is_waiting: bool


def rescrub(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """What was found last; POST begins to look, or lets what was found be removed."""
    project = viewer.project(slug)
    if request.method == "POST":
        put_flash(request, Flash(text=_do(request, project)))
        return redirect("rescrub", viewer.reference(project))
    one = rescrubbing.latest(project)
    rows = sorted(one.rows.items(), key=lambda held: -held[1]) if one else []
    rules = sorted(one.found.items(), key=lambda held: -held[1]) if one else []
    context = RescrubContext(
        project=project,
        reference=viewer.reference(project),
        one=one,
        rows=[(name.replace("_", " ").capitalize(), count) for name, count in rows],
        total=sum(count for _, count in rows),
        rules=[(rule or "its form alone", count) for rule, count in rules[:_MOST_RULES]],
        is_waiting=one is not None and one.state in (State.LOOKING, State.REMOVING),
    )
    return show(request, "pages/rescrub/page.html", context, section="projects")


def _do(request: HttpRequest, project: Project) -> str:
    who = getattr(request.user, "email", "")
    address = str(request.META.get("REMOTE_ADDR", ""))
    if request.POST.get("do") == "remove":
        one = rescrubbing.latest(project)
        if one is not None and rescrubbing.confirm(one, by=who, address=address):
            return "It goes now."
        return "Nothing to confirm: look at how far it is."
    one = rescrubbing.ask(project, by=who, address=address)
    return "It goes on still." if one.state == State.REMOVING else "Being looked through."


PAGE = Page(
    routes=(
        Route(
            path="projects/<slug:slug>/scrub-stored/",
            name="rescrub",
            view=rescrub,
            action=Action.ADMINISTER_PROJECT,
        ),
    )
)
