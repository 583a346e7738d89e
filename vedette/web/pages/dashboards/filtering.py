"""The filter of a dashboard: the shared one and its releases, all of it in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from vedette.accounts.models import Organization
from vedette.dashboards.answering import rounded
from vedette.dashboards.content import Filters
from vedette.dashboards.widgets import Asking
from vedette.issues.shapes import Scope
from vedette.releases.models import ReleaseProject
from vedette.web.access import Viewer
from vedette.web.scope import PARAMETERS, shared_filter

RELEASE: Final = "release"
LOOKS: Final = ("wall", "refresh")
MOST_RELEASES: Final = 20
_TIMES: Final = ("period", "start", "end")
_MOST_SUGGESTED: Final = 50
_OWN: Final = (*PARAMETERS, RELEASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """Within what a dashboard answers.

    `query` is the whole filter, `shared` without releases for other pages; `look` is how the page
    is shown, which tiles hand back to it.
    """

    asking: Asking
    query: str
    shared: str
    look: str
    period_name: str

    @property
    def tile_query(self) -> str:
        """The query of the address of a tile."""
        return "&".join(part for part in (self.query, self.look) if part)

    @property
    def scope(self) -> Scope:
        """Projects, environments and times."""
        return self.asking.scope

    @property
    def releases(self) -> tuple[str, ...]:
        """The releases; none are all."""
        return self.asking.releases

    def without_time(self) -> str:
        """The filter without its times, for whoever adds another."""
        kept = [pair for pair in _pairs(QueryDict(self.tile_query)) if pair[0] not in _TIMES]
        return f"?{urlencode(kept)}"

    def without_release(self, release: str) -> str:
        """The address of the filter without one of the releases."""
        kept = [pair for pair in _pairs(QueryDict(self.tile_query)) if pair != (RELEASE, release)]
        return f"?{urlencode(kept)}"


def filtered(request: HttpRequest, viewer: Viewer, organization: Organization | None) -> Filtered:
    """The filter of this request, within one organisation or all of the viewer's."""
    shared = shared_filter(request, viewer)
    scope = shared.scope
    if organization is not None:
        mine = [one.pk for one in viewer.projects if one.organization_id == organization.pk]
        scope = replace(scope, visible=scope.visible.only(mine))
    scope = replace(scope, period=rounded(scope.period))
    releases = _releases(request.GET.getlist(RELEASE))
    pairs = [(RELEASE, one) for one in releases]
    query = "&".join(part for part in (shared.query, urlencode(pairs)) if part)
    return Filtered(
        asking=Asking(scope=scope, releases=releases),
        query=query,
        shared=shared.query,
        look=urlencode([(one, request.GET[one]) for one in LOOKS if request.GET.get(one)]),
        period_name=shared.period_name,
    )


def saved_query(filters: Filters, viewer: Viewer) -> str:
    """The filter that a dashboard opens with, as the query of its address."""
    names = {project.pk: viewer.reference(project) for project in viewer.projects}
    pairs = [("project", names[pk]) for pk in filters.projects if pk in names]
    pairs += [("environment", one) for one in filters.environments]
    pairs += [(RELEASE, one) for one in filters.releases]
    return urlencode([*pairs, ("period", filters.period or "14d")])


def hides_all(filters: Filters, viewer: Viewer) -> bool:
    """Whether the filter names projects, of which the viewer sees none."""
    mine = {project.pk for project in viewer.projects}
    return bool(filters.projects) and mine.isdisjoint(filters.projects)


def is_given(request: HttpRequest) -> bool:
    """Whether the address says anything of the filter."""
    return any(name in request.GET for name in _OWN)


def filters_of(found: Filtered, viewer: Viewer, request: HttpRequest) -> Filters:
    """The filter of an address as a dashboard keeps it; of times only those of the picker."""
    chosen = [viewer.project(name).pk for name in request.GET.getlist("project") if name]
    label = found.scope.period.label
    return Filters(
        projects=sorted(chosen),
        environments=list(found.scope.environments),
        releases=list(found.releases),
        period=label if label in ("1h", "24h", "7d", "14d", "30d", "90d") else "",
    )


def known_releases(scope: Scope) -> list[str]:
    """The newest releases of these projects, for completion."""
    rows = ReleaseProject.objects.filter(project__in=list(scope.visible)).order_by("-created_at")
    found = rows.values_list("release__version", flat=True)[: 4 * _MOST_SUGGESTED]
    return list(dict.fromkeys(found))[:_MOST_SUGGESTED]


def _releases(given: Iterable[str]) -> tuple[str, ...]:
    named = dict.fromkeys(one.strip()[:250] for one in given if one.strip())
    return tuple(named)[:MOST_RELEASES]


def _pairs(given: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in given.lists() for value in values]
