"""What some groups show beside their form: notes at options, and what a trial found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from vedette.control.places import Place
from vedette.web.access import Viewer
from vedette.web.pages.options import backups_panel, filtering, sampling_panel, scrub_trial, storing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, of which place; `tried` are values to be tried before they are saved.

    `sample` is what they are to be tried on, where the panel asks for it.
    """

    viewer: Viewer
    place: Place
    tried: Mapping[str, Any] | None
    sample: str


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
    "backups": Panel(
        template="pages/options/backups.html",
        trial="",
        build=lambda asked: backups_panel.build(),
    ),
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
    "sampling": Panel(
        template="pages/options/sampling.html",
        trial="preview",
        build=lambda asked: sampling_panel.build(asked.viewer, asked.place, asked.tried),
    ),
    "scrubbing": Panel(
        template="pages/options/scrubbing.html",
        trial="try",
        build=lambda asked: scrub_trial.build(asked.sample, asked.tried),
    ),
}
