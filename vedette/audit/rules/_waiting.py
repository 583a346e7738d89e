"""What rules about asynchronous code ask: whether it can fail, and who would hear of it."""

from __future__ import annotations

import re
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts, Function
from vedette.audit.finding import Severity
from vedette.audit.outline import AWAITS, THROWS
from vedette.audit.project import Project
from vedette.audit.vocabulary import is_benign, is_plain, log_level

_GLOBAL = r"process\.(?:on|once|addListener)|window\.addEventListener|self\.addEventListener"
_EVENTS = ("unhandledRejection", "unhandledrejection", "uncaughtException", "error")
_CALM = re.compile(r"(?:^|\.)(?:sleep|delay|wait|setTimeout|allSettled|nextTick|timeout|pause)$")


def can_fail(project: Project, facts: FileFacts, path: str, function: int) -> bool:
    """Whether a function of ours awaits or throws something outside of any try."""
    target = project.target(facts, path, function)
    if target is None or target in project.unfailing:
        return False
    return bool(project.outlines[target[0]].functions[target[1]] & (AWAITS | THROWS))


def unprotected(project: Project, facts: FileFacts, place: int) -> Call | None:
    """The first call that a function awaits outside of any try and that can fail."""
    function = facts.functions[place]
    if not function.is_async or function.is_tried:
        return None
    for call in facts.calls:
        if call.function != place or call.tried >= 0 or call.handler >= 0:
            continue
        if call.use == "awaited" and "catch" not in call.steps and _is_risky(project, facts, call):
            return call
    return None


def _is_risky(project: Project, facts: FileFacts, call: Call) -> bool:
    if is_plain(call.path) or is_benign(call.path) or log_level(call.path):
        return False
    if call.path.endswith(".catch") or _CALM.search(call.path) or call.name in ("then", "Promise"):
        return False
    return not project.cannot_fail(facts, call.path, call.function)


@lru_cache(maxsize=8)
def has_global_handler(project: Project) -> bool:
    """Whether something hears of rejections that nobody handles: an SDK, or a handler of its own."""
    for _, call in project.uses(_GLOBAL):
        if call.arguments and call.arguments[0].text in _EVENTS:
            return True
    return False


def severity_of(project: Project, facts: FileFacts, usual: Severity) -> Severity:
    """Urgent where nobody would hear of it at all."""
    heard = project.has_sdk(facts.path) or has_global_handler(project)
    return usual if heard else Severity(min(usual + 1, Severity.URGENT))


def caller(facts: FileFacts, function: Function) -> Call | None:
    """The call that a function is given to."""
    return facts.calls[function.given_to] if function.given_to >= 0 else None
