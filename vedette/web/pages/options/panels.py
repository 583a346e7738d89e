"""What some groups show beside their form: notes at options, and what a trial found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from vedette.control.places import Place
from vedette.web.access import Viewer
from vedette.web.pages.options import filtering, storing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, of which place; `tried` are values to be tried before they are saved."""

    viewer: Viewer
    place: Place
    tried: Mapping[str, Any] | None


class Built(Protocol):
    """What a panel's template reads; `notes` stand at the options they are named by."""

    @property
    def notes(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A template that extends the page, and what it reads; `trial` is the button that tries."""

    template: str
    trial: str
    build: Callable[[Asked], Built]


PANELS: dict[str, Panel] = {
    "filters": Panel(
        template="pages/options/filters.html",
        trial="preview",
        build=lambda asked: filtering.build(asked.viewer, asked.place, asked.tried),
    ),
    "storage": Panel(
        template="pages/options/storage.html",
        trial="preview",
        build=lambda asked: storing.build(asked.viewer, asked.place, asked.tried),
    ),
}
