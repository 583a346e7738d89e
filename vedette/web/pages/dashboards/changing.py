"""Changes of a whole dashboard: make, copy, star, share, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.models import Organization
from vedette.dashboards import saving
from vedette.dashboards.content import MOST_TITLE, Content
from vedette.dashboards.models import Dashboard
from vedette.dashboards.written import Draft
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.dashboards import opening
from vedette.web.rendering import show


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContext:
    """What the page that asks before it removes shows."""

    dashboard: Dashboard
    widgets: int
    links: int
    error: str


def create(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST: an empty dashboard, which opens in its editor."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    title = read_title(request.POST.get("title", ""))
    draft = Draft(title=title, description="", content=Content())
    row = make(
        request,
        viewer,
        organization_of(request, viewer),
        draft,
        is_shared=request.POST.get("shared") == "yes",
    )
    return redirect("dashboard-edit", row.pk)


def copy_ready(request: HttpRequest, viewer: Viewer, ready: str) -> HttpResponse:
    """POST: one of the library as the person's own."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    draft = opening.ready(ready).draft
    row = make(request, viewer, organization_of(request, viewer), draft, is_shared=False)
    put_flash(request, Flash(text=f"“{row.title}” is yours now: change it as you like."))
    return redirect("dashboard-edit", row.pk)


def change(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """POST: `do` says what."""
    row = opening.opened(viewer, dashboard_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise BadQuery(f"do is one of {', '.join(_ACTS)}")
    return act(request, viewer, row)


def make(
    request: HttpRequest,
    viewer: Viewer,
    organization: Organization,
    draft: Draft,
    *,
    is_shared: bool,
) -> Dashboard:
    """A new dashboard of the viewer. Raises BadQuery, in words."""
    try:
        row = saving.create(organization, viewer.user, draft, is_shared=is_shared)
    except ValueError as error:
        raise BadQuery(str(error)) from None
    if is_shared:
        note_change(request, organization, f"dashboard {row.title}: made and shared")
    return row


def organization_of(request: HttpRequest, viewer: Viewer) -> Organization:
    """The organisation that a form names, or the viewer's first."""
    named = request.POST.get("organization", "")
    return viewer.organization(named) if named else viewer.organizations[0]


def read_title(written: str) -> str:
    """The title without needless blanks. Raises BadQuery, in words."""
    title = " ".join(written.split())
    if not title:
        raise BadQuery("a dashboard needs a title")
    if len(title) > MOST_TITLE:
        raise BadQuery(f"a title has at most {MOST_TITLE} characters")
    return title


def _copy(request: HttpRequest, viewer: Viewer, row: Dashboard) -> HttpResponse:
    title = f"{row.title[: MOST_TITLE - 7]} (copy)"
    draft = Draft(title=title, description=row.description, content=saving.content_of(row))
    made = make(request, viewer, row.organization, draft, is_shared=False)
    put_flash(request, Flash(text=f"Copied as “{made.title}”, for you alone."))
    return redirect("dashboard-edit", made.pk)


def _star(request: HttpRequest, viewer: Viewer, row: Dashboard) -> HttpResponse:
    saving.star(row, viewer.user, is_starred=request.POST["do"] == "star")
    to = request.POST.get("from", "")
    return redirect(reverse("dashboard", args=[row.pk]) if to == "page" else reverse("dashboards"))


def _share(request: HttpRequest, viewer: Viewer, row: Dashboard) -> HttpResponse:
    """Only its owner makes a dashboard private again; its links of others end."""
    is_shared = request.POST["do"] == "share"
    if row.owner_id != viewer.user.pk:
        raise PermissionDenied("only its owner shares a dashboard, or takes it back")
    try:
        saving.change(row, revision=row.revision, is_shared=is_shared)
    except saving.ChangedMeanwhile:
        raise BadQuery("the dashboard was changed meanwhile: try again") from None
    except ValueError as error:
        raise BadQuery(str(error)) from None
    words = "shared with the organisation" if is_shared else "private again"
    note_change(request, row.organization, f"dashboard {row.title}: {words}")
    put_flash(request, Flash(text=f"“{row.title}” is {words}."))
    return redirect("dashboards")


def remove(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """What would be lost; POST with its title removes the dashboard."""
    row = opening.opened(viewer, dashboard_id)
    if not saving.may_remove(row, viewer.access):
        raise PermissionDenied("you may not remove this dashboard")
    written = request.POST.get("confirm", "").strip()
    if request.method == "POST" and written == row.title:
        row.delete()
        note_change(request, row.organization, f"dashboard {row.title}: removed")
        put_flash(request, Flash(text=f"“{row.title}” is removed, and its secret links with it."))
        return redirect("dashboards")
    context = RemoveContext(
        dashboard=row,
        widgets=len((saving.known_content_of(row) or Content()).widgets),
        links=row.links.count(),
        error="" if request.method == "GET" else "This is not its title.",
    )
    status = 400 if context.error else 200
    return show(
        request, "pages/dashboards/remove.html", context, section="dashboards", status=status
    )


_ACTS: Final[dict[str, Callable[[HttpRequest, Viewer, Dashboard], HttpResponse]]] = {
    "copy": _copy,
    "star": _star,
    "unstar": _star,
    "share": _share,
    "hide": _share,
}
