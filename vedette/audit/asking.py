"""What a health check asks: the calls it leads to, and the dependencies that these are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from vedette.audit.services import words_of
from vedette.audit.vocabulary import is_answer, is_plain, log_level

if TYPE_CHECKING:
    from vedette.audit.facts import Call, Value
    from vedette.audit.project import Project

Inside = tuple[str, int]  # a file and a place in its functions

_MOST_FUNCTIONS = 400


def reached(
    project: Project, starts: list[Inside], others: list[tuple[str, str]]
) -> dict[str, set[int]]:
    """Functions that run when the first ones do, by file; those written within them, too."""
    found: dict[str, set[int]] = {}
    waiting = list(starts)
    for target in others:
        waiting += _places(project, target)
    count = 0
    while waiting and count < _MOST_FUNCTIONS:
        path, place = waiting.pop()
        if place in found.get(path, ()):
            continue
        count += 1
        found.setdefault(path, set()).add(place)
        facts = project.facts(path)
        waiting += [(path, at) for at, one in enumerate(facts.functions) if one.parent == place]
        for call in facts.calls:
            if call.function == place:
                called = project.target(facts, call.path, place)
                waiting += _places(project, called) if called else []
    return found


def _places(project: Project, target: tuple[str, str]) -> list[Inside]:
    facts = project.facts(target[0])
    is_class = any(one.name == target[1] for one in facts.classes)
    return [
        (target[0], at)
        for at, one in enumerate(facts.functions)
        if one.name == target[1] or (is_class and one.name.startswith(f"{target[1]}."))
    ]


def asked(project: Project, inside: dict[str, set[int]]) -> Iterator[str]:
    """The dependencies whose sites or words stand in these functions."""
    for path, places in inside.items():
        facts = project.facts(path)
        names = [facts.functions[at].name.rpartition(".")[2] for at in places]
        calls = [one for one in facts.calls if one.function in places]
        yield from asked_by(project, path, calls, names)


def asked_by(
    project: Project, path: str, calls: list[Call], names: list[str] | None = None
) -> Iterator[str]:
    sited = _sited(project).get(path, {})
    yield from (name for one in calls for name in sited.get((one.line, one.path), ()))
    given = [named(value) for one in calls for value in one.arguments]
    words = words_of(*(names or []), *(one.path for one in calls), *given)
    yield from (
        one.service.name for one in project.dependencies if words.intersection(one.service.words)
    )


@lru_cache(maxsize=4)
def _sited(project: Project) -> dict[str, dict[tuple[int, str], list[str]]]:
    found: dict[str, dict[tuple[int, str], list[str]]] = {}
    for one in project.dependencies:
        for path, place in one.sites:
            call = project.facts(path).calls[place]
            key = (call.line, call.path)
            found.setdefault(path, {}).setdefault(key, []).append(one.service.name)
    return found


def named(value: Value) -> str:
    return value.text if value.kind == "name" else ""


def is_constant(project: Project, inside: dict[str, set[int]]) -> bool:
    """Whether nothing that these functions do could ever fail, or say anything else."""
    for path, places in inside.items():
        facts = project.facts(path)
        for call in facts.calls:
            if call.function in places and not is_idle(call):
                return False
        if any(one.function in places for one in facts.throws):
            return False
    return bool(inside)


def is_idle(call: Call) -> bool:
    return (
        is_answer(call.path)
        or is_plain(call.path)
        or bool(log_level(call.path))
        or re.search(
            r"uptime|memoryUsage|now|[dD]ate|Response|utcnow|isoformat|setHeader|toISOString|version"
            r"|(?:^|\.)(?:Get|Post|header|type|set|get_version|Write|WriteHeader|Set|Header\(\))$|^App",
            call.path,
        )
        is not None
    )
