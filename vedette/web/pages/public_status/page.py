"""The public addresses of status pages."""

from __future__ import annotations

from vedette.web.pages.public_status import serving, subscribing
from vedette.web.routing import Open, Page, Route

PAGE = Page(
    routes=(
        Route(
            path="status/<slug:status_page>/",
            name="status-page-public",
            view=serving.show_first,
            action=Open.TO_ALL,
        ),
        Route(
            path="status/<slug:status_page>/subscribe/",
            name="status-page-subscribe",
            view=subscribing.subscribe,
            action=Open.TO_ALL,
        ),
        Route(
            path="status/<slug:status_page>/confirm/<str:signed>/",
            name="status-page-confirm",
            view=subscribing.confirm,
            action=Open.TO_ALL,
        ),
        Route(
            path="status/<slug:status_page>/leave/<str:signed>/",
            name="status-page-leave",
            view=subscribing.leave,
            action=Open.TO_ALL,
        ),
        Route(
            path="status/<slug:status_page>/<path:part>",
            name="status-page-part",
            view=serving.show_part,
            action=Open.TO_ALL,
        ),
    ),
)
