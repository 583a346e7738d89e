"""A small store of errors that the search tests ask, and how they write a search tree."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from vedette import items
from vedette.items.event import ERRORS
from vedette.search import Connective, Group, Term, compile_event_search, parse
from vedette.search.tree import Part
from vedette.store.duck import DuckStore
from vedette.store.query import Field, Order, Select
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

NOON = 1_767_268_800_000_000  # 2026-01-01 12:00 UTC
HOUR = 3_600_000_000
PROJECTS = {"shop": 1, "bank": 2}
STACK = (
    "ZeroDivisionError: division by zero\n"
    "shop.till divide shop/till.py:7 return total / count\n"
    "shop.web handle shop/web.py:30 "
)
ROWS: dict[str, dict[str, Any]] = {
    "division": {
        "project_id": 1,
        "event_id": "a" * 32,
        "timestamp": NOON,
        "level": "error",
        "platform": "python",
        "type": "ZeroDivisionError",
        "value": "division by zero",
        "culprit": "shop.till in divide",
        "transaction": "/till/{id}",
        "release": "shop@1.2.3+77",
        "environment": "production",
        "url": "https://shop.example/till",
        "handled": False,
        "user_key": "id:7",
        "user_id": "7",
        "user_email": "alice@example.com",
        "trace_id": "b" * 32,
        "stack": STACK,
        "tags": [("city", "Berlin"), ("plan", "50%_off"), ("path", "C:\\temp")],
    },
    "message": {
        "project_id": 1,
        "event_id": "c" * 32,
        "timestamp": NOON + HOUR,
        "level": "warning",
        "platform": "other",
        "message": "Stock is low: 5 * 3",
        "value": "Stock is low: 5 * 3",
        "release": "shop@1.3.0",
        "environment": "staging",
        "user_key": "username:bob",
        "user_username": "bob",
        "tags": [("city", "Bern"), ("star", "a*b"), ("browser", "lynx"), ("größe", "5")],
    },
    "browser": {
        "project_id": 2,
        "event_id": "d" * 32,
        "timestamp": NOON + 25 * HOUR,
        "level": "fatal",
        "platform": "javascript",
        "type": "TypeError",
        "value": "x is not a function in İstanbul, Hauptstraße",
        "handled": True,
        "browser": "Firefox 130.0",
        "browser_name": "Firefox",
        "environment": "production",
        "user_key": "ip:203.0.113.9",
        "user_ip": "203.0.113.9",
    },
}


def open_store(folder: Path) -> DuckStore:
    """A store that holds the rows."""
    store = DuckStore(folder, items.tables(), memory_bytes=256 << 20, threads=1)
    rows = Rows(ERRORS)
    for position, row in enumerate(ROWS.values()):
        rows.add({**row, "received": row["timestamp"], "writer": "w", "position": position})
    store.append([rows], writer="w", end=len(ROWS))
    return store


def found(store: DuckStore, text: str) -> set[str]:
    """The names of the rows that a search finds."""
    select = Select(
        table="errors",
        projects=VisibleProjects.of_system(),
        columns={"event_id": Field("event_id")},
        where=[compile_event_search(parse(text), projects=PROJECTS)],
        start=0,
        end=NOON + 100 * HOUR,
        order_by=[Order("event_id")],
    )
    names = {row["event_id"]: name for name, row in ROWS.items()}
    return {names[row[0]] for row in store.query(select).rows}


def outline(part: Part) -> Any:
    """A part of a tree in short: `(key, operator, value)`, a word, or a list for parentheses."""
    if isinstance(part, Connective):
        return part.word
    if isinstance(part, Group):
        return [outline(inner) for inner in part.parts]
    return (part.key, part.operator, part.value)


def outlines(text: str) -> list[Any]:
    """The outline of every part of a search."""
    return [outline(part) for part in parse(text).parts]


def as_sentry_writes(part: Part) -> Any:
    """A part of a tree as Sentry's fixtures write it."""
    if isinstance(part, Connective):
        return part.word
    if isinstance(part, Group):
        return {"paren": [as_sentry_writes(inner) for inner in part.parts]}
    return {
        "key": part.key,
        "op": part.operator,
        "value": _json(part),
        "value_wildcard": part.is_wildcard,
    }


def _json(term: Term) -> Any:
    if isinstance(term.value, tuple):
        return list(term.value)
    return {"$dt": term.value.isoformat()} if isinstance(term.value, datetime) else term.value
