"""One issue: its header, the event at hand block by block, and the events around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse

from vedette.access.actions import Action
from vedette.alerts.models import Alert
from vedette.alerts.reading import OPEN, alerts_of
from vedette.feedback.reading import count_about
from vedette.issues import reading
from vedette.issues.categories import (
    category_of,
    is_found,
    is_of_replays,
    is_outage,
    is_problem,
    names_of,
)
from vedette.issues.models import Issue, Recovery
from vedette.issues.recovering import recoveries_of
from vedette.releases.latest import latest_release
from vedette.releases.models import Release, Resolution
from vedette.releases.resolving import resolutions_of
from vedette.search import SearchError
from vedette.trackers.opening import Subject
from vedette.web.access import Viewer
from vedette.web.alert_marks import with_alerts
from vedette.web.charts import BarChart, bar_chart
from vedette.web.issue_words import issue_mark
from vedette.web.pages.issue.access import visible_issue
from vedette.web.pages.issue.assignee import AssigneeView, change_assignee, make_assignee
from vedette.web.pages.issue.audited import with_findings
from vedette.web.pages.issue.code import CodeView, make_code, with_links
from vedette.web.pages.issue.deletion import (
    attachment_deletion,
    event_deletion,
    issue_deletion,
)
from vedette.web.pages.issue.event import EventView, make_event
from vedette.web.pages.issue.files import attachment, event_json
from vedette.web.pages.issue.replay import ReplayView, make_replay
from vedette.web.pages.issue.stacktrace import View
from vedette.web.pages.tracker_links.view import LinksView, make_links
from vedette.web.release_links import with_releases
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.scope import shared_filter

_VIEWS: tuple[View, ...] = ("app", "all", "minified", "raw")
_MOST_QUERY_CHARACTERS = 2000
_MOST_ALERTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What both tabs of the page show above themselves; `latest` is the project's release.

    `alerts` are those about this issue that fire now.
    """

    issue: Issue
    summary: reading.IssueSummary
    chart: BarChart
    mark: str
    mark_tone: str
    resolution: Resolution | None
    recovery: Recovery | None
    latest: Release | None
    assignee: AssigneeView
    alerts: list[Alert]
    period_name: str
    reference: str
    can_delete: bool

    @property
    def is_problem(self) -> bool:
        """Whether it is a performance problem."""
        return is_problem(self.issue)

    @property
    def is_outage(self) -> bool:
        """Whether it is about a job that failed or a monitor that is down."""
        return is_outage(self.issue)

    @property
    def is_of_replays(self) -> bool:
        """Whether it is about what people did in vain."""
        return is_of_replays(self.issue)

    @property
    def is_found(self) -> bool:
        """Whether the product found it itself."""
        return is_found(self.issue)

    @property
    def category(self) -> str:
        """`issue.category`."""
        return category_of(self.issue)

    @property
    def type(self) -> str:
        """The first half of what it is called."""
        return names_of(self.issue)[0]

    @property
    def value(self) -> str:
        """The second half."""
        return names_of(self.issue)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueContext:
    """The page of one event. `event` is missing when retention has taken all of them."""

    header: Header
    event: EventView | None
    code: CodeView | None
    links: LinksView
    distributions: list[reading.TagDistribution]
    feedback_count: int
    replay: ReplayView | None
    view: View

    @property
    def views(self) -> tuple[tuple[View, str], ...]:
        """The ways to show stacks; frames as they were sent where others are beside them."""
        minified = self.event is not None and self.event.has_minified
        is_script = minified and self.event is not None and self.event.is_script
        return (
            ("app", "In app"),
            ("all", "All frames"),
            *((("minified", "Minified" if is_script else "As sent"),) if minified else ()),
            ("raw", "Raw"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsContext:
    """The table of the issue's events."""

    header: Header
    query: str
    rows: list[reading.EventRow]
    next_cursor: str | None
    has_cursor: bool
    error: str


def issue_page(request: HttpRequest, viewer: Viewer, issue_id: str) -> HttpResponse:
    """The issue with its latest event."""
    return event_page(request, viewer, issue_id, "latest")


def event_page(request: HttpRequest, viewer: Viewer, issue_id: str, event_id: str) -> HttpResponse:
    """The issue with one of its events."""
    issue = visible_issue(viewer, issue_id)
    stored = reading.load_event(viewer.visible, issue, event_id)
    if stored is None and event_id != "latest":
        raise Http404("no such event")
    scope = _scope_of(issue, request, viewer)
    asked = request.GET.get("frames", "app")
    view: View = next((known for known in _VIEWS if known == asked), "app")
    code = make_code(viewer, issue, stored) if stored else None
    context = IssueContext(
        header=make_header(request, viewer, issue),
        event=_event(viewer, issue, stored, code, view) if stored and code else None,
        code=code,
        links=make_links(viewer, Subject.of_issue(issue)),
        distributions=reading.tag_distributions(issue, scope),
        feedback_count=count_about(viewer.visible, issue),
        replay=make_replay(viewer, issue, stored) if stored else None,
        view=view,
    )
    return show(request, "pages/issue/page.html", context, section="issues")


def _event(
    viewer: Viewer, issue: Issue, stored: reading.StoredEvent, code: CodeView, view: View
) -> EventView:
    """The event with the links of its frames."""
    return with_findings(with_links(make_event(stored, view=view), code), viewer, issue)


def events_page(request: HttpRequest, viewer: Viewer, issue_id: str) -> HttpResponse:
    """All events of the issue, newest first."""
    issue = visible_issue(viewer, issue_id)
    scope = _scope_of(issue, request, viewer)
    query = request.GET.get("query", "")[:_MOST_QUERY_CHARACTERS]
    cursor = request.GET.get("cursor")
    rows, next_cursor, error = _search_events(issue, scope, query, cursor)
    context = EventsContext(
        header=make_header(request, viewer, issue),
        query=query,
        rows=rows,
        next_cursor=next_cursor,
        has_cursor=bool(cursor),
        error=error,
    )
    return show(request, "pages/issue/events.html", context, section="issues")


def _search_events(
    issue: Issue, scope: reading.Scope, query: str, cursor: str | None
) -> tuple[list[reading.EventRow], str | None, str]:
    """The rows and the next cursor, or why the search could not be read."""
    try:
        return (*reading.list_events(issue, scope, query=query, cursor=cursor), "")
    except SearchError as error:
        return [], None, str(error)


def make_header(request: HttpRequest, viewer: Viewer, issue: Issue) -> Header:
    """The header, with counts and chart of the chosen range."""
    shared = shared_filter(request, viewer)
    scope = _scope_of(issue, request, viewer)
    summary = reading.summarize(issue, scope)
    mark, tone = issue_mark(issue)
    alerts = _alerts(viewer, issue)
    chart = with_releases(bar_chart(summary.series), scope, shared.query)
    return Header(
        issue=issue,
        summary=summary,
        chart=with_alerts(chart, alerts),
        mark=mark,
        mark_tone=tone,
        resolution=resolutions_of([issue]).get(issue.pk),
        recovery=recoveries_of([issue]).get(issue.pk),
        latest=latest_release(issue.project_id),
        assignee=make_assignee(viewer, issue),
        alerts=[one for one in alerts if one.state in OPEN],
        period_name=shared.period_name,
        reference=viewer.reference(issue.project),
        can_delete=viewer.may(Action.DELETE_EVENTS, issue.project),
    )


def _alerts(viewer: Viewer, issue: Issue) -> list[Alert]:
    """The newest alerts about the issue, for whoever may see them."""
    if not viewer.may(Action.VIEW_ALERTS, issue.project):
        return []
    rows = alerts_of([issue.project]).filter(issue=issue, fired_at__isnull=False)
    return list(rows.order_by("-pk")[:_MOST_ALERTS])


def _scope_of(issue: Issue, request: HttpRequest, viewer: Viewer) -> reading.Scope:
    """The shared filter with the issue's own project, whichever are chosen for the lists."""
    scope = shared_filter(request, viewer).scope
    return replace(scope, visible=viewer.visible.only([issue.project_id]))


PAGE = Page(
    routes=(
        Route(path="issues/<issue:issue_id>/", name="issue", view=issue_page),
        Route(path="issues/<issue:issue_id>/events/", name="issue-events", view=events_page),
        Route(
            path="issues/<issue:issue_id>/assignee/",
            name="issue-assignee",
            view=change_assignee,
            action=Action.TRIAGE,
        ),
        Route(
            path="issues/<issue:issue_id>/events/<slug:event_id>/", name="event", view=event_page
        ),
        Route(
            path="issues/<issue:issue_id>/events/<slug:event_id>/json/",
            name="event-json",
            view=event_json,
        ),
        Route(
            path="issues/<issue:issue_id>/events/<slug:event_id>/attachments/<slug:attachment_id>/",
            name="event-attachment",
            view=attachment,
        ),
        Route(
            path="issues/<issue:issue_id>/deletion/",
            name="issue-deletion",
            view=issue_deletion,
            action=Action.DELETE_EVENTS,
        ),
        Route(
            path="issues/<issue:issue_id>/events/<slug:event_id>/deletion/",
            name="event-deletion",
            view=event_deletion,
            action=Action.DELETE_EVENTS,
        ),
        Route(
            path="issues/<issue:issue_id>/events/<slug:event_id>/attachments/"
            "<slug:attachment_id>/deletion/",
            name="attachment-deletion",
            view=attachment_deletion,
            action=Action.DELETE_EVENTS,
        ),
    )
)
