"""`status-pages/…/incidents/`: incidents and scheduled maintenance of status pages, by scripts.

The same rights as the pages need, and the same two steps: what is written is a draft until it is
published, by `publish` or by a person.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette import clock
from vedette.access.actions import Action
from vedette.monitors.models import Monitor
from vedette.statuspages import announcing
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import Incident, StatusComponent, StatusPage
from vedette.statuspages.states import BY_HAND
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.incident_bodies import IncidentBody, UpdateBody
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.moments import moment_of
from vedette.web.api.offsets import OffsetPaging
from vedette.web.api.parameters import paginate
from vedette.web.audit import note_change

_MOST_ON_A_PAGE: Final = 100


class IncidentsQuery(OffsetPaging):
    """Which incidents: `open` are those that are not over, `scheduled` is maintenance."""

    status: Literal["", "open", "resolved", "scheduled", "draft"] = ""


@endpoint(
    get=Action.VIEW_ALERTS, post=Action.CHANGE_ALERTS, query=IncidentsQuery, body=IncidentBody
)
def incidents(
    request: HttpRequest,
    caller: Caller,
    query: IncidentsQuery,
    body: IncidentBody | None,
    organization: str,
    status_page: str,
) -> HttpResponse:
    """The incidents of a status page, the newest first; POST drafts one, or publishes it."""
    page = _page(caller, organization, status_page)
    if body is not None:
        return _create(request, caller, page, body)
    rows = Incident.objects.filter(page=page, is_discarded=False)
    if query.status == "draft":
        rows = rows.filter(published_at=None)
    elif query.status == "scheduled":
        rows = rows.exclude(scheduled_for=None).filter(resolved_at=None)
    elif query.status:
        rows = rows.filter(resolved_at__isnull=query.status == "open")
    rows = rows.prefetch_related("updates").order_by("-began_at", "-pk")
    found, following = query.page(rows, most=_MOST_ON_A_PAGE)
    return paginate(request, answer([_shape(one) for one in found]), following=following)


@endpoint(
    get=Action.VIEW_ALERTS,
    put=Action.CHANGE_ALERTS,
    delete=Action.CHANGE_ALERTS,
    body=IncidentBody,
)
def one_incident(
    request: HttpRequest,
    caller: Caller,
    body: IncidentBody | None,
    organization: str,
    status_page: str,
    incident: str,
) -> HttpResponse:
    """One incident. PUT changes title, impact and components, or publishes what is drafted;
    DELETE takes it away."""
    row = _find(caller, organization, status_page, incident)
    if request.method == "DELETE":
        announcing.discard(row)
        _note(request, caller, row, "discarded")
        return HttpResponse(status=204)
    if request.method == "PUT" and body is not None:
        _change(row, body)
        if body.publish:
            announcing.publish(row)
        _note(request, caller, row, "published" if body.publish else "changed")
    return answer(_shape(row))


@endpoint(post=Action.CHANGE_ALERTS, body=UpdateBody)
def updates(
    request: HttpRequest,
    caller: Caller,
    body: UpdateBody | None,
    organization: str,
    status_page: str,
    incident: str,
) -> HttpResponse:
    """Say something of an incident; `resolved`, or `completed` for maintenance, ends it."""
    row = _find(caller, organization, status_page, incident)
    if body is None:
        raise ApiError(400, "Invalid body: say a status and a text")
    affected = None if body.components is None else _affected(row.page, body.components)
    try:
        with transaction.atomic():
            if affected is not None:
                announcing.affect(row, affected)
            said = announcing.add_update(row, body.status, body.text, by=caller.user)
            if body.publish:  # what else is drafted of one that is known waits for a person
                announcing.publish(row, [said] if row.published_at else None)
    except ValueError as error:
        raise ApiError(400, str(error)) from None
    _note(request, caller, row, f"{body.status} {'published' if body.publish else 'drafted'}")
    return answer(_shape(row), status=201)


def _page(caller: Caller, organization: str, reference: str) -> StatusPage:
    """A page of which no monitor is hidden from the caller. Raises ApiError 404."""
    owner = caller.organization(organization)
    page = StatusPage.objects.filter(organization=owner, slug=reference).first()
    mine = [project.pk for project in caller.access.projects]
    if page is None:
        raise not_found()
    if Monitor.objects.filter(status_components__page=page).exclude(project__in=mine).exists():
        raise not_found()
    return page


def _find(caller: Caller, organization: str, status_page: str, reference: str) -> Incident:
    page = _page(caller, organization, status_page)
    rows = Incident.objects.filter(page=page, is_discarded=False).select_related("page")
    row = rows.filter(key=reference[:12]).first()
    if row is None:
        raise not_found()
    return row


def _create(
    request: HttpRequest, caller: Caller, page: StatusPage, body: IncidentBody
) -> HttpResponse:
    start = moment_of("scheduledFor", body.scheduled_for) if body.scheduled_for else None
    end = moment_of("scheduledUntil", body.scheduled_until) if body.scheduled_until else None
    wish = announcing.Wish(
        title=body.title or "",
        text=body.text or "",
        impact="none" if start else body.impact or "minor",
        status=body.status or "investigating",
        affected=_affected(page, body.components or {}),
        start=start,
        end=end,
        covers_monitors=body.covers_monitors,
    )
    try:
        with transaction.atomic():
            made = announcing.draft(page, wish, by=caller.user)
            if body.publish:
                announcing.publish(made)
    except ValueError as error:
        raise ApiError(400, str(error)) from None
    _note(request, caller, made, "published" if body.publish else "drafted")
    return answer(_shape(made), status=201)


def _change(row: Incident, body: IncidentBody) -> None:
    if body.text is not None or body.status is not None:
        raise ApiError(400, "Invalid field text: what is said next is an update")
    if body.scheduled_for or body.scheduled_until or body.covers_monitors:
        raise ApiError(400, "Invalid field scheduledFor: take it away and plan it anew")
    affected = None if body.components is None else _affected(row.page, body.components)
    title = " ".join((body.title or row.title).split())
    if not title:
        raise ApiError(400, "Invalid field title: it has 1 to 200 characters")
    with transaction.atomic():
        row.title = title
        if body.impact is not None and not row.is_scheduled:
            row.impact = body.impact
        row.changed_at = clock.now()
        row.save(update_fields=["title", "impact", "changed_at"])
        if affected is not None:
            announcing.affect(row, affected)
        touch(row.page)


def _affected(page: StatusPage, given: dict[str, str]) -> dict[int, str]:
    """By component what is said of it. Raises ApiError 400 for one that the page does not have."""
    known: dict[str, int] = {}
    for pk, key, name in StatusComponent.objects.filter(page=page).values_list("pk", "key", "name"):
        known |= {name: pk}
        known[key] = pk
    missing = [name for name in given if name not in known]
    if missing:
        raise ApiError(400, f"Invalid field components: the page has no {missing[0][:100]}")
    wrong = [state for state in given.values() if state not in BY_HAND]
    if wrong:
        names = ", ".join(BY_HAND)
        raise ApiError(400, f"Invalid field components: a component is one of {names}")
    return {known[name]: state for name, state in given.items()}


def _note(request: HttpRequest, caller: Caller, row: Incident, done: str) -> None:
    page = row.page
    words = f"status page {page.slug}: {row.title}: {done}"
    note_change(request, page.organization, words, caller.name)


def _shape(row: Incident) -> dict[str, Any]:
    def moment(value: Any) -> str | None:
        return time_text(value) if value else None

    return {
        "id": row.key,
        "title": row.title,
        "status": row.status,
        "impact": row.impact,
        "isPublished": row.published_at is not None,
        "isScheduled": row.is_scheduled,
        "beganAt": moment(row.began_at),
        "publishedAt": moment(row.published_at),
        "resolvedAt": moment(row.resolved_at),
        "scheduledFor": moment(row.scheduled_for),
        "scheduledUntil": moment(row.scheduled_until),
        "components": [
            {"id": one.component.key, "name": one.component.name, "state": one.state}
            for one in row.affected.select_related("component").order_by("component")
        ],
        "updates": [
            {
                "id": one.key,
                "status": one.status,
                "text": one.text,
                "at": moment(one.at),
                "publishedAt": moment(one.published_at),
            }
            for one in row.updates.all()
        ],
    }


_INCIDENTS = "organizations/<str:organization>/status-pages/<str:status_page>/incidents/"
ROUTES = [
    path(_INCIDENTS, incidents),
    path(f"{_INCIDENTS}<str:incident>/", one_incident),
    path(f"{_INCIDENTS}<str:incident>/updates/", updates),
]
