"""The addresses below `monitors/status-pages/`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase

from vedette.access.actions import Action
from vedette.web.pages.status_pages import (
    arranging,
    incident,
    incidents,
    links,
    listing,
    settings,
    subscribers,
)
from vedette.web.routing import Page, Route

_BASE = "monitors/status-pages/"
_ONE = f"{_BASE}<id:status_page_id>/"


def _seen(path: str, name: str, view: Callable[..., HttpResponseBase]) -> Route:
    """Members see it, who may change alerts changes it."""
    return Route(
        path=path, name=name, view=view, action=Action.VIEW_ALERTS, changes=Action.CHANGE_ALERTS
    )


def _changed(path: str, name: str, view: Callable[..., HttpResponseBase]) -> Route:
    return Route(path=path, name=name, view=view, action=Action.CHANGE_ALERTS)


PAGE = Page(
    routes=(
        _seen(_BASE, "status-pages", listing.show_list),
        _changed(f"{_BASE}new/", "status-page-new", listing.show_new),
        _seen(_ONE, "status-page", incidents.show_list),
        _changed(f"{_ONE}incidents/new/", "status-incident-new", incidents.show_new),
        _seen(f"{_ONE}incidents/<id:incident_id>/", "status-incident", incident.show_one),
        _seen(f"{_ONE}components/", "status-components", arranging.show_components),
        _changed(
            f"{_ONE}components/<id:component_id>/", "status-component", arranging.show_component
        ),
        _changed(f"{_ONE}settings/", "status-page-settings", settings.show_settings),
        _changed(f"{_ONE}subscribers/", "status-subscribers", subscribers.show_subscribers),
        _changed(f"{_ONE}subscribers.csv", "status-subscribers-csv", subscribers.export),
        _changed(f"{_ONE}links/", "status-page-links", links.show_links),
    ),
)
