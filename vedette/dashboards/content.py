"""What a dashboard holds, as it is kept: widgets, their places, and the filter it opens with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from vedette.dashboards.fields import Options, read_options
from vedette.dashboards.layout import Place, settled
from vedette.dashboards.widgets import WidgetKind, widget_kinds

VERSION: Final = 1
MOST_WIDGETS: Final = 40
MOST_TITLE: Final = 100
MOST_DESCRIPTION: Final = 1000


class Widget(Struct, frozen=True):
    """One widget; `id` is its number within the dashboard, `options` what its kind asks for."""

    id: int
    kind: str
    title: str
    place: Place
    options: dict[str, Any]

    @property
    def of_kind(self) -> WidgetKind | None:
        """Its kind; None where a later version of the product wrote it."""
        return widget_kinds().get(self.kind)

    @property
    def whole_options(self) -> Options:
        """The options with the defaults of its kind."""
        kind = self.of_kind
        return read_options(kind.fields, self.options)[0] if kind else {}

    @property
    def name(self) -> str:
        """The title, or what kind it is."""
        return self.title or (self.of_kind.label if self.of_kind else self.kind)


class Filters(Struct, frozen=True, omit_defaults=True):
    """With what a dashboard opens; projects by number, `period` as the picker names it."""

    projects: list[int] = []
    environments: list[str] = []
    releases: list[str] = []
    period: str = ""

    def __bool__(self) -> bool:
        return bool(self.projects or self.environments or self.releases or self.period)


class Content(Struct, frozen=True):
    """The widgets in the order in which they are read, and the filter."""

    widgets: list[Widget] = []
    filters: Filters = Filters()
    version: int = VERSION

    def widget(self, number: int) -> Widget | None:
        """The widget of this number."""
        return next((one for one in self.widgets if one.id == number), None)

    @property
    def next_id(self) -> int:
        """A number that no widget has."""
        return max((one.id for one in self.widgets), default=0) + 1

    @property
    def places(self) -> list[Place]:
        """Where the widgets stand."""
        return [one.place for one in self.widgets]


def arranged(widgets: Sequence[Widget]) -> list[Widget]:
    """The widgets settled, in the order in which they are read."""
    places = settled([one.place for one in widgets])
    moved = [
        msgspec.structs.replace(one, place=place)
        for one, place in zip(widgets, places, strict=True)
    ]
    return sorted(moved, key=lambda one: (one.place.y, one.place.x))


def read_body(body: dict[str, Any]) -> Content:
    """What a row holds. Raises msgspec.ValidationError for what this version did not write."""
    return msgspec.convert(body, Content)


def write_body(content: Content) -> dict[str, Any]:
    """As a row holds it."""
    made: dict[str, Any] = msgspec.to_builtins(content)
    return made
