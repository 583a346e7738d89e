"""The values that reading issues and events gives to pages and the API.

Times are aware and in UTC; counts are of events within the asked range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.search import OtherReading
from vedette.store.visible import VisibleProjects

Sort = Literal["date", "new", "freq", "user", "trend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time range; `label` is what the picker shows ("24h", "14d" or an absolute range)."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The shared filter of every page: the projects that may be seen, environments, times.

    `person_id` is whom searches mean by `me`.
    """

    visible: VisibleProjects
    environments: tuple[str, ...] = ()
    period: Period
    person_id: int | None = None


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
    """One page of the issue list.

    `error` says in words why a search could not be read, `note` what the list leaves out,
    `other_reading` how else the search could be meant.
    """

    rows: list[IssueRow]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    tokens: list[Token] = field(default_factory=list)
    error: str = ""
    note: str = ""
    other_reading: OtherReading | None = None


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
    """One value of a key and its share of the events in the range that have the key."""

    value: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDistribution:
    """The most frequent values of one tag; `total` and `distinct` are of all its values."""

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
    """What a person wrote about an error. Without `feedback_id` it is in no inbox."""

    name: str
    email: str
    comments: str
    timestamp: datetime
    feedback_id: str = ""


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
    replay_id: str = ""
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
    """One count of outcomes. What was not grouped by is empty, `at` then the range's start."""

    project_id: int = 0
    kind: str = ""
    outcome: str = ""
    reason: str = ""
    at: datetime
    last: datetime
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTable:
    """Counts, the largest first; `is_cut` where there were more groups than rows.

    `is_folded` where the smallest reasons are summed as `other`.
    """

    rows: list[OutcomeRow]
    is_cut: bool
    is_folded: bool = False
