"""Which functions of a checkout report the error that they are given, and which cannot fail.

Both are found by a fix-point over the outlines: a function reports if it hands an error that is its
*parameter* to an SDK or to a function that reports. What merely captures somewhere in its body is
no reporter.
"""

from __future__ import annotations

from collections.abc import Mapping

from vedette.audit.outline import ASYNC, AWAITS, THROWS, TRIED, Outline
from vedette.audit.resolving import Resolver
from vedette.audit.vocabulary import is_capture, is_plain, log_level

Named = tuple[str, str]  # a file and the name of a function in it


def find_reporters(outlines: Mapping[str, Outline], resolver: Resolver) -> set[Named]:
    """Every function that reports what it is given."""
    found: set[Named] = set()
    waiting: dict[Named, list[Named]] = {}
    for outline in outlines.values():
        for name, callee in outline.hands_on:
            here = (outline.path, name)
            if is_capture(callee):
                found.add(here)
                continue
            target = resolver.function(outline, callee, name.rpartition(".")[0])
            if target is not None and target != here:
                waiting.setdefault(target, []).append(here)
    fresh = list(found)
    while fresh:
        for caller in waiting.get(fresh.pop(), ()):
            if caller not in found:
                found.add(caller)
                fresh.append(caller)
    return found


def find_unfailing(outlines: Mapping[str, Outline], resolver: Resolver) -> set[Named]:
    """Every asynchronous function that cannot reject.

    All that it does stands in a try that does not throw, or all that it calls outside of one
    cannot reject either.
    """
    found = {
        (outline.path, name)
        for outline in outlines.values()
        for name, flags in outline.functions.items()
        if flags & TRIED
    }
    candidates = [
        (outline, name)
        for outline in outlines.values()
        for name, flags in outline.functions.items()
        if flags & ASYNC
        and not flags & (THROWS | TRIED)
        and (name in outline.relies or not flags & AWAITS)
    ]
    while True:
        fresh = [
            (outline.path, name)
            for outline, name in candidates
            if (outline.path, name) not in found
            and outline.relies.get(name)
            and all(
                _is_safe(outline, callee, name, resolver, found) for callee in outline.relies[name]
            )
        ]
        if not fresh:
            return found
        found.update(fresh)


def _is_safe(
    outline: Outline, callee: str, name: str, resolver: Resolver, found: set[Named]
) -> bool:
    if is_plain(callee) or log_level(callee) or is_capture(callee):
        return True
    return resolver.function(outline, callee, name.rpartition(".")[0]) in found
