"""Links that change the search: tabs (another `is:` word) and chips (one token less)."""

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
_STATUS_WORD = re.compile(r"(?<!\S)is:(unresolved|resolved|archived|ignored)(?!\S)")

_WRITTEN = {"=": ":", ":": ":", "!=": " is not ", "": ":"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab and where it leads."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One parsed token and the address of the search without it.

    `operator` is written as people read it: `release:1.4`, `level is not error`, `times:>5`.
    """

    key: str
    operator: str
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


def make_chips(asked: QueryDict, query: str, tokens: Sequence[Token]) -> list[Chip]:
    """A chip for every token of the search."""
    return [
        Chip(
            key=token.key,
            operator=_WRITTEN.get(token.operator, f":{token.operator}" if token.key else ""),
            value=token.value,
            without=search_address(
                asked, " ".join((query[: token.start] + query[token.end :]).split())
            ),
        )
        for token in tokens
    ]


def search_address(asked: QueryDict, query: str) -> str:
    """This page with another search, from its first row."""
    changed = asked.copy()
    changed.pop("cursor", None)
    changed["query"] = query
    return "?" + changed.urlencode()
