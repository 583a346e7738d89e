"""What the frame around every page shows: rail, shared filter, theme, message."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from vedette import __version__
from vedette.issues import reading
from vedette.store.errors import StoreError
from vedette.usage.models import Spike
from vedette.web.access import Viewer
from vedette.web.assets import STYLES, asset_url
from vedette.web.flash import Flash, take_flash
from vedette.web.routing import Navigation, pages
from vedette.web.scope import PERIODS, SharedFilter

logger = logging.getLogger(__name__)

THEMES = ("system", "light", "dark")
THEME_COOKIE = "vedette_theme"
RAIL_COOKIE = "vedette_rail"
_MOST_SPIKES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a picker."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RailEntry:
    """An entry of the rail with what waits there; 0 shows no number."""

    label: str
    icon: str
    route: str
    key: str
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of a page. Without a viewer only the theme and the style matter."""

    theme: str
    rail: str
    styles: str
    version: str = __version__
    viewer: Viewer | None = None
    filter: SharedFilter | None = None
    navigation: list[RailEntry] = field(default_factory=list)
    projects: list[Choice] = field(default_factory=list)
    environments: list[Choice] = field(default_factory=list)
    periods: list[Choice] = field(default_factory=list)
    flash: Flash | None = None
    spikes: list[Spike] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def frame(request: HttpRequest) -> dict[str, object]:
    """The context processor: worked out only when a template asks for it."""
    return {"request": request, "frame": SimpleLazyObject(lambda: build_frame(request))}


def build_frame(request: HttpRequest) -> Frame:
    """The frame for this request."""
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    theme = theme if theme in THEMES else "system"
    rail = "narrow" if request.COOKIES.get(RAIL_COOKIE) == "narrow" else "wide"
    viewer: Viewer | None = getattr(request, "viewer", None)
    shown: SharedFilter | None = getattr(request, "shared_filter", None)
    if viewer is None or shown is None or not viewer.organizations:
        styles = asset_url(STYLES)
        return Frame(theme=theme, rail=rail, styles=styles, viewer=viewer)
    return Frame(
        theme=theme,
        rail=rail,
        styles=asset_url(STYLES),
        viewer=viewer,
        filter=shown,
        navigation=[_rail_entry(entry, viewer) for entry in navigation()],
        projects=_project_choices(viewer, shown),
        environments=_environment_choices(viewer, shown),
        periods=[
            Choice(value=key, label=words, selected=key == shown.scope.period.label)
            for key, (words, _) in PERIODS.items()
        ],
        flash=take_flash(request),
        spikes=_spikes(viewer, shown),
        kept=_kept_parameters(request),
    )


def navigation() -> list[Navigation]:
    """The rail's entries in their order."""
    found = [page.navigation for page in pages() if page.navigation]
    return sorted(found, key=lambda entry: entry.order)


def _rail_entry(entry: Navigation, viewer: Viewer) -> RailEntry:
    return RailEntry(
        label=entry.label,
        icon=entry.icon,
        route=entry.route,
        key=entry.key,
        number=entry.number(viewer) if entry.number else 0,
    )


def _kept_parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """What a picker's form must carry along; a cursor means nothing under another filter."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        if name != "cursor"
        for value in values
    ]


def _project_choices(viewer: Viewer, shown: SharedFilter) -> list[Choice]:
    return [
        Choice(
            value=viewer.reference(project), label=project.name, selected=project in shown.selected
        )
        for project in viewer.projects
    ]


def _spikes(viewer: Viewer, shown: SharedFilter) -> list[Spike]:
    """Bursts that are being cut, of the chosen projects or of all that may be seen."""
    seen = {one.pk for one in shown.selected or viewer.projects}
    rows = Spike.objects.filter(ended_at=None).select_related("project").order_by("-began_at")
    return [one for one in rows if one.project_id in seen][:_MOST_SPIKES]


def _environment_choices(viewer: Viewer, shown: SharedFilter) -> list[Choice]:
    try:
        known = reading.list_environments(viewer.visible)
    except StoreError:
        logger.warning("the picker of environments is empty: the store does not answer")
        known = []  # the page that says so has this frame too
    names = sorted({*known, *shown.scope.environments})
    return [
        Choice(value=name, label=name, selected=name in shown.scope.environments) for name in names
    ]
