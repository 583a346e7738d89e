"""What pages and the API read of issues and events: the one door to it, scoped by project.

Every function takes the projects that may be seen, by themselves or within a `Scope`; access
control grants them, and the store adds them to every question.
"""

from vedette.issues.events import (
    find_event,
    list_events,
    load_event,
    read_attachment,
)
from vedette.issues.listing import count_new_events, list_issues
from vedette.issues.lookup import find_anything, find_issue, group_ids
from vedette.issues.outcomes import outcomes, outcomes_by_hour, outcomes_folded
from vedette.issues.shapes import (
    Attachment,
    Bucket,
    Destination,
    EventRow,
    IssuePage,
    IssueRow,
    IssueSummary,
    OutcomeRow,
    OutcomeTable,
    Period,
    Scope,
    Seen,
    Sort,
    StoredEvent,
    TagDistribution,
    TagValue,
    Token,
    UserReport,
)
from vedette.issues.suggestions import list_environments, suggest_keys, suggest_values
from vedette.issues.summary import summarize, tag_distributions

__all__ = [
    "Attachment",
    "Bucket",
    "Destination",
    "EventRow",
    "IssuePage",
    "IssueRow",
    "IssueSummary",
    "OutcomeRow",
    "OutcomeTable",
    "Period",
    "Scope",
    "Seen",
    "Sort",
    "StoredEvent",
    "TagDistribution",
    "TagValue",
    "Token",
    "UserReport",
    "count_new_events",
    "find_anything",
    "find_event",
    "find_issue",
    "group_ids",
    "list_environments",
    "list_events",
    "list_issues",
    "load_event",
    "outcomes",
    "outcomes_by_hour",
    "outcomes_folded",
    "read_attachment",
    "suggest_keys",
    "suggest_values",
    "summarize",
    "tag_distributions",
]
