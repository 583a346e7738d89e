"""What a page is made of: its routes, what they need, and its entry in the rail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from django.http import HttpResponseBase

from vedette.access.actions import Action
from vedette.kinds import discover

if TYPE_CHECKING:
    from vedette.web.access import Viewer


class Open(Enum):
    """A route that needs no right in an organisation."""

    TO_ALL = "to everybody"
    SIGNED_IN = "to whoever is signed in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One URL of a page.

    `action` is what one must be allowed to do, `changes` what a request that is not a GET needs
    where that is more. `view` takes `(request, **path arguments)` when the route is open to all,
    else `(request, viewer, **path arguments)`, where the `vedette.web.access.Viewer` says what
    this person may see, and gives the projects and organisations that the action is allowed on.
    A fragment with `is_live` may be watched by a page (`vedette.web.live`): it is rendered
    whenever something came in, so it must be cheap.
    """

    path: str
    name: str
    view: Callable[..., HttpResponseBase]
    action: Action | Open = Action.VIEW_EVENTS
    changes: Action | None = None
    is_live: bool = False

    def needs(self, method: str) -> Action | Open:
        """What a request with this method must be allowed to do."""
        return self.changes if self.changes and method not in ("GET", "HEAD") else self.action


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """An entry of the rail; `key` is pressed after `g`, `order` sorts the entries.

    `number` counts what waits there for somebody; it is asked for every page, so it is cheap.
    """

    label: str
    icon: str
    route: str
    key: str
    order: int
    number: Callable[[Viewer], int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One folder of the drawer `vedette.web.pages`."""

    routes: tuple[Route, ...]
    navigation: Navigation | None = None


@cache
def pages() -> tuple[Page, ...]:
    """Every page of the drawer."""
    return tuple(module.PAGE for module in discover("vedette.web.pages"))


@cache
def live_routes() -> frozenset[str]:
    """The names of the routes that a page may watch."""
    return frozenset(route.name for page in pages() for route in page.routes if route.is_live)
