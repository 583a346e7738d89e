"""Whether what somebody chose can be used, and what it comes to along the levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vedette.options import Level, Option, OptionGroup, Value
from vedette.rules.problems import Problem


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value and where it was chosen; of a list that is added to, the last place that added."""

    value: Value
    level: Level


def resolve(group: OptionGroup, chain: Iterable[tuple[Level, object]]) -> dict[str, Resolved]:
    """Each option's value, given what was chosen at each level, the most general first.

    What is kept and no longer fits its option, or is no object at all, is passed over, as if nobody
    had chosen it; of a list the entries that fit still count, or a bound that a new version has
    would undo it all.
    """
    held = {one.name: Resolved(one.default, Level.BUILT_IN) for one in group.options}
    for level, written in chain:
        if not isinstance(written, Mapping):
            continue
        chosen = present(group, written)
        for option in group.options:
            value = _fitting(option, chosen.get(option.name))
            if option.is_local:
                held[option.name] = Resolved(option.default, Level.BUILT_IN)
            if value is None:
                continue
            before = held[option.name].value
            if isinstance(value, dict) and isinstance(before, dict):
                value = _over(before, value)
            if option.is_added and isinstance(before, list) and isinstance(value, list):
                value = before + [one for one in value if one not in before]
            held[option.name] = Resolved(value, level)
    return held


def _fitting(option: Option, value: Any) -> Any:
    """The value, as far as it fits; None if nothing of it does."""
    if value is None or not problems_of(option, value):
        return value
    if option.form == "table":
        return _cells(option, value) or None
    if option.form != "lines" or not isinstance(value, list):
        return None
    lines = [one for one in value if not problems_of(option, [one])]
    if not lines and option.allows_only:  # none at all would let in what was to be shut out
        lines = [one for one in value if isinstance(one, str)]
    return lines[: option.most_entries] or None


def _cells(option: Option, value: Any) -> dict[str, dict[str, int]]:
    """The numbers of a table that fit it."""
    rows = value.items() if isinstance(value, dict) else ()
    found = {
        str(name): {
            str(column): number
            for column, number in (row.items() if isinstance(row, dict) else ())
            if not problems_of(option, {name: {column: number}})
        }
        for name, row in rows
    }
    return {name: row for name, row in found.items() if row}


def _over(before: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """A table laid over that of the place above: each number by itself."""
    return {name: {**before.get(name, {}), **value.get(name, {})} for name in {**before, **value}}


def present(group: OptionGroup, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Choices by the names that their options have today; one made under that name goes before."""
    if chosen.keys().isdisjoint(group.renamed):
        return dict(chosen)
    earlier = {group.renamed[name]: chosen[name] for name in group.renamed if name in chosen}
    rest = {name: value for name, value in chosen.items() if name not in group.renamed}
    return {**earlier, **rest}


def values(resolved: Mapping[str, Resolved]) -> dict[str, Value]:
    """The values alone."""
    return {name: one.value for name, one in resolved.items()}


def check(group: OptionGroup, chosen: object, level: Level | None = None) -> list[Problem]:
    """What is wrong with choices of a group, made at a level, with the place of each mistake."""
    if not isinstance(chosen, dict):
        return [Problem("", f"{group.name} is written as option: value")]
    chosen = present(group, chosen)
    found: list[Problem] = []
    options = group.options if level is None else group.at(level)
    for name, value in chosen.items():
        option = next((one for one in options if one.name == name), None)
        if option is None:
            known = ", ".join(one.name for one in options)
            found.append(Problem(str(name), f"no option of {group.name}; there are {known}"))
        else:
            found += problems_of(option, value)
    return found or group.check(chosen)


def problems_of(option: Option, value: object) -> list[Problem]:
    """What is wrong with one value."""
    words = _OF_FORM[option.form](option, value)
    if words:
        return [Problem(option.name, words)]
    if option.form == "lines" and isinstance(value, list):
        wrong = ((at, option.check(line)) for at, line in enumerate(value))
        return [Problem(f"{option.name}.{at}", told) for at, told in wrong if told]
    told = option.check(value)
    return [Problem(option.name, told)] if told else []


def _switch(option: Option, value: object) -> str:
    return "" if isinstance(value, bool) else "is true or false"


def _number(option: Option, value: object) -> str:
    is_whole = isinstance(option.default, int)  # half an event is cut to 0, which is no limit
    if isinstance(value, int | float) and not isinstance(value, bool):
        is_within = option.least <= value <= option.most  # no infinity, and nothing else, is
        if is_within and (not is_whole or value == int(value)):
            return ""
    return f"is a {'whole ' if is_whole else ''}number from {option.least:,g} to {option.most:,g}"


def _words(option: Option, value: object) -> str:
    if isinstance(value, str) and len(value) <= option.most_characters and "\n" not in value:
        return _unwritable(value)
    return f"is one line of at most {option.most_characters} characters"


def _choice(option: Option, value: object) -> str:
    names = [name for name, _ in option.choices]
    return "" if value in names else f"is one of {', '.join(names)}"


def _lines(option: Option, value: object) -> str:
    if not isinstance(value, list) or any(not isinstance(one, str) for one in value):
        return "is a list of texts"
    if len(value) > option.most_entries:
        return f"has at most {option.most_entries} entries"
    if any(not one.strip() or len(one) > option.most_characters or "\n" in one for one in value):
        return f"each is a line of at most {option.most_characters} characters"
    return next(filter(None, map(_unwritable, value)), "")


def _unwritable(text: str) -> str:
    """Why it cannot be written anywhere: JSON may hold what no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half of a character"
    return "holds NUL" if "\0" in text else ""


def _table(option: Option, value: object) -> str:
    if not isinstance(value, dict) or any(not isinstance(row, dict) for row in value.values()):
        return "is written as {row: {column: number}}"
    rows, columns = dict(option.rows), dict(option.columns)
    for name, row in value.items():
        if name not in rows:
            return f"has no row {str(name)[:60]}; there are {', '.join(rows)}"
        for column, number in row.items():
            if column not in columns:
                return f"has no column {str(column)[:60]}; there are {', '.join(columns)}"
            if words := _number(replace(option, default=0), number):
                return f"{rows[name].lower()}, {columns[column].lower()}: {words}"
    return ""


def _entries(option: Option, value: object) -> str:
    if not isinstance(value, list) or any(not isinstance(one, dict) for one in value):
        return "is a list of objects"
    if len(value) > option.most_entries:
        return f"has at most {option.most_entries} entries"
    return ""


_OF_FORM = {
    "switch": _switch,
    "number": _number,
    "words": _words,
    "choice": _choice,
    "lines": _lines,
    "entries": _entries,
    "table": _table,
}
