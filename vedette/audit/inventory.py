"""What a server joins with what really happens: packages, jobs, pages, captures, dependencies.

Facts of the checkout that no finding tells, because nothing is wrong with them as long as nobody
knows what arrives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from vedette.audit import document
from vedette.audit.facts import Call, FileFacts, Handler, Value
from vedette.audit.project import Project
from vedette.audit.rows import Row, rows
from vedette.audit.rules._instrumenting import deployed
from vedette.audit.rules._next import files, next_packages
from vedette.audit.secrets import without_secrets

_MOST = 500
_MOST_SERVICES = 200
_PAGE = r"(?:src/)?app/(?:.*/)?page\.[jt]sx?"
_BOUNDARY = r"(?:src/)?app/(?:.*/)?error\.[jt]sx?"
_SLOT = re.compile(r"\([^)]*\)|@\w+")
_MONITORS = re.compile(r"(?:^|\.)(?:withMonitor|captureCheckIn|capture_checkin|monitor)(?:\(\))?$")
_SLUG_NAMES = ("monitorSlug", "monitor_slug")
_SCHEDULES = r"node-cron\.(?:default\.)?schedule|cron\.CronJob|node-schedule\.scheduleJob"
_BEATS = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")


def coverage(project: Project, mine: Callable[[str], bool]) -> document.SentCoverage:
    """What becomes of errors where product code catches them, in the files that are `mine`."""
    found = Counter(
        _fate(project, facts, one)
        for facts in project.files()
        if mine(facts.path)
        for one in facts.handlers
    )
    return document.SentCoverage(
        reported=found["reported"], logged=found["logged"], swallowed=found["swallowed"]
    )


def packages(project: Project) -> list[document.SentPackage]:
    """Every package; those with an SDK that reports errors are marked."""
    runs = {(one.folder, one.ecosystem) for one in deployed(project)}
    return [
        document.SentPackage(
            folder=one.folder[:500],
            name=_shown(one.name),
            ecosystem=one.ecosystem,
            is_deployed=(one.folder, one.ecosystem) in runs,
            has_sdk=_has_sdk(project, one.folder, one.ecosystem),
        )
        for one in project.packages[:_MOST]
    ]


def pages(project: Project) -> list[document.SentPage]:
    """The pages of Next.js with their addresses, and whether an `error` file is around them."""
    found = []
    for package in next_packages(project):
        bounded = [one.rpartition("/")[0] for one in files(project, package, _BOUNDARY)]
        for path in files(project, package, _PAGE):
            folder = path.rpartition("/")[0]
            has = any(f"{folder}/".startswith(f"{one}/") for one in bounded)
            found.append(
                document.SentPage(route=_shown(_route(path)), path=path[:500], has_boundary=has)
            )
    return found[: 4 * _MOST]


def jobs(project: Project) -> list[document.SentJob]:
    """Monitors that the code names, and jobs that a schedule of the code starts."""
    found: dict[tuple[str, str], document.SentJob] = {}
    for facts in project.files():
        for one in (*_named_monitors(facts), *_scheduled(project, facts), *_beats(facts)):
            found.setdefault((one.name, one.slug), one)
    return list(found.values())[:_MOST]


def captures(project: Project) -> list[document.SentCapture]:
    """The places of product code that report, each function once."""
    found: dict[tuple[str, str], document.SentCapture] = {}
    for facts in project.files():
        for call in facts.calls:
            if _is_capture(project, facts, call):
                name = _shown(facts.function_name(call.function))
                made = document.SentCapture(path=facts.path[:500], function=name, line=call.line)
                found.setdefault((facts.path, name), made)
    return list(found.values())[: 4 * _MOST]


def dependencies(project: Project) -> list[document.SentDependency]:
    """The services that the code talks to: which checks ask them, what becomes of failures."""
    return [_dependency(one) for one in rows(project)[:_MOST_SERVICES]]


def _dependency(row: Row) -> document.SentDependency:
    path, line = row.dependency.made[0] if row.dependency.made else ("", 0)
    counts = row.failing.counts
    return document.SentDependency(
        name=_shown(row.dependency.service.name),
        kind=row.dependency.service.kind,
        path=path[:500],
        line=line,
        is_checked=row.is_checked,
        is_critical=row.is_critical,
        reported=counts.get("reported", 0),
        logged=counts.get("logged", 0),
        swallowed=counts.get("swallowed", 0),
        passed_on=counts.get("passed on", 0),
    )


def _shown(name: str) -> str:
    """A name of the code as it may be sent: it may hold a secret."""
    return without_secrets(name)[:200]


def _fate(project: Project, facts: FileFacts, handler: Handler) -> str:
    if project.is_handled(facts, handler) or project.is_logged_as_error(facts, handler):
        return "reported"
    if handler.does("log"):
        return "logged"
    is_idle = not handler.deeds or handler.does("comment", "return-constant", "leave")
    return "swallowed" if is_idle else "other"


def _has_sdk(project: Project, folder: str, ecosystem: str) -> bool:
    inside = [
        path
        for path in project.outlines
        if (one := project.package(path)).folder == folder and one.ecosystem == ecosystem
    ]
    return bool(inside) and project.has_sdk(inside[0])


def _route(path: str) -> str:
    inner = re.split(r"(?:^|/)app/", path, maxsplit=1)[-1]
    return "/" + "/".join(one for one in inner.split("/")[:-1] if not _SLOT.fullmatch(one))


def _named_monitors(facts: FileFacts) -> Iterator[document.SentJob]:
    """`withMonitor("nightly", …)`, `@monitor(monitor_slug="nightly")`."""
    decorators = [
        (value, one.line)
        for one in facts.functions
        for value in one.decorators
        if value.kind == "call" and _MONITORS.search(value.text)
    ]
    for call in facts.calls:
        if _MONITORS.search(call.path):
            first = call.arguments[:1]
            named = Value(kind="list", items=tuple(("", one) for one in first))
            for value in (*call.arguments, named):
                yield from _named_in(facts, value, call.line)
    for value, line in decorators:
        yield from _named_in(facts, value, line)


def _named_in(facts: FileFacts, value: Value, line: int) -> Iterator[document.SentJob]:
    for key, inner in value.items:
        if inner.kind == "text" and inner.text and (key in _SLUG_NAMES or key == ""):
            slug = _shown(inner.text)
            yield document.SentJob(name=slug, slug=slug, path=facts.path[:500], line=line)


def _scheduled(project: Project, facts: FileFacts) -> Iterator[document.SentJob]:
    for call in facts.calls:
        if re.fullmatch(_SCHEDULES, project.outside(facts, call.path)) and len(call.arguments) > 1:
            name = call.arguments[1].text or call.arguments[0].text
            if call.arguments[1].kind == "name":
                yield document.SentJob(name=_shown(name), path=facts.path[:500], line=call.line)


def _beats(facts: FileFacts) -> Iterator[document.SentJob]:
    for one in facts.bindings:
        if one.name.rpartition(".")[2] in _BEATS:
            for key, _ in one.value.items:
                yield document.SentJob(name=_shown(key), path=facts.path[:500], line=one.line)


def _is_capture(project: Project, facts: FileFacts, call: Call) -> bool:
    return project.reports(facts, call.path, call.function) and not _MONITORS.search(call.path)
