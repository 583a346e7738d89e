"""Dashboards as Sentry's API gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from vedette.dashboards.content import Content, Widget
from vedette.dashboards.fields import Options
from vedette.dashboards.models import Dashboard
from vedette.dashboards.saving import content_of, known_content_of
from vedette.dashboards.widgets._thresholds import read_threshold
from vedette.web.api.dashboard_reading import LOOKS, SORTS, UNITS, layout_of
from vedette.web.api.issue_shapes import time_text

_DISPLAYS: Final = {
    "table": "table",
    "number": "big_number",
    "top_list": "top_n",
    "heat_map": "heatmap",
    "text": "text",
    "issue_list": "table",
    "vitals": "table",
}
_TYPES: Final = {"issue_list": "issue", "crash_free": "metrics", "vitals": "vitals"}
_DATASET_TYPES: Final = {
    "errors": "error-events",
    "transactions": "transaction-like",
    "spans": "spans",
}
_MEASURE = re.compile(r"(-?[0-9.]+)\s*(ms|s|m|min|h|%)?\Z")


def dashboard_shape(row: Dashboard, *, is_favorited: bool) -> dict[str, Any]:
    """One whole."""
    content = content_of(row)
    return {
        **_about(row, is_favorited=is_favorited),
        "description": row.description,
        "widgets": [_widget(row, one) for one in content.widgets],
        **_filters(content),
        "revision": row.revision,
    }


def summary_shape(row: Dashboard, *, is_favorited: bool, last_visited: Any) -> dict[str, Any]:
    """One of a list."""
    content = known_content_of(row) or Content()
    displays = [(_display(one), one) for one in content.widgets]
    return {
        **_about(row, is_favorited=is_favorited),
        "widgetDisplay": [display for display, _ in displays],
        "widgetPreview": [
            {"displayType": display, "layout": _layout(one)} for display, one in displays
        ],
        "projects": content.filters.projects,
        "environment": content.filters.environments,
        "filters": _filters(content)["filters"],
        "lastVisited": time_text(last_visited) if last_visited else None,
    }


def _about(row: Dashboard, *, is_favorited: bool) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "title": row.title,
        "dateCreated": time_text(row.created_at),
        "createdBy": _person(row),
        "permissions": {"isEditableByEveryone": row.is_shared, "teamsWithEditAccess": []},
        "isFavorited": is_favorited,
        "prebuiltId": None,
    }


def _person(row: Dashboard) -> dict[str, Any] | None:
    if row.owner is None:
        return None
    return {
        "id": str(row.owner.pk),
        "name": row.owner.name or row.owner.email,
        "username": row.owner.email,
        "email": row.owner.email,
        "isActive": row.owner.is_active,
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
    }


def _filters(content: Content) -> dict[str, Any]:
    filters = content.filters
    return {
        "projects": filters.projects,
        "environment": filters.environments,
        "period": filters.period or None,
        "filters": {"release": filters.releases} if filters.releases else {},
    }


def _widget(row: Dashboard, widget: Widget) -> dict[str, Any]:
    options = widget.whole_options
    return {
        "id": str(widget.id),
        "title": widget.title,
        "description": options.get("text"),
        "displayType": _display(widget),
        "widgetType": _TYPES.get(widget.kind)
        or _DATASET_TYPES.get(str(options.get("dataset")), "error-events"),
        "interval": "5m",
        "thresholds": _thresholds(widget.kind, options),
        "dateCreated": time_text(row.created_at),
        "dashboardId": str(row.pk),
        "datasetSource": "user",
        "limit": options.get("limit", options.get("top")),
        "layout": _layout(widget),
        "queries": [_query(row, widget, options)],
    }


def _display(widget: Widget) -> str:
    options = widget.whole_options
    if widget.kind == "series":
        looks = {look: display for display, look in LOOKS.items()}
        return looks[options["look"]]
    if widget.kind == "crash_free":
        return {"number": "big_number", "time": "line", "releases": "table"}[options["show"]]
    return _DISPLAYS.get(widget.kind, widget.kind)


def _query(row: Dashboard, widget: Widget, options: Options) -> dict[str, Any]:
    columns, aggregates = _columns(widget.kind, options)
    order = options.get("sort", "")
    if widget.kind == "issue_list":
        order = next(name for name, own in SORTS.items() if own == order)
    return {
        "id": str(widget.id),
        "name": "",
        "fields": [*columns, *aggregates],
        "aggregates": aggregates,
        "columns": columns,
        "fieldAliases": [""] * (len(columns) + len(aggregates)),
        "conditions": options.get("query", ""),
        "orderby": order,
        "widgetId": str(widget.id),
        "isHidden": False,
        "selectedAggregate": None,
        "onDemand": [],
    }


def _columns(kind: str, options: Options) -> tuple[list[str], list[str]]:
    if kind == "crash_free":
        of = "session" if options["of"] == "sessions" else "user"
        return (["release"] if options["show"] == "releases" else []), [f"crash_free_rate({of})"]
    groups = list(options.get("group", ()))
    figures = list(options.get("figures", ()))
    if "figure" in options:
        figures = [options["figure"]]
    if kind == "table" and not figures and not groups:
        return list(options["columns"]), []
    if kind == "table" and not figures:
        figures = ["count()"]
    return groups, figures


def _layout(widget: Widget) -> dict[str, int]:
    x, y, w, h = layout_of(widget.place)
    return {"x": x, "y": y, "w": w, "h": h, "minH": 1}


def _thresholds(kind: str, options: Options) -> dict[str, Any] | None:
    read = {
        key: _MEASURE.match(str(options.get(name, "")).strip())
        for key, name in (("max1", "warning"), ("max2", "critical"))
    }
    found = {key: match for key, match in read.items() if match}
    if not found:
        return None
    unit, values = _in_one_unit(found)
    better = "more" if kind == "crash_free" else str(options["better"])
    return {
        "max_values": values,
        "unit": unit,
        "preferredPolarity": {"more": "+", "less": "-"}.get(better, ""),
    }


def _in_one_unit(found: Mapping[str, re.Match[str]]) -> tuple[str | None, dict[str, float]]:
    """Sentry has one unit for both: that of both, else milliseconds, or none for shares."""
    suffixes = {match[2] or "" for match in found.values()}
    if len(suffixes) == 1:
        units = {suffix: unit for unit, suffix in UNITS.items()} | {"m": "minute"}
        return units.get(suffixes.pop()), {key: float(match[1]) for key, match in found.items()}
    is_of_times = bool(suffixes - {"", "%"})
    values = {key: read_threshold(match[0]) or 0.0 for key, match in found.items()}
    return "millisecond" if is_of_times else None, values
