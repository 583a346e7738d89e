"""A search of the issue list, split: what the metadata answers and what the store answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, TypeAlias

from vedette.search.clauses import Clause, Every, Some, clause, terms
from vedette.search.compile import compile_clause
from vedette.search.errors import SearchError
from vedette.search.escapes import guarded, literal
from vedette.search.fields import Fields, fields_of
from vedette.search.issue_keys import PRIORITIES, SPELLINGS, STATES, IssueKey, IssueState
from vedette.search.releases import LATEST, NoReleases, Releases
from vedette.search.rules import World
from vedette.search.tree import Operator, Query, Scalar, Term
from vedette.store.query import Condition

IssueValue: TypeAlias = Scalar | IssueState


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTerm:
    """One condition on an issue.

    `values` holds one value, or those of a list for `IN` and `NOT IN`; the empty text means
    that there is none (`has:`). States are `IssueState`, times are aware, counts are floats.
    With `is_wildcard` the text is a pattern as in `vedette.search.escapes`, else it is literal.
    """

    key: IssueKey
    operator: Operator
    values: tuple[IssueValue, ...]
    is_wildcard: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IssueEvery:
    """All of these hold."""

    of: tuple[IssueClause, ...]


@dataclass(frozen=True, slots=True)
class IssueSome:
    """At least one of these holds."""

    of: tuple[IssueClause, ...]


IssueClause: TypeAlias = IssueTerm | IssueEvery | IssueSome


@dataclass(frozen=True, slots=True)
class IssueSearch:
    """Both halves, which must both hold; None where a half asks for nothing.

    The event half holds for an issue that has an event within the range that fits it.
    """

    issue: IssueClause | None
    event: Condition | None


def split_issue_search(
    query: Query,
    fields: Fields | None = None,
    *,
    projects: Mapping[str, int] | None = None,
    releases: Releases | None = None,
) -> IssueSearch:
    """Split what `parse_issue_search` read.

    Raises SearchError where an OR joins a term about issues with one about events, for
    values that can never be, and for an AND or OR with an empty side.
    """
    issue_parts: list[IssueClause] = []
    event_parts: list[Clause] = []
    world = World(fields or fields_of(), projects or {}, releases or NoReleases())
    _sort(clause(query), world.releases, issue_parts, event_parts)
    return IssueSearch(
        issue=_joined(issue_parts),
        event=compile_clause(Every(tuple(event_parts)), world) if event_parts else None,
    )


def _sort(
    found: Clause, known: Releases, issue_parts: list[IssueClause], event_parts: list[Clause]
) -> None:
    if isinstance(found, Every):
        for part in found.of:
            _sort(part, known, issue_parts, event_parts)
    elif all(_is_about_issue(term) for term in terms(found)):
        issue_parts.append(_issue_clause(found, known))
    elif not any(_is_about_issue(term) for term in terms(found)):
        event_parts.append(found)
    else:
        raise _mixed(list(terms(found)))


def _joined(parts: list[IssueClause]) -> IssueClause | None:
    if len(parts) == 1:
        return parts[0]
    return IssueEvery(tuple(parts)) if parts else None


def _is_about_issue(term: Term) -> bool:
    return term.key in SPELLINGS and not term.is_free_text


def _issue_clause(found: Clause, known: Releases) -> IssueClause:
    if isinstance(found, Term):
        return _issue_term(found, known)
    parts = tuple(_issue_clause(part, known) for part in found.of)
    return IssueSome(parts) if isinstance(found, Some) else IssueEvery(parts)


def _issue_term(term: Term, known: Releases) -> IssueTerm:
    key = SPELLINGS[term.key]
    values: tuple[Scalar, ...] = term.value if isinstance(term.value, tuple) else (term.value,)
    if key is IssueKey.FIRST_RELEASE and LATEST in values:
        newest = dict.fromkeys(guarded(one.version) for one in known.latest())
        values = (*(value for value in values if value != LATEST), *newest)
    return IssueTerm(
        key=key,
        operator=term.operator,
        values=tuple(_value(key, value, term) for value in values),
        is_wildcard=term.is_wildcard,
        start=term.start,
        end=term.end,
    )


def _value(key: IssueKey, value: Scalar, term: Term) -> IssueValue:
    if isinstance(value, datetime) or not isinstance(value, str):
        return value
    text = value.lower()
    if key is IssueKey.STATE:
        return STATES.get(text) or _unknown(term, value, tuple(STATES))
    if key is IssueKey.PRIORITY and text not in (*PRIORITIES, ""):
        _unknown(term, value, PRIORITIES)
    return value if term.is_wildcard else literal(value)


def _unknown(term: Term, value: str, known: tuple[str, ...]) -> NoReturn:
    raise SearchError(
        f"{term.key}: cannot be {value!r}; it may be {', '.join(known)}.", term.start, term.end
    )


def _mixed(found: list[Term]) -> SearchError:
    about_issue = next(term for term in found if _is_about_issue(term))
    about_event = next(term for term in found if not _is_about_issue(term))
    return SearchError(
        f"OR cannot join {about_issue.key}:, which describes issues, with {about_event.key}:, "
        "which describes their events.",
        found[0].start,
        found[-1].end,
    )
