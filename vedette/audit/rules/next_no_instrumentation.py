"""An application of Next.js without `instrumentation`."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, files, has_sentry, next_packages

ID = "next.no-instrumentation"
_FILE = r"(?:src/)?instrumentation\.[mc]?[jt]s"


def find(project: Project) -> Iterator[Finding]:
    """Packages with the SDK and without the file."""
    for package in next_packages(project):
        if has_sentry(package) and not files(project, package, _FILE):
            what = (
                f"{named(package)} has no `instrumentation` file that starts the SDK on the server"
            )
            yield at_package(ID, Severity.URGENT, package, what)


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No instrumentation file",
    why="Next.js calls `register` of this file before anything else of the server. "
    "Without it the configurations of server and edge are loaded by nobody.",
    advice="Add `instrumentation.ts` with a `register` that imports both configurations.",
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
            says="in src",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "src/instrumentation.ts": "export async function register() { await import('./a'); }\n",
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE},
        ),
    ),
)
