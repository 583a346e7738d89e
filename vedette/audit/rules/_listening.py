"""Who listens to something that emits events."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts
from vedette.audit.project import Project

_LISTENS = ("on", "once", "addListener", "prependListener")


def listens(project: Project, facts: FileFacts, made: Call, *events: str) -> bool:
    """Whether one of `events` of what `made` constructs is listened to.

    In its chain, by its name in the file, in a function that it is given to, or in a file that
    imports it.
    """
    name = _bare(made.kept_in)
    if any(one in _LISTENS for one in made.steps) and _has_in_chain(facts, made, events):
        return True
    if not name:
        return False
    if _has_by_name(facts, name, events):
        return True
    return any(_has_any(other, events) for other in _others(project, facts, name))


def _bare(kept: str) -> str:
    return kept.removeprefix("this.").removeprefix("self.")


def _is_for(call: Call, events: tuple[str, ...]) -> bool:
    return call.name in _LISTENS and bool(call.arguments) and call.arguments[0].text in events


def _has_in_chain(facts: FileFacts, made: Call, events: tuple[str, ...]) -> bool:
    return any(
        _is_for(one, events) and one.path.startswith(f"{made.path}()")
        for one in facts.calls
        if made.line <= one.line <= made.last_line + 20
    )


def _has_by_name(facts: FileFacts, name: str, events: tuple[str, ...]) -> bool:
    return any(
        _is_for(one, events) and name in one.path.replace("()", "").split(".")
        for one in facts.calls
    )


def _has_any(facts: FileFacts, events: tuple[str, ...]) -> bool:
    return any(_is_for(one, events) for one in facts.calls)


def _others(project: Project, facts: FileFacts, name: str) -> Iterator[FileFacts]:
    """Files of functions that are given it, and files that import it."""
    for call in facts.calls:
        if any(_bare(one.text) == name for one in call.arguments if one.kind == "name"):
            target = project.target(facts, call.path, call.function)
            if target is not None:
                yield project.facts(target[0])
    if not any(name in (one.name, one.local) for one in facts.exports):
        return
    for path in _importers(project).get(facts.path, ()):
        yield project.facts(path)


@lru_cache(maxsize=8)
def _importers(project: Project) -> dict[str, tuple[str, ...]]:
    """Who imports each file of the checkout."""
    found: dict[str, dict[str, None]] = {}
    for path, outline in project.outlines.items():
        for module in {module for module, _ in outline.imports.values()}:
            target = project.resolver.file(path, module)
            if target:
                found.setdefault(target, {})[path] = None
    return {target: tuple(paths) for target, paths in found.items()}
