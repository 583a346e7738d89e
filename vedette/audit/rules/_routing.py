"""Which functions answer requests."""

from __future__ import annotations

import re

from vedette.audit.facts import FileFacts, Function, Value
from vedette.audit.rules import ECMA

_VERBS = ("get", "post", "put", "patch", "delete", "all", "route", "head", "options")
_ROUTER = re.compile(
    r"^(?:\w*[aA]pp|\w*[rR]outer|server|api|routes?|fastify|bp|blueprint|\w+_bp)\."
)
_ROUTE_FILE = re.compile(r"(?:^|/)app/(?:.*/)?route\.[mc]?[jt]sx?$")
_API_FILE = re.compile(r"(?:^|/)pages/api/.*\.[mc]?[jt]sx?$")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_VIEWS = ("api_view", "require_http_methods", "require_GET", "require_POST", "csrf_exempt")


def route_around(facts: FileFacts, place: int) -> int:
    """The function around `place` (or itself) that is a route; -1 if it is in none."""
    while place >= 0:
        if is_route(facts, facts.functions[place]):
            return place
        place = facts.functions[place].parent
    return -1


def is_route(facts: FileFacts, function: Function) -> bool:
    """Whether a framework calls this function with a request."""
    if facts.language == "python":
        return any(_is_route_decorator(one) for one in function.decorators)
    if facts.language not in ECMA:
        return False
    if _ROUTE_FILE.search(facts.path) and function.name in _METHODS:
        return True
    if _API_FILE.search(facts.path) and function.parent < 0:
        return any(
            one.split(":")[0].strip(" _") in ("req", "request") for one in function.parameters
        )
    return _is_given_to_router(facts, function)


def _is_given_to_router(facts: FileFacts, function: Function) -> bool:
    if function.given_to < 0:
        return False
    call = facts.calls[function.given_to]
    return (
        call.name in _VERBS
        and _ROUTER.match(call.path) is not None
        and bool(call.arguments)
        and call.arguments[0].kind in ("text", "template")
    )


def _is_route_decorator(value: Value) -> bool:
    owner, _, name = value.text.rpartition(".")
    if name in _VIEWS:
        return True
    return value.kind == "call" and name in _VERBS and bool(_ROUTER.match(f"{owner}."))
