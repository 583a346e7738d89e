"""Suspect commits and owners of an event, and a project's rules of ownership."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.issues.shapes import StoredEvent
from vedette.sources.assigning import begin_assigning
from vedette.sources.links import source_links
from vedette.sources.models import Ownership
from vedette.sources.owners import Owners, owners_of
from vedette.sources.ownership import MOST_CHARACTERS, InvalidRules, parse_rules
from vedette.sources.suspects import Suspect, suspects_of
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.parameters import Filter
from vedette.web.api.sentry.issues import find_issue
from vedette.web.api.source_shapes import committers_shape, owners_shape, ownership_shape
from vedette.web.api.typed import Parameters

_OFF = "Turn off Auto-Assignment"


class OwnershipBody(Parameters):
    """A project's rules; what is left out stays as it is."""

    raw: Annotated[str, Meta(max_length=MOST_CHARACTERS)] | None = None
    auto_assignment: (
        bool
        | Annotated[str, Meta(max_length=100, description=f"`{_OFF}`; any other words turn it on.")]
        | None
    ) = None


@endpoint(get=Action.VIEW_EVENTS)
def committers(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """The suspect commits of an event by their authors, each with its reason."""
    return answer(committers_shape(*_found(*_event(caller, organization, project, event))))


@endpoint(get=Action.VIEW_EVENTS)
def owners(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """Who is suggested for an event, and which rules fit it."""
    _, found = _found(*_event(caller, organization, project, event))
    return answer(owners_shape(found))


@endpoint(get=Action.VIEW_EVENTS, query=Filter)
def issue_committers(
    request: HttpRequest, caller: Caller, query: Filter, issue: str, organization: str = ""
) -> HttpResponse:
    """The suspect commits of an issue's latest event."""
    found, scope = find_issue(caller, query, organization, issue)
    stored = reading.load_event(scope.visible, found, "latest")
    if stored is None:
        raise not_found()
    return answer(committers_shape(*_found(found, stored)))


@endpoint(get=Action.VIEW_PROJECT, put=Action.ADMINISTER_PROJECT, body=OwnershipBody)
def ownership(
    request: HttpRequest,
    caller: Caller,
    body: OwnershipBody | None,
    organization: str,
    project: str,
) -> HttpResponse:
    """The project's rules of ownership, and whether issues are assigned by them."""
    held = caller.project(organization, project)
    if body is not None and body.raw is not None:
        try:
            parse_rules(body.raw)
        except InvalidRules as error:
            raise ApiError(400, f"raw: {error}") from None
        Ownership.objects.update_or_create(project=held, defaults={"rules": body.raw})
    if body is not None and body.auto_assignment is not None:
        begin_assigning(held, assigns=body.auto_assignment not in (False, _OFF))
    return answer(ownership_shape(Ownership.objects.filter(project=held).first()))


def _event(
    caller: Caller, organization: str, project: str, event: str
) -> tuple[Issue, StoredEvent]:
    visible = caller.visible(organization)
    found = reading.find_event(visible, caller.project(organization, project), event)
    if found is None:
        raise not_found()
    return found


def _found(issue: Issue, stored: StoredEvent) -> tuple[list[Suspect], Owners]:
    links = source_links(issue.project)
    suspects = suspects_of(issue, stored.payload, links)
    return suspects, owners_of(issue.project, stored.payload, suspects, links)


_PROJECT = "projects/<str:organization>/<str:project>/"
ROUTES = [
    path(f"{_PROJECT}events/<str:event>/committers/", committers),
    path(f"{_PROJECT}events/<str:event>/owners/", owners),
    path(f"{_PROJECT}ownership/", ownership),
    path("organizations/<str:organization>/issues/<str:issue>/committers/", issue_committers),
    path("issues/<str:issue>/committers/", issue_committers),
]
