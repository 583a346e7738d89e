"""Dashboards as people write them: the same in JSON, in files and in the ready library.

    title: Backend
    filters: {projects: [shop], period: 24h}
    widgets:
      - kind: series
        title: P95
        place: {x: 0, y: 0, w: 6, h: 4}
        dataset: transactions
        figures: [p95(transaction.duration)]

Options stand beside kind, title and place. What is at its default may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from vedette.dashboards.content import (
    MOST_DESCRIPTION,
    MOST_TITLE,
    MOST_WIDGETS,
    Content,
    Filters,
    Widget,
    arranged,
)
from vedette.dashboards.fields import Options, read_options, written_options
from vedette.dashboards.layout import (
    COLUMNS,
    MOST_HEIGHT,
    MOST_ROWS,
    Place,
    bottom_of,
    free_place,
)
from vedette.dashboards.widgets import WidgetKind, widget_kinds
from vedette.rules.problems import Problem, Problems

PERIODS: Final = ("1h", "24h", "7d", "14d", "30d", "90d")
_KEYS: Final = ("title", "description", "filters", "widgets")
_OF_WIDGETS: Final = ("kind", "title", "place")
_FILTERS: Final = ("projects", "environments", "releases", "period")
_MOST_NAMES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A dashboard that was read and can be kept."""

    title: str
    description: str
    content: Content


def read_written(
    entry: Mapping[str, Any], projects: Mapping[str, int], *, known: tuple[str, ...] = ()
) -> tuple[Draft, list[Problem]]:
    """The dashboard, and everything that is wrong with it: with problems it must not be kept.

    `projects` are those that it may name, `known` keys that others read.
    """
    problems = Problems()
    for key in entry:
        if key not in (*_KEYS, *known):
            problems.add(str(key), f"a dashboard has no {key}: it has {', '.join(_KEYS)}")
    title = _text(entry, "title", MOST_TITLE, problems)
    if not title:
        problems.add("title", "a dashboard needs a title")
    content = Content(
        filters=_read_filters(entry.get("filters", {}), projects, problems),
        widgets=_read_widgets(entry.get("widgets", []), problems),
    )
    description = _text(entry, "description", MOST_DESCRIPTION, problems)
    return Draft(title=title, description=description, content=content), problems.all


def write_written(
    title: str, description: str, content: Content, slugs: Mapping[int, str]
) -> dict[str, Any]:
    """The dashboard as people write it; projects without a slug are left out."""
    made: dict[str, Any] = {"title": title}
    if description:
        made["description"] = description
    filters = {
        "projects": [slugs[pk] for pk in content.filters.projects if pk in slugs],
        "environments": content.filters.environments,
        "releases": content.filters.releases,
        "period": content.filters.period,
    }
    if any(filters.values()):
        made["filters"] = {name: value for name, value in filters.items() if value}
    made["widgets"] = [write_widget(one) for one in content.widgets]
    return made


def write_widget(widget: Widget) -> dict[str, Any]:
    """One widget as people write it."""
    place = widget.place
    made: dict[str, Any] = {"kind": widget.kind}
    if widget.title:
        made["title"] = widget.title
    made["place"] = {"x": place.x, "y": place.y, "w": place.w, "h": place.h}
    kind = widget.of_kind
    return made | (written_options(kind.fields, widget.whole_options) if kind else widget.options)


def check_options(kind: WidgetKind, given: Mapping[str, Any]) -> tuple[Options, list[Problem]]:
    """The options whole, and what is wrong with them: the fields, then what they mean."""
    options, problems = read_options(kind.fields, given)
    return options, problems or kind.check(options)


def _read_widgets(given: Any, problems: Problems) -> list[Widget]:
    if not isinstance(given, list):
        problems.add("widgets", "it is a list of widgets")
        return []
    if len(given) > MOST_WIDGETS:
        problems.add("widgets", f"a dashboard has at most {MOST_WIDGETS} widgets")
        return []
    widgets: list[Widget] = []
    for at, one in enumerate(given):
        found = Problems()
        widget = _read_widget(one, widgets, found)
        for problem in found.all:
            path = f"widgets.{at}.{problem.path}" if problem.path else f"widgets.{at}"
            problems.add(path, problem.words)
        if widget is not None:
            widgets.append(widget)
    settled = [
        msgspec.structs.replace(one, id=number)
        for number, one in enumerate(arranged(widgets), start=1)
    ]
    if bottom_of(one.place for one in settled) > MOST_ROWS:
        problems.add("widgets", f"together they are at most {MOST_ROWS} rows tall")
    return settled


def _read_widget(given: Any, before: list[Widget], problems: Problems) -> Widget | None:
    if not isinstance(given, dict):
        problems.add("", "a widget has a kind and its options")
        return None
    kind = widget_kinds().get(str(given.get("kind", "")))
    if kind is None:
        problems.add("kind", f"it is one of {', '.join(widget_kinds())}")
        return None
    title = _text(given, "title", MOST_TITLE, problems)
    options, wrong = check_options(
        kind, {name: value for name, value in given.items() if name not in _OF_WIDGETS}
    )
    for one in wrong:
        problems.add(one.path, one.words)
    place = _read_place(given.get("place"), problems)
    if place is None:
        place = free_place([one.place for one in before], kind.width, kind.height)
    return Widget(len(before) + 1, kind.name, title, place, written_options(kind.fields, options))


def _read_place(given: Any, problems: Problems) -> Place | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - {"x", "y", "w", "h"}:
        problems.add("place", "it is x, y, w and h, in cells of the grid")
        return None
    bounds = {"x": (0, COLUMNS - 1), "y": (0, 10_000), "w": (1, COLUMNS), "h": (1, MOST_HEIGHT)}
    values = {}
    for name, (least, most) in bounds.items():
        value = given.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            problems.add(f"place.{name}", f"it is a whole number from {least} to {most}")
            return None
        values[name] = value
    if values["x"] + values["w"] > COLUMNS:
        problems.add("place", f"the grid has {COLUMNS} columns: x and w together are at most that")
        return None
    return Place(**values)


def _read_filters(given: Any, projects: Mapping[str, int], problems: Problems) -> Filters:
    if not isinstance(given, dict):
        problems.add("filters", f"it has {', '.join(_FILTERS)}")
        return Filters()
    for key in given:
        if key not in _FILTERS:
            problems.add(f"filters.{key}", f"a filter has no {key}: it has {', '.join(_FILTERS)}")
    named = _names(given, "projects", problems)
    for name in named:
        if name not in projects:
            problems.add("filters.projects", f"there is no project {name}")
    period = given.get("period", "")
    if period not in ("", *PERIODS):
        problems.add("filters.period", f"it is one of {', '.join(PERIODS)}")
        period = ""
    return Filters(
        projects=[projects[name] for name in named if name in projects],
        environments=_names(given, "environments", problems),
        releases=_names(given, "releases", problems),
        period=period,
    )


def _names(given: Mapping[str, Any], key: str, problems: Problems) -> list[str]:
    value = given.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        problems.add(f"filters.{key}", "it is a list of names")
        return []
    if len(value) > _MOST_NAMES or any(len(one) > 250 for one in value):
        problems.add(f"filters.{key}", f"it names at most {_MOST_NAMES}, of 250 characters each")
        return []
    return list(dict.fromkeys(value))


def _text(given: Mapping[str, Any], key: str, most: int, problems: Problems) -> str:
    value = given.get(key, "")
    if not isinstance(value, str):
        problems.add(key, "it is a text")
        return ""
    plain = " ".join(value.split()) if key == "title" else value.strip()
    if len(plain) > most:
        problems.add(key, f"it has at most {most:,} characters")
        return plain[:most]
    return plain
