"""What of a file the others must know: small enough to be kept of all files at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from vedette.audit.facts import Call, Export, FileFacts, Function, Value
from vedette.audit.services import hosts_of
from vedette.audit.vocabulary import is_capture, is_plain

# Flags of a function.
ASYNC, TRIED, THROWS, AWAITS, CLASS = 1, 2, 4, 8, 16

_ERROR_PARAMETER = re.compile(
    r"\b(?:e|ex|exc|err|error|errors|exception|reason|cause|args|arg|throwable|failure|event|hint"
    r"|msg|message|thrown|problem)\b|Error\b|Exception\b|Throwable\b|: unknown\b",
    re.IGNORECASE,
)
# Addresses at which programs say how they are.
_PROBE = re.compile(
    r"\^?/?(?:[\w{}:.-]+/){0,3}_?(?:healthz?|health[-_]?checks?|livez|liveness|readyz|readiness|heartbeat)"
    r"(?:/[\w-]+)?/?\$?|\^?/?(?:api/|v\d+/|_|internal/|system/){0,2}(?:status|ping|alive|ready|live|up)/?\$?"
)
_GIVES_ERROR = re.compile(r"(?:^|[\s.*])\w*[eE]rr(?:or)?s?$")
_BUILT_IN = frozenset(
    ("process", "window", "globalThis", "document", "navigator", "self", "global")
)


class Outline(msgspec.Struct, gc=False):
    """A file as the others see it.

    `imports` are local names with (module, name there), `*` for the module itself. `functions`
    are flags by name. `made` are variables with the class that was constructed for them. `hands_on`
    are (function, callee) where an error that a function was given is handed to the callee.
    `relies` are the callees outside of any try, by the function that would fail with them.
    `uses` are calls of what comes from outside: (name, place in `calls`); `hosts` are those of
    hosts by their names (`vedette.audit.services`); `probes` are places of calls whose first
    argument is an address for health checks. `fails` says of functions of Go, by the last part of
    their names, whether each of them gives an error last. `is_left_out`: no build takes it along.
    """

    path: str
    language: str
    lines: int
    modules: tuple[str, ...]
    imports: dict[str, tuple[str, str]]
    exports: tuple[Export, ...]
    functions: dict[str, int]
    bases: dict[str, tuple[str, ...]]
    made: dict[str, str]
    hands_on: tuple[tuple[str, str], ...]
    relies: dict[str, tuple[str, ...]]
    uses: tuple[tuple[str, int], ...]
    hosts: tuple[tuple[str, int], ...]
    probes: tuple[int, ...]
    fails: dict[str, bool]
    is_left_out: bool


def outline_of(facts: FileFacts) -> Outline:
    """The outline of a file."""
    imports = {
        local: (one.module, name)
        for one in facts.imports
        for name, local in one.names
        if not one.is_type
    }
    return Outline(
        path=facts.path,
        language=facts.language,
        lines=facts.lines,
        modules=tuple(dict.fromkeys(one.module for one in facts.imports if not one.is_type)),
        imports=imports,
        exports=facts.exports,
        functions=_flags(facts),
        bases={one.name: one.bases for one in facts.classes},
        made={
            call.kept_in.removeprefix("this.").removeprefix("self."): call.path
            for call in facts.calls
            if call.kept_in and not call.steps and (call.is_new or call.name[:1].isupper())
        },
        hands_on=tuple(dict.fromkeys(_hands_on(facts))),
        relies=_relies(facts),
        uses=tuple(_uses(facts, imports)),
        hosts=tuple(hosts_of(facts)),
        probes=tuple(
            place
            for place, call in enumerate(facts.calls)
            if call.arguments
            and call.arguments[0].kind == "text"
            and _PROBE.fullmatch(call.arguments[0].text)
        ),
        fails=_fails(facts) if facts.language == "go" else {},
        is_left_out="ignore" in facts.directives,
    )


def _fails(facts: FileFacts) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for one in facts.functions:
        name = one.name.rpartition(".")[2]
        if name:
            gives = bool(one.results) and _GIVES_ERROR.search(one.results[-1]) is not None
            found[name] = found.get(name, True) and gives
    return found


def _flags(facts: FileFacts) -> dict[str, int]:
    found = {one.name: CLASS for one in facts.classes}
    for one in facts.functions:
        if one.name:
            found[one.name] = (
                ASYNC * one.is_async
                | TRIED * one.is_tried
                | THROWS * one.throws
                | AWAITS * one.awaits
            )
    return found


def _hands_on(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """Where a function gives an error that it was given to another: the way to a reporter."""
    for call in facts.calls:
        if call.function < 0 or not call.arguments:
            continue
        for function in _around(facts, call.function):
            if function.name and _takes(function, call):
                yield function.name, call.path


def _around(facts: FileFacts, place: int) -> Iterator[Function]:
    """The function and those around it, as far as one with a name."""
    while place >= 0:
        yield facts.functions[place]
        if facts.functions[place].name:
            return
        place = facts.functions[place].parent


@lru_cache(maxsize=4096)
def _errors_among(parameters: tuple[str, ...]) -> tuple[str, ...]:
    """The names of those parameters that are called like an error."""
    return tuple(
        re.split(r"[:=?\s]", one.lstrip(".*&$"), maxsplit=1)[0].strip("{[( ")
        for one in parameters
        if _ERROR_PARAMETER.search(one)
    )


def _takes(function: Function, call: Call) -> bool:
    names = _errors_among(function.parameters)
    if not names:
        return False
    given = [name for one in call.arguments for name in _names(one)]
    if is_capture(call.path) and any(
        "essage" in one or "rror" in one for one in call.path.split(".")
    ):
        given += [one.text for one in call.arguments if one.kind in ("template", "other")]
    return any(
        name and (text == name or text.startswith((f"{name}.", f"{name} ")) or f"{{{name}" in text)
        for name in names
        for text in given
    )


def _names(value: Value) -> Iterator[str]:
    if value.kind in ("name", "spread"):
        yield value.text
    for _, inner in value.items:
        yield from _names(inner)


def _relies(facts: FileFacts) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for call in facts.calls:
        if call.tried >= 0 or call.function < 0 or call.handler >= 0:
            continue
        function = facts.functions[call.function]
        if function.is_async and function.name and not is_plain(call.path):
            found.setdefault(function.name, []).append(call.path)
    return {name: tuple(dict.fromkeys(paths)) for name, paths in found.items() if len(paths) < 8}


def _uses(facts: FileFacts, imports: dict[str, tuple[str, str]]) -> Iterator[tuple[str, int]]:
    for place, call in enumerate(facts.calls):
        head, _, rest = call.path.partition(".")
        if head in _BUILT_IN and head not in imports:
            yield call.path, place
        else:
            name = outside_name(imports, head.removesuffix("()"), rest)
            if name:
                yield name, place


def outside_name(imports: dict[str, tuple[str, str]], head: str, rest: str) -> str:
    """`@sentry/node.init` for a call of what a module from outside offers; empty for our own."""
    known = imports.get(head)
    if known is None or known[0].startswith((".", "/", "@/", "~")):
        return ""
    module, name = known
    parts = [module, *([] if name in ("*", "default") else [name]), *([rest] if rest else [])]
    return ".".join(parts)
