"""An application of Next.js that does not report what its server throws."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, files, has_sentry, next_packages

ID = "next.no-onrequesterror"
_FILE = r"(?:src/)?instrumentation\.[mc]?[jt]s"


def find(project: Project) -> Iterator[Finding]:
    """An `instrumentation` without `onRequestError`."""
    for package in next_packages(project):
        if (
            has_sentry(package)
            and package.version("next") >= 15
            and not any(
                one.name == "onRequestError"
                for path in files(project, package, _FILE)
                for one in project.outlines[path].exports
            )
        ):
            what = f"{named(package)} does not export `onRequestError`, so errors of server components are lost"
            yield at_package(ID, Severity.IMPORTANT, package, what)


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"

RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="No onRequestError",
    why="Next.js tells errors of server components, routes and middleware to this hook alone. "
    "The browser gets a digest of them, which says nothing.",
    advice="Add `export const onRequestError = Sentry.captureRequestError;` to `instrumentation.ts`.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="no hook",
            files={"package.json": _PACKAGE, "app/page.tsx": _PAGE},
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="exported",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "instrumentation.ts": "import * as Sentry from '@sentry/nextjs';\nexport const onRequestError = Sentry.captureRequestError;\n",
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE},
        ),
    ),
)
