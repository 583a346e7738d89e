"""The health checks of a checkout, and what each of them asks.

A check is an address that a program answers (`/health`, a route file of that name), or a module or
function that is called so. It asks a dependency if it calls a client of it, or names it in what it
calls, as far as the calls lead through the checkout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from vedette.audit.asking import asked, asked_by, is_constant, is_idle, named, reached
from vedette.audit.services import words_of

if TYPE_CHECKING:
    from vedette.audit.facts import Call, FileFacts, Value
    from vedette.audit.outline import Outline
    from vedette.audit.project import Project

_ROUTE_FILE = re.compile(
    r"(?:^|/)(?:app|pages|routes|server|api)/(?:.*/)?(?:api/)?(?:healthz?|health-?check|livez|readyz"
    r"|ready|status|ping|heartbeat)(?:/(?:route|index|\+server|\w+))?(?:\.get)?\.[mc]?[jt]sx?$"
)
_MODULE = re.compile(
    r"(?:^|/)(?:health|healthz|health[-_]?checks?|readiness|liveness)"
    r"(?:[-_.](?:checks?|service|controller|routes?|router|module|indicator|server|monitor))?"
    r"(?:\.[mc]?[jt]sx?|\.py|\.go|/(?!.*(?:test|spec)).*\.(?:[mc]?[jt]sx?|py|go))$"
)
_FUNCTION = re.compile(
    r"(?:.*\.)?_?(?:health_?[cC]hecks?|check_?(?:[aA]ll_?)?[hH]ealth|is_?[hH]ealthy|get_?[hH]ealth"
    r"|healthz?|liveness|readiness|readyz|livez|run_?[hH]ealth_?[cC]hecks?|health_?[hH]andler)"
)
_ROUTES = re.compile(
    r"(?:.*\.)?(?:get|all|use|route|head|options|path|re_path|url|add_url_rule|HandleFunc|Handle|GET"
    r"|Controller|Get|handle|add_api_route|add_route|add_get|api_route|on|register|any|match)"
)
_REGISTERS = re.compile(
    r"path|re_path|url|(?:.*\.)?(?:add_url_rule|add_api_route|add_route|HandleFunc|Handle)"
    r"|(?:\w*[aA]pp|\w*[rR]outer|server|fastify)\.(?:get|all|use|head|route)"
)
_ASKS_OTHERS = re.compile(
    r"(?:^|\.)(?:axios|requests|httpx|client|http|https|fetch|got|ky|\$)\.\w+$"
)
_READY_MADE = (
    *("@godaddy/terminus", "@nestjs/terminus", "lightship", "express-healthcheck"),
    *("django-health-check", "@cloudnative/health-connect", "fastify-healthcheck"),
    *("express-actuator", "healthcheck", "flask-healthz", "@hmcts/nodejs-healthcheck"),
    *("py-healthcheck", "fastapi-health"),
)
_SERVES = ("http.createServer", "node:http.createServer", "https.createServer", "Bun.serve")
_IN_TEXT = re.compile(r"""["'`]/(?:api/)?(?:healthz?|livez|readyz|health-?check|ready|status)\b""")
# An entry of a list of addresses and handlers: `(r"/health$", HealthHandler)`.
_LISTED = re.compile(
    r"""\(\s*r?["'][\^]?(/(?:\w+/)*(?:health\w*|livez|readyz|liveness|readiness))[/$]*["']\s*,\s*\w"""
)
_MOST_BELOW = 12


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Something that says how a program is.

    `address` is the route that it answers, empty for a module or a function that others call.
    `asks` are names of dependencies (`Service.name`). `is_constant`: it asks nothing at all and
    always says the same. `is_ready_made`: a library of health checks, which may ask anything.
    """

    path: str
    line: int
    last_line: int
    package: str
    name: str
    address: str = ""
    asks: frozenset[str] = frozenset()
    is_constant: bool = False
    is_ready_made: bool = False


def find_checks(project: Project) -> tuple[Check, ...]:
    """Every check of product code, by file and line."""
    found: list[Check] = []
    for path, outline in project.outlines.items():
        if project.is_product(path):
            found += _of_file(project, outline)
    found += _ready_made(project)
    return tuple(found)


def _of_file(project: Project, outline: Outline) -> Iterator[Check]:
    path = outline.path
    is_module = _MODULE.search(path) is not None
    is_route = _ROUTE_FILE.search(path) is not None
    own = [one for one in outline.functions if _FUNCTION.fullmatch(one)]
    serves = any(name in _SERVES for name, _ in outline.uses)
    yield from _listed(project, outline)
    if not (is_module or is_route or own or outline.probes or serves):
        return
    facts = project.facts(path)
    answered = list(_answered(project, facts, outline))
    yield from answered
    if is_route and not answered:
        starts = [at for at, one in enumerate(facts.functions) if one.parent < 0]
        yield _check(project, facts, starts, "route", address=_address_of(path))
    elif (is_module or own) and not answered:
        starts = [
            at
            for at, one in enumerate(facts.functions)
            if one.name in own or (is_module and one.parent < 0)
        ]
        yield _check(project, facts, starts, own[0] if own else "module")
    if serves:
        yield from _compared(project, facts)


def _listed(project: Project, outline: Outline) -> Iterator[Check]:
    """Addresses that a server of Tornado is given in a list: what is asked there cannot be told."""
    if not any(one.partition(".")[0] == "tornado" for one in outline.modules):
        return
    text = project.text(outline.path)
    for one in _LISTED.finditer(text):
        line = text.count("\n", 0, one.start()) + 1
        yield Check(
            path=outline.path,
            line=line,
            last_line=line,
            package=project.package(outline.path).folder,
            name=one[1],
            address=one[1],
        )


def _compared(project: Project, facts: FileFacts) -> Iterator[Check]:
    """`if (request.url === '/health')` in a server without routes: what is called right below."""
    lines = project.text(facts.path).splitlines()
    for number, text in enumerate(lines, 1):
        found = _IN_TEXT.search(text)
        if not found:
            continue
        below = [one for one in facts.calls if number <= one.line <= number + _MOST_BELOW]
        others = [
            target
            for one in below
            if (target := project.target(facts, one.path, one.function)) is not None
        ]
        inside = reached(project, [], others)
        asks = frozenset((*asked(project, inside), *asked_by(project, facts.path, below)))
        yield Check(
            path=facts.path,
            line=number,
            last_line=min(number + _MOST_BELOW, len(lines)),
            package=project.package(facts.path).folder,
            name=found[0].strip("\"'`"),
            address=found[0].strip("\"'`"),
            asks=asks,
            is_constant=not asks and not inside and all(map(is_idle, below)),
        )
        return


def _address_of(path: str) -> str:
    stem = re.sub(r"(?:/(?:route|index|\+server))?(?:\.get)?\.\w+$", "", path)
    return "/" + re.sub(r"^.*?(?:^|/)(?:app|pages|routes|server)/", "", stem)


def _answered(project: Project, facts: FileFacts, outline: Outline) -> Iterator[Check]:
    """Routes at an address for checks, and functions that a decorator puts there."""
    for place in outline.probes:
        call = facts.calls[place]
        if not _ROUTES.fullmatch(call.path) or _ASKS_OTHERS.search(call.path):
            continue
        address = "/" + call.arguments[0].text.strip("/^$")
        starts = [
            at
            for at, one in enumerate(facts.functions)
            if one.given_to == place
            or any(each.line == call.line for each in _decorators(facts, at, call))
        ]
        others = [
            target
            for one in call.arguments[1:]
            for target in _targets(project, facts, one, call.function)
        ]
        if call.path == "Controller":
            starts = [at for at, one in enumerate(facts.functions) if one.parent < 0]
        if not starts and not others:
            if _REGISTERS.fullmatch(call.path) and len(call.arguments) > 1:
                yield _unknown(project, facts, call, address)
            continue
        yield _check(project, facts, starts, address, address=address, others=others, call=call)


def _unknown(project: Project, facts: FileFacts, call: Call, address: str) -> Check:
    """A route whose function cannot be told: it is there, and may ask or not."""
    return Check(
        path=facts.path,
        line=call.line,
        last_line=call.last_line,
        package=project.package(facts.path).folder,
        name=address,
        address=address,
    )


def _decorators(facts: FileFacts, at: int, call: Call) -> list[Call]:
    """The call if it decorates the function: it stands right above it, for the same name."""
    function = facts.functions[at]
    is_one = any(
        one.text == call.path and one.items and one.items[0][1].text == call.arguments[0].text
        for one in function.decorators
    )
    return [call] if is_one else []


def _targets(
    project: Project, facts: FileFacts, value: Value, function: int
) -> Iterator[tuple[str, str]]:
    """The functions of ours that an argument names: `views.health`, `[guard, health]`."""
    names = [value.text] if value.kind in ("name", "call") else []
    names += [one.text for _, one in value.items if one.kind in ("name", "call")]
    for name in names:
        target = project.target(facts, name.removesuffix(".as_view"), function)
        if target is not None:
            yield target


def _check(
    project: Project,
    facts: FileFacts,
    starts: list[int],
    name: str,
    *,
    address: str = "",
    others: list[tuple[str, str]] | None = None,
    call: Call | None = None,
) -> Check:
    inside = reached(project, [(facts.path, at) for at in starts], others or [])
    asks = frozenset(asked(project, inside))
    first = call or (facts.functions[starts[0]] if starts else None)
    return Check(
        path=facts.path,
        line=first.line if first else 1,
        last_line=max(
            first.last_line if first else 1, *(facts.functions[at].last_line for at in starts), 1
        ),
        package=project.package(facts.path).folder,
        name=name,
        address=address,
        asks=asks,
        is_constant=not asks and is_constant(project, inside),
    )


def _ready_made(project: Project) -> Iterator[Check]:
    for package in project.packages:
        if package.has(*_READY_MADE):
            words = {
                word
                for path, outline in project.outlines.items()
                if project.package(path) is package and _uses_ready_made(outline)
                for word in words_of(*_names_in(project.facts(path)))
            }
            names = (
                one.service.name
                for one in project.dependencies
                if words.intersection(one.service.words)
            )
            yield Check(
                path=package.manifest,
                line=1,
                last_line=1,
                package=package.folder,
                name="a library of health checks",
                address="/health",
                asks=frozenset(names),
                is_ready_made=True,
            )


def _uses_ready_made(outline: Outline) -> bool:
    return any(one.replace("_", "-").startswith(_READY_MADE) for one in outline.modules)


def _names_in(facts: FileFacts) -> Iterator[str]:
    for call in facts.calls:
        yield call.path
        yield from (named(one) for one in call.arguments)
