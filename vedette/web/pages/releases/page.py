"""The list of releases: which there are, how much each is in use, and what each brought."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.access.actions import Action
from vedette.releases.listing import ReleaseRow, Sort, list_releases
from vedette.releases.models import ReleaseStatus
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import shared_filter

SORTS: dict[Sort, str] = {"date": "Newest", "semver": "Version", "events": "Events"}
_MOST_QUERY_CHARACTERS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasesContext:
    """What the page shows. `has_any` is false where these projects never had a release."""

    query: str
    status: ReleaseStatus
    sort: Sort
    sorts: dict[Sort, str]
    rows: list[ReleaseRow]
    has_any: bool
    has_health: bool
    next_cursor: str | None
    previous_cursor: str | None
    period_name: str


def releases(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `query` is what a version contains, `status=archived` shows the others."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", "").strip()[:_MOST_QUERY_CHARACTERS]
    is_archived = request.GET.get("status") == ReleaseStatus.ARCHIVED
    status = ReleaseStatus.ARCHIVED if is_archived else ReleaseStatus.OPEN
    asked = request.GET.get("sort", "date")
    sort: Sort = next((known for known in SORTS if known == asked), "date")
    found = list_releases(
        shared.scope, query=query, status=status, sort=sort, cursor=request.GET.get("cursor")
    )
    context = ReleasesContext(
        query=query,
        status=status,
        sort=sort,
        sorts=SORTS,
        rows=found.rows,
        has_any=found.has_any,
        has_health=found.has_health,
        next_cursor=found.next_cursor,
        previous_cursor=found.previous_cursor,
        period_name=shared.period_name,
    )
    return show(request, "pages/releases/page.html", context, section="releases")


PAGE = Page(
    routes=(Route(path="releases/", name="releases", view=releases, action=Action.VIEW_RELEASES),),
    navigation=Navigation(label="Releases", icon="package", route="releases", key="r", order=15),
)
