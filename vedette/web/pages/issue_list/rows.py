"""One row of the issue list, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.accounts.models import User
from vedette.issues.assigning import assignments_of
from vedette.issues.categories import is_of_replays, is_outage, is_problem, names_of
from vedette.issues.models import Assignment, Issue
from vedette.issues.reading import IssueRow
from vedette.web.issue_words import issue_mark

_MOST_CHARACTERS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row and the words it shows: `type` bold, `value` dimmed, `mark` a state worth a label."""

    row: IssueRow
    issue: Issue
    type: str
    value: str
    mark: str
    mark_tone: str
    is_problem: bool
    is_of_replays: bool
    is_outage: bool
    assignee: User | None


def make_rows(rows: Sequence[IssueRow]) -> list[Row]:
    """The words of each row."""
    assigned = assignments_of(row.issue for row in rows)
    return [_make(row, assigned.get(row.issue.pk)) for row in rows]


def _make(row: IssueRow, assignment: Assignment | None) -> Row:
    issue = row.issue
    mark, tone = issue_mark(issue)
    kind, value = names_of(issue)
    return Row(
        row=row,
        issue=issue,
        type=kind or ("" if value else "<unlabeled event>"),
        value=shorten_middle(" ".join(value.split()), _MOST_CHARACTERS),
        is_problem=is_problem(issue),
        is_of_replays=is_of_replays(issue),
        is_outage=is_outage(issue),
        mark=mark,
        mark_tone=tone,
        assignee=assignment.user if assignment else None,
    )


def shorten_middle(text: str, most: int) -> str:
    """`text` with its middle left out when it is longer than `most` characters."""
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return f"{text[:head].rstrip()} … {text[-(most - head - 3) :].lstrip()}"
