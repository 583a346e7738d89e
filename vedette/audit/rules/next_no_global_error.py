"""An application of Next.js without a boundary around its layout."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, files, next_packages

ID = "next.no-global-error"
_FILE = r"(?:src/)?app/(?:[^/]+/)?global-error\.[jt]sx?"


def find(project: Project) -> Iterator[Finding]:
    """No `global-error` in `app/`."""
    for package in next_packages(project):
        if not files(project, package, _FILE):
            what = (
                f"{named(package)} has no `global-error`: an error of its layout shows a blank page"
            )
            yield at_package(ID, Severity.URGENT, package, what)


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No global-error",
    why="An error of the root layout is caught by no `error` file. "
    "Without `global-error` the person sees a blank page, and nothing is reported.",
    advice="Add `app/global-error.tsx` that captures the error.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="no such file",
            files={"package.json": _PACKAGE, "app/page.tsx": _PAGE},
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="there is one",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "app/global-error.tsx": _PAGE,
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE},
        ),
    ),
)
