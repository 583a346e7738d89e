"""Secret links of a dashboard: made with what they show, listed, ended."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.dashboards import saving
from vedette.dashboards.models import Dashboard, DashboardLink
from vedette.dashboards.sharing import end_link, make_link
from vedette.projects.models import Project
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.dashboards import opening
from vedette.web.pages.dashboards.viewing import SECTION
from vedette.web.rendering import show
from vedette.web.scope import PERIODS

_MOST_NAMES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One link; `projects` names those that it shows, as far as the viewer may see them."""

    link: DashboardLink
    projects: list[str]
    period: str
    may_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksContext:
    """What the page shows; `made` is the address of the link just made, which is shown once."""

    dashboard: Dashboard
    rows: list[LinkRow]
    projects: list[tuple[Project, bool]]
    periods: list[tuple[str, str, bool]]
    environments: str
    releases: str
    made: str


def links(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """The list and the form; POST makes a link, or ends one."""
    row = opening.opened(viewer, dashboard_id)
    if request.method != "POST":
        return _show(request, viewer, row, "")
    if number := request.POST.get("end", ""):
        return _end(request, viewer, row, number)
    secret = _make(request, viewer, row)
    note_change(request, row.organization, f"dashboard {row.title}: a secret link was made")
    base = settings.CONFIG.base_url.removesuffix(settings.CONFIG.path_prefix)
    address = base + reverse("dashboard-shared", args=[secret])
    return _show(request, viewer, row, address)


def _make(request: HttpRequest, viewer: Viewer, row: Dashboard) -> str:
    chosen = [viewer.project(name) for name in request.POST.getlist("project")]
    mine = [one for one in chosen if one.organization_id == row.organization_id]
    period = request.POST.get("period", "")
    if period not in PERIODS:
        raise BadQuery(f"the period is one of {', '.join(PERIODS)}")
    try:
        return make_link(
            row,
            viewer.user,
            projects=[one.pk for one in mine if viewer.may(Action.VIEW_EVENTS, one)],
            environments=_names(request.POST.get("environments", "")),
            releases=_names(request.POST.get("releases", "")),
            period=period,
        )
    except ValueError as error:
        raise BadQuery(str(error)) from None


def _end(request: HttpRequest, viewer: Viewer, row: Dashboard, number: str) -> HttpResponse:
    known = {str(one.link.pk): one for one in _rows(viewer, row)}
    held = known.get(number)
    if held is None or not held.may_end:
        raise BadQuery("only its creator, or who manages the organisation, ends a link")
    end_link(row, held.link.pk)
    note_change(request, row.organization, f"dashboard {row.title}: a secret link was ended")
    put_flash(request, Flash(text="The link is ended: it shows nothing any more."))
    return redirect("dashboard-links", row.pk)


def _show(request: HttpRequest, viewer: Viewer, row: Dashboard, made: str) -> HttpResponse:
    filters = saving.content_of(row).filters
    mine = [one for one in viewer.projects if one.organization_id == row.organization_id]
    chosen = set(filters.projects) or {one.pk for one in mine}
    period = filters.period or "24h"
    context = LinksContext(
        dashboard=row,
        rows=_rows(viewer, row),
        projects=[(one, one.pk in chosen) for one in mine],
        periods=[(key, words, key == period) for key, (words, _) in PERIODS.items()],
        environments=", ".join(filters.environments),
        releases=", ".join(filters.releases),
        made=made,
    )
    response = show(request, "pages/dashboards/links.html", context, section=SECTION)
    response["Cache-Control"] = "no-store"
    return response


def _rows(viewer: Viewer, row: Dashboard) -> list[LinkRow]:
    names = {project.pk: project.name for project in viewer.projects}
    manages = viewer.may(Action.MANAGE_ORGANIZATION, row.organization)
    held = row.links.select_related("membership__user").order_by("-created_at", "-pk")
    return [
        LinkRow(
            link=one,
            projects=[names[pk] for pk in one.projects if pk in names],
            period=PERIODS[one.period][0] if one.period in PERIODS else one.period,
            may_end=manages or one.membership.user_id == viewer.user.pk,
        )
        for one in held
    ]


def _names(text: str) -> list[str]:
    found = dict.fromkeys(part.strip()[:250] for part in text.split(",") if part.strip())
    return list(found)[:_MOST_NAMES]
