"""The routes of dashboards."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase

from vedette.access.actions import Action
from vedette.web.pages.dashboards import shared, transferring, viewing, widget_page
from vedette.web.pages.dashboards.adding import add
from vedette.web.pages.dashboards.changing import change, copy_ready, create, remove
from vedette.web.pages.dashboards.editing import edit
from vedette.web.pages.dashboards.linking import links
from vedette.web.pages.dashboards.listing import dashboards
from vedette.web.routing import Navigation, Open, Page, Route


def _route(path: str, name: str, view: Callable[..., HttpResponseBase]) -> Route:
    """Whoever sees events looks; whoever changes issues changes dashboards, too."""
    return Route(path=f"dashboards/{path}", name=name, view=view, changes=Action.TRIAGE)


PAGE = Page(
    routes=(
        _route("", "dashboards", dashboards),
        _route("new/", "dashboard-new", create),
        _route("add/", "dashboard-add", add),
        _route("import/", "dashboard-import", transferring.import_),
        _route("preview/", "dashboard-preview", widget_page.preview),
        _route("ready/<slug:ready>/", "dashboard-ready", viewing.ready_dashboard),
        _route("ready/<slug:ready>/json/", "dashboard-ready-json", transferring.export_ready),
        _route("ready/<slug:ready>/copy/", "dashboard-ready-copy", copy_ready),
        _route(
            "ready/<slug:ready>/widgets/<id:widget_id>/",
            "dashboard-ready-tile",
            viewing.ready_tile,
        ),
        _route("<id:dashboard_id>/", "dashboard", viewing.dashboard),
        _route("<id:dashboard_id>/edit/", "dashboard-edit", edit),
        _route("<id:dashboard_id>/change/", "dashboard-change", change),
        _route("<id:dashboard_id>/remove/", "dashboard-remove", remove),
        _route("<id:dashboard_id>/json/", "dashboard-json", transferring.export),
        _route("<id:dashboard_id>/links/", "dashboard-links", links),
        _route("<id:dashboard_id>/widgets/new/", "dashboard-widget-new", widget_page.new_widget),
        _route("<id:dashboard_id>/widgets/<id:widget_id>/", "dashboard-tile", viewing.tile),
        _route(
            "<id:dashboard_id>/widgets/<id:widget_id>/edit/",
            "dashboard-widget",
            widget_page.edit_widget,
        ),
        Route(
            path="shared/dashboards/<str:secret>/",
            name="dashboard-shared",
            view=shared.shared_dashboard,
            action=Open.TO_ALL,
        ),
        Route(
            path="shared/dashboards/<str:secret>/widgets/<id:widget_id>/",
            name="dashboard-shared-tile",
            view=shared.shared_tile,
            action=Open.TO_ALL,
        ),
    ),
    navigation=Navigation(
        label="Dashboards", icon="layout-dashboard", route="dashboards", key="d", order=15
    ),
)
