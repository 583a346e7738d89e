"""Organisations, projects and keys."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.issues.suggestions import environments_by_project
from vedette.store.errors import StoreError
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.event_shapes import key_shape
from vedette.web.api.issue_shapes import organization_shape, project_shape
from vedette.web.api.parameters import paginate


@endpoint(get=None)
def root(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who calls."""
    person = caller.user
    user = {"id": str(person.pk), "email": person.email} if person else None
    auth = {"scopes": caller.scopes} if caller.access.places else None
    return answer({"version": "0", "auth": auth, "user": user})


@endpoint(get=Action.VIEW_ORGANIZATION)
def list_organizations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The caller's organisations."""
    found = answer([organization_shape(one) for one in caller.organizations])
    return paginate(request, found, following=None)


@endpoint(get=Action.VIEW_ORGANIZATION)
def show_organization(request: HttpRequest, caller: Caller, organization: str) -> HttpResponse:
    """One organisation."""
    return answer(organization_shape(caller.organization(organization)))


@endpoint(get=Action.VIEW_PROJECT)
def list_projects(request: HttpRequest, caller: Caller, organization: str) -> HttpResponse:
    """An organisation's projects."""
    try:
        environments = environments_by_project(caller.visible(organization))
    except StoreError:  # the list itself is not the store's
        environments = {}
    found = answer(
        [project_shape(one, environments.get(one.pk, ())) for one in caller.projects(organization)]
    )
    return paginate(request, found, following=None)


@endpoint(get=Action.VIEW_ORGANIZATION)
def list_teams(request: HttpRequest, caller: Caller, organization: str) -> HttpResponse:
    """None: members are of an organisation and of projects. Clients that pick by team ask."""
    caller.organization(organization)
    return paginate(request, answer([]), following=None)


@endpoint(get=Action.VIEW_PROJECT)
def show_project(
    request: HttpRequest, caller: Caller, organization: str, project: str
) -> HttpResponse:
    """One project."""
    return answer(project_shape(caller.project(organization, project)))


@endpoint(get=Action.VIEW_PROJECT)
def list_keys(
    request: HttpRequest, caller: Caller, organization: str, project: str
) -> HttpResponse:
    """A project's keys."""
    found = caller.project(organization, project)
    return answer(key_shape(found, settings.CONFIG.base_url))


ROUTES = [
    path("", root),
    path("organizations/", list_organizations),
    path("organizations/<str:organization>/", show_organization),
    path("organizations/<str:organization>/projects/", list_projects),
    path("organizations/<str:organization>/teams/", list_teams),
    path("projects/<str:organization>/<str:project>/", show_project),
    path("projects/<str:organization>/<str:project>/keys/", list_keys),
]
