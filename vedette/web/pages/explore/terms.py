"""Terms of a search that choose, or leave out, the rows with a value."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from vedette.explore.arguments import ISSUE
from vedette.explore.fields import Column
from vedette.search import quote
from vedette.web.pages.explore.words import PROJECTS, Names, plain

_EITHER = re.compile(r"\bOR\b")


class Terms(NamedTuple):
    """The search for rows with a value, and that for all others; words for both."""

    with_it: str
    without_it: str
    add: str = "Add to filter"
    exclude: str = "Exclude"


def terms_of(column: Column, value: Any, names: Names) -> Terms | None:
    """None for what no search can name: times, figures, what nobody may see."""
    key = column.written
    if column.is_aggregate or column.kind == "date":
        return None
    if value is None or value == "":
        return Terms(f"!has:{key}", f"has:{key}", f"Only without {key}", f"Only with {key}")
    if column.kind == "duration":
        bound = f"{round(float(value), 3):.15g}ms"
        return Terms(f"{key}:>={bound}", f"{key}:<{bound}", "That long or longer", "Shorter")
    if column.kind == ISSUE or key in PROJECTS:
        name = names.text(column, value)
        return _same(key, name) if name else None
    if column.kind in ("integer", "number"):
        return _same(key, f"{value:.15g}")
    written = quote(plain(value))
    if ":" in written and written[0] != '"':
        written = f'"{written}"'
    return _same(key, written)


def joined(query: str, term: str) -> str:
    """The search with one more term, which holds for all of it."""
    has_either = _EITHER.search(query) is not None
    if term in query.split() and not has_either:
        return query
    whole = f"({query})" if has_either else query
    return f"{whole} {term}".strip()


def _same(key: str, written: str) -> Terms:
    return Terms(f"{key}:{written}", f"!{key}:{written}")
