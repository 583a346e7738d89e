"""What fires now and what fired before, and acting on several alerts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from vedette import clock
from vedette.access.actions import Action
from vedette.alerts.models import Alert, AlertRule, Channel
from vedette.alerts.reading import Wanted, count_firing, firing, past
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.pages.alerts.acting import change_alerts
from vedette.web.pages.alerts.filters import Menu, read_filters
from vedette.web.pages.alerts.rows import Row, make_rows
from vedette.web.paging import listed
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import read_moment, shared_filter
from vedette.web.wording import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsContext:
    """What the page shows. `tab` is firing or history; the numbers say why a list is empty."""

    tab: str
    rows: list[Row]
    menus: list[Menu]
    query: str
    is_filtered: bool
    next_cursor: str | None
    previous_cursor: str | None
    rule_count: int
    channel_count: int
    may_change: bool
    seen_at: datetime
    period_name: str
    answer: str


def alerts(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `view=history` shows all of the time range."""
    projects = chosen_projects(request, viewer)
    filters = read_filters(request, viewer, projects)
    shared = shared_filter(request, viewer)
    is_history = request.GET.get("view") == "history"
    if is_history:
        period = shared.scope.period
        found = past(projects, filters.wanted, start=period.start, end=period.end)
    else:
        found = firing(projects, filters.wanted)
    page = listed(request, found)
    context = AlertsContext(
        tab="history" if is_history else "firing",
        rows=make_rows(page.rows),
        menus=filters.menus,
        query=filters.wanted.text,
        is_filtered=filters.is_any,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        rule_count=AlertRule.objects.filter(project__in=[one.pk for one in projects]).count(),
        channel_count=Channel.objects.filter(organization__in=viewer.organizations).count(),
        may_change=viewer.may(Action.CHANGE_ALERTS),
        seen_at=clock.now(),
        period_name=shared.period_name,
        answer=_answer(projects),
    )
    return show(request, "pages/alerts/page.html", context, section="alerts")


def changed_alerts(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The fragment that counts what fired or ended since the list was made."""
    projects = chosen_projects(request, viewer)
    since = read_moment(request.GET.get("since", ""), "since")
    number = 0
    if since is not None:
        rows = Alert.objects.filter(project__in=[one.pk for one in projects], since__gt=since)
        number = rows.exclude(state="pending").count()
    words = plural(number, "changed alert") if number else ""
    return show(request, "pages/alerts/_changed.html", words)


def chosen_projects(request: HttpRequest, viewer: Viewer) -> tuple[Project, ...]:
    """The projects of the shared filter whose alerts the viewer may see."""
    allowed = viewer.access.projects_for(Action.VIEW_ALERTS)
    selected = shared_filter(request, viewer).selected
    return tuple(one for one in allowed if not selected or one in selected)


def _answer(projects: Sequence[Project]) -> str:
    """The page in one line."""
    worst = firing(projects, Wanted(level="critical")).count()
    milder = firing(projects, Wanted(level="warning")).count()
    if not worst and not milder:
        return "Nothing fires"
    said = [f"{worst} critical"] if worst else []
    said += [plural(milder, "warning")] if milder else []
    return " and ".join(said)


def _number(viewer: Viewer) -> int:
    return count_firing(viewer.access.projects_for(Action.VIEW_ALERTS))


PAGE = Page(
    routes=(
        Route(path="alerts/", name="alerts", view=alerts, action=Action.VIEW_ALERTS),
        Route(
            path="alerts/changed/",
            name="alerts-changed",
            view=changed_alerts,
            action=Action.VIEW_ALERTS,
            is_live=True,
        ),
        Route(
            path="alerts/changes/",
            name="alerts-change",
            view=change_alerts,
            action=Action.CHANGE_ALERTS,
        ),
    ),
    navigation=Navigation(
        label="Alerts", icon="bell", route="alerts", key="a", order=12, number=_number
    ),
)
