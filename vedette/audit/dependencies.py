"""What the programs of a checkout depend on, and what becomes of it when one of these fails.

A dependency is a service (`vedette.audit.services`) of which product code makes a client or which
it calls. Its sites are the calls through that client, wherever it is imported. Everything is said
once for the checkout: services are shared by packages more often than not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

import msgspec

from vedette.audit.services import DJANGO, TURN, Service, has_turn, service_at, service_of

if TYPE_CHECKING:
    from vedette.audit.facts import Call, FileFacts, Handler
    from vedette.audit.outline import Outline
    from vedette.audit.project import Project

Outcome = Literal["reported", "logged", "swallowed", "passed on"]
Place = tuple[str, int]  # a file and a line
Sited = tuple[str, int]  # a file and a place in its calls

_CRITICAL = ("database", "queue", "payment", "turn")
_BOUND = {"turn:": TURN, "django:": DJANGO}
_BROAD = frozenset(("Exception", "BaseException", "Throwable", "Error"))
_EASY = ("close", "quit", "end", "disconnect", "destroy", "on", "once", "off", "task")


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """A service that product code makes a client of or calls.

    `is_built`: a client is constructed, so that it could be asked how it is; otherwise its host is
    only called. `made` are where, `packages` their folders, `clients` the variables that hold one:
    (file, name). `sites` are the calls through them or of the host itself.
    """

    service: Service
    is_built: bool
    made: tuple[Place, ...]
    packages: tuple[str, ...]
    clients: frozenset[tuple[str, str]] = frozenset()
    sites: tuple[Sited, ...] = ()


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a dependency's sites do what with its failure, and one place of each."""

    counts: dict[Outcome, int]
    places: dict[Outcome, Place]

    @property
    def worst(self) -> Outcome | Literal[""]:
        """What nobody would hear of, if there is such a site; empty without any site."""
        ways: tuple[Outcome, ...] = ("swallowed", "logged", "passed on", "reported")
        return next((one for one in ways if self.counts.get(one)), "")


def find_dependencies(project: Project) -> tuple[Dependency, ...]:
    """Every dependency of product code, databases first, by kind and name."""
    found: dict[str, _Found] = {}
    for path, outline in project.outlines.items():
        if project.is_product(path):
            _collect(project, outline, found)
    holders = {client: one.service.name for one in found.values() for client in one.clients}
    if holders:
        _follow(project, holders, found)
    kinds = list(dict.fromkeys((*_CRITICAL, *(one.service.kind for one in found.values()))))
    return tuple(
        one.told()
        for one in sorted(found.values(), key=lambda one: (kinds.index(one.service.kind), one.name))
    )


class _Found:
    """A dependency while it is looked for."""

    def __init__(self, service: Service) -> None:
        self.service, self.name, self.is_built = service, service.name, False
        self.made: dict[Place, None] = {}
        self.packages: dict[str, None] = {}
        self.clients: set[tuple[str, str]] = set()
        self.sites: dict[Sited, None] = {}

    def told(self) -> Dependency:
        return Dependency(
            service=self.service,
            is_built=self.is_built,
            made=tuple(self.made),
            packages=tuple(self.packages),
            clients=frozenset(self.clients),
            sites=tuple(self.sites),
        )


def _collect(project: Project, outline: Outline, found: dict[str, _Found]) -> None:
    """The clients that a file makes and the hosts that it calls."""
    for name, place in outline.uses:
        service = service_of(name)
        if service is not None:
            _make(project, outline.path, place, found.setdefault(service.name, _Found(service)))
    for module in outline.modules:
        service = service_of(module)
        if service is not None:
            _required(project, outline.path, module, service, found)
    for host, place in outline.hosts:
        service = _BOUND.get(host) or service_at(host)
        one = found.setdefault(service.name, _Found(service))
        facts = project.facts(outline.path)
        line = facts.calls[place].line if place >= 0 else _line_bound(facts)
        _note(project, outline.path, line, one)
        one.is_built = one.is_built or host in _BOUND
        if host not in _BOUND:
            one.sites[outline.path, place] = None


def _note(project: Project, path: str, line: int, one: _Found) -> None:
    one.made[path, line] = None
    one.packages[project.package(path).folder] = None


def _make(project: Project, path: str, place: int, one: _Found) -> None:
    call = project.facts(path).calls[place]
    _note(project, path, call.line, one)
    one.is_built = True
    if call.kept_in.replace(".", "").isidentifier():
        one.clients.add((path, _bare(call.kept_in)))
    else:
        one.sites[path, place] = None


def _required(
    project: Project, path: str, module: str, service: Service, found: dict[str, _Found]
) -> None:
    """`const stripe = require('stripe')(key)`: a client that no name of the module makes."""
    calls = project.facts(path).calls
    for place, call in enumerate(calls):
        if call.path == "require()" and call.kept_in and place + 1 < len(calls):
            inner = calls[place + 1]
            if inner.path == "require" and inner.arguments[0].text == module:
                _make(project, path, place, found.setdefault(service.name, _Found(service)))


def _line_bound(facts: FileFacts) -> int:
    return next(
        (one.line for one in facts.bindings if one.name == "DATABASES" or has_turn(one.value)), 1
    )


def _bare(name: str) -> str:
    return name.removeprefix("this.").removeprefix("self.").removeprefix("cls.")


def _follow(
    project: Project, holders: dict[tuple[str, str], str], found: dict[str, _Found]
) -> None:
    """The calls through clients, in the files that make them and those that import them."""
    by_file: dict[str, dict[str, str]] = {}
    for (path, name), service in holders.items():
        by_file.setdefault(path, {})[name] = service
    for path, outline in project.outlines.items():
        local = {**by_file.get(path, {}), **dict(_imported(project, outline, holders))}
        if local and project.is_product(path):
            for place, call in enumerate(project.facts(path).calls):
                asked = local.get(_head(call.path))
                if asked and call.name not in _EASY and "." in call.path:
                    found[asked].sites[path, place] = None


def _imported(
    project: Project, outline: Outline, holders: dict[tuple[str, str], str]
) -> Iterator[tuple[str, str]]:
    for local, (module, name) in outline.imports.items():
        if name == "*" or not project.resolver.file(outline.path, module):
            continue
        where = project.resolver.variable(outline.path, local)
        if where in holders:
            yield local, holders[where]


def _head(path: str) -> str:
    return _bare(path).partition(".")[0].removesuffix("()")


def is_critical(one: Dependency, failing: Failing) -> bool:
    """Whether people cannot go on without it.

    By what it is for, or because a failure of it goes on to whoever called.
    """
    return one.service.kind in _CRITICAL or bool(failing.counts.get("passed on"))


def failing_of(project: Project, one: Dependency) -> Failing:
    """What its sites do when it fails; chained calls of one line count once."""
    counts: Counter[Outcome] = Counter()
    places: dict[Outcome, Place] = {}
    seen: set[Place] = set()
    for path, place in one.sites:
        facts = project.facts(path)
        call = facts.calls[place]
        if (path, call.line) in seen or call.name in ("then", "catch", "finally"):
            continue
        seen.add((path, call.line))
        outcome = outcome_of(project, facts, call)
        counts[outcome] += 1
        places.setdefault(outcome, (path, call.line))
    return Failing(counts=dict(counts), places=places)


def outcome_of(project: Project, facts: FileFacts, call: Call) -> Outcome:
    """What becomes of the failure of a call: by its own chain, by the try around it, or nothing."""
    outcomes = [_of_handler(project, facts, one) for one in _handlers(facts, call)]
    if not outcomes:
        return "passed on"
    ways: tuple[Outcome, ...] = ("swallowed", "logged", "passed on", "reported")
    return next(one for one in ways if one in outcomes)


def _handlers(facts: FileFacts, call: Call) -> Iterable[Handler]:
    chained = [
        one
        for one in facts.handlers
        if one.how in ("promise", "then")
        and call.path in one.calls
        and call.line <= one.last_line
        and one.line <= call.last_line + 20
    ]
    if chained and {"catch", "then"}.intersection(call.steps):
        return chained[:1]
    tried = call.tried
    while tried >= 0 and not facts.tries[tried].has_handler:
        tried = facts.tries[tried].tried
    around = [one for one in facts.handlers if one.how == "catch" and one.tried == tried >= 0]
    broad = [one for one in around if not one.types or _BROAD.intersection(one.types)]
    return broad or around


def _of_handler(project: Project, facts: FileFacts, handler: Handler) -> Outcome:
    if handler.does("capture") or project.is_logged_as_error(facts, handler):
        return "reported"
    if any(
        one.path and project.reports(facts, one.path, handler.function) for one in handler.deeds
    ):
        return "reported"
    if project.is_handled(facts, handler):
        return "passed on"
    return "logged" if handler.does("log") else "swallowed"
