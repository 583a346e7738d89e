"""What clients send as a dashboard, in Sentry's words; nulls mean that nothing is said."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from vedette.dashboards.content import MOST_DESCRIPTION, MOST_TITLE, MOST_WIDGETS
from vedette.web.api.parameters import Name, Text
from vedette.web.api.typed import Parameters

Fields = Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=20)]
Title = Annotated[str, Meta(max_length=MOST_TITLE)]
Cells = Annotated[int, Meta(ge=0, le=1000)]


class QueryBody(Parameters):
    """One question of a widget."""

    name: Text | None = None
    fields: Fields | None = None
    aggregates: Fields | None = None
    columns: Fields | None = None
    conditions: Text | None = None
    orderby: Name | None = None


class LayoutBody(Parameters):
    """Cells of a grid of six columns."""

    x: Cells = 0
    y: Cells = 0
    w: Cells = 2
    h: Cells = 2
    min_h: Cells | None = None


class WidgetBody(Parameters):
    """One widget; `id` is that of one that is there already."""

    id: Name | int | None = None
    title: Title | None = None
    description: Annotated[str, Meta(max_length=8000)] | None = None
    display_type: Name = "line"
    widget_type: Name | None = None
    interval: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] | None = None
    thresholds: dict[str, Any] | None = None
    queries: Annotated[list[QueryBody], Meta(max_length=10)] | None = None
    layout: LayoutBody | None = None


class FiltersBody(Parameters):
    """The releases that a dashboard is about."""

    release: Annotated[list[Name], Meta(max_length=20)] | None = None


class DashboardBody(Parameters):
    """A dashboard; what is not given stays as it is. `revision` refuses to write over others."""

    title: Title | None = None
    description: Annotated[str, Meta(max_length=MOST_DESCRIPTION)] | None = None
    widgets: Annotated[list[WidgetBody], Meta(max_length=MOST_WIDGETS)] | None = None
    projects: Annotated[list[int], Meta(max_length=100)] | None = None
    environment: Annotated[list[Name], Meta(max_length=50)] | None = None
    period: Name | None = None
    filters: FiltersBody | None = None
    revision: Annotated[int, Meta(ge=1)] | None = None
    is_favorited: bool | None = field(default=None)
