"""Splitting a search of the issue list."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.search import (
    IssueClause,
    IssueKey,
    IssueState,
    IssueTerm,
    SearchError,
    parse_issue_search,
    split_issue_search,
)
from vedette.store.query import Compare, Field


def split(text: str) -> tuple[Any, Any]:
    """The issue half in short, and the event half."""
    search = split_issue_search(parse_issue_search(text))
    return search.issue and outline(search.issue), search.event


def outline(clause: IssueClause) -> Any:
    """`(key, operator, value…)`, or the class's name before its parts."""
    if isinstance(clause, IssueTerm):
        return (clause.key, clause.operator, *clause.values)
    return (type(clause).__name__, *map(outline, clause.of))


UNRESOLVED = (IssueKey.STATE, "=", IssueState.UNRESOLVED)
MINE = (IssueKey.ASSIGNED, "=", "me")
ERROR = Compare(Field("level"), "=", "error")


@pytest.mark.parametrize(
    ("text", "issue", "event"),
    [
        ("", None, None),
        ("is:unresolved", UNRESOLVED, None),
        ("level:error", None, ERROR),
        ("is:unresolved level:error", UNRESOLVED, ERROR),
        ("(is:unresolved AND level:error)", UNRESOLVED, ERROR),
        ("is:unresolved OR assigned:me", ("IssueSome", UNRESOLVED, MINE), None),
        (
            "(is:unresolved OR assigned:me) level:error",
            ("IssueSome", UNRESOLVED, MINE),
            ERROR,
        ),
        (
            "is:unresolved (assigned:me level:error)",
            ("IssueEvery", UNRESOLVED, MINE),
            ERROR,
        ),
        ("!is:archived", (IssueKey.STATE, "!=", IssueState.IGNORED), None),
        (
            "is:[new, regressed]",
            (IssueKey.STATE, "IN", IssueState.NEW, IssueState.REGRESSED),
            None,
        ),
        ("status:resolved", (IssueKey.STATE, "=", IssueState.RESOLVED), None),
        ("timesSeen:>=10", (IssueKey.TIMES_SEEN, ">=", 10.0), None),
        ("issue:SHOP-1", (IssueKey.SHORT_ID, "=", "SHOP-1"), None),
        ("project:shop", (IssueKey.PROJECT, "=", "shop"), None),
        ("firstRelease:1.*", (IssueKey.FIRST_RELEASE, "=", "1.*"), None),
        ("has:assigned", (IssueKey.ASSIGNED, "!=", ""), None),
        ("bookmarks:me", (IssueKey.BOOKMARKS, "=", "me"), None),
        ("issue.priority:high", (IssueKey.PRIORITY, "=", "high"), None),
    ],
)
def test_terms_go_to_their_half(text: str, issue: Any, event: Any) -> None:
    """What describes the issue goes to the metadata, the rest to the store."""
    assert split(text) == (issue, event)


def test_spellings_of_a_time_are_one_key() -> None:
    """age, firstSeen and first_seen ask the same."""
    for text in ("age:-7d", "firstSeen:-7d", "first_seen:-7d"):
        (key, operator, _), _ = split(text)
        assert (key, operator) == (IssueKey.FIRST_SEEN, ">=")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("is:unresolved OR level:error", "is:, which describes issues, with level:"),
        ("(is:new level:error) OR assigned:me", "OR cannot join"),
        ("is:happy", "unresolved"),
        ("issue.priority:odd", "high, medium, low"),
        ("is:new OR", "both sides"),
    ],
)
def test_what_cannot_be_split_says_why(text: str, word: str) -> None:
    """The message names both sides or the known values."""
    with pytest.raises(SearchError, match=word):
        split_issue_search(parse_issue_search(text))
