"""What an issue is about: an error, a performance problem, an outage, a click in vain; and which,
in Sentry's words."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from vedette.issues.models import Issue
from vedette.own_events import OUTAGES, OWN_TYPES, PERFORMANCE, REPLAY
from vedette.problems.detectors import Detector, detectors
from vedette.recordings.findings import KINDS
from vedette.store import query as q

ERROR: Final = "error"
OUTAGE: Final = "outage"  # Sentry's newer word for what is down, whoever watches it
IS_ERROR: Final = q.Not(q.OneOf(q.Field("event_type"), [*OWN_TYPES]))
"""The condition on stored events that keeps what the product found out of what counts errors."""

IS_PROBLEM: Final = q.Compare(q.Field("event_type"), "=", PERFORMANCE)
"""The condition on stored events that leaves only problems."""

_IS_OWN = Q(event_type__in=OWN_TYPES)
_IS_PROBLEM = Q(event_type=PERFORMANCE)
_NONE = Q(pk__in=[])


def is_problem(issue: Issue) -> bool:
    """Whether it is a performance problem, so that no error stands behind it."""
    return issue.event_type == PERFORMANCE


def is_outage(issue: Issue) -> bool:
    """Whether it is about a job that failed or a monitor that is down."""
    return issue.event_type in OUTAGES


def is_of_replays(issue: Issue) -> bool:
    """Whether it is about what people did in vain, seen in recordings."""
    return issue.event_type == REPLAY


def is_found(issue: Issue) -> bool:
    """Whether the product found it itself."""
    return issue.event_type in OWN_TYPES


def category_of(issue: Issue) -> str:
    """`issue.category`."""
    return issue.event_type if issue.event_type in OWN_TYPES else ERROR


def type_of(issue: Issue) -> str:
    """`issue.type`: the detector's name for a problem, Sentry's for an outage."""
    return issue.logger if issue.event_type in OWN_TYPES else ERROR


def detector_of(issue: Issue) -> Detector | None:
    """Who found it; None for an error, and for a kind that there is no more."""
    return detectors().get(issue.logger) if is_problem(issue) else None


def names_of(issue: Issue) -> tuple[str, str]:
    """The two halves of what it is called: a problem's kind and what it is about."""
    finder = detector_of(issue) or (KINDS.get(issue.logger) if is_of_replays(issue) else None)
    if finder is None or issue.type:
        return issue.type, issue.value
    return finder.title, issue.value.removeprefix(f"{finder.title}: ")


def in_category(name: str) -> Q:
    """The issues of a category; the groups of detectors (`db_query`) are some, too."""
    if name == ERROR:
        return ~_IS_OWN
    if name == OUTAGE:
        return Q(event_type__in=OUTAGES)
    if name in OWN_TYPES:
        return Q(event_type=name)
    mine = [one.name for one in detectors().values() if one.group == name]
    return _IS_PROBLEM & Q(logger__in=mine) if mine else _NONE


def of_type(name: str) -> Q:
    """The issues of a type."""
    return ~_IS_OWN if name == ERROR else _IS_OWN & Q(logger=name)
