"""What a page is made of: its routes, who may open them, and its entry in the rail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from django.http import HttpResponseBase

from vedette.kinds import discover


class Permission(Enum):
    """Who may open a route."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    MEMBER = "member of an organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One URL of a page.

    `view` takes `(request, **path arguments)` when public, else `(request, viewer, **path
    arguments)`, where the `vedette.web.access.Viewer` says what this person may see.
    A fragment with `is_live` may be watched by a page (`vedette.web.live`): it is rendered
    whenever something came in, so it must be cheap.
    """

    path: str
    name: str
    view: Callable[..., HttpResponseBase]
    permission: Permission = Permission.MEMBER
    is_live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """An entry of the rail; `key` is pressed after `g`, `order` sorts the entries."""

    label: str
    icon: str
    route: str
    key: str
    order: int


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
