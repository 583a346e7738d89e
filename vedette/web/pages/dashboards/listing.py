"""The list of dashboards: one's own, those of the organisation, and the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from vedette.accounts.models import Organization
from vedette.dashboards import saving
from vedette.dashboards.content import Content
from vedette.dashboards.layout import Place, bottom_of
from vedette.dashboards.models import Dashboard, DashboardUse
from vedette.dashboards.ready import ready_dashboards
from vedette.issues.cursors import read_offset
from vedette.web.access import Viewer
from vedette.web.pages.dashboards.viewing import SECTION
from vedette.web.rendering import show

_MOST_CHARACTERS = 200
_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Miniature:
    """A dashboard's layout, tiny: `height` in rows, blocks in cells."""

    height: int
    blocks: list[Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dashboard of the list; with `has_filter` it opens with its own."""

    dashboard: Dashboard
    widgets: int
    is_starred: bool
    opened_at: datetime | None
    is_mine: bool
    may_change: bool
    may_remove: bool
    has_filter: bool
    miniature: Miniature


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyCard:
    """One of the library."""

    name: str
    title: str
    description: str
    widgets: int
    miniature: Miniature


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """What the page shows; `total` is how many there are without the search."""

    rows: list[Row]
    ready: list[ReadyCard]
    query: str
    total: int
    organizations: list[Organization]
    next_cursor: str | None
    previous_cursor: str | None


def dashboards(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list, starred ones first, then those opened last; `query` searches their words."""
    query = request.GET.get("query", "").strip()[:_MOST_CHARACTERS]
    open_ = saving.open_to(viewer.access)
    uses = saving.uses_of(viewer.user)
    found = [one for one in open_ if _matches(query, one)]
    found.sort(key=lambda one: _order(one, uses.get(one.pk)))
    offset = read_offset(request.GET.get("cursor"))
    end = offset + _ROWS
    context = ListContext(
        rows=[_row(one, viewer, uses.get(one.pk)) for one in found[offset:end]],
        next_cursor=f"o:{end}" if len(found) > end else None,
        previous_cursor=f"o:{max(0, offset - _ROWS)}" if offset else None,
        ready=[] if offset else ready_cards(query),
        query=query,
        total=len(open_),
        organizations=viewer.organizations,
    )
    return show(request, "pages/dashboards/list.html", context, section=SECTION)


def ready_cards(query: str = "") -> list[ReadyCard]:
    """The library, or what of it matches."""
    return [
        ReadyCard(
            name=one.name,
            title=one.draft.title,
            description=one.draft.description,
            widgets=len(one.draft.content.widgets),
            miniature=miniature(one.draft.content.places),
        )
        for one in ready_dashboards().values()
        if _has(query, one.draft.title, one.draft.description)
    ]


def miniature(places: list[Place]) -> Miniature:
    """The layout of these places."""
    return Miniature(height=max(bottom_of(places), 6), blocks=places)


def _row(one: Dashboard, viewer: Viewer, use: DashboardUse | None) -> Row:
    content = saving.known_content_of(one) or Content()
    return Row(
        dashboard=one,
        widgets=len(content.widgets),
        is_starred=use is not None and use.is_starred,
        opened_at=use.opened_at if use else None,
        is_mine=one.owner_id == viewer.user.pk,
        may_change=saving.may_change(one, viewer.access),
        may_remove=saving.may_remove(one, viewer.access),
        has_filter=bool(content.filters),
        miniature=miniature(content.places),
    )


def _order(one: Dashboard, use: DashboardUse | None) -> tuple[bool, float, str]:
    opened = use.opened_at.timestamp() if use and use.opened_at else 0.0
    return (not (use and use.is_starred), -opened, one.title.lower())


def _matches(query: str, one: Dashboard) -> bool:
    owner = str(one.owner) if one.owner else ""
    return _has(query, one.title, one.description, owner)


def _has(query: str, *texts: str) -> bool:
    words = query.lower().split()
    whole = " ".join(texts).lower()
    return all(word in whole for word in words)
