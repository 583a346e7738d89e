"""The alerts of an organisation and the silences over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts import acting
from vedette.alerts.models import Alert
from vedette.alerts.reading import Wanted, alerts_of, firing, past
from vedette.alerts.silences import hidden_from, is_open_to, silences_in
from vedette.rules.durations import seconds_of
from vedette.web.api.access import Caller
from vedette.web.api.alert_shapes import alert_shape, silence_shape, whole_alert_shape
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.offsets import OffsetPaging
from vedette.web.api.parameters import Filter, Name, Names, Text, paginate
from vedette.web.api.typed import Parameters
from vedette.web.audit import note_change

_PAGE = 100


class AlertsQuery(OffsetPaging):
    """Which alerts: those that fire, or with `status=all` every one of a time."""

    project: Names = []
    environment: Names = []
    level: Literal["", "critical", "warning"] = ""
    status: Literal["firing", "acknowledged", "waiting", "recovering", "pending", "all"] = "firing"
    query: Text = ""
    stats_period: Name = ""
    start: Name = ""
    end: Name = ""


class AlertBody(Parameters):
    """What is to be done; what is left out stays as it is."""

    status: Literal["acknowledged", "resolved"] | None = None
    closed_as: Literal["real", "not_real", "expected"] | None = None


class SilenceBody(Parameters):
    """A silence: `matchers` such as `project=shop`, all of which must fit; `span` as 8h."""

    matchers: Annotated[list[Text], Meta(max_length=20)] = []
    span: Name = "1h"
    reason: Annotated[str, Meta(max_length=400)] = ""


@endpoint(get=Action.VIEW_ALERTS, query=AlertsQuery)
def list_alerts(
    request: HttpRequest, caller: Caller, query: AlertsQuery, organization: str
) -> HttpResponse:
    """The alerts that the caller may see, the worst or the newest first."""
    projects = caller.projects(organization)
    asked = [one for one in query.project if one != "-1"]
    if asked:
        projects = [one for one in projects if one.slug in asked or str(one.pk) in asked]
        if not projects:
            raise ApiError(403, "You do not have permission to perform this action.")
    state = query.status if query.status not in ("all", "firing") else ""
    wanted = Wanted(
        level=query.level, state=state, environments=query.environment, text=query.query.strip()
    )
    if query.status == "all":
        times = Filter(stats_period=query.stats_period, start=query.start, end=query.end)
        period = times.period("14d")
        found = past(projects, wanted, start=period.start, end=period.end)
    else:
        found = firing(projects, wanted)
    rows, following = query.page(found, most=_PAGE)
    return paginate(request, answer([alert_shape(one) for one in rows]), following=following)


@endpoint(get=Action.VIEW_ALERTS, put=Action.CHANGE_ALERTS, body=AlertBody)
def one_alert(
    request: HttpRequest, caller: Caller, body: AlertBody | None, organization: str, alert: str
) -> HttpResponse:
    """One alert with its evidence, history and messages; PUT acknowledges, resolves or closes."""
    held = _find(caller, organization, alert)
    if body is not None:
        words = _carry_out(held, caller, body)
        if words:
            what = f"alert #{held.pk}: {', '.join(words)}"
            note_change(request, caller.organization(organization), what, caller.name)
        held = _find(caller, organization, alert)
    return answer(whole_alert_shape(held))


@endpoint(get=Action.VIEW_ALERTS, post=Action.CHANGE_ALERTS, query=OffsetPaging, body=SilenceBody)
def silences(
    request: HttpRequest,
    caller: Caller,
    query: OffsetPaging,
    body: SilenceBody | None,
    organization: str,
) -> HttpResponse:
    """The silences, those that end last first; POST makes one (201)."""
    owner = caller.organization(organization)
    if body is not None:
        try:
            span = timedelta(seconds=seconds_of(body.span))
            made = acting.silence(owner, body.matchers, span, body.reason, caller.user)
        except ValueError as error:
            raise ApiError(400, str(error)) from None
        note_change(request, owner, f"silenced {', '.join(body.matchers)}", caller.name)
        return answer(silence_shape(made), status=201)
    rows, following = query.page(silences_in([owner]), most=_PAGE)
    hidden = _hidden(caller, owner)
    shapes = [silence_shape(one) for one in rows if is_open_to(one, hidden)]
    return paginate(request, answer(shapes), following=following)


@endpoint(get=Action.VIEW_ALERTS, delete=Action.CHANGE_ALERTS)
def one_silence(
    request: HttpRequest, caller: Caller, organization: str, silence: str
) -> HttpResponse:
    """One silence; DELETE ends it now, and what still fires is told at once."""
    owner = caller.organization(organization)
    held = silences_in([owner]).filter(pk=_number(silence)).first()
    if held is None or not is_open_to(held, _hidden(caller, owner)):
        raise not_found()
    if request.method == "DELETE":
        acting.end_silence(held)
        note_change(request, owner, f"ended the silence {held.pk}", caller.name)
        return HttpResponse(status=204)
    return answer(silence_shape(held))


def _carry_out(alert: Alert, caller: Caller, body: AlertBody) -> list[str]:
    """Do it; returns what was done."""
    words = []
    if body.status == "acknowledged":
        acting.acknowledge([alert], caller.user)
        words.append("acknowledged")
    elif body.status == "resolved":
        acting.resolve([alert], caller.user)
        words.append("resolved")
    if body.closed_as:
        acting.close(alert, body.closed_as, caller.user)
        words.append(f"closed as {body.closed_as}")
    return words


def _find(caller: Caller, organization: str, reference: str) -> Alert:
    """By id. Raises ApiError 404."""
    rows = alerts_of(caller.projects(organization))
    found = rows.filter(pk=_number(reference)).first()
    if found is None:
        raise not_found()
    return found


def _hidden(caller: Caller, owner: Organization) -> set[str]:
    """The slugs of the projects that the caller does not see."""
    mine = [project.pk for project in caller.access.projects]
    return hidden_from(mine, [owner])[owner.pk]


def _number(reference: str) -> int:
    """An id. Raises ApiError 404 for what cannot be one."""
    if not (reference.isascii() and reference.isdigit() and len(reference) < 19):
        raise not_found()
    return int(reference)


_ALERTS = "organizations/<str:organization>/alerts/"
_SILENCES = "organizations/<str:organization>/silences/"
ROUTES = [
    path(_ALERTS, list_alerts),
    path(f"{_ALERTS}<str:alert>/", one_alert),
    path(_SILENCES, silences),
    path(f"{_SILENCES}<str:silence>/", one_silence),
]
