"""An application of Next.js that is built without the SDK."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._next import at_package, has_sentry, next_packages

ID = "next.no-withsentryconfig"


def find(project: Project) -> Iterator[Finding]:
    """No call of `withSentryConfig` in the package."""
    for package in next_packages(project):
        if has_sentry(package) and not any(
            "@sentry/nextjs.withSentryConfig" in dict(outline.uses)
            and project.package(path) is package
            for path, outline in project.outlines.items()
        ):
            what = f"{named(package)} is built without `withSentryConfig`"
            yield at_package(ID, Severity.IMPORTANT, package, what)


_PACKAGE = '{"name": "web", "dependencies": {"next": "15.1.0", "@sentry/nextjs": "9.0.0"}}'
_PAGE = "export default function Page() { return null; }\n"

RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="No withSentryConfig",
    why="This wrapper of the configuration uploads source maps and instruments routes. "
    "Without it stacks are of minified code, and routes are not watched.",
    advice="Wrap the configuration in `withSentryConfig`.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="not wrapped",
            files={"package.json": _PACKAGE, "app/page.tsx": _PAGE},
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="wrapped",
            files={
                "package.json": _PACKAGE,
                "app/page.tsx": _PAGE,
                "next.config.mjs": "import { withSentryConfig } from '@sentry/nextjs';\nexport default withSentryConfig({});\n",
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={"package.json": _PACKAGE, "pages/index.tsx": _PAGE},
        ),
    ),
)
