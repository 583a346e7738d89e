"""Whether what somebody chose can be used, and what it comes to along the levels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vedette.options import Level, Option, OptionGroup, Value
from vedette.rules.problems import Problem


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value and where it was chosen; of a list that is added to, the last place that added."""

    value: Value
    level: Level


def resolve(
    group: OptionGroup, chain: Iterable[tuple[Level, Mapping[str, Any]]]
) -> dict[str, Resolved]:
    """Each option's value, given what was chosen at each level, the most general first.

    What is kept and no longer fits its option is passed over, as if nobody had chosen it; of a
    list the entries that fit still count, or a bound that a new version has would undo it all.
    """
    held = {one.name: Resolved(one.default, Level.BUILT_IN) for one in group.options}
    for level, chosen in chain:
        for option in group.options:
            value = _fitting(option, chosen.get(option.name))
            if value is None:
                continue
            before = held[option.name].value
            if option.is_added and isinstance(before, list) and isinstance(value, list):
                value = before + [one for one in value if one not in before]
            held[option.name] = Resolved(value, level)
    return held


def _fitting(option: Option, value: Any) -> Any:
    """The value, as far as it fits; None if nothing of it does."""
    if value is None or not problems_of(option, value):
        return value
    if option.form != "lines" or not isinstance(value, list):
        return None
    lines = [one for one in value if not problems_of(option, [one])]
    return lines[: option.most_entries] or None


def values(resolved: Mapping[str, Resolved]) -> dict[str, Value]:
    """The values alone."""
    return {name: one.value for name, one in resolved.items()}


def check(group: OptionGroup, chosen: object) -> list[Problem]:
    """What is wrong with choices of a group, with the place of each mistake."""
    if not isinstance(chosen, dict):
        return [Problem("", f"{group.name} is written as option: value")]
    found: list[Problem] = []
    for name, value in chosen.items():
        option = group.option(str(name))
        if option is None:
            known = ", ".join(one.name for one in group.options)
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
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and math.isfinite(value) and option.least <= value <= option.most:  # type: ignore[arg-type, operator]
        return ""
    return f"is a number from {option.least:,g} to {option.most:,g}"


def _words(option: Option, value: object) -> str:
    if isinstance(value, str) and len(value) <= option.most_characters and "\n" not in value:
        return "" if _is_whole(value) else _HALF
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
    return "" if all(map(_is_whole, value)) else _HALF


def _is_whole(text: str) -> bool:
    """Whether it can be written anywhere: JSON may hold halves of pairs of surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _entries(option: Option, value: object) -> str:
    if not isinstance(value, list) or any(not isinstance(one, dict) for one in value):
        return "is a list of objects"
    if len(value) > option.most_entries:
        return f"has at most {option.most_entries} entries"
    return ""


_HALF = "holds half of a character"
_OF_FORM = {
    "switch": _switch,
    "number": _number,
    "words": _words,
    "choice": _choice,
    "lines": _lines,
    "entries": _entries,
}
