"""Words for an issue's state that the list and the page share."""

from __future__ import annotations

from datetime import timedelta

from vedette import clock
from vedette.issues.models import Issue, Status, Substatus

_NEW_FOR = timedelta(days=7)


def issue_mark(issue: Issue) -> tuple[str, str]:
    """The label and the hue of a state that differs from plain ongoing work."""
    if issue.status == Status.RESOLVED:
        return "Resolved", "good"
    if issue.status == Status.IGNORED:
        return "Archived", "outline"
    if issue.substatus == Substatus.NEW and clock.now() - issue.first_seen > _NEW_FOR:
        return "", ""
    marks: dict[str, tuple[str, str]] = {
        Substatus.NEW: ("New", "accent"),
        Substatus.REGRESSED: ("Regressed", "bad"),
        Substatus.ESCALATING: ("Escalating", "warn"),
    }
    return marks.get(issue.substatus, ("", ""))
