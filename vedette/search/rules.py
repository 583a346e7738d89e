"""The keys that are found by a rule of their own instead of by one column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from vedette.search import releases
from vedette.search.escapes import has_wildcard, literal
from vedette.search.fields import Fields
from vedette.search.folding import spellings
from vedette.search.releases import NoReleases, Releases
from vedette.search.targets import Flag, Matched, Ordered, Target, Text, hex_id, number
from vedette.search.tree import Term
from vedette.store.patterns import fits
from vedette.store.query import (
    All,
    Compare,
    Condition,
    Contains,
    Either,
    Expression,
    Field,
    Matches,
    OneOf,
    Present,
    call,
)

TITLE = call("joined", ": ", Field("type"), Field("value"))


@dataclass(frozen=True, slots=True)
class World:
    """What a rule may look at: the fields, the projects' ids by short name, the releases.

    `issues` makes the condition on the events of an issue by its short name, and raises BadValue.
    """

    fields: Fields
    projects: Mapping[str, int]
    releases: Releases = field(default_factory=NoReleases)
    issues: Callable[[str], Condition] | None = None


def rule_for(key: str, world: World) -> Target | None:
    """The target of a key that has a rule, if the table has what the rule looks at."""
    rule = _RULES.get(key)
    if rule is None or not can_look(key, world.fields) or (key == "issue" and not world.issues):
        return None
    return rule(key, world)


def can_look(key: str, fields: Fields) -> bool:
    """Whether a table has what the rule of a key looks at."""
    needed = _NEEDED.get(key, key.partition(".")[0] if key.startswith("release") else "")
    return not needed or any(column.name == needed for column in fields.table.columns)


# The column without which a rule has nothing to look at.
_NEEDED = {
    "message": "message",
    "title": "type",
    "user": "user_key",
    "issue": "group_id",
    "error.unhandled": "handled",
    "error.handled": "handled",
    **dict.fromkeys(
        ("stack.function", "stack.module", "stack.filename", "stack.abs_path"), "stack"
    ),
}


def either(conditions: Iterable[Condition]) -> Condition:
    """One of these; the only one, if there is only one."""
    found = list(conditions)
    return found[0] if len(found) == 1 else Either(found)


def has_rule(key: str) -> bool:
    """Whether a key is found by a rule of its own."""
    return key in _RULES


def anywhere(term: Term, world: World) -> Condition:
    """Free text: in the message, the title, the place, the stack, the tags; or an id."""
    text = str(term.value)
    held = {column.name for column in world.fields.table.columns}
    fields: list[Expression] = [Field(name) for name in _FREE_TEXT if name in held]
    if term.is_wildcard:
        return either(
            Contains(fields, one, tags=True, is_pattern=True) for one in spellings(text.strip("*"))
        )
    words = either(Contains(fields, one, tags=True) for one in spellings(literal(text)))
    digits = hex_id(text)
    if digits is None:
        return words
    ids = [
        Compare(Field(name), "=", digits)
        for name in ("event_id", "trace_id", "replay_id")
        if name in held
    ]
    return Either([*ids, words])


_FREE_TEXT = (
    *("message", "type", "value", "culprit", "transaction", "url", "stack"),
    *("description", "op", "comments", "email"),
)


def _message(key: str, world: World) -> Target:
    fields: list[Expression] = [Field("message"), Field("type"), Field("value"), TITLE]

    def match(pattern: str) -> Condition:
        if not has_wildcard(pattern):
            return either(Contains(fields, one) for one in spellings(literal(pattern)))
        return Either([Matches(field, one) for field in fields for one in spellings(pattern)])

    present = Either([Present(Field("message")), Present(Field("value"))])
    return Matched(key, present, match)


def _title(key: str, world: World) -> Target:
    return Text(key, TITLE)


def _user(key: str, world: World) -> Target:
    def match(pattern: str) -> Condition:
        name, colon, rest = pattern.partition(":")
        column = _USER_COLUMNS.get(name) if colon else None
        if column is not None:
            return _same(Field(column), rest) if rest else Present(Field(column))
        return Either([_same(Field(one), pattern) for one in _USER_COLUMNS.values()])

    return Matched(key, Present(Field("user_key")), match)


_USER_COLUMNS = {
    "id": "user_id",
    "email": "user_email",
    "username": "user_username",
    "ip": "user_ip",
}


def _unhandled(key: str, world: World) -> Target:
    return Flag(key, Compare(Field("handled"), "=", False), Present(Field("handled")))


def _handled(key: str, world: World) -> Target:
    return Flag(key, Compare(Field("handled"), "!=", False), Present(Field("handled")))


def _in_stack(before: str, after: str) -> Callable[[str, World], Target]:
    """A word of the stack text between what stands around such words there."""

    def rule(key: str, world: World) -> Target:
        stack = Field("stack")

        def match(pattern: str) -> Condition:
            if not has_wildcard(pattern):
                return Contains([stack], f"{before}{literal(pattern)}{after}")
            return Contains([stack], f"{before}{pattern}{after}", is_pattern=True)

        return Matched(key, Present(stack), match)

    return rule


def _of_release(rule: Callable[[str, Releases], Target]) -> Callable[[str, World], Target]:
    return lambda key, world: rule(key, world.releases)


def _project(key: str, world: World) -> Target:
    def match(pattern: str) -> Condition:
        is_pattern = has_wildcard(pattern)
        ids: list[str | int | float | bool | None] = [
            number
            for slug, number in world.projects.items()
            if (fits(pattern, slug) if is_pattern else slug == literal(pattern))
        ]
        return OneOf(Field("project_id"), ids)

    return Matched(key, All([]), match)


def _project_id(key: str, world: World) -> Target:
    return Ordered(key, Field("project_id"), number)


def _issue(key: str, world: World) -> Target:
    assert world.issues is not None
    return Matched(key, All([]), world.issues)


def _same(left: Expression, pattern: str) -> Condition:
    if has_wildcard(pattern):
        return Matches(left, pattern)
    return Compare(left, "=", literal(pattern))


_RULES: dict[str, Callable[[str, World], Target]] = {
    "message": _message,
    "title": _title,
    "user": _user,
    "error.unhandled": _unhandled,
    "error.handled": _handled,
    "stack.function": _in_stack(" ", " "),
    "stack.module": _in_stack("", " "),
    "stack.filename": _in_stack("", ":"),
    "stack.abs_path": _in_stack("", ":"),
    "release": _of_release(releases.release),
    "release.version": _of_release(releases.version),
    "release.package": _of_release(releases.package),
    "release.build": _of_release(releases.build),
    "release.stage": _of_release(releases.stage),
    "issue": _issue,
    "project": _project,
    "project.name": _project,
    "project.id": _project_id,
    "project_id": _project_id,
}
