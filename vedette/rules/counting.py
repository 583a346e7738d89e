"""What digesters count for rules: definitions that travel to them, and what they find.

A `Counter` is the countable part of a rule. Its id is made of what it says, so that rules which
differ only in what they do about a number share it, and a rule that begins to count something
else begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec
import xxhash

from vedette.rules import searches
from vedette.rules.rule import Rule
from vedette.rules.sources import sources
from vedette.search.parse import parse
from vedette.store.query import All, Condition, Expression, Field, Not, OneOf, Present

TICK_SECONDS = 10  # windows begin and end at multiples of it
_MOST_BUCKETS = 360
MOST_MEMBERS = 10_000
_GROUP = Field("group_id")
_TYPE_KEYS = ("event.type", "event_type")


class Counter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rows of a table that fulfil `where`, by the values of `keys` and by time.

    `parts` are counted apart; `members` without repetition, at most `most_members` of them;
    `width` is the seconds of a bucket. `is_edge`: every row is told, none is counted.
    """

    id: str
    table: str
    where: Condition
    parts: tuple[Condition, ...] = ()
    keys: tuple[Expression, ...] = ()
    members: Expression | None = None
    most_members: int = 0
    width: int = TICK_SECONDS
    is_edge: bool = False


def counter_of(rule: Rule) -> Counter:
    """What has to be counted for a rule. Raises SearchError for a filter that cannot be read."""
    table = sources()[rule.source].table
    members = rule.how.members(rule.options)
    keys = tuple(key_of(written, table) for written in rule.per)
    made = Counter(
        id="",
        table=table,
        where=_with(keys, condition_of(rule)),
        parts=parts_of(rule),
        keys=keys,
        members=members,
        most_members=_most_members(rule) if members is not None else 0,
        width=bucket_width(rule.window),
        is_edge=rule.is_edge,
    )
    digest = xxhash.xxh3_64_hexdigest(msgspec.json.encode(made))
    return msgspec.structs.replace(made, id=digest)


def parts_of(rule: Rule) -> tuple[Condition, ...]:
    """What is counted apart, in the order of the thresholds that need it, each once."""
    found: list[Condition] = []
    for threshold in rule.thresholds:
        part = rule.how.part(rule.options, threshold)
        if part is not None and part not in found:
            found.append(part)
    return tuple(found)


def condition_of(rule: Rule) -> Condition:
    """The rows that a rule is about: by its filter, its source and what its measure can measure.

    Raises SearchError for the filter, BadQuery for the measure.
    """
    source = sources()[rule.source]
    conditions = [
        searches.condition(rule.filter, source.table) if rule.filter.strip() else None,
        source.where,
        rule.how.measured(rule.options),
        _all_but(left_out(rule.source, rule.filter)),
    ]
    found = [one for one in conditions if one is not None]
    return found[0] if len(found) == 1 else All(found)


@lru_cache(maxsize=1024)
def left_out(source: str, search: str) -> tuple[str, ...]:
    """Types of events that a rule with this filter is not about. Raises SearchError."""
    types = sources()[source].if_named
    if not types or not search.strip():
        return types
    for term in parse(search).terms():
        named = term.value if isinstance(term.value, tuple) else (term.value,)
        is_asked = term.key in _TYPE_KEYS and term.operator in ("=", "IN")
        if is_asked and any(one in types for one in named):
            return ()
    return types


def _all_but(types: tuple[str, ...]) -> Condition | None:
    return Not(OneOf(Field("event_type"), [*types])) if types else None


def key_of(written: str, table: str) -> Expression:
    """What holds the values of a key of `per`; an issue is told by its group."""
    return _GROUP if written == "issue" else searches.field(written, table)


def _with(keys: Iterable[Expression], where: Condition) -> Condition:
    """Only rows that have a value for every key: what has none is no combination of values."""
    needed: list[Condition] = [Present(key) for key in keys if key != _GROUP]
    return All([where, *needed]) if needed else where


def bucket_width(window: int) -> int:
    """So that a window has at most 360 buckets and is a whole number of them."""
    width = TICK_SECONDS
    while window / width > _MOST_BUCKETS or window % width:
        width += TICK_SECONDS
        if width >= window:
            return max(window, TICK_SECONDS)
    return width


def longest(rules: Iterable[Rule]) -> int:
    """The longest window, in seconds."""
    return max((rule.window for rule in rules), default=0)


def _most_members(rule: Rule) -> int:
    """One more than any threshold asks for decides as well as all of them."""
    largest = max((one.number for one in rule.thresholds), default=0)
    return min(int(largest) + 1, MOST_MEMBERS)
