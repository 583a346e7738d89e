"""What the rules about Next.js ask of a package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules._instrumenting import inits, is_aside


def next_packages(project: Project) -> Iterator[Package]:
    """Packages of Next.js with an app router: those with only `pages/` follow other rules."""
    for package in project.packages:
        if package.ecosystem != "node" or not package.has("next") or is_aside(package):
            continue
        if has_app_router(project, package):
            yield package


def has_app_router(project: Project, package: Package) -> bool:
    """Whether a layout or a page stands in `app/`."""
    return bool(files(project, package, r"(?:src/)?app/(?:.*/)?(?:page|layout)\.[jt]sx?"))


def files(project: Project, package: Package, pattern: str) -> list[str]:
    """The files of a package whose path within it is of this pattern."""
    start = f"{package.folder}/" if package.folder else ""
    matches = re.compile(pattern).fullmatch
    return [
        path
        for path in project.outlines
        if path.startswith(start) and matches(path[len(start) :]) is not None
    ]


def has_sentry(package: Package) -> bool:
    """Whether it uses the SDK of Next.js, without which `sdk.missing` says it all."""
    return package.has("@sentry/nextjs")


def starts_in(project: Project, package: Package, pattern: str) -> bool:
    """Whether an SDK is started in a file of this pattern."""
    wanted = files(project, package, pattern)
    return any(facts.path in wanted for facts, _, _ in inits(project))


def at_package(rule: str, severity: Severity, package: Package, what: str) -> Finding:
    """A finding about a package as a whole, at its manifest."""
    return Finding(
        rule=rule,
        severity=severity,
        what=what,
        path=package.manifest,
        line=1,
        subject=package.folder,
    )
