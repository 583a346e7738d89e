"""Inbound filters of a project: what is set, what it dropped, what it would drop."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.control.choosing import change, chosen_at, resolved_at, would_be
from vedette.control.places import Place
from vedette.control.previewing import HOURS, Dropped, dropped_since, preview
from vedette.filters import Filter, filters
from vedette.options import groups
from vedette.options._resolving import Resolved, check
from vedette.projects.models import Project
from vedette.rules.problems import RuleProblems
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.typed import Parameters

_GROUP = "filters"
_Lines = list[Annotated[str, Meta(max_length=500)]]


class FilterBody(Parameters):
    """What the project sets of a filter: `active` of one that is a switch, `subfilters` the lines
    of one that is a list, `options` any of its options by name; null is inherited."""

    active: bool | None = None
    subfilters: Annotated[_Lines, Meta(max_length=200)] | None = None
    options: dict[str, Any] | None = None


class PreviewBody(Parameters):
    """Options of filters by name; those that are not named are as the project has them."""

    options: dict[str, Any] = {}


@endpoint(get=Action.VIEW_PROJECT)
def all_filters(
    request: HttpRequest, caller: Caller, organization: str, project: str
) -> HttpResponse:
    """Every filter as it counts for the project."""
    held = caller.project(organization, project)
    shown = _Shown(caller, organization, held)
    return answer([shown.shape(one) for one in filters().values()])


@endpoint(get=Action.VIEW_PROJECT, put=Action.ADMINISTER_PROJECT, body=FilterBody)
def one_filter(
    request: HttpRequest,
    caller: Caller,
    body: FilterBody | None,
    organization: str,
    project: str,
    filter_id: str,
) -> HttpResponse:
    """One filter; PUT sets it for the project."""
    held = caller.project(organization, project)
    found = filters().get(filter_id)
    if found is None:
        raise not_found()
    if body is not None:
        place, group = Place(project=held), groups()[_GROUP]
        wanted = partial(_wanted, found, body)
        address = str(request.META.get("REMOTE_ADDR", ""))
        try:
            change(place, group, wanted, who=caller.name, address=address, via="API")
        except RuleProblems as error:
            raise ApiError(400, "; ".join(map(str, error.problems))) from None
    return answer(_Shown(caller, organization, held).shape(found))


@endpoint(post=Action.ADMINISTER_PROJECT, body=PreviewBody)
def filters_preview(
    request: HttpRequest, caller: Caller, body: PreviewBody, organization: str, project: str
) -> HttpResponse:
    """What filters would have dropped in the last 24 hours; nothing is changed."""
    held = caller.project(organization, project)
    place, group = Place(project=held), groups()[_GROUP]
    wanted = {**chosen_at(place, group), **body.options}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    problems = check(group, wanted)
    if problems:
        raise ApiError(400, "; ".join(map(str, problems)))
    tried = would_be(place, group, wanted, settings.CONFIG)
    found = preview(caller.visible(organization).only([held.pk]), tried)
    return answer(
        {
            "hours": HOURS,
            "looked": found.looked,
            "total": found.total,
            "isWhole": found.is_whole,
            "dropped": [_dropped_shape(one) for one in found.dropped],
        }
    )


def _wanted(one: Filter, body: FilterBody, chosen: dict[str, Any]) -> dict[str, Any]:
    """The project's choices with what the body says. Raises ApiError 400."""
    said: dict[str, Any] = dict(body.options or {})
    unknown = [name for name in said if one.option(name) is None]
    if unknown:
        raise ApiError(400, f"options: {one.name} has no {unknown[0]}")
    if body.active is not None:
        said[one.switch.name] = _activity(one, is_active=body.active)
    if body.subfilters is not None:
        lines = next((option for option in one.options if option.form == "lines"), None)
        if lines is None:
            raise ApiError(400, f"subfilters: {one.name} has none")
        said[lines.name] = body.subfilters
    wanted = {**chosen, **said}
    return {name: value for name, value in wanted.items() if value is not None}


def _activity(one: Filter, *, is_active: bool) -> object:
    """What switches a filter on or off; one that is a list is off when it is empty."""
    if one.switch.form == "switch":
        return is_active
    if is_active:
        raise ApiError(400, f"active: say what {one.name} drops: subfilters or options")
    return [] if one.switch.form == "lines" else 0


class _Shown:
    """The filters of a project in Sentry's shape, with what each dropped."""

    def __init__(self, caller: Caller, organization: str, project: Project) -> None:
        group = groups()[_GROUP]
        self._held = resolved_at(Place(project=project), group, settings.CONFIG)
        self._dropped = dropped_since(caller.visible(organization).only([project.pk]))

    def shape(self, one: Filter) -> dict[str, Any]:
        """One filter."""
        values = {option.name: self._held[option.name].value for option in one.options}
        lines = next((option.name for option in one.options if option.form == "lines"), "")
        in_day, a_day = self._dropped.get(one.name, (0, 0.0))
        return {
            "id": one.name,
            "name": one.title,
            "description": one.help,
            "active": one.is_on(values),
            "subfilters": values[lines] if lines else [],
            "options": {
                option.name: _option_shape(self._held[option.name]) for option in one.options
            },
            "dropped": {"lastDay": in_day, "perDay": round(a_day, 1)},
        }


def _option_shape(held: Resolved) -> dict[str, Any]:
    return {"value": held.value, "from": held.level.value}


def _dropped_shape(one: Dropped) -> dict[str, Any]:
    return {
        "reason": one.reason,
        "name": one.title,
        "count": one.total,
        "byKind": dict(one.counts),
        "samples": [
            {
                "eventID": sample.event_id,
                "traceID": sample.trace_id,
                "groupID": str(sample.issue_id) if sample.issue_id is not None else None,
                "dateCreated": sample.at.isoformat(),
                "title": sample.words,
            }
            for sample in one.samples
        ],
    }


_PROJECT = "projects/<str:organization>/<str:project>/"
ROUTES = [
    path(f"{_PROJECT}filters/", all_filters),
    path(f"{_PROJECT}filters-preview/", filters_preview),
    path(f"{_PROJECT}filters/<str:filter_id>/", one_filter),
]
