"""Finding the releases that a caller may see, for every endpoint about them."""

from __future__ import annotations

from django.db.models import QuerySet

from vedette.projects.models import Project
from vedette.releases.lookup import releases_of
from vedette.releases.models import Release
from vedette.web.api.access import Caller
from vedette.web.api.errors import not_found


def projects_of(caller: Caller, organization: str, project: str = "") -> list[Project]:
    """The caller's projects of the organisation, or the one that the path names."""
    if project:
        return [caller.project(organization, project)]
    return caller.projects(organization)


def visible_releases(caller: Caller, organization: str, project: str = "") -> QuerySet[Release]:
    """The releases of these projects."""
    projects = projects_of(caller, organization, project)
    visible = caller.visible(organization).only(one.pk for one in projects)
    return releases_of(visible).filter(organization=caller.organization(organization))


def find_release(caller: Caller, organization: str, version: str, project: str = "") -> Release:
    """A release by its version. Raises ApiError 404."""
    found = visible_releases(caller, organization, project).filter(version=version.strip())
    release = found.select_related("organization").first()
    if release is None:
        raise not_found()
    return release
