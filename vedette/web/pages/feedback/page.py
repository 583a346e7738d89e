"""The inbox of feedback: what people wrote, what is done with it, and what looks like spam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.feedback.models import FeedbackStatus
from vedette.feedback.reading import MOST_LOOKED_AT, SORTS, Inbox, Said, Wanted, read_inbox
from vedette.issues.cursors import read_offset
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.search import SearchError
from vedette.web.access import Viewer
from vedette.web.pages.feedback import form, one
from vedette.web.pages.feedback.acting import change_feedback, members_for
from vedette.web.pages.issue.access import visible_issue
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import shared_filter

_ROWS = 50
_MOST_QUERY_CHARACTERS = 1000
_WORDS = {"newest": "Newest", "oldest": "Oldest"}
_OWNERS = (("", "Any assignee"), ("me", "Mine"), ("none", "Nobody’s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list; `project` is missing for none that is seen."""

    said: Said
    project: Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A status, with how much of what the search finds lies there; `12+` where not all was
    looked at."""

    value: str
    label: str
    count: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackContext:
    """What the page shows; `error` says in words why the search cannot be read."""

    query: str
    error: str
    tabs: list[Tab]
    status: str
    owners: tuple[tuple[str, str], ...]
    owner: str
    sorts: Mapping[str, str]
    sort: str
    issue: Issue | None
    rows: list[Row]
    members: list[User]
    may_change: bool
    next_cursor: str | None
    previous_cursor: str | None
    period_name: str

    @property
    def owner_words(self) -> str:
        """The chosen assignee."""
        return dict(self.owners)[self.owner]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the status leaves some out."""
        return bool(self.query or self.owner or self.issue)


def feedback(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `status`, `assignee`, `issue`, `query` and `sort` choose."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", "").strip()[:_MOST_QUERY_CHARACTERS]
    status = _known(request, "status", FeedbackStatus.values) or FeedbackStatus.UNRESOLVED
    owner = _known(request, "assignee", ("me", "none"))
    sort = _known(request, "sort", SORTS) or SORTS[0]
    named = request.GET.get("issue", "")[:100]
    issue = visible_issue(viewer, named) if named else None
    wanted = Wanted(
        query=query,
        status=status,
        assignee={"me": viewer.user.pk, "none": 0}.get(owner),
        issue=issue,
        sort=sort,
    )
    offset = min(read_offset(request.GET.get("cursor")), MOST_LOOKED_AT)
    error = ""
    try:
        inbox = read_inbox(shared.scope, wanted, limit=_ROWS, offset=offset)
    except SearchError as wrong:
        inbox, error = Inbox(rows=[], counts={}, has_more=False), str(wrong)
    projects = {project.pk: project for project in viewer.projects}
    context = FeedbackContext(
        query=query,
        error=error,
        tabs=[
            Tab(
                value=value,
                label=label,
                count=f"{inbox.counts.get(value, 0)}{'+' if inbox.is_cut else ''}",
                is_current=value == status,
            )
            for value, label in FeedbackStatus.choices
        ],
        status=status,
        owners=_OWNERS,
        owner=owner,
        sorts=_WORDS,
        sort=sort,
        issue=issue,
        rows=[
            Row(said=said, project=projects[said.project_id])
            for said in inbox.rows
            if said.project_id in projects
        ],
        members=members_for(inbox.rows, projects, viewer.user),
        may_change=viewer.may(Action.TRIAGE),
        next_cursor=f"o:{offset + _ROWS}" if inbox.has_more else None,
        previous_cursor=f"o:{max(0, offset - _ROWS)}" if offset else None,
        period_name=shared.period_name,
    )
    return show(request, "pages/feedback/page.html", context, section="feedback")


def _known(request: HttpRequest, name: str, values: object) -> str:
    asked = request.GET.get(name, "")
    return asked if isinstance(values, list | tuple) and asked in values else ""


PAGE = Page(
    routes=(
        Route(path="feedback/", name="feedback", view=feedback),
        Route(
            path="feedback/changes/",
            name="feedback-change",
            view=change_feedback,
            action=Action.TRIAGE,
        ),
        *form.ROUTES,
        *one.ROUTES,
    ),
    navigation=Navigation(
        label="Feedback", icon="message-square", route="feedback", key="b", order=16
    ),
)
