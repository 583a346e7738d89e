"""The editor of a dashboard: its words, its filter, and where its widgets stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from vedette.dashboards import saving
from vedette.dashboards.content import (
    MOST_DESCRIPTION,
    MOST_WIDGETS,
    Content,
    Filters,
    Widget,
    arranged,
)
from vedette.dashboards.layout import (
    COLUMNS,
    MOST_HEIGHT,
    MOST_ROWS,
    Place,
    bottom_of,
    free_place,
)
from vedette.dashboards.models import Dashboard
from vedette.dashboards.widgets import WidgetKind, widget_kinds
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.dashboards import opening
from vedette.web.pages.dashboards.changing import read_title
from vedette.web.pages.dashboards.filtering import Filtered, filtered, filters_of, saved_query
from vedette.web.pages.dashboards.tiles import Tile, make_tiles
from vedette.web.pages.dashboards.viewing import SECTION, kept_tile, with_bodies
from vedette.web.rendering import show

CONFLICT: Final = (
    "This dashboard was changed by somebody else since you opened it. What you entered is still "
    "here; saving again puts it over their change."
)
_BOUNDS: Final = {
    "x": (0, COLUMNS - 1),
    "y": (0, MOST_ROWS),
    "w": (1, COLUMNS),
    "h": (1, MOST_HEIGHT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditContext:
    """What the page shows; `problem` is why nothing was saved."""

    dashboard: Dashboard
    title: str
    description: str
    tiles: list[Tile]
    kinds: list[WidgetKind]
    revision: int
    problem: str
    filter_words: list[str]
    has_other_filter: bool
    columns: int = COLUMNS
    most_height: int = MOST_HEIGHT
    query: str


def edit(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """The editor; POST keeps words, filter and places, or removes or copies one widget."""
    row = opening.changeable(viewer, dashboard_id)
    if request.method != "POST":
        content = saving.content_of(row)
        return _show(request, viewer, row, content, title=row.title, description=row.description)
    return _save(request, viewer, row)


def _save(request: HttpRequest, viewer: Viewer, row: Dashboard) -> HttpResponse:
    content = saving.content_of(row)
    title = read_title(request.POST.get("title", ""))
    description = request.POST.get("description", "").strip()
    if len(description) > MOST_DESCRIPTION:
        raise BadQuery(f"a description has at most {MOST_DESCRIPTION:,} characters")
    made = _changed(request, viewer, row, content)
    revision = read_number(request.POST.get("revision", ""))
    try:
        saving.change(row, revision=revision, content=made, title=title, description=description)
    except saving.ChangedMeanwhile:
        row.refresh_from_db()
        mine = _placed(saving.content_of(row), request.POST)
        return _show(
            request, viewer, row, mine, title=title, description=description, problem=CONFLICT
        )
    if request.POST.get("do", "save") == "save":
        put_flash(request, Flash(text="Saved."))
        return redirect("dashboard", row.pk)
    return redirect("dashboard-edit", row.pk)


def _changed(request: HttpRequest, viewer: Viewer, row: Dashboard, content: Content) -> Content:
    """The content with what the form says."""
    made = _placed(content, request.POST)
    do, _, number = request.POST.get("do", "save").partition(":")
    if do in ("remove", "copy"):
        made = _without_or_twice(made, do, opening.widget_of(row, read_number(number)))
    keep = request.POST.get("filter", "")
    if keep == "none":
        return msgspec.structs.replace(made, filters=Filters())
    if keep == "here":
        found = filtered(request, viewer, row.organization)
        return msgspec.structs.replace(made, filters=filters_of(found, viewer, request))
    return made


def read_number(written: str) -> int:
    """A number of a form; 0, which neither a widget nor a revision has, for what is none."""
    is_number = written.isascii() and written.isdigit() and len(written) < 10
    return int(written) if is_number else 0


def _without_or_twice(content: Content, do: str, widget: Widget) -> Content:
    held = content.widget(widget.id)
    assert held is not None, "the dashboard has it"
    if do == "remove":
        left = [one for one in content.widgets if one.id != widget.id]
        return msgspec.structs.replace(content, widgets=arranged(left))
    return with_widget(content, held, is_copy=True)


def with_widget(content: Content, widget: Widget, *, is_copy: bool = False) -> Content:
    """The content with one more widget below, or with another in the place of the same number.

    Raises BadQuery where there are too many.
    """
    if not is_copy and content.widget(widget.id) is not None:
        held = [widget if one.id == widget.id else one for one in content.widgets]
        return msgspec.structs.replace(content, widgets=arranged(held))
    if len(content.widgets) >= MOST_WIDGETS:
        raise BadQuery(f"a dashboard has at most {MOST_WIDGETS} widgets")
    place = free_place(content.places, widget.place.w, widget.place.h)
    new = msgspec.structs.replace(widget, id=content.next_id, place=place)
    return _bounded(msgspec.structs.replace(content, widgets=arranged([*content.widgets, new])))


def _placed(content: Content, given: QueryDict) -> Content:
    """The widgets where the form has them; others, which it does not know, where they are."""
    moved = [
        msgspec.structs.replace(one, place=_place(given, one) or one.place)
        for one in content.widgets
    ]
    return _bounded(msgspec.structs.replace(content, widgets=arranged(moved)))


def _bounded(content: Content) -> Content:
    if bottom_of(content.places) > MOST_ROWS:
        raise BadQuery(f"a dashboard is at most {MOST_ROWS} rows tall")
    return content


def _place(given: QueryDict, widget: Widget) -> Place | None:
    """Raises BadQuery for what is no place in the grid."""
    values = {}
    for name, (least, most) in _BOUNDS.items():
        written = given.get(f"{name}-{widget.id}", "")
        if not written:
            return None
        is_number = written.isascii() and written.isdigit() and len(written) < 6
        if not is_number or not least <= int(written) <= most:
            raise BadQuery(f"{name} of {widget.name} is a whole number from {least} to {most}")
        values[name] = int(written)
    return Place(**values)


def _show(
    request: HttpRequest,
    viewer: Viewer,
    row: Dashboard,
    content: Content,
    *,
    title: str,
    description: str,
    problem: str = "",
) -> HttpResponse:
    found = filtered(request, viewer, row.organization)
    tiles = make_tiles(content.widgets, lambda id_: kept_tile(row, id_, found), asking=found.asking)
    if request.GET.get("whole") == "1":
        tiles = with_bodies(tiles, content.widgets, found, viewer)
    context = EditContext(
        dashboard=row,
        title=title,
        description=description,
        tiles=tiles,
        kinds=list(widget_kinds().values()),
        revision=row.revision,
        problem=problem,
        filter_words=_filter_words(content.filters, viewer),
        has_other_filter=_is_other(content.filters, found, viewer),
        query=found.query,
    )
    status = 409 if problem else 200
    return show(request, "pages/dashboards/edit.html", context, section=SECTION, status=status)


def _filter_words(filters: Filters, viewer: Viewer) -> list[str]:
    names = {project.pk: project.name for project in viewer.projects}
    found: Sequence[str] = (
        *(names[pk] for pk in filters.projects if pk in names),
        *filters.environments,
        *filters.releases,
        *((f"last {filters.period}",) if filters.period else ()),
    )
    return list(found)


def _is_other(filters: Filters, found: Filtered, viewer: Viewer) -> bool:
    if not filters:
        return bool(found.query)
    return urlencode(sorted(QueryDict(saved_query(filters, viewer)).lists())) != urlencode(
        sorted(QueryDict(found.query).lists())
    )
