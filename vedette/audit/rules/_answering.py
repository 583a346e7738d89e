"""What rules about handlers of frameworks ask: whether a function lets anybody hear of an error."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts, Function, Handler, Value
from vedette.audit.project import Project
from vedette.audit.vocabulary import log_level


def is_heard(project: Project, facts: FileFacts, place: int) -> bool:
    """Whether a function reports, raises, or logs as an error, with its traceback or to an SDK."""
    if any(one.function >= 0 and facts.inside(one.function, place) for one in facts.throws):
        return True
    has_sdk = project.has_sdk(facts.path)
    return any(
        project.reports(facts, call.path, call.function)
        or (has_sdk and log_level(call.path) in ("error", "fatal") and "print" not in call.path)
        or (log_level(call.path) == "error" and _keeps_stack(call))
        for call in facts.calls
        if call.function >= 0 and facts.inside(call.function, place)
    )


def is_stack_logged(handler: Handler) -> bool:
    """Whether the error is logged as one, with its traceback."""
    return any(
        one.kind == "log" and one.level == "error" and one.path.endswith(".exception")
        for one in handler.deeds
    )


def _keeps_stack(call: Call) -> bool:
    return call.name == "exception" or any(
        one.get("exc_info") is not None for one in call.arguments
    )


def decorated(facts: FileFacts, name: str) -> Iterator[tuple[int, Function, Value]]:
    """Functions with a decorator whose last name is this, with it."""
    for place, function in enumerate(facts.functions):
        for one in function.decorators:
            if one.kind == "call" and one.text.rpartition(".")[2] == name:
                yield place, function, one


def registered(facts: FileFacts, name: str) -> Iterator[tuple[int, Function, Call]]:
    """Functions of the file that a call of this name is given with what they are for."""
    for call in facts.calls:
        if call.name == name and len(call.arguments) > 1:
            given = call.arguments[1].text.rpartition(".")[2]
            for place, function in enumerate(facts.functions):
                if function.name == given:
                    yield place, function, call


def is_for_all(value: Value) -> bool:
    """Whether `Exception` is named: every error comes there."""
    return value.kind == "name" and value.text in ("Exception", "BaseException")
