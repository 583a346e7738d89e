"""The issue-level half of a search as a condition on the metadata."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial, reduce
from operator import and_, or_

from django.db.models import Q

from vedette.issues.categories import in_category, of_type
from vedette.issues.models import Status, Substatus
from vedette.issues.wildcard import Wildcard
from vedette.search import (
    IssueClause,
    IssueKey,
    IssueSome,
    IssueState,
    IssueTerm,
    SearchError,
)

_NONE = Q(pk__in=[])
_EVERY = ~_NONE
_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_SHORT_ID = re.compile(r"(?P<slug>[a-z0-9_-]+)-(?P<number>\d{1,18})\Z", re.IGNORECASE)

_STATES: dict[IssueState, Q] = {
    IssueState.UNRESOLVED: Q(status=Status.UNRESOLVED),
    IssueState.RESOLVED: Q(status=Status.RESOLVED),
    IssueState.IGNORED: Q(status=Status.IGNORED),
    IssueState.ASSIGNED: Q(assignment__user__isnull=False),
    IssueState.UNASSIGNED: Q(assignment__user__isnull=True),
    IssueState.UNHANDLED: Q(is_unhandled=True),
    IssueState.HANDLED: Q(is_unhandled=False),
    IssueState.FOR_REVIEW: Q(
        status=Status.UNRESOLVED, substatus__in=(Substatus.NEW, Substatus.REGRESSED)
    ),
    IssueState.NEW: Q(status=Status.UNRESOLVED, substatus=Substatus.NEW),
    IssueState.ONGOING: Q(status=Status.UNRESOLVED, substatus=Substatus.ONGOING),
    IssueState.REGRESSED: Q(status=Status.UNRESOLVED, substatus=Substatus.REGRESSED),
    IssueState.ESCALATING: Q(status=Status.UNRESOLVED, substatus=Substatus.ESCALATING),
}


def issue_filter(clause: IssueClause | None, *, person_id: int | None = None) -> Q:
    """The condition that a clause puts on issues; `me` is the person who searches.

    Raises SearchError for a value that it cannot have.
    """
    if clause is None:
        return Q()
    if isinstance(clause, IssueTerm):
        return _term(clause, person_id)
    parts = [issue_filter(part, person_id=person_id) for part in clause.of]
    return reduce(or_ if isinstance(clause, IssueSome) else and_, parts)


def _term(term: IssueTerm, person_id: int | None) -> Q:
    if term.operator in _LOOKUPS:
        return _compared(term, _LOOKUPS[term.operator])
    read = _READERS[term.key]
    if term.key is IssueKey.ASSIGNED:
        read = partial(_assigned, person_id=person_id)
    held = _NONE
    for value in term.values:
        held = held | read(term, value)
    return ~held if term.operator in ("!=", "NOT IN") else held


def _compared(term: IssueTerm, lookup: str) -> Q:
    column = _ORDERED.get(term.key)
    if column is None:
        raise SearchError(
            f"{term.key.value} cannot be compared with {term.operator}.", term.start, term.end
        )
    return Q(**{f"{column}__{lookup}": term.values[0]})


def _text(column: str) -> Callable[[IssueTerm, object], Q]:
    def read(term: IssueTerm, value: object) -> Q:
        text = str(value)
        if term.is_wildcard:
            return Q(**{f"{column}__{Wildcard.lookup_name}": text})
        return Q(**{f"{column}__iexact": text}) if text else Q(**{column: ""})

    return read


def _exact(column: str) -> Callable[[IssueTerm, object], Q]:
    def read(term: IssueTerm, value: object) -> Q:
        return Q(**{column: value}) if value != "" else _NONE

    return read


def _number(column: str) -> Callable[[IssueTerm, object], Q]:
    def read(term: IssueTerm, value: object) -> Q:
        try:
            return Q(**{column: int(float(str(value)))}) if value != "" else _NONE
        except (ValueError, OverflowError):
            raise SearchError(
                f"{term.key.value} needs a number, not {value!r}.", term.start, term.end
            ) from None

    return read


def _state(term: IssueTerm, value: object) -> Q:
    return _STATES[value] if isinstance(value, IssueState) else _NONE


def _short_id(term: IssueTerm, value: object) -> Q:
    found = _SHORT_ID.match(str(value))
    if found is None:
        return _NONE
    return Q(project__slug__iexact=found["slug"], short_id=int(found["number"]))


def _assigned(term: IssueTerm, value: object, *, person_id: int | None = None) -> Q:
    """By address; teams are assigned nothing."""
    text = str(value)
    if text in ("", "none"):
        return Q(assignment__user__isnull=True)
    if text == "me":
        return Q(assignment__user=person_id) if person_id is not None else _NONE
    return _text("assignment__user__email")(term, text)


def _nobody(term: IssueTerm, value: object) -> Q:
    """Nobody has bookmarks yet."""
    return _EVERY if str(value) in ("", "none") else _NONE


def _category(term: IssueTerm, value: object) -> Q:
    return in_category(str(value).lower())


def _type(term: IssueTerm, value: object) -> Q:
    return of_type(str(value).lower())


_ORDERED = {
    IssueKey.FIRST_SEEN: "first_seen",
    IssueKey.LAST_SEEN: "last_seen",
    IssueKey.TIMES_SEEN: "event_count",
}
_READERS: dict[IssueKey, Callable[[IssueTerm, object], Q]] = {
    IssueKey.STATE: _state,
    IssueKey.ASSIGNED: _assigned,
    IssueKey.BOOKMARKS: _nobody,
    IssueKey.FIRST_SEEN: _exact("first_seen"),
    IssueKey.LAST_SEEN: _exact("last_seen"),
    IssueKey.TIMES_SEEN: _number("event_count"),
    IssueKey.FIRST_RELEASE: _text("first_release"),
    IssueKey.SHORT_ID: _short_id,
    IssueKey.ID: _number("pk"),
    IssueKey.PROJECT: _text("project__slug"),
    IssueKey.PROJECT_ID: _number("project_id"),
    IssueKey.PRIORITY: _text("priority"),
    IssueKey.CATEGORY: _category,
    IssueKey.TYPE: _type,
}
