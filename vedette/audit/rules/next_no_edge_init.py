"""An application of Next.js whose code at the edge reports nothing."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, files, has_sentry, next_packages, starts_in

ID = "next.no-edge-init"
_EDGE = r"(?:src/)?sentry\.edge\.config\.[mc]?[jt]s"
_INSTRUMENTATION = r"(?:src/)?instrumentation\.[mc]?[jt]s"
_MIDDLEWARE = r"(?:src/)?middleware\.[mc]?[jt]s"


def find(project: Project) -> Iterator[Finding]:
    """Middleware or routes at the edge, and no init there."""
    for package in next_packages(project):
        if has_sentry(package) and _has_edge(project, package) and not _starts(project, package):
            what = f"{named(package)} runs code at the edge and starts no SDK there"
            yield at_package(ID, Severity.ROUTINE, package, what)


def _has_edge(project: Project, package: Package) -> bool:
    if files(project, package, _MIDDLEWARE):
        return True
    return any(
        "'edge'" in text or '"edge"' in text
        for path in files(project, package, r"(?:src/)?app/.*\.[jt]sx?")
        if any(one.name == "runtime" for one in project.outlines[path].exports)
        for text in [project.text(path)]
    )


def _starts(project: Project, package: Package) -> bool:
    """In a file for it, or in `instrumentation` for every runtime."""
    if starts_in(project, package, _EDGE):
        return True
    return starts_in(project, package, _INSTRUMENTATION) and any(
        "NEXT_RUNTIME" not in text or "edge" in text
        for path in files(project, package, _INSTRUMENTATION)
        for text in [project.text(path)]
    )


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"
_INIT = "import * as Sentry from '@sentry/nextjs';\nSentry.init({ dsn });\n"
_MIDDLE = "export function middleware(request) { return guard(request); }\n"

RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="No SDK at the edge",
    why="Middleware and routes at the edge run in a runtime of their own. What fails in them is "
    "reported only if an SDK is started there, too.",
    advice="Add `sentry.edge.config.ts` and import it in `instrumentation.ts` where `NEXT_RUNTIME` "
    "is `edge`.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="middleware, and an SDK only on the server",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "middleware.ts": _MIDDLE,
                "sentry.server.config.ts": _INIT,
            },
            lines=(1,),
        ),
        Sample(
            language="tsx",
            says="a route at the edge",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "app/api/a/route.ts": "export const runtime = 'edge';\nexport async function GET() {}\n",
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="a file for it, nothing at the edge, one init for all",
            files={
                "apps/a/package.json": _PACKAGE,
                "apps/a/app/page.tsx": _PAGE,
                "apps/a/middleware.ts": _MIDDLE,
                "apps/a/sentry.edge.config.ts": _INIT,
                "apps/b/package.json": _PACKAGE,
                "apps/b/app/page.tsx": _PAGE,
                "apps/c/package.json": _PACKAGE,
                "apps/c/app/page.tsx": _PAGE,
                "apps/c/middleware.ts": _MIDDLE,
                "apps/c/instrumentation.ts": _INIT,
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE, "middleware.ts": _MIDDLE},
        ),
    ),
)
