"""The keys that describe an issue rather than its events, and the values some of them have."""

from __future__ import annotations

from enum import Enum
from typing import Final


class IssueKey(Enum):
    """What a term asks of an issue, whatever its spelling."""

    STATE = "is"
    ASSIGNED = "assigned"
    BOOKMARKS = "bookmarks"
    FIRST_SEEN = "firstSeen"
    LAST_SEEN = "lastSeen"
    TIMES_SEEN = "timesSeen"
    FIRST_RELEASE = "firstRelease"
    SHORT_ID = "issue"
    ID = "issue.id"
    PROJECT = "project"
    PROJECT_ID = "project.id"
    PRIORITY = "issue.priority"
    CATEGORY = "issue.category"
    TYPE = "issue.type"


class IssueState(Enum):
    """What `is:` may be followed by. `archived` is read as `ignored`."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    IGNORED = "ignored"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    UNHANDLED = "unhandled"
    HANDLED = "handled"
    FOR_REVIEW = "for_review"
    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"
    ESCALATING = "escalating"


PRIORITIES: Final = ("high", "medium", "low")

STATES: Final = {state.value: state for state in IssueState} | {
    "archived": IssueState.IGNORED,
    "muted": IssueState.IGNORED,
}

SPELLINGS: Final = {key.value: key for key in IssueKey} | {
    "status": IssueKey.STATE,
    "assigned_to": IssueKey.ASSIGNED,
    "assigned_or_suggested": IssueKey.ASSIGNED,
    "age": IssueKey.FIRST_SEEN,
    "first_seen": IssueKey.FIRST_SEEN,
    "last_seen": IssueKey.LAST_SEEN,
    "times_seen": IssueKey.TIMES_SEEN,
    "first_release": IssueKey.FIRST_RELEASE,
    "first-release": IssueKey.FIRST_RELEASE,
    "project.name": IssueKey.PROJECT,
    "project_id": IssueKey.PROJECT_ID,
    "priority": IssueKey.PRIORITY,
}
EVENT_SPELLINGS: Final = frozenset(
    ("project", "project.id", "project.name", "project_id", "status")
)
