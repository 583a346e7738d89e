"""`dashboards/`: Sentry's paths and shapes, so that scripts and providers written for it work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.dashboards import saving
from vedette.dashboards.content import Content, Filters, Widget, arranged
from vedette.dashboards.layout import MOST_ROWS, bottom_of
from vedette.dashboards.models import Dashboard, DashboardUse
from vedette.dashboards.written import PERIODS, Draft
from vedette.issues.cursors import read_offset
from vedette.web.api.access import Caller
from vedette.web.api.dashboard_bodies import DashboardBody, WidgetBody
from vedette.web.api.dashboard_reading import read_widget
from vedette.web.api.dashboard_shapes import dashboard_shape, summary_shape
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.offsets import OffsetPaging
from vedette.web.api.parameters import Text, paginate
from vedette.web.audit import note_change

_MOST_ON_A_PAGE: Final = 100


class DashboardsQuery(OffsetPaging):
    """Which dashboards; `query` is part of a title, `sort` may have `-` before it."""

    query: Text = ""
    filter: Literal["", "onlyFavorites", "owned", "shared", "excludePrebuilt"] = ""
    sort: Literal[
        "", "title", "-title", "dateCreated", "-dateCreated", "recentlyViewed",
        "mydashboards", "myDashboardsAndRecentlyViewed", "mostPopular", "mostFavorited",
    ] = ""  # fmt: skip


@endpoint(
    get=Action.VIEW_ORGANIZATION, post=Action.TRIAGE, query=DashboardsQuery, body=DashboardBody
)
def dashboards(
    request: HttpRequest,
    caller: Caller,
    query: DashboardsQuery,
    body: DashboardBody | None,
    organization: str,
) -> HttpResponse:
    """The dashboards that the caller may open; POST makes one, shared with the organisation."""
    owner = caller.organization(organization)
    if body is not None:
        return _create(request, caller, owner, body)
    uses = _uses(caller)
    rows = [one for one in saving.open_to(caller.access) if one.organization_id == owner.pk]
    found = _ordered([one for one in rows if _is_wanted(one, query, caller, uses)], query, uses)
    limit = next((one for one in (query.limit, query.per_page) if one is not None), 50)
    size, offset = max(1, min(limit, _MOST_ON_A_PAGE)), read_offset(query.cursor)
    response = answer(
        [
            summary_shape(
                one,
                is_favorited=_is_starred(one, uses),
                last_visited=uses[one.pk].opened_at if one.pk in uses else None,
            )
            for one in found[offset : offset + size]
        ]
    )
    following = f"o:{offset + size}" if len(found) > offset + size else None
    previous = f"o:{max(0, offset - size)}" if offset else None
    return paginate(request, response, following=following, previous=previous)


@endpoint(get=Action.VIEW_ORGANIZATION, put=Action.TRIAGE, delete=Action.TRIAGE, body=DashboardBody)
def one_dashboard(
    request: HttpRequest,
    caller: Caller,
    body: DashboardBody | None,
    organization: str,
    dashboard: str,
) -> HttpResponse:
    """One dashboard. PUT changes what the body has, DELETE removes it with its secret links."""
    row = _find(caller, organization, dashboard)
    if request.method == "DELETE":
        if not saving.may_remove(row, caller.access):
            raise ApiError(403, "You do not have permission to perform this action.")
        row.delete()
        note_change(request, row.organization, f"dashboard {row.title}: removed", caller.name)
        return HttpResponse(status=204)
    if request.method == "PUT" and body is not None:
        _change(caller, row, body)
        note_change(request, row.organization, f"dashboard {row.title}: changed", caller.name)
    return answer(dashboard_shape(row, is_favorited=_is_starred(row, _uses(caller))))


def _find(caller: Caller, organization: str, reference: str) -> Dashboard:
    """The caller's dashboard of this number. Raises ApiError 404."""
    owner = caller.organization(organization)
    is_number = reference.isascii() and reference.isdigit() and len(reference) < 19
    row = saving.find(caller.access, int(reference)) if is_number else None
    if row is None or row.organization_id != owner.pk:
        raise not_found()
    return row


def _create(
    request: HttpRequest, caller: Caller, owner: Organization, body: DashboardBody
) -> HttpResponse:
    title = " ".join((body.title or "").split())
    if not title:
        raise ApiError(400, "Invalid field title: a dashboard needs a title")
    content = _content(caller, owner, body, Content())
    draft = Draft(title=title, description=(body.description or "").strip(), content=content)
    try:
        row = saving.create(owner, caller.user, draft, is_shared=True)
    except ValueError as error:
        raise ApiError(400, str(error)) from None
    _star(caller, row, body)
    note_change(request, owner, f"dashboard {title}: made and shared", caller.name)
    shape = dashboard_shape(row, is_favorited=_is_starred(row, _uses(caller)))
    return answer(shape, status=201)


def _change(caller: Caller, row: Dashboard, body: DashboardBody) -> None:
    if not saving.may_change(row, caller.access):
        raise ApiError(403, "You do not have permission to perform this action.")
    title = " ".join(body.title.split()) if body.title is not None else None
    if title == "":
        raise ApiError(400, "Invalid field title: a dashboard needs a title")
    try:
        saving.change(
            row,
            revision=row.revision if body.revision is None else body.revision,
            content=_content(caller, row.organization, body, saving.content_of(row)),
            title=title,
            description=body.description,
        )
    except saving.ChangedMeanwhile:
        raise ApiError(409, "The dashboard was changed meanwhile: read it again") from None
    _star(caller, row, body)
    row.refresh_from_db()


def _star(caller: Caller, row: Dashboard, body: DashboardBody) -> None:
    if body.is_favorited is not None and caller.user is not None:
        saving.star(row, caller.user, is_starred=body.is_favorited)


def _content(caller: Caller, owner: Organization, body: DashboardBody, held: Content) -> Content:
    """What is held with what the body says. Raises ApiError 400."""
    widgets = held.widgets if body.widgets is None else _widgets(body.widgets, held)
    if bottom_of(one.place for one in widgets) > MOST_ROWS:
        raise ApiError(400, f"Invalid field widgets: they are at most {MOST_ROWS} rows tall")
    filters = _filters(caller, owner, body, held.filters)
    return msgspec.structs.replace(held, widgets=widgets, filters=filters)


def _widgets(given: Sequence[WidgetBody], held: Content) -> list[Widget]:
    made: list[Widget] = []
    free = held.next_id
    for at, one in enumerate(given):
        known = held.widget(_number(one.id))
        if known is not None and any(known.id == other.id for other in made):
            raise ApiError(400, f"widgets[{at}].id: this widget is there twice")
        number = known.id if known else free
        free += 0 if known else 1
        made.append(read_widget(one, at, number, known))
    return arranged(made)


def _filters(caller: Caller, owner: Organization, body: DashboardBody, held: Filters) -> Filters:
    mine = {one.pk for one in caller.access.projects if one.organization_id == owner.pk}
    wanted = [pk for pk in body.projects or [] if pk != -1]
    for pk in wanted:
        if pk not in mine:
            raise ApiError(400, f"Invalid field projects: there is no project {pk}")
    if body.period and body.period not in PERIODS:
        raise ApiError(400, f"Invalid field period: it is one of {', '.join(PERIODS)}")
    return Filters(
        projects=held.projects if body.projects is None else sorted(set(wanted)),
        environments=held.environments if body.environment is None else body.environment,
        releases=held.releases if body.filters is None else body.filters.release or [],
        period=held.period if body.period is None else body.period,
    )


def _number(given: object) -> int:
    """The number of a widget; 0, which none has, for what is no number."""
    if isinstance(given, int):
        return given
    is_number = isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 19
    return int(str(given)) if is_number else 0


def _uses(caller: Caller) -> dict[int, DashboardUse]:
    return saving.uses_of(caller.user) if caller.user is not None else {}


def _is_starred(row: Dashboard, uses: dict[int, DashboardUse]) -> bool:
    return row.pk in uses and uses[row.pk].is_starred


def _is_wanted(
    row: Dashboard, query: DashboardsQuery, caller: Caller, uses: dict[int, DashboardUse]
) -> bool:
    if query.query.strip().lower() not in row.title.lower():
        return False
    is_mine = caller.user is not None and row.owner_id == caller.user.pk
    if query.filter == "onlyFavorites":
        return _is_starred(row, uses)
    return not (query.filter == "owned" and not is_mine) and not (
        query.filter == "shared" and is_mine
    )


def _ordered(
    rows: list[Dashboard], query: DashboardsQuery, uses: dict[int, DashboardUse]
) -> list[Dashboard]:
    def opened(row: Dashboard) -> float:
        at = uses[row.pk].opened_at if row.pk in uses else None
        return at.timestamp() if at else 0.0

    def key(row: Dashboard) -> Any:
        if query.sort.endswith("title"):
            return row.title.lower()
        if query.sort == "recentlyViewed" or query.sort.startswith("my"):
            return (-opened(row), row.title.lower())
        if query.sort.startswith("most"):
            return (not _is_starred(row, uses), row.title.lower())
        return row.created_at

    return sorted(rows, key=key, reverse=query.sort.startswith("-"))


_DASHBOARDS = "organizations/<str:organization>/dashboards/"
ROUTES = [
    path(_DASHBOARDS, dashboards),
    path(f"{_DASHBOARDS}<str:dashboard>/", one_dashboard),
]
