"""What pages and the API read of issues and events: typed, scoped by project.

Every function takes the projects the caller may see; nothing outside them is ever
returned. Times are aware and in UTC; counts are of events within the asked range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from vedette.issues.models import Issue
from vedette.projects.models import Project

Sort = Literal["date", "new", "freq", "user", "trend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time range; `label` is what the picker shows ("24h", "14d" or an absolute range)."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The shared filter of every page: projects, environments, time range."""

    projects: Sequence[Project]
    environments: tuple[str, ...] = ()
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bar of a chart."""

    start: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One parsed token of a search: what the chip shows and where it stands in the text."""

    text: str
    key: str
    operator: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """One line of the issue list."""

    issue: Issue
    event_count: int
    user_count: int
    first_seen: datetime
    last_seen: datetime
    sparkline: list[Bucket]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePage:
    """One page of the issue list. `error` says in words why a search could not be read."""

    rows: list[IssueRow]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    tokens: list[Token] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When and in which release an issue was first or last seen."""

    at: datetime
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSummary:
    """The header of the issue page: counters and chart within the range."""

    event_count: int
    user_count: int
    series: list[Bucket]
    first: Seen
    last: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class TagValue:
    """One value of a tag with its share of the issue's events in the range."""

    value: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDistribution:
    """The most frequent values of one tag."""

    key: str
    total: int
    distinct: int
    top: list[TagValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event in a list of an issue's events."""

    event_id: str
    timestamp: datetime
    title: str
    release: str
    environment: str
    user: str
    trace_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with an event."""

    id: str
    name: str
    content_type: str
    attachment_type: str
    size_bytes: int
    is_image: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserReport:
    """What a person wrote about an error."""

    name: str
    email: str
    comments: str
    timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One event whole. `payload` is the normalised event: documented types, `_meta` included."""

    project: Project
    event_id: str
    group_id: int
    timestamp: datetime
    received: datetime
    payload: dict[str, Any]
    size_bytes: int
    attachments: list[Attachment]
    reports: list[UserReport]
    first_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None
    latest_id: str | None = None
    trace_previous: EventRow | None = None
    trace_next: EventRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a pasted id leads: an issue, and perhaps one event of it."""

    issue: Issue
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """One count of the outcomes page; `hour` is the hour's start."""

    project_id: int
    kind: str
    outcome: str
    reason: str
    hour: datetime
    quantity: int


def list_issues(
    scope: Scope, *, query: str, sort: Sort = "date", cursor: str | None = None, limit: int = 25
) -> IssuePage:
    """One page of the issues that match `query` within the scope."""
    raise NotImplementedError


def count_new_events(scope: Scope, *, since: datetime) -> int:
    """How many events have arrived in the scope since a moment."""
    raise NotImplementedError


def find_issue(projects: Sequence[Project], issue_id: str) -> Issue | None:
    """The issue with this number or short name (SHOP-12), if the projects hold it."""
    raise NotImplementedError


def summarize(issue: Issue, scope: Scope) -> IssueSummary:
    """The counters and the chart of one issue."""
    raise NotImplementedError


def tag_distributions(issue: Issue, scope: Scope, *, top: int = 5) -> list[TagDistribution]:
    """Every tag of the issue's events in the scope, the most frequent keys first."""
    raise NotImplementedError


def list_events(
    issue: Issue, scope: Scope, *, query: str = "", cursor: str | None = None, limit: int = 50
) -> tuple[list[EventRow], str | None]:
    """One page of the issue's events, newest first, and the next cursor."""
    raise NotImplementedError


def load_event(issue: Issue, event_id: str) -> StoredEvent | None:
    """One event of the issue; `event_id` may be `latest` or `oldest`."""
    raise NotImplementedError


def read_attachment(project: Project, event_id: str, attachment_id: str) -> bytes | None:
    """The bytes of an attachment of this project's event."""
    raise NotImplementedError


def find_anything(projects: Sequence[Project], text: str) -> Destination | None:
    """Where an event id, trace id, issue number or short name leads."""
    raise NotImplementedError


def suggest_keys(scope: Scope, prefix: str) -> list[str]:
    """Search keys and tag keys that begin with `prefix`."""
    raise NotImplementedError


def suggest_values(scope: Scope, key: str, prefix: str) -> list[TagValue]:
    """The most frequent values of a search key that contain `prefix`."""
    raise NotImplementedError


def list_environments(projects: Sequence[Project]) -> list[str]:
    """The environments these projects have sent from."""
    raise NotImplementedError


def outcomes(scope: Scope) -> list[OutcomeRow]:
    """What became of everything that came in, by project, kind, reason and hour."""
    raise NotImplementedError
