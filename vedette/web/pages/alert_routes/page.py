"""Routes: in which order they are asked, what they take, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts.models import AlertRoute, Channel
from vedette.configuration import Author, Entry
from vedette.configuration._writing import the_kind, write
from vedette.rules.durations import in_words
from vedette.rules.problems import Problem
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField
from vedette.web.pages.alert_routes.form import choices_of, entry_of, fields_of
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """A route in words. `unknown` are channels that are gone."""

    route: AlertRoute
    channels: list[Channel]
    unknown: list[str]
    wait: str
    interval: str
    repeat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The routes of one organisation."""

    organization: Organization
    rows: list[RouteRow]
    has_channels: bool
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesContext:
    """The list."""

    groups: list[Group]
    has_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteContext:
    """The form; `route` is None for a new one."""

    route: AlertRoute | None
    organization: Organization
    about: list[FormField]
    gathering: list[FormField]
    channels: list[tuple[str, str, bool]]
    channels_error: str
    rest: list[str]
    may_change: bool


def route_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The routes of the viewer's organisations, in the order in which they are asked."""
    organizations = viewer.access.organizations_for(Action.VIEW_ALERTS)
    groups = [_group(viewer, one) for one in organizations]
    context = RoutesContext(groups=groups, has_many=len(organizations) > 1)
    return show(request, "pages/alert_routes/page.html", context, section="alerts")


def new_route(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form of a new route; `organization` says where."""
    named = request.GET.get("organization", "")
    allowed = viewer.access.organizations_for(Action.CHANGE_ALERTS)
    organization = viewer.organization(named) if named else allowed[0]
    if request.method != "POST":
        return _page(request, viewer, organization, None, {"id": ""})
    return _save(request, viewer, organization, None)


def one_route(request: HttpRequest, viewer: Viewer, route_id: int) -> HttpResponse:
    """The form of a route; a POST with `do` saves or removes it."""
    route = get_object_or_404(_rows(viewer), pk=route_id)
    organization = route.organization
    if request.method != "POST":
        return _page(request, viewer, organization, route, _entry(route))
    wish = request.POST.get("do", "")
    if wish == "remove":
        the_kind("routes").remove(organization, route.slug, Author(user=viewer.user))
        note_change(request, organization, f"removed the route {route.slug}")
        put_flash(request, Flash(text=f"The route {route.slug} was removed."))
        return redirect("alert-routes")
    if wish != "save":
        raise BadQuery("a route is saved or removed")
    return _save(request, viewer, organization, route)


def _save(
    request: HttpRequest, viewer: Viewer, organization: Organization, route: AlertRoute | None
) -> HttpResponse:
    entry = entry_of(request.POST, route)
    author = Author(user=viewer.user)
    problems = write(organization, the_kind("routes"), entry, author, is_new=route is None)
    if problems:
        return _page(request, viewer, organization, route, entry, problems)
    did = "changed" if route else "made"
    note_change(request, organization, f"{did} the route {entry['id']}")
    put_flash(request, Flash(text=f"The route {entry['id']} was saved."))
    return redirect("alert-routes")


def _page(
    request: HttpRequest,
    viewer: Viewer,
    organization: Organization,
    route: AlertRoute | None,
    entry: Entry,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    about, gathering, channels_error, rest = fields_of(entry, route, problems)
    channels = list(Channel.objects.filter(organization=organization).order_by("name"))
    context = RouteContext(
        route=route,
        organization=organization,
        about=about,
        gathering=gathering,
        channels=choices_of(entry, channels),
        channels_error=channels_error,
        rest=rest,
        may_change=viewer.may(Action.CHANGE_ALERTS, organization),
    )
    status = 400 if problems else 200
    return show(request, "pages/alert_routes/edit.html", context, section="alerts", status=status)


def _entry(route: AlertRoute) -> Entry:
    """The route as it is written."""
    return the_kind("routes").current(route.organization)[route.slug]


def _group(viewer: Viewer, organization: Organization) -> Group:
    channels = {one.slug: one for one in Channel.objects.filter(organization=organization)}
    routes = AlertRoute.objects.filter(organization=organization).order_by("order", "pk")[:_MOST]
    return Group(
        organization=organization,
        rows=[_row(route, channels) for route in routes],
        has_channels=bool(channels),
        may_change=viewer.may(Action.CHANGE_ALERTS, organization),
    )


def _row(route: AlertRoute, channels: dict[str, Channel]) -> RouteRow:
    return RouteRow(
        route=route,
        channels=[channels[slug] for slug in route.channels if slug in channels],
        unknown=[slug for slug in route.channels if slug not in channels],
        wait=in_words(route.wait),
        interval=in_words(route.interval),
        repeat=in_words(route.repeat),
    )


def _rows(viewer: Viewer) -> QuerySet[AlertRoute]:
    assert viewer.action is not None
    held = AlertRoute.objects.filter(
        organization__in=viewer.access.organizations_for(viewer.action)
    )
    return held.select_related("organization")


PAGE = Page(
    routes=(
        Route(
            path="alerts/routes/", name="alert-routes", view=route_list, action=Action.VIEW_ALERTS
        ),
        Route(
            path="alerts/routes/new/",
            name="alert-route-new",
            view=new_route,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/routes/<id:route_id>/",
            name="alert-route",
            view=one_route,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
    )
)
