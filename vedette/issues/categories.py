"""What an issue is about: an error, or a performance problem, and which, in Sentry's words."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from vedette.issues.models import Issue
from vedette.problems.detectors import Detector, detectors
from vedette.problems.occurrence import EVENT_TYPE
from vedette.store import query as q

ERROR: Final = "error"
PERFORMANCE: Final = EVENT_TYPE
IS_ERROR: Final = q.Compare(q.Field("event_type"), "!=", EVENT_TYPE)
"""The condition on stored events that keeps problems out of what counts errors."""

IS_PROBLEM: Final = q.Compare(q.Field("event_type"), "=", EVENT_TYPE)
"""The condition on stored events that leaves only problems."""

_IS_PROBLEM = Q(event_type=EVENT_TYPE)
_NONE = Q(pk__in=[])


def is_problem(issue: Issue) -> bool:
    """Whether it is a performance problem, so that no error stands behind it."""
    return issue.event_type == EVENT_TYPE


def category_of(issue: Issue) -> str:
    """`issue.category`."""
    return PERFORMANCE if is_problem(issue) else ERROR


def type_of(issue: Issue) -> str:
    """`issue.type`: the detector's name for a problem."""
    return issue.logger if is_problem(issue) else ERROR


def detector_of(issue: Issue) -> Detector | None:
    """Who found it; None for an error, and for a kind that there is no more."""
    return detectors().get(issue.logger) if is_problem(issue) else None


def names_of(issue: Issue) -> tuple[str, str]:
    """The two halves of what it is called: a problem's kind and what it is about."""
    detector = detector_of(issue)
    if detector is None or issue.type:
        return issue.type, issue.value
    return detector.title, issue.value.removeprefix(f"{detector.title}: ")


def in_category(name: str) -> Q:
    """The issues of a category; the groups of detectors (`db_query`) are some, too."""
    if name == ERROR:
        return ~_IS_PROBLEM
    if name == PERFORMANCE:
        return _IS_PROBLEM
    mine = [one.name for one in detectors().values() if one.group == name]
    return _IS_PROBLEM & Q(logger__in=mine) if mine else _NONE


def of_type(name: str) -> Q:
    """The issues of a type."""
    return ~_IS_PROBLEM if name == ERROR else _IS_PROBLEM & Q(logger=name)
