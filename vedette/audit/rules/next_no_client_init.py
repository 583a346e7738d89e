"""An application of Next.js whose browsers report nothing."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, has_sentry, next_packages, starts_in

ID = "next.no-client-init"
_FILE = r"(?:src/)?(?:instrumentation-client|sentry\.client\.config)\.[mc]?[jt]sx?"


def find(project: Project) -> Iterator[Finding]:
    """No init in `instrumentation-client` or `sentry.client.config`."""
    for package in next_packages(project):
        if has_sentry(package) and not starts_in(project, package, _FILE):
            what = f"{named(package)} starts no SDK in the browser"
            yield at_package(ID, Severity.URGENT, package, what)


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No SDK in the browser",
    why="Next.js starts the SDK of the browser only in its own file. "
    "Without it no error of a page is reported, and no boundary can.",
    advice="Call `Sentry.init` in `instrumentation-client.ts`.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="no file that starts it",
            files={"package.json": _PACKAGE, "app/page.tsx": _PAGE},
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="instrumentation-client",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "instrumentation-client.ts": "import * as Sentry from '@sentry/nextjs';\nSentry.init({ dsn });\n",
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE},
        ),
    ),
)
