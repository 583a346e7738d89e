"""The pages of monitors: the list, one, its form, the calendar of jobs."""

from __future__ import annotations

from vedette.access.actions import Action
from vedette.web.pages.monitors import acting, calendar, editing, importing, listing, one
from vedette.web.routing import Navigation, Page, Route

PAGE = Page(
    routes=(
        Route(path="monitors/", name="monitors", view=listing.show_list, action=Action.VIEW_ALERTS),
        Route(
            path="monitors/change/",
            name="monitors-change",
            view=acting.change_many,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="monitors/calendar/",
            name="monitors-calendar",
            view=calendar.show_calendar,
            action=Action.VIEW_ALERTS,
        ),
        Route(
            path="monitors/import/",
            name="monitors-import",
            view=importing.show_import,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="monitors/new/",
            name="monitor-new",
            view=editing.show_new,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="monitors/<id:monitor_id>/",
            name="monitor",
            view=one.show_one,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="monitors/<id:monitor_id>/edit/",
            name="monitor-edit",
            view=editing.show_edit,
            action=Action.CHANGE_ALERTS,
        ),
    ),
    navigation=Navigation(
        label="Monitors", icon="radio", route="monitors", key="m", order=12, number=listing.down
    ),
)
