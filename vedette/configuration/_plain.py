"""What any entry may hold, whatever its kind: plain values within bounds.

Entries come from YAML, JSON and forms of people who need not be trusted with everybody's time and
memory, and YAML knows values that no database and no JSON has. A kind's own check sees only
entries that passed this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from vedette.configuration import ConfigurationKind, Entry
from vedette.rules.problems import Problem

_MOST_TEXT = 20_000
_MOST_KEY = 200
_MOST_VALUES = 2_000
_MOST_DEPTH = 6
_MOST_NUMBER = 10**15
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def problems_of(
    kind: ConfigurationKind, organization: Any, entry: Entry, known: Any
) -> list[Problem]:
    """What is wrong with an entry: first what no entry may hold, else what its kind says."""
    return unfit_values(entry) or kind.check(organization, entry, known)


def unfit_values(entry: Entry) -> list[Problem]:
    """Values that cannot be kept, each with its path; too many end the search."""
    found: list[Problem] = []
    for seen, (path, words) in enumerate(_walk(entry, "", 0)):
        if seen > _MOST_VALUES:
            return [Problem("", f"an entry has at most {_MOST_VALUES:,} values")]
        if words:
            found.append(Problem(path, words))
    return found


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Each value's path and what is wrong with it; empty if nothing is."""
    if not isinstance(value, dict | list):
        yield path, _wrong(value)
        return
    if depth > _MOST_DEPTH:
        yield path, f"nothing is nested deeper than {_MOST_DEPTH} times"
        return
    yield path, ""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        wrong = _wrong_key(key) if isinstance(value, dict) else ""
        if wrong:
            yield path, wrong
            continue
        yield from _walk(part, f"{path}.{key}" if path else str(key), depth + 1)


def _wrong_key(key: Any) -> str:
    if not isinstance(key, str):
        return f"a name is a text: write it in quotes, not {str(key)[:40]}"
    return "a name is too long" if len(key) > _MOST_KEY else _wrong(key)


def _wrong(value: Any) -> str:
    if isinstance(value, str):
        if len(value) > _MOST_TEXT:
            return f"a text has at most {_MOST_TEXT:,} characters"
        return "it holds a character that no text may hold" if _UNSTORABLE.search(value) else ""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        is_fit = -_MOST_NUMBER <= value <= _MOST_NUMBER  # never true of what is no number
        return "" if is_fit else "the number is too large"
    return "it is neither text nor number: write it in quotes"
