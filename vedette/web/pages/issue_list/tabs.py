"""Links that change the search: tabs (another `is:` word), kinds, chips (one token less)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from vedette.issues.reading import Token

_TABS = (
    ("Unresolved", "is:unresolved"),
    ("All", ""),
    ("Archived", "is:archived"),
    ("Resolved", "is:resolved"),
)
_KINDS = (
    ("All kinds", ""),
    ("Errors", "issue.category:error"),
    ("Performance", "issue.category:performance"),
    ("Outages", "issue.category:outage"),
)
_KIND_WORD = re.compile(r"(?<!\S)issue\.category:(error|performance|outage)(?!\S)")
_STATUS_WORD = re.compile(r"(?<!\S)is:(unresolved|resolved|archived|ignored)(?!\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab and where it leads."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One token as it was written, `key` up to its colon, and the search without it."""

    key: str
    value: str
    without: str


def make_tabs(asked: QueryDict, query: str) -> list[Tab]:
    """The tabs for a search; the current one has the search's own `is:` word."""
    rest = " ".join(_STATUS_WORD.sub(" ", query).split())
    found = _STATUS_WORD.search(query)
    word = f"is:{found[1]}".replace("is:ignored", "is:archived") if found else ""
    return [
        Tab(
            label=label,
            address=search_address(asked, f"{held} {rest}".strip()),
            current=held == word,
        )
        for label, held in _TABS
    ]


def make_kinds(asked: QueryDict, query: str) -> list[Tab]:
    """The kinds; the current one has the search's own category."""
    rest = " ".join(_KIND_WORD.sub(" ", query).split())
    found = _KIND_WORD.search(query)
    word = found[0] if found else ""
    return [
        Tab(
            label=label,
            address=search_address(asked, f"{rest} {held}".strip()),
            current=held == word,
        )
        for label, held in _KINDS
    ]


def make_chips(asked: QueryDict, query: str, tokens: Sequence[Token]) -> list[Chip]:
    """A chip for every token of the search."""
    return [_make_chip(asked, query, token) for token in tokens]


def _make_chip(asked: QueryDict, query: str, token: Token) -> Chip:
    key, colon, value = token.text.partition(":")
    has_key = bool(colon) and '"' not in key
    rest = " ".join((query[: token.start] + query[token.end :]).split())
    return Chip(
        key=key + colon if has_key else "",
        value=value if has_key else token.text,
        without=search_address(asked, rest),
    )


def search_address(asked: QueryDict, query: str) -> str:
    """This page with another search, from its first row."""
    changed = asked.copy()
    changed.pop("cursor", None)
    changed["query"] = query
    return "?" + changed.urlencode()
