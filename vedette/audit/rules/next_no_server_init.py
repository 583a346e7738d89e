"""An application of Next.js whose server reports nothing."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, has_sentry, next_packages, starts_in

ID = "next.no-server-init"
_FILE = r"(?:src/)?(?:instrumentation(?:[.-]node)?|sentry\.server\.config)\.[mc]?[jt]s"


def find(project: Project) -> Iterator[Finding]:
    """No init in `sentry.server.config` or `instrumentation`."""
    for package in next_packages(project):
        if has_sentry(package) and not starts_in(project, package, _FILE):
            what = f"{named(package)} starts no SDK on the server"
            yield at_package(ID, Severity.URGENT, package, what)


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No SDK on the server",
    why="Pages, routes and actions run on the server, where the SDK of the browser is not. "
    "Without an init of their own their errors are reported to nobody.",
    advice="Call `Sentry.init` in `sentry.server.config.ts` and import it in `instrumentation.ts`.",
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
            says="sentry.server.config",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "sentry.server.config.ts": "import * as Sentry from '@sentry/nextjs';\nSentry.init({ dsn });\n",
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE},
        ),
    ),
)
